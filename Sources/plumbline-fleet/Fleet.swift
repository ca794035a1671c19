import ArgumentParser

/// The fleet's program: takes nodes' reports and answers questions about all of them.
@main
struct PlumblineFleet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plumbline-fleet",
    abstract: "Many nodes' reports, one answer.",
    discussion: """
      Takes what 'plumbline audit --format json' or the agent writes, signed or not, and keeps of it the present state of every node, \
      what has changed, and sums by day; it is all in one file, given by --store. Start with:

        plumbline-fleet ingest --store fleet.db report.json
        plumbline-fleet summary --store fleet.db

      Exit status: 0 done, 1 something was refused, 2 wrong use, 3 the store could not be used.
      """,
    subcommands: [
      Ingest.self, Serve.self, Summary.self, Checks.self, Areas.self, Check.self, NodeCommand.self,
      Drift.self,
      Outliers.self, Stale.self,
      Waivers.self, Refusals.self, Rejudge.self, Export.self, Expire.self, Demo.self, Prepare.self,
    ])
}
