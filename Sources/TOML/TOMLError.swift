/// Why a text is not read as TOML, and the line on which that is seen.
package struct TOMLError: Error, Hashable, Sendable {
  package enum Reason: Hashable, Sendable {
    /// What stands there, or is missing, in words.
    case syntax(String)
    case notUTF8
    /// A key or a table that stands twice, or that is used as something that it is not.
    case redefined(String)
    case tooDeep(limit: Int)
    case tooManyNodes(limit: Int)
    case tooLarge(limit: Int)
  }

  /// From 1.
  package let line: Int
  package let reason: Reason

  package init(line: Int, _ reason: Reason) {
    self.line = line
    self.reason = reason
  }
}

extension TOMLError: CustomStringConvertible {
  package var description: String {
    switch reason {
    case .syntax(let text): text
    case .notUTF8: "not UTF-8"
    case .redefined(let key): "'\(key)' is defined twice"
    case .tooDeep(let limit): "nested deeper than \(limit)"
    case .tooManyNodes(let limit): "more than \(limit) values"
    case .tooLarge(let limit): "larger than \(limit) bytes"
    }
  }
}
