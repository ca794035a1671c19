import ArgumentParser
import Facts
import Glibc
import Judge
import Profiles
import Reports

/// `plumbline diff`: what changed between two reports or snapshots.
struct Diff: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, json
  }

  static let configuration = CommandConfiguration(
    abstract: "Show what changed between two reports or two snapshots.",
    discussion: """
      Two snapshots are judged first, by the same benchmark and each on its own day; what they state differently is shown beside the \
      verdicts. Reports must be by the same benchmark. docs/diff.md says when a check is worse.

      Examples:
        plumbline diff golden.json today.json
        plumbline diff --benchmark cis-kubernetes-1.12 before.snapshot.json after.snapshot.json

      Exit status: 0 same or better, 1 at least one check is worse, 2 input that can't be compared.
      """)

  @Argument(help: "A report or a snapshot; '-' is standard input.", completion: .file())
  var before: String

  @Argument(help: "Another one of the same kind.", completion: .file())
  var after: String

  @Option(help: ArgumentHelp("The form of the output.", valueName: "format"))
  var format = Format.table

  @Option(
    help: ArgumentHelp("Write there instead of to standard output.", valueName: "file"), completion: .file())
  var output: String?

  @OptionGroup(title: "By what (snapshots)") var judging: JudgingOptions

  func validate() throws {
    if before == "-", after == "-" { throw ValidationError("standard input can be one of the two.") }
  }

  func run() throws {
    let basis = try judging.load()
    let comparison = try compare(
      try Self.read(before), try Self.read(after), basis, try judging.loadWaivers(for: basis.profiles))
    let output = try Output(self.output)
    switch format {
    case .json: try output.write(try encodeComparison(comparison))
    case .table:
      let terminal = Terminal(STDOUT_FILENO)
      let isFile = self.output.map { $0 != "-" } ?? false
      let text = renderComparison(
        comparison, width: isFile ? 100 : terminal.width, color: terminal.hasColor && !isFile,
        texts: basis.profiles.checks.mapValues(\.reportTexts))
      try output.write(Array(text.utf8))
    }
    if comparison.outcome == .worse { throw ExitStatus.findings }
  }

  private func compare(
    _ before: Document, _ after: Document, _ basis: JudgingBasis, _ waivers: [Waiver]
  ) throws -> Comparison {
    do {
      switch (before, after) {
      case (.report(let before, _), .report(let after, _)):
        return try Comparison(before, after)
      case (.snapshot(let before), .snapshot(let after)):
        // Where the benchmark fits the host, that of the host as it is now is for both.
        let (benchmark, note) = try basis.benchmark(for: after)
        func judged(_ snapshot: Snapshot) -> Report {
          judge(
            snapshot, by: benchmark, defaults: basis.profiles.defaults, waiving: waivers,
            on: snapshot.run.day,
            note: note)
        }
        return try Comparison(judged(before), judged(after), facts: FactComparison(before, after))
      case (.report, .snapshot), (.snapshot, .report):
        throw Failure(
          "a report and a snapshot can't be compared; 'plumbline judge' makes a report of a snapshot")
      }
    } catch let error as DocumentError {
      throw Failure("\(self.before), \(self.after): \(error)")
    }
  }

  private static func read(_ name: String) throws -> Document {
    do {
      return try decodeDocument(try readInput(name))
    } catch let error as DocumentError {
      throw Failure("\(name): \(error)")
    }
  }
}
