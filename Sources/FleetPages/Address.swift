/// Addresses of the fleet's pages.
enum Address {
  /// A path of these segments with these parameters; those that are nil or empty are left out.
  static func to(_ segments: String..., with parameters: [(name: String, value: String?)] = []) -> String {
    let path = segments.map { "/" + encoded($0) }.joined()
    let given = parameters.compactMap { name, value in
      value.flatMap { $0.isEmpty ? nil : "\(encoded(name))=\(encoded($0))" }
    }
    return (path.isEmpty ? "/" : path) + (given.isEmpty ? "" : "?" + given.joined(separator: "&"))
  }

  /// A node's page. Browsers take `.` and `..` for steps, however they are written: such a node is found in the list.
  static func node(_ key: String) -> String {
    [".", "..", ""].contains(key) ? to("nodes", with: [("q", key)]) : to("nodes", key)
  }

  static func check(_ slug: String) -> String {
    [".", "..", ""].contains(slug) ? to("checks") : to("checks", slug)
  }

  /// Everything but what is unreserved (RFC 3986, 2.3) is percent-encoded.
  static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// - Returns: nil where a percent sign begins no byte, or the bytes are not UTF-8.
  static func decoded(_ text: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
