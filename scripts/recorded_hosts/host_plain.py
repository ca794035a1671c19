"""debian, selinux and apparmor-tpm: hosts without Kubernetes."""

import struct

from kernel import DEBIAN_CONFIG, kconfig, kernel, modules_of, mount_table
from processes import kernel_thread, process
from system import DEBIAN_GROUPS, DEBIAN_USERS, SSHD_UNIT, accounts, grub, hashed, identity, services, units
import tpm

DEBIAN_ABOUT = """
# debian

Made up after a plain Debian 12 server as the installer leaves it (kernel 6.1, one administrator, sshd, no Kubernetes and no
container runtime): what is not set is not there. UEFI firmware is not used; no TPM driver has a device. rsyslogd was started before
its AppArmor profile was loaded. Keys and password hashes are marked text. The kernel's configuration is an excerpt.
"""

SELINUX_ABOUT = """
# selinux

Made up after a RHEL 9 server in its targeted policy (kernel 5.14): SELinux enforces now, and etc/selinux/config says permissive,
so that it won't after the next boot. One domain is permissive in the loaded policy. Firmware announces a TPM that no driver has taken. Lockdown is on, as Secure Boot brings it on
this distribution. sys/fs/selinux/policy holds the binary policy's header and its two bitmaps only; the policy itself is left out.
Key files belong to the group ssh_keys, as older releases of the distribution have them. Keys and hashes are marked text.
"""

TPM_ABOUT = """
# apparmor-tpm

Made up after an Ubuntu 24.04 server (kernel 6.8) with AppArmor profiles in every mode and a TPM 2.0: sysfs' device, PCR banks
for SHA-1 and SHA-256, a crypto-agile event log of 18 events that replays to them, UEFI variables with Secure Boot on. The platform
key is a certificate made for this tree; the revocation list holds hashes of nothing. A program was started before its profile was loaded, which has no file and is attached by a
pattern. Keys and password hashes are marked text.
"""


def basic_processes(tree, label, sshd_label):
    kernel_thread(tree, 2, "kthreadd")
    process(tree, 1, ["/usr/lib/systemd/systemd", "--system"], "/usr/lib/systemd/systemd", parent=0, start=2, label=label)
    process(tree, 540, ["sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"], "/usr/sbin/sshd", name="sshd",
            cgroup="0::/system.slice/ssh.service", start=820, label=sshd_label)
    process(tree, 431, ["/usr/sbin/cron", "-f"], "/usr/sbin/cron", cgroup="0::/system.slice/cron.service", start=640, label=sshd_label)


def debian(tree):
    identity(tree, hostname="plain", machine_id="1b8e5f0c9a7d43e2b6f4a1c3d5e7f902", os_release={
        "PRETTY_NAME": "Debian GNU/Linux 12 (bookworm)", "NAME": "Debian GNU/Linux", "VERSION_ID": "12", "ID": "debian",
        "VERSION_CODENAME": "bookworm"})
    accounts(tree, [*DEBIAN_USERS, ("admin1", 1000, 1000, "/home/admin1", "/bin/bash")],
             [*[(n, g, "admin1" if n == "sudo" else m) for n, g, m in DEBIAN_GROUPS], ("admin1", 1000, "")],
             {"root": hashed("yescrypt", "root"), "admin1": hashed("yescrypt", "admin1")})
    services(tree)
    grub(tree, "/boot/vmlinuz-6.1.0-28-amd64 root=UUID=0e7f ro quiet")
    units(tree, SSHD_UNIT)
    kernel(
        tree, release="6.1.0-28-amd64", hostname="plain", boot_id="9c3a7a0e-bb1d-4f16-a1c4-58f3d2e6b701", boot_time=1763810000,
        version="(debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22)",
        cmdline="BOOT_IMAGE=/boot/vmlinuz-6.1.0-28-amd64 root=UUID=0e7f ro quiet", modules=modules_of("ext4", "virtio_net", "ip_tables"),
        sysctls={"kernel/unprivileged_userns_clone": 1, "kernel/yama/ptrace_scope": None}, config=DEBIAN_CONFIG,
        mounts=mount_table(("rw,relatime", "ext4", "/dev/vda1", "rw,errors=remount-ro"), extra=[
            ("/var/tmp", "rw,nosuid,nodev,relatime", "ext4", "/dev/vda3", "rw"),
            ("/boot/efi", "rw,relatime", "vfat", "/dev/vda15", "rw,fmask=0077,dmask=0077"),
        ]))
    tree.file("etc/apparmor.d/lsb_release", "abi <abi/3.0>,\n\nprofile lsb_release {\n  /usr/bin/lsb_release r,\n}\n")
    tree.file("etc/apparmor.d/usr.bin.man", "/usr/bin/man {\n  profile man_groff {\n  }\n}\n")
    tree.file("etc/apparmor.d/usr.sbin.tcpdump", "profile tcpdump /usr/sbin/tcpdump {\n}\n")
    tree.file("etc/apparmor.d/usr.sbin.rsyslogd", "profile rsyslogd /usr/{,s}bin/rsyslogd flags=(attach_disconnected) {\n}\n")
    tree.link("etc/apparmor.d/disable/usr.sbin.tcpdump", "/etc/apparmor.d/usr.sbin.tcpdump")
    tree.file("sys/kernel/security/lsm", "lockdown,capability,landlock,apparmor")
    tree.file("sys/kernel/security/lockdown", "[none] integrity confidentiality\n")
    tree.files("sys/module/apparmor/parameters", {"enabled": "Y", "mode": "enforce", "audit": "normal", "lock_policy": "N"})
    tree.file("sys/kernel/security/apparmor/profiles", "lsb_release (enforce)\nnvidia_modprobe (enforce)\n/usr/bin/man (enforce)\nrsyslogd (enforce)\n")
    basic_processes(tree, "unconfined\n", "unconfined\n")
    process(tree, 611, ["/usr/sbin/rsyslogd", "-n", "-iNONE"], "/usr/sbin/rsyslogd", cgroup="0::/system.slice/rsyslog.service", label="unconfined\n",
            start=700)
    return DEBIAN_ABOUT


