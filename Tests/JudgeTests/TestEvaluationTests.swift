import Facts
import Profiles
import Testing

@testable import Judge

@Suite("A test is held against a value of its own type, and against what is not set")
struct TestEvaluationTests {
  private static let a = Value.text("a")
  private static let b = Value.text("b")

  private static let held: [(FactTest, Value, Bool)] = [
    (.equals(a), a, true), (.equals(a), b, false), (.notEquals(a), b, true), (.notEquals(a), a, false),
    (.oneOf([a, b]), b, true), (.oneOf([a]), b, false), (.noneOf([a]), b, true), (.noneOf([a, b]), b, false),
    (.atMost(5), .number(5), true), (.atMost(5), .number(6), false), (.atMost(5), .seconds(5), true),
    (.atLeast(5), .number(5), true), (.atLeast(5), .number(4), false), (.atLeast(5), .seconds(4), false),
    (.within(0o644), .mode(0o600), true), (.within(0o644), .mode(0o644), true),
    (.within(0o644), .mode(0o4644), false),
    (.within(0o600), .mode(0o640), false), (.within(0), .mode(0), true),
    (.contains([a]), .list([b, a]), true), (.contains([a, b]), .list([a]), false),
    (.containsAny([a, b]), .list([b]), true), (.containsAny([a]), .list([]), false),
    (.excludes([a]), .list([b]), true), (.excludes([a, b]), .list([b]), false),
    (.excludes([a]), .list([]), true),
    (.onlyFrom([a]), .list([a, a]), true), (.onlyFrom([a]), .list([a, b]), false),
    (.onlyFrom([a]), .list([]), true),
    (.isEmpty(true), .list([]), true), (.isEmpty(true), .list([a]), false),
    (.isEmpty(false), .list([a]), true),
    (.startsWith("ab"), .text("abc"), true), (.startsWith("ab"), .text("b"), false),
    (.isSet(true), .flag(false), true), (.isSet(false), .flag(false), false),
  ]

  @Test("A value of the right type is judged", arguments: held)
  func holds(_ test: FactTest, _ value: Value, _ expected: Bool) {
    #expect(test.holds(for: value) == expected)
  }

  private static let mismatched: [(FactTest, Value)] = [
    (.equals(a), .number(1)), (.notEquals(a), .number(1)), (.oneOf([a]), .number(1)),
    (.noneOf([a]), .number(1)),
    (.atMost(5), .text("5")), (.atLeast(5), .mode(5)), (.within(0o600), .number(0o600)),
    (.startsWith("a"), .list([a])),
    (.isEmpty(true), .text("")), (.contains([a]), .text("a")), (.containsAny([a]), .flag(true)),
    (.excludes([a]), .text("b")), (.onlyFrom([a]), .number(1)), (.excludes([a]), .list([.number(1)])),
    (.onlyFrom([a]), .list([a, .flag(true)])), (.daysAhead(1), .text("2027-01-01T00:00:00Z")),
    (.daysAhead(1), .number(1)),
  ]

  @Test("A value of another type is neither yes nor no", arguments: mismatched)
  func mismatch(_ test: FactTest, _ value: Value) {
    #expect(test.holds(for: value) == nil)
  }

  private static let unset: [(FactTest, Bool)] = [
    (.equals(a), false), (.oneOf([a]), false), (.atMost(5), false), (.atLeast(5), false),
    (.within(0o600), false),
    (.contains([a]), false), (.containsAny([a]), false), (.onlyFrom([a]), false), (.startsWith("a"), false),
    (.daysAhead(0), false),
    (.isEmpty(false), false), (.isSet(true), false), (.notEquals(a), true), (.noneOf([a]), true),
    (.excludes([a]), true), (.isEmpty(true), true), (.isSet(false), true),
  ]

  @Test("What is not set fails what asks for a value and satisfies what forbids one", arguments: unset)
  func absent(_ test: FactTest, _ expected: Bool) {
    #expect(test.holdsForAbsent == expected)
  }
}
