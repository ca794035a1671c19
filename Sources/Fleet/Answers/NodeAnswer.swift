package import Facts
package import Reports

/// One node: how it stands, what is not in order, what has changed, and how it came there.
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
    package let waivers: [WaiverUse]
  }

  /// What is not in order, with since when.
  package struct Item: Codable, Hashable, Sendable {
    package let benchmark: String
    package let id: String
    package let check: String
    package let area: String
    package let severity: Severity
    package let status: Status
    /// When the node first looked and found it so, in this unbroken run of answers.
    package let since: String
    /// True where that is the first report known of the node, or where more has changed than is looked through.
    package let sinceFirstReport: Bool
    package let evidence: [Evidence]
    package let evidenceDropped: Int
    package let reason: Reason?
  }

  package struct Row: Codable, Hashable, Sendable {
    package let at: String
    package let benchmark: String
    package let id: String
    package let check: String
    package let from: Status
    package let to: Status
  }

  /// What one of its reports said.
  package struct Point: Codable, Hashable, Sendable {
    package let at: String
    package let benchmark: String
    /// What the run called itself.
    package let run: String
    package let tally: Tally
  }

  package let name: String
  package let judged: [Judged]
  /// The gravest first.
  package let findings: [Item]
  package let changes: [Row]
  /// The reports before, the latest first; at most `historyKept`.
  package let history: [Point]

  /// Reports that are looked back over.
  package static let historyKept = 400
  /// Changes that are looked back over.
  package static let changesKept = 1_000

  /// - Parameters:
  ///   - changes: The latest first.
  ///   - history: The latest first.
  package init(
    name: String, current: [Current], layouts: [String: Layout],
    findings: [(benchmark: String, finding: Finding)], changes: [Change], history: [Standing] = []
  ) {
    self.name = name
    judged = current.map(\.standing).map {
      Judged(
        host: $0.host, pool: $0.pool, benchmark: $0.benchmark, version: $0.benchmarkVersion,
        at: Moment.text($0.startedAt), facts: $0.facts, tally: $0.tally, complete: $0.complete,
        signer: $0.signer, report: $0.digest, waivers: $0.waivers)
    }
    self.findings = Self.items(findings, current, layouts, changes)
    self.changes = changes.map {
      Row(
        at: Moment.text($0.at), benchmark: $0.benchmark, id: $0.id, check: $0.check, from: $0.from, to: $0.to)
    }
    self.history = history.map {
      Point(at: Moment.text($0.startedAt), benchmark: $0.benchmark, run: $0.run, tally: $0.tally)
    }
  }

  private static func items(
    _ findings: [(benchmark: String, finding: Finding)], _ current: [Current], _ layouts: [String: Layout],
    _ changes: [Change]
  ) -> [Item] {
    struct Key: Hashable { let benchmark: String, id: String, check: String }
    var entries: [Key: Entry] = [:]
    var first: [String: Int64] = [:]
    for node in current {
      first[node.standing.benchmark] = node.firstAt
      for entry in layouts[node.standing.layout]?.entries ?? [] {
        entries[Key(benchmark: node.standing.benchmark, id: entry.id, check: entry.check)] = entry
      }
    }
    let since = Dictionary(
      changes.map { (Key(benchmark: $0.benchmark, id: $0.id, check: $0.check), $0.at) }, uniquingKeysWith: max
    )
    let ranks: [Status] = [.fail, .error, .unknown, .manual, .waived]
    let items = findings.map { benchmark, finding in
      let key = Key(benchmark: benchmark, id: finding.id, check: finding.check)
      return Item(
        benchmark: benchmark, id: finding.id, check: finding.check, area: entries[key]?.area ?? "",
        severity: entries[key]?.severity ?? .low, status: finding.status,
        since: Moment.text(since[key] ?? first[benchmark] ?? 0), sinceFirstReport: since[key] == nil,
        evidence: finding.evidence, evidenceDropped: finding.evidenceDropped, reason: finding.reason)
    }
    return items.enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      let (rankA, rankB) = (ranks.firstIndex(of: a.status) ?? 9, ranks.firstIndex(of: b.status) ?? 9)
      if rankA != rankB { return rankA < rankB }
      return a.severity != b.severity ? a.severity > b.severity : left.offset < right.offset
    }.map(\.element)
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
