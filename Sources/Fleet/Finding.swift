package import Reports

/// What a node's latest report has to show for an answer that is not `pass` or `notApplicable`.
package struct Finding: Codable, Hashable, Sendable {
  /// The entry's id in the benchmark.
  package let id: String
  package let check: String
  package let status: Status
  package let evidence: [Evidence]
  package let evidenceDropped: Int
  package let reason: Reason?

  package init(
    id: String, check: String, status: Status, evidence: [Evidence], evidenceDropped: Int, reason: Reason?
  ) {
    self.id = id
    self.check = check
    self.status = status
    self.evidence = evidence
    self.evidenceDropped = evidenceDropped
    self.reason = reason
  }

  /// nil where there is nothing to do about the result.
  package init?(_ result: CheckResult) {
    switch result.verdict.status {
    case .pass, .notApplicable: return nil
    case .fail, .manual, .unknown, .error, .waived: break
    }
    self.init(
      id: result.id, check: result.check, status: result.verdict.status,
      evidence: Array(result.verdict.evidence.prefix(Self.evidenceKept)),
      evidenceDropped: result.evidenceDropped + max(0, result.verdict.evidence.count - Self.evidenceKept),
      reason: result.verdict.reason)
  }

  /// Kept in rows for each finding; the report itself has all of them.
  static let evidenceKept = 3
}
