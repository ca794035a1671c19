// How facts are written as JSON. Values stand as JSON's own types so that a reader (a Rego policy, jq) needs no
// table; `type` says which of ours a number or a string is where JSON cannot.

extension Value: Codable {
  private enum Key: String, CodingKey { case mode, seconds }

  package init(from decoder: any Decoder) throws {
    if let keyed = try? decoder.container(keyedBy: Key.self) {
      if let mode = try keyed.decodeIfPresent(String.self, forKey: .mode) {
        guard let bits = UInt16(mode, radix: 8), bits <= 0o7777 else {
          throw DecodingError.dataCorruptedError(
            forKey: .mode, in: keyed, debugDescription: "a mode is octal, 0000 to 7777")
        }
        self = .mode(bits)
      } else {
        self = .seconds(try keyed.decode(Int64.self, forKey: .seconds))
      }
      return
    }
    let single = try decoder.singleValueContainer()
    if let flag = try? single.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? single.decode(Int64.self) {
      self = .number(number)
    } else if let text = try? single.decode(String.self) {
      self = .text(text)
    } else {
      self = .list(try single.decode([Value].self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .mode:
      var keyed = encoder.container(keyedBy: Key.self)
      try keyed.encode(description, forKey: .mode)
    case .seconds(let seconds):
      var keyed = encoder.container(keyedBy: Key.self)
      try keyed.encode(seconds, forKey: .seconds)
    case .flag(let flag):
      var single = encoder.singleValueContainer()
      try single.encode(flag)
    case .number(let number):
      var single = encoder.singleValueContainer()
      try single.encode(number)
    case .text(let text):
      var single = encoder.singleValueContainer()
      try single.encode(text)
    case .list(let values):
      var single = encoder.singleValueContainer()
      try single.encode(values)
    }
  }
}

extension Fact: Codable {
  private enum Key: String, CodingKey { case known, value, sources, reason, detail }
  private enum Known: String, Codable { case observed, absent, unreadable }

  package init(from decoder: any Decoder) throws {
    let keyed = try decoder.container(keyedBy: Key.self)
    let sources = try keyed.decode([Source].self, forKey: .sources)
    switch try keyed.decode(Known.self, forKey: .known) {
    case .observed:
      self = .observed(try keyed.decode(Value.self, forKey: .value), sources)
    case .absent:
      self = .absent(sources)
    case .unreadable:
      guard let source = sources.first else {
        throw DecodingError.dataCorruptedError(
          forKey: .sources, in: keyed, debugDescription: "an unreadable fact names its source")
      }
      self = .unreadable(
        try keyed.decode(Obstacle.self, forKey: .reason),
        detail: try keyed.decode(String.self, forKey: .detail), source)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var keyed = encoder.container(keyedBy: Key.self)
    try keyed.encode(sources, forKey: .sources)
    switch self {
    case .observed(let value, _):
      try keyed.encode(Known.observed, forKey: .known)
      try keyed.encode(value, forKey: .value)
    case .absent:
      try keyed.encode(Known.absent, forKey: .known)
    case .unreadable(let obstacle, let detail, _):
      try keyed.encode(Known.unreadable, forKey: .known)
      try keyed.encode(obstacle, forKey: .reason)
      try keyed.encode(detail, forKey: .detail)
    }
  }
}
