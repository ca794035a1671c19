import Facts

/// The kernel's way to show a choice: `none [integrity] confidentiality`.
package struct BracketedChoice: Hashable, Sendable {
  package let chosen: String
  package let options: [String]

  package init?(parsing bytes: [UInt8]) {
    guard let text = bytes.trimmed.validText else { return nil }
    let words = text.split(separator: " ").map(String.init)
    guard let marked = words.first(where: { $0.hasPrefix("[") && $0.hasSuffix("]") && $0.count > 2 }) else {
      return nil
    }
    let inside = String(marked.dropFirst().dropLast())
    chosen = inside
    options = words.map { $0 == marked ? inside : $0 }
  }
}
