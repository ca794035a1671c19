"""What the hosts of the Kubernetes distributions share: the system beneath, and containers."""

import json
import struct

from kernel import DEBIAN_CONFIG, kernel, modules_of, mount_table
from processes import CONTAINER_CAPABILITIES, kernel_thread, pod_cgroup, process
from system import DEBIAN_GROUPS, DEBIAN_USERS, accounts, grub, identity, services
from tree import MARK

DEBIAN_12 = {"PRETTY_NAME": "Debian GNU/Linux 12 (bookworm)", "NAME": "Debian GNU/Linux", "VERSION_ID": "12", "ID": "debian",
             "VERSION_CODENAME": "bookworm"}
UBUNTU_24 = {"PRETTY_NAME": "Ubuntu 24.04.1 LTS", "NAME": "Ubuntu", "VERSION_ID": "24.04", "ID": "ubuntu", "ID_LIKE": "debian",
             "VERSION_CODENAME": "noble"}
KUBELET_HEAD = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
BOOT = 1763820000


def system(tree, hostname, number, os_release, release, *, sysctls=None, extra=(), users=(), is_image=False, lsm="apparmor",
           interfaces=("lo", "eth0"), root=("rw,relatime", "ext4", "/dev/vda1", "rw"), cmdline=None, init=None,
           lockdown="[none] integrity confidentiality", filesystems=()):
    """A host up to its kernel. An image-based system has no sshd, cron, sudo or boot loader files."""
    cmdline = cmdline or f"BOOT_IMAGE=/boot/vmlinuz-{release} root=/dev/vda1 ro quiet"
    init = init or ("/sbin/init" if is_image else "/usr/lib/systemd/systemd")
    identity(tree, hostname=hostname, machine_id=f"{number:032x}", os_release=os_release)
    if not is_image:
        accounts(tree, [*DEBIAN_USERS, *users], DEBIAN_GROUPS, {"root": "*"})
        services(tree, sshd="PermitRootLogin no\nPasswordAuthentication no\n", sshd_mode=0o600, cron_mode=0o700)
        grub(tree, f"/boot/vmlinuz-{release} root=/dev/vda1 ro quiet", 0o600)
    kernel(
        tree, release=release, hostname=hostname, boot_id=f"{number:08x}-4d1e-4a79-9f0e-1f6d2c9b8a10", boot_time=BOOT,
        version="(builder@build) #1 SMP PREEMPT_DYNAMIC", cmdline=cmdline, filesystems=filesystems,
        modules=modules_of("br_netfilter", "overlay", "nf_conntrack", "veth"),
        sysctls={"net/ipv4/ip_forward": 1, "net/bridge/bridge-nf-call-iptables": 1, "kernel/panic": 10, "kernel/panic_on_oops": 1,
                 "vm/overcommit_memory": 1, **(sysctls or {})},
        ipv4={"": {"forwarding": 1}}, interfaces=interfaces, config=DEBIAN_CONFIG, config_place="modules" if is_image else "boot",
        mounts=mount_table(root, extra=extra))
    tree.file("sys/kernel/security/lsm", f"lockdown,capability,landlock,yama,{lsm}")
    tree.file("sys/kernel/security/lockdown", f"{lockdown}\n")
    kernel_thread(tree, 2, "kthreadd")
    process(tree, 1, ["/sbin/init"], init, parent=0, start=3, name=init.rsplit("/", 1)[-1])


def service(tree, pid, arguments, exe, unit, *, parent=1, start=2400, **options):
    """A process of a systemd service."""
    process(tree, pid, arguments, exe, cgroup=f"0::/system.slice/{unit}", parent=parent, start=start, **options)


def bundle(tree, identifier, image, arguments, runtime="containerd"):
    """What the container runtime hands to runc: the OCI specification, with the image's name among its annotations."""
    place, key = {
        "containerd": ("run/containerd/io.containerd.runtime.v2.task/k8s.io/{}", "io.kubernetes.cri.image-name"),
        "crio": ("run/containers/storage/overlay-containers/{}/userdata", "io.kubernetes.cri-o.ImageName")}[runtime]
    tree.file(f"{place.format(identifier)}/config.json", json.dumps({
        "ociVersion": "1.2.0", "process": {"user": {"uid": 0, "gid": 0}, "args": arguments, "env": [f"TOKEN={MARK}-environment"], "cwd": "/"},
        "root": {"path": "rootfs"}, "annotations": {"io.kubernetes.cri.container-type": "container", key: image}}), 0o600)


def go_program(*lines):
    """An ELF file that holds nothing but what the Go linker says of the build: its section .go.buildinfo."""
    text = "\n".join(lines).encode() + b"\n"
    text = GO_SENTINELS[0] + text + GO_SENTINELS[1]
    strings = b"".join(varint(len(part)) + part for part in (b"go1.24.2", text))
    section = b"\xff Go buildinf:\x08\x02" + b"\0" * 16 + strings
    names = b"\0.go.buildinfo\0.shstrtab\0"
    table = 64 + len(section) + len(names)
    head = b"\x7fELF\x02\x01\x01" + b"\0" * 9 + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0, 0, table, 0, 64, 56, 0, 64, 3, 2)
    rows = [struct.pack("<IIQQQQIIQQ", name, kind, 0, 0, place, size, 0, 0, 16, 0) for name, kind, place, size in (
        (0, 0, 0, 0), (1, 1, 64, len(section)), (15, 3, 64 + len(section), len(names)))]
    return head + section + names + b"".join(rows)


# cmd/link puts 16 bytes before and after the module information, which begin and end it in a core dump.
GO_SENTINELS = (bytes.fromhex("3077af0c9274080241e1c107e6d618e6"), bytes.fromhex("f932433186182072008242104116d8f2"))


def varint(number):
    return bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80]) + varint(number >> 7)


def container(tree, pid, arguments, exe, pod, digit, *, mounts=(), group=None, namespaces=None, start=9000, runtime="containerd",
              image=None, **options):
    """A container's process: `pod`, its uid, of 32 digits is a static pod's. Its root holds a copy of what is mounted into it.
    With `image`, its runtime's OCI specification is there, which names it."""
    identifier = f"{digit}c9ad" * 12 + f"{pid:04x}"
    if image:
        bundle(tree, identifier, image, arguments, runtime)
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
