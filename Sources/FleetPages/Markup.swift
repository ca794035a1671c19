import Reports

/// Markup by its type: what is written in a literal is markup, and what is put into one is text unless it is markup itself. That
/// something is not escaped can therefore not be forgotten, which is why this is no template library: those look values up by name
/// when they run, and the compiler sees neither a missing one nor one that is escaped twice.
struct HTML: ExpressibleByStringInterpolation, Sendable {
  private(set) var text: String

  init(stringLiteral value: String) { text = value }

  init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + interpolationCount * 16)
    }

    mutating func appendLiteral(_ literal: String) { text += literal }

    mutating func appendInterpolation(_ html: HTML) { text += html.text }

    mutating func appendInterpolation(_ html: HTML?) { text += html?.text ?? "" }

    mutating func appendInterpolation(_ parts: [HTML]) { for part in parts { text += part.text } }

    mutating func appendInterpolation(_ number: Int) { text += String(number) }

    mutating func appendInterpolation(_ plain: String) { HTML.escape(plain, into: &text) }
  }

  static func += (left: inout HTML, right: HTML) { left.text += right.text }

  var isEmpty: Bool { text.isEmpty }

  /// Markup's own characters escaped; control and bidirectional characters told as all other forms of a report tell them.
  private static func escape(_ plain: String, into text: inout String) {
    let isPlain = plain.utf8.allSatisfy {
      (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "&") && $0 != UInt8(ascii: "<")
        && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'")
    }
    guard !isPlain || plain.utf8.count > longest else {
      text += plain
      return
    }
    for scalar in harmless(plain).unicodeScalars.prefix(longest) {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      default: text.unicodeScalars.append(scalar)
      }
    }
    if plain.utf8.count > longest { text += "…" }
  }

  /// Bytes of one text that a page shows at most; the report has all of it.
  private static let longest = 2_000
}

extension [HTML] {
  func joined(_ separator: HTML = "") -> HTML {
    guard var all = first else { return "" }
    for part in dropFirst() {
      all += separator
      all += part
    }
    return all
  }
}
