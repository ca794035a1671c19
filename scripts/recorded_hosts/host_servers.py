"""Hosts for what is below Kubernetes: a server as it should be, one as it should not, and operating systems delivered as images."""

from common import DEBIAN_12
from kernel import CPUINFO, DEBIAN_CONFIG, kernel, modules_of, mount_table
from processes import kernel_thread, process
from system import DEBIAN_GROUPS, DEBIAN_USERS, accounts, grub, hashed, identity, services

BINARY = "\x7fELF recorded\n"
BOOT = 1763820000
BARE_METAL = CPUINFO.replace(" hypervisor", "")

HARDENED_ABOUT = """
# server-hardened

Made up: a Debian 12 server of a careful owner, before Kubernetes is installed: sshd, mounts, audit, journal, clock, PAM, sudo and
packages as general hardening guides ask, as far as a node can have it.
"""
NEGLECTED_ABOUT = """
# server-neglected

Made up: an Ubuntu 22.04 worker that somebody set up in a hurry, and on which a tool for general servers then switched off what a node
needs: forwarding, user namespaces, overcommitted memory. Password hashes are marked text.
"""


def table(*rows):
    """A table of sockets: (address in hex as the kernel prints it, port, state)."""
    head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    return head + "".join(
        f"  {n:2d}: {address}:{port:04X} {'0' * len(address)}:0000 {state} 00000000:00000000 00:00000000 00000000     0        0 {9000 + n} 1\n"
        for n, (address, port, state) in enumerate(rows))


def sockets(tree, tcp=(), udp=(), local=()):
    tree.files("proc/1/net", {
        "tcp": table(*[("00000000", port, "0A") for port in tcp], *[("0100007F", port, "0A") for port in local]),
        "tcp6": table(*[("0" * 32, port, "0A") for port in tcp if port == 22]),
        "udp": table(*[("00000000", port, "07") for port in udp]), "udp6": table()}, newline="")


def programs(tree, *names):
    for name in names:
        tree.file(f"usr/{name}", BINARY, 0o755)


def daemons(tree, *names):
    for n, name in enumerate(names):
        exe = name if name.startswith("/") else f"/usr/sbin/{name}"
        process(tree, 300 + n, [exe], exe, cgroup=f"0::/system.slice/{exe.rsplit('/', 1)[-1]}.service", start=600 + n, lean=True)


def modules_dep(tree, release, *names):
    tree.file(f"usr/lib/modules/{release}/modules.dep", "".join(f"kernel/rare/{name}.ko.zst: kernel/lib/crc.ko.zst\n" for name in names)
              + "kernel/fs/overlayfs/overlay.ko.zst:\n")


def base(tree, *, name, number, os_release, release, mounts, **options):
    identity(tree, hostname=name, machine_id=f"{number:032x}", os_release=os_release)
    kernel(tree, release=release, hostname=name, boot_id=f"{number:08x}-7a10-4c55-8e21-93d1f0b6a7c2", boot_time=BOOT,
           version="(builder@build) #1 SMP PREEMPT_DYNAMIC", mounts=mounts, config=DEBIAN_CONFIG,
           **{"cmdline": "root=/dev/vda1 ro", "modules": modules_of("overlay"), **options})
    tree.file("sys/kernel/security/lsm", "lockdown,capability,landlock,yama,apparmor")
    kernel_thread(tree, 2, "kthreadd")
    process(tree, 1, ["/usr/lib/systemd/systemd"], "/usr/lib/systemd/systemd", parent=0, start=3)


def on_device(mounts, point, number):
    """The device of what is mounted there."""
    lines = []
    for line in mounts.splitlines(keepends=True):
        fields = line.split(" ")
        if fields[4] == point:
            fields[2] = number
        lines.append(" ".join(fields))
    return "".join(lines)


SSHD_GOOD = """# first value wins
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication=no
AllowTcpForwarding no
AllowAgentForwarding no
X11Forwarding no
MaxAuthTries 4
LoginGraceTime 1m
ClientAliveInterval 15
Ciphers -*-cbc,arcfour*
AllowGroups "node admins"
LogLevel VERBOSE
Match User backup
    X11Forwarding no
"""
SSHD_BAD = """PermitRootLogin yes
PasswordAuthentication yes
KbdInteractiveAuthentication yes
PermitEmptyPasswords yes
HostbasedAuthentication yes
IgnoreRhosts no
PermitUserEnvironment yes
StrictModes no
MaxAuthTries 10
MaxSessions 50
LoginGraceTime 0
ClientAliveInterval 0
Ciphers +aes128-cbc
MACs hmac-sha2-256,hmac-md5
KexAlgorithms ^diffie-hellman-group14-sha1
LogLevel QUIET
UsePAM no
Match Address 10.0.0.0/8
    PermitRootLogin yes
"""
STATUS = "Package: bash\nStatus: install ok installed\nVersion: 5.2.15-2+b7\n\nPackage: openssh-server\nStatus: install ok installed\nVersion: {}\n\n"


