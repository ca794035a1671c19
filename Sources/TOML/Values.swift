import YAML

extension Parser {
  /// Whatever may stand after `=` or in an array.
  mutating func value(depth: Int) throws(TOMLError) -> Table.Item {
    try count(depth: depth)
    let line = line
    switch current {
    case Byte.quote:
      let isLong = at(1) == Byte.quote && at(2) == Byte.quote
      let text = isLong ? try longString(Byte.quote) : try basicString()
      return .value(Node(.scalar(text, isPlain: false), line: line))
    case Byte.apostrophe:
      let isLong = at(1) == Byte.apostrophe && at(2) == Byte.apostrophe
      let text = isLong ? try longString(Byte.apostrophe) : try literalString()
      return .value(Node(.scalar(text, isPlain: false), line: line))
    case Byte.openBracket: return .value(try array(depth: depth))
    case Byte.openBrace: return .table(try inlineTable(depth: depth))
    default: return .value(try bare())
    }
  }

  private mutating func array(depth: Int) throws(TOMLError) -> Node {
    let line = line
    take()
    var items: [Node] = []
    while true {
      try skipLines()
      if take(Byte.closeBracket) { break }
      switch try value(depth: depth + 1) {
      case .value(let node): items.append(node)
      case .table(let table): items.append(table.node)
      case .tables: break
      }
      try skipLines()
      if take(Byte.comma) { continue }
      try expect(Byte.closeBracket, "']' or ','")
      break
    }
    return Node(.sequence(items), line: line)
  }

  private mutating func inlineTable(depth: Int) throws(TOMLError) -> Table {
    let table = Table(line: line, .inline)
    take()
    skipBlanks()
    if take(Byte.closeBrace) { return table }
    while true {
      try pair(into: table, depth: depth)
      skipBlanks()
      if take(Byte.comma) { continue }
      try expect(Byte.closeBrace, "'}' or ','")
      return table
    }
  }

  // MARK: Strings

  mutating func literalString() throws(TOMLError) -> String {
    take()
    let start = index
    while let byte = current, byte != Byte.apostrophe {
      guard !Byte.isControl(byte) || byte == Byte.tab else { break }
      take()
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    try expect(Byte.apostrophe, "the end of a string")
    return text
  }

  mutating func basicString() throws(TOMLError) -> String {
    take()
    var text: [UInt8] = []
    while let byte = current, byte != Byte.quote {
      if byte == Byte.backslash {
        try escape(into: &text)
      } else {
        guard !Byte.isControl(byte) || byte == Byte.tab else { break }
        text.append(byte)
        take()
      }
    }
    try expect(Byte.quote, "the end of a string")
    return String(decoding: text, as: UTF8.self)
  }

  /// `"""…"""` or `'''…'''`; up to two quotes may stand before the closing ones.
  private mutating func longString(_ quote: UInt8) throws(TOMLError) -> String {
    for _ in 0..<3 { take() }
    if current == Byte.carriage, at(1) == Byte.newline { take() }
    _ = take(Byte.newline)
    var text: [UInt8] = []
    while let byte = current {
      if byte == quote, at(1) == quote, at(2) == quote {
        var quotes = 0
        while quotes < 5, take(quote) { quotes += 1 }
        text += Array(repeating: quote, count: quotes - 3)
        return String(decoding: text, as: UTF8.self)
      }
      if byte == Byte.backslash, quote == Byte.quote {
        if try !continuesLine() { try escape(into: &text) }
        continue
      }
      let isText = !Byte.isControl(byte) || [Byte.tab, Byte.newline, Byte.carriage].contains(byte)
      guard isText else { break }
      text.append(byte)
      take()
    }
    throw syntax("the end of a string is missing")
  }

  /// A backslash at a line's end takes out all white space up to the next text.
  private mutating func continuesLine() throws(TOMLError) -> Bool {
    var offset = 1
    while let byte = at(offset), byte == Byte.space || byte == Byte.tab || byte == Byte.carriage {
      offset += 1
    }
    guard at(offset) == Byte.newline else { return false }
    take()
    while let byte = current, [Byte.space, Byte.tab, Byte.carriage, Byte.newline].contains(byte) { take() }
    return true
  }

  private mutating func escape(into text: inout [UInt8]) throws(TOMLError) {
    take()
    let letter = current
    if letter != nil { take() }
    switch letter {
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "f"): text.append(12)
    case UInt8(ascii: "r"): text.append(13)
    case Byte.quote, Byte.backslash: text.append(letter ?? 0)
    case UInt8(ascii: "u"): text += try scalar(digits: 4)
    case UInt8(ascii: "U"): text += try scalar(digits: 8)
    default: throw syntax("a backslash begins nothing that is known")
    }
  }

