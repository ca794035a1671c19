import Facts

/// A comparison for a person: what is worse, what is better, what else changed, and the score.
/// - Parameters:
///   - width: The terminal's columns; less than 72 is taken as 72.
///   - color: Whether SGR escapes may be used; the words are the same without them.
///   - texts: The checks' words by slug.
package func renderComparison(
  _ comparison: Comparison, width: Int, color: Bool, texts: [String: Report.Texts] = [:]
) -> String {
  ComparisonTable(
    comparison: comparison, width: min(max(width, 72), 120), paint: Paint(isOn: color), texts: texts
  )
  .text
}

private struct ComparisonTable {
  /// Facts shown, and pieces of evidence for each result.
  static let mostFacts = 40
  static let mostPieces = 3

  let comparison: Comparison
  let width: Int
  let paint: Paint
  let texts: [String: Report.Texts]

  var text: String {
    let sections =
      [header] + ResultChange.Direction.allCases.map(section) + [facts, score, [verdict]]
    return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  private func paragraph(_ text: String, indent: Int) -> [String] {
    wrapped(harmless(text), to: width - indent - 2).enumerated().map { number, line in
      String(repeating: " ", count: indent + (number == 0 ? 0 : 2)) + line
    }
  }

  private var header: [String] {
    func side(_ name: String, _ side: Comparison.Side) -> [String] {
      let host = side.host.nodeName ?? side.host.hostname ?? side.host.id ?? "a host without a name"
      return paragraph("\(name)  \(host) · \(side.startedAt) · run \(side.run)", indent: 0)
    }
    let benchmark = comparison.after.benchmark
    return [paint(harmless("\(benchmark.title) \(benchmark.version) (\(benchmark.name))"), .bold)]
      + side("before", comparison.before) + side("after ", comparison.after)
      + comparison.notes.flatMap { paragraph("note: \($0)", indent: 0) }
  }

  private func section(_ direction: ResultChange.Direction) -> [String] {
    let changes = comparison.results.filter { $0.direction == direction }
    guard !changes.isEmpty else { return [] }
    let style: Style =
      switch direction {
      case .worse: .high
      case .better: .good
      case .changed: .bold
      }
    var lines = [paint(direction.rawValue.uppercased(), style) + "  " + counted(changes.count, "check")]
    for severity in Severity.allCases.sorted(by: >) {
      for change in changes where change.severity == severity { lines += self.lines(of: change) }
    }
    return lines
  }

  private func lines(of change: ResultChange) -> [String] {
    let was = change.before?.rawValue ?? "not there"
    let isNow = change.after?.rawValue ?? "not there"
    let title = texts[change.check]?.title ?? change.check
    let words = was == isNow ? "\(isNow) for other reasons" : "\(was) -> \(isNow)"
    let id = harmless(change.id)
    var lines = ["  " + paint(id, .bold)]
    if title != change.id {
      let isShort = columns(id) + columns(harmless(title)) + 4 <= width
      lines =
        isShort ? ["  " + paint(id, .bold) + "  " + harmless(title)] : lines + paragraph(title, indent: 6)
    }
    lines.append("      \(words), \(change.severity.rawValue)")
    if was == isNow {
      lines += evidence("before", change.evidenceBefore.filter { !change.evidenceAfter.contains($0) })
    }
    let news =
      was == isNow
      ? change.evidenceAfter.filter { !change.evidenceBefore.contains($0) } : change.evidenceAfter
    if let reason = change.reason { lines += paragraph(reason, indent: 6) }
    if change.after != nil { lines += evidence(was == isNow ? "after" : "", news) }
    return lines
  }

  private func evidence(_ name: String, _ pieces: [Evidence]) -> [String] {
    let prefix = name.isEmpty ? "" : "\(name): "
    let shown = pieces.prefix(Self.mostPieces).flatMap {
      paragraph(
        prefix + DescribedReport.claim($0) + ($0.sources.first.map { "   \($0)" } ?? ""), indent: 6)
    }
    return shown
      + (pieces.count > Self.mostPieces ? ["      and \(pieces.count - Self.mostPieces) more"] : [])
  }

  private var facts: [String] {
    guard let facts = comparison.facts else { return [] }
    let all = facts.changed.count + facts.added.count + facts.removed.count
    guard all > 0 else { return [paint("FACTS", .bold) + "  the same"] }
    var lines = [
      paint("FACTS", .bold)
        + "  \(counted(facts.changed.count, "fact")) changed, \(facts.added.count) entities came, \(facts.removed.count) went"
    ]
    for change in facts.changed.prefix(Self.mostFacts) {
      let before = FactComparison.knowledge(change.before)
      let after = FactComparison.knowledge(change.after)
      lines += paragraph("\(change.entity) \(change.fact): \(before) -> \(after)", indent: 2)
    }
    lines += facts.added.prefix(Self.mostFacts).flatMap { paragraph("+ \($0)", indent: 2) }
    lines += facts.removed.prefix(Self.mostFacts).flatMap { paragraph("- \($0)", indent: 2) }
    let hidden = [facts.changed.count, facts.added.count, facts.removed.count].reduce(0) {
      $0 + max(0, $1 - Self.mostFacts)
    }
    return lines + (hidden > 0 ? ["  and \(hidden) more: --format json has all"] : [])
  }

  private var score: [String] {
    let (before, after) = (comparison.before.node, comparison.after.node)
    func percent(_ value: Double?) -> String { value.map { "\($0) %" } ?? "-" }
    return [
      paint("SCORE", .bold)
        + "  level \(before.level) -> \(after.level), percentage \(percent(before.percentage.value)) -> "
        + "\(percent(after.percentage.value)), coverage \(percent(before.coverage.value)) -> \(percent(after.coverage.value))"
    ]
  }

  private var verdict: String {
    let worse = comparison.results.count { $0.direction == .worse }
    return worse > 0
      ? "Worse: \(counted(worse, "check"))." : "Same or better: no check is worse than it was."
  }
}