def hardened(tree):
    release = "6.1.0-28-amd64"
    mounts = mount_table(("rw,relatime", "ext4", "/dev/mapper/vg-root", "rw"), extra=[
        ("/tmp", "rw,nosuid,nodev,noexec", "tmpfs", "tmpfs", "rw"), ("/home", "rw,nosuid,nodev", "ext4", "/dev/mapper/vg-home", "rw"),
        ("/var/tmp", "rw,nosuid,nodev", "ext4", "/dev/mapper/vg-vartmp", "rw"), ("/dev/shm", "rw,nosuid,nodev,noexec", "tmpfs", "tmpfs", "rw")])
    base(tree, name="careful", number=0x5E11, os_release=DEBIAN_12, release=release, mounts=on_device(mounts, "/", "253:0"),
         modules=modules_of("overlay", "nf_tables"), swaps=["/dev/zram0 partition 4194300 0 100"],
         sysctls={"kernel/unprivileged_userns_clone": 0}, cpu=BARE_METAL)
    tree.file("sys/dev/block/253:0/dm/uuid", "LVM-qW3nGxT0\n")
    tree.directory_("sys/dev/block/253:0/slaves/dm-1")
    tree.file("sys/class/block/dm-1/dm/uuid", "CRYPT-LUKS2-8f1b7c-root\n")
    accounts(tree, [*DEBIAN_USERS, ("ops", 1000, 1000, "/home/ops", "/bin/bash")], [*DEBIAN_GROUPS, ("ops", 1000, "")],
             {"root": "*", "ops": hashed("yescrypt", "ops")})
    services(tree, sshd=SSHD_GOOD, sshd_mode=0o600, cron_mode=0o700)
    grub(tree, "/vmlinuz root=/dev/mapper/vg-root ro", 0o600)
    modules_dep(tree, release, "dccp", "sctp", "cramfs", "usb-storage", "uas")
    for name, lines in (("unused.conf", "install dccp /bin/false\nblacklist dccp\nblacklist sctp\ninstall cramfs /usr/bin/false\n"),
                        ("usb.conf", "install usb-storage \\\n  /bin/true\nblacklist uas\n")):
        tree.file(f"etc/modprobe.d/{name}", lines)
    tree.file("var/lib/dpkg/status", STATUS.format("1:9.2p1-2+deb12u3"))
    hardened_services(tree)
    programs(tree, "sbin/sshd", "sbin/modprobe", "bin/aide", "bin/at", "bin/apt-get", "bin/dpkg", "bin/bash")
    tree.file("usr/bin/sudo", BINARY, 0o4755)
    tree.file("usr/bin/crontab", BINARY, 0o2755, 0, 101)
    sockets(tree, tcp=[22, 10250], udp=[68], local=[10248, 10249, 25])
    tree.file("proc/1/net/ip_tables_names", "filter\nnat\n")
    tree.file("proc/1/net/if_inet6", "20010db8000000000000000000000003 02 40 00 80     ens3\n")
    tree.link("etc/systemd/system/sysinit.target.wants/nftables.service", "/usr/lib/systemd/system/nftables.service")
    daemons(tree, "auditd", "chronyd", "cron", "sshd", "/usr/lib/systemd/systemd-journald")
    return HARDENED_ABOUT


