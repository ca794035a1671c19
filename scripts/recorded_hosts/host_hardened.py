"""hardened-control-plane and hardened-worker: nodes on which nearly everything is as benchmarks want it."""

from host_control_plane import kubeconfig, kubernetes, processes, state
from host_plain import RHEL_USERS, selinux_filesystem
from kernel import CPUINFO, DEBIAN_CONFIG, input_file, kconfig, kernel, modules_of, mount_table
from processes import kernel_thread, pod_cgroup, process
from system import CONTAINERD_UNIT, DEBIAN_GROUPS, DEBIAN_USERS, accounts, grub, identity, services, ssh_at_boot, units
from tree import key
import tpm

CONTROL_PLANE_ABOUT = """
# hardened-control-plane

The control plane node of kubeadm-control-plane, after somebody has worked through the CIS benchmark: flags, an audit policy,
encryption of Secrets, a drop-in directory for the kubelet, permissions. The command lines, manifests and configurations differ from
the recorded ones by just these settings; all else is made up as there. Its clock says 2100, so that everything on it was started
after the files of any checkout were written. Keys, tokens and password hashes are marked text.
"""

WORKER_ABOUT = """
# hardened-worker

Made up: a worker on bare metal with RHEL 9, SELinux enforcing without exceptions, kernel settings as the KSPP recommends them, no SSH
server, a kubelet that is set by its file alone and has no static pods, and two pods that are confined in every way,
one of them in a user namespace of its own. Its clock says 2100, so that everything on it was started after the files of any checkout were written. Keys and
password hashes are marked text.
"""

# 2100-01-01: later than any checkout.
START = 4102444800
AUDIT = ("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n  resources:\n  - group: \"\"\n"
         "    resources: [secrets, configmaps, serviceaccounts/token]\n  - group: authentication.k8s.io\n"
         "    resources: [tokenreviews]\n- level: Metadata\n")
ENCRYPTION = ("apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n"
              "  - kms:\n      apiVersion: v2\n      name: vault\n      endpoint: unix:///run/kms/vault.sock\n  - identity: {}\n")
ADMISSION = ("apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: EventRateLimit\n"
             "  path: event-rate-limit.yaml\n")
FLAGS = {
    "kube-apiserver": {
        "--anonymous-auth": "false", "--profiling": "false", "--tls-min-version": "VersionTLS13",
        "--enable-admission-plugins": "NodeRestriction,AlwaysPullImages,DenyServiceExternalIPs,EventRateLimit",
        "--admission-control-config-file": "/etc/kubernetes/hardening/admission.yaml",
        "--audit-policy-file": "/etc/kubernetes/hardening/audit-policy.yaml", "--audit-log-path": "/var/log/kubernetes/audit.log",
        "--audit-log-maxage": "30", "--audit-log-maxbackup": "10", "--audit-log-maxsize": "100",
        "--encryption-provider-config": "/etc/kubernetes/hardening/encryption.yaml",
        "--kubelet-certificate-authority": "/etc/kubernetes/pki/ca.crt", "--service-account-extend-token-expiration": "false",
    },
    "kube-controller-manager": {"--profiling": "false"},
    "kube-scheduler": {"--profiling": "false"},
}
KUBELET = ("authentication:\n  anonymous:\n    enabled: false\n  webhook:\n    enabled: true\n  x509:\n"
           "    clientCAFile: /etc/kubernetes/pki/ca.crt\nauthorization:\n  mode: Webhook\nprotectKernelDefaults: true\n"
           "rotateCertificates: true\nserverTLSBootstrap: true\ntlsMinVersion: VersionTLS13\npodPidsLimit: 2048\n"
           "seccompDefault: true\nreadOnlyPort: 0\neventRecordQPS: 50\n")
HEAD = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"


def closed_files(tree):
    """What kubeadm and distributions leave open and benchmarks want closed."""
    for path in list(tree.attributes):
        kind = tree.attributes[path][3]
        if path.startswith(("/etc/cni/net.d/", "/var/lib/kubelet/config", "/var/lib/kubelet/instance", "/var/lib/kube-proxy/",
                            "/etc/systemd/system/kubelet", "/usr/lib/systemd/system/kubelet")):
            tree.restate(path, 0o600 if kind == "file" else None)


