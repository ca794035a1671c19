import Facts
import Host
import SystemPackage

/// How people prove who they are and become root: pam.d(5), sudoers(5), login.defs(5). No name of a user's password is read.
struct AuthenticationCollector: Collector {
  let name = "authentication"

  private static let methods = [
    "des", "md5", "sha256", "sha512", "blowfish", "bcrypt", "yescrypt", "gost_yescrypt",
  ]

  static let subject = Subject(
    "authentication", "The rules by which passwords are taken and root's rights are lent.", isSingleton: true,
    facts: [
      .init("pam.installed", .flag, "Whether there are rules for any service."),
      .init(
        "pam.nullok", .list, "Files by which an account without a password may log in (pam_unix with nullok)."
      ),
      .init(
        "pam.lockout", .flag,
        "Whether an account is locked for some time after failed tries (pam_faillock, pam_tally2)."),
      .init(
        "pam.quality", .flag, "Whether new passwords are checked (pam_pwquality, pam_passwdqc, pam_cracklib)."
      ),
      .init("pam.hash", .text, "The method that pam_unix hashes new passwords by.", values: methods),
      .init("pam.suRestricted", .flag, "Whether su(1) asks for membership in a group (pam_wheel)."),
      .init("login.encryptMethod", .text, "ENCRYPT_METHOD of login.defs(5), in lower case."),
      .init("login.umask", .mode, "UMASK of login.defs(5)."),
      .init("login.maxDays", .number, "PASS_MAX_DAYS of login.defs(5)."),
      .init("sudo.installed", .flag, "Whether there is a sudoers file."),
      .init(
        "sudo.withoutPassword", .list,
        "Who runs commands without being asked for a password: NOPASSWD or !authenticate."),
      .init(
        "sudo.usePty", .flag,
        "Whether commands run in a terminal of their own, so that one can't type into the caller's."),
      .init("sudo.logged", .flag, "Whether sudo keeps a log of its own beside the system's."),
    ])

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.subject)
    Self.addPAM(host.root, to: &entity)
    Self.addLogin(host.root, to: &entity)
    Self.addSudo(host.root, to: &entity)
    record.add(entity)
  }

  /// All services' files: an included one is a file of the directory too, so each rule is seen once.
  private static func addPAM(_ root: borrowing HostRoot, to entity: inout Entity) {
    var set = FileSet()
    set.addDropIns(["etc/pam.d", "usr/lib/pam.d"], ending: "", root)
    let names = ["nullok", "lockout", "quality", "hash", "suRestricted"].map { "pam.\($0)" }
    if set.files.isEmpty || set.failure != nil {
      for name in names { entity[name] = set.failure.map { .failed($0) } ?? .absent(.inode("/etc/pam.d")) }
      entity["pam.installed"] =
        set.failure.map { .failed($0) } ?? .observed(.flag(false), .inode("/etc/pam.d"))
      return
    }
    entity["pam.installed"] = .observed(.flag(true), .inode("/etc/pam.d"))
    let files = set.files.map { ($0, PAMRule.all(parsing: $0.bytes).rules) }
    let all = files.flatMap { file, rules in rules.map { (file, $0) } }
    func find(_ condition: (PAMRule) -> Bool) -> Fact {
      let found = all.first { condition($0.1) }
      return found.map { .observed(.flag(true), $0.0.source($0.1.line)) }
        ?? .observed(.flag(false), .inode("/etc/pam.d"))
    }
    let open = all.filter {
      $0.1.kind == "auth" && $0.1.module == "pam_unix"
        && ($0.1.arguments.contains("nullok") || $0.1.arguments.contains("nullok_secure"))
    }
    entity["pam.nullok"] = .observed(
      .texts(Set(open.map { place($0.0.path) }).sorted()),
      open.isEmpty ? [.inode("/etc/pam.d")] : open.prefix(3).map { $0.0.source($0.1.line) })
    entity["pam.lockout"] = find { $0.kind == "auth" && ["pam_faillock", "pam_tally2"].contains($0.module) }
    entity["pam.quality"] = find {
      $0.kind == "password" && ["pam_pwquality", "pam_passwdqc", "pam_cracklib"].contains($0.module)
    }
    let hashing = all.compactMap { file, rule -> (String, Source)? in
      guard rule.kind == "password", rule.module == "pam_unix",
        let method = rule.arguments.first(where: { methods.contains($0) })
      else { return nil }
      return (method, file.source(rule.line))
    }.first
    entity["pam.hash"] = hashing.map { .observed(.text($0.0), $0.1) } ?? .absent(.inode("/etc/pam.d"))
    // A plain `su` rule without arguments that make it optional; a commented line is no rule.
    let su = files.filter { $0.0.path.lastComponent == "su" }.flatMap { file, rules in
      rules.map { (file, $0) }
    }.first {
      $0.1.kind == "auth" && $0.1.module == "pam_wheel" && ["required", "requisite"].contains($0.1.control)
    }
    entity["pam.suRestricted"] =
      su.map { .observed(.flag(true), $0.0.source($0.1.line)) }
      ?? .observed(.flag(false), .file("/etc/pam.d/su"))
  }

  private static func addLogin(_ root: borrowing HostRoot, to entity: inout Entity) {
    let path: FilePath = "etc/login.defs"
    var values: [String: (String, Source)] = [:]
    do throws(HostError) {
      for (index, line) in try root.bytes(path).lines.enumerated() {
        let words = printable(line, atMost: 1024).prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.map(
          String.init)
        if words.count >= 2 {
          values[words[0]] = (words[1], .file(place(path), line: index + 1, key: words[0]))
        }
      }
    } catch {
      for name in ["encryptMethod", "umask", "maxDays"] { entity["login.\(name)"] = .failed(error) }
      return
    }
    func fact(_ key: String, _ make: (String) -> Value?) -> Fact {
      guard let (text, source) = values[key] else { return .absent(Source(.file, place(path), key: key)) }
      return make(text).map { .observed($0, source) }
        ?? .unreadable(.malformed, detail: "'\(text)' is no value of \(key)", source)
    }
    entity["login.encryptMethod"] = fact("ENCRYPT_METHOD") { .text($0.lowercased()) }
    entity["login.umask"] = fact("UMASK") { text in
      UInt16(text, radix: 8).flatMap { $0 <= 0o777 ? .mode($0) : nil }
    }
    entity["login.maxDays"] = fact("PASS_MAX_DAYS") { text in Array(text.utf8).decimal.map { .number($0) } }
  }

  private static func addSudo(_ root: borrowing HostRoot, to entity: inout Entity) {
    var reader = SudoersReader()
    reader.read("etc/sudoers", depth: 0, root)
    let names = ["withoutPassword", "usePty", "logged"].map { "sudo.\($0)" }
    let source = Source.file("/etc/sudoers")
    if let failure = reader.failure {
      for name in names + ["sudo.installed"] { entity[name] = .failed(failure) }
      return
    }
    entity["sudo.installed"] = .observed(.flag(reader.files > 0), source)
    guard reader.files > 0 else {
      for name in names { entity[name] = .absent(source) }
      return
    }
    let spared = reader.spared.reduce(into: [String: Source]()) {
      if $0[$1.who] == nil { $0[$1.who] = $1.source }
    }
    entity["sudo.withoutPassword"] = .observed(
      .texts(spared.keys.sorted()),
      spared.isEmpty ? [source] : spared.sorted { $0.key < $1.key }.prefix(5).map(\.value))
    entity["sudo.usePty"] = reader.usesPty.map { .observed(.flag($0.0), $0.1) } ?? .absent(source)
    entity["sudo.logged"] = reader.logs.map { .observed(.flag(true), $0) } ?? .observed(.flag(false), source)
  }
}

