/// How much a failed check matters. The words are those of OCSF, SARIF's security-severity and PolicyReport.
package enum Severity: String, Codable, Hashable, Sendable, CaseIterable, Comparable {
  case low, medium, high, critical

  /// What the check weighs in the percentage.
  package var weight: Int {
    switch self {
    case .critical: 10
    case .high: 5
    case .medium: 3
    case .low: 1
    }
  }

  package static func < (left: Severity, right: Severity) -> Bool { left.weight < right.weight }
}
