import Facts
import Host
import SystemPackage

/// The host's own accounts, from passwd(5), shadow(5) and group(5). Hashes are never stated, only how they were made.
struct AccountsCollector: Collector {
  let name = "accounts"

  static let subject = Subject(
    "accounts", "The accounts and groups of the host's own files; a directory service's are not among them.",
    isSingleton: true,
    facts: [
      .init("uidZero", .list, "Names of the accounts with user id 0, which are all root."),
      .init("emptyPasswords", .list, "Accounts that ask for no password."),
      .init(
        "passwordsOutsideShadow", .list,
        "Accounts whose password hash stands in /etc/passwd, where all can read it."),
      .init(
        "legacyHashes", .list,
        "Accounts whose password is hashed by a method that no longer protects it (descrypt, bsdicrypt, md5crypt, sunmd5, nt), "
          + "as `NAME: METHOD`."),
      .init("passwordAccounts", .list, "Accounts that a password opens."),
      .init("duplicateUIDs", .list, "User ids with more than one account, as `ID: NAMES`."),
      .init("duplicateGIDs", .list, "Group ids with more than one group, as `ID: NAMES`."),
      .init("duplicateNames", .list, "Account names with more than one line in /etc/passwd."),
      .init("duplicateGroupNames", .list, "Group names with more than one line in /etc/group."),
      .init("missingGroups", .list, "Accounts whose primary group is not in /etc/group, as `NAME: ID`."),
      .init(
        "systemAccountsWithShell", .list,
        "Accounts with a user id below UID_MIN of login.defs(5) (1000 if unset), other than root, that have a shell to log in with."
      ),
      .init(
        "systemAccountsWithPassword", .list,
        "Accounts with a user id below UID_MIN, other than root, that a password opens or that ask for none, with a shell or without."
      ),
      .init(
        "privilegedGroupMembers", .list,
        "Accounts other than root in groups that amount to root or to reading every disk (disk, docker, incus, kmem, libvirt, "
          + "lxd, root, shadow), as `GROUP: NAME`."),
      .init("privilegedGroups", .list, "Those of these groups that have such members."),
      .init(
        "administrators", .list,
        "Accounts in the groups that may become root by sudo or su (admin, sudo, wheel), as `GROUP: NAME`."),
    ])

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.subject)
    let passwd = AccountFile(host.root, "etc/passwd", PasswdLine.all)
    let shadow = AccountFile(host.root, "etc/shadow", ShadowLine.all)
    let group = AccountFile(host.root, "etc/group", GroupLine.all)
    let minimum = Self.firstUserID(host.root)
    addUsers(passwd, minimum, to: &entity)
    addPasswords(passwd, shadow, minimum, to: &entity)
    addGroups(passwd, group, to: &entity)
    record.add(entity)
  }

  private func addUsers(
    _ passwd: AccountFile<PasswdLine>, _ minimum: Result<UInt32, HostError>, to entity: inout Entity
  ) {
    entity["uidZero"] = passwd.fact { $0.filter { $0.id == 0 }.map(\.name) }
    entity["passwordsOutsideShadow"] = passwd.fact { users in
      users.compactMap { if case .hashed = $0.password { $0.name } else { nil } }
    }
    entity["duplicateUIDs"] = passwd.fact { Self.duplicates($0.map { ($0.id, $0.name) }) }
    entity["duplicateNames"] = passwd.fact { Self.repeated($0.map(\.name)) }
    switch minimum {
    case .success(let minimum):
      entity["systemAccountsWithShell"] = passwd.fact { users in
        users.filter { $0.id != 0 && $0.id < minimum && Self.isShell($0.shell) }.map(\.name)
      }
    case .failure(let error):
      entity["systemAccountsWithShell"] = .failed(error)
    }
  }

  /// An account's password stands in shadow(5) where passwd(5) says `x`, and in passwd(5) otherwise.
  private func addPasswords(
    _ passwd: AccountFile<PasswdLine>, _ shadow: AccountFile<ShadowLine>,
    _ minimum: Result<UInt32, HostError>, to entity: inout Entity
  ) {
    func fact(_ select: @escaping (PasswdLine, PasswordField) -> String?) -> Fact {
      passwd.fact(with: shadow) { users, lines in
        let hidden = Dictionary(lines.map { ($0.name, $0.password) }) { first, _ in first }
        return users.compactMap { user in
          let field = user.password == .shadowed ? hidden[user.name] ?? .locked : user.password
          return select(user, field)
        }
      }
    }
    entity["emptyPasswords"] = fact { user, field in field == .empty ? user.name : nil }
    entity["legacyHashes"] = fact { user, field in
      if case .hashed(let hash) = field, hash.isLegacy { "\(user.name): \(hash.rawValue)" } else { nil }
    }
    func isOpen(_ field: PasswordField) -> Bool {
      switch field {
      case .empty, .hashed: true
      case .locked, .shadowed: false
      }
    }
    entity["passwordAccounts"] = fact { user, field in isOpen(field) ? user.name : nil }
    switch minimum {
    case .success(let minimum):
      entity["systemAccountsWithPassword"] = fact { user, field in
        user.id != 0 && user.id < minimum && isOpen(field) ? user.name : nil
      }
    case .failure(let error):
      entity["systemAccountsWithPassword"] = .failed(error)
    }
  }

  private static let privileged: Set<String> = [
    "disk", "docker", "incus", "incus-admin", "kmem", "libvirt", "lxd", "root", "shadow",
  ]
  private static let administrative: Set<String> = ["admin", "sudo", "wheel"]

  private func addGroups(
    _ passwd: AccountFile<PasswdLine>, _ group: AccountFile<GroupLine>, to entity: inout Entity
  ) {
    entity["duplicateGIDs"] = group.fact { Self.duplicates($0.map { ($0.id, $0.name) }) }
    entity["duplicateGroupNames"] = group.fact { Self.repeated($0.map(\.name)) }
    entity["missingGroups"] = passwd.fact(with: group) { users, groups in
      let known = Set(groups.map(\.id))
      return users.filter { !known.contains($0.group) }.map { "\($0.name): \($0.group)" }
    }
    for (fact, names) in [
      ("privilegedGroupMembers", Self.privileged), ("administrators", Self.administrative),
    ] {
      entity[fact] = passwd.fact(with: group) { users, groups in
        groups.filter { names.contains($0.name) }.flatMap { group in
          Self.members(of: group, users).map { "\(group.name): \($0)" }
        }
      }
    }
    entity["privilegedGroups"] = passwd.fact(with: group) { users, groups in
      groups.filter { Self.privileged.contains($0.name) && !Self.members(of: $0, users).isEmpty }.map(\.name)
    }
  }

  /// Those in a group by its line or by their own, but for root under whatever name.
  private static func members(of group: GroupLine, _ users: [PasswdLine]) -> Set<String> {
    let primary = users.filter { $0.group == group.id }.map(\.name)
    return Set(group.members + primary).filter { name in !users.contains { $0.name == name && $0.id == 0 } }
  }

  private static func duplicates(_ pairs: [(UInt32, String)]) -> [String] {
    let names = Dictionary(grouping: pairs) { $0.0 }.mapValues { $0.map(\.1) }
    return names.filter { $0.value.count > 1 }.map {
      "\($0.key): \($0.value.sorted().joined(separator: ", "))"
    }
  }

  private static func repeated(_ names: [String]) -> [String] {
    Dictionary(grouping: names) { $0 }.filter { $0.value.count > 1 }.map(\.key)
  }

  /// Programs that stand in a shell's place and let nobody in; nologin(8). An empty field is /bin/sh.
  private static func isShell(_ shell: String) -> Bool {
    let name = FilePath(shell).lastComponent?.string ?? "sh"
    return !["nologin", "false", "true", "null", "sync", "shutdown", "halt"].contains(name)
  }

  /// UID_MIN of login.defs(5); shadow's own default is 1000.
  private static func firstUserID(_ root: borrowing HostRoot) -> Result<UInt32, HostError> {
    do throws(HostError) {
      for line in try root.bytes("etc/login.defs").lines {
        let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard words.count >= 2, words[0].elementsEqual("UID_MIN".utf8) else { continue }
        if let id = words[1].trimmed.decimal.flatMap({ UInt32(exactly: $0) }) { return .success(id) }
      }
    } catch {
      if error.reason != .absent { return .failure(error) }
    }
    return .success(1000)
  }
}

