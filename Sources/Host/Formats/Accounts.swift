import Facts

/// Names of users and groups by the host's own files: passwd(5), group(5). NSS is never asked, which would answer for the
/// auditor's container.
package struct Accounts: Hashable, Sendable {
  private let users: [UInt32: String]
  private let groups: [UInt32: String]

  /// - Parameters: The files' contents; nil where one could not be read, and then its ids stay numbers.
  package init(passwd: [UInt8]?, group: [UInt8]?) {
    users = Self.names(passwd)
    groups = Self.names(group)
  }

  /// `root`, or the number where the file has no such id.
  package func user(_ id: UInt32) -> String { users[id] ?? String(id) }
  package func group(_ id: UInt32) -> String { groups[id] ?? String(id) }

  package func hasUser(_ id: UInt32) -> Bool { users[id] != nil }
  package func hasGroup(_ id: UInt32) -> Bool { groups[id] != nil }

  /// Both files have the id in the third field; the first line that names it wins, as it does for getpwuid(3).
  private static func names(_ bytes: [UInt8]?) -> [UInt32: String] {
    var names: [UInt32: String] = [:]
    for line in (bytes ?? []).lines {
      let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      guard fields.count >= 3, !fields[0].isEmpty,
        let id = fields[2].decimal.flatMap({ UInt32(exactly: $0) }),
        names[id] == nil
      else { continue }
      names[id] = printable(fields[0], atMost: 64)
    }
    return names
  }
}
