package import YAML

/// Reads a TOML document, https://toml.io/en/v1.0.0, into the tree that YAML documents are read into.
///
/// Strings become quoted scalars; Booleans, numbers and dates plain ones: integers in decimal, floats and dates as they stand.
/// There is no TOML package of Swift alone, and the one that wraps a C++ library costs more than this: container runtimes'
/// files are the only TOML there is to read. Nothing is recursive beyond `limits.depth`, and every loop consumes a byte.
/// - Throws: `TOMLError` with the line. A document is read whole or not at all.
package func parseTOML(_ bytes: [UInt8], limits: Limits = Limits()) throws(TOMLError) -> Node {
  guard bytes.count <= limits.bytes else { throw TOMLError(line: 1, .tooLarge(limit: limits.bytes)) }
  let mark: [UInt8] = [0xef, 0xbb, 0xbf]
  var parser = Parser(bytes.starts(with: mark) ? Array(bytes.dropFirst(3)) : bytes, limits)
  guard String(validating: bytes, as: UTF8.self) != nil else {
    throw TOMLError(line: parser.firstInvalidLine, .notUTF8)
  }
  try parser.document()
  return parser.root.node
}

/// The reader: a place in the text, and the table that keys go to.
struct Parser {
  let bytes: [UInt8]
  let limits: Limits
  var index = 0
  var line = 1
  let root = Table(line: 1, .header)
  private var section: Table
  /// How many levels down `section` lies; the root is the first.
  private var sectionDepth = 1
  private var nodes = 0

  init(_ bytes: [UInt8], _ limits: Limits) {
    self.bytes = bytes
    self.limits = limits
    section = root
  }

  // MARK: Bytes

  var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  func at(_ offset: Int) -> UInt8? { index + offset < bytes.count ? bytes[index + offset] : nil }

  mutating func take() {
    if current == Byte.newline { line += 1 }
    index += 1
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    take()
    return true
  }

  mutating func expect(_ byte: UInt8, _ what: String) throws(TOMLError) {
    guard take(byte) else { throw syntax("\(what) is missing") }
  }

  func syntax(_ text: String) -> TOMLError { TOMLError(line: line, .syntax(text)) }

  var firstInvalidLine: Int {
    var (number, rest) = (1, bytes[...])
    while let end = rest.firstIndex(of: Byte.newline) {
      if String(validating: rest[..<end], as: UTF8.self) == nil { return number }
      rest = rest[(end + 1)...]
      number += 1
    }
    return String(validating: rest, as: UTF8.self) == nil ? number : 1
  }

  mutating func count(depth: Int) throws(TOMLError) {
    guard depth <= limits.depth else { throw TOMLError(line: line, .tooDeep(limit: limits.depth)) }
    nodes += 1
    guard nodes <= limits.nodes else { throw TOMLError(line: line, .tooManyNodes(limit: limits.nodes)) }
  }

  // MARK: Lines

  mutating func skipBlanks() {
    while let byte = current, byte == Byte.space || byte == Byte.tab { take() }
  }

  /// A comment up to the end of its line.
  private mutating func skipComment() throws(TOMLError) {
    guard current == Byte.hash else { return }
    while let byte = current, byte != Byte.newline {
      guard !Byte.isControl(byte) || byte == Byte.tab || byte == Byte.carriage else {
        throw syntax("a control character stands in a comment")
      }
      take()
    }
  }

  /// Blanks, comments and line ends, as between the elements of an array.
  mutating func skipLines() throws(TOMLError) {
    while true {
      skipBlanks()
      try skipComment()
      if current == Byte.carriage, at(1) == Byte.newline { take() }
      guard take(Byte.newline) else { return }
    }
  }

  private mutating func endLine() throws(TOMLError) {
    skipBlanks()
    try skipComment()
    if current == Byte.carriage, at(1) == Byte.newline { take() }
    if current == nil { return }
    try expect(Byte.newline, "the end of the line")
  }

  // MARK: Structure

  mutating func document() throws(TOMLError) {
    while true {
      try skipLines()
      guard let byte = current else { return }
      if byte == Byte.openBracket { try header() } else { try pair(into: section, depth: sectionDepth + 1) }
      try endLine()
    }
  }