def control_plane(tree):
    identity(tree, hostname="safe-cp", machine_id="5ad0c7d1b6c94b7f8e1f0a2b3c4d5e6f", os_release={
        "PRETTY_NAME": "Debian GNU/Linux 12 (bookworm)", "NAME": "Debian GNU/Linux", "VERSION_ID": "12", "ID": "debian",
        "VERSION_CODENAME": "bookworm"})
    accounts(tree, DEBIAN_USERS, [*DEBIAN_GROUPS, ("etcd", 2379, "")], {"root": "!*"})
    services(tree, sshd_mode=0o600, cron_mode=0o700)
    grub(tree, "/boot/vmlinuz-6.1.0-28-amd64 root=/dev/vda1 ro quiet", 0o600)
    kubernetes(tree, FLAGS)
    tree.files("etc/kubernetes/hardening", {
        "admission.yaml": ADMISSION, "audit-policy.yaml": AUDIT, "encryption.yaml": ENCRYPTION,
        "event-rate-limit.yaml": "apiVersion: eventratelimit.admission.k8s.io/v1alpha1\nkind: Configuration\nlimits:\n"
                                 "- type: Server\n  qps: 50\n  burst: 100\n"}, 0o600, newline="")
    state(tree)
    tree.file("var/lib/kubelet/config.yaml", input_file("kubeadm", "config.yaml").decode() + "protectKernelDefaults: true\n"
              "serverTLSBootstrap: true\ntlsMinVersion: VersionTLS13\npodPidsLimit: 2048\nseccompDefault: true\n", 0o600)
    tree.directory_("etc/kubernetes/kubelet.conf.d", 0o700)
    tree.file("etc/kubernetes/kubelet.conf.d/10-events.conf", HEAD + "eventRecordQPS: 50\n", 0o600)
    tree.file("var/lib/kube-proxy/kubeconfig", kubeconfig("system:kube-proxy"), 0o600)
    tree.file("etc/kubernetes/bootstrap-kubelet.conf", "apiVersion: v1\nkind: Config\n", 0o600)
    closed_files(tree)
    kernel(
        tree, release="6.1.0-28-amd64", hostname="safe-cp", boot_id="6e9d1f30-7a44-4c3b-9f8d-2a1b0c9d8e7f", boot_time=START,
        version="(debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22)",
        cmdline="BOOT_IMAGE=/boot/vmlinuz-6.1.0-28-amd64 root=/dev/vda1 ro quiet", modules=modules_of("overlay", "br_netfilter"),
        config=DEBIAN_CONFIG, interfaces=("lo", "eth0", "cni0"), mounts=mount_table(("rw,relatime", "ext4", "/dev/vda1", "rw")))
    tree.file("sys/kernel/security/lsm", "lockdown,capability,landlock,yama,apparmor")
    tree.file("sys/kernel/security/lockdown", "[none] integrity confidentiality\n")
    tree.files("sys/module/apparmor/parameters", {"enabled": "Y", "mode": "enforce", "audit": "normal", "lock_policy": "N"})
    tree.file("sys/kernel/security/apparmor/profiles", "cri-containerd.apparmor.d (enforce)\n")
    tpm.tpm12(tree)
    processes(tree, FLAGS, ["etc/kubernetes/hardening"])
    for pid in (9183, 9202, 9224, 9225, 9419):
        tree.file(f"proc/{pid}/attr/current", "cri-containerd.apparmor.d (enforce)\n")
    return CONTROL_PLANE_ABOUT


def worker(tree):
    identity(tree, hostname="safe-worker", machine_id="0b2d4f6a8c0e4b2d9f1a3c5e7b9d0f2a", os_release={
        "PRETTY_NAME": "Red Hat Enterprise Linux 9.5 (Plow)", "NAME": "Red Hat Enterprise Linux", "VERSION_ID": "9.5", "ID": "rhel",
        "ID_LIKE": "fedora", "PLATFORM_ID": "platform:el9"})
    accounts(tree, RHEL_USERS, [row for row in DEBIAN_GROUPS if row[0] not in ("sudo", "shadow")], {"root": "!!"}, shadow_group=0)
    services(tree, sshd_mode=0o600, cron_mode=0o700)
    grub(tree, "/vmlinuz root=/dev/nvme0n1p3 ro", 0o600, "boot/grub2")
    worker_kubelet(tree)
    worker_kernel(tree)
    worker_processes(tree)
    return WORKER_ABOUT