  private mutating func scalar(digits: Int) throws(TOMLError) -> [UInt8] {
    let word = bytes[index..<min(index + digits, bytes.count)]
    guard word.count == digits, word.allSatisfy({ Self.digit($0) < 16 }),
      let number = UInt32(String(decoding: word, as: UTF8.self), radix: 16),
      let scalar = Unicode.Scalar(number)
    else { throw syntax("an escape names no character") }
    index += digits
    return Array(String(Character(scalar)).utf8)
  }

  // MARK: Numbers, Booleans and dates

  /// A word without quotes. A date's blank before its time is part of it.
  private mutating func bare() throws(TOMLError) -> Node {
    let line = line
    let start = index
    while let byte = current, Self.isWord(byte) { take() }
    if index - start == 10, bytes[start + 4] == UInt8(ascii: "-"), current == Byte.space,
      let next = at(1), Self.digit(next) < 10
    {
      take()
      while let byte = current, Self.isWord(byte) { take() }
    }
    let word = String(decoding: bytes[start..<index], as: UTF8.self)
    guard let text = Self.plain(word) else {
      throw TOMLError(
        line: line, .syntax(word.isEmpty ? "a value is missing" : "'\(word.prefix(40))' is no value"))
    }
    return Node(.scalar(text, isPlain: true), line: line)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    Byte.isBare(byte) || byte == Byte.dot || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ":")
  }

  /// 0 to 15, or more for what is no digit.
  private static func digit(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: 0xff
    }
  }

  /// A word as the tree holds it; nil where it is none that TOML has.
  private static func plain(_ word: String) -> String? {
    if word == "true" || word == "false" { return word }
    if let integer = integer(word) { return integer.map { String($0) } }
    return isFloat(word) || isTime(word) ? word : nil
  }

  /// Nil where it does not look like an integer; nil within where it is one of more than 64 bits.
  private static func integer(_ word: String) -> Int64?? {
    var body = Substring(word)
    var radix = 10
    for (prefix, base) in [("0x", 16), ("0o", 8), ("0b", 2)] where word.hasPrefix(prefix) {
      body = word.dropFirst(2)
      radix = base
    }
    let digits = radix == 10 ? body.drop { $0 == "+" || $0 == "-" } : body
    guard body.utf8.count - digits.utf8.count <= 1, isDigits(digits, below: UInt8(radix)) else { return nil }
    if radix == 10, digits.utf8.count > 1, digits.hasPrefix("0") { return nil }
    return .some(Int64(body.filter { $0 != "_" }, radix: radix))
  }

  /// Digits with single underscores between them.
  private static func isDigits(_ text: Substring, below radix: UInt8) -> Bool {
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    return parts.allSatisfy { part in !part.isEmpty && part.utf8.allSatisfy { digit($0) < radix } }
  }

  private static func isFloat(_ word: String) -> Bool {
    var body = Substring(word)
    if body.first == "+" || body.first == "-" { body = body.dropFirst() }
    if body == "inf" || body == "nan" { return true }
    let halves = body.split(whereSeparator: { $0 == "e" || $0 == "E" })
    guard let mantissa = halves.first, (1...2).contains(halves.count), body.last != "e", body.last != "E"
    else { return false }
    if halves.count == 2 {
      let exponent = halves[1].first == "+" || halves[1].first == "-" ? halves[1].dropFirst() : halves[1]
      guard isDigits(exponent, below: 10) else { return false }
    }
    let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    return (halves.count == 2 ? 1...2 : 2...2).contains(parts.count)
      && parts.allSatisfy { isDigits($0, below: 10) }
  }

  /// A date, a time, or both; RFC 3339. Their digits are not checked against a calendar: nothing that is read holds one.
  private static func isTime(_ word: String) -> Bool {
    let bytes = Array(word.utf8)
    func matches(_ pattern: String, _ from: Int) -> Bool {
      let pattern = Array(pattern.utf8)
      guard bytes.count >= from + pattern.count else { return false }
      return zip(bytes[from...], pattern).allSatisfy { byte, wanted in
        wanted == UInt8(ascii: "0") ? digit(byte) < 10 : byte == wanted
      }
    }
    if matches("00:00:00", 0) { return true }
    guard matches("0000-00-00", 0) else { return false }
    return bytes.count == 10 || matches("00:00:00", 11)
  }
}
