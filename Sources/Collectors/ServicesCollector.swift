import Facts
import Host
import SystemPackage

/// What a host's own services keep and do: its journal, core dumps, clock, and who may leave jobs.
struct ServicesCollector: Collector {
  let name = "services"

  static let subject = Subject(
    "services",
    "The journal, core dumps, the clock and scheduled jobs, as their files say and their programs run.",
    isSingleton: true,
    facts: [
      .init("journald.running", .flag, "Whether the journal's daemon runs."),
      .init(
        "journald.Storage", .text, "Where the journal is kept.",
        values: ["volatile", "persistent", "auto", "none"]),
      .init("journald.directory", .flag, "Whether /var/log/journal is there, which makes `auto` persistent."),
      .init("journald.Compress", .flag, "Whether large entries are compressed."),
      .init("journald.ForwardToSyslog", .flag, "Whether entries are handed on to a syslog daemon."),
      .init(
        "shippers.running", .list,
        "Programs that run and take logs off the host or to files: rsyslogd, fluent-bit and others."),
      .init(
        "coredump.Storage", .text, "Where systemd-coredump keeps dumps.",
        values: ["none", "external", "journal"]),
      .init(
        "coredump.ProcessSizeMax", .text, "The largest process whose dump is taken, as written; 0 for none."),
      .init(
        "coredump.limited", .flag, "Whether limits.conf(5) has a hard limit of 0 on core files for everyone."),
      .init("time.running", .list, "Programs that run and keep the clock right."),
      .init("time.servers", .list, "The servers, pools and clocks that their configuration names."),
      .init(
        "time.synchronized", .flag,
        "Whether the clock is in step with a server: the kernel's own word, or systemd-timesyncd's."),
      .init("cron.running", .list, "Programs that run and start scheduled jobs."),
      .init(
        "cron.restricted", .flag,
        "Whether only listed users leave cron jobs: cron.allow is there, and cron.deny is not."),
      .init("at.installed", .flag, "Whether at(1) is there."),
      .init(
        "at.restricted", .flag,
        "Whether only listed users leave at jobs: at.allow is there, and at.deny is not."),
      .init(
        "integrity.installed", .list,
        "Programs that find changed files: AIDE, Tripwire, Samhain, osquery, Wazuh."),
    ])

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.subject)
    Self.addJournal(host, to: &entity)
    Self.addCoreDumps(host.root, to: &entity)
    entity["time.running"] = runningFact(
      [
        "chronyd", "ntpd", "ntpd-rs", "ntp-daemon", "openntpd", "systemd-timesyncd", "systemd-timesyn",
        "timemaster", "ptp4l",
      ], host)
    entity["time.servers"] = Self.timeServers(host.root)
    entity["time.synchronized"] = Self.synchronized(entity["time.running"], host.root)
    entity["cron.running"] = runningFact(["cron", "crond", "cronie", "fcron", "anacron"], host)
    entity["cron.restricted"] = Self.restricted("cron", host.root)
    entity["at.installed"] = installedFact(["at"], host.root).map { .flag($0 != .list([])) }
    entity["at.restricted"] = Self.restricted("at", host.root)
    entity["integrity.installed"] = installedFact(
      ["aide", "tripwire", "samhain", "osqueryd", "afick", "wazuh-agentd"], host.root)
    record.add(entity)
  }

  private static func addJournal(_ host: borrowing HostView, to entity: inout Entity) {
    let settings = SystemdSettings("journald.conf", section: "Journal", host.root)
    entity["journald.running"] = runningFact(["systemd-journald", "systemd-journal"], host).map {
      .flag($0 != .list([]))
    }
    entity["journald.Storage"] = settings.fact("Storage") { text in
      ["volatile", "persistent", "auto", "none"].contains(text.lowercased()) ? .text(text.lowercased()) : nil
    }
    entity["journald.directory"] = host.root.existsFact("var/log/journal")
    // A size is allowed too, and means yes.
    entity["journald.Compress"] = settings.fact("Compress") { SystemdSettings.flag($0) ?? .flag(true) }
    entity["journald.ForwardToSyslog"] = settings.fact("ForwardToSyslog", SystemdSettings.flag)
    entity["shippers.running"] = runningFact(
      [
        "rsyslogd", "syslog-ng", "syslogd", "fluent-bit", "fluentd", "filebeat", "promtail", "alloy",
        "vector", "journalbeat",
        "systemd-journal-upload", "otelcol", "otelcol-contrib", "splunkd", "amazon-cloudwatch-agent",
      ], host)
  }

  private static func addCoreDumps(_ root: borrowing HostRoot, to entity: inout Entity) {
    let settings = SystemdSettings("coredump.conf", section: "Coredump", root)
    entity["coredump.Storage"] = settings.fact("Storage") { text in
      ["none", "external", "journal"].contains(text.lowercased()) ? .text(text.lowercased()) : nil
    }
    entity["coredump.ProcessSizeMax"] = settings.fact("ProcessSizeMax")
    var set = FileSet()
    set.add("etc/security/limits.conf", root)
    set.addDropIns(["etc/security/limits.d"], ending: ".conf", root)
    if let failure = set.failure {
      entity["coredump.limited"] = .failed(failure)
      return
    }
    var found: Fact = .observed(
      .flag(false), set.places.isEmpty ? [.file("/etc/security/limits.conf")] : set.places)
    for file in set.files {
      for (index, line) in file.bytes.lines.enumerated() {
        let words = printable(line, atMost: 4096).prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
        // `-` is both limits; the last line about something counts.
        guard words.count >= 4, words[0] == "*", words[2] == "core", words[1] == "hard" || words[1] == "-"
        else { continue }
        found = .observed(.flag(words[3] == "0"), file.source(index + 1))
      }
    }
    entity["coredump.limited"] = found
  }

  /// `server`, `pool`, `peer` and `refclock` of chrony.conf(5) and ntp.conf(5), with their drop-ins and source files, and
  /// timesyncd.conf(5)'s NTP= and FallbackNTP=.
  private static func timeServers(_ root: borrowing HostRoot) -> Fact {
    var set = FileSet()
    for path: FilePath in [
      "etc/chrony/chrony.conf", "etc/chrony.conf", "etc/ntp.conf", "etc/ntpsec/ntp.conf",
    ] { set.add(path, root) }
    set.addDropIns(["etc/chrony/conf.d", "etc/chrony.d"], ending: ".conf", root)
    set.addDropIns(["etc/chrony/sources.d", "run/chrony-dhcp"], ending: ".sources", root)
    if let failure = set.failure { return .failed(failure) }
    var servers: [String] = []
    var sources: [Source] = []
    for file in set.files {
      for (index, line) in file.bytes.lines.enumerated() {
        let words = printable(line, atMost: 4096).split { $0 == " " || $0 == "\t" }.map(String.init)
        guard words.count >= 2, ["server", "pool", "peer", "refclock"].contains(words[0].lowercased()) else {
          continue
        }
        servers.append(words[0] == "refclock" ? words[1...].prefix(2).joined(separator: " ") : words[1])
        sources.append(file.source(index + 1))
      }
    }
    let settings = SystemdSettings("timesyncd.conf", section: "Time", root)
    for key in ["NTP", "FallbackNTP"] {
      let fact = settings.fact(key)
      if case .observed(.text(let text), let places) = fact {
        servers += text.split { $0 == " " || $0 == "\t" }.map(String.init)
        sources += places
      } else if case .unreadable = fact {
        return fact
      }
    }
    if servers.isEmpty {
      return .absent([.file("/etc/chrony/chrony.conf"), .file("/etc/systemd/timesyncd.conf")])
    }
    return .observed(.texts(servers.prefix(20)), Array(sources.prefix(5)))
  }

  /// adjtimex(2) tells of the kernel that runs whatever program keeps its clock; systemd-timesyncd(8) leaves a file when it is in
  /// step, in a directory that ends with the service.
  private static func synchronized(_ programs: Fact?, _ root: borrowing HostRoot) -> Fact {
    let stamp = root.existsFact("run/systemd/timesync/synchronized")
    if stamp.value == .flag(true) { return stamp }
    let source = Source.systemCall("adjtimex(2)")
    if root.isRunning {
      switch clockIsSynchronized() {
      case .answer(let answer): return .observed(.flag(answer), source)
      case .refused: return .unreadable(.denied, detail: "the system call is refused", source)
      case .noSystemCall, .disabled:
        return .unreadable(.unsupported, detail: "a filter hides the system call", source)
      case .failed(let code): return .unreadable(.io, detail: "errno \(code)", source)
      }
    }
    // Of a tree only timesyncd's file tells, where no other program keeps the clock.
    if case .observed(.list(let names), _) = programs, !names.isEmpty,
      names.allSatisfy({ $0.description.hasPrefix("systemd-timesyn") })
    {
      return stamp
    }
    return .unreadable(.needsRunningHost, detail: "only a running kernel tells it", source)
  }

  /// crontab(1), at(1): with an allow file only those in it; the deny file is then not looked at, but says that somebody relied
  /// on it.
  private static func restricted(_ program: String, _ root: borrowing HostRoot) -> Fact {
    let (allow, deny) = (
      root.existsFact(FilePath("etc/\(program).allow")), root.existsFact(FilePath("etc/\(program).deny"))
    )
    switch (allow, deny) {
    case (.unreadable, _): return allow
    case (_, .unreadable): return deny
    default:
      return .observed(
        .flag(allow.value == .flag(true) && deny.value == .flag(false)), allow.sources + deny.sources)
    }
  }
}
