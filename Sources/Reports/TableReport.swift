import Facts

/// A report for a person at a terminal, or in a pipe: what failed first and worst first, then what could not be told, what a
/// person must judge, the areas, the score, and what to do next.
///
/// The text depends on the report alone. No byte of it that came from the host can steer the terminal.
/// - Parameters:
///   - width: The terminal's columns; less than 72 is taken as 72, and prose is wrapped at 120 even where there is more.
///   - color: Whether SGR escapes may be used; the words are the same without them.
///   - texts: The checks' words by slug; a check that has none is shown by its slug.
package func renderTable(
  _ report: Report, width: Int, color: Bool, texts: [String: Report.Texts] = [:]
) -> String {
  TableReport(report: report, width: max(width, 72), paint: Paint(isOn: color), texts: texts).text
}

struct TableReport {
  /// Different findings shown for one result, and places shown for each.
  static let mostFindings = 3
  static let mostPlaces = 5

  let report: Report
  let width: Int
  let paint: Paint
  let texts: [String: Report.Texts]

  /// Where prose is wrapped: longer lines tire the eye.
  var proseWidth: Int { min(width, 120) }

  var text: String {
    let sections = [
      header, baseline, failures, undecided, atRest, manual, waived, areas, score, outOfReach, auditor, next,
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
    let title = harmless((texts[result.check] ?? report.texts?[result.check])?.title ?? result.check)
    return result.origin.map { "\(title) (from \(harmless($0)))" } ?? title
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
    let kernel = [host.kernel.map { "Linux \($0)" }, host.architecture].compactMap { $0 }.joined(
      separator: " ")
    let name = host.nodeName ?? host.hostname ?? host.id ?? "a host without a name"
    let kubelet = host.kubeletVersion.map { "kubelet \($0)" }
    var lines = flow(
      [name, system ?? "", kernel, host.roles.joined(separator: ", "), kubelet ?? ""], first: .bold)
    let benchmark = report.benchmark
    lines += flow(["\(benchmark.title) \(benchmark.version) (\(benchmark.name))", report.day], first: nil)
    if let note = benchmark.note { lines += paragraph(note, indent: 0, .faint) }
    if !host.isRunning {
      lines += paragraph("a tree of files was judged, not a running host", indent: 0, .faint)
    }
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

  /// What of the failures below counts, where an earlier report says which are known.
  private var baseline: [String] {
    guard let baseline = report.baseline else { return [] }
    var lines = wrapped(baseline.summary, to: proseWidth - 10)
    lines = lines.enumerated().map { ($0 == 0 ? paint("BASELINE", .bold) + "  " : "          ") + $1 }
    if !baseline.new.isEmpty {
      lines += paragraph("new: " + baseline.new.joined(separator: ", "), indent: 2, hanging: 5)
    }
    if !baseline.gone.isEmpty {
      lines += paragraph("gone: " + baseline.gone.joined(separator: ", "), indent: 2, hanging: 6)
    }
    return lines
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
    let findings = Finding.all(in: result.verdict.evidence)
    for finding in findings.prefix(Self.mostFindings) { lines += shown(finding) }
    let hidden = findings.dropFirst(Self.mostFindings).reduce(result.evidenceDropped) { $0 + $1.places.count }
    if hidden > 0 { lines.append("      " + paint("and \(hidden) more", .faint)) }
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

  /// `kernel.kptr_restrict = 0, expected at least 1   /proc/sys/kernel/kptr_restrict`, on one line where there is room.
  private func shown(_ finding: Finding) -> [String] {
    let claim = harmless(finding.claim)
    let more = finding.places.count - Self.mostPlaces
    let places =
      finding.places.prefix(Self.mostPlaces).map(harmless).joined(separator: ", ")
      + (more > 0 ? " and \(more) more" : "")
    if columns(claim) + columns(places) + 9 <= width { return ["      \(claim)   " + paint(places, .faint)] }
    return paragraph(claim, indent: 6, hanging: 2) + paragraph(places, indent: 8, hanging: 2, .faint)
  }

  private var undecided: [String] {
    let undecided = results(.unknown, .error).filter { !report.needsRunningHost($0) }
    guard !undecided.isEmpty else { return [] }
    var lines = [heading("UNKNOWN", counted(undecided.count, "check") + " that could not be decided")]
    for (severity, results) in bySeverity(undecided) {
      for result in results {
        lines += head(result)
        let reason = result.verdict.reason.map { $0.message ?? $0.code.meaning } ?? "no reason is given"
        let text = "\(severity.rawValue), \(result.verdict.status.rawValue): \(reason)"
        lines += paragraph(text, indent: 6, hanging: 2)
      }
    }
    return lines
  }

  /// What files can't tell, by id: a line of reasons for each would bury what they did tell.
  private var atRest: [String] {
    let waiting = report.results.filter { report.needsRunningHost($0) }
    guard !waiting.isEmpty else { return [] }
    let ids = bySeverity(waiting).flatMap { severity, results in
      paragraph("\(severity.rawValue): " + results.map(\.id).joined(separator: ", "), indent: 2, hanging: 2)
    }
    let what = waiting.count == 1 ? "check asks" : "checks ask"
    return [heading("NEEDS A RUNNING HOST", "\(waiting.count) \(what) what only a running kernel tells")]
      + ids
  }

  private var manual: [String] {
    let manual = results(.manual)
    guard !manual.isEmpty else { return [] }
    let ids = manual.map { harmless($0.id) }.joined(separator: ", ")
    return [heading("MANUAL", counted(manual.count, "check") + " for a person to judge")]
      + paragraph(ids, indent: 2)
  }

  private var waived: [String] {
    let waived = results(.waived)
    guard !waived.isEmpty else { return [] }
    var lines = [heading("WAIVED", counted(waived.count, "failure") + " that someone answers for")]
    for result in waived {
      lines += head(result)
      if case .waived(let waiver, _) = result.verdict {
        lines += paragraph(
          "\(result.severity.rawValue), until \(waiver.expires), by \(waiver.owner): \(waiver.reason)",
          indent: 6,
          hanging: 2)
      }
    }
    return lines
  }
}

/// What was found and expected, and everywhere it was: a hundred files of one mode are one finding.
private struct Finding {
  /// What was found and what was expected, in one phrase.
  let claim: String
  var places: [String]

  static func all(in evidence: [Evidence]) -> [Finding] {
    var findings: [Finding] = []
    for piece in evidence {
      let expected = piece.expected == Evidence.forInformation ? "" : ", expected \(piece.expected)"
      let claim = "\(piece.fact) = \(piece.found)\(expected)"
      if let index = findings.firstIndex(where: { $0.claim == claim }) {
        findings[index].places.append(place(of: piece))
      } else {
        findings.append(Finding(claim: claim, places: [place(of: piece)]))
      }
    }
    return findings
  }

  /// The source, with the entity before it where the source does not tell which of several it is.
  private static func place(of evidence: Evidence) -> String {
    guard let source = evidence.sources.first else { return evidence.entity }
    guard let bracket = evidence.entity.firstIndex(of: "["), evidence.entity.hasSuffix("]") else {
      return source
    }
    let id = evidence.entity[evidence.entity.index(after: bracket)...].dropLast()
    return source.hasPrefix(id) ? source : "\(evidence.entity): \(source)"
  }
}
