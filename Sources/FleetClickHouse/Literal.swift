/// A text as a string literal of ClickHouse's SQL: the only way by which a value gets into a statement. Version 18.16 takes no
/// parameters beside a statement (they came later), so that there is one way for all versions.
///
/// Rests on ClickHouse's syntax, "String literals": `\\`, `\'` and `\xHH` are read alike by every version.
func literal(_ text: String) -> String {
  var bytes: [UInt8] = [UInt8(ascii: "'")]
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "\\"), UInt8(ascii: "'"):
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(byte)
    case 0..<0x20, 0x7F:
      bytes += Array("\\x".utf8) + hexadecimal(byte)
    default: bytes.append(byte)
    }
  }
  bytes.append(UInt8(ascii: "'"))
  return String(decoding: bytes, as: UTF8.self)
}

/// Several of them, in parentheses; the list must not be empty.
func literals(_ texts: some Sequence<String>) -> String {
  "(" + texts.map { literal($0) }.joined(separator: ",") + ")"
}

/// A row for `FORMAT JSONEachRow`.
struct JSONRow {
  private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]

  private mutating func begin(_ column: StaticString) {
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "\""))
    column.withUTF8Buffer { bytes += $0 }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  mutating func put(_ column: StaticString, _ text: String) { put(column, bytes: text.utf8) }

  mutating func put(_ column: StaticString, _ text: String?) {
    if let text { return put(column, text) }
    begin(column)
    bytes += Array("null".utf8)
  }

  mutating func put(_ column: StaticString, _ number: some FixedWidthInteger) {
    begin(column)
    bytes += Array(String(number).utf8)
  }

  mutating func put(_ column: StaticString, _ flag: Bool) { put(column, flag ? 1 : 0) }

  /// Any bytes: ClickHouse reads a string's bytes as they are, valid UTF-8 or not, but for escapes.
  mutating func put(_ column: StaticString, bytes text: some Sequence<UInt8>) {
    begin(column)
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\\"), UInt8(ascii: "\""):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20: bytes += Array("\\u00".utf8) + hexadecimal(byte)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// The whole row, with its end of line.
  var line: [UInt8] { bytes + [UInt8(ascii: "}"), UInt8(ascii: "\n")] }
}

private func hexadecimal(_ byte: UInt8) -> [UInt8] {
  let digits = Array("0123456789abcdef".utf8)
  return [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
}
