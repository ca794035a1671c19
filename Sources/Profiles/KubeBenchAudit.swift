/// What a control's audit command looks at, as far as facts answer the same.
enum KubeBenchAudit: Hashable {
  /// The command line of a component, by its subject.
  case commandLine(String)
  /// What a component's configuration file or manifest says.
  case content(String)
  case status(Status)

  struct Status: Hashable {
    var format: String
    var places: [Place]
    /// What is printed where the file isn't there.
    var otherwise: String?
  }

  enum Place: Hashable {
    /// `$kubeletconf`, without the dollar sign.
    case variable(String)
    case path(String)
    /// Files beneath a directory whose names end so.
    case beneath(String, ending: String)
  }
}

/// Recognises audit commands: pipelines over ps, journalctl, stat, find and cat, and the tests and loops around them.
struct KubeBenchAuditReader {
  /// kube-bench's names of the components, with the subject of each.
  static let components = [
    "apiserver": "kube-apiserver", "controllermanager": "kube-controller-manager",
    "scheduler": "kube-scheduler",
    "etcd": "etcd", "kubelet": "kubelet", "proxy": "kube-proxy",
  ]

  /// Words that a search may narrow by without changing what is found: the flags that the tests ask for.
  let flags: [String]

  func audit(_ text: String) throws(NeedsShell) -> KubeBenchAudit { try audit(try shellWords(text)[...]) }

  private func audit(_ words: ArraySlice<ShellWord>) throws(NeedsShell) -> KubeBenchAudit {
    let words = Self.trimmed(words)
    guard let first = words.first?.text else { throw NeedsShell(what: "no command that is known") }
    switch Self.name(first) {
    case "sh", "bash":
      guard words.count == 3, words.dropFirst().first == .word("-c"), let script = words.last?.text else {
        break
      }
      return try audit(script)
    case "if": return try conditional(words.dropFirst())
    case "for": return try loop(words.dropFirst())
    default: return try pipeline(words)
    }
    throw NeedsShell(what: "a script that is not one of the known forms")
  }

  /// `if test -e FILE; then COMMAND; else echo TEXT; fi`.
  private func conditional(_ words: ArraySlice<ShellWord>) throws(NeedsShell) -> KubeBenchAudit {
    if let other = words.firstIndex(of: .word("elif")) {
      // Two ways to the same thing, as for a directory and a file.
      let first = try conditional(words[..<other] + [.word("fi")])
      guard try conditional(words[(other + 1)...]) == first else {
        throw NeedsShell(what: "a condition with an alternative")
      }
      return first
    }
    guard words.last == .word("fi"), let then = words.firstIndex(of: .word("then")),
      Self.isFileTest(words[..<then]), !words[then...].dropFirst().contains(.word("then"))
    else { throw NeedsShell(what: "a condition other than whether a file is there") }
    let body = words[(then + 1)...].dropLast()
    guard let otherwise = body.firstIndex(of: .word("else")) else { return try audit(body) }
    let fallback = Self.trimmed(body[(otherwise + 1)...])
    guard fallback.first == .word("echo"), fallback.allSatisfy({ $0.text != nil }),
      case .status(var status) = try audit(body[..<otherwise])
    else { throw NeedsShell(what: "a condition with an alternative") }
    status.otherwise = fallback.dropFirst().compactMap(\.text).joined(separator: " ")
    return .status(status)
  }

  private static func isFileTest(_ words: ArraySlice<ShellWord>) -> Bool {
    let words = trimmed(words).compactMap(\.text)
    let test =
      words.first == "[" && words.last == "]" ? Array(words.dropFirst().dropLast()) : Array(words.dropFirst())
    return ["test", "["].contains(words.first) && test.count == 2 && ["-e", "-f", "-d"].contains(test[0])
  }

  /// `for NAME in FILE FILE; do COMMAND; done`.
  private func loop(_ words: ArraySlice<ShellWord>) throws(NeedsShell) -> KubeBenchAudit {
    let words = Array(words)
    guard words.count > 4, let name = words[0].text, words[1] == .word("in"), words.last == .word("done"),
      let start = words.firstIndex(of: .word("do"))
    else { throw NeedsShell(what: "a loop that is not over named files") }
    let files = words[2..<start].compactMap(\.text)
    var joined: KubeBenchAudit.Status?
    for file in files {
      let body = words[(start + 1)...].dropLast().map { $0 == .word("$\(name)") ? .word(file) : $0 }
      guard case .status(let status) = try audit(body[...]) else { break }
      if joined == nil { joined = status } else { joined?.places += status.places }
    }
    guard let joined, joined.places.count == files.count else {
      throw NeedsShell(what: "a loop that is not over named files")
    }
    return .status(joined)
  }

  private func pipeline(_ words: ArraySlice<ShellWord>) throws(NeedsShell) -> KubeBenchAudit {
    let stages = words.split(separator: .mark("|")).map { $0.compactMap(\.text) }
    guard !words.contains(where: { $0 == .mark(";") || $0 == .mark("&&") || $0 == .mark("||") }),
      !stages.isEmpty
    else { throw NeedsShell(what: "several commands in a row") }
    let filters = Array(stages.dropFirst())
    switch Self.name(stages[0].first ?? "") {
    case "ps", "journalctl": return try process(stages[0], filters)
    case "cat":
      guard filters.allSatisfy({ $0 == ["grep", "-v", "grep"] }), stages[0].count == 2 else { break }
      return .content(try component(ofFile: stages[0][1]))
    case "stat":
      guard filters.isEmpty else { break }
      return .status(try status(Array(stages[0].dropFirst()), in: nil))
    case "find":
      guard filters.count == 1, filters[0].first == "xargs" else { break }
      let rest = filters[0].dropFirst().drop { $0 == "--no-run-if-empty" || $0 == "-r" }
      guard rest.first.map(Self.name) == "stat" else { break }
      return .status(try status(Array(rest.dropFirst()), in: try found(Array(stages[0].dropFirst()))))
    default: throw NeedsShell(what: "the command '\(stages[0].first ?? "")'")
    }
    throw NeedsShell(what: "a pipeline through \(filters.first?.first ?? stages[0][0])")
  }

