import ArgumentParser
import Facts
import Judge
import Profiles
import Reports

/// `plumbline judge`: a snapshot's report, without the host.
struct JudgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "judge", abstract: "Judge a snapshot, without its host.",
    discussion: "The same snapshot, benchmark and day give the same bytes.")

  @Argument(help: "A snapshot that 'plumbline collect' wrote; '-' is standard input.", completion: .file())
  var snapshot: String

  @Option(
    help: ArgumentHelp("The day to judge on; the snapshot's own unless given.", valueName: "yyyy-mm-dd"))
  var day: String?

  @OptionGroup(title: "By what") var judging: JudgingOptions
  @OptionGroup(title: "The report") var report: ReportOptions

  func validate() throws {
    if let day, day.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) == nil {
      throw ValidationError("--day is YYYY-MM-DD.")
    }
  }

  func run() throws {
    let basis = try judging.load()
    let waivers = try judging.loadWaivers(for: basis.profiles)
    let snapshot = try readSnapshot(self.snapshot)
    let (benchmark, note) = try basis.benchmark(for: snapshot)
    try report.open().deliver(
      Judge.judge(
        snapshot, by: benchmark, defaults: basis.profiles.defaults, waiving: waivers,
        on: day ?? snapshot.run.day, note: note),
      profiles: basis.profiles)
  }
}

/// Reads a snapshot that the user named.
/// - Throws: `Failure` that says what is wrong with it.
func readSnapshot(_ name: String) throws -> Snapshot {
  do {
    return try decodeSnapshot(try readInput(name))
  } catch let error as DocumentError {
    throw Failure("\(name): \(error)")
  }
}
