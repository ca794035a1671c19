import Facts
import Profiles
import Reports

/// What may become a piece of evidence: most of thousands never do, so that its words are made only when they are asked for.
struct Clue {
  enum Found {
    case value(Value)
    case text(String)
  }

  let entity: Entity
  let name: FactName
  let test: Test
  let found: Found
  let sources: [Source]
  /// How many times the test is denied by what it stands in.
  var denials = 0
  /// It decides nothing and is shown beside what did.
  var isForInformation = false

  var evidence: Evidence {
    Evidence(
      entity: name.subject == nil && !entity.id.isEmpty ? entity.label : "", fact: name.description,
      expected: isForInformation ? Evidence.forInformation : expected, found: Self.bounded(words),
      sources: sources.map(\.description))
  }

  private var expected: String {
    let words = test.description
    let plain = words.hasPrefix("is ") ? String(words.dropFirst(3)) : words
    return (0..<denials).reduce(plain) { text, _ in "not (\(text))" }
  }

  private var words: String {
    switch found {
    case .value(let value): isForInformation ? value.description : test.shown(value)
    case .text(let text): text
    }
  }

  /// A list may have thousands of elements; what is shown of it is for a person.
  private static func bounded(_ found: String) -> String {
    found.utf8.count <= 512 ? found : String(found.prefix(400)) + "… (\(found.utf8.count) bytes in all)"
  }
}

extension Test {
  /// Of a long list what the test asked for, and how many elements there are: who reads it looks for just these.
  fileprivate func shown(_ value: Value) -> String {
    let whole = value.description
    guard case .list(let values) = value, whole.utf8.count > 200, let asked = asked(of: value) else {
      return whole
    }
    return "\(asked) among \(values.count)"
  }

  /// The elements of a list that the test decides by; nil for a test of something else.
  func asked(of value: Value) -> String? {
    guard case .list(let values) = value else { return nil }
    func show(_ elements: [Value], _ none: String) -> String {
      elements.isEmpty ? none : Value.list(elements).description
    }
    switch self {
    case .contains(let named), .containsAny(let named), .excludes(let named):
      return show(named.filter(values.contains), "none of these")
    case .onlyFrom(let named): return show(values.filter { !named.contains($0) }, "no others")
    case .equals, .notEquals, .oneOf, .noneOf, .atMost, .atLeast, .within, .isEmpty, .startsWith, .daysAhead,
      .isSet, .isConfigured:
      return nil
    }
  }
}
