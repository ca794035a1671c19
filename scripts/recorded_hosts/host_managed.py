"""eks-worker and talos."""

import json

from common import KUBELET_HEAD, container, service, system
from host_control_plane import kubeconfig
from kernel import input_file
from processes import process
from tree import MARK, key

EKS_ABOUT = """
# eks-worker

Made from nodeadm's sources for Amazon Linux 2023 and Kubernetes 1.33, not recorded: a worker of a managed node group. The kubelet has
--config and a drop-in directory, of which it reads names in .conf only. There is no static pod and no certificate authority's key.
Tokens are marked text.
"""

TALOS_ABOUT = """
# talos

Made from Talos' sources and documentation for 1.9 with Kubernetes 1.32, not recorded: a control plane node as its files can be seen. The kubelet is a
container of Talos' own init, in mounts of its own, with the host's process ids and network; static pods come from a URL of machined,
so that there is no manifest on disk, and only processes tell of the control plane. etcd is a container of machined's as well. There
is no shell, no sshd, no account file. The machine's own configuration in system/state is abridged, and its secrets are marked text.
"""


def eks(tree):
    system(tree, "ip-10-0-3-17.ec2.internal", 0xe4, {
        "NAME": "Amazon Linux", "VERSION": "2023", "ID": "amzn", "ID_LIKE": "fedora", "VERSION_ID": "2023",
        "PRETTY_NAME": "Amazon Linux 2023.7.20250623"}, "6.1.141-155.222.amzn2023.x86_64", lsm="selinux", interfaces=("lo", "ens5", "eni1a2b3c4d5e6"),
        users=(("ec2-user", 1000, 1000, "/home/ec2-user", "/bin/bash"),))
    # An IPv6 cluster: a pod is told by its route alone.
    link, pod, none = "fe800000000000000000000000000001", "fd00000a0000000000000000000000b2", "0" * 32
    tree.file("proc/1/net/if_inet6", f"{link} 03 40 20 80 eni1a2b3c4d5e6\n")
    tree.file("proc/1/net/ipv6_route", f"{pod} 80 {none} 00 {none} 00000400 00000001 00000000 00000001 eni1a2b3c4d5e6\n")
    for name, value in (("forwarding", 1), ("accept_ra", 0)):
        tree.file(f"proc/sys/net/ipv6/conf/all/{name}", f"{value}\n")
    config = {
        "kind": "KubeletConfiguration", "apiVersion": "kubelet.config.k8s.io/v1beta1", "address": "0.0.0.0",
        "authentication": {"anonymous": {"enabled": False}, "webhook": {"cacheTTL": "2m0s", "enabled": True},
                           "x509": {"clientCAFile": "/etc/kubernetes/pki/ca.crt"}},
        "authorization": {"mode": "Webhook", "webhook": {"cacheAuthorizedTTL": "5m0s", "cacheUnauthorizedTTL": "30s"}},
        "cgroupDriver": "systemd", "cgroupRoot": "/", "clusterDNS": ["172.20.0.10"], "clusterDomain": "cluster.local",
        "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "10%", "nodefs.inodesFree": "5%"},
        "featureGates": {"DynamicResourceAllocation": False, "RotateKubeletServerCertificate": True}, "hairpinMode": "hairpin-veth",
        "kubeReserved": {"cpu": "70m", "ephemeral-storage": "1Gi", "memory": "574Mi"}, "maxPods": 29, "protectKernelDefaults": True,
        "readOnlyPort": 0, "serializeImagePulls": False, "serverTLSBootstrap": True,
        "tlsCipherSuites": ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]}
    tree.file("etc/kubernetes/kubelet/config.json", json.dumps(config, indent=4), 0o644)
    tree.file("etc/kubernetes/kubelet/config.json.d/40-nodeadm.conf", json.dumps({
        "kind": "KubeletConfiguration", "apiVersion": "kubelet.config.k8s.io/v1beta1", "podPidsLimit": 1024, "maxPods": 17}), 0o644)
    tree.file("etc/kubernetes/kubelet/config.json.d/50-notes.json", '{"readOnlyPort": 10255}\n', 0o644)
    tree.file("etc/kubernetes/pki/ca.crt", input_file("certificates", "ca.crt"))
    tree.file("etc/eks/image-credential-provider/config.json", '{"apiVersion":"kubelet.config.k8s.io/v1","kind":"CredentialProviderConfig","providers":[]}\n')
    tree.file("etc/eks/image-credential-provider/ecr-credential-provider", "\x7fELF recorded\n", 0o755)
    tree.file("etc/eks/kubelet/environment", 'NODEADM_KUBELET_ARGS="--config=/etc/kubernetes/kubelet/config.json --config-dir=/etc/kubernetes/kubelet/config.json.d '
              '--kubeconfig=/var/lib/kubelet/kubeconfig --node-ip=10.0.3.17 --cloud-provider=external"\n', 0o644)
    tree.file("etc/eks/kubelet-version.txt", "Kubernetes v1.33.1-eks-7aac7eb\n")
    tree.file("etc/systemd/system/kubelet.service", "[Unit]\nDescription=Kubernetes Kubelet\nAfter=containerd.service\n[Service]\nSlice=runtime.slice\n"
              "EnvironmentFile=/etc/eks/kubelet/environment\nExecStartPre=/sbin/iptables -P FORWARD ACCEPT -w 5\n"
              "ExecStart=/usr/bin/kubelet $NODEADM_KUBELET_ARGS\nRestart=on-failure\n")
    tree.file("var/lib/kubelet/kubeconfig", "apiVersion: v1\nkind: Config\nclusters:\n- name: kubernetes\n  cluster:\n    certificate-authority: /etc/kubernetes/pki/ca.crt\n"
              "    server: https://0A1B2C3D4E5F60718293A4B5C6D7E8F9.gr7.us-east-1.eks.amazonaws.com\nusers:\n- name: kubelet\n  user:\n    exec:\n"
              "      apiVersion: client.authentication.k8s.io/v1beta1\n      command: aws\n      args: [eks, get-token, --cluster-name, prod]\n", 0o644)
    tree.file("var/lib/kubelet/pki/kubelet-server-2026-11-20-10-00-00.pem", input_file("certificates", "kubelet-serving.crt").decode() + key("serving"), 0o600)
    tree.link("var/lib/kubelet/pki/kubelet-server-current.pem", "/var/lib/kubelet/pki/kubelet-server-2026-11-20-10-00-00.pem")
    tree.directory_("var/lib/kubelet", 0o750)
    tree.file("etc/containerd/config.toml", 'version = 3\nroot = "/var/lib/containerd"\nstate = "/run/containerd"\n')
    tree.file("run/containerd/containerd.sock", "", 0o660, kind="socket")
    for name in ("kubelet", "containerd", "runc", "containerd-shim-runc-v2"):
        tree.file(f"usr/bin/{name}", "\x7fELF recorded\n", 0o755)
    service(tree, 2210, ["/usr/bin/containerd"], "/usr/bin/containerd", "containerd.service")
    process(tree, 2260, [
        "/usr/bin/kubelet", "--config=/etc/kubernetes/kubelet/config.json", "--config-dir=/etc/kubernetes/kubelet/config.json.d",
        "--kubeconfig=/var/lib/kubelet/kubeconfig", "--node-ip=10.0.3.17", "--cloud-provider=external",
        "--hostname-override=ip-10-0-3-17.ec2.internal", "--image-credential-provider-bin-dir=/etc/eks/image-credential-provider",
        "--image-credential-provider-config=/etc/eks/image-credential-provider/config.json",
        "--node-labels=eks.amazonaws.com/nodegroup=main,eks.amazonaws.com/capacityType=ON_DEMAND"], "/usr/bin/kubelet",
        cgroup="0::/runtime.slice/kubelet.service", start=3100)
    volume = "var/lib/kubelet/pods/4b1f0a2d-93b4-4f0a-8d1c-7b2f6a90e1c2/volumes/kubernetes.io~configmap/config"
    tree.file(f"{volume}/config", "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nbindAddress: 0.0.0.0\n"
              "clientConnection:\n  kubeconfig: /var/lib/kube-proxy/kubeconfig\nmetricsBindAddress: 0.0.0.0:10249\nmode: iptables\n")
    container(tree, 2301, ["kube-proxy", "--v=2", "--config=/var/lib/kube-proxy-config/config", "--hostname-override=ip-10-0-3-17.ec2.internal"],
              "/usr/local/bin/kube-proxy", "4b1f0a2d-93b4-4f0a-8d1c-7b2f6a90e1c2", "5",
              mounts=[f"{volume}:var/lib/kube-proxy-config"], capabilities=0x1FFFFFFFFFF, seccomp=0,
              image="602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/kube-proxy:v1.33.0-minimal-eksbuild.2")
    return EKS_ABOUT


