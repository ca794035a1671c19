"""kubeadm-worker: a node that was hardened badly on purpose."""

import struct

from host_control_plane import kubeconfig
from kernel import DEBIAN_CONFIG, input_file, kernel, kconfig, modules_of, mount_table
from processes import CONTAINER_CAPABILITIES, kernel_thread, pod_cgroup, process
from system import CONTAINERD_UNIT, DEBIAN_GROUPS, DEBIAN_USERS, SSHD_UNIT, accounts, grub, hashed, identity, services, units
from tree import MARK, key
import tpm

ABOUT = """
# kubeadm-worker

All of it is made up, after what kubeadm 1.33 leaves on an Ubuntu 24.04 worker: a node that people have tinkered with. Made wrong
on purpose, each as it is met in the field: kubelet files that others read or write (by mode, by an access control list, by a
writable directory on the way, through a link), a drop-in that opens the kubelet, a runtime socket for everybody, a runtime that
everybody may exchange where somebody unpacked it, an administrator's kubeconfig on a worker, a privileged static pod left from
debugging, weak and doubled accounts, a service's account with a password, a key that is a FIFO, a directory that can't be
listed, kernel settings turned off, a privileged pod without confinement, and a pod that calls its process kubelet. One pod is
hardened well.
Keys, tokens and password hashes are marked text; certificates have no living key.
"""

ALICE, BUILD = 1001, 1002
DEBUG_POD = """\
apiVersion: v1
kind: Pod
metadata: {name: debug, namespace: kube-system}
spec:
  automountServiceAccountToken: true
  hostNetwork: true
  hostPID: true
  containers:
  - name: shell
    image: docker.io/library/busybox:latest
    securityContext: {privileged: true, capabilities: {add: [SYS_ADMIN]}}
    volumeMounts:
    - {name: etc, mountPath: /host/etc}
    - {name: runtime, mountPath: /run/containerd/containerd.sock, readOnly: true}
  volumes:
  - {name: etc, hostPath: {path: /etc}}
  - {name: runtime, hostPath: {path: /run/containerd/containerd.sock, type: Socket}}
"""


def acl(*named, owner=6, group=4, mask=6, other=0):
    """system.posix_acl_access in hexadecimal; named are (tag, id, permissions)."""
    entries = [(1, owner, 0xFFFFFFFF), *[(t, p, i) for t, i, p in named if t == 2], (4, group, 0xFFFFFFFF),
               *[(t, p, i) for t, i, p in named if t == 8], (0x10, mask, 0xFFFFFFFF), (0x20, other, 0xFFFFFFFF)]
    return (struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)).hex()


