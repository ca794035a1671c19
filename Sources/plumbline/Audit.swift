import ArgumentParser
import Facts
import Judge
import Profiles
import Reports

/// `plumbline audit`: collect, judge and report in a row.
struct Audit: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look at a host, judge it, and report.",
    discussion: """
      The same as 'plumbline collect | plumbline judge -', in one step.

      Examples:
        plumbline audit
        plumbline audit --benchmark cis-kubernetes-1.12 --fail-on high
        plumbline audit --root /host --format json --output /var/lib/plumbline/report.json
      """)

  @OptionGroup(title: "Which host") var host: HostOptions
  @OptionGroup(title: "By what") var judging: JudgingOptions
  @OptionGroup(title: "The report") var report: ReportOptions

  func run() throws {
    let (profiles, benchmark) = try judging.load()
    let waivers = try judging.loadWaivers(for: profiles)
    let snapshot = try host.look()
    try report.deliver(
      judge(snapshot, by: benchmark, defaults: profiles.defaults, waiving: waivers, on: snapshot.run.day),
      profiles: profiles)
  }
}
