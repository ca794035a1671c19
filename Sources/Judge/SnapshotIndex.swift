import Facts
import Reports

/// A snapshot's entities by subject, and which subjects were seen whole.
struct SnapshotIndex {
  private let bySubject: [String: [Entity]]
  private let runs: [String: [CollectorRun]]
  /// An image or a disk that no kernel runs on: it has no processes to list.
  private let isAtRest: Bool

  init(_ snapshot: Snapshot) {
    isAtRest =
      !snapshot.host.isRunning
      && snapshot.collectors.contains { run in
        run.problems.contains { $0.code == .needsRunningHost && $0.place == "/proc" }
      }
    bySubject = Dictionary(grouping: snapshot.entities, by: \.subject)
    var runs: [String: [CollectorRun]] = [:]
    for run in snapshot.collectors {
      for subject in run.subjects { runs[subject, default: []].append(run) }
    }
    self.runs = runs
  }

  func entities(of subject: String) -> [Entity] { bySubject[subject] ?? [] }

  func singleton(_ subject: String) -> Entity? { bySubject[subject]?.first }

  /// Nil where all collectors of the subject saw everything; else why one did not.
  func incompleteness(of subject: String) -> Reason? {
    guard let runs = runs[subject], !runs.isEmpty else {
      return Reason(.collectorIncomplete, "nothing was collected about '\(subject)'")
    }
    guard let partial = runs.first(where: { $0.state == .partial }) else { return nil }
    guard let problem = partial.problems.first else {
      return Reason(.collectorIncomplete, "the collector '\(partial.name)' was not complete")
    }
    let code: Reason.Code = problem.code == .needsRunningHost ? .needsRunningHost : .collectorIncomplete
    return Reason(code, "\(problem.place): \(problem.message)")
  }

  /// Why a fact that could not be read was not: of a host at rest, what its kernel would tell needs it to run.
  func reason(_ obstacle: Obstacle, at source: Source) -> Reason.Code {
    if obstacle == .needsRunningHost { return .needsRunningHost }
    let isKernels = source.place.hasPrefix("/proc/") || source.place.hasPrefix("/sys/")
    return isAtRest && isKernels && obstacle == .notVisible ? .needsRunningHost : .unreadable
  }
}
