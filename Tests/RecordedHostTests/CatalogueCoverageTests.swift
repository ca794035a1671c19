import Facts
import Judge
import Profiles
import Reports
import Testing

/// What only a running host states, and a recording never runs: made by hand, once as it should be and once not.
private let running: [(check: Slug, good: Handmade, bad: Handmade)] = [
  (
    "host-is-identified",
    Handmade(subject: "host", facts: ["isRunning": .flag(true), "id": .text("0b8e")]),
    Handmade(subject: "host", facts: ["isRunning": .flag(true)])
  ),
  (
    "capabilities-auditor-sees",
    Handmade(
      subject: "capabilities",
      facts: ["auditor.effective": .texts(["cap_dac_read_search", "cap_sys_ptrace"])]),
    Handmade(subject: "capabilities", facts: ["auditor.effective": .texts(["cap_chown"])])
  ),
  (
    "lsm-sources-agree",
    Handmade(subject: "lsm", facts: ["stack.disagreement": .texts([])]),
    Handmade(subject: "lsm", facts: ["stack.disagreement": .texts(["bpf"])])
  ),
]

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
    let alive = Handmade(subject: "host", facts: ["isRunning": .flag(true)])
    for (slug, good, bad) in running {
      for host in [good, bad] {
        let others = host.subject == "host" ? [] : [alive]
        seen[slug]?.insert(try host.verdict(on: slug, with: others).status)
      }
    }
    return seen
  }

  @Test("One host passes it and one fails it, without exception")
  func covered() throws {
    let seen = try Self.seen()
    func missing(_ status: Status) -> [Slug] { seen.filter { !$0.value.contains(status) }.keys.sorted() }
    #expect(missing(.pass) == [], "no host passes these")
    #expect(missing(.fail) == [], "no host fails these")
  }

  @Test("No check ends in an error on any host")
  func noErrors() throws {
    #expect(try Self.seen().filter { $0.value.contains(.error) }.keys.sorted() == [])
  }
}