def talos(tree):
    system(tree, "talos-cp-1", 0x7a, {
        "NAME": "Talos", "ID": "talos", "VERSION_ID": "v1.9.5", "PRETTY_NAME": "Talos (v1.9.5)", "HOME_URL": "https://www.talos.dev/"},
        "6.12.18-talos", is_image=True, lsm="apparmor", interfaces=("lo", "eth0", "cilium_host"))
    tree.file("etc/kubernetes/kubelet.yaml", KUBELET_HEAD + """authentication:
  anonymous:
    enabled: false
  webhook:
    enabled: true
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
authorization:
  mode: Webhook
cgroupRoot: /
clusterDomain: cluster.local
failSwapOn: false
kubeletCgroups: /podruntime/kubelet
oomScoreAdj: -450
protectKernelDefaults: true
rotateCertificates: true
seccompDefault: true
shutdownGracePeriod: 30s
staticPodURL: http://127.0.0.1:44687
streamingConnectionIdleTimeout: 5m0s
systemCgroups: /system
tlsMinVersion: VersionTLS13
""", 0o600)
    tree.file("etc/kubernetes/pki/ca.crt", input_file("certificates", "ca.crt"), 0o400)
    tree.file("etc/kubernetes/kubeconfig-kubelet", kubeconfig("system:node:talos-cp-1", "https://127.0.0.1:7445"), 0o600)
    tree.file("etc/kubernetes/bootstrap-kubeconfig", f"apiVersion: v1\nkind: Config\nusers:\n- name: kubelet\n  user:\n    token: {MARK}-join\n", 0o600)
    tree.directory_("etc/kubernetes/manifests", 0o700)
    tree.file("var/lib/kubelet/pki/kubelet-client-current.pem", key("kubelet-client"), 0o600)
    tree.directory_("var/lib/kubelet", 0o700)
    tree.file("system/state/config.yaml", f"version: v1alpha1\nmachine:\n  type: controlplane\n  token: {MARK}-machine\n"
              f"  ca:\n    crt: LS0tLS1CRUdJTi1ub3QtYS1jZXJ0\n    key: {MARK}-machine-ca\n  kubelet:\n    image: ghcr.io/siderolabs/kubelet:v1.32.3\n"
              "    defaultRuntimeSeccompProfileEnabled: true\ncluster:\n  apiServer:\n    image: registry.k8s.io/kube-apiserver:v1.32.3\n"
              f"  secretboxEncryptionSecret: {MARK}-secretbox\n---\napiVersion: v1alpha1\nkind: KmsgLogConfig\nname: remote\n", 0o600)
    secrets = "system/secrets/kubernetes"
    for name in ("kube-apiserver/apiserver", "kube-apiserver/etcd-client", "kube-apiserver/ca", "kube-apiserver/front-proxy-client"):
        tree.file(f"{secrets}/{name}.crt", input_file("certificates", "apiserver.crt"), 0o400, 65534, 65534)
        tree.file(f"{secrets}/{name}.key", key(name), 0o400, 65534, 65534)
    tree.file(f"{secrets}/kube-controller-manager/kubeconfig", kubeconfig("system:kube-controller-manager"), 0o400, 65535, 65535)
    tree.file(f"{secrets}/kube-scheduler/kubeconfig", kubeconfig("system:kube-scheduler"), 0o400, 65536, 65536)
    for name, source in (("server", "etcd-server"), ("peer", "etcd-peer"), ("ca", "etcd-ca")):
        tree.file(f"system/secrets/etcd/{name}.crt", input_file("certificates", f"{source}.crt"), 0o600, 60, 60)
        tree.file(f"system/secrets/etcd/{name}.key", key(name), 0o600, 60, 60)
    tree.file("var/lib/etcd/member/snap/db", f"{MARK}-every-secret\n", 0o600, 60, 60)
    tree.directory_("var/lib/etcd", 0o700, 60, 60)
    tree.file("etc/cri/conf.d/cri.toml", "version = 3\n")
    own = {"seccomp": 0, "capabilities": 0x1FFFFFFFFFF}
    container(tree, 1501, [
        "/usr/local/bin/kubelet", "--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubeconfig", "--cert-dir=/var/lib/kubelet/pki",
        "--config=/etc/kubernetes/kubelet.yaml", "--hostname-override=talos-cp-1", "--kubeconfig=/etc/kubernetes/kubeconfig-kubelet",
        "--node-ip=10.0.0.31"], "/usr/local/bin/kubelet", "", "6", group="0::/podruntime/kubelet",
        mounts=["etc/kubernetes", "var/lib/kubelet"], namespaces={"pid": 4026531836, "ipc": 4026531839, "cgroup": 4026531835}, start=2800, **own)
    container(tree, 1502, [
        "/usr/local/bin/etcd", "--name=talos-cp-1", "--auto-tls=false", "--peer-auto-tls=false", "--data-dir=/var/lib/etcd",
        "--listen-peer-urls=https://[::]:2380", "--listen-client-urls=https://[::]:2379", "--client-cert-auth=true",
        "--cert-file=/system/secrets/etcd/server.crt", "--key-file=/system/secrets/etcd/server.key", "--trusted-ca-file=/system/secrets/etcd/ca.crt",
        "--peer-client-cert-auth=true", "--peer-cert-file=/system/secrets/etcd/peer.crt", "--peer-key-file=/system/secrets/etcd/peer.key",
        "--peer-trusted-ca-file=/system/secrets/etcd/ca.crt", "--election-timeout=5000", "--heartbeat-interval=500"],
        "/usr/local/bin/etcd", "", "7", group="0::/podruntime/etcd", mounts=["var/lib/etcd", "system/secrets/etcd"], uid=60, gid=60,
        namespaces={"pid": 4026531836, "ipc": 4026531839, "cgroup": 4026531835}, seccomp=0, capabilities=0)
    api = "/system/secrets/kubernetes/kube-apiserver"
    container(tree, 1601, [
        "/usr/local/bin/kube-apiserver", "--admission-control-config-file=/system/config/kubernetes/kube-apiserver/admission-control-config.yaml",
        "--allow-privileged=true", "--anonymous-auth=false", "--api-audiences=https://10.0.0.31:6443", "--audit-log-maxage=30",
        "--audit-log-maxbackup=10", "--audit-log-maxsize=100", "--audit-log-path=/var/log/audit/kube/kube-apiserver.log",
        "--audit-policy-file=/system/config/kubernetes/kube-apiserver/auditpolicy.yaml",
        "--authorization-config=/system/config/kubernetes/kube-apiserver/authorization-config.yaml", "--bind-address=0.0.0.0",
        f"--client-ca-file={api}/ca.crt", "--enable-admission-plugins=NodeRestriction", "--enable-bootstrap-token-auth=true",
        f"--encryption-provider-config={api}/encryptionconfig.yaml", f"--etcd-cafile={api}/etcd-client-ca.crt", f"--etcd-certfile={api}/etcd-client.crt",
        f"--etcd-keyfile={api}/etcd-client.key", "--etcd-servers=https://localhost:2379", f"--kubelet-client-certificate={api}/apiserver-kubelet-client.crt",
        f"--kubelet-client-key={api}/apiserver-kubelet-client.key", "--profiling=false", "--secure-port=6443",
        f"--service-account-key-file={api}/service-account.pub", f"--service-account-signing-key-file={api}/service-account.key",
        f"--tls-cert-file={api}/apiserver.crt", "--tls-min-version=VersionTLS12", f"--tls-private-key-file={api}/apiserver.key"],
        "/usr/local/bin/kube-apiserver", "1" * 32, "8", image="registry.k8s.io/kube-apiserver:v1.32.3", mounts=[f"{secrets}/kube-apiserver"], uid=65534, gid=65534, capabilities=0, no_new_privileges=1)
    for number, (name, extra) in enumerate((
            ("kube-controller-manager", ["--use-service-account-credentials", "--profiling=false", "--bind-address=127.0.0.1"]),
            ("kube-scheduler", ["--profiling=false", "--bind-address=127.0.0.1"]))):
        container(tree, 1602 + number, [f"/usr/local/bin/{name}", *extra, f"--kubeconfig=/{secrets}/{name}/kubeconfig"], f"/usr/local/bin/{name}",
                  str(number + 2) * 32, str(9 - number), mounts=[f"{secrets}/{name}"], uid=65535 + number, gid=65535,
                  image=f"registry.k8s.io/{name}:v1.32.3", capabilities=0, no_new_privileges=1)
    return TALOS_ABOUT
