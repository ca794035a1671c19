import ArgumentParser
import Facts
import Glibc
import Judge
import Profiles
import Reports
import Signing

/// How a report leaves the program, and what exit status it gives.
struct ReportOptions: ParsableArguments {
  enum Threshold: String, ExpressibleByArgument, CaseIterable {
    case critical, high, medium, low, none

    var severity: Severity? { Severity(rawValue: rawValue) }
  }

  @Option(
    help: ArgumentHelp(
      "The form of the report.",
      discussion: "docs/formats.md says what each is for, and how results are mapped.", valueName: "format"))
  var format = ReportFormat.table

  @Option(
    help: ArgumentHelp(
      "Write there instead of to standard output; replaced whole or not at all.", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Sign the JSON with this private key: Ed25519 or ECDSA P-256, in PEM.",
      discussion:
        "What is written is a DSSE envelope with an in-toto statement; 'plumbline verify' checks it.",
      valueName: "file"),
    completion: .file())
  var sign: String?

  @Flag(help: "Add every check's title, rationale, remediation and references to the JSON.")
  var texts = false

  @Option(
    help: ArgumentHelp("Exit with 1 on a failed check of at least this severity.", valueName: "severity"))
  var failOn = Threshold.low

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Add another program's results of this host, marked with their origin; may be given again.",
      discussion:
        "docs/opa.md has the format. Their failures count for --fail-on, and nothing of them for the score.",
      valueName: "file"),
    completion: .file())
  var results: [String] = []

  @Option(
    help: ArgumentHelp(
      "Exit with 1 only on failures that this earlier report (JSON) does not have.",
      discussion:
        "The report says which are new. What can't be told still gives 3, and --min-score still counts.",
      valueName: "report"),
    completion: .file())
  var baseline: String?

  @Option(
    help: ArgumentHelp(
      "Exit with 1 where the node's percentage is under this, with 3 where it is withheld.",
      valueName: "0-100"))
  var minScore: Double?

  func validate() throws {
    if let minScore, !(0...100).contains(minScore) {
      throw ValidationError("--min-score is a percentage, 0 to 100.")
    }
    if sign != nil, format != .json {
      throw ValidationError("--sign signs JSON: add --format json.")
    }
  }

  /// Opens what the report goes to.
  /// - Throws: `Failure` where it can't be.
  func open() throws -> Delivery {
    Delivery(
      options: self, key: try sign.map(Self.signingKey), baseline: try baseline.map(Self.report),
      outside: try results.map(Self.outside),
      output: try Output(output))
  }

  private static func outside(_ name: String) throws -> OutsideResults {
    let file = ProfileFile(path: name, bytes: try readInput(name, atMost: 16 << 20))
    do throws(ProfileError) {
      return try readOutsideResults(file)
    } catch {
      throw Failure("the results are refused, nothing was run:\n\(error)")
    }
  }

  private static func report(_ name: String) throws -> Report {
    do {
      return try decodeReport(try readInput(name))
    } catch let error as DocumentError {
      throw Failure("--baseline \(name): \(error)")
    }
  }

  private static func signingKey(_ name: String) throws -> SigningKey {
    do {
      return try SigningKey(pem: try readInput(name, atMost: 1 << 16))
    } catch let problem as KeyProblem {
      throw Failure("--sign \(name): \(problem)")
    }
  }
}

/// A report's way out, opened before the host is looked at: afterwards nothing can be opened.
struct Delivery: ~Copyable {
  private let options: ReportOptions
  private let key: SigningKey?
  private let baseline: Report?
  private let outside: [OutsideResults]
  private let terminal: Terminal
  private let output: Output

  var place: Output.Place? { output.place }

  init(
    options: ReportOptions, key: SigningKey?, baseline: Report?, outside: [OutsideResults],
    output: consuming Output
  ) {
    self.options = options
    self.key = key
    self.baseline = baseline
    self.outside = outside
    self.output = output
    terminal = Terminal(STDOUT_FILENO)
  }

  /// Writes the report and ends with the status that it gives.
  consuming func deliver(_ report: Report, profiles: Profiles) throws {
    let report = try options.held(try options.merged(report, outside), against: baseline)
    let slugs = Set(report.results.map(\.check))
    let known = profiles.checks.filter { slugs.contains($0.key) }.mapValues(\.reportTexts)
      .merging(report.texts ?? [:]) { own, _ in own }
    let status = Gate(failOn: options.failOn.severity, minimumScore: options.minScore).status(of: report)
    let bytes = try options.bytes(of: report, known, terminal, key)
    try output.write(bytes)
    if status != .clean { throw status }
  }
}

extension ReportOptions {
  fileprivate func merged(_ report: Report, _ outside: [OutsideResults]) throws -> Report {
    do throws(DocumentError) {
      var report = report
      for results in outside { report = try merging(results, into: report) }
      return report
    } catch {
      throw Failure("--results: \(error)")
    }
  }

  /// The report with what is new in it. A person at a table reads it there; everybody else on standard error.
  fileprivate func held(_ report: Report, against earlier: Report?) throws -> Report {
    guard let earlier else { return report }
    var report = report
    do throws(DocumentError) {
      report.baseline = try Baseline(report, since: earlier)
    } catch {
      throw Failure("--baseline \(baseline ?? ""): \(error)")
    }
    if format != .table, let baseline = report.baseline { printError("plumbline: \(baseline.summary)") }
    return report
  }

  fileprivate func bytes(
    of report: Report, _ known: [String: Report.Texts], _ terminal: Terminal, _ key: SigningKey?
  ) throws
    -> [UInt8]
  {
    if format == .json, let key {
      var report = report
      if texts { report.texts = known }
      return try SignedReport.sign(report, with: key)
    }
    let isFile = output.map { $0 != "-" } ?? false
    return try format.render(
      report, texts: known, width: isFile ? 100 : terminal.width, color: terminal.hasColor && !isFile,
      withTexts: texts)
  }
}

extension ReportFormat: ExpressibleByArgument {}

extension Check {
  var reportTexts: Report.Texts {
    Report.Texts(
      title: texts.title, rationale: texts.rationale, remediation: texts.remediation,
      references: texts.references)
  }
}
