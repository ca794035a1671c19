"""open-control-plane: a node on which nearly everything is as no benchmark wants it."""

from host_control_plane import kubeconfig, kubernetes, processes, state
from host_hardened import boot_params
from kernel import CPUINFO, DEBIAN_CONFIG, input_file, kernel, modules_of, mount_table
from system import DEBIAN_GROUPS, DEBIAN_USERS, SSHD_UNIT, accounts, grub, hashed, identity, services, ssh_at_boot, units
from tree import MARK
import tpm

ABOUT = """
# open-control-plane

The control plane node of kubeadm-control-plane, after years of quick fixes: flags that make errors go away, files that belong to the
person who last touched them, a kernel that was built at home for bare metal with most protections left out, removable storage and
rare protocols loaded, a TPM that measured nothing. The command lines, manifests and configurations differ from the recorded ones by
these settings; some flags are of older versions, as left in place by upgrades. Keys, tokens and password hashes are marked text.
"""

OPS = 1000
FLAGS = {
    "kube-apiserver": {
        "--authorization-mode": "AlwaysAllow", "--client-ca-file": None, "--etcd-cafile": None, "--etcd-certfile": None,
        "--etcd-keyfile": None, "--kubelet-client-certificate": None, "--kubelet-client-key": None, "--kubelet-https": "false",
        "--enable-admission-plugins": "AlwaysAdmit,AlwaysPullImages,DenyServiceExternalIPs,PodSecurityPolicy",
        "--disable-admission-plugins": "NamespaceLifecycle,ServiceAccount,ValidatingAdmissionWebhook",
        "--feature-gates": "APIPriorityAndFairness=false", "--insecure-port": "8080", "--insecure-bind-address": "0.0.0.0",
        "--secure-port": "0", "--basic-auth-file": "/etc/kubernetes/pki/users.csv", "--token-auth-file": "/etc/kubernetes/pki/tokens.csv",
        "--request-timeout": "24h", "--service-account-lookup": "false", "--service-account-key-file": None,
        "--tls-cert-file": None, "--tls-private-key-file": None, "--tls-min-version": "VersionTLS10",
    },
    "kube-controller-manager": {
        "--bind-address": "0.0.0.0", "--feature-gates": "RotateKubeletServerCertificate=false", "--terminated-pod-gc-threshold": "0",
        "--root-ca-file": None, "--service-account-private-key-file": None, "--use-service-account-credentials": None,
        "--tls-min-version": "VersionTLS10",
    },
    "kube-scheduler": {"--bind-address": "0.0.0.0", "--tls-min-version": "VersionTLS10"},
    "etcd": {
        "--cert-file": None, "--key-file": None, "--client-cert-auth": None, "--auto-tls": "true", "--peer-cert-file": None,
        "--peer-key-file": None, "--peer-client-cert-auth": None, "--peer-auto-tls": "true",
        "--trusted-ca-file": "/etc/kubernetes/pki/etcd/ca.crt",
    },
    "kubelet": {"--streaming-connection-idle-timeout": "0"},
}


def files(tree):
    """Everything of Kubernetes belongs to whoever set it up, and is open."""
    for path in list(tree.attributes):
        kind = tree.attributes[path][3]
        if kind == "symlink" or not path.startswith((
                "/etc/kubernetes", "/etc/cni/net.d", "/var/lib/etcd", "/var/lib/kubelet", "/var/lib/kube-proxy",
                "/usr/lib/systemd/system/kubelet", "/usr/lib/systemd/system/containerd.service")):
            continue
        tree.restate(path, 0o666 if kind == "file" else 0o777, OPS, OPS)
    tree.restate("etc/passwd", 0o666)
    tree.restate("etc/sudoers", 0o644)
    tree.restate("dev/mem", 0o666)


