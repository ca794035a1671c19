/// The `security.capability` extended attribute of an executable: `struct vfs_cap_data` and `vfs_ns_cap_data` of
/// linux/capability.h.
package struct FileCapabilities: Hashable, Sendable {
  package let permitted: CapabilitySet
  package let inheritable: CapabilitySet
  /// Whether the permitted set becomes effective at execve(2) by itself.
  package let isEffective: Bool
  /// The user id that is root in the user namespace it is meant for; 0 is the initial one (revision 2 has no other).
  package let rootID: UInt32

  /// - Returns: nil for a revision or a length that the kernel would not take either.
  package init?(parsing bytes: [UInt8]) {
    func word(_ index: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[index * 4 + $1]) << UInt32($1 * 8) }
    }
    guard bytes.count >= 4 else { return nil }
    let magic = word(0)
    let revision = magic & 0xff00_0000
    switch (revision, bytes.count) {
    case (0x0100_0000, 12):
      permitted = CapabilitySet(bits: UInt64(word(1)))
      inheritable = CapabilitySet(bits: UInt64(word(2)))
      rootID = 0
    case (0x0200_0000, 20), (0x0300_0000, 24):
      permitted = CapabilitySet(bits: UInt64(word(1)) | UInt64(word(3)) << 32)
      inheritable = CapabilitySet(bits: UInt64(word(2)) | UInt64(word(4)) << 32)
      rootID = bytes.count == 24 ? word(5) : 0
    default: return nil
    }
    isEffective = magic & 1 != 0
  }
}
