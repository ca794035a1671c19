import Facts

/// Names of users and groups by the host's own files: passwd(5), group(5). NSS is never asked, which would answer for the
/// auditor's container.
package struct Accounts: Hashable, Sendable {
  private let users: [UInt32: String]
  private let groups: [UInt32: String]
  /// The groups that a user has by its passwd line and by groups' member lists.
  private let memberships: [UInt32: Set<UInt32>]

  /// - Parameters: The files' contents; nil where one could not be read, and then its ids stay numbers.
  package init(passwd: [UInt8]?, group: [UInt8]?) {
    let users = PasswdLine.all(passwd ?? [])
    let groups = GroupLine.all(group ?? [])
    // The first line that names an id wins, as it does for getpwuid(3).
    self.users = Dictionary(users.map { ($0.id, $0.name) }) { first, _ in first }
    self.groups = Dictionary(groups.map { ($0.id, $0.name) }) { first, _ in first }
    var memberships: [UInt32: Set<UInt32>] = [:]
    var ids: [String: UInt32] = [:]
    for user in users {
      memberships[user.id, default: []].insert(user.group)
      if ids[user.name] == nil { ids[user.name] = user.id }
    }
    for group in groups {
      for member in group.members {
        if let id = ids[member] { memberships[id, default: []].insert(group.id) }
      }
    }
    self.memberships = memberships
  }

  /// `root`, or the number where the file has no such id.
  package func user(_ id: UInt32) -> String { users[id] ?? String(id) }
  package func group(_ id: UInt32) -> String { groups[id] ?? String(id) }

  package func hasUser(_ id: UInt32) -> Bool { users[id] != nil }
  package func hasGroup(_ id: UInt32) -> Bool { groups[id] != nil }

  /// The groups a user's processes get at login; none for an id without an account.
  package func groups(of user: UInt32) -> Set<UInt32> { memberships[user] ?? [] }

  /// Users that are in at least two of these groups.
  package func users(inSeveralOf groups: Set<UInt32>) -> [UInt32] {
    memberships.filter { $0.value.intersection(groups).count > 1 }.keys.sorted()
  }
}
