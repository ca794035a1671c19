import Facts
import Profiles
import Reports

/// A value that a test holds for, or does not: what stands in made-up evidence.
struct Guess: Hashable, Sendable {
  let name: FactName
  let test: Test
  /// Nil where the fact is not set.
  let value: Value?
  /// How many times the test is denied by what it stands in.
  let denials: Int
}

extension Guess {
  /// What would have decided an expectation, at most three facts.
  /// - Parameter holds: What it should come to.
  static func all(_ expectation: Expectation, holds: Bool, denials: Int = 0) -> [Guess] {
    switch expectation {
    case .fact(let name, let test):
      return [Guess(name: name, test: test, value: value(test, holds: holds), denials: denials)]
    case .not(let part): return all(part, holds: !holds, denials: denials + 1)
    case .undecided: return []
    case .all(let parts):
      let found = parts.lazy.map { all($0, holds: holds, denials: denials) }
      return holds
        ? Array(parts.flatMap { all($0, holds: true, denials: denials) }.prefix(3))
        : found.first { !$0.isEmpty } ?? []
    case .any(let parts):
      let found = parts.lazy.map { all($0, holds: holds, denials: denials) }
      return holds
        ? found.first { !$0.isEmpty } ?? []
        : Array(parts.flatMap { all($0, holds: false, denials: denials) }.prefix(3))
    }
  }

  private static func value(_ test: Test, holds: Bool) -> Value? {
    switch test {
    case .equals(let value): holds ? value : other(value)
    case .notEquals(let value): holds ? other(value) : value
    case .oneOf(let values): holds ? values.first : nil
    case .noneOf(let values): holds ? nil : values.first
    case .atMost(let limit): .number(holds ? limit : limit + 1 + limit.magnitude.asNumber)
    case .atLeast(let limit): .number(holds ? limit : limit - 1)
    case .within(let mode): .mode(holds ? mode : 0o777)
    case .contains(let values): holds ? .list(values) : .list([])
    case .containsAny(let values): .list(holds ? Array(values.prefix(1)) : [])
    case .excludes(let values): .list(holds ? [] : Array(values.prefix(1)))
    case .onlyFrom(let values): .list(holds ? Array(values.prefix(2)) : [unlike(values.first)])
    case .isEmpty(let wanted): .list(holds == wanted ? [] : [.text("extra")])
    case .startsWith(let text): .text(holds ? text : "other")
    case .daysAhead: .text(holds ? "2099-01-01T00:00:00Z" : "2020-01-01T00:00:00Z")
    case .isSet(let wanted), .isConfigured(let wanted): holds == wanted ? .flag(true) : nil
    }
  }

  private static func other(_ value: Value) -> Value? {
    switch value {
    case .flag(let flag): .flag(!flag)
    case .number(let number): .number(number == 0 ? 1 : 0)
    case .seconds(let seconds): .seconds(seconds == 0 ? 14_400 : 0)
    case .mode(let mode): .mode(mode ^ 0o022)
    case .text(let text): .text(text == "root" ? "admin" : "other")
    case .list(let values): .list(values + [unlike(values.first)])
    }
  }

  private static func unlike(_ value: Value?) -> Value {
    switch value {
    case .number: .number(9_999)
    case .mode: .mode(0o4777)
    case .seconds: .seconds(1)
    case .flag(let flag): .flag(!flag)
    case .text, .list, nil: .text("extra")
    }
  }

  /// As the judge puts it.
  var expected: String {
    let words = test.description
    let plain = words.hasPrefix("is ") ? String(words.dropFirst(3)) : words
    return (0..<denials).reduce(plain) { text, _ in "not (\(text))" }
  }
}

extension UInt64 {
  /// Limits of checks are small.
  fileprivate var asNumber: Int64 { Int64(clamping: self) / 2 }
}
