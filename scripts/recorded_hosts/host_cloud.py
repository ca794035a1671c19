"""gke-node, aks-node and bottlerocket."""

import json

from common import KUBELET_HEAD, container, go_program, service, system
from host_plain import selinux_filesystem
from kernel import input_file
from processes import process
from system import DEBIAN_GROUPS, DEBIAN_USERS, accounts, units
from tree import MARK, key

GKE_ABOUT = """
# gke-node

Made from what is published of GKE, not recorded: Kubernetes' own cluster/gce scripts, which set a node up, and the kubelet's command
line, configuration and kubeconfig as people have shown them from nodes of 1.26 to 1.34. Container-Optimized OS: the root is read-only
and verified, Kubernetes is in home/kubernetes, and the kubelet is told its version (--version), by which it goes. kube-proxy is a
static pod that a shell starts. The kubelet's unit, which says nothing that its process does not, is there as well. The system beneath
(kernel, accounts) is made up after COS. Keys and tokens are marked text.
"""

AKS_ABOUT = """
# aks-node

Made from the sources of AKS' node provisioning (Azure/AgentBaker), not recorded: an Ubuntu 22.04 node of Kubernetes 1.33. The kubelet
has no configuration file: all of it is flags, which etc/default/kubelet keeps and the unit's drop-ins add to. kube-proxy is a
DaemonSet of which the node has the process, and the runtime's specification, which names the image. opt/bin/kubelet is an ELF file
with nothing but Go's build information. The values of flags are the defaults of the provisioning's own tests. Keys are marked text.
"""

BOTTLEROCKET_ABOUT = """
# bottlerocket

Made from the sources of Bottlerocket's core kit and its variant aws-k8s-1.31, templates filled in, not recorded: the root is
read-only and verified (dm-verity), /usr is a link to the sys-root of the platform, what is in etc/ is made from the settings at boot,
SELinux enforces, and there is no shell, no package database and no sshd. The kubelet's unit starts /usr/bin/false but for its drop-in
in etc/systemd/system. usr/share/bottlerocket/application-inventory.json says what was installed. An auditor that runs in a host
container finds all this beneath /.bottlerocket/rootfs. Tokens are marked text.
"""

COS_CMDLINE = (
    "BOOT_IMAGE=/syslinux/vmlinuz.A init=/usr/lib/systemd/systemd boot=local rootwait ro noresume loglevel=7 console=tty1 console=ttyS0 "
    "security=apparmor csm.disabled=1 loadpin.exclude=kernel-module modules-load=loadpin_trigger module.sig_enforce=1 "
    'dm_verity.error_behavior=3 cros_efi root=/dev/dm-0 "dm=1 vroot none ro 1,0 4077568 verity payload=PARTUUID=0A hashtree=PARTUUID=0A '
    f'hashstart=4077568 alg=sha256 root_hexdigest={"5e" * 32} salt={"a1" * 32}"')
COS_USERS = [*(user for user in DEBIAN_USERS if user[0] in ("root", "bin", "daemon", "nobody", "sshd", "systemd-network")),
             ("chronos", 1000, 1000, "/home/chronos", "/bin/bash")]
POD_SYSCTLS = "net.core.somaxconn=1024,net.ipv4.conf.all.forwarding=1,net.ipv4.ip_forward=1,net.ipv4.tcp_keepalive_time=300"


def gke_kubelet():
    """Flags of a kubelet of 1.33; the version is the last."""
    labels = ",".join((
        "cloud.google.com/gke-boot-disk=pd-balanced", "cloud.google.com/gke-container-runtime=containerd",
        "cloud.google.com/gke-nodepool=default-pool", "cloud.google.com/gke-os-distribution=cos", "cloud.google.com/machine-family=e2"))
    return [
        "--v=2", "--cloud-provider=external", "--experimental-mounter-path=/home/kubernetes/containerized_mounter/mounter",
        "--cert-dir=/var/lib/kubelet/pki/", "--kubeconfig=/var/lib/kubelet/kubeconfig",
        "--image-credential-provider-config=/etc/srv/kubernetes/cri_auth_config.yaml", "--image-credential-provider-bin-dir=/home/kubernetes/bin",
        "--max-pods=110", f"--node-labels={labels}", "--volume-plugin-dir=/home/kubernetes/flexvolume", "--node-status-max-images=25",
        "--container-runtime-endpoint=unix:///run/containerd/containerd.sock", "--runtime-cgroups=/system.slice/containerd.service",
        "--registry-qps=10", "--registry-burst=20", "--config", "/home/kubernetes/kubelet-config.yaml", f"--pod-sysctls={POD_SYSCTLS}",
        "--version=v1.33.5-gke.1080000"]


