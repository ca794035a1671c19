import Fleet
import NIOCore

/// The columns of an answer in `FORMAT RowBinary`, in their order: exact bytes, nothing escaped, and the same from every version.
///
/// Rests on ClickHouse's "RowBinary": a string is its length as LEB128 and its bytes, integers are little-endian, a nullable value has
/// a byte before it that is 1 for null.
struct Cells {
  private var buffer: ByteBuffer

  init(_ buffer: ByteBuffer) { self.buffer = buffer }

  var isAtEnd: Bool { buffer.readableBytes == 0 }

  /// - Throws: `StoreProblem` where the answer ends too early.
  mutating func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws(StoreProblem)
    -> Number
  {
    guard let number = buffer.readInteger(endianness: .little, as: type) else { throw Self.cut }
    return number
  }

  /// - Throws: `StoreProblem` where the answer ends too early.
  mutating func bytes() throws(StoreProblem) -> [UInt8] {
    guard let bytes = buffer.readBytes(length: try length()) else { throw Self.cut }
    return bytes
  }

  /// - Throws: `StoreProblem` where the answer ends too early.
  mutating func text() throws(StoreProblem) -> String {
    guard let text = buffer.readString(length: try length()) else { throw Self.cut }
    return text
  }

  /// - Throws: `StoreProblem` where the answer ends too early.
  mutating func textOrNull() throws(StoreProblem) -> String? {
    try number(UInt8.self) == 1 ? nil : try text()
  }

  private mutating func length() throws(StoreProblem) -> Int {
    var length = 0
    for shift in stride(from: 0, to: 35, by: 7) {
      let byte = try number(UInt8.self)
      length |= Int(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return length }
    }
    throw Self.cut
  }

  private static let cut = StoreProblem("ClickHouse's answer is not whole", isTemporary: true)
}