def hardened_services(tree):
    tree.files("etc/audit/rules.d", {
        "10-base.rules": "-D\n-b 8192\n",
        "30-node.rules": "-w /etc/kubernetes -p wa -k kubernetes\n-w /var/lib/kubelet/ -p wa -k kubernetes\n"
                         "-a always,exit -F dir=/etc/containerd -F perm=wa -k runtime\n-w /etc/passwd -p wa -k identity\n"
                         "-w /etc/shadow -p wa -k identity\n-w /etc/group -p wa -k identity\n-w /etc/sudoers -p wa -k scope\n"
                         "-a always,exit -F arch=b64 -S init_module,finit_module,delete_module -k modules\n",
        "99-finalize.rules": "-e 2\n"}, 0o640, newline="")
    tree.file("etc/audit/auditd.conf", "log_format = ENRICHED\nmax_log_file_action = ROTATE\nspace_left_action = EMAIL\ndisk_full_action = SYSLOG\n", 0o640)
    tree.file("etc/systemd/journald.conf", "[Journal]\n#Storage=auto\nStorage=volatile\n")
    tree.file("etc/systemd/journald.conf.d/50-keep.conf", "[Journal]\nStorage=persistent\nCompress=yes\n")
    tree.file("etc/systemd/coredump.conf.d/none.conf", "[Coredump]\nStorage=none\nProcessSizeMax=0\n")
    tree.file("etc/chrony/chrony.conf", "sourcedir /etc/chrony/sources.d\nmakestep 1.0 3\n")
    tree.file("etc/chrony/sources.d/site.sources", "pool time.example.net iburst\n")
    for name in ("cron.allow", "at.allow"):
        tree.file(f"etc/{name}", "root\n", 0o640)
    tree.file("etc/apt/sources.list.d/debian.sources", "Types: deb\nURIs: https://deb.debian.org/debian\nSuites: bookworm\nComponents: main\n"
              "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n")
    tree.file("etc/apt/apt.conf.d/20auto-upgrades", 'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n')
    tree.files("etc/pam.d", {
        "common-auth": "auth required pam_faillock.so preauth\nauth [success=1 default=ignore] pam_unix.so\nauth requisite pam_deny.so\n",
        "common-password": "password requisite pam_pwquality.so retry=3\npassword [success=1 default=ignore] pam_unix.so obscure use_authtok yescrypt\n",
        "su": "auth sufficient pam_rootok.so\nauth required pam_wheel.so use_uid group=sugroup\n@include common-auth\n",
        "sshd": "@include common-auth\naccount required pam_nologin.so\n"}, newline="")
    tree.file("etc/sudoers.d/50-log", 'Defaults logfile="/var/log/sudo.log", use_pty\n', 0o440)
    tree.file("etc/login.defs", "UID_MIN 1000\nENCRYPT_METHOD YESCRYPT\nUMASK 027\nPASS_MAX_DAYS 365\n")


