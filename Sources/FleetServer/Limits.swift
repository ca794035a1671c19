/// What one sender, and all of them, may cost.
package struct Limits: Hashable, Sendable {
  /// Reports that wait to be written, at most; whoever comes when there are so many is told to come again.
  package var longestQueue = 512
  /// Bodies that are being received or read at one time, at most.
  package var mostUploads = 64
  /// Seconds in which a request must have come whole.
  package var uploadSeconds = 30

  package init() {}
}
