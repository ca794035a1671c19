package import Agent

/// How far the relay has come, as it keeps it over a restart. It is written after an answer: a crash in between sends a report twice,
/// never not at all.
package struct RelayState: Codable, Hashable, Sendable {
  /// The version of this document. Additions keep it.
  package static let format = "plumbline/relay/v1"

  package let schema: String
  /// The number of the last report that was sent or refused; nil before the first.
  package private(set) var handled: UInt64?
  package private(set) var pushed = 0
  /// What the collector would not take, ever.
  package private(set) var refused = 0
  /// What left the spool before it was sent.
  package private(set) var lost = 0
  /// Tries that came to nothing.
  package private(set) var failedTries = 0

  package init() { schema = Self.format }

  /// Looks at what the spool holds.
  /// - Returns: How many reports have left it unsent since it looked last.
  package mutating func meet(_ entries: [Spool.Entry]) -> Int {
    guard let first = entries.first, let newest = entries.last else { return 0 }
    // A first start, or a spool that was made anew.
    guard let handled, handled <= newest.number else {
      handled = first.number - 1
      return 0
    }
    guard first.number > handled + 1 else { return 0 }
    let gone = Int(clamping: first.number - handled - 1)
    lost += gone
    self.handled = first.number - 1
    return gone
  }

  /// What is still to be sent, oldest first.
  package func unsent(of entries: [Spool.Entry]) -> [Spool.Entry] {
    entries.filter { entry in handled.map { entry.number > $0 } ?? true }
  }

  package mutating func took(_ number: UInt64) {
    handled = number
    pushed += 1
  }

  package mutating func refusedReport(_ number: UInt64) {
    handled = number
    refused += 1
  }

  package mutating func failedTry() { failedTries += 1 }
}
