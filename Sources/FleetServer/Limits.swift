/// What one sender, and all of them together, may cost.
package struct Limits: Hashable, Sendable {
  /// Reports that wait to be written, at most; whoever comes when there are so many is told to come again.
  package var longestQueue = 512
  /// Reports of one commit, at most.
  package var largestBatch = 128
  /// Bodies that are being received at one time, at most.
  package var mostUploads = 256
  /// Documents that are being read at one time, at most: what inflates does so in memory.
  package var mostReadings = 4
  /// Answers that are being made at one time, at most.
  package var mostAnswers = 32
  /// Connections of one listener, at most; more wait in the kernel's queue.
  package var mostConnections = 4_096
  /// Seconds in which a request must have come whole, and in which its answer must have been fetched.
  package var requestSeconds = 30
  /// Seconds that a connection may be idle between requests.
  package var idleSeconds = 120
  /// Seconds for which what the nodes say now is kept in memory.
  package var latestSeconds = 5

  package init() {}
}