def kubelet(tree):
    tree.file("etc/kubernetes/kubelet.conf", kubeconfig("system:node:worker-7", "https://10.0.0.10:6443"), 0o660,
              extra=f"xattr:system.posix_acl_access={acl((2, ALICE, 6))}")
    tree.file("etc/kubernetes/bootstrap-kubelet.conf", f"apiVersion: v1\nkind: Config\nusers:\n- name: boot\n  user:\n    token: {MARK}-join\n", 0o644)
    tree.file("etc/kubernetes/admin.conf", kubeconfig("kubernetes-admin", "https://10.0.0.10:6443", "super-admin"), 0o644)
    tree.file("etc/kubernetes/pki/ca.crt", input_file("certificates", "ca.crt"), 0o664)
    tree.file("etc/kubernetes/pki/spare.key", "", 0o600, kind="fifo")
    tree.file("srv/kubelet/config.yaml", "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
              "authentication:\n  anonymous:\n    enabled: false\n  webhook:\n    enabled: true\n  x509:\n"
              "    clientCAFile: /etc/kubernetes/pki/ca.crt\nauthorization:\n  mode: Webhook\ncgroupDriver: systemd\n"
              "clusterDNS:\n- 10.96.0.10\nclusterDomain: cluster.local\nprotectKernelDefaults: false\nrotateCertificates: true\n"
              "staticPodPath: /etc/kubernetes/manifests\nstreamingConnectionIdleTimeout: 0s\n", 0o644)
    tree.directory_("srv/kubelet", 0o775, 0, BUILD)
    tree.link("var/lib/kubelet/config.yaml", "/srv/kubelet/config.yaml")
    head = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
    tree.file("etc/kubernetes/kubelet.conf.d/10-limits.conf", head + "podPidsLimit: 4096\nseccompDefault: true\n", 0o600)
    tree.file("etc/kubernetes/kubelet.conf.d/20-debug.conf", head + "authentication:\n  anonymous:\n    enabled: true\n"
              "authorization:\n  mode: AlwaysAllow\nreadOnlyPort: 10255\neventRecordQPS: 0\n", 0o646)
    tree.directory_("etc/kubernetes/kubelet.conf.d", 0o777)
    tree.directory_("etc/kubernetes/manifests", 0o755)
    tree.file("etc/kubernetes/manifests/debug.yaml", DEBUG_POD, 0o644, ALICE)
    tree.file("var/lib/kubelet/kubeadm-flags.env", 'KUBELET_KUBEADM_ARGS="--config-dir=/etc/kubernetes/kubelet.conf.d"\n', 0o644, ALICE)
    tree.file("var/lib/kubelet/pki/kubelet-client-2026-10-01-09-00-00.pem",
              input_file("certificates", "kubelet-client-worker.crt").decode() + key("worker-client"), 0o640, 0, BUILD)
    tree.link("var/lib/kubelet/pki/kubelet-client-current.pem", "kubelet-client-2026-10-01-09-00-00.pem")
    tree.file("var/lib/kubelet/pki/kubelet.key", key("worker-serving"), 0o644)
    tree.file("var/lib/kubelet/pki/kubelet.crt", input_file("certificates", "kubelet-serving.crt"))
    tree.file("etc/systemd/system/kubelet.service", input_file("kubeadm", "kubelet.service"), 0o666)
    units(tree, ("kubelet.service.d/10-kubeadm.conf", input_file("kubeadm", "10-kubeadm.conf")), CONTAINERD_UNIT, SSHD_UNIT)


def runtime(tree):
    tree.file("run/containerd/containerd.sock", "", 0o666, kind="socket")
    tree.file("run/docker.sock", "", 0o660, 0, 988, kind="socket")
    tree.file("etc/docker/daemon.json", '{"hosts":["unix:///run/docker.sock","tcp://0.0.0.0:2375"],"icc":true,"iptables":false,\n'
              '"insecure-registries":["10.0.0.0/8"]}\n', 0o666)
    loosened(tree)
    tree.file("etc/cni/net.d/10-calico.conflist", '{"name":"k8s-pod-network","cniVersion":"0.3.1","plugins":[{"type":"calico"}]}\n', 0o644, 0, BUILD)
    tree.file("etc/cni/net.d/calico-kubeconfig", f"apiVersion: v1\nkind: Config\nusers:\n- name: calico\n  user:\n    token: {MARK}-calico\n", 0o644)
    for name, mode in (("calico", 0o777), ("loopback", 0o755)):
        tree.file(f"opt/cni/bin/{name}", "\x7fELF recorded\n", mode)
    tree.directory_("opt/cni/bin", 0o755, 1001)
    for name in ("kubelet", "containerd", "runc", "containerd-shim-runc-v2"):
        tree.file(f"usr/bin/{name}", "\x7fELF recorded\n", 0o775 if name == "runc" else 0o755)
    tree.file("srv/tools/dockerd", "\x7fELF recorded\n", 0o757)
    tree.directory_("var/log/pods", 0o777)
    tree.file("var/log/pods/default_web_5e1f/web/0.log", "recorded\n", 0o644)
    tree.file("var/log/containers/.keep", "", 0o644)