def selinux_filesystem(tree):
    tree.files("sys/fs/selinux", {
        "enforce": "1", "policyvers": "33", "mls": "1", "deny_unknown": "0", "reject_unknown": "0", "checkreqprot": "0"}, newline="")
    tree.files("sys/fs/selinux/booleans", {
        "deny_ptrace": "0 0", "selinuxuser_execheap": "0 0", "selinuxuser_execmod": "1 1", "selinuxuser_execstack": "1 1",
        "container_manage_cgroup": "0 0", "virt_use_nfs": "0 0", "httpd_can_network_connect": "0 1"}, newline="")
    tree.file("sys/fs/selinux/avc/cache_threshold", "512")
    # security/selinux/ss/policydb.c: header, policy capabilities, permissive types.
    header = struct.pack("<II8sIIII", 0xF97CFF8C, 8, b"SE Linux", 33, 1 | 4, 8, 9)
    capabilities = struct.pack("<III", 64, 64, 1) + struct.pack("<IQ", 0, 0b100111111)
    permissive = struct.pack("<III", 64, 4160, 1) + struct.pack("<IQ", 4096, 1 << 27)
    tree.file("sys/fs/selinux/policy", header + capabilities + permissive)
    tree.file("sys/fs/selinux/status", struct.pack("<IIIII", 1, 4, 1, 1, 0))
    tree.file("etc/selinux/config", "# This file controls the state of SELinux on the system.\nSELINUX=permissive\nSELINUXTYPE=targeted\n")


RHEL_USERS = [(n, u, g, h, s.replace("/usr/sbin/nologin", "/sbin/nologin")) for n, u, g, h, s in DEBIAN_USERS if n != "_apt"]


