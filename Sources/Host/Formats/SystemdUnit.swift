import Facts

/// A systemd unit file's settings in order, as far as they say how a service is started; systemd.syntax(7).
///
/// Lines that end in a backslash go on in the next, whose comment lines are skipped; `#` and `;` begin comments only at a
/// line's start. Specifiers (`%i`) are left as they stand.
package struct SystemdUnit: Hashable, Sendable {
  /// One assignment: `[Service]` `ExecStart=…`.
  package struct Setting: Hashable, Sendable {
    package let section: String
    package let key: String
    package let value: String
    /// From 1: where the assignment begins.
    package let line: Int
  }

  package let settings: [Setting]

  package init(parsing bytes: [UInt8]) {
    var settings: [Setting] = []
    var section = ""
    var pending: (text: String, line: Int)?
    for (index, line) in bytes.lines.enumerated() {
      let text = String(decoding: line.trimmed, as: UTF8.self)
      if text.hasPrefix("#") || text.hasPrefix(";") { continue }
      if pending == nil, text.isEmpty { continue }
      let start = pending?.line ?? index + 1
      let whole = (pending?.text ?? "") + text
      if whole.hasSuffix("\\") {
        pending = (String(whole.dropLast()) + " ", start)
        continue
      }
      pending = nil
      Self.take(whole, line: start, &section, &settings)
    }
    if let pending { Self.take(pending.text, line: pending.line, &section, &settings) }
    self.settings = settings
  }

  private static func take(_ text: String, line: Int, _ section: inout String, _ settings: inout [Setting]) {
    if text.hasPrefix("["), text.hasSuffix("]") {
      section = String(text.dropFirst().dropLast())
      return
    }
    guard let equals = text.firstIndex(of: "=") else { return }
    let key = String(decoding: Array(text[..<equals].utf8).trimmed, as: UTF8.self)
    let value = String(decoding: Array(text[text.index(after: equals)...].utf8).trimmed, as: UTF8.self)
    settings.append(Setting(section: section, key: key, value: value, line: line))
  }

  /// Splits a value into words, quotes and C escapes undone as systemd does; a quote that is not closed takes the rest.
  package static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var isInWord = false
    var quote: Character?
    var rest = text[...]
    while let character = rest.popFirst() {
      if let open = quote {
        if character == open {
          quote = nil
        } else if character == "\\" {
          word += escape(&rest)
        } else {
          word.append(character)
        }
      } else if character == "\"" || character == "'" {
        quote = character
        isInWord = true
      } else if character == " " || character == "\t" || character == "\n" {
        if isInWord { words.append(word) }
        word = ""
        isInWord = false
      } else {
        isInWord = true
        if character == "\\" { word += escape(&rest) } else { word.append(character) }
      }
    }
    if isInWord { words.append(word) }
    return words
  }

  /// What a backslash and the character after it stand for; numeric escapes for one byte of ASCII only.
  private static func escape(_ rest: inout Substring) -> String {
    guard let character = rest.popFirst() else { return "\\" }
    switch character {
    case "n": return "\n"
    case "t": return "\t"
    case "r": return "\r"
    case "s": return " "
    case "\\", "\"", "'": return String(character)
    case "x":
      let digits = rest.prefix(2)
      guard digits.count == 2, let code = UInt8(digits, radix: 16), code < 0x80 else { return "\\x" }
      rest = rest.dropFirst(2)
      return String(UnicodeScalar(code))
    default: return "\\" + String(character)
    }
  }

  /// The variables of an `EnvironmentFile=`: `NAME=VALUE` lines, quotes undone; systemd.exec(5).
  package static func environmentFile(_ bytes: [UInt8]) -> [(name: String, value: String, line: Int)] {
    let unit = SystemdUnit(parsing: bytes)
    return unit.settings.compactMap { setting in
      // `export NAME=…` is a shell's way, and no variable to systemd.
      guard !setting.key.isEmpty, !setting.key.contains(" ") else { return nil }
      return (setting.key, unquoted(setting.value), setting.line)
    }
  }

  private static func unquoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "\"" || $0 == "'" || $0 == "\\" }) else { return text }
    // Words outside of quotes keep the single spaces between them.
    return words(text).joined(separator: " ")
  }

  /// Puts variables in a command line's words: `$NAME` alone is split into words, `${NAME}` is replaced where it stands, `$$`
  /// is a dollar sign; systemd.service(5), "Command lines". A variable that is not set is empty.
  package static func expand(_ word: String, _ variables: [String: String]) -> [String] {
    if word.hasPrefix("$"), !word.hasPrefix("${"), !word.hasPrefix("$$"),
      word.dropFirst().allSatisfy(isNamePart),
      word.count > 1
    {
      return words(variables[String(word.dropFirst())] ?? "")
    }
    var result = ""
    var rest = word[...]
    while let character = rest.popFirst() {
      guard character == "$" else {
        result.append(character)
        continue
      }
      if rest.first == "$" {
        rest = rest.dropFirst()
        result.append("$")
      } else if rest.first == "{", let close = rest.firstIndex(of: "}") {
        result += variables[String(rest[rest.index(after: rest.startIndex)..<close])] ?? ""
        rest = rest[rest.index(after: close)...]
      } else {
        result.append("$")
      }
    }
    return [result]
  }

  private static func isNamePart(_ character: Character) -> Bool {
    character == "_" || character.isASCII && (character.isLetter || character.isNumber)
  }
}
