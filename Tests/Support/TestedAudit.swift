/// What an audit has to be told by a test that asks what it says, and not how soon.
package enum TestedAudit {
  /// Built for debugging, beside all other tests, an audit of this very host can take minutes, and what its time limit leaves out is
  /// unknown.
  package static let options = ["--time-limit", "1200"] + Sanitizer.unconfined
}
