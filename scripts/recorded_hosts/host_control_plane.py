"""kubeadm-control-plane: after a real kubeadm 1.36 control plane node."""

import base64

from kernel import DEBIAN_CONFIG, input_file, kernel, modules_of, mount_table
from processes import kernel_thread, parse_recording, process
from system import CONTAINERD_UNIT, DEBIAN_GROUPS, DEBIAN_USERS, SSHD_UNIT, accounts, grub, hashed, identity, services, units
from tree import MARK, key

ABOUT = """
# kubeadm-control-plane

After a real single-node cluster: kubeadm 1.36 on Debian 12, kubelet under containerd and runc, cgroup v1, addresses set to
loopback. Recorded there: the static pod manifests, the kubelet's configuration, unit and flags, which files there are and their
modes and owners in etc/kubernetes, etc/cni, etc/containerd, var/lib/kubelet and var/lib/etcd, and every process's command line,
control groups, namespaces, capabilities and seccomp mode, and the API server's mounts.

Made up: what is not Kubernetes (accounts, sshd, cron, sudo, boot loader, sysctls, CPU, kernel configuration, systemd as PID 1),
after a plain Debian 12; the certificates, which have kubeadm's names and no living key; the content of kubeconfigs; the sockets.
Keys, tokens and password hashes are marked text. A container's root is a copy of what its manifest mounts into it.
"""

PKI = {
    "apiserver.crt": "apiserver", "apiserver-etcd-client.crt": "apiserver-etcd-client", "ca.crt": "ca",
    "apiserver-kubelet-client.crt": "apiserver-kubelet-client", "front-proxy-ca.crt": "front-proxy-ca",
    "front-proxy-client.crt": "front-proxy-client", "etcd/ca.crt": "etcd-ca", "etcd/server.crt": "etcd-server",
    "etcd/peer.crt": "etcd-peer", "etcd/healthcheck-client.crt": "etcd-healthcheck-client",
}
MOUNTS = {
    "kube-apiserver": ["etc/kubernetes/pki"], "etcd": ["etc/kubernetes/pki/etcd", "var/lib/etcd"],
    "kube-controller-manager": ["etc/kubernetes/pki", "etc/kubernetes/controller-manager.conf"],
    "kube-scheduler": ["etc/kubernetes/scheduler.conf"], "kube-proxy": ["var/lib/kube-proxy"],
}


CLIENTS = {
    "kubernetes-super-admin": "super-admin", "system:kube-controller-manager": "controller-manager",
    "system:kube-scheduler": "scheduler", "system:node:worker-7": "kubelet-client-worker",
}


def kubeconfig(user, server="https://127.0.0.1:6443", certificate=None):
    data = base64.b64encode(input_file("certificates", f"{certificate or CLIENTS.get(user, 'admin')}.crt")).decode()
    return (f"apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: LS0tLS1CRUdJTi1ub3QtYS1jZXJ0\n    server: {server}\n"
            f"  name: rig\ncontexts:\n- context:\n    cluster: rig\n    user: {user}\n  name: {user}@rig\n"
            f"current-context: {user}@rig\nkind: Config\nusers:\n- name: {user}\n  user:\n"
            f"    client-certificate-data: {data}\n    client-key-data: {MARK}-{user}\n")


def kubernetes(tree):
    for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"):
        tree.file(f"etc/kubernetes/manifests/{name}.yaml", input_file("kubeadm", f"{name}.yaml"), 0o600)
    tree.directory_("etc/kubernetes/manifests", 0o700)
    for name, user in (("admin", "kubernetes-admin"), ("super-admin", "kubernetes-super-admin"),
                       ("controller-manager", "system:kube-controller-manager"), ("scheduler", "system:kube-scheduler")):
        tree.file(f"etc/kubernetes/{name}.conf", kubeconfig(user), 0o600)
    current = "/var/lib/kubelet/pki/kubelet-client-current.pem"
    tree.file("etc/kubernetes/kubelet.conf", "apiVersion: v1\nclusters:\n- cluster:\n    server: https://127.0.0.1:6443\n  name: rig\n"
              "kind: Config\nusers:\n- name: system:node:rig-node\n  user:\n"
              f"    client-certificate: {current}\n    client-key: {current}\n", 0o600)
    for place, name in PKI.items():
        tree.file(f"etc/kubernetes/pki/{place}", input_file("certificates", f"{name}.crt"))
        tree.file(f"etc/kubernetes/pki/{place[:-4]}.key", key(name), 0o600)
    tree.file("etc/kubernetes/pki/sa.key", key("service-accounts"), 0o600)
    tree.file("etc/kubernetes/pki/sa.pub", input_file("certificates", "sa.pub"), 0o600)
    tree.file("etc/cni/net.d/10-rig.conflist", '{"cniVersion":"1.0.0","name":"rig","plugins":[{"type":"bridge","bridge":"cni0",'
              '"isGateway":true,"ipMasq":true,"ipam":{"type":"host-local","ranges":[[{"subnet":"10.244.0.0/24"}]]}},'
              '{"type":"portmap","capabilities":{"portMappings":true}}]}\n')
    tree.directory_("etc/cni/net.d", 0o700)
    for plugin in ("bridge", "host-local", "loopback", "portmap"):
        tree.file(f"opt/cni/bin/{plugin}", "\x7fELF recorded\n", 0o755)
    tree.file("etc/containerd/certs.d/_default/hosts.toml", '[host."http://127.0.0.1:5000"]\n')
    tree.file("etc/containerd/config.toml", 'version = 3\n[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]\n'
              'runtime_type = "io.containerd.runc.v2"\n[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]\n'
              "SystemdCgroup = false\n[plugins.\"io.containerd.cri.v1.images\".registry]\nconfig_path = \"/etc/containerd/certs.d\"\n")


