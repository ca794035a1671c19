package import Facts

/// Which fact an expectation speaks of: one of the entity that is judged, or (`kernel/modules.loadable`) one of a singleton.
package struct FactName: Hashable, Sendable, CustomStringConvertible {
  /// Nil for the entity's own.
  package let subject: String?
  package let name: String

  package init(subject: String? = nil, _ name: String) {
    self.subject = subject
    self.name = name
  }

  package var description: String { subject.map { "\($0)/\(name)" } ?? name }
}

/// What must hold of one fact. A closed list: what needs more should be stated by the collector as a better fact.
package enum Test: Hashable, Sendable {
  case equals(Value)
  case notEquals(Value)
  case oneOf([Value])
  case noneOf([Value])
  case atMost(Int64)
  case atLeast(Int64)
  /// No permission bit beyond these.
  case within(UInt16)
  /// A list that holds all of these.
  case contains([Value])
  /// A list that holds at least one of these.
  case containsAny([Value])
  /// A list that holds none of these.
  case excludes([Value])
  /// A list that holds nothing but these.
  case onlyFrom([Value])
  case isEmpty(Bool)
  /// A text that begins with this.
  case startsWith(String)
  /// A moment (RFC 3339) that is at least so many days after the day of judging.
  case daysAhead(Int64)
  /// Whether it is set at all, whatever its value.
  case isSet(Bool)
  /// Whether something on the host sets it: a documented default does not count.
  case isConfigured(Bool)
}

/// What must hold of an entity's facts.
package indirect enum Expectation: Hashable, Sendable {
  case fact(FactName, Test)
  case all([Expectation])
  case any([Expectation])
  case not(Expectation)
  /// Neither holds nor fails: where the parts beside it don't decide either, the reason why nothing on a node can.
  case undecided(String)

  /// Every fact it speaks of, in order, without repeats.
  package var facts: [FactName] {
    var names: [FactName] = []
    func visit(_ expectation: Expectation) {
      switch expectation {
      case .fact(let name, _): if !names.contains(name) { names.append(name) }
      case .all(let parts), .any(let parts): parts.forEach(visit)
      case .not(let part): visit(part)
      case .undecided: break
      }
    }
    visit(self)
    return names
  }
}

extension Test: CustomStringConvertible {
  /// The test in words that follow a fact's name: `at least 1`, `is true`.
  package var description: String {
    func list(_ values: [Value]) -> String { values.map(\.description).joined(separator: ", ") }
    return switch self {
    case .equals(let value): "is \(value)"
    case .notEquals(let value): "is not \(value)"
    case .oneOf(let values): "is one of \(list(values))"
    case .noneOf(let values): "is none of \(list(values))"
    case .atMost(let limit): "at most \(limit)"
    case .atLeast(let limit): "at least \(limit)"
    case .within(let mode): "within \(Value.mode(mode))"
    case .contains(let values): "has \(list(values))"
    case .containsAny(let values): "has one of \(list(values))"
    case .excludes(let values):
      values.count > 6 ? "has none of \(values.count) refused ones" : "has none of \(list(values))"
    case .onlyFrom(let values):
      values.count > 6 ? "has nothing but \(values.count) allowed ones" : "has nothing but \(list(values))"
    case .isEmpty(let wanted): wanted ? "is empty" : "is not empty"
    case .startsWith(let text): "begins with \(text)"
    case .daysAhead(let days): "at least \(days) days after the day of judging"
    case .isSet(let wanted): wanted ? "is set" : "is not set"
    case .isConfigured(let wanted): wanted ? "is set on the host" : "is not set on the host"
    }
  }
}

extension Expectation: CustomStringConvertible {
  package var description: String {
    switch self {
    case .fact(let name, let test): "\(name) \(test)"
    case .all(let parts): parts.map(\.nested).joined(separator: " and ")
    case .any(let parts): parts.map(\.nested).joined(separator: " or ")
    case .not(let part): "not (\(part))"
    case .undecided: "undecided"
    }
  }

  private var nested: String {
    switch self {
    case .fact, .not, .undecided: description
    case .all(let parts), .any(let parts): parts.count == 1 ? description : "(\(description))"
    }
  }
}
