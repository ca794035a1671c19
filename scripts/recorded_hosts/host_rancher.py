"""k3s-server and rke2-server."""

from common import BOOT, DEBIAN_12, KUBELET_HEAD, container, go_program, service, system
from host_control_plane import kubeconfig
from kernel import input_file
from tree import MARK, key

K3S_ABOUT = """
# k3s-server

Made from k3s' documentation and sources for v1.33, not recorded: a server with embedded etcd on Debian 12, as the installer script
leaves it. One process is the kubelet, the API server, the controller manager, the scheduler, kube-proxy and etcd; it hides its own
command line (k3s makes `k3s server` of it), so that what it was told is in its unit, in config.yaml and in config.yaml.d: keys that
replace, keys that add with `+`, and a flag of the unit's on top. The data directory's layout, names, modes and owners are k3s'; the
kubelet's drop-in is what k3s writes since v1.32. Certificates are the same few throughout; keys, tokens and data are marked text.
"""

RKE2_ABOUT = """
# rke2-server

Made from RKE2's documentation and sources for v1.32, not recorded: a server on Debian 12. `rke2 server` starts containerd and a
kubelet of its own (with --config-dir and without --config), and the control plane as static pods, whose manifests and processes are
here. `profile: cis` is not set. Each container's root is a copy of what its manifest mounts. Certificates are the same few
throughout; keys, tokens and data are marked text.
"""

SERVER_TLS = {
    "client-ca": "ca", "server-ca": "ca", "request-header-ca": "front-proxy-ca", "client-admin": "apiserver-kubelet-client",
    "client-kube-apiserver": "apiserver-kubelet-client", "client-auth-proxy": "front-proxy-client",
    "serving-kube-apiserver": "apiserver", "client-controller": "apiserver-kubelet-client",
    "client-scheduler": "apiserver-kubelet-client", "etcd/server-ca": "etcd-ca", "etcd/peer-ca": "etcd-ca",
    "etcd/server-client": "etcd-server", "etcd/peer-server-client": "etcd-peer", "etcd/client": "apiserver-etcd-client",
}


def data_directory(tree, data, kubelet_defaults):
    """What k3s and RKE2 both keep in their data directory."""
    for name, source in SERVER_TLS.items():
        tree.file(f"{data}/server/tls/{name}.crt", input_file("certificates", f"{source}.crt"))
        tree.file(f"{data}/server/tls/{name}.key", key(name), 0o600)
    for name in ("service.key", "service.current.key"):
        tree.file(f"{data}/server/tls/{name}", key(name), 0o600)
    tree.directory_(f"{data}/server/tls", 0o700)
    tree.directory_(f"{data}/server", 0o700)
    for name in ("admin", "controller", "scheduler", "cloud-controller", "supervisor"):
        tree.file(f"{data}/server/cred/{name}.kubeconfig", kubeconfig(f"system:{name}"), 0o600)
    tree.file(f"{data}/server/cred/passwd", f"{MARK}-server,server,server,k3s:server\n", 0o600)
    for name in ("token", "agent-token"):
        tree.file(f"{data}/server/{name}", f"{MARK}-{name}\n", 0o600)
    tree.link(f"{data}/server/node-token", f"/{data}/server/token")
    tls = f"/{data}/server/tls/etcd"
    tree.file(f"{data}/server/db/etcd/config", f"""advertise-client-urls: https://10.0.0.11:2379
client-transport-security:
  cert-file: {tls}/server-client.crt
  client-cert-auth: true
  key-file: {tls}/server-client.key
  trusted-ca-file: {tls}/server-ca.crt
data-dir: /{data}/server/db/etcd
election-timeout: 5000
experimental-initial-corrupt-check: true
heartbeat-interval: 500
listen-client-http-urls: https://127.0.0.1:2382
listen-client-urls: https://127.0.0.1:2379,https://10.0.0.11:2379
listen-metrics-urls: http://127.0.0.1:2381
listen-peer-urls: https://127.0.0.1:2380,https://10.0.0.11:2380
log-outputs:
- stderr
logger: zap
name: node-1-5f6b9a1c
peer-transport-security:
  cert-file: {tls}/peer-server-client.crt
  client-cert-auth: true
  key-file: {tls}/peer-server-client.key
  trusted-ca-file: {tls}/peer-ca.crt
snapshot-count: 10000
""", 0o600)
    tree.file(f"{data}/server/db/etcd/name", "node-1-5f6b9a1c", 0o600)
    tree.file(f"{data}/server/db/etcd/member/snap/db", f"{MARK}-every-secret\n", 0o600)
    tree.directory_(f"{data}/server/db/etcd", 0o700)
    tree.directory_(f"{data}/server/db", 0o700)
    for name in ("kubelet", "kubeproxy", f"{data.rsplit('/', 1)[-1]}controller"):
        tree.file(f"{data}/agent/{name}.kubeconfig", f"apiVersion: v1\nkind: Config\nusers:\n- name: user\n  user:\n"
                  f"    client-certificate: /{data}/agent/client-{name}.crt\n    client-key: /{data}/agent/client-{name}.key\n", 0o600)
    for name in ("client-kubelet", "serving-kubelet", "client-kube-proxy"):
        tree.file(f"{data}/agent/{name}.crt", input_file("certificates", "kubelet-client.crt"), 0o600)
        tree.file(f"{data}/agent/{name}.key", key(name), 0o600)
    for name in ("client-ca", "server-ca"):
        tree.file(f"{data}/agent/{name}.crt", input_file("certificates", "ca.crt"), 0o600)
    tree.directory_(f"{data}/agent/pod-manifests", 0o700)
    tree.file(f"{data}/agent/etc/kubelet.conf.d/00-{data.rsplit('/', 1)[-1]}-defaults.conf", kubelet_defaults, 0o600)
    tree.directory_(f"{data}/agent/etc/kubelet.conf.d", 0o700)
    tree.file(f"{data}/agent/etc/containerd/config.toml", 'version = 3\nroot = "/' + data + '/agent/containerd"\n', 0o600)
    tree.file("run/k3s/containerd/containerd.sock", "", 0o660, kind="socket")
    tree.directory_("var/lib/kubelet", 0o700)


