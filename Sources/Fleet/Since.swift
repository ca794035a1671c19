extension Moment {
  /// The beginning of a span until now.
  /// - Parameters:
  ///   - text: `2026-11-24`, `2026-11-24T09:00:00Z`, or a span back from now: `36h`, `7d`.
  ///   - now: Seconds since 1970.
  /// - Returns: Seconds since 1970; nil where the text is none of these.
  package static func since(_ text: String, now: Int64) -> Int64? {
    if let day = day(text) { return day * secondsPerDay }
    if let moment = seconds(text) { return moment }
    guard let unit = ["h": 3_600, "d": secondsPerDay][text.suffix(1)], let count = Int64(text.dropLast()),
      (1...100_000).contains(count)
    else { return nil }
    return now - count * unit
  }
}
