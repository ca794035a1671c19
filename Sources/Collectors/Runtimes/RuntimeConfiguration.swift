import Facts
import Host
import SystemPackage
import YAML

/// A value in a runtime's configuration and where it stands.
struct Located {
  let node: Node
  let file: String
  let key: String

  var source: Source { .file(file, line: node.line, key: key) }
}

/// What a runtime reads: its files in the order in which they are merged, later ones over earlier ones, and its command line.
struct RuntimeConfiguration {
  struct File {
    let place: String
    let root: Node
  }

  let files: [File]
  /// Where the first of the files is, or would be.
  let main: String
  /// Why what the files say can't be told: one of them could not be read or is malformed.
  let failure: PlaceFailure?
  let flags: CommandFlags?
  /// Whether a plugin's whole section of a later file replaces that of an earlier one: containerd before its third format.
  let replacesPlugins: Bool

  init(
    files: [File], main: String, failure: PlaceFailure? = nil, flags: CommandFlags? = nil,
    replacesPlugins: Bool = false
  ) {
    self.files = files
    self.main = main
    self.failure = failure
    self.flags = flags
    self.replacesPlugins = replacesPlugins
  }

  // MARK: Nodes

  /// Every statement of a key, the deciding one first. A path's steps are keys, which may hold dots themselves.
  func all(_ path: [String]) -> [Located] {
    var found: [Located] = []
    for file in files.reversed() {
      var node: Node? = file.root
      for (index, step) in path.enumerated() {
        node = node?[step]
        // The section stands in this file: what earlier ones say of the plugin is gone.
        if replacesPlugins, index == 1, path[0] == "plugins", node != nil {
          return found + Self.end(of: path.dropFirst(2), in: node, file.place, path)
        }
      }
      found += Self.end(of: [], in: node, file.place, path)
    }
    return found
  }

  private static func end(of rest: ArraySlice<String>, in node: Node?, _ place: String, _ path: [String])
    -> [Located]
  {
    let node = rest.reduce(node) { $0?[$1] }
    return node.map { [Located(node: $0, file: place, key: path.joined(separator: "."))] } ?? []
  }

  func all(_ paths: [[String]]) -> [Located] { paths.flatMap { all($0) } }

  /// The names of a table's entries over all files, in their order, each once.
  func names(_ paths: [[String]]) -> [String] {
    var seen: Set<String> = []
    return all(paths).flatMap { $0.node.mapping ?? [] }.map(\.key).filter { seen.insert($0).inserted }
  }

  // MARK: Facts

  func flagFact(_ paths: [[String]], flag: String? = nil) -> Fact {
    fact(paths, flag, "true or false", { goFlag($0).map { .flag($0) } }, { $0.flag.map { .flag($0) } })
  }

  func textFact(_ paths: [[String]], flag: String? = nil) -> Fact {
    fact(
      paths, flag, "a text", { .text(Parameter.shown($0)) }, { $0.text.map { .text(Parameter.shown($0)) } })
  }

  func numberFact(_ paths: [[String]], flag: String? = nil) -> Fact {
    fact(paths, flag, "a number", { goNumber($0).map { .number($0) } }, { $0.number.map { .number($0) } })
  }

  /// A list of texts; the last file to state it decides.
  func listFact(_ paths: [[String]], flag: String? = nil) -> Fact {
    if let settings = flag.map({ flags?[$0] ?? [] }), let last = settings.last {
      let texts = settings.flatMap {
        $0.value.split(separator: ",").map { Parameter.shown(trimmedBlanks($0)) }
      }
      return .observed(.texts(texts), last.source)
    }
    return fact(paths, nil, "a list of texts", { _ in nil }) { node in
      guard let items = node.sequence else { return nil }
      let texts = items.compactMap(\.text)
      return texts.count == items.count ? .texts(texts.map(Parameter.shown)) : nil
    }
  }

  private func fact(
    _ paths: [[String]], _ flag: String?, _ wanted: String, _ ofFlag: (String) -> Value?,
    _ ofNode: (Node) -> Value?
  ) -> Fact {
    var overridden: [Source] = []
    let found = failure == nil ? all(paths) : []
    if let flag, let setting = flags?[flag].last {
      overridden = found.map(\.source)
      guard let value = ofFlag(setting.value) else {
        return .unreadable(.malformed, detail: "expected \(wanted)", setting.source)
      }
      return .observed(value, [setting.source] + overridden)
    }
    if let failure { return failure.fact }
    guard let first = found.first else { return .absent(absence(paths, flag)) }
    guard let value = ofNode(first.node) else {
      return .unreadable(
        .malformed, detail: "expected \(wanted), found \(first.node.kind)", first.source)
    }
    overridden = found.dropFirst().map { located in
      ofNode(located.node).map { located.source.saying($0) } ?? located.source
    }
    return .observed(value, [first.source] + overridden)
  }

  /// Where a key would stand, or its flag.
  func absence(_ paths: [[String]], _ flag: String? = nil) -> [Source] {
    let key = paths.first?.joined(separator: ".")
    let file = Source.file(main, key: key)
    guard let flag, let flags else { return [file] }
    return [flags.source(of: flag), file]
  }

  /// The value of a text, without its sources; nil where it is not set or empty.
  func text(_ paths: [[String]], flag: String? = nil) -> String? {
    guard case .text(let text)? = textFact(paths, flag: flag).value, !text.isEmpty else { return nil }
    return text
  }

  /// A fact made of many statements: a list of texts with the place of each.
  func listed(_ found: [(text: String, source: Source)], _ paths: [[String]]) -> Fact {
    if let failure { return failure.fact }
    var seen: Set<String> = []
    let once = found.filter { seen.insert($0.text).inserted }
    return .observed(.texts(once.map(\.text)), once.isEmpty ? absence(paths) : once.map(\.source))
  }
}
