import Collectors
import Facts
import Host
import Judge
import Profiles
import Reports
import SystemPackage
import TestSupport
import Testing

/// Files that other tools take for a sign of what a host is. Anyone can make them.
@Suite("What a host is comes from its kernel and its real files")
struct MarkerTests {
  private static let host = [
    "etc/passwd": "root:x:0:0::/root:/bin/sh\n", "etc/group": "root:x:0:\n", "etc/shadow": "root:*:1::::::\n",
    "proc/1/status": "Name:\tinit\n", "proc/sys/kernel/kptr_restrict": "0\n", "proc/cmdline": "quiet\n",
    "sys/kernel/security/lsm": "capability,apparmor\n", "sys/kernel/notes": "",
  ]

  @Test(
    "No marker file changes a verdict or the score",
    arguments: [
      ".dockerenv", "run/.containerenv", "run/systemd/container", "etc/lsb-release", "etc/is-a-container",
    ])
  func marker(_ name: String) throws {
    func report(_ files: [String: String]) throws -> Report {
      let tree = try HostTree(files)
      let snapshot = collect(
        from: try tree.view(), with: allCollectors,
        run: Run(id: "r", sequence: 1, startedAt: "2026-01-01T00:00:00Z"),
        auditor: Auditor(name: "plumbline", version: "test"))
      var loader = ProfileLoader(subjects: allSubjects)
      loader.add(embeddedProfiles())
      let profiles = try loader.load()
      let baseline = try #require(profiles.benchmarks["node-baseline"])
      let report = judge(snapshot, by: baseline, defaults: profiles.defaults, on: "2026-01-01")
      #expect(report.score.node.coverage.decided > 0)
      return report
    }
    var marked = Self.host
    marked[name] = "docker\n"
    let (with, without) = (try report(marked), try report(Self.host))
    #expect(with.results.map(\.verdict) == without.results.map(\.verdict))
    #expect(with.score == without.score)
  }
}
