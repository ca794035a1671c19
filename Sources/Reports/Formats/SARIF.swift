import Facts

/// SARIF 2.1.0 (OASIS), for code scanning of a golden image or one host: locations are paths below the host's root.
///
/// Its results are the failures, waived ones suppressed: code scanning takes every result for a problem, whatever its `kind`. What could
/// not be decided, and what a person must judge, are notifications of the invocation; what passed is a rule without a result.
package func renderSARIF(_ described: DescribedReport) throws(DocumentError) -> [UInt8] {
  try compactJSON(SARIF.Log(described)) + [UInt8(ascii: "\n")]
}

private enum SARIF {
  struct Log: Encodable {
    let version = "2.1.0"
    let schema = "https://json.schemastore.org/sarif-2.1.0.json"
    let runs: [Run]

    enum CodingKeys: String, CodingKey {
      case version, runs
      case schema = "$schema"
    }

    init(_ described: DescribedReport) { runs = [Run(described)] }
  }

  struct Message: Encodable { let text: String }

  struct Run: Encodable {
    struct Tool: Encodable { let driver: Driver }
    struct Details: Encodable { let id: String }
    struct Base: Encodable { let description: Message }

    let tool: Tool
    let automationDetails: Details
    let originalUriBaseIds = [
      "HOSTROOT": Base(description: Message(text: "The root directory of the audited host."))
    ]
    let invocations: [Invocation]
    let results: [Result]

    init(_ described: DescribedReport) {
      let report = described.report
      tool = Tool(driver: Driver(described))
      // The run's id is its last part, 3.17.3: a guid here is of version 1 to 5, and the run's is of version 7.
      automationDetails = Details(
        id: "plumbline/\(report.benchmark.name)/\(described.hostName)/\(report.run.id)")
      let indices = Dictionary(report.results.enumerated().map { ($1.id, $0) }) { first, _ in first }
      invocations = [Invocation(described, indices)]
      results = report.results.filter { [.fail, .waived].contains($0.verdict.status) }
        .map { Result($0, indices[$0.id] ?? 0, described) }
    }
  }

  struct Driver: Encodable {
    let name = "plumbline"
    let semanticVersion: String
    let rules: [Rule]

    init(_ described: DescribedReport) {
      semanticVersion = described.report.auditor.version
      rules = described.report.results.map { Rule($0, described) }
    }
  }

  struct Rule: Encodable {
    struct Configuration: Encodable { let level: String }
    struct Properties: Encodable {
      let tags: [String]
      /// What code scanning sorts by: a string of a number from 0 to 10.
      let securitySeverity: String

      enum CodingKeys: String, CodingKey {
        case tags
        case securitySeverity = "security-severity"
      }
    }

    let id: String
    let name: String
    let shortDescription: Message
    let fullDescription: Message?
    let help: Message?
    let defaultConfiguration: Configuration
    let properties: Properties

    init(_ result: CheckResult, _ described: DescribedReport) {
      id = result.id
      name = result.check
      shortDescription = Message(text: described.title(result))
      let texts = described.texts(result)
      fullDescription = texts.map { Message(text: $0.rationale) }
      help = texts.map { Message(text: ([$0.remediation] + $0.references).joined(separator: "\n")) }
      defaultConfiguration = Configuration(level: SARIF.level(result.severity))
      properties = Properties(
        tags: ["security", result.area] + (result.origin.map { ["from-\($0)"] } ?? []),
        securitySeverity: SARIF.number(result.severity))
    }
  }

  struct Invocation: Encodable {
    struct Rule: Encodable {
      let id: String
      let index: Int
    }
    struct Notification: Encodable {
      let level: String
      let message: Message
      var associatedRule: Rule?
    }

    let executionSuccessful = true
    let startTimeUtc: String
    let toolExecutionNotifications: [Notification]

    init(_ described: DescribedReport, _ indices: [String: Int]) {
      let report = described.report
      startTimeUtc = report.run.startedAt
      let undecided = report.results.compactMap { result -> Notification? in
        let status = result.verdict.status
        guard [.unknown, .error, .manual].contains(status) else { return nil }
        return Notification(
          level: status == .manual || report.needsRunningHost(result)
            ? "note" : status == .error ? "error" : "warning",
          message: Message(
            text: "\(status.rawValue): \(described.title(result)): \(described.message(result))"),
          associatedRule: Rule(id: result.id, index: indices[result.id] ?? 0))
      }
      toolExecutionNotifications =
        undecided
        + report.collectors.flatMap { run in
          run.problems.map {
            Notification(level: "warning", message: Message(text: "\(run.name): \($0.place): \($0.message)"))
          }
        }
    }
  }

