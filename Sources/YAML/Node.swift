/// A YAML value with the line it began on.
package struct Node: Hashable, Sendable {
  package enum Content: Hashable, Sendable {
    /// The text as written, and whether it was plain: only plain text can be a number, a Boolean or null.
    case scalar(String, isPlain: Bool)
    case sequence([Node])
    /// In the file's order; keys are unique.
    case mapping([Entry])
  }

  package struct Entry: Hashable, Sendable {
    package let key: String
    package let keyLine: Int
    package let value: Node

    package init(key: String, keyLine: Int, value: Node) {
      self.key = key
      self.keyLine = keyLine
      self.value = value
    }
  }

  package let content: Content
  /// From 1.
  package let line: Int

  package init(_ content: Content, line: Int) {
    self.content = content
    self.line = line
  }
}

extension Node {
  /// What the node is, in words for messages.
  package var kind: String {
    switch content {
    case .scalar: isNull ? "nothing" : "a scalar"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  package var isNull: Bool {
    guard case .scalar(let text, true) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// A scalar's text, quoted or plain; nil for null.
  package var text: String? {
    guard case .scalar(let text, _) = content, !isNull else { return nil }
    return text
  }

  /// A plain `true` or `false`, as YAML 1.2's core schema and Kubernetes' decoder have it.
  package var flag: Bool? {
    guard case .scalar(let text, true) = content else { return nil }
    switch text {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: return nil
    }
  }

  /// A plain integer in decimal, `0x` hexadecimal or `0o` octal.
  package var number: Int64? {
    guard case .scalar(let text, true) = content else { return nil }
    if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16) }
    if text.hasPrefix("0o") { return Int64(text.dropFirst(2), radix: 8) }
    return Int64(text)
  }

  package var sequence: [Node]? {
    if case .sequence(let nodes) = content { nodes } else { nil }
  }

  package var mapping: [Entry]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  /// A mapping's value by key; nil where there is none, or where this is no mapping.
  package subscript(_ key: String) -> Node? { mapping?.first { $0.key == key }?.value }

  /// The value at a dotted path of keys. Keys themselves never hold dots in the documents this is used on.
  package func at(_ path: String) -> Node? {
    var node = self
    for key in path.split(separator: ".") {
      guard let next = node[String(key)] else { return nil }
      node = next
    }
    return node
  }
}
