import Synchronization
package import SystemPackage

/// What one collector may still take. Every question to a ``HostRoot`` that has one begins and ends here, so that somebody who
/// watches from another thread sees which question has been without an answer, and for how long.
package final class Budget: Sendable {
  /// A question to the host.
  package struct Call: Hashable, Sendable {
    package let root: FilePath
    package let path: FilePath
    /// When the host was last seen to do something about it.
    package var since: Duration
  }

  private struct State {
    var call: Call?
    var isClosed = false
    var refused: HostError?
  }

  package let meter: Meter
  private let deadline: Duration
  private let now: ElapsedTime
  private let state = Mutex(State())

  /// - Parameter deadline: By `now`.
  package init(_ meter: Meter, until deadline: Duration, _ now: @escaping ElapsedTime) {
    self.meter = meter
    self.deadline = deadline
    self.now = now
  }

  /// The question that is being asked, if one is.
  package var call: Call? { state.withLock { $0.call } }

  /// What was refused first because a bound was reached, if anything was.
  package var refused: HostError? { state.withLock { $0.refused } }

  /// From here on nothing is asked: each question is answered by `.outOfTime`.
  package func close() { state.withLock { $0.isClosed = true } }

  /// Whether a bound was reached, so that what was made is not all there is.
  package var isExceeded: Bool { state.withLock { $0.isClosed || $0.refused != nil } }

  func begin(_ path: FilePath, in root: FilePath) throws(HostError) {
    meter.note(path)
    if meter.isSilent(path, in: root) { throw HostError(path, .outOfTime) }
    let now = now()
    if isOver(at: now) { throw refuse(HostError(path, .outOfTime)) }
    state.withLock { $0.call = Call(root: root, path: path, since: now) }
  }

  func end() { state.withLock { $0.call = nil } }

  /// Between two reads of one file.
  func took(bytes: Int, of path: FilePath) throws(HostError) {
    if let limit = meter.count(bytes: bytes) { throw refuse(HostError(path, .spent(limit: limit))) }
    try goOn(path)
  }

  /// Between two reads of one directory.
  func took(entries: Int, of path: FilePath) throws(HostError) {
    if let limit = meter.count(entries: entries) { throw refuse(HostError(path, .spent(limit: limit))) }
    try goOn(path)
  }

  private func goOn(_ path: FilePath) throws(HostError) {
    let now = now()
    if isOver(at: now) { throw refuse(HostError(path, .outOfTime)) }
    state.withLock { $0.call?.since = now }
  }

  private func isOver(at now: Duration) -> Bool {
    now >= deadline || state.withLock { $0.isClosed }
  }

  private func refuse(_ error: HostError) -> HostError {
    state.withLock { state in
      if state.refused == nil { state.refused = error }
    }
    return error
  }
}
