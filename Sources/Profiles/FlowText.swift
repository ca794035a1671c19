/// YAML in flow style, as it is written into generated profiles.
indirect enum FlowText: CustomStringConvertible {
  /// Plain: a number, a Boolean, a word of the grammar.
  case plain(String)
  case text(String)
  case list([FlowText])
  case map([(key: String, value: FlowText)])

  static func entry(_ key: String, _ value: FlowText) -> FlowText { .map([(key, value)]) }

  var description: String {
    switch self {
    case .plain(let word): word
    case .text(let text): Self.quoted(text)
    case .list(let items): "[" + items.map(\.description).joined(separator: ", ") + "]"
    case .map(let entries):
      "{ " + entries.map { "\(Self.key($0.key)): \($0.value)" }.joined(separator: ", ") + " }"
    }
  }

  private static func key(_ key: String) -> String {
    key.utf8.allSatisfy { byte in
      Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber
        || byte == UInt8(ascii: ".")
        || byte == UInt8(ascii: "-")
    } ? key : quoted(key)
  }

  /// A double-quoted scalar: YAML 1.2, 7.3.1. Whitespace runs become one blank, and other control characters are left out.
  static func quoted(_ text: String) -> String {
    let words = text.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
    var quoted = "\""
    for scalar in words.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      default: if scalar.value >= 0x20, scalar.value != 0x7f { quoted.unicodeScalars.append(scalar) }
      }
    }
    return quoted + "\""
  }
}
