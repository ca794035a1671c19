import Facts

/// The lines of an sshd_config(5), as the server splits them (misc.c's argv_split, servconf.c): a keyword, optionally an equals
/// sign, and words that may stand in double quotes. Keywords are of any case; `#` begins a comment, in a word too.
package struct SSHConfiguration: Hashable, Sendable {
  /// One line that says something.
  package struct Line: Hashable, Sendable {
    /// In lower case.
    package let keyword: String
    package let words: [String]
    /// From 1.
    package let number: Int
  }

  package let lines: [Line]

  package init(parsing bytes: [UInt8]) {
    lines = bytes.lines.enumerated().compactMap { Line($0.element, number: $0.offset + 1) }
  }
}

extension SSHConfiguration.Line {
  /// Also what follows `-o` on a command line.
  package init?(_ line: some Collection<UInt8>, number: Int) {
    var words = Self.split(line)
    guard !words.isEmpty else { return nil }
    var keyword = words.removeFirst()
    // `Keyword=value`, `Keyword =value` and `Keyword = value` are the same.
    if let equals = keyword.firstIndex(of: "=") {
      let rest = String(keyword[keyword.index(after: equals)...])
      keyword = String(keyword[..<equals])
      if !rest.isEmpty { words.insert(rest, at: 0) }
    } else if let first = words.first, first.hasPrefix("=") {
      words[0] = String(first.dropFirst())
      if words[0].isEmpty { words.removeFirst() }
    }
    guard !keyword.isEmpty else { return nil }
    self.keyword = keyword.lowercased()
    self.words = words
    self.number = number
  }

  /// A quote that is not closed takes the rest of the line.
  private static func split(_ line: some Collection<UInt8>) -> [String] {
    var words: [String] = []
    var word: [UInt8] = []
    var isInWord = false
    var quote: UInt8?
    for byte in line {
      if let open = quote {
        if byte == open { quote = nil } else { word.append(byte) }
        continue
      }
      switch byte {
      case UInt8(ascii: "#"):
        if isInWord { words.append(printable(word, atMost: 4096)) }
        return words
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        quote = byte
        isInWord = true
      case 0x20, 0x09, 0x0d, 0x0c:
        if isInWord { words.append(printable(word, atMost: 4096)) }
        word = []
        isInWord = false
      default:
        isInWord = true
        word.append(byte)
      }
    }
    if isInWord { words.append(printable(word, atMost: 4096)) }
    return words
  }
}

/// A shell pattern of glob(7) with `*` and `?` alone, and one of ssh_config(5)'s PATTERNS. Linear but for `*`, which is bounded
/// by the texts' lengths.
package func matches(_ text: String, pattern: String) -> Bool {
  let (text, pattern) = (Array(text.utf8), Array(pattern.utf8))
  var (at, next) = (0, 0)
  var star: (pattern: Int, text: Int)?
  while at < text.count {
    if next < pattern.count, pattern[next] == UInt8(ascii: "*") {
      star = (next, at)
      next += 1
    } else if next < pattern.count, pattern[next] == UInt8(ascii: "?") || pattern[next] == text[at] {
      at += 1
      next += 1
    } else if let last = star {
      star = (last.pattern, last.text + 1)
      next = last.pattern + 1
      at = last.text + 1
    } else {
      return false
    }
  }
  return pattern[next...].allSatisfy { $0 == UInt8(ascii: "*") }
}
