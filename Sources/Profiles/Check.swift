package import Facts

/// A check's stable name (`kubelet-anonymous-auth`): never reused for another meaning.
package typealias Slug = String

/// One check, declared once as data. It says what must hold of which facts; it is never code.
package struct Check: Hashable, Sendable {
  package let slug: Slug
  package let title: String
  package let severity: Severity
  /// The catalogue file that declares it: `kubelet`, `kernel`. Scores are given by area.
  package let area: String
  /// The subject whose entities it judges.
  package let about: String
  /// Which of the subject's entities it judges; nil for all.
  package let selection: Expectation?
  /// When it applies to an entity; nil for always. Where it does not, the result is `notApplicable` with this as the reason.
  package let applies: Expectation?
  /// What must hold; nil for a check that a person must judge.
  package let expectation: Expectation?
  /// Why no fact on the node can decide it; nil for an automated check.
  package let manual: String?
  /// Facts to show a person, beside those the expectation names.
  package let shown: [FactName]
  package let parameters: [String]
  package let texts: Texts
  /// What published rules for general servers ask that this check does not, or asks the contrary of.
  package let departures: [Departure]

  /// A published rule for any server that a Kubernetes node has to break.
  package struct Departure: Hashable, Sendable {
    /// The rule's document and id: `CIS Debian 12 3.3.1`.
    package let rule: String
    /// What it expects, in our words.
    package let expects: String
    /// What a node needs instead, and why.
    package let because: String
  }

  package struct Texts: Codable, Hashable, Sendable {
    package let title: String
    package let rationale: String
    package let remediation: String
    package let references: [String]
  }

  /// Every fact that it reads.
  package var facts: [FactName] {
    var names: [FactName] = []
    for name in [selection, applies, expectation].compactMap({ $0 }).flatMap(\.facts) + shown
    where !names.contains(name) { names.append(name) }
    return names
  }
}
