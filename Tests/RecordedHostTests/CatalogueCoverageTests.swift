import Facts
import Judge
import Profiles
import Reports
import Testing

/// Automated checks that no recorded host passes, and why none can yet.
private let neverPasses: [Slug: String] = [
  "capabilities-auditor-sees": Reasons.running,
  "capabilities-files-initial-namespace": Reasons.fileCapabilities,
  "capabilities-files-known": Reasons.fileCapabilities,
  "capabilities-files-not-root-equivalent": Reasons.fileCapabilities,
  "capabilities-files-owned-by-root": Reasons.fileCapabilities,
  "host-is-identified": Reasons.running,
  "lsm-sources-agree": Reasons.running,
]

/// Automated checks that no recorded host fails, and why none can yet.
private let neverFails: [Slug: String] = [
  "apparmor-profiles-loaded": "no host is recorded whose AppArmor is on and holds no profile",
  "boot-platform-key-genuine": "a vendor's sample key is not ours to keep in the tree",
  "capabilities-auditor-sees": Reasons.running,
  "capabilities-files-initial-namespace": Reasons.fileCapabilities,
  "capabilities-files-known": Reasons.fileCapabilities,
  "capabilities-files-not-root-equivalent": Reasons.fileCapabilities,
  "capabilities-files-owned-by-root": Reasons.fileCapabilities,
  "host-is-identified": Reasons.running,
  "lsm-securityfs-readable": "no host is recorded without securityfs",
  "lsm-sources-agree": Reasons.running,
  "seccomp-supported": "no host is recorded whose kernel has no seccomp",
  "selinux-policy-loaded": "no host is recorded whose SELinux has no policy",
  "tpm-switched-on": "no machine is recorded whose TPM 1.2 is switched off",
]

/// What keeps more than one check from a verdict on a recording.
private enum Reasons {
  static let running = "only a running host states it; a recording never runs"
  static let fileCapabilities = "no host is recorded with an executable that has capabilities"
}

@Suite("Every automated check is seen to pass and to fail on a recorded host")
struct CatalogueCoverageTests {
  /// The statuses of every automated check over all hosts.
  private static func seen() throws -> [Slug: Set<Status>] {
    let profiles = try profiles()
    let automated = profiles.checks.values.filter { $0.manual == nil }
    var seen: [Slug: Set<Status>] = Dictionary(uniqueKeysWithValues: automated.map { ($0.slug, []) })
    for host in RecordedHost.all {
      let snapshot = try host.look()
      for check in automated {
        seen[check.slug]?.insert(verdict(on: check, in: snapshot, defaults: profiles.defaults).status)
      }
    }
    return seen
  }

  @Test("One host passes it and one fails it, but for the exceptions, which are all still needed")
  func covered() throws {
    let seen = try Self.seen()
    func missing(_ status: Status) -> [Slug] { seen.filter { !$0.value.contains(status) }.keys.sorted() }
    #expect(missing(.pass) == neverPasses.keys.sorted(), "no host passes these")
    #expect(missing(.fail) == neverFails.keys.sorted(), "no host fails these")
    for reason in Array(neverPasses.values) + neverFails.values { #expect(!reason.isEmpty) }
  }

  @Test("No check ends in an error on any host")
  func noErrors() throws {
    #expect(try Self.seen().filter { $0.value.contains(.error) }.keys.sorted() == [])
  }
}
