import Glibc

/// What the agent asks the world for; handed in, so that tests can hand in another.
package struct World: Sendable {
  /// The time since boot, suspended or not; CLOCK_BOOTTIME.
  package let now: @Sendable () -> Duration
  /// The time since 1970; CLOCK_REALTIME.
  package let wall: @Sendable () -> Duration
  /// By chance, 0 up to 1.
  package let chance: @Sendable () -> Double

  package init(
    now: @escaping @Sendable () -> Duration, wall: @escaping @Sendable () -> Duration,
    chance: @escaping @Sendable () -> Double
  ) {
    self.now = now
    self.wall = wall
    self.chance = chance
  }

  /// The real one.
  package static let system = World(
    now: { time(CLOCK_BOOTTIME) }, wall: { time(CLOCK_REALTIME) }, chance: { Double.random(in: 0..<1) })

  private static func time(_ clock: clockid_t) -> Duration {
    var time = timespec()
    clock_gettime(clock, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}

/// RFC 3339 in UTC, whole seconds, of a time since 1970.
func timestamp(_ wall: Duration) -> String {
  var seconds = time_t(wall.components.seconds)
  var parts = tm()
  gmtime_r(&seconds, &parts)
  func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }
  return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T"
    + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
}
