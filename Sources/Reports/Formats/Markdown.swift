import Facts

/// GitHub-flavoured Markdown: for a pull request, a ticket, a wiki.
package func renderMarkdown(_ described: DescribedReport) -> [UInt8] {
  let report = described.report
  var lines = ["# \(code(described.hostName))", ""]
  let system = [
    report.host.os?.name, report.host.kernel.map { "Linux \($0)" },
    report.host.kubeletVersion.map { "kubelet \($0)" },
  ]
  lines += [
    system.compactMap { $0 }.map(code).joined(separator: " · "),
    "",
    "Judged by **\(escaped(report.benchmark.title)) \(escaped(report.benchmark.version))** (\(code(report.benchmark.name))) on "
      + "\(escaped(report.day)).",
    "",
  ]
  if let baseline = report.baseline { lines += ["**Baseline:** \(escaped(baseline.summary)).", ""] }
  lines += report.origins.flatMap {
    ["\($0.results) of the results below are of \(code($0.name)) and no part of the score.", ""]
  }
  lines += score(report) + areas(report)
  lines += findings(described)
  lines += short("Could not be decided", [.unknown, .error], described)
  lines += atRest(report)
  lines += short("For a person to judge", [.manual], described)
  lines += short("Waived", [.waived], described)
  return Array((lines.joined(separator: "\n") + "\n").utf8)
}

private func score(_ report: Report) -> [String] {
  let node = report.score.node
  let percentage = node.percentage.value.map { "\($0) %" } ?? "withheld: \(node.percentage.withheld ?? "")"
  let coverage = node.coverage.value.map { "\($0) %" } ?? "nothing applies"
  return [
    "| level | percentage | coverage |", "| ---: | ---: | ---: |",
    "| \(node.level) of 4 | \(escaped(percentage)) (\(node.percentage.passed) of \(node.percentage.total) points) "
      + "| \(coverage) (\(node.coverage.decided) of \(node.coverage.total) checks) |", "",
  ]
}

private func areas(_ report: Report) -> [String] {
  let areas = report.score.areas.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  guard !areas.isEmpty else { return [] }
  return ["## Areas", "", "| area | level | percentage | coverage |", "| --- | ---: | ---: | ---: |"]
    + areas.map { name, area in
      "| \(escaped(name)) | \(area.level) | \(area.percentage.value.map { "\($0) %" } ?? "-") "
        + "| \(area.coverage.value.map { "\($0) %" } ?? "-") |"
    } + [""]
}

private func findings(_ described: DescribedReport) -> [String] {
  let failed = described.report.results.filter { $0.verdict.status == .fail }
  guard !failed.isEmpty else { return ["## Failed", "", "Nothing.", ""] }
  var lines = ["## Failed", ""]
  for severity in Severity.allCases.sorted(by: >) {
    let results = failed.filter { $0.severity == severity }
    guard !results.isEmpty else { continue }
    lines += ["### \(severity.rawValue) (\(results.count))", ""]
    for result in results {
      let novelty = described.novelty(result).map { " (\($0))" } ?? ""
      lines.append("- **\(code(result.id))** \(escaped(described.title(result)))\(novelty)")
      for evidence in result.verdict.evidence {
        let sources = evidence.sources.first.map { " — \(code($0))" } ?? ""
        lines.append("  - \(code(DescribedReport.claim(evidence)))\(sources)")
      }
      if result.evidenceDropped > 0 { lines.append("  - and \(result.evidenceDropped) more") }
      if let fix = described.texts(result)?.remediation { lines.append("  - *fix:* \(escaped(fix))") }
    }
    lines.append("")
  }
  return lines
}

private func short(_ heading: String, _ statuses: Set<Status>, _ described: DescribedReport) -> [String] {
  let results = described.report.results.filter {
    statuses.contains($0.verdict.status) && !described.report.needsRunningHost($0)
  }
  guard !results.isEmpty else { return [] }
  return ["## \(heading)", ""]
    + results.map {
      "- \(code($0.id)) \(escaped(described.title($0))) (\($0.severity.rawValue)): \(message($0, described))"
    } + [""]
}

private func atRest(_ report: Report) -> [String] {
  let waiting = report.results.filter { report.needsRunningHost($0) }
  guard !waiting.isEmpty else { return [] }
  return ["## Needs a running host", "", waiting.map { code($0.id) }.joined(separator: ", "), ""]
}

/// Words of a profile or a waiver as prose, those that may be of the host as code.
private func message(_ result: CheckResult, _ described: DescribedReport) -> String {
  switch result.verdict {
  case .manual: escaped(described.message(result))
  case .waived(let waived, _):
    "\(escaped(DescribedReport.words(waived))): \(code(DescribedReport.summary(result)))"
  case .pass, .fail, .notApplicable, .unknown, .error: code(described.message(result))
  }
}

/// Prose that stays prose: nothing in it makes a heading, a list, a link, a table or HTML. CommonMark, 2.4. By scalar, since a mark with a
/// combining one is another character and the same markup.
private func escaped(_ text: String) -> String {
  var output = ""
  for scalar in harmless(text).unicodeScalars {
    if scalar.isASCII, !scalar.properties.isAlphabetic,
      !" ,.:;/'\"%=0123456789?".unicodeScalars.contains(scalar),
      scalar != "-" || output.isEmpty
    {
      output += "\\"
    }
    output.unicodeScalars.append(scalar)
  }
  return output
}

/// What came from the host, in a code span: no mention, no address and no markup is made of it. A span can't hold a backtick, nor, in a
/// table, a bar.
private func code(_ text: String) -> String {
  let inside = harmless(text).unicodeScalars.map { scalar -> Character in
    switch scalar {
    case "`": "'"
    case "|": "¦"
    default: Character(scalar)
    }
  }
  return inside.isEmpty ? "" : "`\(String(inside))`"
}
