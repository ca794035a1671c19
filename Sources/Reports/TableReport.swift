import Facts

/// A report for a person at a terminal, or in a pipe: what failed first and worst first, then what could not be told, what a
/// person must judge, the areas, the score, and what to do next.
///
/// The text depends on the report alone. No byte of it that came from the host can steer the terminal.
/// - Parameters:
///   - width: The terminal's columns; less than 60 is taken as 60, and prose is wrapped at 120 even where there is more.
///   - color: Whether SGR escapes may be used; the words are the same without them.
///   - texts: The checks' words by slug; a check that has none is shown by its slug.
package func renderTable(
  _ report: Report, width: Int, color: Bool, texts: [String: Report.Texts] = [:]
) -> String {
  TableReport(report: report, width: max(width, 60), paint: Paint(isOn: color), texts: texts).text
}

struct TableReport {
  /// Pieces of evidence shown for one result.
  static let mostEvidence = 3

  let report: Report
  let width: Int
  let paint: Paint
  let texts: [String: Report.Texts]

  /// Where prose is wrapped: longer lines tire the eye.
  var proseWidth: Int { min(width, 120) }

  var text: String {
    let sections = [
      header, failures, undecided, manual, waived, areas, score, outOfReach, [next],
    ]
    return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  func results(_ statuses: Status...) -> [CheckResult] {
    report.results.filter { statuses.contains($0.verdict.status) }
  }

  /// The results of a severity after those of all worse ones; within one, in the benchmark's order.
  func bySeverity(_ results: [CheckResult]) -> [(Severity, [CheckResult])] {
    Severity.allCases.sorted(by: >).compactMap { severity in
      let those = results.filter { $0.severity == severity }
      return those.isEmpty ? nil : (severity, those)
    }
  }

  func title(_ result: CheckResult) -> String {
    harmless((texts[result.check] ?? report.texts?[result.check])?.title ?? result.check)
  }

  func remediation(_ result: CheckResult) -> String? {
    (texts[result.check] ?? report.texts?[result.check])?.remediation
  }

  /// Lines wrapped under an indent; those after the first are indented by `hanging` more.
  func paragraph(_ text: String, indent: Int, hanging: Int = 0, _ style: Style? = nil) -> [String] {
    let lines = wrapped(harmless(text), to: proseWidth - indent - hanging)
    return lines.enumerated().map { number, line in
      let margin = String(repeating: " ", count: indent + (number == 0 ? 0 : hanging))
      return margin + (style.map { paint(line, $0) } ?? line)
    }
  }

  /// A section's first line: what it is, and how many.
  func heading(_ name: String, _ detail: String) -> String {
    paint(name, .bold) + (detail.isEmpty ? "" : "  " + detail)
  }
}

extension TableReport {
  private var header: [String] {
    let host = report.host
    let system = host.os.map { $0.name ?? ([$0.id] + [$0.version].compactMap { $0 }).joined(separator: " ") }
    let kernel = [host.kernel.map { "Linux \($0)" }, host.architecture].compactMap { $0 }.joined(separator: " ")
    let name = host.nodeName ?? host.hostname ?? host.id ?? "a host without a name"
    let kubelet = host.kubeletVersion.map { "kubelet \($0)" }
    var lines = flow(
      [name, system ?? "", kernel, host.roles.joined(separator: ", "), kubelet ?? ""], first: .bold)
    let benchmark = report.benchmark
    lines += flow(["\(benchmark.title) \(benchmark.version) (\(benchmark.name))", report.day], first: nil)
    if let note = benchmark.note { lines += paragraph(note, indent: 0, .faint) }
    if !host.isRunning { lines += paragraph("a tree of files was judged, not a running host", indent: 0, .faint) }
    return lines
  }

  /// Short texts one after another with a dot between, on as few lines as hold them.
  private func flow(_ parts: [String], first: Style?) -> [String] {
    var lines: [(plain: String, shown: String)] = []
    for (number, part) in parts.map(harmless).filter({ !$0.isEmpty }).enumerated() {
      let shown = number == 0 ? first.map { paint(part, $0) } ?? part : part
      if let last = lines.last, columns(last.plain) + 3 + columns(part) <= proseWidth {
        lines[lines.count - 1] = (last.plain + " · " + part, last.shown + " · " + shown)
      } else {
        lines.append((part, shown))
      }
    }
    return lines.flatMap { columns($0.plain) <= proseWidth ? [$0.shown] : wrapped($0.plain, to: proseWidth) }
  }

