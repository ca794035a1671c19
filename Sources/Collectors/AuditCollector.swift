import Facts
import Host
import SystemPackage

/// The kernel's audit trail: who takes it, how it is kept, and what it is asked to record; auditd.conf(5), audit.rules(7).
struct AuditCollector: Collector {
  let name = "audit"

  /// What a node's owner wants to know the changing of, by the paths that a rule has to name.
  private static let watched = [
    "/etc/kubernetes", "/var/lib/kubelet", "/etc/containerd", "/usr/bin/kubelet", "/usr/bin/containerd",
    "/usr/bin/runc",
    "/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/sudoers", "/etc/ssh/sshd_config",
  ]
  private static let calls = [
    "init_module", "finit_module", "delete_module", "mount", "bpf", "ptrace", "setxattr", "execve",
  ]

  static let subject = Subject(
    "audit", "The audit daemon, its configuration, and the rules that are loaded at boot.", isSingleton: true,
    facts: [
      .init("running", .list, "Programs that run and take the kernel's audit messages."),
      .init("rules.files", .list, "The files that rules are loaded from."),
      .init(
        "rules.paths", .list, "Which of the paths that matter to a node a rule watches.", values: watched),
      .init(
        "rules.calls", .list,
        "Which of the system calls that change the kernel or take over others a rule records.", values: calls),
      .init(
        "rules.immutable", .flag, "Whether the last word of the rules (-e 2) locks them until the next boot."),
      .init("max_log_file_action", .text, "What happens when a log is full, in lower case."),
      .init("space_left_action", .text, "What happens when the disk gets full, in lower case."),
      .init("disk_full_action", .text, "What happens when the disk is full, in lower case."),
    ])

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.subject)
    entity["running"] = runningFact(["auditd", "auditbeat", "go-audit", "osqueryd"], host)
    Self.addRules(host.root, to: &entity)
    Self.addConfiguration(host.root, to: &entity)
    record.add(entity)
  }

  /// augenrules(8) makes audit.rules of rules.d at boot; where there is no such directory, or it is empty, the file itself counts.
  private static func addRules(_ root: borrowing HostRoot, to entity: inout Entity) {
    var set = FileSet()
    set.addDropIns(["etc/audit/rules.d"], ending: ".rules", root)
    if set.files.isEmpty, set.failure == nil { set.add("etc/audit/audit.rules", root) }
    let names = ["rules.files", "rules.paths", "rules.calls", "rules.immutable"]
    if set.failure != nil || set.files.isEmpty {
      for name in names {
        entity[name] = set.failure == nil ? .absent(.file("/etc/audit/rules.d")) : set.absence()
      }
      return
    }
    var paths: Set<String> = []
    var called: Set<String> = []
    var locked: (Bool, Source) = (false, set.files[0].source())
    for file in set.files {
      for (index, line) in file.bytes.lines.enumerated() {
        let words = printable(line, atMost: 4096).prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.map(
          String.init)
        guard let first = words.first else { continue }
        if first == "-D" {
          paths = []
          called = []
        }
        if first == "-e", words.count > 1 { locked = (words[1] == "2", file.source(index + 1)) }
        // A rule of the list `never` takes away, and does not record.
        if words.contains(where: { $0.contains("never") }) { continue }
        paths.formUnion(watchedPaths(words))
        called.formUnion(recordedCalls(words))
      }
    }
    let sources = set.files.prefix(5).map { $0.source() }
    entity["rules.files"] = .observed(.texts(set.files.map { place($0.path) }), Array(sources))
    entity["rules.paths"] = .observed(.texts(paths.sorted()), Array(sources))
    entity["rules.calls"] = .observed(.texts(called.sorted()), Array(sources))
    entity["rules.immutable"] = .observed(.flag(locked.0), locked.1)
  }

  /// `-w PATH`, `-F path=PATH`, `-F dir=PATH`: a directory watches all beneath it.
  private static func watchedPaths(_ words: [String]) -> [String] {
    var named: [String] = []
    for (index, word) in words.enumerated() {
      if word == "-w", index + 1 < words.count { named.append(words[index + 1]) }
      for key in ["path=", "dir="] where word.hasPrefix(key) {
        named.append(String(word.dropFirst(key.count)))
      }
    }
    let trimmed = named.map { $0.count > 1 && $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    return watched.filter { path in trimmed.contains { path == $0 || path.hasPrefix($0 + "/") } }
  }

  /// `-S call,call`, or `-S all`.
  private static func recordedCalls(_ words: [String]) -> [String] {
    let named = words.indices.filter { words[$0] == "-S" && $0 + 1 < words.count }.flatMap {
      words[$0 + 1].split(separator: ",").map(String.init)
    }
    return named.contains("all") ? calls : calls.filter { named.contains($0) }
  }

  /// `key = value`, any case.
  private static func addConfiguration(_ root: borrowing HostRoot, to entity: inout Entity) {
    let keys = ["max_log_file_action", "space_left_action", "disk_full_action"]
    let path: FilePath = "etc/audit/auditd.conf"
    let settings: [SystemdUnit.Setting]
    do throws(HostError) {
      settings = SystemdUnit(parsing: try root.bytes(path)).settings
    } catch {
      for key in keys { entity[key] = .failed(error) }
      return
    }
    for key in keys {
      let setting = settings.last { $0.key.lowercased() == key }
      entity[key] =
        setting.map {
          .observed(
            .text(printable(Array($0.value.lowercased().utf8), atMost: 100)),
            .file(place(path), line: $0.line, key: key))
        } ?? .absent(Source(.file, place(path), key: key))
    }
  }
}
