import Facts

/// One thing that a component can be told: by which flag, by which key of its configuration file, and as which fact it is
/// stated. A component's table of these is all that the command line and file readers know of it.
struct Parameter: Sendable {
  enum Kind: Hashable, Sendable {
    /// A flag of this kind takes a value only after `=`.
    case flag
    case number
    case text
    /// A text that names a file: in a kubelet's configuration file it is relative to that file's directory.
    case path
    case duration
    /// Comma-separated on a command line, and repeated flags append.
    case list
    /// All feature gates, as `NAME=true`.
    case gates
    /// One feature gate of the map that the flag and the key name.
    case gate(String)
  }

  let fact: String
  let kind: Kind
  /// Without dashes; nil where no flag sets it.
  let flag: String?
  /// Dotted path in the configuration file; nil where the file has no such key.
  let key: String?
  let meaning: String
  var values: [String]?
  /// In a file, zero is the same as nothing: the component's defaulting takes it for unset.
  var zeroIsUnset = false
  /// The flag and the file are two switches of which either turns it on.
  var isEither = false

  init(
    _ fact: String, _ kind: Kind, flag: String? = nil, key: String? = nil, _ meaning: String,
    values: [String]? = nil, zeroIsUnset: Bool = false, isEither: Bool = false
  ) {
    self.fact = fact
    self.kind = kind
    self.flag = flag
    self.key = key
    self.meaning = meaning
    self.values = values
    self.zeroIsUnset = zeroIsUnset
    self.isEither = isEither
  }

  /// A parameter whose fact is named as its flag: everything but the kubelet's.
  static func named(
    _ flag: String, _ kind: Kind, key: String? = nil, _ meaning: String, values: [String]? = nil
  )
    -> Parameter
  {
    Parameter(flag, kind, flag: flag, key: key, meaning, values: values)
  }

  var declaration: Declaration {
    switch kind {
    case .flag, .gate: Declaration(fact, .flag, meaning)
    case .number: Declaration(fact, .number, meaning)
    case .text, .path: Declaration(fact, .text, meaning, values: values)
    case .duration: Declaration(fact, .seconds, meaning)
    case .list, .gates: Declaration(fact, .list, meaning, values: values)
    }
  }

  /// The key in a file, that of a single gate within its map included.
  var fullKey: String? {
    if case .gate(let name) = kind { key.map { "\($0).\(name)" } } else { key }
  }

  /// A flag's text as this parameter's value; nil where the component would refuse it. A gate's map is read elsewhere.
  func value(ofFlag text: String) -> Value? {
    switch kind {
    case .flag, .gate: goFlag(text).map { .flag($0) }
    case .number: goNumber(text).map { .number($0) }
    case .text, .path: .text(Self.shown(text))
    case .duration: goSeconds(text).map { .seconds($0) }
    case .list, .gates: .texts(text.split(separator: ",").map { Self.shown(trimmedBlanks($0)) })
    }
  }

  /// Text as a fact may hold it: printable, and without the user and password that a URL may carry.
  static func shown(_ text: String) -> String {
    let text = printable(Array(text.utf8), atMost: 4096)
    guard let scheme = text.firstRange(of: "://") else { return text }
    let rest = text[scheme.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let at = authority.lastIndex(of: "@") else { return text }
    return text[..<scheme.upperBound] + "(credentials left out)" + rest[at...]
  }
}
