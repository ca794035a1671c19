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
        plumbline audit --benchmark auto
        plumbline audit --benchmark cis-kubernetes-1.12 --level 1 --fail-on high
        plumbline audit --root /host --format json --output /var/lib/plumbline/report.json
      """)

  @OptionGroup(title: "Which host") var host: HostOptions
  @OptionGroup(title: "By what") var judging: JudgingOptions
  @OptionGroup(title: "The report") var report: ReportOptions

  func run() throws {
    let basis = try judging.load()
    let waivers = try judging.loadWaivers(for: basis.profiles)
    let delivery = try report.open()
    let snapshot = try host.look(for: delivery.place)
    let (benchmark, note) = try basis.benchmark(for: snapshot)
    try delivery.deliver(
      judge(
        snapshot, by: benchmark, defaults: basis.profiles.defaults, waiving: waivers, on: snapshot.run.day,
        note: note),
      profiles: basis.profiles)
  }
}