  /// ps or journalctl, searched for one component's name.
  private func process(_ command: [String], _ filters: [[String]]) throws(NeedsShell) -> KubeBenchAudit {
    var named = Set(command.dropFirst().compactMap(Self.component(ofBinary:)))
    for filter in filters {
      let words = filter.dropFirst().filter { $0 != "--" }
      switch Self.name(filter.first ?? "") {
      case "tail", "head": continue
      case "grep" where words.first == "-v": continue
      case "grep":
        guard words.count == 1, let word = words.first else {
          throw NeedsShell(what: "a search with options")
        }
        if let component = Self.component(ofBinary: word) { named.insert(component); continue }
        guard flags.contains(word.drop { $0 == "-" }.description) else {
          throw NeedsShell(what: "a search for '\(word)' in a command line")
        }
      default: throw NeedsShell(what: "a pipeline through \(filter.first ?? "nothing")")
      }
    }
    guard named.count == 1, let component = named.first else {
      throw NeedsShell(
        what: named.isEmpty ? "a process that is no component" : "a search for several components")
    }
    return .commandLine(component)
  }

  /// `$kubeletbin`, `kubelet`, `Running kubelet`.
  private static func component(ofBinary word: String) -> String? {
    let word = word.hasPrefix("Running ") ? String(word.dropFirst(8)) : word
    if word.hasPrefix("$"), word.hasSuffix("bin") { return components[String(word.dropFirst().dropLast(3))] }
    return components.values.first { $0 == name(word) }
  }

  private func component(ofFile word: String) throws(NeedsShell) -> String {
    let word = word.hasSuffix("/*") ? String(word.dropLast(2)) : word
    if word.hasPrefix("$"), word.hasSuffix("conf"),
      let name = Self.components[String(word.dropFirst().dropLast(4))]
    {
      return name
    }
    for name in Self.components.values.sorted()
    where word.split(separator: "/").contains(where: { $0.contains(name) }) {
      // `/var/lib/kubelet/config.yaml` and `/home/kubernetes/kubelet-config.yaml` can only be one component's.
      return name
    }
    throw NeedsShell(what: "the content of '\(word)'")
  }

  /// `stat -c FORMAT FILE`; behind xargs the files come from elsewhere.
  private func status(_ words: [String], in found: KubeBenchAudit.Place?) throws(NeedsShell)
    -> KubeBenchAudit.Status
  {
    guard words.count >= 2, ["-c", "--format"].contains(words[0]) || words[0].hasPrefix("--format=") else {
      throw NeedsShell(what: "stat without a format")
    }
    let isJoined = words[0].hasPrefix("--format=")
    let format = isJoined ? String(words[0].dropFirst(9)) : words[1]
    let files = words.dropFirst(isJoined ? 1 : 2)
    if let found {
      guard files.isEmpty else { throw NeedsShell(what: "stat of several places") }
      return KubeBenchAudit.Status(format: format, places: [found], otherwise: nil)
    }
    var places: [KubeBenchAudit.Place] = []
    for file in files { places.append(try place(file)) }
    guard !places.isEmpty else { throw NeedsShell(what: "stat of no file") }
    return KubeBenchAudit.Status(format: format, places: places, otherwise: nil)
  }

  private func place(_ word: String) throws(NeedsShell) -> KubeBenchAudit.Place {
    if word.hasPrefix("$") { return .variable(String(word.dropFirst())) }
    guard word.hasPrefix("/"), !word.contains("$") else { throw NeedsShell(what: "the file '\(word)'") }
    let path = word.count > 1 && word.hasSuffix("/") ? String(word.dropLast()) : word
    guard let star = path.firstIndex(of: "*") else {
      guard !path.contains("?"), !path.contains("["), !path.contains("<") else {
        throw NeedsShell(what: "the files '\(path)'")
      }
      return .path(path)
    }
    let directory = path[..<star]
    let ending = path[path.index(after: star)...]
    guard directory.hasSuffix("/"), !ending.isEmpty, !ending.contains("*"), !ending.contains("/") else {
      throw NeedsShell(what: "the files '\(path)'")
    }
    return .beneath(String(directory.dropLast()), ending: String(ending))
  }

  /// `find DIRECTORY -name '*.crt'`.
  private func found(_ words: [String]) throws(NeedsShell) -> KubeBenchAudit.Place {
    var rest = words[...]
    guard let start = rest.popFirst() else { throw NeedsShell(what: "find without a directory") }
    if rest.starts(with: ["-type", "f"]) { rest = rest.dropFirst(2) }
    guard rest.count == 2, rest.first == "-name", let pattern = rest.last, pattern.hasPrefix("*") else {
      throw NeedsShell(what: "every file beneath '\(start)'")
    }
    // A variable stands for a file here, and what its name has is known.
    if start.hasPrefix("$") { return .variable(String(start.dropFirst())) }
    let directory = start.hasSuffix("/") ? start : start + "/"
    return try place(directory + pattern)
  }

  private static func trimmed(_ words: ArraySlice<ShellWord>) -> ArraySlice<ShellWord> {
    var words = words
    while words.first == .mark(";") { words.removeFirst() }
    while words.last == .mark(";") { words.removeLast() }
    return words
  }

  private static func name(_ command: String) -> String {
    command.split(separator: "/").last.map(String.init) ?? command
  }
}
