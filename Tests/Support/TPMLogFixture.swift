/// Event logs as firmware writes them, put together by hand.
package struct TPMLogFixture: Sendable {
  package struct Event: Sendable {
    package var register: UInt32
    package var type: UInt32
    /// By algorithm number, in the order in which they stand in the log.
    package var digests: [(algorithm: UInt16, bytes: [UInt8])]
    package var data: [UInt8]

    package init(
      _ register: UInt32, type: UInt32 = 8, digests: [(algorithm: UInt16, bytes: [UInt8])], data: [UInt8] = []
    ) {
      self.register = register
      self.type = type
      self.digests = digests
      self.data = data
    }
  }

  package static func little(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  /// TCG_PCClientPCREvent of the first digest.
  package static func sha1(_ event: Event) -> [UInt8] {
    little(event.register) + little(event.type) + (event.digests.first?.bytes ?? []) + sized(event.data)
  }

  /// TCG_PCR_EVENT2.
  package static func agile(_ event: Event) -> [UInt8] {
    little(event.register) + little(event.type) + little(UInt32(event.digests.count))
      + event.digests.flatMap { little($0.algorithm) + $0.bytes } + sized(event.data)
  }

  /// The first event of a crypto-agile log.
  /// - Parameter count: How many algorithms it claims to name.
  package static func header(_ sizes: [(algorithm: UInt16, size: UInt16)], count: UInt32? = nil) -> [UInt8] {
    let data =
      Array("Spec ID Event03\0".utf8) + [0, 0, 0, 0, 0, 2, 0, 2] + little(count ?? UInt32(sizes.count))
      + sizes.flatMap { little($0.algorithm) + little($0.size) } + [0]
    return sha1(Event(0, type: 3, digests: [(4, [UInt8](repeating: 0, count: 20))], data: data))
  }

  private static func sized(_ data: [UInt8]) -> [UInt8] { little(UInt32(data.count)) + data }
}