def neglected(tree):
    release = "5.15.0-91-generic"
    mounts = mount_table(("rw,relatime", "ext4", "/dev/vda1", "rw"), cgroup=None, extra=[
        ("/sys/fs/cgroup", "ro,nosuid,nodev,noexec", "tmpfs", "tmpfs", "ro,mode=755"),
        ("/sys/fs/cgroup/memory", "rw,nosuid,nodev,noexec,relatime", "cgroup", "cgroup", "rw,memory"),
        ("/tmp", "rw,relatime", "ext4", "/dev/vda5", "rw"), ("/home", "rw,relatime", "ext4", "/dev/vda6", "rw"),
        ("/var/tmp", "rw,relatime", "ext4", "/dev/vda7", "rw"), ("/dev/shm", "rw", "tmpfs", "tmpfs", "rw"),
        ("/sys/kernel/debug", "rw", "debugfs", "debugfs", "rw,mode=755"),
        ("/proc", "rw,nosuid,nodev,noexec,relatime", "proc", "proc", "rw,hidepid=invisible")])
    base(tree, name="hurried", number=0xBAD1, os_release={
        "PRETTY_NAME": "Ubuntu 22.04.3 LTS", "NAME": "Ubuntu", "VERSION_ID": "22.04", "ID": "ubuntu", "ID_LIKE": "debian"},
        release=release, mounts=on_device(mounts, "/", "252:1"), swaps=["/dev/vda2 partition 2097148 0 -2"],
        cpu=BARE_METAL, sysctls={"net/ipv4/ip_forward": 0, "user/max_user_namespaces": 0, "vm/overcommit_memory": 2, "net/bridge/bridge-nf-call-iptables": 0,
                          "kernel/core_pattern": "|/opt/drop/collect %p"},
        ipv4={"": {"rp_filter": 0}}, ipv6={"": {"forwarding": 1}})
    tree.file("proc/1/net/if_inet6", "20010db8000000000000000000000002 02 40 00 80     ens3\n")
    tree.file("sys/dev/block/252:1/partition", "1\n")
    tree.file("sys/class/block/vda2/partition", "2\n")
    accounts(tree, [*DEBIAN_USERS, ("ubuntu", 1000, 1000, "/home/ubuntu", "/bin/bash")], [*DEBIAN_GROUPS, ("ubuntu", 1000, "")],
             {"root": hashed("md5", "root"), "ubuntu": hashed("sha512", "ubuntu")})
    services(tree, sshd=SSHD_BAD, sudo_lines="ubuntu ALL=(ALL) NOPASSWD:ALL\nDefaults !use_pty\n")
    modules_dep(tree, release, "dccp", "rds", "hfsplus", "usb-storage", "firewire-core")
    tree.file("var/lib/dpkg/status", STATUS.format("1:8.9p1-3ubuntu0.6"))
    tree.file("etc/audit/audit.rules", "-D\n-a never,task\n")
    tree.file("etc/audit/auditd.conf", "max_log_file_action = IGNORE\ndisk_full_action = HALT\n")
    tree.file("etc/systemd/journald.conf", "[Journal]\nStorage=none\n")
    tree.file("etc/chrony/chrony.conf", "# pool ntp.ubuntu.com\nmakestep 1 3\n")
    tree.file("etc/apt/sources.list", "deb [arch=amd64 trusted=yes] http://builder:PLUMBLINE-CANARY@repo.example.net/apt ./\n")
    tree.file("run/reboot-required", "*** System restart required ***\n")
    tree.files("etc/pam.d", {"common-auth": "auth sufficient pam_unix.so nullok\n", "common-password": "password sufficient pam_unix.so md5\n",
                             "su": "auth sufficient pam_rootok.so\n# auth required pam_wheel.so\n"}, newline="")
    tree.file("etc/login.defs", "UID_MIN 1000\nENCRYPT_METHOD MD5\nUMASK 022\n")
    programs(tree, "sbin/sshd", "bin/at", "bin/apt-get", "bin/dpkg", "bin/bash", "bin/kubelet")
    tree.file("usr/local/bin/rootshell", BINARY, 0o4755)
    tree.file("usr/bin/passwd", BINARY, 0o4777)
    tree.file("etc/motd", "hello\n", 0o666)
    tree.directory_("opt/drop", 0o777)
    tree.file("opt/drop/collect", BINARY, 0o755)
    tree.file("opt/drop/left", "unpacked\n", 0o644, 4242, 4242)
    sockets(tree, tcp=[22, 23, 111, 2049, 2375, 2379, 10248, 10249, 10250, 10255], udp=[111])
    for unit in ("ufw", "firewalld"):
        tree.link(f"etc/systemd/system/multi-user.target.wants/{unit}.service", f"/usr/lib/systemd/system/{unit}.service")
    daemons(tree, "chronyd", "cron", "sshd", "/usr/lib/systemd/systemd-journald", "/usr/lib/systemd/systemd-timesyncd")
    process(tree, 901, ["/usr/bin/kubelet", "--kubeconfig=/etc/kubernetes/kubelet.conf"], "/usr/bin/kubelet",
            cgroup="0::/system.slice/kubelet.service", start=2000)
    return NEGLECTED_ABOUT


def verity(tree, number):
    tree.file(f"sys/dev/block/{number}/dm/uuid", "CRYPT-VERITY-6a4f0c2e19-usr\n")


def flatcar(tree):
    mounts = mount_table(("rw,relatime", "ext4", "/dev/vda9", "rw"), extra=[("/usr", "ro,relatime", "btrfs", "/dev/mapper/usr", "ro")])
    base(tree, name="flatcar", number=0xF1A7, os_release={
        "PRETTY_NAME": "Flatcar Container Linux by Kinvolk 4081.2.0 (Oklo)", "NAME": "Flatcar Container Linux by Kinvolk", "ID": "flatcar",
        "ID_LIKE": "coreos", "VERSION_ID": "4081.2.0"}, release="6.6.60-flatcar", mounts=on_device(mounts, "/usr", "254:0"),
        cmdline="BOOT_IMAGE=/flatcar/vmlinuz-a mount.usr=/dev/mapper/usr verity.usr=PARTUUID=7130c94a usr=PARTUUID=7130c94a root=LABEL=ROOT")
    verity(tree, "254:0")
    programs(tree, "bin/bash", "sbin/sshd")
    tree.file("usr/share/ssh/sshd_config", "Subsystem sftp internal-sftp\nUsePAM yes\n")
    tree.file("etc/ssh/sshd_config", "UsePAM yes\nPasswordAuthentication no\n", 0o600)
    daemons(tree, "update_engine", "/usr/lib/systemd/systemd-timesyncd", "/usr/lib/systemd/systemd-journald")
    return """
# flatcar

Made up after Flatcar Container Linux 4081 as its documentation lays it out: /usr read-only on dm-verity, a writable root, no package manager.
"""


