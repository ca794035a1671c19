package import Facts
import YAML

/// Results that another program has of this host, to be shown in its report: docs/opa.md describes the file.
package struct OutsideResults: Hashable, Sendable {
  package static let format = "plumbline/results/v1"

  /// Who says so: a lower-case name, `opa`.
  package let origin: String
  package let version: String?
  /// The host's id, or the run, that they are of; nil where the file does not say.
  package let host: String?
  package let run: String?
  package let results: [OutsideResult]
}

/// One of them. What passes or fails has evidence, as with our own; what does neither says why.
package struct OutsideResult: Hashable, Sendable {
  package enum Status: String, Hashable, Sendable, CaseIterable {
    case pass, fail, manual, notApplicable, unknown, error

    package var isDecided: Bool { self == .pass || self == .fail }
  }

  package struct Evidence: Hashable, Sendable {
    package let entity: String
    package let fact: String
    package let expected: String
    package let found: String
    package let sources: [String]
  }

  package let id: String
  package let area: String
  package let severity: Severity
  package let status: Status
  package let message: String?
  package let evidence: [Evidence]
  package let title: String
  package let rationale: String
  package let remediation: String
  package let references: [String]
}

/// Reads a file of results: JSON, or YAML. The format is closed: what is not known is refused, since it may be a verdict misspelt.
/// - Throws: `ProfileError` with every problem and its line.
package func readOutsideResults(_ file: ProfileFile) throws(ProfileError) -> OutsideResults {
  let list = ProblemList()
  let results = OutsideReader(reader: DocumentReader(file: file.path, list: list)).read(file.bytes)
  guard let results, list.problems.isEmpty else { throw ProfileError(list.problems) }
  return results
}

private struct OutsideReader {
  static let mostResults = 10_000

  let reader: DocumentReader

  func read(_ bytes: [UInt8]) -> OutsideResults? {
    guard let document = reader.parse(bytes),
      let fields = reader.mapping(
        document, "a results file", keys: ["schema", "origin", "host", "run", "results"])
    else { return nil }
    if let schema = reader.text(fields["schema"], "'schema'", line: document.line),
      schema != OutsideResults.format
    {
      reader.problem(
        fields["schema"]?.line ?? document.line,
        "'schema' is '\(printable(schema.utf8, atMost: 80))', '\(OutsideResults.format)' is needed")
    }
    let origin = self.origin(fields["origin"], line: document.line)
    guard let items = fields["results"]?.sequence, items.count <= Self.mostResults else {
      reader.problem(
        fields["results"]?.line ?? document.line, "'results' is a list of at most \(Self.mostResults) results"
      )
      return nil
    }
    let results = items.compactMap(result)
    var seen: Set<String> = []
    for (item, result) in zip(items, results) where !seen.insert(result.id).inserted {
      reader.problem(item.line, "the id '\(result.id)' is there twice")
    }
    guard let origin else { return nil }
    return OutsideResults(
      origin: origin.name, version: origin.version, host: optional(fields["host"], "'host'"),
      run: optional(fields["run"], "'run'"), results: results)
  }

  private func origin(_ node: Node?, line: Int) -> (name: String, version: String?)? {
    guard let node else {
      reader.problem(line, "'origin' is missing")
      return nil
    }
    guard let fields = reader.mapping(node, "'origin'", keys: ["name", "version"]),
      let name = identifier(fields["name"], "'name' of 'origin'", line: node.line, capitals: false)
    else { return nil }
    return (name, optional(fields["version"], "'version' of 'origin'"))
  }