def worker_kubelet(tree):
    tree.file("etc/kubernetes/pki/ca.crt", input_file("certificates", "ca.crt"), 0o600)
    tree.file("etc/kubernetes/kubelet.conf", kubeconfig("system:node:safe-worker", "https://10.0.0.10:6443"), 0o600)
    tree.directory_("var/lib/kubelet", 0o700)
    tree.file("var/lib/kubelet/config.yaml", HEAD + KUBELET, 0o600)
    tree.file("var/lib/kubelet/pki/kubelet-server-2099-12-30-09-00-00.pem", key("safe-serving"), 0o600)
    tree.file("var/lib/kube-proxy/kubeconfig", kubeconfig("system:kube-proxy"), 0o600)
    tree.file("etc/cni/net.d/10-cilium.conflist", '{"cniVersion":"1.0.0","name":"cilium","plugins":[{"type":"cilium-cni"}]}\n', 0o600)
    tree.file("opt/cni/bin/cilium-cni", "\x7fELF recorded\n", 0o755)
    for name in ("kubelet", "containerd", "runc"):
        tree.file(f"usr/bin/{name}", "\x7fELF recorded\n", 0o755)
    units(tree, CONTAINERD_UNIT)
    tree.file("etc/systemd/system/kubelet.service", "[Service]\nExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml "
              "--kubeconfig=/etc/kubernetes/kubelet.conf\nRestart=always\n", 0o600)
    tree.file("run/containerd/containerd.sock", "", 0o660, kind="socket")


