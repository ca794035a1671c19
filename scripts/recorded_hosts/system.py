"""What every systemd host has in etc/: accounts, who it is, sshd, cron, sudo, boot loader, units."""

from tree import MARK, key

DEBIAN_USERS = [
    ("root", 0, 0, "/root", "/bin/bash"), ("daemon", 1, 1, "/usr/sbin", "/usr/sbin/nologin"),
    ("bin", 2, 2, "/bin", "/usr/sbin/nologin"), ("sys", 3, 3, "/dev", "/usr/sbin/nologin"),
    ("sync", 4, 65534, "/bin", "/bin/sync"), ("games", 5, 60, "/usr/games", "/usr/sbin/nologin"),
    ("man", 6, 12, "/var/cache/man", "/usr/sbin/nologin"), ("lp", 7, 7, "/var/spool/lpd", "/usr/sbin/nologin"),
    ("mail", 8, 8, "/var/mail", "/usr/sbin/nologin"), ("backup", 34, 34, "/var/backups", "/usr/sbin/nologin"),
    ("_apt", 42, 65534, "/nonexistent", "/usr/sbin/nologin"), ("nobody", 65534, 65534, "/nonexistent", "/usr/sbin/nologin"),
    ("systemd-network", 998, 998, "/", "/usr/sbin/nologin"), ("messagebus", 100, 107, "/nonexistent", "/usr/sbin/nologin"),
    ("sshd", 101, 65534, "/run/sshd", "/usr/sbin/nologin"),
]
DEBIAN_GROUPS = [
    ("root", 0, ""), ("daemon", 1, ""), ("bin", 2, ""), ("sys", 3, ""), ("adm", 4, ""), ("tty", 5, ""), ("disk", 6, ""),
    ("lp", 7, ""), ("mail", 8, ""), ("man", 12, ""), ("kmem", 15, ""), ("sudo", 27, ""), ("backup", 34, ""), ("shadow", 42, ""),
    ("users", 100, ""), ("games", 60, ""), ("nogroup", 65534, ""), ("systemd-journal", 999, ""), ("systemd-network", 998, ""),
    ("crontab", 101, ""), ("messagebus", 107, ""), ("_ssh", 108, ""),
]


def accounts(tree, users, groups, passwords, shadow_group=42):
    """passwd, shadow, group, gshadow and their backups. `passwords` has the shadow field by name; others are locked."""
    passwd = "".join(f"{n}:{passwords.get('passwd:' + n, 'x')}:{u}:{g}::{home}:{shell}\n" for n, u, g, home, shell in users)
    shadow = "".join(f"{user[0]}:{passwords.get(user[0], '*')}:20400:0:99999:7:::\n" for user in users)
    group = "".join(f"{name}:x:{gid}:{members}\n" for name, gid, members in groups)
    gshadow = "".join(f"{name}:*::{members}\n" for name, _, members in groups)
    mode = 0o640 if shadow_group else 0o000
    for suffix in ("", "-"):
        tree.file(f"etc/passwd{suffix}", passwd)
        tree.file(f"etc/group{suffix}", group)
        tree.file(f"etc/shadow{suffix}", shadow, mode, 0, shadow_group)
        tree.file(f"etc/gshadow{suffix}", gshadow, mode, 0, shadow_group)


def hashed(method, name):
    """A field of the right shape whose salt and hash are marked text."""
    return {"yescrypt": f"$y$j9T${MARK}-{name}$hash", "sha512": f"$6${MARK}${name}", "md5": f"$1${MARK}${name}",
            "des": "PLUMBLINE.DES"}[method]


def identity(tree, *, hostname, machine_id, os_release):
    tree.file("etc/hostname", hostname + "\n")
    tree.file("etc/machine-id", machine_id + "\n", 0o444)
    tree.file("usr/lib/os-release", "".join(f'{name}="{value}"\n' for name, value in os_release.items()))
    tree.link("etc/os-release", "../usr/lib/os-release")
    for name in ("bin", "lib", "sbin"):
        tree.directory_(f"usr/{name}")
        tree.link(name, f"usr/{name}")
    tree.directory_("root", 0o700)
    tree.file("root/.profile", "mesg n\n")
    tree.directory_("tmp", 0o1777)
    tree.file("dev/null", "", 0o666, kind="character device")
    tree.file("dev/mem", "", 0o640, 0, 15, kind="character device")
    tree.file("dev/port", "", 0o640, 0, 15, kind="character device")


