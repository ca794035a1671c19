"""debian-oddities, ubuntu-bare and rhel-neglected: hosts whose kernel, firmware and executables are as few are."""

import struct

from host_plain import RHEL_USERS, basic_processes
from kernel import DEBIAN_CONFIG, input_file, kconfig, kernel, modules_of, mount_table
from system import DEBIAN_GROUPS, DEBIAN_USERS, SSHD_UNIT, accounts, grub, hashed, identity, services, units
import tpm

ODDITIES_ABOUT = """
# debian-oddities

Made up after a Debian 12 server on an old machine, with a kernel that somebody built without seccomp: securityfs is in the kernel
and nobody mounted it, the machine's TPM 1.2 is switched off in the firmware's setup, and five executables have capabilities that
they should not: one that amounts to root, one whose owner is not root, one for another user namespace, one beside what newuidmap
needs. Password hashes are marked text.
"""

BARE_ABOUT = """
# ubuntu-bare

Made up after a minimal Ubuntu 24.04: AppArmor is on and nothing has loaded a profile into it. ping and newuidmap have the
capabilities that their packages give them. Password hashes are marked text.
"""

NEGLECTED_ABOUT = """
# rhel-neglected

Made up after a RHEL 9 server whose policy is not installed: SELinux is active in the kernel, selinuxfs is mounted, and no policy
was ever loaded, so that it decides nothing. The firmware's platform key says of itself that it is a sample not to be trusted; the
certificate is our own, with a subject like that of the samples which vendors shipped. Password hashes are marked text.
"""


def capabilities(*numbers, effective=True, root=None):
    """struct vfs_cap_data, or vfs_ns_cap_data with a root user, of linux/capability.h."""
    bits = sum(1 << number for number in numbers)
    magic = (0x02000000 if root is None else 0x03000000) | effective
    data = struct.pack("<IIIII", magic, bits & 0xFFFFFFFF, 0, bits >> 32, 0) + (b"" if root is None else struct.pack("<I", root))
    return f"xattr:security.capability={data.hex()}"


SETGID, SETUID, NET_ADMIN, NET_RAW, SYS_ADMIN = 6, 7, 12, 13, 21
BINARY = "\x7fELF recorded\n"


def debian_oddities(tree):
    identity(tree, hostname="oddities", machine_id="7c21b9d05e3846f1a06d94e8f2b3c517", os_release={
        "PRETTY_NAME": "Debian GNU/Linux 12 (bookworm)", "NAME": "Debian GNU/Linux", "VERSION_ID": "12", "ID": "debian",
        "VERSION_CODENAME": "bookworm"})
    accounts(tree, [*DEBIAN_USERS, ("ops", 1000, 1000, "/home/ops", "/bin/bash")], [*DEBIAN_GROUPS, ("ops", 1000, "")],
             {"root": hashed("yescrypt", "root"), "ops": hashed("yescrypt", "ops")})
    services(tree)
    grub(tree, "/boot/vmlinuz-6.1.112-custom root=/dev/sda1 ro quiet")
    units(tree, SSHD_UNIT)
    mounts = mount_table(("rw,relatime", "ext4", "/dev/sda1", "rw,errors=remount-ro"))
    config = [line for line in DEBIAN_CONFIG if "SECCOMP" not in line] + kconfig(unset=("SECCOMP",))
    kernel(
        tree, release="6.1.112-custom", hostname="oddities", boot_id="51f0c2d4-7a9b-4c0e-9d57-2b6f81e3a094", boot_time=1763830000,
        version="(ops@oddities) #3 SMP Tue Oct  8 09:12:44 UTC 2024", cmdline="BOOT_IMAGE=/boot/vmlinuz-6.1.112-custom root=/dev/sda1 ro quiet slab_merge",
        modules=modules_of("e1000e", "tpm_tis"),
        sysctls={"kernel/seccomp/actions_avail": None, "kernel/seccomp/actions_logged": None}, config=config,
        mounts="".join(line + "\n" for line in mounts.splitlines() if "securityfs" not in line))
    basic_processes(tree, None, None)
    for pid in (1, 431, 540):
        with open(tree.place(f"proc/{pid}/status")) as status:
            lines = [line for line in status if not line.startswith("Seccomp")]
        tree.file(f"proc/{pid}/status", "".join(lines))
    tpm.tpm12(tree, enabled=0, active=0, log=False)
    tree.file("usr/bin/ping", BINARY, 0o755, extra=capabilities(NET_RAW))
    tree.file("usr/bin/tcpdump", BINARY, 0o755, extra=capabilities(NET_ADMIN, NET_RAW))
    tree.file("usr/local/bin/mount-helper", BINARY, 0o755, extra=capabilities(SYS_ADMIN))
    tree.file("usr/bin/newuidmap", BINARY, 0o755, extra=capabilities(SETUID, SYS_ADMIN))
    tree.file("usr/local/bin/probe", BINARY, 0o755, 1000, 1000, extra=capabilities(NET_RAW))
    tree.file("usr/local/bin/left-from-container", BINARY, 0o755, extra=capabilities(NET_RAW, root=100000))
    return ODDITIES_ABOUT


