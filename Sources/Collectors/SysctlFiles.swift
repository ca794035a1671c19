import Facts
import Host
import SystemPackage

/// What the host's files ask of sysctls at boot, and where the running kernel has something else; sysctl.d(5),
/// systemd-sysctl.service(8), sysctl.conf(5).
struct SysctlFiles {
  static let subject = Subject(
    "sysctl-files", "The files that set sysctls at boot, held against what the kernel has now.",
    isSingleton: true,
    facts: [
      .init("files", .list, "The files that count, in the order in which they are applied."),
      .init("set", .number, "How many of the sysctls that are read here they set."),
      .init(
        "differing", .list,
        "Those of them that the kernel has otherwise, as `NAME: file VALUE, now VALUE`: changed since, or by a later program."
      ),
    ])

  /// One line: a path beneath /proc/sys, which may be a pattern, with its value. Nil for `-path`, which takes a path from patterns.
  struct Assignment: Hashable {
    let path: String
    let value: String?
    let source: Source

    var isPattern: Bool { path.contains("*") || path.contains("?") || path.contains("[") }
  }

  private(set) var set = FileSet()
  private var exact: [String: Assignment] = [:]
  private var patterns: [Assignment] = []
  private var excluded: Set<String> = []

  /// The first of two directories hides the files of the same name in the later ones.
  private static let directories: [FilePath] = [
    "etc/sysctl.d", "run/sysctl.d", "usr/local/lib/sysctl.d", "usr/lib/sysctl.d",
  ]

  init(_ root: borrowing HostRoot) {
    // Where /lib is not /usr/lib.
    let isMerged = root.presence("lib") != .success(true) || (try? root.linkStatus("lib").type) == .symlink
    set.addDropIns(Self.directories + (isMerged ? [] : ["lib/sysctl.d"]), ending: ".conf", root)
    // systemd reads the old file only where a drop-in is a link to it; sysctl(8) --system reads it last.
    if root.presence("usr/lib/systemd/systemd-sysctl") != .success(true),
      root.presence("lib/systemd/systemd-sysctl") != .success(true)
    {
      set.add("etc/sysctl.conf", root)
    }
    for file in set.files {
      for assignment in Self.assignments(file) { take(assignment) }
    }
  }

  private mutating func take(_ assignment: Assignment) {
    if assignment.value == nil {
      excluded.insert(assignment.path)
    } else if assignment.isPattern {
      patterns.append(assignment)
    } else {
      exact[assignment.path] = assignment
    }
  }

  /// `name = value`, `-name = value` whose failing is no error, `-name` alone; `#` and `;` begin comments at a line's start.
  static func assignments(_ file: PlacedFile) -> [Assignment] {
    file.bytes.lines.enumerated().compactMap { index, line in
      var text = line.trimmed
      guard let first = text.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { return nil }
      let isOptional = first == UInt8(ascii: "-")
      if isOptional { text = text.dropFirst() }
      let source = file.source(index + 1)
      guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else {
        return isOptional ? Assignment(path: path(text.trimmed), value: nil, source: source) : nil
      }
      let value = printable(text[(equals + 1)...].trimmed, atMost: 4096)
      return Assignment(path: path(text[..<equals].trimmed), value: columns(value), source: source)
    }
  }

  /// The name as a path: where a slash is the first of both separators the name is a path already, and its dots are dots; else
  /// dots part and slashes stand for dots, as in an interface's name.
  static func path(_ name: some BidirectionalCollection<UInt8>) -> String {
    let (dot, slash) = (UInt8(ascii: "."), UInt8(ascii: "/"))
    var bytes = Array(name)
    if bytes.first(where: { $0 == dot || $0 == slash }) == dot {
      bytes = bytes.map { $0 == dot ? slash : $0 == slash ? dot : $0 }
    }
    return printable(bytes, atMost: 512)
  }

  /// Several numbers are parted by spaces or tabs, as many as one likes.
  private static func columns(_ text: String) -> String {
    text.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
  }

  /// What the files say of one sysctl: a line of its own over any pattern, the last of each.
  func assignment(of path: String) -> Assignment? {
    if let own = exact[path] { return own }
    guard !excluded.contains(path) else { return nil }
    return patterns.last { Self.matches($0.path, path) }
  }

  /// glob(7) of each part; a set in brackets is not read, and matches nothing here.
  private static func matches(_ pattern: String, _ path: String) -> Bool {
    let (patterns, parts) = (pattern.split(separator: "/"), path.split(separator: "/"))
    return patterns.count == parts.count
      && zip(patterns, parts).allSatisfy { glob(Array($0.utf8), Array($1.utf8)) }
  }

  /// - Parameter live: What the kernel has, by the sysctls' names.
  func entity(_ live: Entity) -> Entity {
    var entity = Entity(Self.subject)
    if let failure = set.failure {
      for fact in Self.subject.facts { entity[fact.name] = .failed(failure) }
      return entity
    }
    guard !set.files.isEmpty else {
      for fact in Self.subject.facts {
        entity[fact.name] = .absent(Self.directories.map { .inode(place($0)) })
      }
      return entity
    }
    var (differing, sources, count): ([String], [Source], Int64) = ([], [], 0)
    var unseen: Fact?
    for sysctl in Sysctl.table {
      guard let assignment = assignment(of: sysctl.path), let wanted = assignment.value else { continue }
      count += 1
      if let fact = live[sysctl.name], case .unreadable = fact { unseen = unseen ?? fact }
      guard let now = live[sysctl.name]?.value.map({ Self.columns($0.description) }), now != wanted,
        now.utf8.decimal == nil || now.utf8.decimal != wanted.utf8.decimal
      else { continue }
      differing.append("\(sysctl.name): file \(wanted), now \(now)")
      sources.append(assignment.source)
    }
    let places = Array(set.files.prefix(3).map { $0.source() })
    entity["files"] = .observed(.texts(set.files.map { place($0.path) }), places)
    entity["set"] = .observed(.number(count), places)
    // One that differs is certain whatever could not be read; that none does is not.
    let answer = Fact.observed(.texts(differing.sorted()), sources.isEmpty ? places : sources)
    entity["differing"] = differing.isEmpty ? unseen ?? answer : answer
    return entity
  }
}
