import Facts

/// A file of shell-like assignments, as os-release(5) describes it: one `NAME=VALUE` a line, values may be quoted.
package struct OSRelease: Hashable, Sendable {
  private let values: [String: String]

  package init(parsing bytes: [UInt8]) {
    var values: [String: String] = [:]
    for line in bytes.lines {
      let line = line.trimmed
      guard line.first != UInt8(ascii: "#"), let equals = line.firstIndex(of: UInt8(ascii: "=")) else {
        continue
      }
      values[printable(line[..<equals])] = Self.unquoted(printable(line[(equals + 1)...], atMost: 4096))
    }
    self.values = values
  }

  package subscript(_ name: String) -> String? { values[name] }

  private static func unquoted(_ text: String) -> String {
    guard let quote = text.first, quote == "\"" || quote == "'", text.count > 1, text.last == quote else {
      return text
    }
    var result = ""
    var isEscaped = false
    for character in text.dropFirst().dropLast() {
      if quote == "\"", character == "\\", !isEscaped {
        isEscaped = true
      } else {
        result.append(character)
        isEscaped = false
      }
    }
    return result
  }
}
