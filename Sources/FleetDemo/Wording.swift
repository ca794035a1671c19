import Facts
import Fleet
import Profiles
import Reports

/// Each check's results in every word they can have, made once: a fleet's reports are put together from them.
struct Wording: Sendable {
  /// A result, and its JSON as it stands in a report.
  struct Said: Sendable {
    let result: CheckResult
    let json: [UInt8]
  }

  /// By entry and status.
  private let said: [[Said?]]

  /// - Throws: `DocumentError` where a result can't be written.
  init(_ entries: [Benchmark.Entry], _ waivers: [MadeWaiver]) throws {
    said = try entries.enumerated().map { place, entry in
      let waiver = waivers.first { $0.entry == place }
      return try Status.allCases.map { status in
        try Self.verdict(status, on: entry.check, waiver).map { verdict in
          let result = CheckResult(
            id: entry.id, check: entry.check.slug, area: entry.check.area, severity: entry.check.severity,
            level: entry.level, verdict: verdict)
          return Said(result: result, json: try json(result))
        }
      }
    }
  }

  /// - Returns: What the entry says with this status; its `notApplicable`, which there always is, where it has none.
  subscript(entry: Int, status: Status) -> Said? {
    said[entry][status.index] ?? said[entry][Status.notApplicable.index]
  }

  private static func verdict(_ status: Status, on check: Check, _ waiver: MadeWaiver?) -> Verdict? {
    switch status {
    case .pass: return proof(check, holds: true).map { .pass($0) }
    case .fail: return proof(check, holds: false).map { .fail($0) }
    case .waived:
      guard let waiver, let proof = proof(check, holds: false) else { return nil }
      return .waived(
        Waived(reason: waiver.reason, owner: waiver.owner, expires: waiver.expires), proof)
    case .manual: return .manual(Reason(.needsPerson, check.manual), [])
    case .notApplicable:
      let evidence = check.applies.map { self.evidence(check, $0, holds: false) } ?? []
      return .notApplicable(
        Reason(evidence.isEmpty ? .noSuchSubject : .conditionNotMet), evidence)
    case .unknown:
      guard let fact = check.facts.first else { return nil }
      let source = Places.source(check, fact)
      return .unknown(
        Reason(.unreadable, "\(source): Permission denied"),
        [
          Evidence(
            entity: Places.entity(check), fact: fact.description, expected: "readable",
            found: "unreadable (\(Obstacle.denied.rawValue))", sources: [source])
        ])
    case .error: return nil
    }
  }

  private static func proof(_ check: Check, holds: Bool) -> Proof? {
    check.expectation.flatMap { Proof(evidence(check, $0, holds: holds), entities: 1) }
  }

  private static func evidence(_ check: Check, _ expectation: Expectation, holds: Bool) -> [Evidence] {
    Guess.all(expectation, holds: holds).map { guess in
      Evidence(
        entity: guess.name.subject == nil ? Places.entity(check) : "", fact: guess.name.description,
        expected: guess.expected, found: guess.value?.description ?? "not set",
        sources: [Places.source(check, guess.name)])
    }
  }
}
