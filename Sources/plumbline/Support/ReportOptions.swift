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

  /// Writes the report and ends with the status that it gives.
  func deliver(_ report: Report, profiles: Profiles) throws {
    let slugs = Set(report.results.map(\.check))
    let known = profiles.checks.filter { slugs.contains($0.key) }.mapValues(\.reportTexts)
    let destination = Output(output)
    switch format {
    case .table:
      let terminal = Terminal(STDOUT_FILENO)
      let isFile = if case .file = destination { true } else { false }
      let text = renderTable(
        report, width: isFile ? 100 : terminal.width, color: terminal.hasColor && !isFile, texts: known)
      try destination.write(Array(text.utf8))
    case .json:
      var report = report
      if texts { report.texts = known }
      try destination.write(try encodeReport(report))
    }
    let status = Gate(failOn: failOn.severity, minimumScore: minScore).status(of: report)
    if status != .clean { throw status }
  }
}

extension Check {
  var reportTexts: Report.Texts {
    Report.Texts(
      title: texts.title, rationale: texts.rationale, remediation: texts.remediation,
      references: texts.references)
  }
}
