import Facts
import YAML

/// A check as its file declares it, before a benchmark has set its parameters.
struct CheckDeclaration {
  let slug: Slug
  let area: String
  let about: Subject
  let node: Node
  let fields: [String: Node]
  let reader: DocumentReader
}

/// Reads `catalogue/AREA.yaml`: a mapping of slugs to checks.
struct CatalogueReader {
  let reader: DocumentReader
  let area: String
  let subjects: [String: Subject]

  static let keys = [
    "title", "severity", "about", "where", "applies", "expect", "parameters", "manual", "show", "why", "fix",
    "references", "departs",
  ]

  func declarations(_ document: Node) -> [CheckDeclaration] {
    guard let entries = document.mapping else {
      reader.problem(
        document.line, "a catalogue file is a mapping of slugs to checks, found \(document.kind)")
      return []
    }
    return entries.compactMap(declaration)
  }

  private func declaration(_ entry: Node.Entry) -> CheckDeclaration? {
    guard Self.isSlug(entry.key) else {
      reader.problem(
        entry.keyLine, "'\(entry.key)' is not a slug: lower-case letters, digits and single dashes")
      return nil
    }
    guard let fields = reader.mapping(entry.value, "check '\(entry.key)'", keys: Self.keys),
      let about = reader.text(fields["about"], "'about' of '\(entry.key)'", line: entry.keyLine)
    else { return nil }
    guard let subject = subjects[about] else {
      reader.problem(
        fields["about"]?.line ?? entry.keyLine,
        "unknown subject '\(about)'" + reader.hint(about, among: subjects.keys))
      return nil
    }
    return CheckDeclaration(
      slug: entry.key, area: area, about: subject, node: entry.value, fields: fields, reader: reader)
  }

  /// By its bytes: looking for "--" in a string took a hundredth of a whole audit.
  private static func isSlug(_ text: String) -> Bool {
    var last = UInt8(ascii: "-")
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): break
      case UInt8(ascii: "-") where last != UInt8(ascii: "-"): break
      default: return false
      }
      last = byte
    }
    return last != UInt8(ascii: "-")
  }
}

/// Turns a declaration into a check, its parameters filled in. Problems are reported where the text stands.
struct CheckBinder {
  let declaration: CheckDeclaration
  let subjects: [String: Subject]

  private var slug: Slug { declaration.slug }
  private var fields: [String: Node] { declaration.fields }
  private var reader: DocumentReader { declaration.reader }

  /// The names of the parameters that the check declares.
  var parameterNames: [String] { (fields["parameters"]?.mapping ?? []).map(\.key) }

  /// - Parameter overrides: A benchmark's values, by parameter.
  func check(with overrides: [String: Node] = [:]) -> Check? {
    var parameters: [String: Node] = [:]
    if let node = fields["parameters"], node.mapping == nil {
      reader.problem(node.line, "'parameters' of '\(slug)' maps names to values, found \(node.kind)")
    }
    for entry in fields["parameters"]?.mapping ?? [] { parameters[entry.key] = entry.value }
    parameters.merge(overrides) { $1 }
    let expectations = ExpectationReader(
      reader: reader, subjects: subjects, about: declaration.about, parameters: parameters)
    var used: Set<String> = []
    func read(_ key: String) -> (ok: Bool, Expectation?) {
      guard let node = fields[key] else { return (true, nil) }
      let expectation = expectations.expectation(node, used: &used)
      return (expectation != nil, expectation)
    }
    let (selects, selection) = read("where")
    let (appliesOK, applies) = read("applies")
    let (expects, expectation) = read("expect")
    let shown = shown(expectations)
    let texts = texts()
    guard let severity = severity(), let manual = manual(), let texts, let shown,
      let departures = departures(),
      selects, appliesOK, expects
    else {
      return nil
    }
    for unused in Set(parameters.keys).subtracting(used).sorted() {
      reader.problem(
        parameters[unused]?.line ?? declaration.node.line, "parameter '\(unused)' of '\(slug)' is never used")
    }
    guard (expectation == nil) != (manual == nil) else {
      reader.problem(
        declaration.node.line,
        "'\(slug)' needs 'expect' (an automated check) or 'manual' with a reason (a person must look), and not both"
      )
      return nil
    }
    return Check(
      slug: slug, title: texts.title, severity: severity, area: declaration.area,
      about: declaration.about.name,
      selection: selection, applies: applies, expectation: expectation, manual: manual, shown: shown,
      parameters: parameterNames, texts: texts, departures: departures)
  }

  private func severity() -> Severity? {
    guard let text = reader.text(fields["severity"], "'severity' of '\(slug)'", line: declaration.node.line)
    else {
      return nil
    }
    guard let severity = Severity(rawValue: text) else {
      let known = Severity.allCases.map(\.rawValue)
      reader.problem(
        fields["severity"]?.line ?? declaration.node.line,
        "unknown severity '\(text)'; known are \(known.joined(separator: ", "))")
      return nil
    }
    return severity
  }

  /// The outer nil is a problem; the inner one an automated check.
  private func manual() -> String?? {
    guard let node = fields["manual"] else { return .some(nil) }
    guard
      let reason = reader.text(
        node, "'manual' of '\(slug)', the reason why a person must look,", line: node.line)
    else { return nil }
    return .some(reason)
  }

  private func shown(_ expectations: ExpectationReader) -> [FactName]? {
    guard let names = reader.texts(fields["show"], "'show' of '\(slug)'") else { return nil }
    let line = fields["show"]?.line ?? declaration.node.line
    let facts = names.compactMap { expectations.fact($0, line: line)?.0 }
    return facts.count == names.count ? facts : nil
  }

  /// A list of `{ from, expects, because }`.
  private func departures() -> [Check.Departure]? {
    guard let node = fields["departs"] else { return [] }
    let what = "'departs' of '\(slug)'"
    guard let items = node.sequence, !items.isEmpty else {
      reader.problem(node.line, "\(what) is a list of rules, found \(node.kind)")
      return nil
    }
    let departures = items.compactMap { item -> Check.Departure? in
      guard let fields = reader.mapping(item, "a rule in \(what)", keys: ["from", "expects", "because"]),
        let rule = reader.text(fields["from"], "'from' in \(what)", line: item.line),
        let expects = reader.text(fields["expects"], "'expects' in \(what)", line: item.line),
        let because = reader.text(fields["because"], "'because' in \(what)", line: item.line)
      else { return nil }
      return Check.Departure(rule: rule, expects: expects, because: because)
    }
    return departures.count == items.count ? departures : nil
  }

  private func texts() -> Check.Texts? {
    let line = declaration.node.line
    let title = reader.text(fields["title"], "'title' of '\(slug)'", line: line)
    let why = reader.text(fields["why"], "'why' of '\(slug)'", line: line)
    let fix = reader.text(fields["fix"], "'fix' of '\(slug)'", line: line)
    guard let references = reader.texts(fields["references"], "'references' of '\(slug)'"), let title,
      let why, let fix
    else { return nil }
    if references.isEmpty {
      reader.problem(line, "'\(slug)' has no references: say what published text it rests on")
    }
    return Check.Texts(title: title, rationale: why, remediation: fix, references: references)
  }
}