/// One account file's lines, or why there are none.
private struct AccountFile<Line> {
  private let source: Source
  private let lines: Result<[Line], HostError>

  /// Large installations have long files; this is 16 MiB.
  private static var limit: Int { 16 << 20 }

  init(_ root: borrowing HostRoot, _ path: FilePath, _ parse: ([UInt8]) -> [Line]) {
    source = .file(place(path))
    do throws(HostError) {
      lines = .success(parse(try root.bytes(path, atMost: Self.limit)))
    } catch {
      lines = .failure(error)
    }
  }

  /// A list of texts made from this file alone, sorted.
  func fact(_ make: ([Line]) -> [String]) -> Fact {
    switch lines {
    case .success(let lines): .observed(.texts(make(lines).sorted()), source)
    case .failure(let error): .failed(error, source)
    }
  }

  /// A list that needs another file too. Where the other one is not there it is as if empty; where it can't be read, nothing
  /// is known.
  func fact<Other>(with other: AccountFile<Other>, _ make: ([Line], [Other]) -> [String]) -> Fact {
    switch (lines, other.lines) {
    case (.failure(let error), _): .failed(error, source)
    case (.success(let lines), .success(let others)):
      .observed(.texts(make(lines, others).sorted()), [other.source, source])
    case (.success(let lines), .failure(let error)):
      error.reason == .absent
        ? .observed(.texts(make(lines, []).sorted()), [source, other.source]) : .failed(error, other.source)
    }
  }
}