def state(tree):
    """var/ and run/."""
    tree.directory_("var/lib/etcd", 0o700)
    for place in ("member", "member/snap", "member/wal"):
        tree.directory_(f"var/lib/etcd/{place}", 0o700)
    tree.file("var/lib/etcd/member/snap/db", f"{MARK}-every-secret-of-the-cluster\n", 0o600)
    tree.file("var/lib/etcd/member/wal/0000000000000000-0000000000000000.wal", "recorded\n", 0o600)
    tree.directory_("var/lib/kubelet", 0o700)
    tree.file("var/lib/kubelet/config.yaml", input_file("kubeadm", "config.yaml"))
    tree.file("var/lib/kubelet/instance-config.yaml", "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n")
    tree.file("var/lib/kubelet/kubeadm-flags.env", input_file("kubeadm", "kubeadm-flags.env"))
    for name in ("cpu_manager_state", "memory_manager_state", "actuated_pods_state"):
        tree.file(f"var/lib/kubelet/{name}", '{"policyName":"none","defaultCpuSet":"","checksum":1353318690}', 0o600)
    pair = input_file("certificates", "kubelet-client.crt").decode() + key("kubelet-client")
    tree.file("var/lib/kubelet/pki/kubelet-client-2026-11-23-14-08-25.pem", pair, 0o600)
    tree.link("var/lib/kubelet/pki/kubelet-client-current.pem", "/var/lib/kubelet/pki/kubelet-client-2026-11-23-14-08-25.pem")
    tree.file("var/lib/kubelet/pki/kubelet.crt", input_file("certificates", "kubelet-serving.crt"))
    tree.file("var/lib/kubelet/pki/kubelet.key", key("kubelet-serving"), 0o600)
    for name in ("plugins", "plugins_registry", "pod-resources", "pods"):
        tree.directory_(f"var/lib/kubelet/{name}", 0o750)
    tree.directory_("var/log/pods", 0o755)
    tree.file("var/log/pods/kube-system_etcd-rig-node_c8c3/etcd/0.log", "recorded\n", 0o640)
    tree.link("var/log/containers/etcd-rig-node_kube-system_etcd-979f.log", "/var/log/pods/kube-system_etcd-rig-node_c8c3/etcd/0.log")
    tree.file("run/containerd/containerd.sock", "", 0o660, kind="socket")
    tree.directory_("run/containerd", 0o711)
    tree.link("var/run", "/run")
    for name in ("kubelet", "containerd", "runc", "containerd-shim-runc-v2"):
        tree.file(f"usr/bin/{name}", "\x7fELF recorded\n", 0o755)
    units(tree, ("kubelet.service", input_file("kubeadm", "kubelet.service")),
          ("kubelet.service.d/10-kubeadm.conf", input_file("kubeadm", "10-kubeadm.conf")), CONTAINERD_UNIT, SSHD_UNIT)
    tree.file("var/lib/kube-proxy/config.conf", "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nbindAddress: 0.0.0.0\n"
              'clientConnection:\n  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf\nclusterCIDR: 10.244.0.0/16\n'
              'kind: KubeProxyConfiguration\nmetricsBindAddress: ""\nmode: ""\n')
    tree.file("var/lib/kube-proxy/kubeconfig.conf", "apiVersion: v1\nkind: Config\nusers:\n- name: default\n  user:\n"
              "    tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token\n")


