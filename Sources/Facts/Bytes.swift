// Host text may be any bytes, so formats are parsed as bytes; these are the few steps that every parser shares.

extension Collection<UInt8> {
  /// The bytes as text where they are valid UTF-8; nil where they are not.
  @inlinable package var validText: String? { String(validating: self, as: UTF8.self) }
}

extension Collection<UInt8> where Self: BidirectionalCollection, SubSequence: BidirectionalCollection {
  /// Without the spaces, tabs, newlines and NULs at both ends.
  @inlinable package var trimmed: SubSequence {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) || byte == 0 }
    let start = self.drop(while: isBlank)
    guard let last = start.lastIndex(where: { !isBlank($0) }) else { return start.prefix(0) }
    return start[...last]
  }
}

extension Collection<UInt8> {
  /// The lines, without their newlines; a final newline does not make an empty line. Made one by one: a megabyte of nothing but
  /// newlines takes no memory beside itself.
  @inlinable package var lines: Lines<Self> { Lines(self) }

  /// A decimal number in ASCII, with an optional sign; nil for anything else, an overflow included.
  @inlinable package var decimal: Int64? {
    var rest = self[...]
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    guard !rest.isEmpty else { return nil }
    var value: Int64 = 0
    for byte in rest {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let digit = Int64(byte - UInt8(ascii: "0"))
      let (sum, overflow2) =
        isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
      guard !overflow, !overflow2 else { return nil }
      value = sum
    }
    return value
  }

  /// A hexadecimal number in ASCII without prefix, up to 64 bits.
  @inlinable package var hexadecimal: UInt64? {
    guard !isEmpty, count <= 16 else { return nil }
    var value: UInt64 = 0
    for byte in self {
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: return nil
      }
      value = value << 4 | UInt64(digit)
    }
    return value
  }
}

extension [UInt8] {
  /// Whether these bytes stand somewhere in it. The standard library's search is generic over patterns, and slow over a megabyte.
  package func holds(_ pattern: [UInt8]) -> Bool {
    guard let first = pattern.first else { return true }
    var start = startIndex
    while let found = self[start...].firstIndex(of: first) {
      if self[found...].starts(with: pattern) { return true }
      start = found + 1
    }
    return false
  }
}

/// The lines of a text that is bytes.
@usableFromInline
package struct Lines<Text: Collection<UInt8>>: Sequence, IteratorProtocol {
  @usableFromInline var rest: Text.SubSequence

  @inlinable package init(_ text: Text) { rest = text[...] }

  /// The first one; nil of nothing.
  @inlinable package var first: Text.SubSequence? {
    var copy = self
    return copy.next()
  }

  @inlinable package mutating func next() -> Text.SubSequence? {
    guard !rest.isEmpty else { return nil }
    guard let end = rest.firstIndex(of: 0x0a) else {
      defer { rest = rest[rest.endIndex...] }
      return rest
    }
    defer { rest = rest[rest.index(after: end)...] }
    return rest[..<end]
  }
}
