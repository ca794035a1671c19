import Facts
import Reports

/// How the program ends; documented in `--help` and the README.
enum ExitStatus: Int32, Error {
  case clean = 0
  case findings = 1
  case wrongUse = 2
  case incomplete = 3
}

/// Something the user can put right: what is wrong, where, and what to do.
struct Failure: Error {
  let message: String

  init(_ message: String) { self.message = message }
}

/// From which results on a run counts as failed.
struct Gate {
  /// The least severity that counts; nil lets every finding through.
  let failOn: Severity?
  let minimumScore: Double?

  /// With a baseline only what is new counts; a score is held against its minimum either way.
  private func counts(_ result: CheckResult, in report: Report) -> Bool {
    guard let failOn, result.verdict.status == .fail, result.severity >= failOn else { return false }
    return report.baseline.map { $0.new.contains(result.id) } ?? true
  }

  /// Findings come before incompleteness: what failed is certain, whatever else could not be seen.
  func status(of report: Report) -> ExitStatus {
    if report.results.contains(where: { counts($0, in: report) }) {
      return .findings
    }
    if let minimumScore, let value = report.score.node.percentage.value, value < minimumScore {
      return .findings
    }
    let isScoreMissing = minimumScore != nil && report.score.node.percentage.value == nil
    return isScoreMissing || !report.run.complete ? .incomplete : .clean
  }
}
