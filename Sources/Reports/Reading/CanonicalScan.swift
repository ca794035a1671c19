/// Reads JSON that is written as `encodeReport` writes it: no blanks, sorted keys, no null, nothing escaped that need not be. Whatever
/// is written otherwise is refused, be it good JSON or none: it is for the general reader, which knows all of JSON and is slower.
///
/// Every question moves on behind what it has read; after one that was refused the place means nothing.
struct CanonicalScan {
  private let bytes: [UInt8]
  private(set) var place = 0
  private var depth = 0

  private static let deepest = 64

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var rest: ArraySlice<UInt8> { bytes[place...] }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    place += 1
    return true
  }

  /// Passes over a value of any kind.
  mutating func value() -> Bool {
    guard let first = next else { return false }
    switch first {
    case UInt8(ascii: "{"): return object { scan, _ in scan.value() }
    case UInt8(ascii: "["): return array { $0.value() }
    case UInt8(ascii: "\""): return string() != nil
    case UInt8(ascii: "t"): return word("true")
    case UInt8(ascii: "f"): return word("false")
    // A null is never written: what is not there is left out.
    default: return number() != nil
    }
  }

  /// - Parameter member: Is given each key, and reads its value.
  mutating func object(_ member: (inout Self, String) -> Bool) -> Bool {
    guard depth < Self.deepest, take(UInt8(ascii: "{")) else { return false }
    depth += 1
    defer { depth -= 1 }
    if take(UInt8(ascii: "}")) { return true }
    var last: Range<Int>?
    repeat {
      guard let key = string(), take(UInt8(ascii: ":")) else { return false }
      if let last, !bytes[last].lexicographicallyPrecedes(bytes[key.place]) { return false }
      last = key.place
      guard let name = text(of: key), member(&self, name) else { return false }
    } while take(UInt8(ascii: ","))
    return take(UInt8(ascii: "}"))
  }

  /// - Parameter element: Reads one.
  mutating func array(_ element: (inout Self) -> Bool) -> Bool {
    guard depth < Self.deepest, take(UInt8(ascii: "[")) else { return false }
    depth += 1
    defer { depth -= 1 }
    if take(UInt8(ascii: "]")) { return true }
    repeat {
      guard element(&self) else { return false }
    } while take(UInt8(ascii: ","))
    return take(UInt8(ascii: "]"))
  }

  mutating func texts() -> [String]? {
    var texts: [String] = []
    let isRead = array { scan in
      guard let text = scan.text() else { return false }
      texts.append(text)
      return true
    }
    return isRead ? texts : nil
  }

  mutating func text() -> String? { string().flatMap(text) }

  /// A whole number.
  mutating func integer() -> Int? {
    number().flatMap { Int(String(decoding: bytes[$0], as: UTF8.self)) }
  }

  /// The text between two quotes, as it is written.
  private struct Written {
    let place: Range<Int>
    let isASCII: Bool
    let hasEscapes: Bool
  }

  private mutating func string() -> Written? {
    guard take(UInt8(ascii: "\"")) else { return nil }
    let start = place
    var seen: UInt8 = 0
    var hasEscapes = false
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        place += 1
        return Written(place: start..<(place - 1), isASCII: seen < 0x80, hasEscapes: hasEscapes)
      // Escapes may be written in several ways; text with one is rare.
      case UInt8(ascii: "\\"):
        guard place + 1 < bytes.count, Self.unescaped(bytes[place + 1]) != nil else { return nil }
        hasEscapes = true
        place += 2
      case 0..<0x20: return nil
      default:
        seen |= byte
        place += 1
      }
    }
    return nil
  }

  /// - Returns: nil where it is not UTF-8.
  private func text(of written: Written) -> String? {
    let text = bytes[written.place]
    guard written.hasEscapes else {
      // Whether it is UTF-8 is only asked of what may not be: asking costs more than all else.
      return written.isASCII
        ? String(decoding: text, as: UTF8.self) : String(validating: text, as: UTF8.self)
    }
    var plain: [UInt8] = []
    plain.reserveCapacity(text.count)
    var isEscaped = false
    for byte in text {
      if isEscaped {
        plain.append(Self.unescaped(byte) ?? byte)
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else {
        plain.append(byte)
      }
    }
    return String(validating: plain, as: UTF8.self)
  }

  private static func unescaped(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
    case UInt8(ascii: "n"): UInt8(ascii: "\n")
    case UInt8(ascii: "r"): UInt8(ascii: "\r")
    case UInt8(ascii: "t"): UInt8(ascii: "\t")
    default: nil
    }
  }

  private mutating func word(_ word: String) -> Bool {
    guard rest.starts(with: word.utf8) else { return false }
    place += word.utf8.count
    return true
  }

  /// A whole number, or one with decimals that end in no zero; no exponent.
  private mutating func number() -> Range<Int>? {
    let start = place
    _ = take(UInt8(ascii: "-"))
    let whole = digits()
    guard whole > 0, whole == 1 || bytes[place - whole] != UInt8(ascii: "0") else { return nil }
    if take(UInt8(ascii: ".")) {
      guard digits() > 0, bytes[place - 1] != UInt8(ascii: "0") else { return nil }
    }
    return place - start <= 17 ? start..<place : nil
  }

  private mutating func digits() -> Int {
    let start = place
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { place += 1 }
    return place - start
  }
}
