import CLinux

/// What a collector's answer means for the report that was sent; RFC 9110, section 15.
package enum Answer: Hashable, Sendable {
  /// It has it: 2xx, or 409 for one that it has already, or has a later one of.
  case taken
  /// It will never take it: 400, 413, 422.
  case refused
  /// Not now, or not so. After at least this long, where it said so.
  case later(Duration?)

  /// The longest that a collector may put a relay off.
  package static let longestDelay: Duration = .seconds(3_600)

  /// - Parameters:
  ///   - status: The HTTP status.
  ///   - retryAfter: The header of that name: seconds, or a date.
  ///   - wall: The time of day, since 1970.
  package init(status: Int, retryAfter: String?, wall: Duration) {
    switch status {
    case 200..<300, 409: self = .taken
    case 400, 413, 422: self = .refused
    default: self = .later(retryAfter.flatMap { Self.delay($0, wall) })
    }
  }

  private static func delay(_ text: String, _ wall: Duration) -> Duration? {
    if let seconds = Int(text) {
      return seconds < 0 ? nil : .seconds(min(seconds, Int(longestDelay.components.seconds)))
    }
    let date = linux_http_date(text)
    guard date >= 0 else { return nil }
    let delay = .seconds(date) - wall
    return min(max(.zero, delay), longestDelay)
  }
}

/// How long to wait before the next try: chance between nothing and a bound that doubles, so that a fleet does not come back in step
/// when its collector does.
package struct Backoff: Sendable {
  package let base: Duration
  package let longest: Duration
  package private(set) var tries = 0

  package init(base: Duration, longest: Duration) {
    self.base = base
    self.longest = longest
  }

  /// - Parameters:
  ///   - chance: 0 to 1.
  ///   - least: What the collector asked for.
  package mutating func next(chance: Double, least: Duration?) -> Duration {
    let bound = min(longest, base * (1 << min(tries, 20)))
    tries += 1
    // What was asked for, and some chance on top.
    if let least { return least + min(base, bound) * chance }
    return bound * chance
  }

  package mutating func reset() { tries = 0 }
}
