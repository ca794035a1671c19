import Facts
import YAML

/// Reads `defaults/SUBJECT.yaml`: what a component does when nothing sets a value, by version and circumstance.
struct DefaultsReader {
  let reader: DocumentReader
  let subjects: [String: Subject]

  func defaults(_ document: Node) -> (subject: String, [String: [DocumentedDefault]])? {
    guard let fields = reader.mapping(document, "a defaults file", keys: ["subject", "source", "defaults"]),
      let name = reader.text(fields["subject"], "'subject'", line: document.line),
      let source = reader.text(fields["source"], "'source'", line: document.line)
    else { return nil }
    guard let subject = subjects[name] else {
      reader.problem(document.line, "unknown subject '\(name)'" + reader.hint(name, among: subjects.keys))
      return nil
    }
    var defaults: [String: [DocumentedDefault]] = [:]
    guard let entries = fields["defaults"]?.mapping else {
      let found = fields["defaults"].map { ", found \($0.kind)" } ?? ", which is missing"
      reader.problem(fields["defaults"]?.line ?? document.line, "'defaults' maps facts to values" + found)
      return nil
    }
    for entry in entries {
      guard let declaration = subject.declaration(of: entry.key) else {
        reader.problem(
          entry.keyLine,
          "'\(name)' has no fact '\(entry.key)'" + reader.hint(entry.key, among: subject.facts.map(\.name)))
        continue
      }
      let items = entry.value.sequence ?? [entry.value]
      defaults[entry.key] = items.compactMap { item($0, declaration, subject, source) }
    }
    return (name, defaults)
  }

  /// A bare value, or a mapping with the versions and circumstances it holds for.
  private func item(_ node: Node, _ fact: Declaration, _ subject: Subject, _ source: String)
    -> DocumentedDefault?
  {
    let expectations = ExpectationReader(reader: reader, subjects: subjects, about: subject, parameters: [:])
    var used: Set<String> = []
    guard node.mapping != nil else {
      return OperandReader(expectations, fact).value(node, used: &used).map {
        DocumentedDefault(
          fact: fact.name, value: $0, versions: VersionRange(from: nil, through: nil), plus: nil, minus: nil,
          condition: nil, source: source)
      }
    }
    guard
      let fields = reader.mapping(
        node, "a default", keys: ["value", "plus", "minus", "from", "through", "when", "source"]),
      let valueNode = fields["value"]
    else {
      reader.problem(node.line, "a default of '\(fact.name)' needs a 'value'")
      return nil
    }
    guard let value = OperandReader(expectations, fact).value(valueNode, used: &used) else { return nil }
    let condition = fields["when"].flatMap { expectations.expectation($0, used: &used) }
    let versions = VersionRange(
      from: fields["from"]?.text.flatMap(Version.init), through: fields["through"]?.text.flatMap(Version.init)
    )
    for key in ["from", "through"]
    where fields[key] != nil && (key == "from" ? versions.from : versions.through) == nil {
      reader.problem(node.line, "'\(key)' is a version such as \"1.27\"")
    }
    return DocumentedDefault(
      fact: fact.name, value: value, versions: versions,
      plus: operand("plus", fields, fact, subject), minus: operand("minus", fields, fact, subject),
      condition: condition, source: fields["source"]?.text ?? source)
  }

  /// The name of another list fact of the subject.
  private func operand(
    _ key: String, _ fields: [String: Node], _ fact: Declaration, _ subject: Subject
  ) -> String? {
    guard let node = fields[key], let name = reader.text(node, "'\(key)'", line: node.line) else {
      return nil
    }
    guard let other = subject.declaration(of: name) else {
      reader.problem(
        node.line,
        "'\(subject.name)' has no fact '\(name)'" + reader.hint(name, among: subject.facts.map(\.name)))
      return nil
    }
    guard other.type == .list, fact.type == .list, other != fact else {
      reader.problem(node.line, "'\(key)' names another fact that is a list, of a fact that is one")
      return nil
    }
    return name
  }
}
