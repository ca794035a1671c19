import Facts

/// JUnit's XML as Jenkins, GitLab and junitparser read it: a suite of the benchmark, a case for each result. There is no official
/// schema; attributes and order are those of the strictest readers. What could not be decided is an error, as nothing was proven.
package func renderJUnit(_ described: DescribedReport) -> [UInt8] {
  let report = described.report
  let results = report.results
  // What the baseline has is no failure of this run.
  let known = results.count { described.novelty($0) == "known" }
  // Nor is what no build can tell an error of it.
  let atRest = results.count { report.needsRunningHost($0) }
  func count(_ statuses: Set<Status>) -> Int {
    results.count { statuses.contains($0.verdict.status) }
  }
  let properties = [
    ("benchmark.digest", report.benchmark.digest), ("run.id", report.run.id),
    ("run.complete", String(report.run.complete)), ("score.level", String(report.score.node.level)),
    ("score.percentage", report.score.node.percentage.value.map { "\($0)" } ?? "withheld"),
    ("score.coverage", report.score.node.coverage.value.map { "\($0)" } ?? "nothing applies"),
  ].map { XMLElement("property", [("name", $0), ("value", $1)]) }
  let suite = XMLElement(
    "testsuite",
    [
      ("name", "\(report.benchmark.name) \(report.benchmark.version)"), ("package", "plumbline"), ("id", "0"),
      ("hostname", described.hostName),
      // Without a zone: the readers' schema has none.
      ("timestamp", String(report.run.startedAt.prefix(19))), ("tests", String(results.count)),
      ("failures", String(count([.fail]) - known)), ("errors", String(count([.error, .unknown]) - atRest)),
      ("skipped", String(count([.manual, .notApplicable, .waived]) + known + atRest)), ("time", "0"),
    ],
    [XMLElement("properties", [], properties)] + results.map { testCase($0, described) } + [
      XMLElement("system-out", text: ""), XMLElement("system-err", text: ""),
    ])
  return XMLElement("testsuites", [], [suite]).document
}

private func testCase(_ result: CheckResult, _ described: DescribedReport) -> XMLElement {
  let attributes = [
    ("name", "\(result.id) \(described.title(result))"),
    ("classname", "\(described.report.benchmark.name).\(result.area)"), ("time", "0"),
  ]
  let message = described.message(result)
  let outcome: XMLElement? =
    switch result.verdict.status {
    case .pass: nil
    case .fail where described.novelty(result) == "known":
      XMLElement("skipped", [("message", "known since the baseline: \(message)")])
    case .fail:
      XMLElement(
        "failure", [("type", result.severity.rawValue), ("message", message)],
        text: details(result, described))
    case .unknown where described.report.needsRunningHost(result):
      XMLElement("skipped", [("message", "needs a running host: \(message)")])
    case .unknown, .error:
      XMLElement(
        "error", [("type", result.verdict.status.rawValue), ("message", message)],
        text: details(result, described))
    case .manual, .notApplicable, .waived:
      XMLElement("skipped", [("message", "\(result.verdict.status.rawValue): \(message)")])
    }
  return XMLElement("testcase", attributes, [outcome].compactMap { $0 })
}

private func details(_ result: CheckResult, _ described: DescribedReport) -> String {
  var lines = result.verdict.evidence.flatMap {
    [DescribedReport.claim($0)] + $0.sources.map { "from \($0)" }
  }
  if result.evidenceDropped > 0 { lines.append("and \(result.evidenceDropped) more") }
  if let fix = described.texts(result)?.remediation { lines.append("fix: \(fix)") }
  return lines.joined(separator: "\n")
}