  private var failures: [String] {
    let failed = results(.fail)
    guard !failed.isEmpty else { return [heading("FAILED", paint("nothing", .good))] }
    let counts = bySeverity(failed).map { paint("\($1.count) \($0.rawValue)", Style($0)) }
    var lines = [heading("FAILED", counts.joined(separator: ", "))]
    for (severity, results) in bySeverity(failed) {
      lines += ["", paint(severity.rawValue, Style(severity))]
      for result in results { lines += failure(result) }
    }
    return lines
  }

  private func failure(_ result: CheckResult) -> [String] {
    var lines = head(result)
    for evidence in result.verdict.evidence.prefix(Self.mostEvidence) { lines += shown(evidence) }
    let more = result.verdict.evidence.count - Self.mostEvidence + result.evidenceDropped
    if more > 0 { lines.append("      " + paint("and \(more) more", .faint)) }
    if let fix = remediation(result) { lines += paragraph("fix: " + fix, indent: 6, hanging: 5) }
    return lines
  }

  /// `  4.2.1  The kubelet refuses requests without credentials`
  func head(_ result: CheckResult) -> [String] {
    let id = harmless(result.id)
    let title = title(result)
    guard title != id else { return ["  " + paint(id, .bold)] }
    let line = "  \(id)  \(title)"
    guard columns(line) > proseWidth else { return ["  " + paint(id, .bold) + "  " + title] }
    guard columns(id) <= 12 else { return ["  " + paint(id, .bold)] + paragraph(title, indent: 6) }
    let lines = wrapped(title, to: proseWidth - columns(id) - 4)
    let margin = String(repeating: " ", count: columns(id) + 4)
    return lines.enumerated().map { ($0 == 0 ? "  " + paint(id, .bold) + "  " : margin) + $1 }
  }

  /// Found, expected and source: on one line where there is room, else a line each.
  private func shown(_ evidence: Evidence) -> [String] {
    let found = "found: " + harmless(evidence.found)
    let expected = "expected: " + harmless(evidence.expected)
    let place = evidence.sources.first.map { "\(evidence.entity): \($0)" } ?? evidence.entity
    let source = "source: " + harmless(place)
    let parts = [found, expected, source]
    let line = parts.joined(separator: "   ")
    if columns(line) + 6 <= width {
      return ["      \(found)   \(expected)   " + paint(source, .faint)]
    }
    return paragraph(found, indent: 6, hanging: 7) + paragraph(expected, indent: 6, hanging: 10)
      + paragraph(source, indent: 6, hanging: 8, .faint)
  }

  private var undecided: [String] {
    let undecided = results(.unknown, .error)
    guard !undecided.isEmpty else { return [] }
    var lines = [heading("UNKNOWN", counted(undecided.count, "check") + " that could not be decided")]
    for (severity, results) in bySeverity(undecided) {
      for result in results {
        lines += head(result)
        let kind = result.verdict.status == .error ? "error, " : ""
        let reason = result.verdict.reason?.message ?? "no reason is given"
        lines += paragraph("\(kind)\(severity.rawValue): \(reason)", indent: 6, hanging: 2)
      }
    }
    return lines
  }

  private var manual: [String] {
    let manual = results(.manual)
    guard !manual.isEmpty else { return [] }
    let ids = manual.map { harmless($0.id) }.joined(separator: ", ")
    return [heading("MANUAL", counted(manual.count, "check") + " for a person to judge")] + paragraph(ids, indent: 2)
  }

  private var waived: [String] {
    let waived = results(.waived)
    guard !waived.isEmpty else { return [] }
    var lines = [heading("WAIVED", counted(waived.count, "failure") + " that someone answers for")]
    for result in waived {
      lines += head(result)
      if case .waived(let waiver, _) = result.verdict {
        lines += paragraph(
          "\(result.severity.rawValue), until \(waiver.expires), by \(waiver.owner): \(waiver.reason)", indent: 6,
          hanging: 2)
      }
    }
    return lines
  }
}