def kubelet(tree):
    recorded = input_file("kubeadm", "config.yaml").decode()
    recorded = recorded.replace("rotateCertificates: true", "rotateCertificates: false")
    tree.file("var/lib/kubelet/config.yaml", recorded + "eventRecordQPS: 1\nmakeIPTablesUtilChains: false\n"
              "staticPodURL: http://10.0.0.5/pods.yaml\nallowedUnsafeSysctls: [\"kernel.msg*\", \"net.core.somaxconn\"]\n"
              "featureGates:\n  AllAlpha: true\n  RotateKubeletServerCertificate: false\n")
    tree.file("var/lib/kube-proxy/config.conf", "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n"
              "bindAddress: 0.0.0.0\nmetricsBindAddress: 0.0.0.0:10249\nenableProfiling: true\n"
              "clientConnection:\n  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf\n")
    tree.file("var/lib/kube-proxy/kubeconfig", kubeconfig("system:kube-proxy"))


def make(tree):
    identity(tree, hostname="open-cp", machine_id="9f8e7d6c5b4a43219f8e7d6c5b4a4321", os_release={
        "PRETTY_NAME": "Debian GNU/Linux 12 (bookworm)", "NAME": "Debian GNU/Linux", "VERSION_ID": "12", "ID": "debian",
        "VERSION_CODENAME": "bookworm"})
    accounts(tree, [*DEBIAN_USERS, ("ops", OPS, OPS, "/home/ops", "/bin/bash")], [*DEBIAN_GROUPS, ("ops", OPS, "")],
             {"root": hashed("sha512", "root"), "ops": hashed("yescrypt", "ops")})
    services(tree)
    grub(tree, "/boot/vmlinuz-6.1.0-home root=/dev/sda1 ro init=/bin/bash", 0o644)
    kubernetes(tree, FLAGS)
    tree.file("etc/kubernetes/pki/users.csv", f"{MARK}-password,admin,1\n")
    tree.file("etc/kubernetes/pki/tokens.csv", f"{MARK}-token,admin,1\n")
    tree.file("etc/kubernetes/pki/etcd/ca.crt", input_file("certificates", "ca.crt"))
    state(tree)
    kubelet(tree)
    units(tree, SSHD_UNIT)
    ssh_at_boot(tree)
    files(tree)
    kernel_state(tree)
    processes(tree, FLAGS)
    return ABOUT


