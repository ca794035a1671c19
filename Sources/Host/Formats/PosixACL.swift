/// Who asks for access to an inode: a user with its groups, or somebody of whom only a group is known.
package struct Credentials: Hashable, Sendable {
  /// Nil for somebody who owns nothing and whom no entry names.
  package let user: UInt32?
  package let groups: Set<UInt32>

  package init(user: UInt32? = nil, groups: Set<UInt32> = []) {
    self.user = user
    self.groups = groups
  }
}

/// An access control list, as the `system.posix_acl_access` extended attribute holds it (linux/posix_acl_xattr.h), or the
/// three entries that permission bits stand for; acl(5).
package struct PosixACL: Hashable, Sendable {
  /// The extended attribute's name.
  package static let attribute = "system.posix_acl_access"

  package enum Tag: Hashable, Sendable {
    case owner
    case user(UInt32)
    case owningGroup
    case group(UInt32)
    case mask
    case other
  }

  package struct Entry: Hashable, Sendable {
    package let tag: Tag
    /// Read 4, write 2, execute or search 1.
    package let permissions: UInt16
  }

  package let entries: [Entry]

  /// What permission bits say where there is no list.
  package init(mode: UInt16) {
    entries = [
      Entry(tag: .owner, permissions: mode >> 6 & 7), Entry(tag: .owningGroup, permissions: mode >> 3 & 7),
      Entry(tag: .other, permissions: mode & 7),
    ]
  }

  /// - Returns: nil for what the kernel would not have stored: another version, a broken length, an unknown tag, permissions
  ///   past rwx, a missing or repeated base entry, or named entries without a mask.
  package init?(parsing bytes: [UInt8]) {
    guard bytes.count >= 4, (bytes.count - 4).isMultiple(of: 8), Self.number(bytes[0..<4]) == 2 else {
      return nil
    }
    var entries: [Entry] = []
    for start in stride(from: 4, to: bytes.count, by: 8) {
      let permissions = UInt16(Self.number(bytes[start + 2..<start + 4]))
      guard permissions <= 7,
        let tag = Self.tag(
          Self.number(bytes[start..<start + 2]), id: Self.number(bytes[start + 4..<start + 8]))
      else { return nil }
      entries.append(Entry(tag: tag, permissions: permissions))
    }
    self.entries = entries
    let bases: [Tag] = [.owner, .owningGroup, .other]
    guard bases.allSatisfy({ base in entries.count { $0.tag == base } == 1 }) else { return nil }
    let masks = entries.count { $0.tag == .mask }
    guard masks == 1 || masks == 0 && !isExtended else { return nil }
  }

  /// Whether it says more than permission bits can: it names users or groups.
  package var isExtended: Bool { !namedUsers.isEmpty || !namedGroups.isEmpty }

  package var namedUsers: [UInt32] {
    entries.compactMap { if case .user(let id) = $0.tag { id } else { nil } }
  }

  package var namedGroups: [UInt32] {
    entries.compactMap { if case .group(let id) = $0.tag { id } else { nil } }
  }

  /// Whether somebody gets all of these permissions, by acl(5)'s access check algorithm. Privilege is not asked about: root
  /// passes by its capabilities, not by an entry.
  /// - Parameters:
  ///   - wanted: Read 4, write 2, execute or search 1, or a sum of them.
  ///   - owner: The inode's owner.
  ///   - group: The inode's group.
  package func permits(_ wanted: UInt16, to who: Credentials, owner: UInt32, group: UInt32) -> Bool {
    let mask = permissions(of: .mask) ?? 7
    if who.user == owner { return holds(permissions(of: .owner), wanted) }
    if let user = who.user, let named = permissions(of: .user(user)) { return holds(named & mask, wanted) }
    var matched = false
    for entry in entries {
      let id: UInt32
      switch entry.tag {
      case .owningGroup: id = group
      case .group(let named): id = named
      case .owner, .user, .mask, .other: continue
      }
      guard who.groups.contains(id) else { continue }
      if holds(entry.permissions & mask, wanted) { return true }
      matched = true
    }
    return matched ? false : holds(permissions(of: .other), wanted)
  }

  private func permissions(of tag: Tag) -> UInt16? { entries.first { $0.tag == tag }?.permissions }

  private func holds(_ permissions: UInt16?, _ wanted: UInt16) -> Bool {
    (permissions ?? 0) & wanted == wanted
  }

  private static func tag(_ number: UInt32, id: UInt32) -> Tag? {
    switch number {
    case 0x01: .owner
    case 0x02: .user(id)
    case 0x04: .owningGroup
    case 0x08: .group(id)
    case 0x10: .mask
    case 0x20: .other
    default: nil
    }
  }

  /// The attribute is little-endian on every architecture.
  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
