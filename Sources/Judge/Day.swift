/// A calendar day (UTC) as a count of days since 1970-01-01.
struct Day: Hashable, Sendable {
  private let number: Int64

  /// `YYYY-MM-DD`, or a moment of RFC 3339 in UTC that begins with it; nil for anything else.
  init?(_ text: String) {
    let parts = text.prefix(10).split(separator: "-", omittingEmptySubsequences: false)
    let rest = text.dropFirst(10)
    guard parts.map(\.utf8.count) == [4, 2, 2], rest.isEmpty || rest.hasPrefix("T") && rest.hasSuffix("Z"),
      let year = Int64(parts[0]), let month = Int64(parts[1]), let day = Int64(parts[2]),
      year >= 0, (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    // Years from March, so that a leap day is a year's last; 719468 days lie between 0000-03-01 and 1970-01-01.
    let (years, months) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
    let leap = years >= 0 ? years / 4 - years / 100 + years / 400 : -1
    number = 365 * years + leap + (153 * months + 2) / 5 + day - 1 - 719_468
  }

  /// How many days later another day is; nil where the text names none.
  func days(until text: String) -> Int64? { Day(text).map { $0.number - number } }
}
