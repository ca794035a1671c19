package import Facts

/// The documented default of one fact, for some versions and circumstances.
package struct DocumentedDefault: Hashable, Sendable {
  package let fact: String
  package let value: Value
  package let versions: VersionRange
  /// The list fact of the same entity whose elements come on top of the value's; nil for a value that stands alone.
  package let plus: String?
  /// The list fact of the same entity whose elements are taken from the value's, unless `plus` has them.
  package let minus: String?
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
