import Facts

// Text for a terminal: made harmless, measured in columns, wrapped, and only then coloured, so that an escape never counts as a
// column and never comes from what is shown.

/// Ways to show a text, as SGR parameters (ECMA-48, 8.3.117). None of them carries meaning that the words do not.
enum Style: String {
  case bold = "1"
  case faint = "2"
  case critical = "1;31"
  case high = "31"
  case medium = "33"
  case low = "36"
  case good = "32"

  init(_ severity: Severity) {
    self =
      switch severity {
      case .critical: .critical
      case .high: .high
      case .medium: .medium
      case .low: .low
      }
  }
}

/// Colours a text, or leaves it as it is.
struct Paint {
  let isOn: Bool

  func callAsFunction(_ text: String, _ style: Style) -> String {
    isOn && !text.isEmpty ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
  }
}

/// A text of any origin as one line without anything that a terminal would obey: runs of blanks are one space, and control
/// and formatting characters are escaped once more here, whoever made the report.
package func harmless(_ text: String) -> String {
  let words = text.split { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r\n" }
  return words.map { printable($0.utf8, atMost: 4096) }.joined(separator: " ")
}

/// How many columns a text takes: none for what combines, two for East Asian wide characters and pictures (Unicode UAX #11).
func columns(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + columns($1) } }

private func columns(_ scalar: Unicode.Scalar) -> Int {
  switch scalar.value {
  case 0..<0x300: return 1
  case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60,
    0x1f300...0x1faff, 0x20000...0x3fffd:
    return 2
  default:
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: return 1
    }
  }
}

/// Breaks a harmless text at spaces into lines of at most so many columns; a word that is longer than a line is broken too.
func wrapped(_ text: String, to width: Int) -> [String] {
  let width = max(width, 8)
  var lines: [String] = []
  var line = ""
  for word in text.split(separator: " ") {
    if !line.isEmpty, columns(line) + 1 + columns(String(word)) <= width {
      line += " " + word
      continue
    }
    if !line.isEmpty { lines.append(line) }
    var pieces = broken(String(word), to: width)
    line = pieces.popLast() ?? ""
    lines += pieces
  }
  return line.isEmpty ? lines : lines + [line]
}

/// A long word (a path, a list without spaces) in pieces of at most so many columns.
private func broken(_ word: String, to width: Int) -> [String] {
  guard columns(word) > width else { return [word] }
  var pieces: [String] = []
  var piece = ""
  for character in word {
    if columns(piece) + columns(String(character)) > width, !piece.isEmpty {
      pieces.append(piece)
      piece = ""
    }
    piece.append(character)
  }
  return piece.isEmpty ? pieces : pieces + [piece]
}

/// The text in exactly so many columns: padded, or cut with an ellipsis.
func fitted(_ text: String, to width: Int, toRight: Bool = false) -> String {
  var kept = text
  if columns(kept) > width {
    while columns(kept) > max(width - 1, 0) { kept.removeLast() }
    kept += width > 0 ? "…" : ""
  }
  let padding = String(repeating: " ", count: max(0, width - columns(kept)))
  return toRight ? padding + kept : kept + padding
}

/// `1 check`, `2 checks`.
func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
  "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}
