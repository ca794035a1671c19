import Facts

/// Why a control can't be answered from facts.
struct Refusal: Error {
  let reason: String
}

/// Translates one test of a component's settings into tests of its facts.
///
/// Two things differ from a search through text, and both only where that would pass without evidence: values are compared as
/// what they are (a list's elements, a length of time), and a value that nothing sets is its documented default.
struct KubeBenchSettingTest {
  let subject: Subject
  let spellings: [Spelling]
  /// Whether `path` is looked at, which it is in a configuration file only.
  let hasFile: Bool
  /// Whether the settings are searched for in a file's text, where a flag's name may be a key's.
  let isFileText: Bool

  /// - Parameter isOneOfMany: Whether another test of the same control may hold in its place.
  func expectation(_ item: KubeBenchControl.Item, isOneOfMany: Bool) throws(Refusal) -> (
    fact: String, FlowText
  ) {
    let fact = try declaration(item)
    guard item.isSet else {
      // Beside an alternative, being unset is only as good as the default that then holds.
      return (fact.name, Self.test(fact, isOneOfMany ? "isSet" : "isConfigured", .plain("false")))
    }
    guard let (op, value) = item.comparison else {
      return (fact.name, Self.test(fact, "isConfigured", .plain("true")))
    }
    return (fact.name, .entry(fact.name, .map(try tests(fact, op, value))))
  }

  private static func test(_ fact: Declaration, _ test: String, _ operand: FlowText) -> FlowText {
    .entry(fact.name, .entry(test, operand))
  }

  // MARK: Which fact

  /// The one fact that flag, key and variable name.
  func declaration(_ item: KubeBenchControl.Item) throws(Refusal) -> Declaration {
    var named: Set<String> = []
    if let flag = item.flag, !flag.isEmpty { named.insert(try fact(ofFlag: flag, item)) }
    if let path = item.path, hasFile {
      guard let key = Self.key(path) else { throw Refusal(reason: "the path '\(path)' is more than one key") }
      guard let spelling = spellings.first(where: { $0.key == key }) else {
        throw Refusal(reason: "no fact of '\(subject.name)' is the key '\(key)'")
      }
      named.insert(spelling.fact)
    }
    if let variable = item.env {
      if let spelling = spellings.first(where: { $0.variable == variable }) {
        named.insert(spelling.fact)
      } else if named.isEmpty {
        throw Refusal(reason: "'\(subject.name)' reads no variable '\(variable)'")
      }
    }
    guard named.count == 1, let name = named.first, let declaration = subject.declaration(of: name) else {
      throw Refusal(
        reason: named.isEmpty
          ? "a test names nothing"
          : "a test asks for several facts: \(named.sorted().joined(separator: ", "))")
    }
    return declaration
  }

  private func fact(ofFlag flag: String, _ item: KubeBenchControl.Item) throws(Refusal) -> String {
    let name = String(flag.drop { $0 == "-" })
    if let spelling = spellings.first(where: { $0.flag == name }) { return spelling.fact }
    if isFileText {
      let keys = spellings.filter { $0.key?.split(separator: ".").last.map(String.init) == name }
      if keys.count == 1 { return keys[0].fact }
    }
    // A setting that has no flag can be found by its key alone.
    if hasFile, let key = item.path.flatMap(Self.key),
      let spelling = spellings.first(where: { $0.key == key }),
      spelling.flag == nil
    {
      return spelling.fact
    }
    throw Refusal(reason: "no fact of '\(subject.name)' is the flag '\(flag)'")
  }

  /// `{.authentication.anonymous.enabled}` is `authentication.anonymous.enabled`; nil for anything but keys.
  private static func key(_ path: String) -> String? {
    var key = path.filter { $0 != " " }[...]
    // A list's elements joined by commas are the list.
    let joined = [("{range.", "[:]}{}{','}{end}"), ("{range.", "[*]}{}{','}{end}")]
    if let (start, end) = joined.first(where: { key.hasPrefix($0.0) && key.hasSuffix($0.1) }) {
      key = key.dropFirst(start.count).dropLast(end.count)
    }
    if key.hasPrefix("{"), key.hasSuffix("}") { key = key.dropFirst().dropLast() }
    if key.hasPrefix(".") { key = key.dropFirst() }
    let isPlain = key.utf8.allSatisfy { byte in
      Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber
        || [UInt8(ascii: "."), UInt8(ascii: "-")].contains(byte)
    }
    return isPlain && !key.isEmpty ? String(key) : nil
  }

  // MARK: Operators

  private typealias Tests = [(key: String, value: FlowText)]
  /// There an absent value fails whatever it is compared with.
  private static let set: (key: String, value: FlowText) = ("isSet", .plain("true"))

  private func tests(_ fact: Declaration, _ op: String, _ value: String) throws(Refusal) -> [(
    key: String, value: FlowText
  )] {
    guard !value.hasPrefix("$") else { throw Refusal(reason: "the value '\(value)' is a variable") }
    switch op {
    case "eq": return [("equals", try operand(fact, value))]
    case "noteq": return [Self.set, ("notEquals", try operand(fact, value))]
    case "gt", "gte", "lt", "lte": return [try limit(fact, op, value)]
    case "has": return try [has(fact, value)]
    case "nothave": return try [Self.set, hasNot(fact, value)]
    case "valid_elements": return try elements(fact, value)
    case "bitmask": throw Refusal(reason: "'\(fact.name)' is no file's mode, which 'bitmask' compares")
    case "regex":
      throw Refusal(
        reason: "regular expressions are not compared: a pattern can match what it was not meant for")
    default: throw Refusal(reason: "no operator '\(op)' is documented")
    }
  }

