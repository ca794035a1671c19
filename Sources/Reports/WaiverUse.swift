/// What became of one waiver in a report.
package struct WaiverUse: Codable, Hashable, Sendable {
  package enum State: String, Codable, Hashable, Sendable, CaseIterable {
    /// It keeps failures from counting.
    case inUse
    /// Its last day has passed: it counts as none.
    case expired
    /// No failure of this host is what it speaks of.
    case matchesNothing
  }

  package let check: String
  package let reason: String
  package let owner: String
  /// The last day it holds, `YYYY-MM-DD`.
  package let expires: String
  package let state: State
  /// How many results it keeps from counting.
  package let results: Int

  package init(check: String, reason: String, owner: String, expires: String, state: State, results: Int) {
    self.check = check
    self.reason = reason
    self.owner = owner
    self.expires = expires
    self.state = state
    self.results = results
  }
}
