/// One fact that a subject states: its name, its type and what it means.
///
/// The list of facts that users see, the type check of every profile and the documentation are all made from these.
package struct Declaration: Sendable, Hashable {
  package let name: String
  package let type: ValueType
  package let meaning: String
  /// The only values that a text (or each text of a list) may have; nil where it is open.
  /// A profile that names another value is refused, so that a typo cannot become a check that never matches.
  package let values: [String]?

  package init(_ name: String, _ type: ValueType, _ meaning: String, values: [String]? = nil) {
    self.name = name
    self.type = type
    self.meaning = meaning
    self.values = values
  }
}

/// One kind of thing that has facts, declared once.
package struct Subject: Sendable, Hashable {
  package let name: String
  package let meaning: String
  /// One per host (`kernel`), or as many as are found (`process`).
  package let isSingleton: Bool
  package let facts: [Declaration]

  package init(_ name: String, _ meaning: String, isSingleton: Bool, facts: [Declaration]) {
    self.name = name
    self.meaning = meaning
    self.isSingleton = isSingleton
    self.facts = facts
  }

  package func declaration(of fact: String) -> Declaration? { facts.first { $0.name == fact } }
}

/// One thing that has facts: the kernel, one process, one file.
package struct Entity: Codable, Hashable, Sendable {
  package let subject: String
  /// What tells it from the others of its subject (`/etc/shadow`, `kubelet[812]`); empty for a singleton.
  package let id: String
  package private(set) var facts: [String: Fact]

  package init(_ subject: Subject, id: String = "") {
    self.subject = subject.name
    self.id = id
    facts = [:]
  }

  package init(subject: String, id: String, facts: [String: Fact]) {
    self.subject = subject
    self.id = id
    self.facts = facts
  }

  package subscript(_ name: String) -> Fact? {
    get { facts[name] }
    set { facts[name] = newValue }
  }

  /// `process[812]`, or the subject alone for a singleton.
  package var label: String { id.isEmpty ? subject : "\(subject)[\(id)]" }
}