def loosened(tree):
    """containerd by its second format, an import that takes confinement away, and what it acts on open to others."""
    tree.file("etc/containerd/config.toml", 'version = 2\nimports = ["conf.d/*.toml"]\n[metrics]\naddress = "0.0.0.0:1338"\n[debug]\naddress = "0.0.0.0:6060"\n'
              '[plugins."io.containerd.grpc.v1.cri".registry.configs."registry.local".tls]\ninsecure_skip_verify = true\n')
    tree.file("etc/containerd/conf.d/50-tools.toml", """version = 2
[plugins."io.containerd.grpc.v1.cri"]
  disable_apparmor = true
  unset_seccomp_profile = "unconfined"
  stream_server_address = "0.0.0.0"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    privileged_without_host_devices = false
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      NoPivotRoot = true
  [plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]
    endpoint = ["http://10.0.0.5:5000"]
  [plugins."io.containerd.grpc.v1.cri".registry.configs."registry.local".tls]
    insecure_skip_verify = true
[plugins."io.containerd.nri.v1.nri"]
  disable = false
  disable_connections = false
""")
    tree.file("opt/nri/plugins/10-adjust", "\x7fELF recorded\n", 0o777)
    # Asked about nothing, for the mirror above makes every pull a local one.
    tree.file("opt/containerd/image-verifier/bin/10-signatures", "\x7fELF recorded\n", 0o777)
    tree.file("etc/cdi/vendor.json", '{"cdiVersion":"0.6.0","kind":"vendor.com/net","devices":[]}\n', 0o666)
    tree.directory_("run/containerd/s", 0o777)
    tree.directory_("var/lib/containerd", 0o755)
    tree.file("var/lib/kubelet/seccomp/profiles/debug.json", """{
  "defaultAction": "SCMP_ACT_LOG",
  "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_Z80"],
  "syscalls": [
    {"names": ["bpf", "kexec_laod"], "action": "SCMP_ACT_ERRNO"}
  ]
}
""")
    tree.file("var/lib/kubelet/seccomp/profiles/broken.json", '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [\n')
    tree.file("etc/falco/falco.yaml", "rules_files:\n- /etc/falco/falco_rules.yaml\n")
    units(tree, ("falco-modern-bpf.service", "[Service]\nExecStart=/usr/bin/falco -o engine.kind=modern_ebpf\n"))
    tree.file("etc/apparmor.d/usr.bin.reporter", "# of the reporter\nprofile reporter /usr/bin/reporter flags=(complain) {\n  /etc/** r,\n}\n")
    tree.file("etc/apparmor.d/snap-confine", "profile snap-confine flags=(unconfined) {\n}\n")


def processes(tree):
    kernel_thread(tree, 2, "kthreadd")
    kernel_thread(tree, 15, "rcu_preempt")
    label = "unconfined\n"
    host = {"label": label, "start": 2200}
    process(tree, 1, ["/sbin/init"], "/usr/lib/systemd/systemd", parent=0, label=label, start=4, name="systemd")
    process(tree, 611, ["/usr/bin/containerd"], "/usr/bin/containerd", cgroup="0::/system.slice/containerd.service", **host)
    process(tree, 702, ["/srv/tools/dockerd", "-H", "fd://"], "/srv/tools/dockerd", cgroup="0::/system.slice/docker.service", **host)
    process(tree, 655, ["sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"], "/usr/sbin/sshd",
            cgroup="0::/system.slice/ssh.service", name="sshd", **host)
    process(tree, 901, [
        "/usr/bin/kubelet", "--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf",
        "--kubeconfig=/etc/kubernetes/kubelet.conf", "--config=/var/lib/kubelet/config.yaml",
        "--config-dir=/etc/kubernetes/kubelet.conf.d", "--node-ip=10.0.0.17", "--max-pods", "200"],
        "/usr/bin/kubelet", cgroup="0::/system.slice/kubelet.service", **host)
    pods(tree)


