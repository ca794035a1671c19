import Facts
import Profiles

extension Test {
  /// Whether the test holds where the fact was looked for and is not set. An absent list holds nothing.
  var holdsForAbsent: Bool {
    switch self {
    case .isSet(let wanted), .isConfigured(let wanted): !wanted
    case .isEmpty(let wanted): wanted
    case .notEquals, .noneOf, .excludes: true
    case .equals, .oneOf, .atMost, .atLeast, .within, .contains, .containsAny, .onlyFrom, .startsWith,
      .daysAhead:
      false
    }
  }

  /// Whether the test holds for a value; nil where it can't be asked of a value of that type.
  /// - Parameter today: The day of judging; without one, what depends on it can't be asked.
  func holds(for value: Value, on today: Day? = nil) -> Bool? {
    switch (self, value) {
    case (.daysAhead(let days), .text(let text)): today.flatMap { $0.days(until: text) }.map { $0 >= days }
    case (.isSet(let wanted), _), (.isConfigured(let wanted), _): wanted
    case (.equals(let wanted), _): value.type == wanted.type ? value == wanted : nil
    case (.notEquals(let unwanted), _): value.type == unwanted.type ? value != unwanted : nil
    case (.oneOf(let values), _): values.allSatisfy { $0.type == value.type } ? values.contains(value) : nil
    case (.noneOf(let values), _): values.allSatisfy { $0.type == value.type } ? !values.contains(value) : nil
    case (.atMost(let limit), .number(let number)), (.atMost(let limit), .seconds(let number)):
      number <= limit
    case (.atLeast(let limit), .number(let number)), (.atLeast(let limit), .seconds(let number)):
      number >= limit
    case (.within(let allowed), .mode(let mode)): mode & ~allowed == 0
    case (.startsWith(let prefix), .text(let text)): text.hasPrefix(prefix)
    case (.isEmpty(let wanted), .list(let values)): values.isEmpty == wanted
    case (.contains(let named), .list(let values)),
      (.containsAny(let named), .list(let values)),
      (.excludes(let named), .list(let values)),
      (.onlyFrom(let named), .list(let values)):
      Set((named + values).map(\.type)).count > 1 ? nil : holds(named, values)
    case (.atMost, _), (.atLeast, _), (.within, _), (.startsWith, _), (.daysAhead, _), (.isEmpty, _),
      (.contains, _),
      (.containsAny, _),
      (.excludes, _), (.onlyFrom, _):
      nil
    }
  }

  /// The tests of lists, once it is known that the elements are of the type that the check names.
  private func holds(_ named: [Value], _ values: [Value]) -> Bool? {
    switch self {
    case .contains: named.allSatisfy(values.contains)
    case .containsAny: named.contains(where: values.contains)
    case .excludes: !named.contains(where: values.contains)
    case .onlyFrom: values.allSatisfy(named.contains)
    case .equals, .notEquals, .oneOf, .noneOf, .atMost, .atLeast, .within, .isEmpty, .startsWith, .daysAhead, .isSet,
      .isConfigured:
      nil
    }
  }
}
