import Relay
import Testing

@testable import Agent

@Suite("What the relay makes of a collector's answers")
struct RelayTests {
  @Test(
    "Answers that count as sent, that will never do, and that may later",
    arguments: [
      (200, Answer.taken), (202, .taken), (204, .taken), (409, .taken), (400, .refused), (413, .refused),
      (422, .refused), (401, .later(nil)), (403, .later(nil)), (404, .later(nil)), (301, .later(nil)),
      (429, .later(nil)), (500, .later(nil)), (503, .later(nil)),
    ])
  func answers(status: Int, answer: Answer) {
    #expect(Answer(status: status, retryAfter: nil, wall: .zero) == answer)
  }

  @Test(
    "Retry-After is seconds or a date, bounded, and nothing else",
    arguments: [
      ("120", Duration.seconds(120)), ("0", .zero), ("999999999", .seconds(3_600)),
      ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(37)), ("Sun, 06 Nov 1994 08:00:00 GMT", .zero),
      ("Sun, 06 Nov 2094 08:49:37 GMT", .seconds(3_600)), ("-5", nil), ("soon", nil), ("", nil),
      ("Sun, 06 Nov 1994 08:49:37 GMT later", nil),
    ] as [(String, Duration?)])
  func retryAfter(text: String, delay: Duration?) {
    #expect(
      Answer(status: 503, retryAfter: text, wall: .seconds(784_111_740)) == .later(delay))
  }

  @Test("Waits are by chance below a bound that doubles, and what was asked for is kept to")
  func backoff() {
    var backoff = Backoff(base: .seconds(1), longest: .seconds(300))
    let most = (0..<12).map { _ in backoff.next(chance: 1, least: nil) }
    #expect(most == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300].map { .seconds($0) })
    #expect(backoff.next(chance: 0, least: nil) == .zero)
    #expect(backoff.next(chance: 0, least: .seconds(90)) == .seconds(90))
    #expect(backoff.next(chance: 1, least: .seconds(90)) <= .seconds(91))
    backoff.reset()
    #expect(backoff.next(chance: 1, least: nil) == .seconds(1))
  }

  private func entries(_ numbers: ClosedRange<UInt64>) -> [Spool.Entry] {
    numbers.map { Spool.Entry(number: $0, size: 10) }
  }

  @Test("What left the spool unsent is counted once")
  func lost() {
    var state = RelayState()
    #expect(state.meet(entries(5...8)) == 0)
    #expect(state.unsent(of: entries(5...8)).map(\.number) == [5, 6, 7, 8])
    state.took(5)
    #expect(state.meet(entries(6...9)) == 0)
    #expect(state.meet(entries(9...12)) == 3)
    #expect(state.meet(entries(9...12)) == 0)
    #expect(state.lost == 3)
    #expect(state.unsent(of: entries(9...12)).map(\.number) == [9, 10, 11, 12])
    #expect(state.meet([]) == 0)
  }

  @Test("A spool that was made anew is sent from its beginning, and nothing counts as lost")
  func renewed() {
    var state = RelayState()
    _ = state.meet(entries(40...44))
    for number in 40...44 as ClosedRange<UInt64> { state.took(number) }
    #expect(state.meet(entries(1...2)) == 0)
    #expect(state.unsent(of: entries(1...2)).count == 2)
    #expect(state.lost == 0)
  }
}