def kubelet_defaults(data):
    return KUBELET_HEAD + f"""address: 0.0.0.0
authentication:
  anonymous:
    enabled: false
  webhook:
    cacheTTL: 2m0s
    enabled: true
  x509:
    clientCAFile: /{data}/agent/client-ca.crt
authorization:
  mode: Webhook
  webhook:
    cacheAuthorizedTTL: 5m0s
    cacheUnauthorizedTTL: 30s
cgroupDriver: systemd
clusterDNS:
- 10.43.0.10
clusterDomain: cluster.local
containerRuntimeEndpoint: unix:///run/k3s/containerd/containerd.sock
cpuManagerReconcilePeriod: 10s
evictionHard:
  imagefs.available: 5%
  nodefs.available: 5%
evictionMinimumReclaim:
  imagefs.available: 10%
  nodefs.available: 10%
failSwapOn: false
healthzBindAddress: 127.0.0.1
resolvConf: /etc/resolv.conf
serializeImagePulls: false
staticPodPath: /{data}/agent/pod-manifests
syncFrequency: 1m0s
tlsCertFile: /{data}/agent/serving-kubelet.crt
tlsPrivateKeyFile: /{data}/agent/serving-kubelet.key
"""


K3S_UNIT = """[Unit]
Description=Lightweight Kubernetes
Documentation=https://k3s.io
Wants=network-online.target
After=network-online.target

[Install]
WantedBy=multi-user.target

[Service]
Type=notify
EnvironmentFile=-/etc/default/%N
EnvironmentFile=-/etc/sysconfig/%N
EnvironmentFile=-/etc/systemd/system/k3s.service.env
KillMode=process
Delegate=yes
User=root
LimitNOFILE=1048576
Restart=always
ExecStartPre=-/sbin/modprobe br_netfilter
ExecStartPre=-/sbin/modprobe overlay
ExecStart=/usr/local/bin/k3s \\
    server \\
\t'--kube-controller-manager-arg=terminated-pod-gc-threshold=10' \\

"""