def kernel_state(tree):
    kernel(
        tree, release="6.1.0-home", hostname="open-cp", boot_id="11112222-3333-4444-8555-666677778888", boot_time=1763820000,
        version="(ops@open-cp) #7 SMP PREEMPT_DYNAMIC Sun Nov 2 20:11:00 UTC 2025",
        cmdline="BOOT_IMAGE=/boot/vmlinuz-6.1.0-home root=/dev/sda1 ro init=/bin/bash apparmor=0 selinux=0 lsm=lockdown,capability "
                "vsyscall=emulate init_on_alloc=0 lockdown=confidentiality ima_policy=tcb ima_appraise=log proc_mem.force_override=always iommu=off",
        modules=modules_of("overlay", "br_netfilter", "usb_storage", "uas", "firewire_core", "dccp", "tipc", "rds", "cramfs", "hfsplus", "udf"),
        sysctls={
            "kernel/loadpin/enforce": 0, "kernel/modprobe": "/tmp/modprobe", "kernel/oops_limit": 0, "kernel/tainted": 1 << 4 | 1 << 5,
            "kernel/seccomp/actions_avail": "kill_thread trap errno trace allow", "kernel/seccomp/actions_logged": "trap errno",
            "fs/protected_hardlinks": 0, "net/core/bpf_jit_kallsyms": 1, "net/core/bpf_jit_enable": 2,
            "net/ipv4/icmp_echo_ignore_broadcasts": 0, "net/ipv4/icmp_ignore_bogus_error_responses": 0,
            "net/ipv4/ip_unprivileged_port_start": 0, "vm/mmap_min_addr": 0, "vm/panic_on_oom": 1, "kernel/randomize_va_space": 0,
        },
        ipv6={"": {"accept_source_route": 1}}, interfaces=("lo", "eth0"),
        vulnerabilities={
            "old_microcode": "Vulnerable", "mds": "Mitigation: Clear CPU buffers; SMT vulnerable",
            "spectre_v2": "Mitigation: Retpolines; IBPB: disabled; STIBP: vulnerable; RSB filling; BHI: Vulnerable"},
        cpu=CPUINFO.replace(" hypervisor", "").replace(" nx ", " ").replace(" smep ", " ").replace(" smap ", " "),
        config=[without(line) for line in DEBIAN_CONFIG] + ["CONFIG_PROC_MEM_ALWAYS_FORCE=y", "CONFIG_COMPAT_BRK=y",
                                                            "CONFIG_LEGACY_VSYSCALL_EMULATE=y"],
        mounts=mount_table(("rw,relatime", "ext4", "/dev/sda1", "rw"), extra=[
            ("/sys/firmware/efi/efivars", "rw,nosuid,nodev,noexec,relatime", "efivarfs", "efivarfs", "rw"),
            ("/sys/fs/cgroup/job", "rw,nosuid,nodev,noexec,relatime", "cgroup", "cgroup", "rw,name=job"),
        ]))
    tree.files("sys/kernel", {"oops_count": 4, "warn_count": 19, "uevent_helper": "/tmp/hotplug"})
    tree.file("sys/fs/cgroup/job/release_agent", "/tmp/agent\n")
    tree.file("sys/fs/cgroup/job/notify_on_release", "1\n")
    tree.file("sys/kernel/security/lsm", "lockdown,capability,loadpin,ipe,ima,evm")
    tree.file("sys/kernel/security/lockdown", "[none] integrity confidentiality\n")
    tree.files("sys/kernel/security/ima", {"runtime_measurements_count": "1", "violations": "0", "policy": "appraise fowner=0"})
    tree.file("sys/kernel/security/evm", "0\n")
    tree.files("sys/kernel/security/ipe", {"enforce": "0", "success_audit": "0"})
    tree.files("sys/module/apparmor/parameters", {"enabled": "N"})
    tpm.efi(tree, secure_boot=1, platform_key=tpm.platform_key(), dbx=b"", mok_disabled=1)
    tree.file("sys/kernel/boot_params/data", boot_params(secure_boot=2))
    device = "sys/devices/platform/MSFT0101:00"
    tree.file(f"{device}/tpm/tpm0/tpm_version_major", "2\n")
    for index in range(24):
        tree.file(f"{device}/tpm/tpm0/pcr-sha1/{index}", "00" * 20 + "\n")
    tree.link(f"{device}/tpm/tpm0/device", "../..")
    tree.link("sys/class/tpm/tpm0", "../../devices/platform/MSFT0101:00/tpm/tpm0")
    tree.link("sys/class/tpmrm/tpmrm0", "../../devices/platform/MSFT0101:00/tpmrm/tpmrm0")
    tree.file(f"{device}/tpmrm/tpmrm0/dev", "253:65536\n")
    tree.file("sys/firmware/acpi/tables/TPM2", tpm.ACPI_TABLE)
    tree.file("dev/tpm0", "", 0o666, kind="character device")
    tree.file("dev/tpmrm0", "", 0o666, kind="character device")


def without(line):
    """An option of Debian's kernel that the home-built one leaves out, but for what a kernel with modules needs."""
    name = line.split("=")[0]
    keep = ("CONFIG_MODULES", "CONFIG_SECURITY", "CONFIG_SECURITYFS", "CONFIG_BPF_SYSCALL", "CONFIG_KEXEC_FILE", "CONFIG_IMA", "CONFIG_EVM",
            "CONFIG_SECURITY_APPARMOR", "CONFIG_INTEGRITY", "CONFIG_TCG_TPM", "CONFIG_TCG_TIS")
    if line.startswith("#") or name in keep:
        return line
    return 'CONFIG_LSM="lockdown,capability,loadpin,ipe"' if name == "CONFIG_LSM" else f"# {name} is not set"
