import SystemPackage

/// Programs with these bits that the packages of Debian, Ubuntu, Fedora, RHEL, SUSE, Amazon Linux and Azure Linux bring.
enum KnownPrograms {
  static func contains(_ path: String) -> Bool {
    guard let name = FilePath(path).lastComponent?.string else { return false }
    return ["/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/libexec/", "/bin/", "/sbin/"].contains {
      path.hasPrefix($0)
    }
      && names.contains(name)
  }

  private static let names: Set<String> = [
    "chage", "chfn", "chsh", "crontab", "expiry", "gpasswd", "newgrp", "passwd", "su", "sudo", "sudoedit",
    "mount", "umount",
    "fusermount", "fusermount3", "newuidmap", "newgidmap", "unix_chkpwd", "pam_timestamp_check",
    "pam_extrausers_chkpwd", "pkexec",
    "polkit-agent-helper-1", "dbus-daemon-launch-helper", "ssh-agent", "ssh-keysign", "wall", "write",
    "write.ul", "bsd-write", "at", "dotlockfile",
    "mount.nfs", "mount.cifs", "ntfs-3g", "staprun", "userhelper", "usernetctl", "utempter",
    "grub2-set-bootflag", "postdrop", "postqueue",
    "snap-confine", "locate", "plocate", "mlocate", "ksu", "sg", "vmware-user-suid-wrapper", "netreport",
    "lockdev", "screen", "ping",
    "ping6", "traceroute6.iputils", "arping", "clockdiff", "sssd_pam", "ldap_child", "krb5_child",
    "proxy_child", "selinux_child",
    "p11_child", "cgexec", "chkpwd", "unix2_chkpwd", "zypp-plugin", "exim4", "maildirmake", "mail-lock",
    "mail-unlock", "mail-touchlock",
    "Xorg.wrap", "camel-lock-helper-1.2", "doas", "sendmail.sendmail", "ssh-keysign", "cockpit-session",
    "abrt-action-install-debuginfo-to-abrt-cache",
  ]
}
