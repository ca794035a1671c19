import YAML

/// A table while its document is read: TOML may say what belongs to it in several places, and forbids most of them to overlap.
final class Table {
  enum Item {
    case value(Node)
    case table(Table)
    /// What `[[name]]` makes.
    case tables([Table])
  }

  /// How a table came to be, which decides what may still be added to it.
  enum Origin {
    /// By being on the way to another: its own `[header]` may still come.
    case implied
    /// By its `[header]`, or as an element of `[[header]]`.
    case header
    /// By a dotted key: only dotted keys of the same section may add to it.
    case dotted
    /// By `{…}`, which is whole.
    case inline
  }

  let line: Int
  var origin: Origin
  private(set) var keys: [(name: String, line: Int)] = []
  private var items: [String: Item] = [:]

  init(line: Int, _ origin: Origin) {
    self.line = line
    self.origin = origin
  }

  subscript(_ key: String) -> Item? { items[key] }

  /// Adds one more to the tables that a key has. In place: a file may hold as many as it has lines.
  func append(_ table: Table, to key: String) {
    guard case .tables(var tables)? = items.removeValue(forKey: key) else { return }
    tables.append(table)
    items[key] = .tables(tables)
  }

  /// Adds a key, or replaces what it had.
  func set(_ key: String, line: Int, _ item: Item) {
    if items[key] == nil { keys.append((key, line)) }
    items[key] = item
  }

  /// The finished tree. It is no deeper than the reader let it become.
  var node: Node {
    let entries = keys.compactMap { key in
      items[key.name].map { item in
        switch item {
        case .value(let node): Node.Entry(key: key.name, keyLine: key.line, value: node)
        case .table(let table): Node.Entry(key: key.name, keyLine: key.line, value: table.node)
        case .tables(let tables):
          Node.Entry(
            key: key.name, keyLine: key.line, value: Node(.sequence(tables.map(\.node)), line: key.line))
        }
      }
    }
    return Node(.mapping(entries), line: line)
  }
}