# The real program within the one that unpacks it; only what it says of its build.
K3S_PROGRAM = go_program(
    "path\tgithub.com/k3s-io/k3s/cmd/server", "mod\tgithub.com/k3s-io/k3s\t(devel)\t", "dep\tgo.etcd.io/etcd/server/v3\tv3.5.21\t",
    "=>\tgithub.com/k3s-io/etcd/server/v3\tv3.5.21-k3s1\th1:recorded", "dep\tk8s.io/kubernetes\tv1.33.1\t",
    "=>\tgithub.com/k3s-io/kubernetes\tv1.33.1-k3s1\th1:recorded",
    'build\t-ldflags="\\n    -X github.com/k3s-io/k3s/pkg/version.Version=v1.33.1+k3s1\\n    -X k8s.io/component-base/version.gitVersion=v1.33.1+k3s1'
    '\\n    -X k8s.io/component-base/version.gitTreeState=clean\\n -w -s"', "build\tGOARCH=amd64", "build\tGOOS=linux")


def k3s(tree):
    data = "var/lib/rancher/k3s"
    system(tree, "k3s-1", 0x4b35, DEBIAN_12, "6.1.0-28-amd64", interfaces=("lo", "eth0", "cni0", "flannel.1"))
    tree.file("etc/systemd/system/k3s.service", K3S_UNIT)
    tree.file("etc/systemd/system/k3s.service.env", f"K3S_TOKEN={MARK}-join\n", 0o600)
    tree.file("etc/rancher/k3s/config.yaml", """cluster-init: true
protect-kernel-defaults: true
secrets-encryption: true
write-kubeconfig-mode: "0644"
kubelet-arg:
- streaming-connection-idle-timeout=5m
- event-qps=0
kube-apiserver-arg:
- audit-log-path=/var/lib/rancher/k3s/server/logs/audit.log
- audit-log-maxage=7
node-label:
- tier=edge
""", 0o600)
    tree.file("etc/rancher/k3s/config.yaml.d/10-audit.yaml", """kube-apiserver-arg+:
- audit-log-maxage=30
- audit-log-maxbackup=10
- audit-log-maxsize=100
- audit-policy-file=/var/lib/rancher/k3s/server/audit.yaml
- request-timeout=300s
""")
    tree.file("etc/rancher/k3s/config.yaml.d/20-site.yaml", "node-label+: site=north\nkubelet-arg:\n- make-iptables-util-chains=true\n", 0o600)
    tree.file("etc/rancher/k3s/config.yaml.d/README.md", "- not: read\n")
    tree.file("etc/rancher/k3s/k3s.yaml", kubeconfig("default"), 0o644)
    data_directory(tree, data, kubelet_defaults(data))
    tree.file(f"{data}/server/audit.yaml", "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n", 0o600)
    tree.file(f"{data}/server/cred/encryption-config.json", '{"kind":"EncryptionConfiguration","apiVersion":"apiserver.config.k8s.io/v1",'
              '"resources":[{"resources":["secrets"],"providers":[{"aescbc":{"keys":[{"name":"aescbckey","secret":"' + MARK +
              '"}]}},{"identity":{}}]}]}', 0o600)
    version = "3ef3da2bd4b8f9d9d02b4d1d5ed5a4e3bb4d2fa2b5a4e1c1f6c4f9d0c7a8b9e0"
    for name in ("k3s", "containerd", "containerd-shim-runc-v2", "runc", "flannel"):
        tree.file(f"{data}/data/{version}/bin/{name}", "\x7fELF recorded\n", 0o755)
    tree.file(f"{data}/data/{version}/bin/k3s", K3S_PROGRAM, 0o755)
    tree.link(f"{data}/data/current", f"/{data}/data/{version}")
    tree.file("usr/local/bin/k3s", "\x7fELF recorded\n", 0o755)
    for name in ("kubectl", "crictl", "ctr"):
        tree.link(f"usr/local/bin/{name}", "k3s")
    tree.file(f"{data}/agent/etc/cni/net.d/10-flannel.conflist", '{"name":"cbr0","cniVersion":"1.0.0","plugins":[{"type":"flannel"},{"type":"portmap"}]}\n', 0o600)
    exe = f"/{data}/data/{version}/bin"
    # setproctitle leaves NULs where the arguments were.
    service(tree, 820, ["/usr/local/bin/k3s server", "", "", ""], f"{exe}/k3s", "k3s.service", name="k3s-server")
    service(tree, 871, ["containerd", "-c", f"/{data}/agent/etc/containerd/config.toml"], f"{exe}/containerd", "k3s.service", parent=820)
    service(tree, 4410, ["kubectl", "get", "pods", "-w"], f"{exe}/k3s", "ssh.service", parent=655, name="kubectl")
    container(tree, 1310, ["/coredns", "-conf", "/etc/coredns/Corefile"], "/coredns", "2f0a4bd1-93b4-4f0a-8d1c-7b2f6a90e1c1", "1",
              namespaces={"net": 4026532701, "uts": 4026532702})
    return K3S_ABOUT


