package import Facts
package import Reports

/// What is kept of the last report for those who ask: not the report itself, which may be large.
package struct Digest: Sendable {
  package struct Cell: Hashable, Sendable {
    package let status: Status
    package let severity: Severity
  }

  package let number: UInt64
  package let host: String
  package let benchmark: Citation
  package let auditorVersion: String
  /// When its run began, since 1970.
  package let began: Duration
  package let isComplete: Bool
  package let score: AreaScore
  /// How many results there are of each status and severity, those of which there are none included.
  package let counts: [Cell: Int]

  package init(_ report: Report, number: UInt64) {
    self.number = number
    host = report.host.nodeName ?? report.host.hostname ?? report.host.id ?? ""
    benchmark = report.benchmark
    auditorVersion = report.auditor.version
    // A run's sequence is its moment in milliseconds since 1970.
    began = .milliseconds(report.run.sequence)
    isComplete = report.run.complete
    score = report.score.node
    var counts: [Cell: Int] = [:]
    for status in Status.allCases {
      for severity in Severity.allCases { counts[Cell(status: status, severity: severity)] = 0 }
    }
    for result in report.results {
      counts[Cell(status: result.verdict.status, severity: result.severity), default: 0] += 1
    }
    self.counts = counts
  }

  /// Whether the last report is recent: a host that was silent for two intervals and a half is stale.
  package func isFresh(at wall: Duration, interval: Duration) -> Bool { wall - began <= interval * 2.5 }
}
