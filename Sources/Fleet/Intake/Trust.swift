package import Signing
import YAML

/// Whose signatures are believed, and for which nodes.
///
/// A YAML list; each item has `nodes`, names that may end in `*`, and `key`, a public key in PEM.
package struct Trust: Sendable {
  package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
    package let line: Int
    package let reason: String
    package var description: String { "line \(line): \(reason)" }
  }

  private struct Grant {
    let names: [String]
    let key: VerifyingKey
  }

  private let grants: [Grant]

  /// - Throws: `Problem`, with what to do about it.
  package init(_ bytes: [UInt8]) throws(Problem) {
    let root: Node
    do {
      root = try parseYAML(bytes)
    } catch {
      throw Problem(line: 1, reason: "\(error)")
    }
    guard case .sequence(let items) = root.content, !items.isEmpty else {
      throw Problem(line: root.line, reason: "a list of 'nodes' and 'key' is needed, not \(root.kind)")
    }
    var grants: [Grant] = []
    for item in items { grants.append(try Self.grant(item)) }
    self.grants = grants
  }

  private static func grant(_ item: Node) throws(Problem) -> Grant {
    guard case .mapping(let entries) = item.content else {
      throw Problem(line: item.line, reason: "'nodes' and 'key' are needed, not \(item.kind)")
    }
    var names: [String]?
    var key: VerifyingKey?
    for entry in entries {
      switch entry.key {
      case "nodes":
        guard case .sequence(let list) = entry.value.content else {
          throw Problem(line: entry.value.line, reason: "'nodes' is a list of names, not \(entry.value.kind)")
        }
        let texts = list.compactMap(\.text)
        guard texts.count == list.count, !texts.isEmpty else {
          throw Problem(line: entry.value.line, reason: "'nodes' is a list of names")
        }
        names = texts
      case "key":
        guard let pem = entry.value.text else {
          throw Problem(line: entry.value.line, reason: "'key' is a public key in PEM")
        }
        do {
          key = try VerifyingKey(pem: Array(pem.utf8))
        } catch {
          throw Problem(line: entry.value.line, reason: "\(error)")
        }
      default:
        throw Problem(line: entry.keyLine, reason: "'\(entry.key)' is neither 'nodes' nor 'key'")
      }
    }
    guard let names else { throw Problem(line: item.line, reason: "it has no 'nodes'") }
    guard let key else { throw Problem(line: item.line, reason: "it has no 'key'") }
    return Grant(names: names, key: key)
  }

  /// All keys, for whatever node.
  package var keys: [VerifyingKey] { grants.map(\.key) }

  /// Whether a key may speak for a node.
  package func allows(_ key: VerifyingKey, for name: String) -> Bool {
    grants.contains { grant in
      grant.key.id == key.id
        && grant.names.contains { $0.hasSuffix("*") ? name.hasPrefix($0.dropLast()) : $0 == name }
    }
  }
}
