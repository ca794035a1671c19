import Facts
import Profiles
import Reports

/// What an expectation comes to for one entity, with the evidence that decided.
struct Outcome {
  var truth: Truth
  var evidence: [Evidence]
  /// Why the truth is unknown, if it is.
  var reasons: [Reason]

  init(_ truth: Truth, _ evidence: [Evidence] = [], _ reasons: [Reason] = []) {
    self.truth = truth
    self.evidence = evidence
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
      let outcome = evaluate(part)
      let evidence = outcome.evidence.map {
        Evidence(
          entity: $0.entity, fact: $0.fact, expected: "not (\($0.expected))", found: $0.found,
          sources: $0.sources)
      }
      return Outcome(!outcome.truth, evidence, outcome.reasons)
    case .all(let parts):
      return combine(parts.map(evaluate), Truth.all, decisive: .no)
    case .any(let parts):
      return combine(parts.map(evaluate), Truth.any, decisive: .yes)
    }
  }

  /// A list may have thousands of elements; what is shown of it is for a person.
  private static func bounded(_ found: String) -> String {
    found.utf8.count <= 512 ? found : String(found.prefix(400)) + "… (\(found.utf8.count) bytes in all)"
  }

  /// Only the parts that decided are evidence: the failing ones of an `all`, all of them when all passed.
  private func combine(_ outcomes: [Outcome], _ truth: ([Truth]) -> Truth, decisive: Truth) -> Outcome {
    let result = truth(outcomes.map(\.truth))
    let deciding = outcomes.filter { $0.truth == result || result != decisive && result != .unknown }
    return Outcome(result, deciding.flatMap(\.evidence), deciding.flatMap(\.reasons))
  }

  /// Which default holds is not known, and need not be where the test comes to the same with each of them.
  private func outcome(
    of test: Test, over candidates: [EffectiveFacts.Candidate], by difference: String, at places: [Source],
    of name: FactName, evidence: (String, [Source]) -> [Evidence]
  ) -> Outcome {
    var values: [String] = []
    for candidate in candidates {
      let text = candidate.value.map { Self.asked($0, by: test) ?? $0.description } ?? "nothing"
      if !values.contains(text) { values.append(text) }
    }
    var sources = candidates.compactMap(\.source)
    if values.count == 1, let first = sources.first {
      sources = [Source(.documentation, first.place, key: "default of every documented version")]
    }
    let text = values.joined(separator: " or ") + (values.count == 1 ? "" : ", by \(difference)")
    let found = evidence(text, sources + places)
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
    let label = name.subject == nil && !entity.id.isEmpty ? entity.label : ""
    func evidence(_ found: String, _ sources: [Source]) -> [Evidence] {
      [
        Evidence(
          entity: label, fact: name.description, expected: String(test.description.trimmingPrefix("is ")),
          found: Self.bounded(found),
          sources: sources.map(\.description))
      ]
    }
    let isRaw = if case .isConfigured = test { true } else { false }
    switch isRaw ? facts.stated(name, of: entity) : facts.lookup(name, of: entity) {
    case .missing:
      return Outcome(
        .unknown, [],
        [Reason(.missingFact, "the snapshot does not state '\(name)' of \(name.subject ?? entity.label)")])
    case .either(let candidates, let difference, let places):
      return outcome(
        of: test, over: candidates, by: difference, at: places, of: name, evidence: evidence)
    case .fact(.unreadable(let obstacle, let detail, let source)):
      let code: Reason.Code = obstacle == .needsRunningHost ? .needsRunningHost : .unreadable
      let message = "\(source): \(detail)"
      return Outcome(
        .unknown, evidence("unreadable (\(obstacle.rawValue))", [source]), [Reason(code, message)])
    case .fact(.absent(let places)):
      return Outcome(test.holdsForAbsent ? .yes : .no, evidence("not set", places))
    case .fact(.observed(let value, let sources)):
      guard let holds = test.holds(for: value, on: facts.today) else {
        return Outcome(
          .unknown, evidence(value.description, sources),
          [Reason(.typeMismatch, "'\(test)' cannot judge \(name), a \(value.type.rawValue)")])
      }
      return Outcome(holds ? .yes : .no, evidence(Self.found(value, by: test), sources))
    }
  }

  /// Of a long list what the test asked for, and how many elements there are: who reads it looks for just these.
  private static func found(_ value: Value, by test: Test) -> String {
    guard case .list(let values) = value, value.description.utf8.count > 200,
      let asked = asked(value, by: test)
    else { return value.description }
    return "\(asked) among \(values.count)"
  }

  /// The elements of a list that a test decides by; nil for a test of something else.
  private static func asked(_ value: Value, by test: Test) -> String? {
    guard case .list(let values) = value else { return nil }
    func show(_ elements: [Value], _ none: String) -> String {
      elements.isEmpty ? none : Value.list(elements).description
    }
    switch test {
    case .contains(let named), .containsAny(let named), .excludes(let named):
      return show(named.filter(values.contains), "none of these")
    case .onlyFrom(let named): return show(values.filter { !named.contains($0) }, "no others")
    case .equals, .notEquals, .oneOf, .noneOf, .atMost, .atLeast, .within, .isEmpty, .startsWith, .daysAhead,
      .isSet, .isConfigured:
      return nil
    }
  }
}
