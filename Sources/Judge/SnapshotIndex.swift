import Facts

/// A snapshot's entities by subject, and which subjects were seen whole.
struct SnapshotIndex {
  private let bySubject: [String: [Entity]]
  private let runs: [String: [CollectorRun]]

  init(_ snapshot: Snapshot) {
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
  func incompleteness(of subject: String) -> String? {
    guard let runs = runs[subject], !runs.isEmpty else { return "nothing was collected about '\(subject)'" }
    guard let partial = runs.first(where: { $0.state == .partial }) else { return nil }
    guard let problem = partial.problems.first else {
      return "the collector '\(partial.name)' was not complete"
    }
    return "\(problem.place): \(problem.message)"
  }
}
