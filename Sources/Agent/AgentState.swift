/// What the agent says of itself, as `state.json` in the spool: for the relay, and for itself after a restart.
package struct AgentState: Codable, Hashable, Sendable {
  /// The version of this document. Additions keep it.
  package static let format = "plumbline/agent/v1"

  /// How the last audit ended.
  package struct Last: Codable, Hashable, Sendable {
    package let trigger: Trigger
    /// RFC 3339 in UTC.
    package let endedAt: String
    package let seconds: Double
    /// Why it failed; nil where it did not.
    package let failure: String?

    package init(trigger: Trigger, endedAt: String, seconds: Double, failure: String?) {
      self.trigger = trigger
      self.endedAt = endedAt
      self.seconds = seconds
      self.failure = failure
    }
  }

  package let schema: String
  /// Seconds between regular audits.
  package let intervalSeconds: Double
  /// The host's own id, once a report told it.
  package var hostID: String?
  /// Audits that gave a report, since the spool was made; likewise the counts below.
  package var audits = 0
  package var failures = 0
  /// Failures since the last report.
  package var consecutiveFailures = 0
  /// Reports that left the spool because of its bounds, sent or not.
  package var removed = 0
  /// The number that the next report gets. They never repeat while the spool lives.
  package var nextNumber: UInt64 = 1
  /// Directories that are watched for changes, and how many more there would be.
  package var watched = 0
  package var unwatched = 0
  package var last: Last?

  package init(interval: Duration) {
    schema = Self.format
    intervalSeconds = interval / .seconds(1)
  }

  /// The same history under another interval.
  package init(continuing old: AgentState, interval: Duration) {
    self.init(interval: interval)
    hostID = old.hostID
    audits = old.audits
    failures = old.failures
    consecutiveFailures = old.consecutiveFailures
    removed = old.removed
    nextNumber = old.nextNumber
    last = old.last
  }
}
