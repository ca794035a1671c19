/// What a fact can hold. Closed on purpose: a check can be type-checked before anything runs.
package enum Value: Hashable, Sendable {
  case flag(Bool)
  case number(Int64)
  /// A length of time, in whole seconds.
  case seconds(Int64)
  /// Permission bits, 0 to 0o7777.
  case mode(UInt16)
  case text(String)
  case list([Value])
}

/// The type of a fact's value, as its subject declares it.
package enum ValueType: String, Codable, Hashable, Sendable, CaseIterable {
  case flag, number, seconds, mode, text, list
}

extension Value {
  package var type: ValueType {
    switch self {
    case .flag: .flag
    case .number: .number
    case .seconds: .seconds
    case .mode: .mode
    case .text: .text
    case .list: .list
    }
  }

  /// A list of texts, the commonest list.
  package static func texts(_ texts: some Sequence<String>) -> Value { .list(texts.map { .text($0) }) }

  /// The value as evidence shows it: `true`, `4h0m0s`, `0600`, `[a, b]`, `""`.
  package var description: String {
    switch self {
    case .flag(let flag): flag ? "true" : "false"
    case .number(let number): String(number)
    case .seconds(let seconds): Self.duration(seconds)
    case .mode(let mode): Self.octal(mode)
    case .text(let text): text.isEmpty ? "\"\"" : text
    case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    }
  }

  /// Go's way to write a duration, which Kubernetes' own files use: `4h0m0s`, `90s` is `1m30s`.
  private static func duration(_ seconds: Int64) -> String {
    let magnitude = seconds.magnitude
    let (hours, minutes, rest) = (magnitude / 3600, magnitude / 60 % 60, magnitude % 60)
    let text = hours > 0 ? "\(hours)h\(minutes)m\(rest)s" : minutes > 0 ? "\(minutes)m\(rest)s" : "\(rest)s"
    return seconds < 0 ? "-" + text : text
  }

  private static func octal(_ mode: UInt16) -> String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

extension Value: CustomStringConvertible {}

extension Value: Comparable {
  /// An order for sorted output only: by type, then by value.
  package static func < (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.flag(let left), .flag(let right)): !left && right
    case (.number(let left), .number(let right)): left < right
    case (.seconds(let left), .seconds(let right)): left < right
    case (.mode(let left), .mode(let right)): left < right
    case (.text(let left), .text(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
    case (.list(let left), .list(let right)): left.lexicographicallyPrecedes(right)
    default: left.type.rawValue < right.type.rawValue
    }
  }
}
