/// Time and chance, handed down: nothing of the server asks for them by itself.
package struct Surroundings: Sendable {
  /// Seconds since 1970.
  package let now: @Sendable () -> Int64
  /// Some time that only goes forward.
  package let clock: @Sendable () -> Duration
  /// 0 up to 1.
  package let chance: @Sendable () -> Double

  package init(
    now: @escaping @Sendable () -> Int64, clock: @escaping @Sendable () -> Duration,
    chance: @escaping @Sendable () -> Double
  ) {
    self.now = now
    self.clock = clock
    self.chance = chance
  }
}
