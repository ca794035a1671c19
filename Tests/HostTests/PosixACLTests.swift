import Host
import Testing

/// `system.posix_acl_access` of these entries: (tag, permissions, id).
private func attribute(_ entries: [(UInt16, UInt16, UInt32)], version: UInt32 = 2) -> [UInt8] {
  func bytes<T: FixedWidthInteger>(_ number: T) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian, Array.init)
  }
  return bytes(version) + entries.flatMap { bytes($0.0) + bytes($0.1) + bytes($0.2) }
}

private let none: UInt32 = 0xffff_ffff

@Suite("Access control lists are read as acl(5) says")
struct PosixACLTests {
  /// What `setfacl -m u:1001:rw,g:50:r` makes of a file with mode 0640.
  private static let named = attribute([
    (1, 6, none), (2, 6, 1001), (4, 4, none), (8, 4, 50), (0x10, 6, none), (0x20, 0, none),
  ])

  @Test("Named users and groups are listed")
  func reads() throws {
    let acl = try #require(PosixACL(parsing: Self.named))
    #expect(acl.isExtended)
    #expect(acl.namedUsers == [1001])
    #expect(acl.namedGroups == [50])
    #expect(acl.entries.count == 6)
  }

  @Test(
    "Access is decided by the first class that matches",
    arguments: [
      (UInt16(2), Credentials(user: 1001), true), (1, Credentials(user: 1001), false),
      (4, Credentials(user: 7, groups: [50]), true), (2, Credentials(user: 7, groups: [50]), false),
      (4, Credentials(user: 7, groups: [3]), true), (4, Credentials(user: 7), false),
      (4, Credentials(), false),
      (6, Credentials(user: 500), true), (7, Credentials(user: 500), false),
    ])
  func decides(_ wanted: UInt16, _ who: Credentials, _ granted: Bool) throws {
    let acl = try #require(PosixACL(parsing: Self.named))
    #expect(acl.permits(wanted, to: who, owner: 500, group: 3) == granted)
  }

  @Test("The mask takes away from named entries and the owning group, and not from the owner or others")
  func masked() throws {
    let acl = try #require(
      PosixACL(
        parsing: attribute([
          (1, 6, none), (2, 6, 1001), (4, 6, none), (0x10, 4, none), (0x20, 2, none),
        ])))
    #expect(!acl.permits(2, to: Credentials(user: 1001), owner: 500, group: 3))
    #expect(!acl.permits(2, to: Credentials(groups: [3]), owner: 500, group: 3))
    #expect(acl.permits(2, to: Credentials(user: 500), owner: 500, group: 3))
    #expect(acl.permits(2, to: Credentials(), owner: 500, group: 3))
  }

  @Test("A class that matches and does not permit is not made up for by others")
  func denies() {
    let acl = PosixACL(mode: 0o604)
    #expect(!acl.permits(4, to: Credentials(groups: [3]), owner: 500, group: 3))
    #expect(acl.permits(4, to: Credentials(), owner: 500, group: 3))
    #expect(!acl.isExtended)
  }

  @Test(
    "What the kernel would not store is refused",
    arguments: [
      [], [2], [2, 0, 0, 0], [2, 0, 0, 0, 1],
      attribute([(1, 6, none), (4, 4, none), (0x20, 0, none)], version: 1),
      attribute([(1, 8, none), (4, 4, none), (0x20, 0, none)]),
      attribute([(1, 6, none), (4, 4, none), (0x40, 0, none)]),
      attribute([(1, 6, none), (4, 4, none)]),
      attribute([(1, 6, none), (1, 6, none), (4, 4, none), (0x20, 0, none)]),
      attribute([(1, 6, none), (2, 6, 1001), (4, 4, none), (0x20, 0, none)]),
      Array(named.dropLast()),
    ])
  func refuses(_ bytes: [UInt8]) {
    #expect(PosixACL(parsing: bytes) == nil)
  }
}
