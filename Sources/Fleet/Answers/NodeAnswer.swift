package import Reports

/// One node: how it stands, what is not in order, what has changed.
package struct NodeAnswer: Answer {
  package struct Judged: Codable, Hashable, Sendable {
    package let host: String
    package let pool: String
    package let benchmark: String
    package let version: String
    package let at: String
    package let facts: NodeFacts
    package let tally: Tally
    package let complete: Bool
    package let signer: String?
    /// The report's digest, by which it can be asked for.
    package let report: String
  }

  package struct Row: Codable, Hashable, Sendable {
    package let at: String
    package let benchmark: String
    package let id: String
    package let check: String
    package let from: Status
    package let to: Status
  }

  package let name: String
  package let judged: [Judged]
  package let findings: [Finding]
  package let changes: [Row]

  package init(
    name: String, current: [Current], findings: [(benchmark: String, finding: Finding)], changes: [Change]
  ) {
    self.name = name
    judged = current.map(\.standing).map {
      Judged(
        host: $0.host, pool: $0.pool, benchmark: $0.benchmark, version: $0.benchmarkVersion,
        at: Moment.text($0.startedAt), facts: $0.facts, tally: $0.tally, complete: $0.complete,
        signer: $0.signer,
        report: $0.digest)
    }
    self.findings = findings.map(\.finding)
    self.changes = changes.map {
      Row(
        at: Moment.text($0.at), benchmark: $0.benchmark, id: $0.id, check: $0.check, from: $0.from, to: $0.to)
    }
  }

  package var table: Table {
    let rows = findings.map { finding in
      [
        finding.status.rawValue, finding.id, finding.check,
        finding.evidence.first.map { "\($0.fact) is \($0.found), must be \($0.expected)" }
          ?? finding.reason?.message ?? finding.reason?.code.meaning ?? "",
      ]
    }
    let heads = judged.map {
      "\(name) in \($0.pool): \($0.benchmark) \($0.version) at \($0.at): level \($0.tally.level), "
        + "\(shown(percent($0.tally.passed, of: $0.tally.total))) % of points, "
        + "\($0.tally.decided) of \($0.tally.applicable) applicable checks decided"
    }
    let changed = changes.prefix(20).map { "\($0.at)  \($0.id) \($0.check): \($0.from) → \($0.to)" }
    return Table(
      [.init("STATUS"), .init("ID"), .init("CHECK"), .init("FOUND")], rows,
      notes: heads + (changed.isEmpty ? [] : ["Changes, the latest first:"] + changed))
  }
}
