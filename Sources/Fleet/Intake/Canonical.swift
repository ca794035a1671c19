/// Whether a document is written as `encodeReport` writes: one line with a newline, no blanks, sorted keys, nothing escaped that need
/// not be. It is looked at in one pass, which costs a hundredth of reading and writing it again.
///
/// It is enough that most of what comes is known by it. Where it says no, the report is written again and the outcome is the same.
func isCanonicalJSON(_ bytes: [UInt8]) -> Bool {
  bytes.withUnsafeBufferPointer { buffer in
    var scan = CanonicalScan(bytes: buffer)
    return scan.value(depth: 0) && scan.rest == 1 && buffer.last == UInt8(ascii: "\n")
  }
}

private struct CanonicalScan {
  let bytes: UnsafeBufferPointer<UInt8>
  var place = 0

  private static let deepest = 64

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var rest: Int { bytes.count - place }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    place += 1
    return true
  }

  mutating func value(depth: Int) -> Bool {
    guard depth < Self.deepest, let first = next else { return false }
    switch first {
    case UInt8(ascii: "{"): return object(depth)
    case UInt8(ascii: "["): return array(depth)
    case UInt8(ascii: "\""): return string() != nil
    case UInt8(ascii: "t"): return word("true")
    case UInt8(ascii: "f"): return word("false")
    // A null is never written: what is not there is left out.
    default: return number()
    }
  }

  private mutating func object(_ depth: Int) -> Bool {
    place += 1
    if take(UInt8(ascii: "}")) { return true }
    var last: Range<Int>?
    repeat {
      guard let key = string(), take(UInt8(ascii: ":")) else { return false }
      if let last, !bytes[last].lexicographicallyPrecedes(bytes[key]) { return false }
      last = key
      guard value(depth: depth + 1) else { return false }
    } while take(UInt8(ascii: ","))
    return take(UInt8(ascii: "}"))
  }

  private mutating func array(_ depth: Int) -> Bool {
    place += 1
    if take(UInt8(ascii: "]")) { return true }
    repeat {
      guard value(depth: depth + 1) else { return false }
    } while take(UInt8(ascii: ","))
    return take(UInt8(ascii: "]"))
  }

  /// - Returns: Where the text between the quotes is.
  private mutating func string() -> Range<Int>? {
    guard take(UInt8(ascii: "\"")) else { return nil }
    let start = place
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        place += 1
        return start..<(place - 1)
      // Escapes may be written in several ways; text with one is rare.
      case UInt8(ascii: "\\"):
        guard place + 1 < bytes.count, "\"\\nrt".utf8.contains(bytes[place + 1]) else { return nil }
        place += 2
      case 0..<0x20: return nil
      default: place += 1
      }
    }
    return nil
  }

  private mutating func word(_ word: StaticString) -> Bool {
    guard rest >= word.utf8CodeUnitCount else { return false }
    for offset in 0..<word.utf8CodeUnitCount where bytes[place + offset] != word.utf8Start[offset] {
      return false
    }
    place += word.utf8CodeUnitCount
    return true
  }

  /// A whole number, or one with decimals that end in no zero; no exponent.
  private mutating func number() -> Bool {
    let start = place
    _ = take(UInt8(ascii: "-"))
    let whole = digits()
    guard whole > 0, whole == 1 || bytes[place - whole] != UInt8(ascii: "0") else { return false }
    if take(UInt8(ascii: ".")) {
      guard digits() > 0, bytes[place - 1] != UInt8(ascii: "0") else { return false }
    }
    return place - start <= 17
  }

  private mutating func digits() -> Int {
    let start = place
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { place += 1 }
    return place - start
  }
}