def selinux(tree):
    identity(tree, hostname="rhel9", machine_id="a94f17cc5b2e4d60831fe7a6902b3c4d", os_release={
        "PRETTY_NAME": "Red Hat Enterprise Linux 9.5 (Plow)", "NAME": "Red Hat Enterprise Linux", "VERSION_ID": "9.5", "ID": "rhel",
        "ID_LIKE": "fedora", "PLATFORM_ID": "platform:el9", "SUPPORT_END": "2032-05-31"})
    accounts(tree, [*RHEL_USERS, ("ec2-user", 1000, 1000, "/home/ec2-user", "/bin/bash")],
             [*[(n, g, m) for n, g, m in DEBIAN_GROUPS if n not in ("sudo", "shadow")], ("wheel", 10, "ec2-user"),
              ("ssh_keys", 994, ""), ("ec2-user", 1000, "")],
             {"root": "!!", "ec2-user": hashed("sha512", "ec2-user")}, shadow_group=0)
    services(tree, sshd_mode=0o600, host_key_mode=0o640, host_key_group=994)
    grub(tree, "/vmlinuz-5.14.0-503.el9.x86_64 root=/dev/mapper/rhel-root ro", 0o600, "boot/grub2")
    tree.file("boot/loader/entries/a94f17cc-5.14.0-503.el9.x86_64.conf", "title Red Hat Enterprise Linux\noptions root=/dev/mapper/rhel-root ro\n")
    rhel = [line for line in DEBIAN_CONFIG if "CONFIG_LSM=" not in line and "BPF_LSM" not in line] + kconfig(
        'LSM="lockdown,yama,integrity,selinux,bpf"', "BPF_LSM", "RANDOMIZE_KSTACK_OFFSET_DEFAULT", "MODULE_SIG_ALL")
    kernel(
        tree, release="5.14.0-503.11.1.el9_5.x86_64", hostname="rhel9", boot_id="3f9f3c6c-7d7d-4b31-8a52-0d4e4de1b6aa", boot_time=1763800000,
        version="(mockbuild@x86-64-01.build.eng.rdu2.redhat.com) #1 SMP PREEMPT_DYNAMIC Mon Sep 30 11:54:45 EDT 2024",
        cmdline="BOOT_IMAGE=(hd0,gpt2)/vmlinuz-5.14.0-503.11.1.el9_5.x86_64 root=/dev/mapper/rhel-root ro crashkernel=1G-4G:192M "
                "rd.lvm.lv=rhel/root audit=1 audit_backlog_limit=8192",
        modules=modules_of("xfs", "nft_ct", "dm_mod"), filesystems=["nodev\tselinuxfs", "\txfs"],
        sysctls={
            "kernel/kptr_restrict": 1, "kernel/yama/ptrace_scope": 0, "kernel/perf_event_paranoid": 2, "kernel/dmesg_restrict": 0,
            "kernel/arch": None, "kernel/sysrq": 16, "kernel/oops_limit": None, "kernel/warn_limit": None, "vm/memfd_noexec": None,
            "net/core/bpf_jit_harden": 1, "kernel/core_pattern": "|/usr/lib/systemd/systemd-coredump %P %u %g %s %t %c %h",
        },
        ipv4={"": {"rp_filter": 1, "accept_redirects": 1}}, config=rhel,
        mounts=mount_table(("rw,relatime", "xfs", "/dev/mapper/rhel-root", "rw,seclabel,attr2,inode64"), extra=[
            ("/sys/fs/selinux", "rw,nosuid,noexec,relatime", "selinuxfs", "selinuxfs", "rw"),
            ("/tmp", "rw,nosuid,nodev", "tmpfs", "tmpfs", "rw,seclabel"),
        ]))
    for name in ("oops_count", "warn_count"):
        tree.remove(f"sys/kernel/{name}")
    tree.file("sys/kernel/security/lsm", "lockdown,capability,landlock,yama,integrity,selinux,bpf")
    tree.file("sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
    tree.files("sys/kernel/security/ima", {"runtime_measurements_count": "1", "violations": "0"})
    tree.file("sys/kernel/security/evm", "0\n")
    tree.files("sys/module/module/parameters", {"sig_enforce": "Y"})
    selinux_filesystem(tree)
    tpm.efi(tree, secure_boot=1, platform_key=tpm.platform_key(), dbx=tpm.hash_list(267))
    tree.file("sys/firmware/acpi/tables/TPM2", tpm.ACPI_TABLE)
    basic_processes(tree, "system_u:system_r:init_t:s0\0", "system_u:system_r:sshd_t:s0-s0:c0.c1023\0")
    process(tree, 902, ["/opt/agent/bin/agent"], "/opt/agent/bin/agent", cgroup="0::/system.slice/agent.service", start=1200,
            label="system_u:system_r:unconfined_service_t:s0\0")
    tree.file("proc/2/attr/current", "system_u:system_r:kernel_t:s0\0")
    return SELINUX_ABOUT


def apparmor_tpm(tree):
    identity(tree, hostname="noble", machine_id="e2d4c6b8a09f4e1d8c7b6a5f4e3d2c1b", os_release={
        "PRETTY_NAME": "Ubuntu 24.04.1 LTS", "NAME": "Ubuntu", "VERSION_ID": "24.04", "ID": "ubuntu", "ID_LIKE": "debian",
        "VERSION_CODENAME": "noble"})
    accounts(tree, [*DEBIAN_USERS, ("tss", 107, 107, "/var/lib/tpm", "/bin/false"), ("ubuntu", 1000, 1000, "/home/ubuntu", "/bin/bash")],
             [*[(n, g, "ubuntu" if n in ("sudo", "adm") else m) for n, g, m in DEBIAN_GROUPS if g != 107], ("messagebus", 102, ""),
              ("tss", 107, ""), ("ubuntu", 1000, ""), ("lxd", 105, "ubuntu"),
              ("docker", 988, "")],
             {"root": "*", "ubuntu": "!"})
    # As Docker's package leaves it: nobody is in its group yet.
    tree.file("run/docker.sock", "", 0o660, 0, 988, kind="socket")
    services(tree, sshd="PasswordAuthentication no\n", sshd_mode=0o600, cron_mode=0o700, sudo_lines="ubuntu ALL=(ALL) NOPASSWD:ALL\n")
    grub(tree, "/vmlinuz-6.8.0-51-generic root=/dev/mapper/vg-root ro", 0o600)
    units(tree, SSHD_UNIT)
    kernel(
        tree, release="6.8.0-51-generic", hostname="noble", boot_id="b2f9c7a4-3d5e-4f70-8a91-0c1d2e3f4a5b", boot_time=1763815000,
        version="(buildd@lcy02-amd64-103) #52-Ubuntu SMP PREEMPT_DYNAMIC Thu Dec  5 13:09:44 UTC 2024",
        cmdline="BOOT_IMAGE=/vmlinuz-6.8.0-51-generic root=/dev/mapper/vg-root ro init_on_alloc=1 init_on_free=1 slab_nomerge "
                "page_alloc.shuffle=1 vsyscall=none lockdown=integrity debugfs=off",
        modules=modules_of("dm_crypt", "tpm_crb", "virtio_net"), filesystems=["\tsquashfs"],
        sysctls={
            "kernel/apparmor_restrict_unprivileged_userns": 1, "kernel/apparmor_restrict_unprivileged_unconfined": 1,
            "kernel/kptr_restrict": 2, "kernel/yama/ptrace_scope": 1, "kernel/perf_event_paranoid": 4, "kernel/sysrq": 0,
            "kernel/unprivileged_bpf_disabled": 1, "net/core/bpf_jit_harden": 2, "kernel/io_uring_disabled": 2,
            "kernel/kexec_load_disabled": 1, "dev/tty/legacy_tiocsti": 0, "kernel/unprivileged_userns_clone": 1,
        },
        ipv4={"": {"send_redirects": 0, "secure_redirects": 0, "log_martians": 1, "rp_filter": 1}},
        ipv6={"": {"accept_ra": 0, "accept_redirects": 0}}, config=DEBIAN_CONFIG,
        mounts=mount_table(("rw,relatime", "ext4", "/dev/mapper/vg-root", "rw"), extra=[
            ("/sys/firmware/efi/efivars", "rw,nosuid,nodev,noexec,relatime", "efivarfs", "efivarfs", "rw"),
            ("/tmp", "rw,nosuid,nodev,noexec", "tmpfs", "tmpfs", "rw"),
        ]))
    tree.file("sys/kernel/security/lsm", "lockdown,capability,landlock,yama,apparmor,ima,evm")
    tree.file("sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
    tree.files("sys/module/apparmor/parameters", {
        "enabled": "Y", "mode": "enforce", "audit": "normal", "lock_policy": "N", "paranoid_load": "Y", "debug": "N",
        "hash_policy": "Y", "path_max": "4096"})
    tree.file("sys/kernel/security/apparmor/profiles", "".join(f"{name} ({mode})\n" for name, mode in (
        ("/usr/sbin/chronyd", "enforce"), ("rsyslogd", "enforce"), ("docker-default", "enforce"), ("/usr/lib/snapd/snap-confine", "enforce"),
        ("/usr/lib/snapd/snap-confine//mount-namespace-capture-helper", "enforce"), ("/usr/bin/site app", "complain"),
        ("dovecot", "complain"), ("chrome", "unconfined"), ("unprivileged_userns", "enforce"), ("guard", "kill"), ("ask", "prompt"))))
    for number, (name, attach) in enumerate((("rsyslogd", "/usr/{,s}bin/rsyslogd"), ("docker-default", "docker-default"),
                                             ("/usr/lib/snapd/snap-confine", "/usr/lib/snapd/snap-confine"), ("guard", "/opt/guard/*/bin/guard{,d}"))):
        tree.files(f"sys/kernel/security/apparmor/policy/profiles/{name.strip('/').replace('/', '.')}.{number}", {"name": name, "attach": attach})
    tree.files("sys/kernel/security/apparmor/features/domain", {"stack": "yes", "change_profile": "yes", "version": "1.2"})
    tree.files("sys/kernel/security/apparmor/features/namespaces", {"mask": "userns_create", "profile": "yes"})
    tree.files("sys/kernel/security/ima", {"runtime_measurements_count": "1432", "violations": "0"})
    tree.files("sys/module/module/parameters", {"sig_enforce": "Y"})
    platform_key, dbx = tpm.tpm2(tree)
    tpm.efi(tree, secure_boot=1, platform_key=platform_key, dbx=dbx, mok_disabled=0)
    basic_processes(tree, "unconfined\n", "unconfined\n")
    process(tree, 702, ["/opt/guard/2.1/bin/guardd"], "/opt/guard/2.1/bin/guardd", cgroup="0::/system.slice/guard.service", label="unconfined\n", start=710)
    tree.file("proc/1/attr/apparmor/current", "unconfined\n")
    process(tree, 780, ["/usr/sbin/chronyd"], "/usr/sbin/chronyd", cgroup="0::/system.slice/chrony.service", start=700,
            label="/usr/sbin/chronyd (enforce)\n", uid=112, gid=118)
    tree.file("proc/780/attr/apparmor/current", "/usr/sbin/chronyd (enforce)\n")
    return TPM_ABOUT
