import Facts

/// The head of a binary SELinux policy as the kernel writes it to selinuxfs' `policy`: security/selinux/ss/policydb.c,
/// `policydb_write`. Only what comes before the symbol tables is read.
package struct SELinuxPolicy: Hashable, Sendable {
  /// Why the bytes are not the head of a policy.
  package enum Failure: Error, Hashable, Sendable {
    case truncated
    case notAPolicy
    /// Older than version 23: permissive domains did not exist.
    case tooOld(version: UInt32)
  }

  package let version: UInt32
  /// How many types are permissive: the bits set in `permissive_map`.
  package let permissiveTypes: Int

  private static let magic: UInt32 = 0xf97c_ff8c
  /// POLICYDB_VERSION_PERMISSIVE; policy capabilities came one version earlier.
  private static let firstWithPermissive: UInt32 = 23
  /// More nodes than any policy has types for: the kernel's ebitmaps hold at most 2^32 bits, real ones some thousands.
  private static let mostNodes: UInt32 = 65_536

  package init(parsing bytes: [UInt8]) throws(Failure) {
    var reader = Reader(rest: bytes[...])
    guard try reader.word() == Self.magic else { throw .notAPolicy }
    let length = try reader.word()
    guard length <= 32, try reader.take(Int(length)).elementsEqual("SE Linux".utf8) else { throw .notAPolicy }
    version = try reader.word()
    // config, symbol tables, object contexts
    for _ in 0..<3 { _ = try reader.word() }
    guard version >= Self.firstWithPermissive else { throw .tooOld(version: version) }
    _ = try Self.bits(&reader)
    permissiveTypes = try Self.bits(&reader)
  }

  /// Counts the bits of one ebitmap: map unit, highest bit, node count, then a start bit and 64 bits for each node.
  private static func bits(_ reader: inout Reader) throws(Failure) -> Int {
    let (unit, _, count) = (try reader.word(), try reader.word(), try reader.word())
    // An empty map is written with its unit as well.
    guard unit == 64, count <= mostNodes else { throw .notAPolicy }
    var bits = 0
    for _ in 0..<count {
      _ = try reader.word()
      bits += try reader.word().nonzeroBitCount + reader.word().nonzeroBitCount
    }
    return bits
  }

  private struct Reader {
    var rest: ArraySlice<UInt8>

    mutating func take(_ count: Int) throws(Failure) -> ArraySlice<UInt8> {
      guard rest.count >= count else { throw .truncated }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }

    /// A little-endian word: policies are little-endian on every architecture.
    mutating func word() throws(Failure) -> UInt32 {
      try take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
  }
}
