"""What the hosts of the Kubernetes distributions share: the system beneath, and containers."""

from kernel import DEBIAN_CONFIG, kernel, modules_of, mount_table
from processes import CONTAINER_CAPABILITIES, kernel_thread, pod_cgroup, process
from system import DEBIAN_GROUPS, DEBIAN_USERS, accounts, grub, identity, services

DEBIAN_12 = {"PRETTY_NAME": "Debian GNU/Linux 12 (bookworm)", "NAME": "Debian GNU/Linux", "VERSION_ID": "12", "ID": "debian",
             "VERSION_CODENAME": "bookworm"}
UBUNTU_24 = {"PRETTY_NAME": "Ubuntu 24.04.1 LTS", "NAME": "Ubuntu", "VERSION_ID": "24.04", "ID": "ubuntu", "ID_LIKE": "debian",
             "VERSION_CODENAME": "noble"}
KUBELET_HEAD = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
BOOT = 1763820000


def system(tree, hostname, number, os_release, release, *, sysctls=None, extra=(), users=(), is_image=False, lsm="apparmor",
           interfaces=("lo", "eth0")):
    """A host up to its kernel. An image-based system has no sshd, cron, sudo or boot loader files."""
    identity(tree, hostname=hostname, machine_id=f"{number:032x}", os_release=os_release)
    if not is_image:
        accounts(tree, [*DEBIAN_USERS, *users], DEBIAN_GROUPS, {"root": "*"})
        services(tree, sshd="PermitRootLogin no\nPasswordAuthentication no\n", sshd_mode=0o600, cron_mode=0o700)
        grub(tree, f"/boot/vmlinuz-{release} root=/dev/vda1 ro quiet", 0o600)
    kernel(
        tree, release=release, hostname=hostname, boot_id=f"{number:08x}-4d1e-4a79-9f0e-1f6d2c9b8a10", boot_time=BOOT,
        version="(builder@build) #1 SMP PREEMPT_DYNAMIC", cmdline=f"BOOT_IMAGE=/boot/vmlinuz-{release} root=/dev/vda1 ro quiet",
        modules=modules_of("br_netfilter", "overlay", "nf_conntrack", "veth"),
        sysctls={"net/ipv4/ip_forward": 1, "net/bridge/bridge-nf-call-iptables": 1, "kernel/panic": 10, "kernel/panic_on_oops": 1,
                 "vm/overcommit_memory": 1, **(sysctls or {})},
        ipv4={"": {"forwarding": 1}}, interfaces=interfaces, config=DEBIAN_CONFIG, config_place="modules" if is_image else "boot",
        mounts=mount_table(("rw,relatime", "ext4", "/dev/vda1", "rw"), extra=extra))
    tree.file("sys/kernel/security/lsm", f"lockdown,capability,landlock,yama,{lsm}")
    tree.file("sys/kernel/security/lockdown", "[none] integrity confidentiality\n")
    kernel_thread(tree, 2, "kthreadd")
    process(tree, 1, ["/sbin/init"], "/sbin/init" if is_image else "/usr/lib/systemd/systemd", parent=0, start=3,
            name="init" if is_image else "systemd")


def service(tree, pid, arguments, exe, unit, *, parent=1, start=2400, **options):
    """A process of a systemd service."""
    process(tree, pid, arguments, exe, cgroup=f"0::/system.slice/{unit}", parent=parent, start=start, **options)


def container(tree, pid, arguments, exe, pod, digit, *, mounts=(), group=None, namespaces=None, start=9000, runtime="containerd",
              **options):
    """A container's process: `pod`, its uid, of 32 digits is a static pod's. Its root holds a copy of what is mounted into it."""
    identifier = f"{digit}c9ad" * 12 + f"{pid:04x}"
    rootfs = f"run/{runtime}/containers/{identifier}/rootfs"
    tree.directory_(rootfs)
    for mount in mounts:
        source, _, target = mount.partition(":")
        tree.copy(source, f"{rootfs}/{target or source}")
    tree.file(f"{rootfs}{exe}", "\x7fELF recorded\n", 0o755)
    base = 4026532400 + pid * 10
    spaces = {kind: base + n for n, kind in enumerate(("cgroup", "ipc", "mnt", "pid"))} | (namespaces or {})
    cgroup = group or pod_cgroup(pod, identifier.ljust(64, "0")[:64], "burstable")
    if runtime == "crio":
        cgroup = cgroup.replace("cri-containerd-", "crio-")
    process(tree, pid, arguments, exe, cgroup=cgroup, namespaces=spaces, root=f"../../{rootfs}", start=start,
            **{"capabilities": CONTAINER_CAPABILITIES, "seccomp": 2, "no_new_privileges": 0, **options})
