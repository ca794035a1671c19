/// What the auditor gave up before it looked at the host, and what it could not: part of every snapshot and report.
package struct ConfinementRecord: Codable, Hashable, Sendable {
  /// How one step ended.
  package enum State: String, Codable, Hashable, Sendable, CaseIterable {
    /// It is in force, and that was verified.
    case held
    /// The kernel, or whoever started the program, does not give it; the detail says why.
    case missing
    /// Nobody asked for it: it is the administrator's to choose.
    case optional
  }

  /// The steps, in the order they are taken.
  package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    /// prctl(2), PR_SET_DUMPABLE: neither a core dump nor an unprivileged tracer gets what was read.
    case dumpable
    /// capabilities(7): the capability bounding set is empty.
    case boundingSet
    /// capabilities(7): the ambient set is empty.
    case ambientSet
    /// capabilities(7): permitted and effective hold what is needed and no more, inheritable nothing.
    case capabilities
    /// prctl(2), PR_SET_NO_NEW_PRIVS.
    case noNewPrivs
    /// getrlimit(2).
    case resourceLimits
    /// seccomp(2): a list of the calls that may be made.
    case seccomp
    /// landlock(7): reading beneath the root and nothing else.
    case landlock
    /// An AppArmor profile, if the administrator loaded one.
    case apparmor
  }

  package struct Step: Codable, Hashable, Sendable {
    package let step: Kind
    package let state: State
    package let detail: String

    package init(_ step: Kind, _ state: State, _ detail: String) {
      self.step = step
      self.state = state
      self.detail = detail
    }
  }

  package let steps: [Step]
  /// System calls that the filter refused, by name, and how often: each is a defect of the program or an attempt on it.
  package let refusedCalls: [String: Int]

  package init(steps: [Step], refusedCalls: [String: Int] = [:]) {
    self.steps = steps
    self.refusedCalls = refusedCalls
  }

  /// Nothing that was asked for is missing.
  package var isComplete: Bool { !steps.contains { $0.state == .missing } }
}
