import Facts
import Profiles
import Reports

/// What an expectation comes to for one entity, with what decided.
struct Outcome {
  var truth: Truth
  var clues: [Clue]
  /// Why the truth is unknown, if it is.
  var reasons: [Reason]

  init(_ truth: Truth, _ clues: [Clue] = [], _ reasons: [Reason] = []) {
    self.truth = truth
    self.clues = clues
    self.reasons = reasons
  }
}

/// Evaluates expectations over one entity's effective facts.
struct Evaluation {
  let facts: EffectiveFacts
  let entity: Entity

  func evaluate(_ expectation: Expectation) -> Outcome {
    switch expectation {
    case .fact(let name, let test): return evaluate(name, test)
    case .undecided(let why): return Outcome(.unknown, [], [Reason(.needsPerson, why)])
    case .not(let part):
      var outcome = evaluate(part)
      outcome.truth = !outcome.truth
      for index in outcome.clues.indices { outcome.clues[index].denials += 1 }
      return outcome
    case .all(let parts):
      return combine(parts.map(evaluate), Truth.all, decisive: .no)
    case .any(let parts):
      return combine(parts.map(evaluate), Truth.any, decisive: .yes)
    }
  }

  /// Only the parts that decided are evidence: the failing ones of an `all`, all of them when all passed.
  private func combine(_ outcomes: [Outcome], _ truth: ([Truth]) -> Truth, decisive: Truth) -> Outcome {
    let result = truth(outcomes.map(\.truth))
    let deciding = outcomes.filter { $0.truth == result || result != decisive && result != .unknown }
    return Outcome(result, deciding.flatMap(\.clues), deciding.flatMap(\.reasons))
  }

  /// Which default holds is not known, and need not be where the test comes to the same with each of them.
  private func outcome(
    of test: Test, over candidates: [EffectiveFacts.Candidate], by difference: String, at places: [Source],
    of name: FactName, clues: (Clue.Found, [Source]) -> [Clue]
  ) -> Outcome {
    var values: [String] = []
    for candidate in candidates {
      let text = candidate.value.map { test.asked(of: $0) ?? $0.description } ?? "nothing"
      if !values.contains(text) { values.append(text) }
    }
    var sources = candidates.compactMap(\.source)
    if values.count == 1, let first = sources.first {
      sources = [Source(.documentation, first.place, key: "default of every documented version")]
    }
    let text = values.joined(separator: " or ") + (values.count == 1 ? "" : ", by \(difference)")
    let found = clues(.text(text), sources + places)
    let answers = Set(
      candidates.map {
        $0.value.map { value in test.holds(for: value, on: facts.today) } ?? test.holdsForAbsent
      })
    guard answers.count == 1, case .some(.some(let holds)) = answers.first else {
      let reason =
        "\(name) is not set, and its default is one or another by \(difference), which is not known"
      return Outcome(.unknown, found, [Reason(.undocumentedDefault, reason)])
    }
    return Outcome(holds ? .yes : .no, found)
  }

  private func evaluate(_ name: FactName, _ test: Test) -> Outcome {
    func clue(_ found: Clue.Found, _ sources: [Source]) -> [Clue] {
      [Clue(entity: entity, name: name, test: test, found: found, sources: sources)]
    }
    let isRaw = if case .isConfigured = test { true } else { false }
    switch isRaw ? facts.stated(name, of: entity) : facts.lookup(name, of: entity) {
    case .missing:
      return Outcome(
        .unknown, [],
        [Reason(.missingFact, "the snapshot does not state '\(name)' of \(name.subject ?? entity.label)")])
    case .either(let candidates, let difference, let places):
      return outcome(of: test, over: candidates, by: difference, at: places, of: name, clues: clue)
    case .fact(.unreadable(let obstacle, let detail, let source)):
      let code = facts.snapshot.reason(obstacle, at: source)
      let message = "\(source): \(detail)"
      return Outcome(
        .unknown, clue(.text("unreadable (\(obstacle.rawValue))"), [source]), [Reason(code, message)])
    case .fact(.absent(let places)):
      return Outcome(test.holdsForAbsent ? .yes : .no, clue(.text("not set"), places))
    case .fact(.observed(let value, let sources)):
      guard let holds = test.holds(for: value, on: facts.today) else {
        return Outcome(
          .unknown, clue(.value(value), sources),
          [Reason(.typeMismatch, "'\(test)' cannot judge \(name), a \(value.type.rawValue)")])
      }
      return Outcome(holds ? .yes : .no, clue(.value(value), sources))
    }
  }
}
