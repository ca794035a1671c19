import Facts

/// A report held against an earlier one: which of its failures are new. Part of the report that it is made for.
package struct Baseline: Codable, Hashable, Sendable {
  /// The earlier report's run.
  package let run: String
  package let startedAt: String
  /// Whether it was judged by the very same checks.
  package let sameChecks: Bool
  /// Ids of failures that the earlier report does not have, or not for all that fails now.
  package let new: [String]
  /// Ids of failures that it has.
  package let known: [String]
  /// Ids of its failures that are none any more.
  package let gone: [String]

  /// - Throws: `DocumentError` where the two are by different benchmarks.
  package init(_ report: Report, since earlier: Report) throws(DocumentError) {
    let comparison = try Comparison(earlier, report)
    run = earlier.run.id
    startedAt = earlier.run.startedAt
    sameChecks = earlier.benchmark.digest == report.benchmark.digest
    let worse = Set(comparison.results.filter { $0.direction == .worse }.map(\.id))
    let failing = report.results.filter { $0.verdict.status == .fail }.map(\.id)
    new = failing.filter(worse.contains)
    known = failing.filter { !worse.contains($0) }
    let now = Set(failing)
    gone = earlier.results.filter { $0.verdict.status == .fail && !now.contains($0.id) }.map(\.id)
  }

  /// `2 new findings since 2026-03-04T05:06:07Z; 65 known ones do not count, 3 are gone`
  package var summary: String {
    "\(counted(new.count, "new finding")) since the baseline of \(harmless(startedAt)); \(known.count) known "
      + "\(known.count == 1 ? "one does" : "ones do") not count, \(gone.count) \(gone.count == 1 ? "is" : "are") gone"
      + (sameChecks ? "" : "; the checks themselves changed since")
  }
}
