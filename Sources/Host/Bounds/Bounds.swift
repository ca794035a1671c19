/// How much one audit may take of a host, all collectors together, and how long. Each file and each directory has a bound of its own
/// besides, at the place that reads it.
package struct Bounds: Hashable, Sendable {
  /// Bytes of files.
  package var bytes = 192 << 20
  /// Names in directories.
  package var entries = 4_000_000
  /// How long one call may stay without an answer before it is taken for one that never answers.
  package var patience = Duration.seconds(1)
  /// How long one collector may take.
  package var collector = Duration.seconds(15)
  /// How long all of them may take.
  package var audit = Duration.seconds(60)

  package init() {}
}

/// Time that passed since some fixed moment. It is the command's: nothing below asks a clock of its own, and what is looked at without
/// one is looked at without bounds on time.
package typealias ElapsedTime = @Sendable () -> Duration
