/// Why a text is not read as YAML.
package struct YAMLError: Error, Hashable, Sendable {
  package enum Reason: Hashable, Sendable {
    /// The parser's own words.
    case syntax(String)
    case duplicateKey(String)
    /// A key that is not a scalar.
    case keyNotScalar
    /// `*name` without an `&name` before it.
    case unknownAlias(String)
    case tooDeep(limit: Int)
    case tooManyNodes(limit: Int)
    case tooLarge(limit: Int)
    case noDocument
    /// A bound on how often aliases may repeat content, against documents that grow as they are read.
    case tooManyAliases(limit: Int)
  }

  package let line: Int
  package let reason: Reason

  package init(line: Int, _ reason: Reason) {
    self.line = line
    self.reason = reason
  }
}

extension YAMLError: CustomStringConvertible {
  package var description: String {
    switch reason {
    case .syntax(let text): text
    case .duplicateKey(let key): "the key '\(key)' stands twice"
    case .keyNotScalar: "a key is a list or a mapping"
    case .unknownAlias(let name): "nothing is anchored as '\(name)'"
    case .tooDeep(let limit): "nested deeper than \(limit)"
    case .tooManyNodes(let limit): "more than \(limit) values"
    case .tooLarge(let limit): "larger than \(limit) bytes"
    case .noDocument: "there is no document in it"
    case .tooManyAliases(let limit): "aliases repeat more than \(limit) values"
    }
  }
}
