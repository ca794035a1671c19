import Facts
import Host
import SystemPackage
import YAML

/// A configuration file or drop-in that was read, and how its keys are looked up.
struct ConfigurationDocument: Sendable {
  enum Role: Hashable, Sendable {
    /// The object itself: relative paths are those of its directory.
    case base(directory: FilePath)
    /// A merge patch (RFC 7386) on a weaker document: null unsets, and relative paths stay as they are.
    case patch
  }

  let root: Node
  /// As the component knows the file.
  let place: String
  let role: Role

  func finding(_ parameter: Parameter) -> Finding {
    guard let key = parameter.fullKey else { return .notApplicable }
    var node = root
    for component in key.split(separator: ".") {
      guard node.mapping != nil else { return malformed(node, key, "a mapping") }
      guard let next = node[String(component)] else { return .silent(.file(place, key: key)) }
      node = next
      if node.isNull {
        let source = Source.file(place, line: node.line, key: key)
        return role == .patch ? .cleared(source) : .silent(source)
      }
    }
    return finding(parameter, at: node, key)
  }

  private func finding(_ parameter: Parameter, at node: Node, _ key: String) -> Finding {
    guard let value = value(parameter, node) else { return malformed(node, key, parameter.expected) }
    let source = Source.file(place, line: node.line, key: key)
    switch value {
    // Defaulting comes after the merge and takes these for unset, so they hide what a weaker file says.
    case .text(""): return .cleared(source.saying(value))
    case .number(0), .seconds(0):
      return parameter.zeroIsUnset ? .cleared(source.saying(value)) : .set(value, [source])
    default: return .set(value, [source])
    }
  }

  private func value(_ parameter: Parameter, _ node: Node) -> Value? {
    switch parameter.kind {
    case .flag, .gate: return Self.flag(node).map { .flag($0) }
    case .number: return node.number.map { .number($0) }
    case .text: return node.text.map { .text(Parameter.shown($0)) }
    case .path: return node.text.map { .text(Parameter.shown(resolved($0))) }
    case .duration: return node.number == nil ? node.text.flatMap(goSeconds).map { .seconds($0) } : nil
    case .list:
      // etcd's file writes URLs as one text with commas.
      guard let items = node.sequence else { return node.text.flatMap(parameter.value(ofFlag:)) }
      let texts = items.compactMap(\.text)
      return texts.count == items.count ? .texts(texts.map(Parameter.shown)) : nil
    case .gates:
      guard let entries = node.mapping else { return node.text.flatMap(Self.gates) }
      var gates: [String: Bool] = [:]
      for entry in entries where !entry.value.isNull {
        guard let value = Self.flag(entry.value) else { return nil }
        gates[entry.key] = value
      }
      return gateList(gates)
    }
  }

  private static func gates(_ text: String) -> Value? {
    goGates(text).map { pairs in gateList(Dictionary(pairs.map { ($0.name, $0.value) }) { $1 }) }
  }

  /// Kubernetes' decoder reads YAML 1.1, in which plain `yes`, `on` and their like are Booleans too.
  private static func flag(_ node: Node) -> Bool? {
    if let flag = node.flag { return flag }
    guard case .scalar(let text, true) = node.content else { return nil }
    switch text {
    case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON": return true
    case "n", "N", "no", "No", "NO", "off", "Off", "OFF": return false
    default: return nil
    }
  }

  private func resolved(_ path: String) -> String {
    guard case .base(let directory) = role, !path.isEmpty, !path.hasPrefix("/") else { return path }
    return directory.appending(path).lexicallyNormalized().string
  }

  private func malformed(_ node: Node, _ key: String, _ wanted: String) -> Finding {
    .unreadable(
      .malformed, detail: "expected \(wanted), found \(node.kind)", .file(place, line: node.line, key: key))
  }
}

extension Parameter {
  /// What a file must have there, in words.
  fileprivate var expected: String {
    switch kind {
    case .flag, .gate: "true or false"
    case .number: "a number"
    case .text, .path: "a text"
    case .duration: "a duration such as 4h"
    case .list: "a list of texts"
    case .gates: "a mapping of names to true or false"
    }
  }
}
