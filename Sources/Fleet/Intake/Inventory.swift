/// The nodes that a fleet is expected to have, and the pool of each.
///
/// A text of one node a line: its name, a comma, its pool; the pool may be left out. A `#` begins a remark. A name may end in `*`, and
/// then says the pool of all nodes that begin so, and expects none of them in particular.
package struct Inventory: Hashable, Sendable {
  package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
    package let line: Int
    package let reason: String
    package var description: String { "line \(line): \(reason)" }
  }

  /// Name to pool, nil where it says none.
  private let exact: [String: String?]
  /// The longest first.
  private let prefixes: [(prefix: String, pool: String)]

  package static let none = Inventory(exact: [:], prefixes: [])

  private init(exact: [String: String?], prefixes: [(prefix: String, pool: String)]) {
    self.exact = exact
    self.prefixes = prefixes
  }

  package init(_ bytes: [UInt8]) throws(Problem) {
    var exact: [String: String?] = [:]
    var prefixes: [(prefix: String, pool: String)] = []
    for (number, raw) in bytes.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
      func problem(_ reason: String) -> Problem { Problem(line: number + 1, reason: reason) }
      guard let text = String(validating: raw, as: UTF8.self) else { throw problem("is not UTF-8") }
      let line = Self.trimmed(text.prefix { $0 != "#" })
      guard !line.isEmpty else { continue }
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(Self.trimmed)
      guard cells.count <= 2 else { throw problem("more than a name and a pool") }
      let name = cells[0]
      let pool = cells.count == 2 && !cells[1].isEmpty ? cells[1] : nil
      guard !name.isEmpty else { throw problem("a pool without a node's name before the comma") }
      if name.hasSuffix("*") {
        guard let pool else {
          throw problem("'\(name)' names no node, and says no pool for those it matches")
        }
        prefixes.append((String(name.dropLast()), pool))
      } else if exact.updateValue(pool, forKey: name) != nil {
        throw problem("'\(name)' is there twice")
      }
    }
    self.init(exact: exact, prefixes: prefixes.sorted { $0.prefix.utf8.count > $1.prefix.utf8.count })
  }

  /// The nodes that must report, sorted.
  package var expected: [String] { exact.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

  package func pool(of name: String) -> String? {
    (exact[name] ?? nil) ?? prefixes.first { name.hasPrefix($0.prefix) }?.pool
  }

  package func expects(_ name: String) -> Bool { exact[name] != nil }

  private static func trimmed(_ text: some StringProtocol) -> String {
    let blanks: Set<Character> = [" ", "\t", "\r"]
    var rest = Substring(text)
    while let first = rest.first, blanks.contains(first) { rest.removeFirst() }
    while let last = rest.last, blanks.contains(last) { rest.removeLast() }
    return String(rest)
  }

  package static func == (left: Inventory, right: Inventory) -> Bool {
    left.exact == right.exact && left.prefixes.map(\.prefix) == right.prefixes.map(\.prefix)
      && left.prefixes.map(\.pool) == right.prefixes.map(\.pool)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(exact) }
}