def container_optimized(tree):
    mounts = mount_table(("ro,relatime", "ext2", "/dev/dm-0", "ro"), extra=[
        ("/etc", "rw,nosuid,nodev,noexec,relatime", "overlay", "overlayfs", "rw"),
        ("/mnt/stateful_partition", "rw,nosuid,nodev,noexec,relatime", "ext4", "/dev/sda1", "rw"),
        ("/var/lib/containerd", "rw,nosuid,nodev,relatime", "ext4", "/dev/sda1", "rw")])
    base(tree, name="cos", number=0xC05, os_release={
        "PRETTY_NAME": "Container-Optimized OS from Google", "NAME": "Container-Optimized OS", "ID": "cos", "VERSION": "117",
        "VERSION_ID": "117", "BUILD_ID": "18613.75.37"}, release="6.6.56+", mounts=on_device(mounts, "/", "253:0"),
        cmdline="BOOT_IMAGE=/syslinux/vmlinuz.A root=/dev/dm-0 loadpin.exclude=kernel-module modules-load=loadpin_trigger dm_verity.error_behavior=3")
    verity(tree, "253:0")
    programs(tree, "bin/bash", "sbin/sshd")
    daemons(tree, "chronyd", "update_engine", "/usr/lib/systemd/systemd-journald", "/usr/bin/fluent-bit")
    return """
# cos

Made up after Container-Optimized OS 117 as its documentation lays it out: a root on dm-verity, /etc in memory, a stateful partition.
"""


def bottlerocket_altered(tree):
    base(tree, name="altered", number=0xB0771E, os_release={
        "PRETTY_NAME": "Bottlerocket OS 1.26.2 (aws-k8s-1.31)", "NAME": "Bottlerocket", "ID": "bottlerocket", "VERSION_ID": "1.26.2",
        "VARIANT_ID": "aws-k8s-1.31"}, release="6.1.115", mounts=mount_table(("rw,relatime", "ext4", "/dev/vda1", "rw")))
    programs(tree, "bin/bash", "bin/apt-get", "sbin/sshd")
    return """
# bottlerocket-altered

Made up: what calls itself Bottlerocket, on a writable root without dm-verity, with a shell, an SSH server and a package manager.
"""


def amazon_linux(tree):
    base(tree, name="al2023", number=0xA2023, os_release={
        "PRETTY_NAME": "Amazon Linux 2023.6.20241111", "NAME": "Amazon Linux", "ID": "amzn", "ID_LIKE": "fedora", "VERSION_ID": "2023",
        "SUPPORT_END": "2029-06-30"}, release="6.1.115-126.197.amzn2023.x86_64", mounts=mount_table(("rw,noatime", "xfs", "/dev/nvme0n1p1", "rw")))
    programs(tree, "bin/bash", "bin/dnf", "bin/rpm")
    tree.file("etc/dnf/dnf.conf", "[main]\ngpgcheck=1\ninstallonly_limit=3\n")
    tree.file("etc/yum.repos.d/amazonlinux.repo", "[amazonlinux]\nname=Amazon Linux 2023 repository\nenabled=1\ngpgcheck=1\n"
              "[amazonlinux-debuginfo]\nname=debug\nenabled=0\ngpgcheck=0\n")
    daemons(tree, "auditd", "chronyd", "/usr/lib/systemd/systemd-journald")
    tree.file("etc/chrony.conf", "server 169.254.169.123 prefer iburst\n")
    return """
# amazon-linux

Made up after Amazon Linux 2023's layout: dnf with signatures, auditd without rules, the cloud's clock.
"""


def azure_linux(tree):
    base(tree, name="azurelinux", number=0xA2, os_release={
        "PRETTY_NAME": "CBL-Mariner/Linux", "NAME": "Common Base Linux Mariner", "ID": "mariner", "VERSION_ID": "2.0",
        "SUPPORT_END": "2025-07-31"}, release="5.15.167.1-1.cm2", mounts=mount_table(("rw,relatime", "ext4", "/dev/sda2", "rw")))
    programs(tree, "bin/bash", "bin/tdnf", "bin/rpm")
    tree.file("etc/tdnf/tdnf.conf", "[main]\ngpgcheck=1\n")
    tree.file("etc/yum.repos.d/local.repo", "[local]\nname=local\nbaseurl=http://10.0.0.5/rpm\ngpgcheck=0\n")
    tree.file("etc/systemd/journald.conf", "[Journal]\nStorage=persistent\n")
    return """
# azure-linux

Made up after Azure Linux 2 (CBL-Mariner), past its support, with a repository of somebody's own that signs nothing, and no journal running.
"""
