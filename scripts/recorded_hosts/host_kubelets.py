"""spoofed-kubelet, stale-kubelet and kubeadm-dropins: what is wrong, or rare, about a kubelet."""

from common import BOOT, DEBIAN_12, KUBELET_HEAD, UBUNTU_24, container, service, system
import host_control_plane
from host_control_plane import kubeconfig
from kernel import input_file
from system import CONTAINERD_UNIT, units
from tree import key

SPOOFED_ABOUT = """
# spoofed-kubelet

Made up: a kubeadm worker (1.33, Debian 12) whose kubelet is open, and two pods that would have an auditor believe otherwise. One runs
an executable called /usr/bin/kubelet with a hardened command line, in the host's process ids and network; one calls a shell
kube-apiserver. Both are ordinary pods, by their control groups. Keys are marked text.
"""

STALE_ABOUT = """
# stale-kubelet

Made up: a kubeadm worker (1.33, Debian 12) whose kubelet configuration was hardened an hour after the kubelet had started, and which
was not restarted since: the file is not what runs. When files changed is in attributes.tsv. Keys are marked text.
"""

DROPINS_ABOUT = """
# kubeadm-dropins

Made up after what kubeadm 1.30 leaves on an Ubuntu 24.04 worker, with the kubelet's drop-in directory in use: files that are merged
in the order of their names, in a directory below too, one that takes a key back with null, a link to a file and one to a directory,
and names that do not end in .conf. Keys are marked text.
"""

BASE = KUBELET_HEAD + """authentication:
  anonymous:
    enabled: {anonymous}
  webhook:
    enabled: true
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
authorization:
  mode: {mode}
cgroupDriver: systemd
clusterDNS:
- 10.96.0.10
readOnlyPort: {port}
rotateCertificates: true
staticPodPath: /etc/kubernetes/manifests
"""


def worker(tree, version, config, *, changed=None, options=()):
    """What kubeadm join leaves."""
    tree.file("var/lib/dpkg/status", f"Package: kubelet\nStatus: hold ok installed\nVersion: {version}\nDescription: Node agent for Kubernetes clusters\n\n")
    tree.file("var/lib/kubelet/config.yaml", config, 0o644, extra=f"mtime={changed}" if changed else "")
    tree.directory_("var/lib/kubelet", 0o750)
    tree.file("var/lib/kubelet/kubeadm-flags.env", 'KUBELET_KUBEADM_ARGS="' + " ".join(options) + '"\n')
    tree.file("var/lib/kubelet/pki/kubelet.crt", input_file("certificates", "kubelet-serving.crt"))
    tree.file("var/lib/kubelet/pki/kubelet.key", key("serving"), 0o600)
    tree.file("etc/kubernetes/kubelet.conf", kubeconfig("system:node:worker", "https://10.0.0.10:6443"), 0o600)
    tree.file("etc/kubernetes/pki/ca.crt", input_file("certificates", "ca.crt"))
    tree.directory_("etc/kubernetes/manifests", 0o700)
    tree.file("run/containerd/containerd.sock", "", 0o660, kind="socket")
    for name in ("kubelet", "containerd", "runc", "containerd-shim-runc-v2"):
        tree.file(f"usr/bin/{name}", "\x7fELF recorded\n", 0o755)
    units(tree, ("kubelet.service", input_file("kubeadm", "kubelet.service")),
          ("kubelet.service.d/10-kubeadm.conf", input_file("kubeadm", "10-kubeadm.conf")), CONTAINERD_UNIT)
    service(tree, 640, ["/usr/bin/containerd"], "/usr/bin/containerd", "containerd.service")
    service(tree, 812, ["/usr/bin/kubelet", "--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf",
                        "--kubeconfig=/etc/kubernetes/kubelet.conf", "--config=/var/lib/kubelet/config.yaml", *options],
            "/usr/bin/kubelet", "kubelet.service", start=2500)


