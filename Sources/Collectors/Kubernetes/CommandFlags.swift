import Facts

/// One word of a command line and where it stands.
struct Word: Hashable, Sendable {
  let text: String
  let source: Source

  init(_ text: String, _ source: Source) {
    self.text = text
    self.source = source
  }
}

/// How a component's command line is read.
struct FlagSyntax: Sendable {
  /// Flags that take a value only after `=`; any other takes the next word where it has no `=`.
  let switches: Set<String>
  /// Flags that take the next word, whatever it looks like. One that is in neither set takes the next word unless that
  /// begins with a dash: no component has positional arguments.
  let valued: Set<String>
  /// Go's own flag package (etcd): one dash does for two, and `_` is not `-`.
  let isGoFlag: Bool

  func normal(_ name: some StringProtocol) -> String {
    isGoFlag ? String(name) : String(name).replacing("_", with: "-")
  }
}

/// A parsed command line: every occurrence of every flag, in order.
struct CommandFlags: Sendable {
  struct Setting: Hashable, Sendable {
    let name: String
    let value: String
    let source: Source
  }

  let settings: [Setting]
  /// Names the command line as a whole, for what it does not set.
  let place: Source

  init(parsing words: [Word], syntax: FlagSyntax, place: Source) {
    self.place = place
    var settings: [Setting] = []
    var index = 0
    while index < words.count {
      let word = words[index]
      index += 1
      if word.text == "--" { break }
      guard let (name, inline) = Self.split(word.text, syntax) else { continue }
      var value = inline ?? "true"
      if inline == nil, !syntax.switches.contains(name), index < words.count,
        syntax.valued.contains(name) || !words[index].text.hasPrefix("-")
      {
        value = words[index].text
        index += 1
      }
      settings.append(Setting(name: name, value: value, source: Self.source(word.source, "--\(name)")))
    }
    self.settings = settings
  }

  /// `--name=value` in two; nil for what is no flag.
  private static func split(_ word: String, _ syntax: FlagSyntax) -> (name: String, inline: String?)? {
    let body: Substring
    if word.hasPrefix("--") {
      body = word.dropFirst(2)
    } else if word.hasPrefix("-"), word.count > 1 {
      body = word.dropFirst()
    } else {
      return nil
    }
    guard let equals = body.firstIndex(of: "=") else { return (syntax.normal(body), nil) }
    return (syntax.normal(body[..<equals]), String(body[body.index(after: equals)...]))
  }

  private static func source(_ source: Source, _ key: String) -> Source {
    Source(source.kind, source.place, line: source.line, key: key)
  }

  /// Every setting of a flag, in the command line's order.
  subscript(_ name: String) -> [Setting] { settings.filter { $0.name == name } }

  /// The last setting of a flag that names something; an empty one unsets it.
  func text(_ name: String) -> Setting? {
    self[name].last.flatMap { $0.value.isEmpty ? nil : $0 }
  }

  /// Where the command line would have set a flag.
  func source(of name: String) -> Source { Self.source(place, "--\(name)") }
}
