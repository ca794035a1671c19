import Facts
import Profiles

extension Test {
  /// Whether the test holds where the fact was looked for and is not set. An absent list holds nothing.
  var holdsForAbsent: Bool {
    switch self {
    case .isSet(let wanted): !wanted
    case .isEmpty(let wanted): wanted
    case .notEquals, .noneOf, .excludes: true
    case .equals, .oneOf, .atMost, .atLeast, .within, .contains, .containsAny, .onlyFrom, .startsWith: false
    }
  }

  /// Whether the test holds for a value; nil where it can't be asked of a value of that type.
  func holds(for value: Value) -> Bool? {
    switch (self, value) {
    case (.isSet(let wanted), _): wanted
    case (.equals(let wanted), _): value.type == wanted.type ? value == wanted : nil
    case (.notEquals(let unwanted), _): value.type == unwanted.type ? value != unwanted : nil
    case (.oneOf(let values), _): values.contains(value)
    case (.noneOf(let values), _): !values.contains(value)
    case (.atMost(let limit), .number(let number)), (.atMost(let limit), .seconds(let number)):
      number <= limit
    case (.atLeast(let limit), .number(let number)), (.atLeast(let limit), .seconds(let number)):
      number >= limit
    case (.within(let allowed), .mode(let mode)): mode & ~allowed == 0
    case (.startsWith(let prefix), .text(let text)): text.hasPrefix(prefix)
    case (.isEmpty(let wanted), .list(let values)): values.isEmpty == wanted
    case (.contains(let wanted), .list(let values)): wanted.allSatisfy(values.contains)
    case (.containsAny(let wanted), .list(let values)): wanted.contains(where: values.contains)
    case (.excludes(let unwanted), .list(let values)): !unwanted.contains(where: values.contains)
    case (.onlyFrom(let allowed), .list(let values)): values.allSatisfy(allowed.contains)
    case (.atMost, _), (.atLeast, _), (.within, _), (.startsWith, _), (.isEmpty, _), (.contains, _),
      (.containsAny, _),
      (.excludes, _), (.onlyFrom, _):
      nil
    }
  }
}