def spoofed(tree):
    system(tree, "worker-3", 0x5b, DEBIAN_12, "6.1.0-28-amd64", interfaces=("lo", "eth0", "cni0"))
    worker(tree, "1.33.2-1.1", BASE.format(anonymous="true", mode="AlwaysAllow", port=10255))
    shared = {"pid": 4026531836, "net": 4026531833, "ipc": 4026531839}
    container(tree, 5120, ["/usr/bin/kubelet", "--anonymous-auth=false", "--authorization-mode=Webhook", "--read-only-port=0",
                           "--config=/var/lib/kubelet/config.yaml"], "/usr/bin/kubelet", "5e1f0a21-93b4-4f0a-8d1c-7b2f6a90e1c1", "1",
              namespaces=shared, name="kubelet")
    container(tree, 5204, ["kube-apiserver", "--anonymous-auth=false", "--authorization-mode=Node,RBAC", "--profiling=false"],
              "/bin/busybox", "5e1f0a22-93b4-4f0a-8d1c-7b2f6a90e1c2", "2", name="kube-apiserver")
    return SPOOFED_ABOUT


def stale(tree):
    system(tree, "worker-4", 0x57, DEBIAN_12, "6.1.0-28-amd64", interfaces=("lo", "eth0", "cni0"))
    worker(tree, "1.33.2-1.1", BASE.format(anonymous="false", mode="Webhook", port=0), changed=BOOT + 3600)
    return STALE_ABOUT


def dropins(tree):
    system(tree, "worker-5", 0xd1, UBUNTU_24, "6.8.0-51-generic", interfaces=("lo", "ens3", "cni0"))
    directory = "etc/kubernetes/kubelet.conf.d"
    worker(tree, "1.30.6-1.1", BASE.format(anonymous="false", mode="Webhook", port=0) + "eventRecordQPS: 5\npodPidsLimit: 512\n",
           options=[f"--config-dir=/{directory}", "--node-ip=10.0.0.15"])
    tree.file(f"{directory}/10-limits.conf", KUBELET_HEAD + "podPidsLimit: 4096\nfeatureGates:\n  RotateKubeletServerCertificate: true\n", 0o600)
    tree.file(f"{directory}/20-team/50-gates.conf", KUBELET_HEAD + "featureGates:\n  AllBeta: false\nserverTLSBootstrap: true\n", 0o600)
    tree.file(f"{directory}/30-quiet.conf", KUBELET_HEAD + "eventRecordQPS: null\nseccompDefault: true\n", 0o600)
    tree.file("srv/site/kubelet.conf", KUBELET_HEAD + "streamingConnectionIdleTimeout: 5m\npodPidsLimit: 2048\n", 0o600)
    tree.link(f"{directory}/40-site.conf", "/srv/site/kubelet.conf")
    tree.file("srv/extra/90-open.conf", KUBELET_HEAD + "readOnlyPort: 10255\n", 0o600)
    tree.link(f"{directory}/80-extra", "/srv/extra")
    tree.file(f"{directory}/99-open.yaml", KUBELET_HEAD + "authorization:\n  mode: AlwaysAllow\n", 0o600)
    tree.directory_(directory, 0o700)
    return DROPINS_ABOUT


STALE_CONTROL_PLANE_ABOUT = """
# stale-control-plane

Made up of kubeadm-control-plane, with the same processes: each component's manifest, and kube-proxy's configuration, were written
anew an hour after the process had started, and nothing was restarted since, as it is where the kubelet did not take a manifest up or a
DaemonSet was not rolled. When files changed is in attributes.tsv. Keys are marked text.
"""


def stale_control_plane(tree):
    host_control_plane.make(tree)
    for path, (mode, uid, gid, kind, _) in list(tree.attributes.items()):
        if path.startswith("/etc/kubernetes/manifests/") or path.endswith("/var/lib/kube-proxy/config.conf"):
            tree.attributes[path] = (mode, uid, gid, kind, f"mtime={BOOT + 90_061}")
    return STALE_CONTROL_PLANE_ABOUT