def processes(tree):
    kernel_thread(tree, 2, "kthreadd")
    for row in parse_recording(input_file("kubeadm", "processes.txt").decode()):
        values, options = row["status"], {}
        if row["pid"] == 1:
            options = {"exe": "/usr/lib/systemd/systemd", "start": 3, "parent": 0}
        container = row["cgroup"].split("/")[-1]
        if len(container) == 64:
            rootfs = f"run/containerd/io.containerd.runtime.v2.task/k8s.io/{container}/rootfs"
            tree.directory_(rootfs)
            for mounted in MOUNTS[row["exe"].rsplit("/", 1)[-1]]:
                tree.copy(mounted, f"{rootfs}/{mounted}")
            tree.file(f"{rootfs}{row['exe']}", "\x7fELF recorded\n", 0o755)
            options = {"root": f"../../{rootfs}", "start": 8646122, "parent": 9100, "oom": -997}
            if row["comm"] == "kube-apiserver":
                options["mountinfo"] = input_file("kubeadm", "kube-apiserver.mountinfo.txt")
        process(
            tree, row["pid"], row["arguments"], **({"exe": row["exe"], "start": 2411} | options), cgroup=row["cgroup"],
            namespaces={k: v for k, v in row["namespaces"].items() if k in ("ipc", "mnt", "net", "pid", "uts", "cgroup", "user")},
            capabilities=int(values.get("CapEff", "1ffffffffff"), 16), bounding=int(values.get("CapBnd", "1ffffffffff"), 16),
            seccomp=int(values.get("Seccomp", 0)), no_new_privileges=int(values.get("NoNewPrivs", 0)), name=row["comm"])


def make(tree):
    identity(tree, hostname="rig-node", machine_id="7d1f9c2ab34e4c0f8a6d5be2910c7734", os_release={
        "PRETTY_NAME": "Debian GNU/Linux 12 (bookworm)", "NAME": "Debian GNU/Linux", "VERSION_ID": "12", "ID": "debian",
        "VERSION_CODENAME": "bookworm"})
    accounts(tree, [*DEBIAN_USERS, ("ops", 1000, 1000, "/home/ops", "/bin/bash")],
             [*[(n, g, "ops" if n == "sudo" else m) for n, g, m in DEBIAN_GROUPS], ("ops", 1000, "")],
             {"ops": hashed("yescrypt", "ops"), "root": "!*"})
    services(tree, sshd="PermitRootLogin no\nPasswordAuthentication no\n", sshd_mode=0o600, cron_mode=0o700)
    grub(tree, "/boot/vmlinuz-6.1.0-28-amd64 root=/dev/vda1 ro quiet", 0o600)
    kubernetes(tree)
    state(tree)
    bridge = modules_of("br_netfilter", "overlay", "nf_conntrack", "xt_comment", "veth", "bridge", "ip_tables", "virtio_net")
    kernel(
        tree, release="6.1.0-28-amd64", hostname="rig-node", boot_id="0d5b7a52-4d1e-4a79-9f0e-1f6d2c9b8a10", boot_time=1763820000,
        version="(debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22)",
        cmdline="BOOT_IMAGE=/boot/vmlinuz-6.1.0-28-amd64 root=/dev/vda1 ro quiet systemd.unified_cgroup_hierarchy=0", modules=bridge,
        sysctls={
            "net/ipv4/ip_forward": 1, "net/bridge/bridge-nf-call-iptables": 1, "net/bridge/bridge-nf-call-ip6tables": 1,
            "kernel/panic": 10, "kernel/panic_on_oops": 1, "vm/overcommit_memory": 1, "kernel/kptr_restrict": 1,
            "net/core/bpf_jit_harden": 2, "kernel/yama/ptrace_scope": 1,
        },
        ipv4={"": {"forwarding": 1, "send_redirects": 0, "secure_redirects": 0}}, ipv6={"": {"accept_ra": 0, "accept_redirects": 0}},
        interfaces=("lo", "eth0", "cni0"), config=DEBIAN_CONFIG,
        mounts=mount_table(("rw,relatime", "ext4", "/dev/vda1", "rw,errors=remount-ro"), cgroup=None, extra=[
            ("/sys/fs/cgroup", "ro,nosuid,nodev,noexec", "tmpfs", "tmpfs", "ro,size=4096k,nr_inodes=1024,mode=755"),
            ("/sys/fs/cgroup/systemd", "rw,nosuid,nodev,noexec,relatime", "cgroup", "cgroup", "rw,xattr,name=systemd"),
            ("/sys/fs/cgroup/pids", "rw,nosuid,nodev,noexec,relatime", "cgroup", "cgroup", "rw,pids"),
        ]))
    for controller in ("pids", "systemd"):
        tree.file(f"sys/fs/cgroup/{controller}/release_agent", "\n")
        tree.file(f"sys/fs/cgroup/{controller}/notify_on_release", "0\n")
    tree.file("sys/kernel/security/lsm", "lockdown,capability,landlock,yama,apparmor")
    tree.file("sys/kernel/security/lockdown", "[none] integrity confidentiality\n")
    tree.files("sys/module/apparmor/parameters", {"enabled": "Y", "mode": "enforce", "audit": "normal", "lock_policy": "N",
                                                  "paranoid_load": "Y"})
    tree.file("sys/kernel/security/apparmor/profiles", "cri-containerd.apparmor.d (enforce)\n/usr/sbin/chronyd (enforce)\nlsb_release (enforce)\n")
    processes(tree)
    return ABOUT
