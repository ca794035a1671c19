package import Agent
import Facts
import Reports

/// Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats): what the relay says on `/metrics`.
package struct Metrics {
  private enum Kind: String { case gauge, counter }

  private var lines: [String] = []

  /// - Parameters:
  ///   - digest: The last report; nil where there is none yet.
  ///   - agent: What the agent says of itself; nil where it has not.
  ///   - relay: How far sending has come; nil where nothing is to be sent.
  ///   - entries: What the spool holds.
  package static func text(
    digest: Digest?, agent: AgentState?, relay: RelayState?, entries: [Spool.Entry]
  ) -> String {
    var metrics = Metrics()
    if let digest { metrics.add(digest) }
    if let agent { metrics.add(agent) }
    metrics.add(
      "plumbline_spool_reports", .gauge, "Reports in the spool.", [([], Double(entries.count))])
    metrics.add(
      "plumbline_spool_bytes", .gauge, "Size of the reports in the spool.",
      [([], Double(entries.reduce(0) { $0 + $1.size }))])
    if let relay { metrics.add(relay, unsent: relay.unsent(of: entries).count) }
    return metrics.lines.joined(separator: "\n") + "\n"
  }

  private mutating func add(_ digest: Digest) {
    let benchmark = [("benchmark", digest.benchmark.name)]
    add(
      "plumbline_report_info", .gauge, "By what the last report was made, always 1.",
      [
        (
          benchmark + [
            ("benchmark_version", digest.benchmark.version), ("digest", digest.benchmark.digest),
            ("version", digest.auditorVersion),
          ], 1
        )
      ])
    add(
      "plumbline_score_level", .gauge, "Level of the node, 0 to 4.", [(benchmark, Double(digest.score.level))]
    )
    if let value = digest.score.percentage.value {
      add(
        "plumbline_score_ratio", .gauge, "Weight of what passed over that of what passed or failed.",
        [(benchmark, value / 100)])
    }
    if let value = digest.score.coverage.value {
      add(
        "plumbline_coverage_ratio", .gauge, "How much of what applies could be decided.",
        [(benchmark, value / 100)])
    }
    let cells = Status.allCases.flatMap { status in
      Severity.allCases.map { Digest.Cell(status: status, severity: $0) }
    }
    add(
      "plumbline_checks", .gauge, "Results of the last report by status and severity.",
      cells.map {
        (
          benchmark + [("status", $0.status.rawValue), ("severity", $0.severity.rawValue)],
          Double(digest.counts[$0] ?? 0)
        )
      })
    add(
      "plumbline_last_run_timestamp_seconds", .gauge, "When the last report's run began.",
      [([], digest.began / .seconds(1))])
    add(
      "plumbline_last_run_complete", .gauge, "Whether the last report's run saw everything.",
      [([], digest.isComplete ? 1 : 0)])
  }

  private mutating func add(_ agent: AgentState) {
    add(
      "plumbline_agent_audits_total", .counter, "Audits that gave a report.", [([], Double(agent.audits))])
    add("plumbline_agent_failures_total", .counter, "Audits that failed.", [([], Double(agent.failures))])
    add(
      "plumbline_agent_consecutive_failures", .gauge, "Failures since the last report.",
      [([], Double(agent.consecutiveFailures))])
    add(
      "plumbline_agent_interval_seconds", .gauge, "From one regular audit to the next.",
      [([], agent.intervalSeconds)])
    add(
      "plumbline_agent_watched_directories", .gauge, "Directories that are watched for changes.",
      [([], Double(agent.watched))])
    add(
      "plumbline_spool_removed_total", .counter, "Reports that left the spool because of its bounds.",
      [([], Double(agent.removed))])
    if let last = agent.last {
      add(
        "plumbline_last_run_duration_seconds", .gauge, "How long the last audit took.", [([], last.seconds)])
    }
  }

  private mutating func add(_ relay: RelayState, unsent: Int) {
    add("plumbline_relay_unsent_reports", .gauge, "Reports that wait to be sent.", [([], Double(unsent))])
    add(
      "plumbline_relay_pushed_total", .counter, "Reports that the collector has.",
      [([], Double(relay.pushed))])
    add(
      "plumbline_relay_refused_total", .counter, "Reports that the collector will not take.",
      [([], Double(relay.refused))])
    add(
      "plumbline_relay_lost_total", .counter, "Reports that left the spool before they were sent.",
      [([], Double(relay.lost))])
    add(
      "plumbline_relay_failed_tries_total", .counter, "Tries to send that came to nothing.",
      [([], Double(relay.failedTries))])
  }

  private mutating func add(
    _ name: String, _ kind: Kind, _ help: String, _ samples: [(labels: [(String, String)], value: Double)]
  ) {
    lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(kind.rawValue)"]
    for sample in samples {
      let labels = sample.labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
      lines.append(name + (labels.isEmpty ? "" : "{\(labels)}") + " " + Self.number(sample.value))
    }
  }

  /// Whole numbers without a fraction.
  private static func number(_ value: Double) -> String {
    Int(exactly: value).map { String($0) } ?? "\(value)"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}
