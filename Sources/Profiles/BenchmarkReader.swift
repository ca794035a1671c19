import Facts
import YAML

/// A benchmark file as read: what it says itself, before what it extends is added.
struct BenchmarkDeclaration {
  struct Entry {
    let id: String
    let slug: Slug
    let level: Int?
    let parameters: [String: Node]
    let line: Int
    let reader: DocumentReader
  }

  let name: String
  let title: String
  let version: String
  let source: String
  let kubernetes: VersionRange?
  let distribution: String?
  let extends: String?
  let without: [String]
  let entries: [Entry]
  let reader: DocumentReader
  let line: Int
}

/// Reads `benchmarks/NAME.yaml`.
struct BenchmarkReader {
  let reader: DocumentReader

  private static let keys = [
    "benchmark", "title", "version", "source", "kubernetes", "distribution", "extends", "without", "entries",
  ]

  func declaration(_ document: Node) -> BenchmarkDeclaration? {
    guard let fields = reader.mapping(document, "a benchmark", keys: Self.keys) else { return nil }
    let line = document.line
    guard let name = reader.text(fields["benchmark"], "'benchmark', its name,", line: line),
      let title = reader.text(fields["title"], "'title'", line: line),
      let version = reader.text(fields["version"], "'version'", line: line),
      let source = reader.text(fields["source"], "'source', what publishes it,", line: line),
      let without = reader.texts(fields["without"], "'without'")
    else { return nil }
    var extends: String?
    if let node = fields["extends"] { extends = reader.text(node, "'extends'", line: node.line) }
    var distribution: String?
    if let node = fields["distribution"] {
      distribution = reader.text(node, "'distribution'", line: node.line)
    }
    if fields["extends"] == nil, let node = fields["without"] {
      reader.problem(
        node.line, "'without' takes away from what a benchmark extends, and this one extends nothing")
    }
    if fields["extends"] == nil, fields["entries"] == nil { reader.problem(line, "'entries' is missing") }
    return BenchmarkDeclaration(
      name: name, title: title, version: version, source: source, kubernetes: range(fields["kubernetes"]),
      distribution: distribution, extends: extends, without: without, entries: entries(fields["entries"]),
      reader: reader, line: line)
  }

  private func range(_ node: Node?) -> VersionRange? {
    guard let node, let fields = reader.mapping(node, "'kubernetes'", keys: ["from", "through"]) else {
      return nil
    }
    return VersionRange(from: version(fields["from"]), through: version(fields["through"]))
  }

  private func version(_ node: Node?) -> Version? {
    guard let node else { return nil }
    guard let version = node.text.flatMap(Version.init) else {
      reader.problem(node.line, "expected a version such as \"1.32\", found \(node.text ?? node.kind)")
      return nil
    }
    return version
  }

  /// A mapping of ids to slugs (or to `{check, level, with}`), or a list of slugs whose ids are the slugs themselves.
  private func entries(_ node: Node?) -> [BenchmarkDeclaration.Entry] {
    guard let node else { return [] }
    if let items = node.sequence { return items.compactMap(listed).reduce(into: []) { add($1, to: &$0) } }
    guard let entries = node.mapping else {
      reader.problem(node.line, "'entries' maps section ids to checks, found \(node.kind)")
      return []
    }
    return entries.compactMap(entry)
  }

  private func listed(_ item: Node) -> BenchmarkDeclaration.Entry? {
    reader.text(item, "an entry", line: item.line).map {
      .init(id: $0, slug: $0, level: nil, parameters: [:], line: item.line, reader: reader)
    }
  }

  private func add(_ entry: BenchmarkDeclaration.Entry, to entries: inout [BenchmarkDeclaration.Entry]) {
    if entries.contains(where: { $0.id == entry.id }) {
      reader.problem(entry.line, "entry '\(entry.id)' stands twice")
    }
    entries.append(entry)
  }

  private func entry(_ entry: Node.Entry) -> BenchmarkDeclaration.Entry? {
    if let slug = entry.value.text {
      return .init(
        id: entry.key, slug: slug, level: nil, parameters: [:], line: entry.keyLine, reader: reader)
    }
    guard let fields = reader.mapping(entry.value, "entry \(entry.key)", keys: ["check", "level", "with"]),
      let slug = reader.text(fields["check"], "'check' of entry \(entry.key)", line: entry.keyLine)
    else { return nil }
    var level: Int?
    if let node = fields["level"] {
      guard let number = node.number, (1...2).contains(number) else {
        reader.problem(node.line, "'level' of entry \(entry.key) is 1 or 2")
        return nil
      }
      level = Int(number)
    }
    var parameters: [String: Node] = [:]
    if let node = fields["with"], node.mapping == nil {
      reader.problem(node.line, "'with' of entry \(entry.key) maps parameters to values, found \(node.kind)")
    }
    for parameter in fields["with"]?.mapping ?? [] { parameters[parameter.key] = parameter.value }
    return .init(
      id: entry.key, slug: slug, level: level, parameters: parameters, line: entry.keyLine, reader: reader)
  }
}
