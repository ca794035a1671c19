import Facts
import YAML

/// Reads what must hold from YAML and checks every fact and operand against the subjects' declarations.
struct ExpectationReader {
  let reader: DocumentReader
  let subjects: [String: Subject]
  let about: Subject
  /// Values for `$name`.
  let parameters: [String: Node]

  private static let tests = [
    "equals", "notEquals", "oneOf", "noneOf", "atMost", "atLeast", "within", "contains", "containsAny",
    "excludes",
    "onlyFrom", "isEmpty", "startsWith", "daysAhead", "isSet", "isConfigured",
  ]

  /// A mapping: `all`, `any`, `not`, `undecided` with a reason, or facts by name with their tests; several keys must all hold.
  func expectation(_ node: Node, used: inout Set<String>) -> Expectation? {
    guard let entries = node.mapping, !entries.isEmpty else {
      reader.problem(node.line, "expected a mapping of facts to tests (or all, any, not), found \(node.kind)")
      return nil
    }
    let parts = entries.compactMap { part($0, used: &used) }
    guard parts.count == entries.count else { return nil }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private func part(_ entry: Node.Entry, used: inout Set<String>) -> Expectation? {
    switch entry.key {
    case "all": return parts(entry.value, used: &used).map { .all($0) }
    case "any": return parts(entry.value, used: &used).map { .any($0) }
    case "not": return expectation(entry.value, used: &used).map { .not($0) }
    case "undecided":
      return reader.text(entry.value, "'undecided', a reason,", line: entry.keyLine).map { .undecided($0) }
    default:
      guard let (name, declaration) = fact(entry.key, line: entry.keyLine) else { return nil }
      guard let tests = tests(entry.value, of: declaration, used: &used) else { return nil }
      let parts = tests.map { Expectation.fact(name, $0) }
      return parts.count == 1 ? parts[0] : .all(parts)
    }
  }

  private func parts(_ node: Node, used: inout Set<String>) -> [Expectation]? {
    guard let items = node.sequence, !items.isEmpty else {
      reader.problem(node.line, "expected a list of expectations, found \(node.kind)")
      return nil
    }
    let parts = items.compactMap { expectation($0, used: &used) }
    return parts.count == items.count ? parts : nil
  }

  /// Finds a fact's declaration; `subject/fact` names a singleton's.
  func fact(_ text: String, line: Int) -> (FactName, Declaration)? {
    var subject = about
    var name = text
    if let slash = text.firstIndex(of: "/") {
      let subjectName = String(text[..<slash])
      guard let other = subjects[subjectName] else {
        reader.problem(
          line, "unknown subject '\(subjectName)'" + reader.hint(subjectName, among: subjects.keys))
        return nil
      }
      guard other.isSingleton else {
        reader.problem(
          line, "'\(subjectName)' has many entities; only a singleton's fact can be named as '\(text)'")
        return nil
      }
      subject = other
      name = String(text[text.index(after: slash)...])
    }
    guard let declaration = subject.declaration(of: name) else {
      reader.problem(
        line, "'\(subject.name)' has no fact '\(name)'" + reader.hint(name, among: subject.facts.map(\.name)))
      return nil
    }
    return (FactName(subject: subject == about ? nil : subject.name, name), declaration)
  }

  /// A mapping of tests, or a scalar, which is short for `equals`.
  private func tests(_ node: Node, of fact: Declaration, used: inout Set<String>) -> [Test]? {
    guard let entries = node.mapping else {
      return OperandReader(self, fact).value(node, used: &used).map { [.equals($0)] }
    }
    guard !entries.isEmpty else {
      reader.problem(node.line, "'\(fact.name)' has no test; known are \(Self.tests.joined(separator: ", "))")
      return nil
    }
    let tests = entries.compactMap { test($0, of: fact, used: &used) }
    return tests.count == entries.count ? tests : nil
  }

  private func test(_ entry: Node.Entry, of fact: Declaration, used: inout Set<String>) -> Test? {
    let operand = OperandReader(self, fact)
    let node = entry.value
    guard Self.tests.contains(entry.key) else {
      reader.problem(entry.keyLine, "unknown test '\(entry.key)'" + reader.hint(entry.key, among: Self.tests))
      return nil
    }
    guard operand.allows(entry.key) else {
      reader.problem(
        entry.keyLine, "'\(entry.key)' cannot test '\(fact.name)', which is a \(fact.type.rawValue)")
      return nil
    }
    switch entry.key {
    case "equals": return operand.value(node, used: &used).map { .equals($0) }
    case "notEquals": return operand.value(node, used: &used).map { .notEquals($0) }
    case "oneOf": return operand.values(node, used: &used).map { .oneOf($0) }
    case "noneOf": return operand.values(node, used: &used).map { .noneOf($0) }
    case "atMost": return operand.number(node, used: &used).map { .atMost($0) }
    case "atLeast": return operand.number(node, used: &used).map { .atLeast($0) }
    case "within":
      guard case .mode(let mode) = operand.value(node, used: &used) else { return nil }
      return .within(mode)
    case "contains": return operand.values(node, used: &used).map { .contains($0) }
    case "containsAny": return operand.values(node, used: &used).map { .containsAny($0) }
    case "excludes": return operand.values(node, used: &used).map { .excludes($0) }
    case "onlyFrom": return operand.values(node, used: &used).map { .onlyFrom($0) }
    case "isEmpty": return operand.flag(node, used: &used).map { .isEmpty($0) }
    case "startsWith":
      guard case .text(let text) = operand.value(node, used: &used) else { return nil }
      return .startsWith(text)
    case "daysAhead": return operand.days(node, used: &used).map { .daysAhead($0) }
    case "isConfigured": return operand.flag(node, used: &used).map { .isConfigured($0) }
    default: return operand.flag(node, used: &used).map { .isSet($0) }
    }
  }
}
