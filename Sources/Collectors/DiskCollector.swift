import Facts
import Host
import SystemPackage

/// Files whose mode lends rights or lets anyone write, in the system's own directories.
struct DiskCollector: Collector {
  let name = "disk"

  static let subject = Subject(
    "disk",
    "Files with remarkable modes or owners in the system's own directories: /etc, /opt, /root, /srv, and of /usr where programs and "
      + "configuration are. Other filesystems, containers' files and pseudo filesystems are left out.",
    isSingleton: true,
    facts: [
      .init("setuid", .list, "Programs that run as their owner or group, whoever starts them."),
      .init("setuid.unknown", .list, "Those that no distribution is known to install."),
      .init("setuid.writable", .list, "Those that others than their owner may write to."),
      .init("worldWritable.files", .list, "Files that everyone may write to."),
      .init(
        "worldWritable.directories", .list,
        "Directories that everyone may write to and whose files everyone may remove: no sticky bit."),
      .init("unowned", .list, "Files and directories whose owner or group has no name."),
    ])

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var search = DiskSearch()
    search.run(host, into: &record)
    let source = Source.inode("/usr")
    var entity = Entity(Self.subject)
    func state(_ name: String, _ found: [String]) {
      entity[name] =
        search.failure.flatMap { found.isEmpty ? $0 : nil }
        ?? .observed(
          .texts(found.sorted().prefix(50)),
          found.isEmpty ? [source] : found.sorted().prefix(5).map { .inode($0) })
    }
    state("setuid", search.setuid)
    state("setuid.unknown", search.setuid.filter { !KnownPrograms.contains($0) })
    state("setuid.writable", search.writableSetuid)
    state("worldWritable.files", search.writableFiles)
    state("worldWritable.directories", search.writableDirectories)
    if let error = host.accountsError, !search.unowned.isEmpty {
      entity["unowned"] = .failed(error)
    } else {
      state("unowned", search.unowned)
    }
    record.add(entity)
  }
}

/// One bounded walk. A directory is listed once and each of its files looked at once; links are not followed.
private struct DiskSearch {
  private(set) var setuid: [String] = []
  private(set) var writableSetuid: [String] = []
  private(set) var writableFiles: [String] = []
  private(set) var writableDirectories: [String] = []
  private(set) var unowned: [String] = []
  /// Why something may be missing.
  private(set) var failure: Fact?
  private var names = 0
  private var seen: Set<UInt64> = []

  /// Directories and how deep: programs are near the top, and /usr/share's hundred thousand files are no one's to run.
  private static let places: [(path: FilePath, depth: Int)] = [
    ("usr/bin", 1), ("usr/sbin", 1), ("usr/libexec", 3), ("usr/lib", 2), ("usr/local", 3), ("bin", 0),
    ("sbin", 0), ("etc", 4),
    ("opt", 3), ("root", 2), ("srv", 2),
  ]
  /// Several times what a full distribution has there.
  private static let mostNames = 20_000
  /// Where usr/lib has many files and no programs.
  private static let passed: Set<String> = [
    "modules", "firmware", "python3", "locale", "x86_64-linux-gnu", "aarch64-linux-gnu", "debug",
    "containers",
  ]

  mutating func run(_ host: borrowing HostView, into record: inout Recorder) {
    for (path, depth) in Self.places {
      guard walk(path, depth, host) else {
        record.problem(.tooLarge, place(path), "more than \(Self.mostNames) names, the rest is not looked at")
        failure = .unreadable(.tooLarge, detail: "more than \(Self.mostNames) names", .inode(place(path)))
        return
      }
    }
    if case .unreadable(let obstacle, let detail, let source) = failure {
      record.problem(obstacle, source.place, detail)
    }
  }

  /// - Returns: False where the bound was met.
  private mutating func walk(_ directory: FilePath, _ depth: Int, _ host: borrowing HostView) -> Bool {
    do throws(HostError) {
      let status = try host.root.linkStatus(directory)
      guard status.type == .directory, seen.insert(status.inode ^ status.device << 40).inserted else {
        return true
      }
      note(status, directory, host)
      let entries = try host.root.entries(in: directory)
      names += entries.count
      guard names <= Self.mostNames else { return false }
      let files = entries.filter { $0.type == nil || $0.type == .file }.map(\.name)
      for (name, status) in try host.root.linkStatuses(of: files, in: directory) where status.type == .file {
        note(status, directory.appending(name), host)
      }
      guard depth > 0 else { return true }
      for entry in entries
      where entry.type == .directory && !Self.passed.contains(entry.name.string) {
        guard walk(directory.appending(entry.name), depth - 1, host) else { return false }
      }
    } catch {
      if error.reason != .absent { failure = failure ?? .failed(error) }
    }
    return true
  }

  private mutating func note(_ status: FileStatus, _ path: FilePath, _ host: borrowing HostView) {
    let isLoose = status.mode & 0o002 != 0
    if status.type == .file, status.mode & 0o6000 != 0, status.mode & 0o111 != 0 {
      setuid.append(place(path))
      if status.mode & 0o022 != 0 { writableSetuid.append(place(path)) }
    } else if isLoose, status.type == .file {
      writableFiles.append(place(path))
    }
    if isLoose, status.type == .directory, status.mode & 0o1000 == 0 {
      writableDirectories.append(place(path))
    }
    if !host.accounts.hasUser(status.owner) || !host.accounts.hasGroup(status.group) {
      unowned.append(place(path))
    }
  }
}

/// Programs with these bits that the packages of Debian, Ubuntu, Fedora, RHEL, SUSE, Amazon Linux and Azure Linux bring.
private enum KnownPrograms {
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