def gke(tree):
    system(tree, "gke-prod-default-pool-750b3531-k155", 0x9e, {
        "NAME": "Container-Optimized OS", "ID": "cos", "PRETTY_NAME": "Container-Optimized OS from Google", "VERSION": "121", "VERSION_ID": "121",
        "BUILD_ID": "18867.199.88", "HOME_URL": "https://cloud.google.com/container-optimized-os/docs"}, "6.6.97+", is_image=True,
        lsm="loadpin,apparmor", interfaces=("lo", "eth0", "veth0f1e"), root=("ro,relatime", "ext2", "/dev/root", "ro"), cmdline=COS_CMDLINE,
        init="/usr/lib/systemd/systemd", sysctls={"kernel/kptr_restrict": 2, "kernel/yama/ptrace_scope": 1, "net/ipv4/conf/all/rp_filter": 1},
        extra=[("/var", "rw,nosuid,nodev,noexec,relatime", "ext4", "/dev/sda1", "rw,commit=30"),
               ("/home", "rw,nosuid,nodev,noexec,relatime", "ext4", "/dev/sda1", "rw,commit=30"),
               ("/home/kubernetes/bin", "rw,nosuid,nodev,relatime", "ext4", "/dev/sda1", "rw,commit=30"),
               ("/etc", "rw,nosuid,nodev,noexec,relatime", "overlay", "overlayfs", "rw,lowerdir=/etc,upperdir=/tmp/etc_overlay/etc,workdir=/tmp/etc_overlay/.work")])
    accounts(tree, COS_USERS, [row for row in DEBIAN_GROUPS if row[0] not in ("sudo", "crontab")], {"root": "*", "chronos": "*"})
    tree.file("etc/ssh/sshd_config", "Protocol 2\nPermitRootLogin no\nPasswordAuthentication no\nChallengeResponseAuthentication no\nUsePAM yes\n", 0o600)
    tree.files("sys/module/apparmor/parameters", {"enabled": "Y", "mode": "enforce", "audit": "normal", "lock_policy": "N"})
    tree.file("sys/kernel/security/apparmor/profiles", "cri-containerd.apparmor.d (enforce)\n")
    flags = gke_kubelet()
    tree.file("etc/systemd/system/kubelet.service", "[Unit]\nDescription=Kubernetes kubelet\nRequires=network-online.target\nAfter=network-online.target\n\n"
              "[Service]\nRestart=always\nRestartSec=10\nEnvironmentFile=/etc/default/kubelet\nExecStart=/home/kubernetes/bin/kubelet $KUBELET_OPTS\n\n"
              "[Install]\nWantedBy=multi-user.target\n")
    kept = " ".join(f"{flag.partition('=')[0]}='{flag.partition('=')[2]}'" if flag.startswith("--pod-sysctls") else flag for flag in flags)
    tree.file("etc/default/kubelet", f'KUBELET_OPTS="{kept}"\nKUBE_COVERAGE_FILE="/var/log/kubelet.cov"\n')
    tree.file("home/kubernetes/kubelet-config.yaml", KUBELET_HEAD + """authentication:
  anonymous:
    enabled: false
  webhook:
    enabled: true
  x509:
    clientCAFile: /etc/srv/kubernetes/pki/ca-certificates.crt
authorization:
  mode: Webhook
cgroupRoot: /
clusterDNS:
- 10.144.0.10
clusterDomain: cluster.local
enableDebuggingHandlers: true
eventBurst: 100
eventRecordQPS: 50
evictionHard:
  memory.available: 100Mi
  nodefs.available: 10%
  nodefs.inodesFree: 5%
  pid.available: 10%
featureGates:
  DisableKubeletCloudCredentialProviders: true
  RotateKubeletServerCertificate: true
kernelMemcgNotification: true
kubeReserved:
  cpu: 1060m
  ephemeral-storage: 41Gi
  memory: 1019Mi
readOnlyPort: 10255
serverTLSBootstrap: true
staticPodPath: /etc/kubernetes/manifests
""", 0o600)
    tree.file("home/kubernetes/kube-env", f"KUBERNETES_MASTER: \"false\"\nKUBELET_KEY: {MARK}-kube-env\nKUBE_PROXY_TOKEN: {MARK}-proxy\n", 0o600)
    tree.file("home/kubernetes/kube-docker-files/kube-proxy.docker_tag", "v1.33.5-gke.1080000\n")
    for name in ("kubelet", "kubectl", "gke-exec-auth-plugin", "bridge", "host-local", "loopback", "portmap"):
        tree.file(f"home/kubernetes/bin/{name}", "\x7fELF recorded\n", 0o755)
    for name in ("containerd", "containerd-shim-runc-v2", "runc"):
        tree.file(f"usr/bin/{name}", "\x7fELF recorded\n", 0o755)
    tree.file("etc/srv/kubernetes/pki/ca-certificates.crt", input_file("certificates", "ca.crt"), 0o600)
    tree.file("etc/srv/kubernetes/pki/kubelet.crt", input_file("certificates", "kubelet-client.crt"), 0o600)
    tree.file("etc/srv/kubernetes/pki/kubelet.key", key("kubelet-bootstrap"), 0o600)
    tree.file("etc/srv/kubernetes/cri_auth_config.yaml", "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders: []\n")
    cluster = "apiVersion: v1\nkind: Config\nclusters:\n- name: default-cluster\n  cluster:\n    server: https://10.128.15.198\n"
    tree.file("var/lib/kubelet/kubeconfig", cluster + "    certificate-authority: '/etc/srv/kubernetes/pki/ca-certificates.crt'\ncontexts:\n- name: default-context\n"
              "  context:\n    cluster: default-cluster\n    user: exec-plugin-auth\ncurrent-context: default-context\nusers:\n- name: exec-plugin-auth\n  user:\n"
              "    exec:\n      apiVersion: client.authentication.k8s.io/v1beta1\n      command: '/home/kubernetes/bin/gke-exec-auth-plugin'\n"
              "      args: [\"--cache-dir\", '/var/lib/kubelet/pki/']\n", 0o640)
    tree.file("var/lib/kubelet/pki/kubelet-server-2026-11-20-10-00-00.pem", input_file("certificates", "kubelet-serving.crt").decode() + key("serving"), 0o600)
    tree.link("var/lib/kubelet/pki/kubelet-server-current.pem", "/var/lib/kubelet/pki/kubelet-server-2026-11-20-10-00-00.pem")
    tree.directory_("var/lib/kubelet", 0o755)
    tree.file("var/lib/kube-proxy/kubeconfig", "apiVersion: v1\nkind: Config\nusers:\n- name: kube-proxy\n  user:\n"
              f"    token: {MARK}-kube-proxy\nclusters:\n- name: local\n  cluster:\n    certificate-authority-data: LS0tLS1CRUdJTi1ub3QtYS1jZXJ0\n", 0o600)
    proxy = ["--master=https://10.128.15.198", "--kubeconfig=/var/lib/kube-proxy/kubeconfig", "--cluster-cidr=10.4.0.0/14", "--oom-score-adj=-998", "--v=2",
             "--iptables-sync-period=1m", "--iptables-min-sync-period=10s", "--ipvs-sync-period=1m", "--ipvs-min-sync-period=10s", "--detect-local-mode=NodeCIDR"]
    tree.file("etc/kubernetes/manifests/kube-proxy.manifest", json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "kube-proxy", "namespace": "kube-system", "labels": {"tier": "node", "component": "kube-proxy"}},
        "spec": {"priorityClassName": "system-node-critical", "hostNetwork": True, "containers": [{
            "name": "kube-proxy", "image": "gke.gcr.io/kube-proxy-amd64:v1.33.5-gke.1080000", "resources": {"requests": {"cpu": "100m"}},
            "command": ["/bin/sh", "-c", f"exec kube-proxy {' '.join(proxy)} 1>>/var/log/kube-proxy.log 2>&1"], "securityContext": {"privileged": True},
            "volumeMounts": [{"mountPath": "/var/lib/kube-proxy/kubeconfig", "name": "kubeconfig"}, {"mountPath": "/var/log", "name": "varlog"}]}],
            "volumes": [{"name": "kubeconfig", "hostPath": {"path": "/var/lib/kube-proxy/kubeconfig", "type": "FileOrCreate"}},
                        {"name": "varlog", "hostPath": {"path": "/var/log"}}]}}, indent=2) + "\n")
    tree.file("etc/containerd/config.toml", 'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nstream_server_address = "127.0.0.1"\n'
              'max_container_log_line_size = 262144\n[plugins."io.containerd.grpc.v1.cri".cni]\nbin_dir = "/home/kubernetes/bin"\nconf_dir = "/etc/cni/net.d"\n')
    tree.file("etc/cni/net.d/10-containerd-net.conflist", '{"name":"k8s-pod-network","cniVersion":"0.3.1","plugins":[{"type":"ptp"},{"type":"portmap"}]}\n')
    tree.file("run/containerd/containerd.sock", "", 0o660, kind="socket")
    service(tree, 902, ["/usr/bin/containerd"], "/usr/bin/containerd", "containerd.service")
    service(tree, 1142, ["/home/kubernetes/bin/kubelet", *flags], "/home/kubernetes/bin/kubelet", "kubelet.service", start=3100)
    container(tree, 1320, ["kube-proxy", *proxy], "/usr/local/bin/kube-proxy", "8d0c2385bed0d2119410233c4a8371a3", "1",
              mounts=["var/lib/kube-proxy"], image="gke.gcr.io/kube-proxy-amd64:v1.33.5-gke.1080000", capabilities=0x1FFFFFFFFFF, seccomp=0,
              namespaces={"net": 4026531833})
    return GKE_ABOUT


