package import Facts
package import Profiles
package import Reports

/// Judges a snapshot by a benchmark. It reads no host, no clock and no disk: the same snapshot, benchmark and day give the same
/// report.
/// - Parameters:
///   - day: The day waivers and what ends on a day are held against, `YYYY-MM-DD`.
///   - note: Why this benchmark was chosen, where the user did not name it.
package func judge(
  _ snapshot: Snapshot, by benchmark: Benchmark, defaults: Defaults, waiving waivers: [Waiver] = [],
  on day: String,
  note: String? = nil
) -> Report {
  let judging = Judging(snapshot: snapshot, defaults: defaults, on: day, keepsAll: false)
  var waiving = Waiving(waivers, on: day, snapshot: snapshot)
  let results = benchmark.entries.map { entry in
    let (verdict, omitted) = judging.verdict(on: entry.check)
    return CheckResult(
      id: entry.id, check: entry.check.slug, area: entry.check.area, severity: entry.check.severity,
      level: entry.level, verdict: waiving.apply(to: verdict, of: entry.check.slug), evidenceDropped: omitted)
  }
  let isSeenWhole = snapshot.collectors.allSatisfy { $0.state == .complete }
  let isDecided = !results.contains { [.unknown, .error].contains($0.verdict.status) }
  return Report(
    run: ReportRun(snapshot.run, complete: isSeenWhole && isDecided),
    auditor: snapshot.auditor,
    benchmark: Citation(
      name: benchmark.name, title: benchmark.title, version: benchmark.version, digest: benchmark.digest,
      note: note),
    host: snapshot.host, day: day, collectors: snapshot.collectors, results: results,
    waivers: waiving.uses)
}

/// Judges one check by itself, whatever benchmark it stands in, as on the day of the look.
package func verdict(on check: Check, in snapshot: Snapshot, defaults: Defaults) -> Verdict {
  Judging(snapshot: snapshot, defaults: defaults, on: snapshot.run.day, keepsAll: true).verdict(on: check)
    .verdict
}

/// Judges checks one by one over the same snapshot.
struct Judging {
  let index: SnapshotIndex
  let facts: EffectiveFacts
  /// Whether all evidence is kept of what passes or does not apply; a failure's always is, for waivers ask for it.
  private let keepsAll: Bool

  init(snapshot: Snapshot, defaults: Defaults, on day: String, keepsAll: Bool) {
    self.keepsAll = keepsAll
    index = SnapshotIndex(snapshot)
    facts = EffectiveFacts(snapshot: index, defaults: defaults, today: Day(day))
  }

  /// - Returns: The verdict, and how many pieces of evidence it was given without.
  func verdict(on check: Check) -> (verdict: Verdict, omitted: Int) {
    var judged: [Outcome] = []
    var exempt: [Outcome] = []
    var unclear: [Outcome] = []
    for entity in index.entities(of: check.about) {
      let evaluation = Evaluation(facts: facts, entity: entity)
      if let selection = check.selection {
        let selected = evaluation.evaluate(selection)
        if selected.truth == .no { continue }
        if selected.truth == .unknown { unclear.append(selected); continue }
      }
      if let applies = check.applies {
        let applied = evaluation.evaluate(applies)
        if applied.truth == .no { exempt.append(applied); continue }
        if applied.truth == .unknown { unclear.append(applied); continue }
      }
      judged.append(outcome(of: check, evaluation))
    }
    let isSeenWhole = isSingleton(check) || index.incompleteness(of: check.about) == nil
    if let manual = check.manual, !judged.isEmpty || !unclear.isEmpty || !isSeenWhole {
      // A person is asked unless it is certain that there is nothing to look at.
      return (.manual(Reason(.needsPerson, manual), evidence(of: judged)), 0)
    }
    return decide(check, judged: judged, exempt: exempt, unclear: unclear)
  }

  private func outcome(of check: Check, _ evaluation: Evaluation) -> Outcome {
    var outcome = check.expectation.map(evaluation.evaluate) ?? Outcome(.unknown)
    for name in check.shown {
      // What is only shown decides nothing: it is evidence beside what did.
      let shown = evaluation.evaluate(.fact(name, .isSet(true)))
      outcome.clues += shown.clues.map { clue in
        var clue = clue
        clue.isForInformation = true
        return clue
      }
    }
    return outcome
  }

  private func evidence(of outcomes: [Outcome]) -> [Evidence] {
    outcomes.flatMap { $0.clues.map(\.evidence) }
  }

  /// As much evidence as a report keeps for the status, and how much there is beside it.
  private func evidence(of outcomes: [Outcome], for status: Status) -> (kept: [Evidence], omitted: Int) {
    let count = outcomes.reduce(0) { $0 + $1.clues.count }
    if status == .pass, !keepsAll {
      // An example of what is in order, and of what is shown beside it.
      let clues = outcomes.lazy.flatMap(\.clues)
      let shown = [clues.first { !$0.isForInformation }, clues.first(where: \.isForInformation)]
      let kept = shown.compactMap { $0?.evidence }
      return (kept, count - kept.count)
    }
    let most = keepsAll ? count : CheckResult.evidenceKept(status)
    return (outcomes.lazy.flatMap(\.clues).prefix(most).map(\.evidence), max(0, count - most))
  }

  /// One failing entity fails the check; one that is not known leaves it unknown; only then can it pass.
  private func decide(_ check: Check, judged: [Outcome], exempt: [Outcome], unclear: [Outcome]) -> (
    verdict: Verdict, omitted: Int
  ) {
    let failed = judged.filter { $0.truth == .no }
    if let proof = Proof(evidence(of: failed), entities: failed.count) { return (.fail(proof), 0) }
    let unknown = judged.filter { $0.truth == .unknown } + unclear
    if let first = unknown.first {
      let reason = first.reasons.first ?? Reason(.missingFact, "no fact decides it")
      if reason.code == .typeMismatch { return (.error(reason), 0) }
      let (kept, omitted) = evidence(of: unknown, for: .unknown)
      return (.unknown(reason, kept), omitted)
    }
    if let why = index.incompleteness(of: check.about), !isSingleton(check) {
      // Those that were seen are good; those that were not may not be.
      let (kept, omitted) = evidence(of: judged, for: .unknown)
      return (.unknown(why, kept), omitted)
    }
    let (proven, omitted) = evidence(of: judged, for: .pass)
    if let proof = Proof(proven, entities: judged.count) { return (.pass(proof), omitted) }
    if exempt.isEmpty { return (.notApplicable(Reason(.noSuchSubject), []), 0) }
    let (kept, left) = evidence(of: exempt, for: .notApplicable)
    return (.notApplicable(Reason(.conditionNotMet), kept), left)
  }

  private func isSingleton(_ check: Check) -> Bool {
    index.entities(of: check.about).count == 1 && index.entities(of: check.about)[0].id.isEmpty
  }
}
