import Facts
import YAML

/// Reads the operand of a test as the type of the fact it is held against.
struct OperandReader {
  private let expectations: ExpectationReader
  private let fact: Declaration

  init(_ expectations: ExpectationReader, _ fact: Declaration) {
    self.expectations = expectations
    self.fact = fact
  }

  func allows(_ test: String) -> Bool {
    switch test {
    case "isSet", "isConfigured": true
    case "equals", "notEquals": true
    case "oneOf", "noneOf": fact.type != .list && fact.type != .flag
    case "atMost", "atLeast": fact.type == .number || fact.type == .seconds
    case "within": fact.type == .mode
    case "startsWith", "daysAhead": fact.type == .text
    default: fact.type == .list
    }
  }

  func value(_ node: Node, used: inout Set<String>) -> Value? {
    guard let node = resolved(node, used: &used) else { return nil }
    if fact.type == .list {
      guard let items = node.sequence else { return mismatch(node, "a list") }
      let values = items.compactMap { scalar($0, as: .text) }
      return values.count == items.count ? .list(values) : nil
    }
    return scalar(node, as: fact.type)
  }

  /// Several values, or one that stands for a list of one. Of a list's elements where the fact is a list.
  func values(_ node: Node, used: inout Set<String>) -> [Value]? {
    guard let node = resolved(node, used: &used) else { return nil }
    let items = node.sequence ?? [node]
    guard !items.isEmpty else { return mismatch(node, "at least one value") }
    let type = fact.type == .list ? .text : fact.type
    let values = items.compactMap { scalar($0, as: type) }
    return values.count == items.count ? values : nil
  }

  func number(_ node: Node, used: inout Set<String>) -> Int64? {
    switch value(node, used: &used) {
    case .number(let number), .seconds(let number): number
    default: nil
    }
  }

  func days(_ node: Node, used: inout Set<String>) -> Int64? {
    guard let node = resolved(node, used: &used) else { return nil }
    return node.number ?? mismatch(node, "a number of days")
  }

  func flag(_ node: Node, used: inout Set<String>) -> Bool? {
    guard let node = resolved(node, used: &used) else { return nil }
    return node.flag ?? mismatch(node, "true or false")
  }

  /// `$name` stands for a parameter.
  private func resolved(_ node: Node, used: inout Set<String>) -> Node? {
    guard let text = node.text, text.hasPrefix("$") else { return node }
    let name = String(text.dropFirst())
    guard let value = expectations.parameters[name] else {
      expectations.reader.problem(
        node.line,
        "no parameter '\(name)'" + expectations.reader.hint(name, among: expectations.parameters.keys))
      return nil
    }
    used.insert(name)
    return value
  }

  private func scalar(_ node: Node, as type: ValueType) -> Value? {
    switch type {
    case .flag: return node.flag.map { .flag($0) } ?? mismatch(node, "true or false")
    case .number: return node.number.map { .number($0) } ?? mismatch(node, "a number")
    case .seconds:
      return node.text.flatMap(seconds).map { .seconds($0) } ?? mismatch(node, "a duration such as 5m")
    case .mode:
      guard let text = node.text, let bits = UInt16(text, radix: 8), bits <= 0o7777 else {
        return mismatch(node, "a mode such as \"0600\"")
      }
      return .mode(bits)
    case .text, .list:
      guard let text = node.text else { return mismatch(node, "a text") }
      if let known = fact.values, !known.contains(text) {
        expectations.reader.problem(
          node.line, "'\(fact.name)' is never '\(text)'; it is one of \(known.joined(separator: ", "))")
        return nil
      }
      return .text(text)
    }
  }

  /// Whole seconds with a unit (`90s`, `5m`, `4h`), or a bare number of seconds.
  private func seconds(_ text: String) -> Int64? {
    if let number = Int64(text) { return number }
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
    guard let unit = text.last.flatMap({ units[$0] }), let number = Int64(text.dropLast()) else { return nil }
    let (seconds, overflow) = number.multipliedReportingOverflow(by: unit)
    return overflow ? nil : seconds
  }

  private func mismatch<T>(_ node: Node, _ wanted: String) -> T? {
    let found = node.text.map { "'\($0)'" } ?? node.kind
    expectations.reader.problem(
      node.line, "'\(fact.name)' is a \(fact.type.rawValue): expected \(wanted), found \(found)")
    return nil
  }
}