  private mutating func header() throws(TOMLError) {
    take()
    let isArray = take(Byte.openBracket)
    skipBlanks()
    let path = try keys()
    try expect(Byte.closeBracket, "']'")
    if isArray { try expect(Byte.closeBracket, "']]'") }
    var (table, depth) = (root, 1)
    for key in path.dropLast() {
      // An array of tables is a level of its own.
      if case .tables = table[key] { depth += 1 }
      table = try descend(table, key)
      depth += 1
    }
    guard let last = path.last else { return }
    sectionDepth = depth + (isArray ? 2 : 1)
    try count(depth: sectionDepth)
    section = try isArray ? element(of: table, last) : headed(table, last)
  }

  /// What a header passes through on its way: a table, or the last one of an array of them.
  private func descend(_ table: Table, _ key: String) throws(TOMLError) -> Table {
    switch table[key] {
    case nil:
      let made = Table(line: line, .implied)
      table.set(key, line: line, .table(made))
      return made
    case .table(let next) where next.origin != .inline: return next
    case .tables(let all): if let last = all.last { return last }
    case .table, .value: break
    }
    throw TOMLError(line: line, .redefined(key))
  }

  private func headed(_ table: Table, _ key: String) throws(TOMLError) -> Table {
    switch table[key] {
    case nil:
      let made = Table(line: line, .header)
      table.set(key, line: line, .table(made))
      return made
    case .table(let next) where next.origin == .implied:
      next.origin = .header
      return next
    case .table, .tables, .value: throw TOMLError(line: line, .redefined(key))
    }
  }

  private func element(of table: Table, _ key: String) throws(TOMLError) -> Table {
    let made = Table(line: line, .header)
    switch table[key] {
    case nil: table.set(key, line: line, .tables([made]))
    case .tables: table.append(made, to: key)
    case .table, .value: throw TOMLError(line: line, .redefined(key))
    }
    return made
  }

  /// `a.b.c = value`.
  mutating func pair(into table: Table, depth: Int) throws(TOMLError) {
    let line = line
    let path = try keys()
    try expect(Byte.equals, "'='")
    skipBlanks()
    var table = table
    for key in path.dropLast() {
      switch table[key] {
      case nil:
        let made = Table(line: line, .dotted)
        table.set(key, line: line, .table(made))
        table = made
      case .table(let next) where next.origin == .dotted || next.origin == .implied: table = next
      case .table, .tables, .value: throw TOMLError(line: line, .redefined(key))
      }
    }
    guard let last = path.last, table[last] == nil else {
      throw TOMLError(line: line, .redefined(path.last ?? ""))
    }
    table.set(last, line: line, try value(depth: depth + path.count))
  }

  // MARK: Keys

  /// A dotted key and the blanks after it.
  private mutating func keys() throws(TOMLError) -> [String] {
    var keys: [String] = []
    repeat {
      guard keys.count < limits.depth else { throw TOMLError(line: line, .tooDeep(limit: limits.depth)) }
      skipBlanks()
      keys.append(try key())
      skipBlanks()
    } while take(Byte.dot)
    return keys
  }

  private mutating func key() throws(TOMLError) -> String {
    if current == Byte.quote { return try basicString() }
    if current == Byte.apostrophe { return try literalString() }
    let start = index
    while let byte = current, Byte.isBare(byte) { take() }
    guard index > start else { throw syntax("a key is missing") }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }
}

/// The bytes that TOML's grammar names.
enum Byte {
  static let newline = UInt8(ascii: "\n")
  static let carriage = UInt8(ascii: "\r")
  static let space = UInt8(ascii: " ")
  static let tab = UInt8(ascii: "\t")
  static let hash = UInt8(ascii: "#")
  static let quote = UInt8(ascii: "\"")
  static let apostrophe = UInt8(ascii: "'")
  static let backslash = UInt8(ascii: "\\")
  static let equals = UInt8(ascii: "=")
  static let dot = UInt8(ascii: ".")
  static let comma = UInt8(ascii: ",")
  static let openBracket = UInt8(ascii: "[")
  static let closeBracket = UInt8(ascii: "]")
  static let openBrace = UInt8(ascii: "{")
  static let closeBrace = UInt8(ascii: "}")

  static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7f }

  static func isBare(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