def worker_kernel(tree):
    kernel(
        tree, release="6.12.0-55.el10.x86_64", hostname="safe-worker", boot_id="a1c3e5f7-0b2d-4f68-8a9c-1e3d5f7b9a0c", boot_time=START,
        version="(mockbuild@x86-64-01.build) #1 SMP PREEMPT_DYNAMIC Mon Sep 30 11:54:45 EDT 2024",
        cmdline="BOOT_IMAGE=/vmlinuz root=/dev/nvme0n1p3 ro audit=1 init_on_alloc=1 init_on_free=1 slab_nomerge vsyscall=none "
                "proc_mem.force_override=never intel_iommu=on iommu=force lockdown=integrity ima_policy=tcb "
                "ima_appraise=enforce",
        modules=modules_of("xfs", "overlay"), filesystems=["nodev\tselinuxfs", "\txfs"], smt="on",
        sysctls={"kernel/arch": "x86_64", "kernel/loadpin/enforce": 1, "kernel/kptr_restrict": 2, "kernel/modules_disabled": 1},
        vulnerabilities={"old_microcode": "Not affected"}, cpu=CPUINFO.replace(" hypervisor", ""),
        config=[line for line in DEBIAN_CONFIG if "CONFIG_LSM=" not in line]
        + kconfig('LSM="lockdown,yama,loadpin,integrity,selinux,ipe"', "PROC_MEM_NO_FORCE", "SECURITY_LOADPIN", "SECURITY_IPE",
                  "INTEL_IOMMU", "IMA_APPRAISE"),
        mounts=mount_table(("rw,relatime", "xfs", "/dev/nvme0n1p3", "rw,seclabel"), extra=[
            ("/sys/fs/selinux", "rw,nosuid,noexec,relatime", "selinuxfs", "selinuxfs", "rw"),
            ("/sys/firmware/efi/efivars", "rw,nosuid,nodev,noexec,relatime", "efivarfs", "efivarfs", "rw"),
        ]))
    tree.file("sys/kernel/security/lsm", "lockdown,capability,yama,loadpin,selinux,ipe,ima,evm")
    tree.file("sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
    tree.files("sys/kernel/security/ima", {"runtime_measurements_count": "2210", "violations": "0", "policy": "measure func=BPRM_CHECK\nappraise fowner=0"})
    tree.file("sys/kernel/security/evm", "3\n")
    tree.files("sys/kernel/security/ipe", {"enforce": "1", "success_audit": "0"})
    tree.files("sys/module/module/parameters", {"sig_enforce": "Y"})
    for group in range(3):
        tree.file(f"sys/kernel/iommu_groups/{group}/type", "DMA-FQ\n")
    tpm.efi(tree, secure_boot=1, platform_key=tpm.platform_key(), dbx=tpm.hash_list(371), mok_disabled=0)
    tree.file("sys/kernel/boot_params/data", boot_params(secure_boot=3))
    selinux_filesystem(tree)
    tree.files("sys/fs/selinux", {"deny_unknown": "1", "checkreqprot": "0"}, newline="")
    tree.files("sys/fs/selinux/booleans", {
        "deny_ptrace": "1 1", "selinuxuser_execheap": "0 0", "selinuxuser_execmod": "0 0", "selinuxuser_execstack": "0 0",
        "container_manage_cgroup": "0 0", "virt_use_nfs": "0 0", "httpd_can_network_connect": "0 0"}, newline="")
    policy = bytearray(tree_policy(tree))
    tree.file("sys/fs/selinux/policy", bytes(policy))
    tree.file("etc/selinux/config", "SELINUX=enforcing\nSELINUXTYPE=targeted\n")


def guarded_runtime(tree):
    """containerd by its third format with a drop-in, all that it acts on closed, and an engine that watches."""
    tree.file("etc/containerd/config.toml", """version = 3
imports = ["/etc/containerd/conf.d/*.toml"]
[metrics]
  address = "127.0.0.1:1338"
[plugins."io.containerd.cri.v1.runtime"]
  enable_selinux = true
  disable_apparmor = false
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.cri.v1.images"]
  use_local_image_pull = false
[plugins."io.containerd.cri.v1.images".registry]
  config_path = "/etc/containerd/certs.d"
[plugins."io.containerd.grpc.v1.cri"]
  stream_server_address = "127.0.0.1"
""")
    tree.file("etc/containerd/conf.d/10-site.toml", """version = 3
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
  privileged_without_host_devices = true
[plugins.'io.containerd.nri.v1.nri']
  disable = false
  disable_connections = true
""")
    tree.file("etc/containerd/certs.d/registry.example/hosts.toml", """server = "https://registry.example"

[host."https://mirror.example"]
  capabilities = ["pull", "resolve"]
  ca = "/etc/containerd/certs.d/registry.example/ca.crt"
""")
    tree.file("opt/nri/plugins/10-balloons", "\x7fELF recorded\n", 0o755)
    tree.file("opt/containerd/image-verifier/bin/10-signatures", "\x7fELF recorded\n", 0o755)
    tree.file("etc/cdi/vendor.json", '{"cdiVersion":"0.6.0","kind":"vendor.com/net","devices":[]}\n')
    tree.directory_("run/containerd/s", 0o711)
    tree.directory_("run/containerd", 0o711)
    tree.directory_("var/lib/containerd", 0o700)
    tree.file("var/lib/kubelet/seccomp/profiles/web.json", """{
  "defaultAction": "SCMP_ACT_ERRNO",
  "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
  "syscalls": [
    {"names": ["read", "write", "close", "futex", "epoll_wait", "exit_group"], "action": "SCMP_ACT_ALLOW"},
    {"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 2114060288, "op": "SCMP_CMP_MASKED_EQ"}]},
    {"names": ["mount", "umount2"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}}
  ]
}
""")
    units(tree, ("tetragon.service", "[Service]\nExecStart=/usr/local/bin/tetragon\n"))
    process(tree, 702, ["/usr/local/bin/tetragon", "--config-dir", "/etc/tetragon"], "/usr/local/bin/tetragon",
            cgroup="0::/system.slice/tetragon.service", start=1300, label="system_u:system_r:tetragon_t:s0\0")


def boot_params(secure_boot):
    """Zero page of Documentation/arch/x86/zero-page.rst: `secure_boot` at 0x1ec is 2 for disabled, 3 for enabled."""
    return b"\0" * 0x1EC + bytes([secure_boot]) + b"\0" * (4096 - 0x1EC - 1)


def tree_policy(tree):
    """The recorded header of a binary policy with no permissive domain in its second bitmap."""
    with open(tree.place("sys/fs/selinux/policy"), "rb") as source:
        policy = source.read()
    # ebitmap.c: node size 64, highest bit 0, no nodes.
    return policy[:-24] + (64).to_bytes(4, "little") + b"\0" * 8


def worker_processes(tree):
    kernel_thread(tree, 2, "kthreadd")
    tree.file("proc/2/attr/current", "system_u:system_r:kernel_t:s0\0")
    process(tree, 1, ["/usr/lib/systemd/systemd", "--system"], "/usr/lib/systemd/systemd", parent=0, start=2,
            label="system_u:system_r:init_t:s0\0")
    process(tree, 611, ["/usr/bin/containerd"], "/usr/bin/containerd", cgroup="0::/system.slice/containerd.service", start=900,
            label="system_u:system_r:container_runtime_t:s0\0")
    process(tree, 640, ["/usr/sbin/chronyd"], "/usr/sbin/chronyd", cgroup="0::/system.slice/chronyd.service", start=700, uid=998,
            gid=998, capabilities=1 << 25, label="system_u:system_r:chronyd_t:s0\0")
    process(tree, 901, ["/usr/bin/kubelet", "--config=/var/lib/kubelet/config.yaml", "--kubeconfig=/etc/kubernetes/kubelet.conf"],
            "/usr/bin/kubelet", cgroup="0::/system.slice/kubelet.service", start=2000, label="system_u:system_r:kubelet_t:s0\0")
    guarded_runtime(tree)
    pod(tree, 1401, "6", 231072, ("cgroup", "ipc", "mnt", "net", "pid", "uts", "user"))
    pod(tree, 1402, "7", 10001, ("cgroup", "ipc", "mnt", "net", "pid", "uts"))


def pod(tree, pid, digit, uid, kinds, label="container_t", level=None):
    """A pod that is confined in every way; `kinds` are the namespaces of its own, the level is its own unless one is given."""
    identifier = f"{digit}c05ea" * 10 + "7c05"
    rootfs = f"run/containerd/io.containerd.runtime.v2.task/k8s.io/{identifier}/rootfs"
    tree.file(f"{rootfs}/app/server", "\x7fELF recorded\n", 0o755)
    spaces = {kind: 4026532400 + 20 * int(digit) + n for n, kind in enumerate(kinds)}
    process(tree, pid, ["/app/server"], "/app/server", seccomp=2, no_new_privileges=1, capabilities=0, bounding=0, uid=uid, gid=uid,
            cgroup=pod_cgroup(f"{digit}b1d2c3e-0f4a-4b5c-8d6e-7f8091a2b3c4", identifier), namespaces=spaces, parent=1390,
            root=f"../../{rootfs}", start=91000, label=f"system_u:system_r:{label}:{level or f's0:c101,c20{digit}'}\0")


PERMISSIVE_ABOUT = """
# permissive-worker

Made up: a RHEL 9 worker on which somebody has switched SELinux to permissive for good, with the policy that confines least, and whose
kubelet is started by flags alone, as before there was a configuration file. One of its pods is labelled as a privileged one, two have
been given the same level. CRI-O gives every container a device and runs hooks that anybody may write. Key files and password hashes are
marked text.
"""


def permissive_worker(tree):
    identity(tree, hostname="loose-worker", machine_id="77d1c0de55aa4b1c9e2f3a4b5c6d7e8f", os_release={
        "PRETTY_NAME": "Red Hat Enterprise Linux 9.5 (Plow)", "NAME": "Red Hat Enterprise Linux", "VERSION_ID": "9.5", "ID": "rhel",
        "ID_LIKE": "fedora", "PLATFORM_ID": "platform:el9"})
    accounts(tree, RHEL_USERS, [row for row in DEBIAN_GROUPS if row[0] not in ("sudo", "shadow")], {"root": "!!"}, shadow_group=0)
    services(tree)
    ssh_at_boot(tree, "sshd.service")
    units(tree, CONTAINERD_UNIT, ("sshd.service", "[Service]\nExecStart=/usr/sbin/sshd -D\n"))
    tree.file("etc/kubernetes/kubelet.conf", kubeconfig("system:node:loose-worker", "https://10.0.0.10:6443"), 0o600)
    tree.file("etc/systemd/system/kubelet.service", "[Service]\nExecStart=/usr/bin/kubelet --kubeconfig=/etc/kubernetes/kubelet.conf\n")
    for name in ("kubelet", "containerd", "runc"):
        tree.file(f"usr/bin/{name}", "\x7fELF recorded\n", 0o755)
    kernel(
        tree, release="5.14.0-503.11.1.el9_5.x86_64", hostname="loose-worker", boot_id="d00df00d-0000-4000-8000-00000000d00d",
        boot_time=1763800000, version="(mockbuild@x86-64-01.build) #1 SMP PREEMPT_DYNAMIC Mon Sep 30 11:54:45 EDT 2024",
        cmdline="BOOT_IMAGE=/vmlinuz root=/dev/mapper/rhel-root ro enforcing=0", modules=modules_of("xfs", "overlay"),
        filesystems=["nodev\tselinuxfs", "\txfs"], config=DEBIAN_CONFIG, sysctls={"kernel/yama/ptrace_scope": 0},
        mounts=mount_table(("rw,relatime", "xfs", "/dev/mapper/rhel-root", "rw,seclabel"), extra=[
            ("/sys/fs/selinux", "rw,nosuid,noexec,relatime", "selinuxfs", "selinuxfs", "rw")]))
    tree.file("sys/kernel/security/lsm", "lockdown,capability,landlock,yama,selinux,bpf")
    tree.file("sys/kernel/security/lockdown", "[none] integrity confidentiality\n")
    selinux_filesystem(tree)
    tree.files("sys/fs/selinux", {"enforce": "0", "checkreqprot": "1"}, newline="")
    tree.file("etc/selinux/config", "SELINUX=permissive\nSELINUXTYPE=minimum\n")
    kernel_thread(tree, 2, "kthreadd")
    tree.file("proc/2/attr/current", "system_u:system_r:kernel_t:s0\0")
    process(tree, 1, ["/usr/lib/systemd/systemd", "--system"], "/usr/lib/systemd/systemd", parent=0, start=2,
            label="system_u:system_r:init_t:s0\0")
    process(tree, 540, ["sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"], "/usr/sbin/sshd", name="sshd",
            cgroup="0::/system.slice/sshd.service", start=820, label="system_u:system_r:sshd_t:s0\0")
    process(tree, 901, ["/usr/bin/kubelet", "--kubeconfig=/etc/kubernetes/kubelet.conf"], "/usr/bin/kubelet",
            cgroup="0::/system.slice/kubelet.service", start=2000, label="system_u:system_r:unconfined_service_t:s0\0")
    tree.file("etc/crio/crio.conf", '[crio.runtime]\nselinux = true\ndefault_runtime = "crun"\n[crio.image]\nsignature_policy = ""\n')
    tree.file("etc/crio/crio.conf.d/90-loose.conf", """[crio.runtime]
selinux = false
apparmor_profile = "unconfined"
default_capabilities = ["CHOWN", "NET_RAW", "SYS_ADMIN"]
additional_devices = ["/dev/kvm:/dev/kvm:rwm"]
hooks_dir = ["/usr/share/containers/oci/hooks.d", "/srv/hooks.d"]
[crio.image]
insecure_registries = ["registry.local:5000"]
""")
    tree.file("etc/containers/registries.conf", '[[registry]]\nlocation = "registry.old"\ninsecure = true\n')
    tree.file("etc/containers/policy.json", '{"default":[{"type":"insecureAcceptAnything"}]}\n')
    tree.file("usr/share/containers/oci/hooks.d/nvidia.json", '{"version":"1.0.0","hook":{"path":"/usr/bin/nvidia-hook"},"stages":["prestart"]}\n')
    tree.file("srv/hooks.d/trace.json", '{"version":"1.0.0","hook":{"path":"/srv/trace"},"stages":["prestart"]}\n', 0o666)
    tree.file("usr/bin/crio", "\x7fELF recorded\n", 0o755)
    tree.file("run/crio/crio.sock", "", 0o660, kind="socket")
    process(tree, 611, ["/usr/bin/crio"], "/usr/bin/crio", cgroup="0::/system.slice/crio.service", start=900,
            label="system_u:system_r:container_runtime_t:s0\0")
    own = ("cgroup", "ipc", "mnt", "net", "pid", "uts")
    pod(tree, 1401, "8", 0, own, "spc_t")
    for pid, digit in ((1402, "4"), (1403, "5")):
        pod(tree, pid, digit, 10001, own, level="s0:c1,c2")
    return PERMISSIVE_ABOUT
