/// Why an audit is made.
package enum Trigger: String, Codable, Sendable, CaseIterable {
  /// The agent began, and there is no recent report.
  case start
  case interval
  /// Somebody sent SIGHUP.
  case signal
  /// A file that facts came from changed.
  case change
  /// The last one failed.
  case retry
}

/// When to audit. Knows no clock and no random source: every moment is handed to it, as the time since some fixed one.
package struct Schedule: Sendable {
  package struct Settings: Sendable {
    /// From one regular audit to the next.
    package let interval: Duration
    /// At most so much is added to each, by chance.
    package let jitter: Duration
    /// How long nothing must change before a change is looked at.
    package let quiet: Duration
    /// From the end of an audit to the next one for a change.
    package let floor: Duration

    package init(interval: Duration, jitter: Duration, quiet: Duration, floor: Duration) {
      self.interval = interval
      self.jitter = jitter
      self.quiet = quiet
      self.floor = floor
    }
  }

  /// What is due next, and when.
  package struct Plan: Hashable, Sendable {
    package let at: Duration
    package let trigger: Trigger
  }

  package let settings: Settings
  private var regular: Plan
  private var requested: Duration?
  private var change: (first: Duration, last: Duration)?
  private var retry: Duration?
  private var lastEnd: Duration?
  package private(set) var consecutiveFailures = 0

  /// The longest that a failed audit is put off.
  private static let longestRetry: Duration = .seconds(900)

  /// - Parameters:
  ///   - now: The moment, by a clock that only advances.
  ///   - spread: A number of this host's own, so that a fleet that starts at once does not audit at once.
  ///   - age: How old the last report is; nil where there is none.
  package init(_ settings: Settings, now: Duration, spread: UInt64, age: Duration?) {
    self.settings = settings
    if let age, age >= .zero, age < settings.interval {
      regular = Plan(at: now + settings.interval - age, trigger: .interval)
    } else {
      let window = min(settings.interval / 10, .seconds(60))
      regular = Plan(at: now + window * Self.fraction(spread), trigger: .start)
    }
  }

  /// What comes next. A retry waits for its own moment, whatever else is due by then, but somebody's signal.
  package var next: Plan {
    if let requested { return Plan(at: requested, trigger: .signal) }
    if let retry { return Plan(at: retry, trigger: .retry) }
    guard let change = changeDue, change < regular.at else { return regular }
    return Plan(at: change, trigger: .change)
  }

  /// The moment that changes are looked at: after a quiet period, but not later than ten of them where it never gets quiet.
  private var changeDue: Duration? {
    guard let change else { return nil }
    let calm = min(change.last + settings.quiet, change.first + settings.quiet * 10)
    return max(calm, lastEnd.map { $0 + settings.floor } ?? calm)
  }

  package mutating func signalled(at now: Duration) { requested = now }

  package mutating func changed(at now: Duration) { change = (change?.first ?? now, now) }

  /// An audit begins: what asked for it so far is served by it.
  package mutating func began() {
    requested = nil
    change = nil
    retry = nil
  }

  /// An audit ended well.
  /// - Parameters:
  ///   - now: The moment, by the clock that only advances.
  ///   - wall: The time of day, since 1970: the slots of a host are the same after a restart.
  ///   - spread: The host's own number.
  ///   - chance: 0 to 1.
  package mutating func succeeded(at now: Duration, wall: Duration, spread: UInt64, chance: Double) {
    lastEnd = now
    consecutiveFailures = 0
    let slot = Self.slot(after: wall + settings.interval / 2, every: settings.interval, spread: spread)
    regular = Plan(at: now + (slot - wall) + settings.jitter * chance, trigger: .interval)
  }

  /// An audit failed: again after a while, which doubles with every failure in a row, and is spread by chance.
  package mutating func failed(at now: Duration, chance: Double) {
    lastEnd = now
    consecutiveFailures += 1
    let longest = min(Self.longestRetry, settings.interval)
    let base = min(longest, .seconds(15) * (1 << min(consecutiveFailures - 1, 10)))
    retry = now + base * (0.5 + chance / 2)
  }

  /// The first moment of the host's own after another: they are `interval` apart, and where they lie in it hangs on the host.
  static func slot(after wall: Duration, every interval: Duration, spread: UInt64) -> Duration {
    let offset = interval * fraction(spread)
    let passed = max(0, ((wall - offset) / interval).rounded(.down))
    let slot = offset + interval * passed
    return slot > wall ? slot : slot + interval
  }

  /// 0 up to 1, by the upper 53 bits.
  private static func fraction(_ spread: UInt64) -> Double { Double(spread >> 11) / Double(1 << 53) }
}
