package import Facts

/// What two snapshots state differently. Where a value was read does not count, only what it is, or why it is not known.
package struct FactComparison: Encodable, Sendable {
  /// One fact of an entity that both have.
  package struct Change: Encodable, Hashable, Sendable {
    package let entity: String
    package let fact: String
    /// Nil where the snapshot before does not state it.
    package let before: Fact?
    package let after: Fact?
  }

  package let changed: [Change]
  /// Entities that only the snapshot after has: `container[web/nginx-1/nginx]`.
  package let added: [String]
  package let removed: [String]

  package init(_ before: Snapshot, _ after: Snapshot) {
    let old = Self.byLabel(before.entities)
    let new = Self.byLabel(after.entities)
    added = new.keys.filter { old[$0] == nil }.sorted()
    removed = old.keys.filter { new[$0] == nil }.sorted()
    var changed: [Change] = []
    for (label, entities) in new.sorted(by: { $0.key < $1.key }) {
      for (left, right) in zip(old[label] ?? [], entities) {
        for name in Set(left.facts.keys).union(right.facts.keys).sorted()
        where Self.knowledge(left[name]) != Self.knowledge(right[name]) {
          changed.append(Change(entity: label, fact: name, before: left[name], after: right[name]))
        }
      }
    }
    self.changed = changed
  }

  private static func byLabel(_ entities: [Entity]) -> [String: [Entity]] {
    Dictionary(grouping: entities, by: \.label)
  }

  /// `= 0644`, `not set`, `unreadable: denied`: what is known, without where from.
  static func knowledge(_ fact: Fact?) -> String {
    switch fact {
    case .observed(let value, _)?: "= \(value.description)"
    case .absent?: "not set"
    case .unreadable(let obstacle, _, _)?: "unreadable: \(obstacle.rawValue)"
    case nil: "not stated"
    }
  }
}
