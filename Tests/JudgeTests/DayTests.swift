import Facts
import Profiles
import Testing

@testable import Judge

@Suite("What ends on a day is judged by the day of judging")
struct DayTests {
  @Test(
    "Days are counted over months, leap years and centuries",
    arguments: [
      ("2026-11-23", "2026-11-23T00:00:00Z", 0), ("2026-11-23", "2026-11-24", 1),
      ("2026-11-23", "2026-11-22", -1),
      ("2026-12-31", "2027-01-01T23:59:59Z", 1), ("2028-02-28", "2028-03-01", 2),
      ("2027-02-28", "2027-03-01", 1),
      ("2000-02-28", "2000-03-01", 2), ("2100-02-28", "2100-03-01", 1), ("1970-01-01", "2026-11-23", 20780),
      ("2026-11-23", "2126-10-30T17:53:09Z", 36500), ("2026-11-23", "9999-12-31T23:59:59Z", 2_912_116),
    ])
  func days(_ today: String, _ other: String, _ expected: Int64) {
    #expect(Day(today)?.days(until: other) == expected)
  }

  @Test(
    "What is not a day is none",
    arguments: [
      "", "2026", "2026-13-01", "2026-00-01", "2026-01-32", "2026-1-01", "-026-01-01", "2026-11-23 x",
      "x026-01-01",
    ])
  func none(_ text: String) {
    #expect(Day(text) == nil)
    #expect(Day("2026-11-23")?.days(until: text) == nil)
  }

  @Test("A moment holds when it is so many days ahead, to the day")
  func held() {
    let today = Day("2026-11-23")
    let ends = Value.text("2026-12-23T17:00:00Z")
    #expect(FactTest.daysAhead(30).holds(for: ends, on: today) == true)
    #expect(FactTest.daysAhead(31).holds(for: ends, on: today) == false)
    #expect(FactTest.daysAhead(0).holds(for: .text("2026-11-22T23:59:59Z"), on: today) == false)
    #expect(FactTest.daysAhead(0).holds(for: .text("soon"), on: today) == nil)
    #expect(FactTest.daysAhead(0).holds(for: ends, on: nil) == nil)
  }
}
