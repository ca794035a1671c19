package import Facts

/// The documented default of one fact, for some versions and circumstances.
package struct DocumentedDefault: Hashable, Sendable {
  package let fact: String
  package let value: Value
  package let versions: VersionRange
  /// What must hold of the same entity for this default to be the one in force; nil for always.
  package let condition: Expectation?
  /// What documents it.
  package let source: String
}

/// All documented defaults, by subject and fact.
package struct Defaults: Hashable, Sendable {
  package let bySubject: [String: [String: [DocumentedDefault]]]

  package init(_ bySubject: [String: [String: [DocumentedDefault]]] = [:]) { self.bySubject = bySubject }

  package subscript(subject: String, fact: String) -> [DocumentedDefault] { bySubject[subject]?[fact] ?? [] }
}