AKS_UNIT = """[Unit]
Description=Kubelet
ConditionPathExists=/opt/bin/kubelet
Wants=network-online.target containerd.service
After=network-online.target containerd.service

[Service]
Restart=always
EnvironmentFile=/etc/default/kubelet
SuccessExitStatus=143
ExecStartPre=/bin/bash /opt/azure/containers/kubelet.sh
ExecStartPre=/bin/mount --make-shared /var/lib/kubelet
ExecStartPre=-/sbin/iptables -t nat --numeric --list

ExecStart=/opt/bin/kubelet \\
        --enable-server \\
        --node-labels="${KUBELET_NODE_LABELS}" \\
        --v=2 \\
        --volume-plugin-dir=/etc/kubernetes/volumeplugins \\
        $KUBELET_TLS_BOOTSTRAP_FLAGS \\
        $KUBELET_CONFIG_FILE_FLAGS \\
        $KUBELET_CONTAINERD_FLAGS \\
        $KUBELET_CONTAINER_RUNTIME_FLAG \\
        $KUBELET_CGROUP_FLAGS \\
        $KUBELET_FLAGS

[Install]
WantedBy=multi-user.target
"""
AKS_DROP_INS = {
    "10-tlsbootstrap.conf": "KUBELET_TLS_BOOTSTRAP_FLAGS=--kubeconfig /var/lib/kubelet/kubeconfig --bootstrap-kubeconfig /var/lib/kubelet/bootstrap-kubeconfig",
    "10-containerd-base-flag.conf": "KUBELET_CONTAINERD_FLAGS=--runtime-request-timeout=15m --container-runtime-endpoint=unix:///run/containerd/containerd.sock "
                                    "--runtime-cgroups=/system.slice/containerd.service",
    "10-cgroupv2.conf": "KUBELET_CGROUP_FLAGS=--cgroup-driver=systemd",
    "10-credential-validation.conf": "CREDENTIAL_VALIDATION_KUBE_CA_FILE=/etc/kubernetes/certs/ca.crt",
}
AKS_FLAGS = [
    "--address=0.0.0.0", "--anonymous-auth=false", "--authentication-token-webhook=true", "--authorization-mode=Webhook", "--cgroups-per-qos=true",
    "--client-ca-file=/etc/kubernetes/certs/ca.crt", "--cloud-config=", "--cloud-provider=external", "--cluster-dns=10.0.0.10", "--cluster-domain=cluster.local",
    "--enforce-node-allocatable=pods", "--event-qps=0", "--eviction-hard=memory.available<100Mi,nodefs.available<10%,nodefs.inodesFree<5%,pid.available<2000",
    "--feature-gates=DisableKubeletCloudCredentialProviders=true", "--image-credential-provider-bin-dir=/var/lib/kubelet/credential-provider",
    "--image-credential-provider-config=/var/lib/kubelet/credential-provider-config.yaml", "--image-gc-high-threshold=85", "--image-gc-low-threshold=80",
    "--keep-terminated-pod-volumes=false", "--kube-reserved=cpu=100m,memory=450Mi,pid=1000", "--max-pods=110", "--node-status-update-frequency=10s",
    "--pod-infra-container-image=mcr.microsoft.com/oss/kubernetes/pause:3.6", "--pod-manifest-path=/etc/kubernetes/manifests", "--pod-max-pids=-1",
    "--protect-kernel-defaults=true", "--read-only-port=0", "--resolv-conf=/run/systemd/resolve/resolv.conf", "--rotate-certificates=true",
    "--rotate-server-certificates=true", "--streaming-connection-idle-timeout=4h0m0s", "--tls-cert-file=/etc/kubernetes/certs/kubeletserver.crt",
    "--tls-cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "--tls-private-key-file=/etc/kubernetes/certs/kubeletserver.key", "--node-ip=10.224.0.4"]
AKS_LABELS = "agentpool=nodepool1,kubernetes.azure.com/agentpool=nodepool1,kubernetes.azure.com/mode=system,kubernetes.azure.com/os-sku=Ubuntu"


def aks(tree):
    system(tree, "aks-nodepool1-12345678-vmss000000", 0xa5, {
        "PRETTY_NAME": "Ubuntu 22.04.5 LTS", "NAME": "Ubuntu", "VERSION_ID": "22.04", "ID": "ubuntu", "ID_LIKE": "debian", "VERSION_CODENAME": "jammy"},
        "5.15.0-1092-azure", interfaces=("lo", "eth0", "azv1"), users=(("azureuser", 1000, 1000, "/home/azureuser", "/bin/bash"),))
    tree.files("sys/module/apparmor/parameters", {"enabled": "Y", "mode": "enforce", "audit": "normal", "lock_policy": "N"})
    tree.file("sys/kernel/security/apparmor/profiles", "cri-containerd.apparmor.d (enforce)\n/usr/sbin/chronyd (enforce)\n")
    tree.file("etc/systemd/system/kubelet.service", AKS_UNIT, 0o600)
    for name, setting in AKS_DROP_INS.items():
        tree.file(f"etc/systemd/system/kubelet.service.d/{name}", f'[Service]\nEnvironment="{setting}"\n', 0o600)
    tree.file("etc/systemd/system/kubelet.service.d/10-watchdog.conf", "[Service]\nWatchdogSec=60s\n")
    tree.file("etc/default/kubelet", f"KUBELET_FLAGS={' '.join(AKS_FLAGS)}\nKUBELET_REGISTER_SCHEDULABLE=true\nNETWORK_POLICY=azure\nKUBELET_IMAGE=\n"
              f"KUBELET_NODE_LABELS={AKS_LABELS}\n", 0o600)
    tree.file("etc/kubernetes/azure.json", json.dumps({
        "cloud": "AzurePublicCloud", "tenantId": "6f0b4bd1-93b4-4f0a-8d1c-7b2f6a90e1c1", "aadClientId": "msi", "aadClientSecret": f"{MARK}-azure",
        "vmType": "vmss", "useManagedIdentityExtension": True, "useInstanceMetadata": True, "loadBalancerSku": "Standard"}, indent=4), 0o600)
    for name, source in (("ca", "ca"), ("apiserver", "apiserver"), ("kubeletserver", "kubelet-serving")):
        tree.file(f"etc/kubernetes/certs/{name}.crt", input_file("certificates", f"{source}.crt"), 0o600 if name == "ca" else 0o644)
    tree.file("etc/kubernetes/certs/kubeletserver.key", key("kubeletserver"), 0o600)
    tree.directory_("etc/kubernetes/manifests", 0o755)
    tree.file("opt/azure/containers/kubelet.sh", "#!/bin/bash\niptables -I FORWARD -d 168.63.129.16 -p tcp --dport 80 -j DROP\n", 0o755)
    server = "https://prod-0a1b2c3d.hcp.westeurope.azmk8s.io:443"
    head = f"apiVersion: v1\nkind: Config\nclusters:\n- name: localcluster\n  cluster:\n    certificate-authority: /etc/kubernetes/certs/ca.crt\n    server: {server}\nusers:\n"
    tree.file("var/lib/kubelet/bootstrap-kubeconfig", head + f"- name: kubelet-bootstrap\n  user:\n    token: {MARK}-bootstrap\n", 0o644)
    tree.file("var/lib/kubelet/kubeconfig", head + "- name: default-auth\n  user:\n    client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem\n"
              "    client-key: /var/lib/kubelet/pki/kubelet-client-current.pem\n", 0o600)
    tree.file("var/lib/kubelet/pki/kubelet-client-2026-11-20-10-00-00.pem", input_file("certificates", "kubelet-client.crt").decode() + key("kubelet-client"), 0o600)
    tree.link("var/lib/kubelet/pki/kubelet-client-current.pem", "/var/lib/kubelet/pki/kubelet-client-2026-11-20-10-00-00.pem")
    tree.file("var/lib/kubelet/credential-provider-config.yaml", "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders: []\n")
    tree.file("var/lib/kubelet/credential-provider/acr-credential-provider", "\x7fELF recorded\n", 0o755)
    tree.directory_("var/lib/kubelet", 0o755)
    tree.file("opt/bin/kubelet", go_program(
        "path\tk8s.io/kubernetes/cmd/kubelet", "mod\tk8s.io/kubernetes\t(devel)\t", "dep\tk8s.io/api\tv0.0.0\t", "build\t-compiler=gc",
        "build\t-ldflags=\"-s -w -buildid= -X 'k8s.io/client-go/pkg/version.gitVersion=v1.33.3' -X 'k8s.io/component-base/version.gitMajor=1' "
        "-X 'k8s.io/component-base/version.gitVersion=v1.33.3'\"", "build\tGOARCH=amd64", "build\tGOOS=linux"), 0o755)
    tree.file("opt/bin/kubectl", "\x7fELF recorded\n", 0o755)
    for name in ("containerd", "containerd-shim-runc-v2", "runc"):
        tree.file(f"usr/bin/{name}", "\x7fELF recorded\n", 0o755)
    for name in ("azure-vnet", "azure-vnet-ipam", "loopback", "portmap"):
        tree.file(f"opt/cni/bin/{name}", "\x7fELF recorded\n", 0o755)
    tree.file("etc/cni/net.d/10-azure.conflist", '{"cniVersion":"0.3.0","name":"azure","plugins":[{"type":"azure-vnet","mode":"transparent"},{"type":"portmap"}]}\n', 0o600)
    tree.file("etc/containerd/config.toml", 'version = 2\noom_score = -999\n[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "/etc/containerd/certs.d"\n')
    tree.file("run/containerd/containerd.sock", "", 0o660, kind="socket")
    service(tree, 2101, ["/usr/bin/containerd"], "/usr/bin/containerd", "containerd.service")
    service(tree, 2410, [
        "/opt/bin/kubelet", "--enable-server", f"--node-labels={AKS_LABELS}", "--v=2", "--volume-plugin-dir=/etc/kubernetes/volumeplugins",
        *AKS_DROP_INS["10-tlsbootstrap.conf"].partition("=")[2].split(), *AKS_DROP_INS["10-containerd-base-flag.conf"].partition("=")[2].split(),
        "--cgroup-driver=systemd", *AKS_FLAGS], "/opt/bin/kubelet", "kubelet.service", start=3300)
    container(tree, 2555, [
        "kube-proxy", "--conntrack-max-per-core=0", "--metrics-bind-address=0.0.0.0:10249", "--kubeconfig=/var/lib/kubelet/kubeconfig",
        "--cluster-cidr=10.244.0.0/16", "--detect-local-mode=ClusterCIDR", "--v=3"], "/usr/local/bin/kube-proxy",
        "7c1f0a2d-93b4-4f0a-8d1c-7b2f6a90e1c2", "2", mounts=["var/lib/kubelet/kubeconfig"], namespaces={"net": 4026531833},
        image="mcr.microsoft.com/oss/v2/kubernetes/kube-proxy:v1.33.3-2", capabilities=0x1FFFFFFFFFF, seccomp=0)
    return AKS_ABOUT


SYS_ROOT = "x86_64-bottlerocket-linux-gnu/sys-root/usr"
BOTTLEROCKET_CMDLINE = (
    "BOOT_IMAGE=(hd0,gpt3)/vmlinuz console=tty0 console=ttyS0,115200n8 net.ifnames=0 netdog.default-interface=eth0:dhcp4,dhcp6? quiet bootconfig "
    "root=/dev/dm-0 rootwait ro raid=noautodetect random.trust_cpu=on selinux=1 enforcing=1 "
    'dm-mod.create="root,,,ro,0 1884160 verity 1 PARTUUID=0a/PARTNROFF=1 PARTUUID=0a/PARTNROFF=2 4096 4096 235520 1 sha256 '
    f'{"5e" * 32} {"a1" * 32} 2 restart_on_corruption ignore_zero_blocks" systemd.log_target=journal-or-kmsg systemd.log_color=0')
BOTTLEROCKET_UNIT = """[Unit]
Description=Kubelet
After=containerd.service configured.target
BindsTo=containerd.service

[Service]
Slice=runtime.slice
Type=notify
EnvironmentFile=/etc/network/proxy.env
EnvironmentFile=/etc/kubernetes/kubelet/env
ExecStartPre=/sbin/iptables -P FORWARD ACCEPT
# A drop-in says how it is started
ExecStart=/usr/bin/false
Restart=always
Delegate=yes
KillMode=process

[Install]
WantedBy=multi-user.target
"""
BOTTLEROCKET_START = [
    ["--cloud-provider", "external"], ["--kubeconfig", "/etc/kubernetes/kubelet/kubeconfig"], ["--config", "/etc/kubernetes/kubelet/config"],
    ["--container-runtime-endpoint=unix:///run/containerd/containerd.sock"], ["--containerd=/run/containerd/containerd.sock"],
    ["--root-dir", "/var/lib/kubelet"], ["--cert-dir", "/var/lib/kubelet/pki"],
    ["--image-credential-provider-bin-dir", "/usr/libexec/kubernetes/kubelet/plugins"],
    ["--image-credential-provider-config", "/etc/kubernetes/kubelet/credential-provider-config.yaml"],
    ["--hostname-override", "ip-10-0-5-23.eu-west-1.compute.internal"], ["--node-ip", "${NODE_IP}"], ["--node-labels", '"${NODE_LABELS}"'],
    ["--register-with-taints", '"${NODE_TAINTS}"'], ["--pod-infra-container-image", "localhost/kubernetes/pause:0.1.0"],
    ["--runtime-cgroups=/runtime.slice/containerd.service"]]
BOTTLEROCKET_CONFIG = """---
kind: KubeletConfiguration
apiVersion: kubelet.config.k8s.io/v1beta1
address: 0.0.0.0
authentication:
  anonymous:
    enabled: false
  webhook:
    cacheTTL: 2m0s
    enabled: true
  x509:
    clientCAFile: "/etc/kubernetes/pki/ca.crt"
authorization:
  mode: Webhook
  webhook:
    cacheAuthorizedTTL: 5m0s
    cacheUnauthorizedTTL: 30s
clusterDomain: cluster.local
clusterDNS:
- 10.100.0.10
kubeReserved:
  cpu: "70m"
  memory: "574Mi"
  ephemeral-storage: "1Gi"
kubeReservedCgroup: "/runtime"
cpuCFSQuota: true
cpuManagerPolicy: none
podPidsLimit: 1048576
providerID: aws:///eu-west-1a/i-0a1b2c3d4e5f60718
resolvConf: "/run/netdog/resolv.conf"
hairpinMode: hairpin-veth
readOnlyPort: 0
cgroupDriver: systemd
cgroupRoot: "/"
runtimeRequestTimeout: 15m
protectKernelDefaults: true
serializeImagePulls: false
seccompDefault: false
serverTLSBootstrap: true
tlsCipherSuites:
- TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
volumePluginDir: "/var/lib/kubelet/plugins/volume/exec"
maxPods: 29
staticPodPath: "/etc/kubernetes/static-pods/"
"""


def bottlerocket(tree):
    tree.directory_(SYS_ROOT)
    tree.link("usr", SYS_ROOT)
    system(tree, "ip-10-0-5-23.eu-west-1.compute.internal", 0xb0, {
        "NAME": "Bottlerocket", "ID": "bottlerocket", "VERSION": "1.26.1 (aws-k8s-1.31)", "PRETTY_NAME": "Bottlerocket OS 1.26.1 (aws-k8s-1.31)",
        "VARIANT_ID": "aws-k8s-1.31", "VERSION_ID": "1.26.1", "BUILD_ID": "943d9a41"}, "6.1.112", is_image=True, lsm="selinux",
        interfaces=("lo", "eth0", "eni1a2b3c4d5e6"), root=("ro,relatime", "ext4", "/dev/dm-0", "ro,seclabel"), cmdline=BOTTLEROCKET_CMDLINE,
        init=f"/{SYS_ROOT}/lib/systemd/systemd", lockdown="none [integrity] confidentiality", filesystems=["nodev\tselinuxfs"],
        sysctls={"kernel/kptr_restrict": 1, "kernel/dmesg_restrict": 1, "kernel/yama/ptrace_scope": 1, "user/max_user_namespaces": 0,
                 "kernel/unprivileged_bpf_disabled": 1, "net/core/bpf_jit_harden": 2, "vm/max_map_count": 524288},
        extra=[("/etc", "rw,nosuid,nodev,noexec,noatime", "tmpfs", "tmpfs", "rw,seclabel,mode=755"),
               ("/local", "rw,nosuid,nodev,noatime", "xfs", "/dev/nvme1n1p1", "rw,seclabel"),
               ("/var", "rw,nosuid,nodev,noatime", "xfs", "/dev/nvme1n1p1", "rw,seclabel"),
               ("/opt", "rw,nosuid,nodev,noatime", "xfs", "/dev/nvme1n1p1", "rw,seclabel"),
               ("/etc/containerd", "rw,nosuid,nodev,noexec,noatime", "tmpfs", "tmpfs", "rw,seclabel,mode=750"),
               ("/etc/kubernetes/pki/private", "rw,nosuid,nodev,noexec,noatime", "tmpfs", "tmpfs", "rw,seclabel,mode=700"),
               ("/sys/fs/selinux", "rw,nosuid,noexec,relatime", "selinuxfs", "selinuxfs", "rw")])
    selinux_filesystem(tree)
    tree.file("etc/selinux/config", "SELINUX=enforcing\nSELINUXTYPE=fortified\n")
    tree.file("sys/block/dm-0/dm/uuid", "CRYPT-VERITY-root\n")
    units(tree, ("kubelet.service", BOTTLEROCKET_UNIT),
          ("kubelet.service.d/make-kubelet-dirs.conf", "[Service]\nExecStartPre=/usr/bin/mkdir -p /var/lib/kubelet/providers/secrets-store\n"),
          ("kubelet.service.d/dockershim-symlink.conf", "[Service]\nExecStartPre=/bin/ln -sf ./containerd/containerd.sock /run/dockershim.sock\n"),
          ("containerd.service", "[Unit]\nDescription=containerd container runtime\n[Service]\nSlice=runtime.slice\nEnvironmentFile=/etc/network/proxy.env\n"
           "ExecStart=/usr/bin/containerd\nType=notify\nDelegate=yes\nKillMode=process\n"))
    lines = " \\\n".join(f"    {' '.join(words)}" for words in BOTTLEROCKET_START)
    tree.file("etc/systemd/system/kubelet.service.d/exec-start.conf", f"[Service]\nExecStart=\nExecStart=/usr/bin/kubelet \\\n{lines}\n")
    labels = "eks.amazonaws.com/nodegroup=br,bottlerocket.aws/updater-interface-version=2.0.0"
    tree.file("etc/network/proxy.env", "")
    tree.file("etc/kubernetes/kubelet/env", f"NODE_IP=10.0.5.23\nNODE_LABELS={labels}\nNODE_TAINTS=\n")
    tree.file("etc/kubernetes/kubelet/config", BOTTLEROCKET_CONFIG)
    tree.file("etc/kubernetes/kubelet/kubeconfig", """---
apiVersion: v1
kind: Config
clusters:
- cluster:
    certificate-authority: "/etc/kubernetes/pki/ca.crt"
    server: "https://0A1B2C3D4E5F60718293A4B5C6D7E8F9.gr7.eu-west-1.eks.amazonaws.com"
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    user: kubelet
  name: kubelet
current-context: kubelet
users:
- name: kubelet
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: "/usr/bin/aws-iam-authenticator"
      args:
      - token
      - "-i"
      - "prod"
""")
    tree.file("etc/kubernetes/kubelet/bootstrap-kubeconfig", "---\napiVersion: v1\nkind: Config\nclusters:\n- cluster:\n  name: kubernetes\nusers:\n- name: kubelet\n")
    tree.file("etc/kubernetes/kubelet/credential-provider-config.yaml", "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders: []\n")
    tree.file("etc/kubernetes/pki/ca.crt", input_file("certificates", "ca.crt"))
    tree.directory_("etc/kubernetes/pki/private", 0o700)
    tree.directory_("etc/kubernetes/static-pods")
    tree.link("etc/kubernetes/manifests", "static-pods")
    tree.file("var/lib/kubelet/pki/kubelet-server-2026-11-20-10-00-00.pem", input_file("certificates", "kubelet-serving.crt").decode() + key("serving"), 0o600)
    tree.link("var/lib/kubelet/pki/kubelet-server-current.pem", "/var/lib/kubelet/pki/kubelet-server-2026-11-20-10-00-00.pem")
    tree.file("etc/containerd/config.toml", 'version = 2\nroot = "/var/lib/containerd"\nstate = "/run/containerd"\n[plugins."io.containerd.grpc.v1.cri"]\n'
              'enable_selinux = true\nsandbox_image = "localhost/kubernetes/pause:0.1.0"\n[plugins."io.containerd.grpc.v1.cri".containerd]\n'
              'default_runtime_name = "shimpei"\n[plugins."io.containerd.grpc.v1.cri".registry.configs."registry-1.docker.io".auth]\n'
              f'username = "site"\npassword = "{MARK}-registry"\n')
    tree.directory_("etc/containerd", 0o750)
    tree.file("etc/cni/net.d/10-aws.conflist", '{"cniVersion":"0.4.0","name":"aws-cni","plugins":[{"name":"aws-cni","type":"aws-cni"},{"type":"portmap"}]}\n', 0o600)
    for name in ("aws-cni", "egress-cni", "loopback", "portmap"):
        tree.file(f"opt/cni/bin/{name}", "\x7fELF recorded\n", 0o755)
    tree.file("run/containerd/containerd.sock", "", 0o660, kind="socket")
    tree.link("run/dockershim.sock", "./containerd/containerd.sock")
    for name in ("kubelet", "containerd", "containerd-shim-runc-v2", "runc", "shimpei", "apiclient"):
        tree.file(f"usr/bin/{name}", "\x7fELF recorded\n", 0o755)
    inventory = [{"Name": name, "Publisher": "Bottlerocket", "Version": version, "Release": "1", "InstalledTime": "2024-10-30T18:12:01Z",
                  "ApplicationType": "Unspecified", "Architecture": "x86_64", "Url": url, "Summary": summary} for name, version, url, summary in (
                      ("containerd", "1.7.22", "https://github.com/containerd/containerd", "An industry-standard container runtime"),
                      ("kubelet-1.31", "1.31.0", "https://github.com/kubernetes/kubernetes", "Container cluster node agent"),
                      ("kubelet-1.31-bin", "1.31.0", "https://github.com/kubernetes/kubernetes", "Container cluster node agent binaries"))]
    tree.file("usr/share/bottlerocket/application-inventory.json", json.dumps({"Content": inventory}, indent=2))
    runtime = {"cgroup": "0::/runtime.slice/containerd.service", "label": "system_u:system_r:runtime_t:s0\0"}
    process(tree, 1310, ["/usr/bin/containerd"], f"/{SYS_ROOT}/bin/containerd", start=2300, **runtime)
    values = {"${NODE_IP}": "10.0.5.23", '"${NODE_LABELS}"': labels, '"${NODE_TAINTS}"': ""}
    process(tree, 1402, ["/usr/bin/kubelet", *(values.get(word, word) for words in BOTTLEROCKET_START for word in words)], f"/{SYS_ROOT}/bin/kubelet",
            cgroup="0::/runtime.slice/kubelet.service", start=2900, label="system_u:system_r:runtime_t:s0\0")
    volume = "var/lib/kubelet/pods/6b1f0a2d-93b4-4f0a-8d1c-7b2f6a90e1c2/volumes/kubernetes.io~configmap/config"
    tree.file(f"{volume}/config", "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nbindAddress: 0.0.0.0\n"
              "clientConnection:\n  kubeconfig: /var/lib/kube-proxy/kubeconfig\nmetricsBindAddress: 0.0.0.0:10249\nmode: iptables\n")
    container(tree, 1533, ["kube-proxy", "--v=2", "--config=/var/lib/kube-proxy-config/config", "--hostname-override=ip-10-0-5-23.eu-west-1.compute.internal"],
              "/usr/local/bin/kube-proxy", "6b1f0a2d-93b4-4f0a-8d1c-7b2f6a90e1c2", "3", mounts=[f"{volume}:var/lib/kube-proxy-config"],
              image="602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/kube-proxy:v1.31.0-minimal-eksbuild.5", capabilities=0x1FFFFFFFFFF, seccomp=0,
              label="system_u:system_r:control_t:s0-s0:c0.c1023\0", namespaces={"net": 4026531833})
    return BOTTLEROCKET_ABOUT
