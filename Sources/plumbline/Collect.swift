import ArgumentParser
import Facts
import Reports

/// `plumbline collect`: a host's facts, judged by nobody.
struct Collect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look at a host and write what was seen: a snapshot.",
    discussion: """
      A snapshot is JSON, has no verdicts, and can be judged later, elsewhere, and by a benchmark that does not exist yet. Keys, \
      tokens and passwords are never in it.
      """)

  @OptionGroup(title: "Which host") var host: HostOptions

  @Option(
    help: ArgumentHelp("Write there instead of to standard output.", valueName: "file"), completion: .file())
  var output: String?

  func run() throws {
    let output = try Output(self.output)
    let snapshot = try host.look(for: output.place)
    try output.write(try encodeSnapshot(snapshot))
  }
}
