package import Facts

/// Two reports, or two snapshots with the reports made of them, held against each other: the document of `plumbline diff`. Its schema is
/// docs/diff-v1.schema.json.
package struct Comparison: Encodable, Sendable {
  package static let format = "plumbline/diff/v1"

  /// One of the two.
  package struct Side: Encodable, Sendable {
    package let run: String
    package let startedAt: String
    package let host: HostIdentity
    package let benchmark: Citation
    package let node: AreaScore
    package let statuses: [String: Int]

    init(_ report: Report) {
      run = report.run.id
      startedAt = report.run.startedAt
      host = report.host
      benchmark = report.benchmark
      node = report.score.node
      statuses = report.summary.statuses
    }
  }

  /// What the exit status says.
  package enum Outcome: String, Encodable, Sendable {
    /// At least one check is worse.
    case worse
    /// None is worse.
    case sameOrBetter
  }

  package let schema: String
  package let outcome: Outcome
  package let before: Side
  package let after: Side
  /// What makes the two less alike than they should be for this.
  package let notes: [String]
  /// In the order of the report after; then what only the report before has.
  package let results: [ResultChange]
  /// Nil where reports were compared: they hold no facts.
  package let facts: FactComparison?

  /// - Throws: `DocumentError` where they are by different benchmarks: their ids mean different things.
  package init(_ before: Report, _ after: Report, facts: FactComparison? = nil) throws(DocumentError) {
    guard before.benchmark.name == after.benchmark.name else {
      throw .malformed(
        path: "benchmark.name",
        reason:
          "'\(harmless(before.benchmark.name))' and '\(harmless(after.benchmark.name))' can't be compared")
    }
    schema = Self.format
    self.before = Side(before)
    self.after = Side(after)
    notes = Self.notes(before, after)
    results = Self.changes(before.results, after.results)
    outcome = results.contains { $0.direction == .worse } ? .worse : .sameOrBetter
    self.facts = facts
  }

  private static func changes(_ before: [CheckResult], _ after: [CheckResult]) -> [ResultChange] {
    let old = Dictionary(before.map { ($0.id, $0) }) { first, _ in first }
    let new = Set(after.map(\.id))
    return after.compactMap { ResultChange(from: old[$0.id], to: $0) }
      + before.filter { !new.contains($0.id) }.compactMap { ResultChange(from: $0, to: nil) }
  }

  private static func notes(_ before: Report, _ after: Report) -> [String] {
    var notes: [String] = []
    if before.host.id != after.host.id || before.host.hostname != after.host.hostname {
      notes.append("they are of different hosts")
    }
    if before.host.isRunning != after.host.isRunning {
      notes.append("one is of a running host and the other of a tree of files")
    }
    if before.benchmark.digest != after.benchmark.digest {
      notes.append("the checks are not the same: the benchmark, a parameter or a default changed")
    }
    return notes
  }
}

/// A comparison as one line of JSON with sorted keys and a newline.
package func encodeComparison(_ comparison: Comparison) throws(DocumentError) -> [UInt8] {
  try compactJSON(comparison) + [UInt8(ascii: "\n")]
}