/// Reads sudoers and all it includes, in order.
private struct SudoersReader {
  private(set) var files = 0
  private(set) var failure: HostError?
  private(set) var spared: [(who: String, source: Source)] = []
  private(set) var usesPty: (Bool, Source)?
  private(set) var logs: Source?

  /// sudo's own bound, sudoers(5).
  private static let deepest = 128
  private static let mostFiles = 256

  mutating func read(_ path: FilePath, depth: Int, _ root: borrowing HostRoot) {
    guard depth <= Self.deepest, files < Self.mostFiles else {
      failure = failure ?? HostError(path, .tooLarge(limit: Self.mostFiles))
      return
    }
    let bytes: [UInt8]
    do throws(HostError) {
      bytes = try root.bytes(path)
    } catch {
      if error.reason != .absent { failure = failure ?? error }
      return
    }
    files += 1
    for line in SudoersLine.all(parsing: bytes) {
      let source = Source.file(place(path), line: line.line)
      switch line.meaning {
      case .include(let name): read(Self.beneath(name), depth: depth + 1, root)
      case .includeDirectory(let name): readDirectory(Self.beneath(name), depth: depth + 1, root)
      case .rule(let who, let isSpared):
        if isSpared { spared.append((printable(Array(who.utf8), atMost: 100), source)) }
      case .defaults(let scope, let settings): take(settings, scope, source)
      }
    }
  }

  private mutating func take(_ settings: [String], _ scope: String, _ source: Source) {
    for setting in settings {
      if setting == "!authenticate" {
        spared.append((printable(Array("Defaults\(scope)".utf8), atMost: 100), source))
      }
      guard scope.isEmpty else { continue }
      if setting == "use_pty" { usesPty = (true, source) }
      if setting == "!use_pty" { usesPty = (false, source) }
      if setting.hasPrefix("logfile=") || setting == "log_output" || setting == "log_input" { logs = source }
    }
  }

  /// Names with a dot or a tilde at the end are skipped: packages' leftovers, and sudoers(5) says so.
  private mutating func readDirectory(_ path: FilePath, depth: Int, _ root: borrowing HostRoot) {
    do throws(HostError) {
      for name in try root.names(in: path, atMost: 4096)
      where !name.string.contains(".") && !name.string.hasSuffix("~") {
        read(path.appending(name), depth: depth, root)
      }
    } catch {
      if error.reason != .absent { failure = failure ?? error }
    }
  }

  private static func beneath(_ name: String) -> FilePath {
    name.hasPrefix("/") ? FilePath(String(name.drop { $0 == "/" })) : FilePath("etc/\(name)")
  }
}