def manifest(name, image, arguments, mounts):
    rows = "".join(f"    - {argument}\n" for argument in arguments)
    at = "".join(f"    - mountPath: /{path}\n      name: dir{n}\n" for n, path in enumerate(mounts))
    volumes = "".join(f"  - hostPath:\n      path: /{path}\n    name: dir{n}\n" for n, path in enumerate(mounts))
    return (f"apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    component: {name}\n    tier: control-plane\n  name: {name}\n"
            f"  namespace: kube-system\nspec:\n  containers:\n  - args:\n{rows}    command:\n    - {name}\n"
            f"    image: index.docker.io/rancher/{image}\n    imagePullPolicy: IfNotPresent\n    name: {name}\n"
            f"    securityContext:\n      privileged: false\n    volumeMounts:\n{at}  hostNetwork: true\n"
            f"  priorityClassName: system-cluster-critical\n  securityContext: {{}}\n  volumes:\n{volumes}")


def rke2(tree):
    data = "var/lib/rancher/rke2"
    system(tree, "rke2-1", 0x2e32, DEBIAN_12, "6.1.0-28-amd64", interfaces=("lo", "eth0", "cali1"))
    tree.file("usr/local/lib/systemd/system/rke2-server.service", "[Unit]\nDescription=Rancher Kubernetes Engine v2 (server)\n\n[Service]\n"
              "Type=notify\nEnvironmentFile=-/etc/default/%N\nEnvironmentFile=-/usr/local/lib/systemd/system/%N.env\nKillMode=process\n"
              "Delegate=yes\nExecStartPre=-/sbin/modprobe br_netfilter\nExecStart=/usr/local/bin/rke2 server\n")
    tree.file("etc/rancher/rke2/config.yaml", f"token: {MARK}-join\ntls-san:\n- rke2.example.org\nwrite-kubeconfig-mode: \"0600\"\n"
              "kubelet-arg:\n- streaming-connection-idle-timeout=5m\n", 0o600)
    tree.file("etc/rancher/rke2/rke2.yaml", kubeconfig("default"), 0o600)
    data_directory(tree, data, kubelet_defaults(data))
    tls = f"/{data}/server/tls"
    parts = {
        "kube-apiserver": ("hardened-kubernetes:v1.32.5-rke2r1-build20250515", [f"{data}/server"], [
            "--allow-privileged=true", "--anonymous-auth=false", "--authorization-mode=Node,RBAC", "--bind-address=0.0.0.0",
            f"--cert-dir={tls}/temporary-certs", f"--client-ca-file={tls}/client-ca.crt", "--enable-admission-plugins=NodeRestriction",
            f"--encryption-provider-config=/{data}/server/cred/encryption-config.json", f"--etcd-cafile={tls}/etcd/server-ca.crt",
            f"--etcd-certfile={tls}/etcd/client.crt", f"--etcd-keyfile={tls}/etcd/client.key", "--etcd-servers=https://127.0.0.1:2379",
            f"--kubelet-certificate-authority={tls}/server-ca.crt", f"--kubelet-client-certificate={tls}/client-kube-apiserver.crt",
            f"--kubelet-client-key={tls}/client-kube-apiserver.key", "--profiling=false",
            f"--requestheader-client-ca-file={tls}/request-header-ca.crt", "--secure-port=6443",
            f"--service-account-key-file={tls}/service.key", f"--service-account-signing-key-file={tls}/service.current.key",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            "--tls-cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            f"--tls-cert-file={tls}/serving-kube-apiserver.crt", f"--tls-private-key-file={tls}/serving-kube-apiserver.key"]),
        "kube-controller-manager": ("hardened-kubernetes:v1.32.5-rke2r1-build20250515", [f"{data}/server/tls", f"{data}/server/cred"], [
            "--permit-port-sharing=true", "--terminated-pod-gc-threshold=1000", "--bind-address=127.0.0.1",
            f"--kubeconfig=/{data}/server/cred/controller.kubeconfig", "--profiling=false", f"--root-ca-file={tls}/server-ca.crt",
            "--secure-port=10257", f"--service-account-private-key-file={tls}/service.current.key", "--use-service-account-credentials=true"]),
        "kube-scheduler": ("hardened-kubernetes:v1.32.5-rke2r1-build20250515", [f"{data}/server/cred"], [
            "--permit-port-sharing=true", "--bind-address=127.0.0.1", f"--kubeconfig=/{data}/server/cred/scheduler.kubeconfig",
            "--profiling=false", "--secure-port=10259"]),
        "etcd": ("hardened-etcd:v3.5.21-k3s1-build20250411", [f"{data}/server/db/etcd", f"{data}/server/tls/etcd"], [
            f"--config-file=/{data}/server/db/etcd/config"]),
        "kube-proxy": ("hardened-kubernetes:v1.32.5-rke2r1-build20250515", [f"{data}/agent"], [
            "--cluster-cidr=10.42.0.0/16", "--conntrack-max-per-core=0", "--healthz-bind-address=127.0.0.1",
            f"--kubeconfig=/{data}/agent/kubeproxy.kubeconfig", "--proxy-mode=iptables"]),
    }
    tree.file(f"{data}/server/cred/encryption-config.json", '{"kind":"EncryptionConfiguration","apiVersion":"apiserver.config.k8s.io/v1",'
              '"resources":[{"resources":["secrets"],"providers":[{"aescbc":{"keys":[{"name":"aescbckey","secret":"' + MARK +
              '"}]}},{"identity":{}}]}]}', 0o600)
    for name, (image, mounts, arguments) in parts.items():
        tree.file(f"{data}/agent/pod-manifests/{name}.yaml", manifest(name, image, arguments, mounts), 0o600)
    version = "v1.32.5-rke2r1-6c5e8e8b4bd8"
    binaries = f"{data}/data/{version}/bin"
    for name in ("kubelet", "containerd", "containerd-shim-runc-v2", "runc", "crictl", "kubectl"):
        tree.file(f"{binaries}/{name}", "\x7fELF recorded\n", 0o755)
    tree.file("usr/local/bin/rke2", "\x7fELF recorded\n", 0o755)
    service(tree, 700, ["/usr/local/bin/rke2 server", "", ""], "/usr/local/bin/rke2", "rke2-server.service", name="rke2")
    service(tree, 731, ["containerd", "-c", f"/{data}/agent/etc/containerd/config.toml"], f"/{binaries}/containerd", "rke2-server.service", parent=700)
    service(tree, 760, [
        "kubelet", "--volume-plugin-dir=/var/lib/kubelet/volumeplugins", "--file-check-frequency=5s", "--sync-frequency=30s",
        "--cloud-provider=external", f"--config-dir=/{data}/agent/etc/kubelet.conf.d", "--containerd=/run/k3s/containerd/containerd.sock",
        "--hostname-override=rke2-1", f"--kubeconfig=/{data}/agent/kubelet.kubeconfig", "--node-ip=10.0.0.11", "--node-labels=",
        "--read-only-port=0", "--streaming-connection-idle-timeout=5m"], f"/{binaries}/kubelet", "rke2-server.service", parent=700,
        start=2900)
    for number, (name, (_, mounts, arguments)) in enumerate(parts.items()):
        container(tree, 1400 + number, [name, *arguments], f"/usr/local/bin/{name}", f"{number + 1:x}3f0c2385bed0d2119410233c4a8371a", str(number + 1),
                  mounts=mounts, capabilities=0x1FFFFFFFFFF if name == "kube-proxy" else 0)
    return RKE2_ABOUT
