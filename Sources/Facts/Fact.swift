/// Why something could not be read. Each is a reason for `unknown`, and none of them is a value.
package enum Obstacle: String, Codable, Hashable, Sendable, CaseIterable {
  /// EACCES or EPERM.
  case denied
  /// The filesystem that would hold it is not mounted where the auditor looks.
  case notMounted
  /// It is there, but of a type that is not read (FIFO, device, socket, directory in a file's place).
  case notRegular
  /// Past the bound for one read.
  case tooLarge
  /// Its syntax or encoding is not what its format asks.
  case malformed
  /// It was there and went away while it was read, as processes do.
  case vanished
  /// It exists on the host, but not in what the auditor was given (a namespace, a container's view).
  case notVisible
  /// Only a running host has it, and this is a tree of files.
  case needsRunningHost
  /// Resolving it would leave the root, loops, or goes through a magic link.
  case escapes
  /// The collector's time was used up.
  case outOfTime
  /// The kernel or a library does not offer it here.
  case unsupported
  /// Any other error of the kernel; the detail has its name.
  case io
}

/// A value and why we believe it. There is no optional and no empty string: what can't be read is never guessed.
package enum Fact: Hashable, Sendable {
  /// The value; the winning source first, then those it overrode or that did not set it.
  case observed(Value, [Source])
  /// Looked in these places, and it is not set there.
  case absent([Source])
  /// It may be set, and could not be read. The detail is for people.
  case unreadable(Obstacle, detail: String, Source)
}

extension Fact {
  package static func observed(_ value: Value, _ source: Source) -> Fact { .observed(value, [source]) }
  package static func absent(_ source: Source) -> Fact { .absent([source]) }

  package var value: Value? {
    if case .observed(let value, _) = self { value } else { nil }
  }

  package var sources: [Source] {
    switch self {
    case .observed(_, let sources), .absent(let sources): sources
    case .unreadable(_, _, let source): [source]
    }
  }

  /// The same knowledge with the value transformed; absent and unreadable stay as they are.
  package func map(_ transform: (Value) -> Value) -> Fact {
    if case .observed(let value, let sources) = self { .observed(transform(value), sources) } else { self }
  }
}