def pods(tree):
    def container(pid, digit, arguments, exe, quality="besteffort", **options):
        uid = f"5e1f0a2{digit}-93b4-4f0a-8d1c-7b2f6a90e1c{digit}"
        identifier = (f"{digit}a7c05e" * 10)[:64].ljust(64, digit)
        rootfs = f"run/containerd/io.containerd.runtime.v2.task/k8s.io/{identifier}/rootfs"
        tree.file(f"{rootfs}{exe}", "\x7fELF recorded\n", 0o755)
        base = 4026532300 + 10 * int(digit)
        spaces = {kind: base + n for n, kind in enumerate(("cgroup", "ipc", "mnt", "net", "pid", "uts"))}
        process(tree, pid, arguments, exe, cgroup=pod_cgroup(uid, identifier, quality), parent=1180 + int(digit),
                namespaces=spaces | options.pop("namespaces", {}), root=f"../../{rootfs}", start=91000, **options)

    default = {"capabilities": CONTAINER_CAPABILITIES}
    container(1201, "1", ["/pause"], "/pause", seccomp=2, no_new_privileges=1, capabilities=0, uid=65535, gid=65535,
              label="cri-containerd.apparmor.d (enforce)\n")
    container(1202, "2", ["/app/server", "--listen=:8080"], "/app/server", seccomp=2, no_new_privileges=1, capabilities=0,
              bounding=0, uid=10001, gid=10001, label="cri-containerd.apparmor.d (enforce)\n",
              namespaces={"user": 4026532390})
    container(1203, "3", ["/usr/bin/agent", "--privileged"], "/usr/bin/agent", label="unconfined\n",
              namespaces={"pid": 4026531836, "net": 4026531833, "ipc": 4026531839},
              mountinfo="901 900 8:1 / /host rw,relatime - ext4 /dev/sda1 rw\n"
                        "902 900 0:25 /containerd/containerd.sock /run/containerd/containerd.sock rw - tmpfs tmpfs rw\n")
    container(1204, "4", ["/usr/bin/kubelet", "--anonymous-auth=false"], "/usr/bin/kubelet", "burstable", seccomp=2,
              label="cri-containerd.apparmor.d (enforce)\n", name="kubelet", **default)
    container(1205, "5", ["python3", "-m", "http.server"], "/usr/bin/python3", "burstable", label="debug-profile (complain)\n", **default)


def make(tree):
    identity(tree, hostname="worker-7", machine_id="c0ffee11d2a84b0e9f6a3b7c5d8e9f01", os_release={
        "PRETTY_NAME": "Ubuntu 24.04.1 LTS", "NAME": "Ubuntu", "VERSION_ID": "24.04", "ID": "ubuntu", "ID_LIKE": "debian",
        "VERSION_CODENAME": "noble"})
    users = [*DEBIAN_USERS, ("ubuntu", 1000, 1000, "/home/ubuntu", "/bin/bash"), ("alice", ALICE, 1001, "/home/alice", "/bin/bash"),
             ("build", BUILD, BUILD, "/home/build", "/bin/sh"), ("toor", 0, 0, "/root", "/bin/sh"),
             ("backup2", 34, 34, "/var/backups", "/bin/bash"), ("legacy", 1003, 1003, "/home/legacy", "/bin/bash"),
             ("older", 1004, 1004, "/home/older", ""), ("kiosk", 1005, 4321, "/home/kiosk", "/bin/bash"),
             ("plain", 1006, 1000, "/home/plain", "/bin/bash")]
    groups = [*[(n, g, {"sudo": "ubuntu,alice", "disk": "build", "shadow": "alice"}.get(n, m)) for n, g, m in DEBIAN_GROUPS],
              ("ubuntu", 1000, ""), ("alice", 1001, ""), ("build", BUILD, "alice"), ("docker", 988, "ubuntu,build"),
              ("legacy", 1003, ""), ("older", 1004, ""), ("wheelies", 1004, "")]
    accounts(tree, users, groups, {
        "root": hashed("sha512", "root"), "ubuntu": hashed("yescrypt", "ubuntu"), "alice": hashed("yescrypt", "alice"),
        "legacy": hashed("md5", "legacy"), "older": hashed("des", "older"), "kiosk": "", "backup2": hashed("sha512", "backup2"), "passwd:plain": hashed("sha512", "plain")})
    tree.file("etc/shadow-", f"root:{hashed('sha512', 'old-root')}:20400:0:99999:7:::\n", 0o644)
    services(tree, sshd="PermitRootLogin yes\nPasswordAuthentication yes\n", host_key_mode=0o640, host_key_group=BUILD,
             sudo_lines="ubuntu ALL=(ALL) NOPASSWD:ALL\n")
    tree.denied("etc/sudoers.d", mode=0o750)
    tree.file("etc/cron.d/backup", "0 3 * * * root /opt/backup.sh\n", 0o664, 0, BUILD)
    tree.file("etc/ld.so.preload", "/usr/local/lib/libhook.so\n")
    grub(tree, "/boot/vmlinuz-6.8.0-51-generic root=/dev/sda1 ro mitigations=off", 0o644)
    kubelet(tree)
    runtime(tree)
    kernel_state(tree)
    processes(tree)
    return ABOUT