  private func result(_ node: Node) -> OutsideResult? {
    let keys = [
      "id", "area", "severity", "status", "message", "evidence", "title", "why", "fix", "references",
    ]
    guard let fields = reader.mapping(node, "a result", keys: keys) else { return nil }
    let id = identifier(fields["id"], "'id' of a result", line: node.line, capitals: true)
    let severity = word(fields["severity"], "'severity'", Severity.self, line: node.line)
    let status = word(fields["status"], "'status'", OutsideResult.Status.self, line: node.line)
    let title = reader.text(fields["title"], "'title' of a result", line: node.line).map(shown)
    let area =
      fields["area"] == nil
      ? "outside" : identifier(fields["area"], "'area' of a result", line: node.line, capitals: false)
    let message = optional(fields["message"], "'message' of a result")
    let evidence = self.evidence(fields["evidence"])
    let references = reader.texts(fields["references"], "'references' of a result")?.map(shown)
    guard let id, let severity, let status, let title, let area, let evidence, let references else {
      return nil
    }
    if status.isDecided, evidence.isEmpty {
      reader.problem(node.line, "'\(id)' has the status \(status.rawValue) and no evidence")
    }
    if !status.isDecided, message == nil {
      reader.problem(node.line, "'\(id)' has the status \(status.rawValue) and no message that says why")
    }
    return OutsideResult(
      id: id, area: area, severity: severity, status: status, message: message, evidence: evidence,
      title: title,
      rationale: optional(fields["why"], "'why' of a result") ?? "",
      remediation: optional(fields["fix"], "'fix' of a result") ?? "", references: references)
  }

  private func evidence(_ node: Node?) -> [OutsideResult.Evidence]? {
    guard let node else { return [] }
    guard let items = node.sequence else {
      reader.problem(node.line, "'evidence' is a list, found \(node.kind)")
      return nil
    }
    return items.compactMap { item in
      let keys = ["entity", "fact", "expected", "found", "sources"]
      guard let fields = reader.mapping(item, "a piece of evidence", keys: keys) else { return nil }
      let fact = reader.text(fields["fact"], "'fact' of a piece of evidence", line: item.line)
      let expected = reader.text(fields["expected"], "'expected' of a piece of evidence", line: item.line)
      let found = reader.text(fields["found"], "'found' of a piece of evidence", line: item.line)
      let sources = reader.texts(fields["sources"], "'sources' of a piece of evidence")
      guard let fact, let expected, let found, let sources else { return nil }
      return OutsideResult.Evidence(
        entity: optional(fields["entity"], "'entity' of a piece of evidence") ?? "", fact: shown(fact),
        expected: shown(expected), found: shown(found), sources: sources.map(shown))
    }
  }

  /// Nil where it is not there; a problem where it is no text.
  private func optional(_ node: Node?, _ what: String) -> String? {
    guard let node else { return nil }
    if node.text?.isEmpty == true { return nil }
    return reader.text(node, what, line: node.line).map(shown)
  }

  private func word<Word: RawRepresentable & CaseIterable>(
    _ node: Node?, _ what: String, _: Word.Type, line: Int
  ) -> Word? where Word.RawValue == String {
    guard let text = reader.text(node, "\(what) of a result", line: line) else { return nil }
    if let word = Word(rawValue: text) { return word }
    let known = Word.allCases.map(\.rawValue)
    reader.problem(
      node?.line ?? line,
      "\(what) is one of \(known.joined(separator: ", ")), found '\(shown(text))'"
        + reader.hint(text, among: known))
    return nil
  }

  /// A name of letters, digits, dots and dashes: it becomes part of ids in every form of a report.
  private func identifier(_ node: Node?, _ what: String, line: Int, capitals: Bool) -> String? {
    guard let text = reader.text(node, what, line: line) else { return nil }
    let isName =
      text.utf8.count <= 100 && text.utf8.first != UInt8(ascii: "-")
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
          UInt8(ascii: "."):
          true
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): capitals
        default: false
        }
      }
    guard isName else {
      reader.problem(
        node?.line ?? line,
        "\(what) is a name of \(capitals ? "letters" : "lower-case letters"), digits, dots and dashes, found '\(shown(text))'"
      )
      return nil
    }
    return text
  }

  private func shown(_ text: String) -> String { printable(text.utf8, atMost: 2048) }
}
