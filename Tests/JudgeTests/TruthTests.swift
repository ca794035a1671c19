import Judge
import Testing

@Suite("Truth is Kleene's three-valued logic")
struct TruthTests {
  /// Kleene's strong logic as arithmetic: no 0, unknown 1, yes 2; and is the minimum, or the maximum, not the mirror.
  private static func rank(_ truth: Truth) -> Int {
    switch truth {
    case .no: 0
    case .unknown: 1
    case .yes: 2
    }
  }

  private static let pairs = Truth.allCases.flatMap { left in Truth.allCases.map { (left, $0) } }
  private static let triples = pairs.flatMap { pair in Truth.allCases.map { [pair.0, pair.1, $0] } }

  @Test("all of two is their minimum", arguments: pairs)
  func allOfTwo(_ left: Truth, _ right: Truth) {
    #expect(Self.rank(Truth.all([left, right])) == min(Self.rank(left), Self.rank(right)))
  }

  @Test("any of two is their maximum", arguments: pairs)
  func anyOfTwo(_ left: Truth, _ right: Truth) {
    #expect(Self.rank(Truth.any([left, right])) == max(Self.rank(left), Self.rank(right)))
  }

  @Test("all and any of three fold those of two, and De Morgan's laws hold", arguments: triples)
  func three(_ truths: [Truth]) {
    let ranks = truths.map(Self.rank)
    #expect(Self.rank(Truth.all(truths)) == ranks.min())
    #expect(Self.rank(Truth.any(truths)) == ranks.max())
    #expect(!Truth.all(truths) == Truth.any(truths.map { !$0 }))
  }

  @Test(
    "not swaps yes and no and leaves unknown",
    arguments: [(Truth.no, Truth.yes), (.unknown, .unknown), (.yes, .no)])
  func not(_ truth: Truth, _ expected: Truth) {
    #expect(!truth == expected)
    #expect(!(!truth) == truth)
  }

  @Test("all of nothing is yes, any of nothing is no, one is itself", arguments: Truth.allCases)
  func few(_ truth: Truth) {
    #expect(Truth.all([]) == .yes)
    #expect(Truth.any([]) == .no)
    #expect(Truth.all([truth]) == truth)
    #expect(Truth.any([truth]) == truth)
  }
}
