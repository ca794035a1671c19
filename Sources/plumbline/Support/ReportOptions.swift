import ArgumentParser
import Facts
import Glibc
import Profiles
import Reports

/// How a report leaves the program, and what exit status it gives.
struct ReportOptions: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, json
  }

  enum Threshold: String, ExpressibleByArgument, CaseIterable {
    case critical, high, medium, low, none

    var severity: Severity? { Severity(rawValue: rawValue) }
  }

  @Option(help: ArgumentHelp("The form of the report.", valueName: "format"))
  var format = Format.table

  @Option(
    help: ArgumentHelp(
      "Write there instead of to standard output; replaced whole or not at all.", valueName: "file"),
    completion: .file())
  var output: String?

  @Flag(help: "Add every check's title, rationale, remediation and references to the JSON.")
  var texts = false

  @Option(
    help: ArgumentHelp("Exit with 1 on a failed check of at least this severity.", valueName: "severity"))
  var failOn = Threshold.low

  @Option(
    help: ArgumentHelp(
      "Exit with 1 where the node's percentage is under this, with 3 where it is withheld.",
      valueName: "0-100"))
  var minScore: Double?

  func validate() throws {
    if let minScore, !(0...100).contains(minScore) {
      throw ValidationError("--min-score is a percentage, 0 to 100.")
    }
  }

  /// Opens what the report goes to.
  /// - Throws: `Failure` where it can't be.
  func open() throws -> Delivery { Delivery(options: self, output: try Output(output)) }
}

/// A report's way out, opened before the host is looked at: afterwards nothing can be opened.
struct Delivery: ~Copyable {
  private let options: ReportOptions
  private let terminal: Terminal
  private let output: Output

  var place: Output.Place? { output.place }

  init(options: ReportOptions, output: consuming Output) {
    self.options = options
    self.output = output
    terminal = Terminal(STDOUT_FILENO)
  }

  /// Writes the report and ends with the status that it gives.
  consuming func deliver(_ report: Report, profiles: Profiles) throws {
    let slugs = Set(report.results.map(\.check))
    let known = profiles.checks.filter { slugs.contains($0.key) }.mapValues(\.reportTexts)
    let status = Gate(failOn: options.failOn.severity, minimumScore: options.minScore).status(of: report)
    let bytes = try options.bytes(of: report, known, terminal)
    try output.write(bytes)
    if status != .clean { throw status }
  }
}

extension ReportOptions {
  fileprivate func bytes(of report: Report, _ known: [String: Report.Texts], _ terminal: Terminal) throws
    -> [UInt8]
  {
    switch format {
    case .table:
      let isFile = output.map { $0 != "-" } ?? false
      let text = renderTable(
        report, width: isFile ? 100 : terminal.width, color: terminal.hasColor && !isFile, texts: known)
      return Array(text.utf8)
    case .json:
      var report = report
      if texts { report.texts = known }
      return try encodeReport(report)
    }
  }
}

extension Check {
  var reportTexts: Report.Texts {
    Report.Texts(
      title: texts.title, rationale: texts.rationale, remediation: texts.remediation,
      references: texts.references)
  }
}