  private func operand(_ fact: Declaration, _ text: String) throws(Refusal) -> FlowText {
    switch fact.type {
    case .flag:
      guard ["true", "false"].contains(text.lowercased()) else { break }
      return .plain(text.lowercased())
    case .number:
      guard let number = Int64(text) else { break }
      return .plain(String(number))
    case .seconds:
      guard let seconds = Self.seconds(text) else { break }
      return .plain(String(seconds))
    case .text:
      try check([text], of: fact)
      return .text(text)
    case .list:
      let elements = Self.elements(text)
      try check(elements, of: fact)
      return .list(elements.map { .text($0) })
    case .mode: break
    }
    throw Refusal(reason: "'\(fact.name)' is a \(fact.type.rawValue) and never '\(text)'")
  }

  /// Comparisons are between whole numbers there, so that the next one does for "greater than".
  private func limit(_ fact: Declaration, _ op: String, _ value: String) throws(Refusal) -> (
    key: String, value: FlowText
  ) {
    guard fact.type == .number, let number = Int64(value), number.magnitude < UInt64(Int64.max) else {
      throw Refusal(
        reason: "'\(fact.name)' is a \(fact.type.rawValue), which '\(op) \(value)' can't compare as a number")
    }
    let isLeast = op.hasPrefix("g")
    let bound = op == "gt" ? number + 1 : op == "lt" ? number - 1 : number
    return (isLeast ? "atLeast" : "atMost", .plain(String(bound)))
  }

  private func has(_ fact: Declaration, _ value: String) throws(Refusal) -> (key: String, value: FlowText) {
    if fact.type == .list {
      let elements = Self.elements(value)
      try check(elements, of: fact)
      return ("contains", .list(elements.map { .text($0) }))
    }
    // A Boolean has only itself as a part.
    if fact.type == .flag { return ("equals", try operand(fact, value)) }
    return ("oneOf", .list(try known(fact, value, "has").map { .text($0) }))
  }

  private func hasNot(_ fact: Declaration, _ value: String) throws(Refusal) -> (key: String, value: FlowText)
  {
    if fact.type == .list {
      guard Self.elements(value).count == 1 else {
        throw Refusal(reason: "'nothave \(value)' asks for several elements in a row")
      }
      try check([value], of: fact)
      return ("excludes", .list([.text(value)]))
    }
    if fact.type == .flag { return ("notEquals", try operand(fact, value)) }
    return ("noneOf", .list(try known(fact, value, "nothave").map { .text($0) }))
  }

  /// The known values of a text that hold a part; part of an open text is not compared.
  private func known(_ fact: Declaration, _ part: String, _ op: String) throws(Refusal) -> [String] {
    guard fact.type == .text, let values = fact.values else {
      throw Refusal(
        reason: "'\(fact.name)' is a \(fact.type.rawValue), of which '\(op)' would compare a part")
    }
    let held = values.filter { $0.contains(part) }
    guard !held.isEmpty, !part.isEmpty else { throw Refusal(reason: "'\(fact.name)' never has '\(part)'") }
    return held
  }

  private func elements(_ fact: Declaration, _ value: String) throws(Refusal) -> [(
    key: String, value: FlowText
  )] {
    let elements = Self.elements(value)
    guard !elements.isEmpty else { throw Refusal(reason: "'valid_elements' without elements") }
    try check(elements, of: fact)
    let allowed = FlowText.list(elements.map { .text($0) })
    switch fact.type {
    case .list: return [("isEmpty", .plain("false")), ("onlyFrom", allowed)]
    case .text: return [("oneOf", allowed)]
    case .flag, .number, .seconds, .mode:
      throw Refusal(reason: "'\(fact.name)' is a \(fact.type.rawValue) and has no elements")
    }
  }

  private func check(_ texts: [String], of fact: Declaration) throws(Refusal) {
    for text in texts {
      guard !text.isEmpty, !text.hasPrefix("$") else { throw Refusal(reason: "'\(text)' is no value") }
      if let values = fact.values, !values.contains(text) {
        throw Refusal(
          reason: "'\(fact.name)' is never '\(text)'; it is one of \(values.joined(separator: ", "))")
      }
    }
  }

  /// Elements without blanks around them; an empty one at the end is none, as there.
  static func elements(_ text: String) -> [String] {
    var elements = text.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    while elements.last == "" { elements.removeLast() }
    return elements
  }

  /// Go's durations, whole seconds: `4h0m0s`, `5m`, `0`.
  static func seconds(_ text: String) -> Int64? {
    if let number = Int64(text) { return number == 0 ? 0 : nil }
    let units: [Character: Int64] = ["h": 3600, "m": 60, "s": 1]
    var total: Int64 = 0
    var digits = ""
    for character in text {
      if character.isASCII, character.isNumber { digits.append(character); continue }
      guard let unit = units[character], let count = Int64(digits), count < 1 << 40 else { return nil }
      total += count * unit
      digits = ""
    }
    return digits.isEmpty && !text.isEmpty ? total : nil
  }
}
