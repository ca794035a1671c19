import Facts
import Host
import SystemPackage

/// How software comes to the host: whether signatures are asked for, and whether updates arrive without anyone.
struct PackagesCollector: Collector {
  let name = "packages"

  static let subject = Subject(
    "packages", "The package managers' settings and what their files say of updates.", isSingleton: true,
    facts: [
      .init("managers", .list, "Package managers that are on the host."),
      .init(
        "apt.unsignedSources", .list,
        "Sources that apt takes packages from without a signature, by their addresses."),
      .init(
        "apt.allowUnauthenticated", .flag,
        "Whether apt's settings let packages or sources go without a signature."),
      .init(
        "rpm.gpgcheck", .flag, "Whether dnf asks for signed packages unless a repository says otherwise."),
      .init(
        "rpm.unsignedRepositories", .list, "Enabled repositories whose own settings ask for no signature."),
      .init(
        "updates.automatic", .list, "What installs updates, or restarts nodes into them, without anyone."),
      .init(
        "reboot.required", .flag, "Whether an installed update waits for a reboot, where the system says so."),
    ])

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.subject)
    entity["managers"] = installedFact(
      ["apt-get", "dnf", "microdnf", "pacman", "tdnf", "yum", "zypper", "apk"], host.root)
    let settings = Self.aptSettings(host.root)
    Self.addAptSources(host.root, to: &entity)
    entity["apt.allowUnauthenticated"] = Self.allowsUnauthenticated(settings)
    Self.addRPM(host.root, to: &entity)
    entity["updates.automatic"] = Self.automatic(settings, host)
    entity["reboot.required"] = Self.reboot(host.root)
    record.add(entity)
  }

  private static func addAptSources(_ root: borrowing HostRoot, to entity: inout Entity) {
    var (lists, records) = (FileSet(), FileSet())
    lists.add("etc/apt/sources.list", root)
    lists.addDropIns(["etc/apt/sources.list.d"], ending: ".list", root)
    records.addDropIns(["etc/apt/sources.list.d"], ending: ".sources", root)
    if let failure = lists.failure ?? records.failure {
      entity["apt.unsignedSources"] = .failed(failure)
      return
    }
    let files = lists.files + records.files
    let sources =
      lists.files.flatMap { AptSource.lines(parsing: $0.bytes) }
      + records.files.flatMap { AptSource.records(parsing: $0.bytes) }
    // An address may hold a password: `https://user:password@host`.
    let unsigned = sources.filter(\.isTrustedUnsigned).map { withoutPassword($0.uri) }
    entity["apt.unsignedSources"] =
      files.isEmpty
      ? .absent([.file("/etc/apt/sources.list"), .inode("/etc/apt/sources.list.d")])
      : .observed(.texts(Set(unsigned).sorted()), files.prefix(5).map { $0.source() })
  }

  static func withoutPassword(_ uri: String) -> String {
    guard let scheme = uri.firstRange(of: "//"),
      let at = uri[scheme.upperBound...].prefix(while: { $0 != "/" }).lastIndex(of: "@")
    else { return uri }
    return uri[..<scheme.upperBound] + "…" + uri[at...]
  }

  private static func aptSettings(_ root: borrowing HostRoot) -> FileSet {
    var set = FileSet()
    for name in set.names(in: "etc/apt/apt.conf.d", ending: "", root) where !name.string.contains("~") {
      set.add(FilePath("etc/apt/apt.conf.d").appending(name), root)
    }
    set.add("etc/apt/apt.conf", root)
    return set
  }

  /// apt.conf(5), the flat form in which these are written everywhere: `APT::Get::AllowUnauthenticated "true";`.
  private static func value(_ key: String, _ set: FileSet) -> (value: String, source: Source)? {
    var found: (String, Source)?
    for file in set.files {
      for (index, line) in file.bytes.lines.enumerated() {
        let text = printable(line.trimmed, atMost: 1024)
        guard !text.hasPrefix("//"), !text.hasPrefix("#") else { continue }
        let words = text.split { $0 == " " || $0 == "\t" || $0 == "\"" || $0 == ";" }
        guard words.count >= 2, words[0].lowercased() == key.lowercased() else { continue }
        found = (words[1].lowercased(), file.source(index + 1, key: key))
      }
    }
    return found
  }

  private static let truths: Set<String> = ["true", "yes", "1", "on", "with", "enable"]

  private static func allowsUnauthenticated(_ set: FileSet) -> Fact {
    if let failure = set.failure { return .failed(failure) }
    if set.files.isEmpty { return .absent([.inode("/etc/apt/apt.conf.d")]) }
    for key in [
      "APT::Get::AllowUnauthenticated", "Acquire::AllowInsecureRepositories",
      "Acquire::AllowDowngradeToInsecureRepositories",
    ] {
      if let (text, source) = value(key, set), truths.contains(text) { return .observed(.flag(true), source) }
    }
    return .observed(.flag(false), set.files.prefix(3).map { $0.source() })
  }

  /// dnf.conf(5): [main] for all, a section of a .repo file for one.
  private static func addRPM(_ root: borrowing HostRoot, to entity: inout Entity) {
    var main = FileSet()
    for path: FilePath in ["etc/dnf/dnf.conf", "etc/yum.conf", "etc/tdnf/tdnf.conf"]
    where main.add(path, root) { break }
    var repositories = FileSet()
    repositories.addDropIns(["etc/yum.repos.d"], ending: ".repo", root)
    if let failure = main.failure ?? repositories.failure {
      entity["rpm.gpgcheck"] = .failed(failure)
      entity["rpm.unsignedRepositories"] = .failed(failure)
      return
    }
    entity["rpm.gpgcheck"] = main.absence("gpgcheck")
    for file in main.files {
      for setting in SystemdUnit(parsing: file.bytes).settings
      where setting.section == "main" && setting.key == "gpgcheck" {
        entity["rpm.gpgcheck"] = .observed(
          .flag(truths.contains(setting.value.lowercased())), file.source(setting.line, key: "gpgcheck"))
      }
    }
    var unsigned: [String] = []
    for file in repositories.files {
      let sections = Dictionary(grouping: SystemdUnit(parsing: file.bytes).settings, by: \.section)
      for (name, settings) in sections {
        func says(_ key: String) -> Bool? {
          settings.last { $0.key == key }.map { truths.contains($0.value.lowercased()) }
        }
        if says("enabled") ?? true, says("gpgcheck") == false {
          unsigned.append(printable(Array(name.utf8), atMost: 100))
        }
      }
    }
    entity["rpm.unsignedRepositories"] =
      repositories.files.isEmpty
      ? .absent(.inode("/etc/yum.repos.d"))
      : .observed(.texts(unsigned.sorted()), repositories.files.prefix(5).map { $0.source() })
  }

  /// apt's Unattended-Upgrade, dnf-automatic's timer, an image's own updater, kured and its like.
  private static func automatic(_ set: FileSet, _ host: borrowing HostView) -> Fact {
    if let failure = set.failure { return .failed(failure) }
    var found: [String] = []
    var sources: [Source] = []
    if let (text, source) = value("APT::Periodic::Unattended-Upgrade", set), text != "0", text != "false" {
      found.append("unattended-upgrades")
      sources.append(source)
    }
    for timer in ["dnf-automatic", "dnf-automatic-install", "dnf5-automatic", "tdnf-automatic"] {
      let path = FilePath("etc/systemd/system/timers.target.wants/\(timer).timer")
      do throws(HostError) {
        _ = try host.root.linkStatus(path)
        found.append(timer)
        sources.append(.inode(place(path)))
      } catch {
        if error.reason != .absent { return .failed(error) }
      }
    }
    let running = runningFact(
      [
        "kured", "update_engine", "zincati", "locksmithd", "machine-config-daemon",
        "system-upgrade-controller", "brupop-agent",
      ], host)
    guard case .observed(.list(let names), let places) = running else {
      return found.isEmpty ? running : .observed(.texts(found.sorted()), sources)
    }
    for case .text(let name) in names { found.append(name) }
    return .observed(.texts(found.sorted()), sources + (names.isEmpty && !sources.isEmpty ? [] : places))
  }

  /// Debian's and Ubuntu's update-notifier and unattended-upgrades leave the file.
  private static func reboot(_ root: borrowing HostRoot) -> Fact { root.existsFact("run/reboot-required") }
}