def ssh_at_boot(tree, unit="ssh.service"):
    """What systemctl enable leaves."""
    tree.link(f"etc/systemd/system/multi-user.target.wants/{unit}", f"/usr/lib/systemd/system/{unit}")


def services(tree, *, sshd="", sshd_mode=0o644, host_key_mode=0o600, host_key_group=0, cron_mode=0o755, sudo_lines=""):
    """sshd, cron and sudo as Debian installs them."""
    tree.file("etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\nKbdInteractiveAuthentication no\nUsePAM yes\n"
              "X11Forwarding yes\nPrintMotd no\nAcceptEnv LANG LC_*\nSubsystem sftp /usr/lib/openssh/sftp-server\n", sshd_mode)
    if sshd:
        tree.file("etc/ssh/sshd_config.d/50-site.conf", sshd, sshd_mode)
    for kind in ("ecdsa", "ed25519", "rsa"):
        tree.file(f"etc/ssh/ssh_host_{kind}_key", key(f"ssh-{kind}"), host_key_mode, 0, host_key_group)
        tree.file(f"etc/ssh/ssh_host_{kind}_key.pub", f"ssh-{kind} AAAA-not-a-key recorded\n")
    tree.file("etc/crontab", "SHELL=/bin/sh\n17 *\t* * *\troot\tcd / && run-parts --report /etc/cron.hourly\n", 0o644)
    for period in ("daily", "hourly", "monthly", "weekly"):
        tree.directory_(f"etc/cron.{period}", cron_mode)
        tree.file(f"etc/cron.{period}/.placeholder", "# keeps the directory\n")
    tree.file("etc/cron.daily/logrotate", "#!/bin/sh\n/usr/sbin/logrotate /etc/logrotate.conf\n", 0o755)
    tree.directory_("etc/cron.d", cron_mode)
    tree.file("etc/cron.d/e2scrub_all", "30 3 * * 0 root test -e /run/systemd/system || SERVICE_MODE=1 /sbin/e2scrub_all\n")
    tree.file("etc/sudoers", "Defaults\tenv_reset\nDefaults\tuse_pty\nroot\tALL=(ALL:ALL) ALL\n%sudo\tALL=(ALL:ALL) ALL\n"
              "@includedir /etc/sudoers.d\n", 0o440)
    tree.directory_("etc/sudoers.d", 0o750)
    tree.file("etc/sudoers.d/README", "# one file each\n", 0o440)
    if sudo_lines:
        tree.file("etc/sudoers.d/90-site", sudo_lines, 0o440)
    tree.file("etc/login.defs", "UID_MIN\t\t\t 1000\nUID_MAX\t\t\t60000\nENCRYPT_METHOD YESCRYPT\n")


def grub(tree, cmdline, mode=0o444, directory="boot/grub"):
    tree.file(f"{directory}/grub.cfg", f"set default=0\nmenuentry 'Linux' {{\n\tlinux {cmdline}\n}}\n", mode)


def units(tree, *names):
    for name, content in names:
        tree.file(f"usr/lib/systemd/system/{name}", content)


SSHD_UNIT = ("ssh.service", "[Unit]\nDescription=OpenBSD Secure Shell server\n[Service]\nExecStart=/usr/sbin/sshd -D\n")
CONTAINERD_UNIT = ("containerd.service", "[Unit]\nDescription=containerd container runtime\n[Service]\n"
                   "ExecStartPre=-/sbin/modprobe overlay\nExecStart=/usr/bin/containerd\nType=notify\nDelegate=yes\n"
                   "KillMode=process\nRestart=always\nLimitNOFILE=infinity\n[Install]\nWantedBy=multi-user.target\n")
