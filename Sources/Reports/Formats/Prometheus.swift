import Facts

/// Prometheus' text format, for a scrape or for node_exporter's textfile collector: no timestamps of samples, which that collector
/// refuses, and every status and severity always present, so that rates and alerts have no gaps. Every sample names its benchmark,
/// so that several files of one host are no duplicates.
package func renderPrometheus(_ described: DescribedReport) -> [UInt8] {
  let report = described.report
  let benchmark = [("benchmark", report.benchmark.name)]
  let score = report.score.node
  var text = Exposition()
  text.gauge(
    "plumbline_build_info", "The program that audited this host.",
    [(benchmark + [("version", report.auditor.version)], 1)])
  text.gauge(
    "plumbline_benchmark_info", "By what this host was judged.",
    [(benchmark + [("version", report.benchmark.version), ("digest", report.benchmark.digest)], 1)])
  text.gauge(
    "plumbline_last_run_timestamp_seconds", "When the last audit began, in seconds since 1970.",
    [(benchmark, Double(described.startedAt))])
  text.gauge(
    "plumbline_run_complete", "Whether the last audit could see and decide everything.",
    [(benchmark, report.run.complete ? 1 : 0)])
  text.gauge(
    "plumbline_level", "The node's level, 0 to 4: the weakest area's.", [(benchmark, Double(score.level))])
  text.gauge(
    "plumbline_score_ratio", "Weight of what passed over weight of what was decided; absent where withheld.",
    score.percentage.value.map { [(benchmark, ratio($0))] } ?? [])
  text.gauge(
    "plumbline_coverage_ratio", "Applicable checks that could be decided.",
    score.coverage.value.map { [(benchmark, ratio($0))] } ?? [])
  let areas = report.score.areas.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  text.gauge(
    "plumbline_area_level", "The level of an area, 0 to 4.",
    areas.map { (benchmark + [("area", $0.key)], Double($0.value.level)) })
  text.gauge("plumbline_checks", "Checks by status and severity.", counts(report, benchmark))
  if let confinement = report.auditor.confinement {
    text.gauge(
      "plumbline_auditor_confinement_held", "Whether a step of the auditor's own confinement is in force.",
      confinement.steps.filter { $0.state != .optional }.map {
        (benchmark + [("step", $0.step.rawValue)], $0.state == .held ? 1 : 0)
      })
  }
  return Array(text.text.utf8)
}

/// A percentage of one decimal as a ratio of three.
private func ratio(_ percentage: Double) -> Double { (percentage * 10).rounded() / 1000 }

private func counts(_ report: Report, _ benchmark: [(String, String)]) -> [([(String, String)], Double)] {
  struct Kind: Hashable {
    let status: Status
    let severity: Severity
  }
  let counts = Dictionary(
    report.own.map { (Kind(status: $0.verdict.status, severity: $0.severity), 1) }, uniquingKeysWith: +)
  return Status.allCases.flatMap { status in
    Severity.allCases.map { severity in
      (
        benchmark + [("severity", severity.rawValue), ("status", status.rawValue)],
        Double(counts[Kind(status: status, severity: severity)] ?? 0)
      )
    }
  }
}

/// Prometheus' exposition format, version 0.0.4.
private struct Exposition {
  private(set) var text = ""

  mutating func gauge(_ name: String, _ help: String, _ samples: [([(String, String)], Double)]) {
    guard !samples.isEmpty else { return }
    text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n"
    for (labels, value) in samples {
      let list = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
      text += "\(name)\(list.isEmpty ? "" : "{\(list)}") \(Self.number(value))\n"
    }
  }

  private static func escaped(_ value: String) -> String {
    // By scalar: a quote with a combining mark is one character, and no longer equal to a quote.
    harmless(value).unicodeScalars.reduce(into: "") { output, scalar in
      if scalar == "\\" || scalar == "\"" { output += "\\" }
      output.unicodeScalars.append(scalar)
    }
  }

  private static func number(_ value: Double) -> String {
    Int64(exactly: value).map(String.init) ?? "\(value)"
  }
}