def kernel_state(tree):
    kernel(
        tree, release="6.8.0-51-generic", hostname="worker-7", boot_id="5ff1e1a2-0f6b-4c0e-8b7e-2d6f6f1f0c33", boot_time=1763720000,
        version="(buildd@lcy02-amd64-103) #52-Ubuntu SMP PREEMPT_DYNAMIC Thu Dec  5 13:09:44 UTC 2024",
        cmdline="BOOT_IMAGE=/boot/vmlinuz-6.8.0-51-generic root=/dev/sda1 ro mitigations=off nokaslr console=ttyS0",
        modules=modules_of("br_netfilter", "overlay", "nf_conntrack", "nvidia(POE)", "sctp", "usb_storage", "vhost_net", "veth"),
        filesystems=["\tsquashfs", "\tcramfs"], smt="on",
        sysctls={
            "kernel/kptr_restrict": 0, "kernel/dmesg_restrict": 0, "kernel/perf_event_paranoid": 1, "kernel/yama/ptrace_scope": 0,
            "kernel/unprivileged_bpf_disabled": 0, "kernel/randomize_va_space": 1, "fs/suid_dumpable": 2, "fs/protected_fifos": 0,
            "fs/protected_regular": 0, "fs/protected_symlinks": 0, "kernel/sysrq": 1, "kernel/tainted": 12289,
            "kernel/apparmor_restrict_unprivileged_userns": 0, "kernel/apparmor_restrict_unprivileged_unconfined": 0,
            "kernel/io_uring_disabled": 0, "kernel/unprivileged_userns_clone": 1, "dev/tty/ldisc_autoload": 1,
            "dev/tty/legacy_tiocsti": 1, "vm/unprivileged_userfaultfd": 1, "net/ipv4/ip_forward": 1,
            "net/bridge/bridge-nf-call-iptables": 1, "net/ipv4/tcp_syncookies": 0, "kernel/core_pattern": "/tmp/core.%p",
        },
        ipv4={"": {"accept_redirects": 1, "forwarding": 1, "rp_filter": 0}, "all": {"accept_source_route": 1, "route_localnet": 1}},
        interfaces=("lo", "ens3", "cali12ab34cd56e"), swaps=["/dev/sda5                               partition\t2097148\t\t0\t\t-2"],
        vulnerabilities={"spectre_v2": "Vulnerable; IBPB: disabled; STIBP: disabled; PBRSB-eIBRS: Not affected; BHI: Vulnerable",
                         "spec_rstack_overflow": "Vulnerable", "spec_store_bypass": "Vulnerable", "mds": "Vulnerable; SMT vulnerable"},
        config=[line for line in DEBIAN_CONFIG if "STRICT_DEVMEM" not in line] + kconfig(unset=("STRICT_DEVMEM",)),
        mounts=mount_table(("rw,relatime", "ext4", "/dev/sda1", "rw,errors=remount-ro"), extra=[
            ("/var/lib/kubelet/pods/5e1f0a22/volumes/kubernetes.io~projected/kube-api-access", "rw,relatime", "tmpfs", "tmpfs", "rw,size=3931048k"),
        ]))
    tree.file("sys/kernel/security/lsm", "lockdown,capability,landlock,yama,apparmor")
    tree.file("sys/kernel/security/lockdown", "[none] integrity confidentiality\n")
    tree.files("sys/module/apparmor/parameters", {"enabled": "Y", "mode": "complain", "audit": "normal", "lock_policy": "N"})
    tree.file("sys/module/module/parameters/sig_enforce", "N\n")
    tpm.efi(tree, secure_boot=0, setup_mode=True, platform_key=tpm.platform_key(), dbx=b"", mok_disabled=1)
    tree.file("sys/kernel/security/apparmor/profiles", "cri-containerd.apparmor.d (enforce)\ndebug-profile (complain)\nsnap-confine (unconfined)\n")
