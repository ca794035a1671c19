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
  let judging = Judging(snapshot: snapshot, defaults: defaults, on: day)
  var waiving = Waiving(waivers, on: day, snapshot: snapshot)
  let results = benchmark.entries.map { entry in
    CheckResult(
      id: entry.id, check: entry.check.slug, area: entry.check.area, severity: entry.check.severity,
      level: entry.level,
      verdict: waiving.apply(to: judging.verdict(on: entry.check), of: entry.check.slug))
  }
  return Report(
    run: ReportRun(snapshot.run, complete: snapshot.collectors.allSatisfy { $0.state == .complete }),
    auditor: snapshot.auditor,
    benchmark: Citation(
      name: benchmark.name, title: benchmark.title, version: benchmark.version, digest: benchmark.digest,
      note: note),
    host: snapshot.host, day: day, collectors: snapshot.collectors, results: results,
    waivers: waiving.uses)
}

/// Judges one check by itself, whatever benchmark it stands in, as on the day of the look.
package func verdict(on check: Check, in snapshot: Snapshot, defaults: Defaults) -> Verdict {
  Judging(snapshot: snapshot, defaults: defaults, on: snapshot.run.day).verdict(on: check)
}

/// Judges checks one by one over the same snapshot.
struct Judging {
  let index: SnapshotIndex
  let facts: EffectiveFacts

  init(snapshot: Snapshot, defaults: Defaults, on day: String) {
    index = SnapshotIndex(snapshot)
    facts = EffectiveFacts(snapshot: index, defaults: defaults, today: Day(day))
  }

  func verdict(on check: Check) -> Verdict {
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
      return .manual(Reason(.needsPerson, manual), judged.flatMap(\.evidence))
    }
    return decide(check, judged: judged, exempt: exempt, unclear: unclear)
  }

  private func outcome(of check: Check, _ evaluation: Evaluation) -> Outcome {
    var outcome = check.expectation.map(evaluation.evaluate) ?? Outcome(.unknown)
    for name in check.shown {
      // What is only shown decides nothing: it is evidence beside what did.
      let shown = evaluation.evaluate(.fact(name, .isSet(true)))
      outcome.evidence += shown.evidence.map {
        Evidence(
          entity: $0.entity, fact: $0.fact, expected: Evidence.forInformation, found: $0.found,
          sources: $0.sources)
      }
    }
    return outcome
  }

  /// One failing entity fails the check; one that is not known leaves it unknown; only then can it pass.
  private func decide(_ check: Check, judged: [Outcome], exempt: [Outcome], unclear: [Outcome]) -> Verdict {
    let failed = judged.filter { $0.truth == .no }
    if let proof = Proof(failed.flatMap(\.evidence), entities: failed.count) { return .fail(proof) }
    let unknown = judged.filter { $0.truth == .unknown } + unclear
    if let first = unknown.first {
      let reason = first.reasons.first ?? Reason(.missingFact, "no fact decides it")
      let evidence = unknown.flatMap(\.evidence)
      return reason.code == .typeMismatch ? .error(reason) : .unknown(reason, evidence)
    }
    if let why = index.incompleteness(of: check.about), !isSingleton(check) {
      // Those that were seen are good; those that were not may not be.
      return .unknown(Reason(.collectorIncomplete, why), judged.flatMap(\.evidence))
    }
    if let proof = Proof(judged.flatMap(\.evidence), entities: judged.count) { return .pass(proof) }
    if !exempt.isEmpty { return .notApplicable(Reason(.conditionNotMet), exempt.flatMap(\.evidence)) }
    return .notApplicable(Reason(.noSuchSubject), [])
  }

  private func isSingleton(_ check: Check) -> Bool {
    index.entities(of: check.about).count == 1 && index.entities(of: check.about)[0].id.isEmpty
  }
}