def ubuntu_bare(tree):
    identity(tree, hostname="bare", machine_id="b86e0d3f1c5a4279904f7ae2d1c6385b", os_release={
        "PRETTY_NAME": "Ubuntu 24.04.1 LTS", "NAME": "Ubuntu", "VERSION_ID": "24.04", "ID": "ubuntu", "ID_LIKE": "debian",
        "VERSION_CODENAME": "noble"})
    accounts(tree, [*DEBIAN_USERS, ("ubuntu", 1000, 1000, "/home/ubuntu", "/bin/bash")], [*DEBIAN_GROUPS, ("ubuntu", 1000, "")],
             {"root": "*", "ubuntu": "!"})
    services(tree, sshd="PasswordAuthentication no\n", sshd_mode=0o600)
    grub(tree, "/vmlinuz-6.8.0-51-generic root=/dev/vda1 ro", 0o600)
    units(tree, SSHD_UNIT)
    kernel(
        tree, release="6.8.0-51-generic", hostname="bare", boot_id="0d9e7c52-64fb-4b1d-8f30-a5c71e2946bd", boot_time=1763835000,
        version="(buildd@lcy02-amd64-103) #52-Ubuntu SMP PREEMPT_DYNAMIC Thu Dec  5 13:09:44 UTC 2024",
        cmdline="BOOT_IMAGE=/vmlinuz-6.8.0-51-generic root=/dev/vda1 ro", modules=modules_of("virtio_net"), config=DEBIAN_CONFIG,
        mounts=mount_table(("rw,relatime", "ext4", "/dev/vda1", "rw")))
    tree.file("sys/kernel/security/lsm", "lockdown,capability,landlock,yama,apparmor")
    tree.file("sys/kernel/security/lockdown", "[none] integrity confidentiality\n")
    tree.files("sys/module/apparmor/parameters", {
        "enabled": "Y", "mode": "enforce", "audit": "normal", "lock_policy": "N", "paranoid_load": "Y"})
    tree.file("sys/kernel/security/apparmor/profiles", "")
    basic_processes(tree, "unconfined\n", "unconfined\n")
    tree.file("usr/bin/ping", BINARY, 0o755, extra=capabilities(NET_RAW))
    tree.file("usr/bin/newuidmap", BINARY, 0o755, extra=capabilities(SETUID))
    tree.file("usr/bin/newgidmap", BINARY, 0o755, extra=capabilities(SETGID))
    return BARE_ABOUT


def rhel_neglected(tree):
    identity(tree, hostname="neglected", machine_id="2f5d80c7e1b94a36bd07c9f4a8e6123d", os_release={
        "PRETTY_NAME": "Red Hat Enterprise Linux 9.5 (Plow)", "NAME": "Red Hat Enterprise Linux", "VERSION_ID": "9.5", "ID": "rhel",
        "ID_LIKE": "fedora", "PLATFORM_ID": "platform:el9"})
    accounts(tree, RHEL_USERS, [(n, g, m) for n, g, m in DEBIAN_GROUPS if n not in ("sudo", "shadow")], {"root": "!!"}, shadow_group=0)
    services(tree)
    grub(tree, "/vmlinuz-5.14.0-503.el9.x86_64 root=/dev/mapper/rhel-root ro", 0o600, "boot/grub2")
    rhel = [line for line in DEBIAN_CONFIG if "CONFIG_LSM=" not in line] + kconfig('LSM="lockdown,yama,integrity,selinux,bpf"')
    kernel(
        tree, release="5.14.0-503.11.1.el9_5.x86_64", hostname="neglected", boot_id="e6b41a90-0c8d-4d72-95fe-7d3a2f6c1b58",
        boot_time=1763840000, version="(mockbuild@x86-64-01.build.eng.rdu2.redhat.com) #1 SMP PREEMPT_DYNAMIC Mon Sep 30 11:54:45 EDT 2024",
        cmdline="BOOT_IMAGE=(hd0,gpt2)/vmlinuz-5.14.0-503.11.1.el9_5.x86_64 root=/dev/mapper/rhel-root ro",
        modules=modules_of("xfs", "nft_ct"), filesystems=["nodev\tselinuxfs", "\txfs"], config=rhel,
        mounts=mount_table(("rw,relatime", "xfs", "/dev/mapper/rhel-root", "rw,attr2,inode64"), extra=[
            ("/sys/fs/selinux", "rw,nosuid,noexec,relatime", "selinuxfs", "selinuxfs", "rw"),
            ("/sys/firmware/efi/efivars", "rw,nosuid,nodev,noexec,relatime", "efivarfs", "efivarfs", "rw"),
        ]))
    tree.file("sys/kernel/security/lsm", "lockdown,capability,yama,integrity,selinux,bpf")
    tree.file("sys/kernel/security/lockdown", "[none] integrity confidentiality\n")
    tree.files("sys/fs/selinux", {
        "enforce": "0", "policyvers": "33", "mls": "0", "deny_unknown": "0", "reject_unknown": "0", "checkreqprot": "0"}, newline="")
    # security/selinux/selinuxfs.c: without a policy there are no booleans, and reading policy is EINVAL.
    tree.directory_("sys/fs/selinux/booleans")
    tree.file("sys/fs/selinux/policy", "")
    tree.denied("sys/fs/selinux/policy", "EINVAL", 0o400)
    tree.file("sys/fs/selinux/status", struct.pack("<IIIII", 1, 2, 0, 0, 0))
    tpm.efi(tree, secure_boot=0, platform_key=tpm.signature_list(input_file("certificates", "sample-platform-key.der")),
            dbx=tpm.hash_list(3))
    basic_processes(tree, "kernel\0", "kernel\0")
    return NEGLECTED_ABOUT
