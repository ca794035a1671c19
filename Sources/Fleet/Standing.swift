package import Reports

/// What a report said, without its evidence: enough to score a node, to compare it with its peers and to see what has changed.
package struct Standing: Hashable, Sendable {
  /// SHA-256 in hexadecimal of the report's bytes: what makes a report the same report.
  package let digest: String
  /// The node's key; see `NodeKey`.
  package let host: String
  /// What people call it.
  package let name: String
  package let pool: String
  package let facts: NodeFacts
  package let run: String
  package let sequence: Int64
  /// When the node looked, in seconds since 1970.
  package let startedAt: Int64
  /// When the collector took it, in seconds since 1970.
  package let receivedAt: Int64
  /// By what it was judged.
  package let benchmark: String
  package let benchmarkVersion: String
  package let profile: String
  /// The layout's digest.
  package let layout: String
  /// One letter for each entry of the layout.
  package let statuses: [UInt8]
  package let complete: Bool
  package let tally: Tally
  /// The name of the key whose signature was checked; nil where none was.
  package let signer: String?
  package let waivers: [WaiverUse]

  package init(
    digest: String, host: String, name: String, pool: String, facts: NodeFacts, run: String, sequence: Int64,
    startedAt: Int64, receivedAt: Int64, benchmark: String, benchmarkVersion: String, profile: String,
    layout: String, statuses: [UInt8], complete: Bool, tally: Tally, signer: String?, waivers: [WaiverUse]
  ) {
    self.digest = digest
    self.host = host
    self.name = name
    self.pool = pool
    self.facts = facts
    self.run = run
    self.sequence = sequence
    self.startedAt = startedAt
    self.receivedAt = receivedAt
    self.benchmark = benchmark
    self.benchmarkVersion = benchmarkVersion
    self.profile = profile
    self.layout = layout
    self.statuses = statuses
    self.complete = complete
    self.tally = tally
    self.signer = signer
    self.waivers = waivers
  }

  /// The day (UTC) of the look, in days since 1970-01-01.
  package var day: Int64 { Moment.day(of: startedAt) }
}

/// What a node says of itself that pools and people tell nodes apart by.
package struct NodeFacts: Codable, Hashable, Sendable {
  package let os: String
  package let kernel: String
  package let architecture: String
  package let kubelet: String
  package let roles: String

  package init(os: String, kernel: String, architecture: String, kubelet: String, roles: String) {
    self.os = os
    self.kernel = kernel
    self.architecture = architecture
    self.kubelet = kubelet
    self.roles = roles
  }
}

/// The numbers of a report that can be summed over nodes.
package struct Tally: Codable, Hashable, Sendable {
  /// 0 to 4; see `AreaScore`.
  package let level: Int
  /// Weights of what passed, and of what passed or failed.
  package let passed: Int
  package let total: Int
  /// Applicable checks that could be decided, and all of them.
  package let decided: Int
  package let applicable: Int
  package let failed: Int
  package let critical: Int
  package let high: Int

  package init(
    level: Int, passed: Int, total: Int, decided: Int, applicable: Int, failed: Int, critical: Int, high: Int
  ) {
    self.level = level
    self.passed = passed
    self.total = total
    self.decided = decided
    self.applicable = applicable
    self.failed = failed
    self.critical = critical
    self.high = high
  }

  package init(_ report: Report) {
    let node = report.score.node
    self.init(
      level: node.level, passed: node.percentage.passed, total: node.percentage.total,
      decided: node.coverage.decided, applicable: node.coverage.total,
      failed: report.summary.statuses[Status.fail.rawValue] ?? 0,
      critical: report.summary.failuresBySeverity["critical"] ?? 0,
      high: report.summary.failuresBySeverity["high"] ?? 0)
  }
}
