/// A hash algorithm by its number in the TCG Algorithm Registry, section 6.
package struct TPMAlgorithm: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) { self.rawValue = rawValue }

  package static let sha1 = TPMAlgorithm(rawValue: 0x04)
  package static let sha256 = TPMAlgorithm(rawValue: 0x0b)
  package static let sha384 = TPMAlgorithm(rawValue: 0x0c)
  package static let sha512 = TPMAlgorithm(rawValue: 0x0d)
  package static let sm3 = TPMAlgorithm(rawValue: 0x12)

  private static let known: [TPMAlgorithm: (name: String, size: Int)] = [
    sha1: ("sha1", 20), sha256: ("sha256", 32), sha384: ("sha384", 48), sha512: ("sha512", 64),
    sm3: ("sm3", 32),
  ]

  /// Its name in `/sys/class/tpm/tpm0/pcr-NAME`; its number for one that the kernel shows no PCRs of.
  package var name: String { Self.known[self]?.name ?? "0x" + String(rawValue, radix: 16) }

  /// How many bytes a digest has; nil for one that is not known here.
  package var digestSize: Int? { Self.known[self]?.size }
}