  struct Result: Encodable {
    struct Suppression: Encodable {
      let kind = "external"
      let status = "accepted"
      let justification: String
    }

    let ruleId: String
    let ruleIndex: Int
    let kind = "fail"
    let level: String
    let message: Message
    let locations: [Location]
    let partialFingerprints: [String: String]
    /// Empty where there is none: left out, it would not be known (3.27.23).
    let suppressions: [Suppression]
    /// Left out where there is no baseline.
    let baselineState: String?

    init(_ result: CheckResult, _ index: Int, _ described: DescribedReport) {
      ruleId = result.id
      ruleIndex = index
      level = SARIF.level(result.severity)
      message = Message(text: described.message(result))
      locations = Location.all(result, described)
      partialFingerprints = ["plumblineResult/v1": described.stableID(result)]
      suppressions =
        if case .waived(let waived, _) = result.verdict {
          [Suppression(justification: DescribedReport.words(waived))]
        } else {
          []
        }
      baselineState = described.report.baseline.map { _ in
        described.novelty(result) == "new" ? "new" : "unchanged"
      }
    }
  }

  struct Location: Encodable {
    struct Artifact: Encodable {
      let uri: String
      let uriBaseId = "HOSTROOT"
    }
    struct Region: Encodable { let startLine: Int }
    struct Physical: Encodable {
      let artifactLocation: Artifact
      let region: Region?

      /// The host's root directory, where no file is to be named: a result without a file is refused by code scanning.
      static let root = Physical(artifactLocation: Artifact(uri: "./"), region: nil)

      init(artifactLocation: Artifact, region: Region?) {
        self.artifactLocation = artifactLocation
        self.region = region
      }
    }
    struct Logical: Encodable {
      let fullyQualifiedName: String
      let kind = "resource"
    }

    let physicalLocation: Physical
    let logicalLocations: [Logical]

    /// Where the deciding facts were read; a source that is no file has no place of its own.
    static func all(_ result: CheckResult, _ described: DescribedReport) -> [Location] {
      let node = "node/\(described.hostName)"
      let found = result.verdict.evidence.prefix(10).compactMap { evidence -> Location? in
        let entity = evidence.entity.isEmpty ? node : "\(node)/\(evidence.entity)"
        guard let place = evidence.sources.first.flatMap(Physical.init(source:)) else { return nil }
        return Location(physicalLocation: place, logicalLocations: [Logical(fullyQualifiedName: entity)])
      }
      return found.isEmpty
        ? [Location(physicalLocation: .root, logicalLocations: [Logical(fullyQualifiedName: node)])] : found
    }
  }

  static func level(_ severity: Severity) -> String {
    switch severity {
    case .critical, .high: "error"
    case .medium: "warning"
    case .low: "note"
    }
  }

  static func number(_ severity: Severity) -> String {
    switch severity {
    case .critical: "9.5"
    case .high: "7.5"
    case .medium: "5.0"
    case .low: "2.5"
    }
  }
}

extension SARIF.Location.Physical {
  /// From a source as evidence writes it: `/etc/ssh/sshd_config:12 PermitRootLogin`. Nil where it names no path.
  init?(source: String) {
    guard source.hasPrefix("/"), let first = source.split(separator: " ").first else { return nil }
    let parts = first.split(separator: ":", omittingEmptySubsequences: false)
    let line = parts.count > 1 ? parts.last.flatMap { Int($0) } : nil
    let path = line == nil ? String(first) : parts.dropLast().joined(separator: ":")
    let uri = Self.percentEncoded(path.drop { $0 == "/" })
    self.init(
      artifactLocation: .init(uri: uri.isEmpty ? "./" : uri),
      region: line.flatMap { $0 > 0 ? .init(startLine: $0) : nil })
  }

  /// RFC 3986, 3.3: what a relative path may hold as it is.
  private static func percentEncoded(_ path: Substring) -> String {
    path.utf8.reduce(into: "") { output, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        output.unicodeScalars.append(Unicode.Scalar(byte))
      case _ where "-._~/!$&'()*+,;=@".utf8.contains(byte):
        output.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        output += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
  }
}
