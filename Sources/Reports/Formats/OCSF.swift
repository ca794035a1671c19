import Facts

/// OCSF 1.6.0 Compliance Findings (class 2003) as JSON Lines, one for each result; schema.ocsf.io.
package func renderOCSF(_ described: DescribedReport) throws(DocumentError) -> [UInt8] {
  var lines: [UInt8] = []
  for result in described.report.results {
    lines += try compactJSON(ComplianceFinding(result, described), snakeCase: true)
    lines.append(UInt8(ascii: "\n"))
  }
  return lines
}

private struct ComplianceFinding: Encodable {
  struct Product: Encodable {
    let name = "plumbline"
    let vendorName = "plumbline"
    let version: String
  }
  struct Metadata: Encodable {
    let version = "1.6.0"
    let profiles = ["host"]
    let product: Product
    let uid: String
    let correlationUid: String
    let eventCode: String
  }
  struct Information: Encodable {
    let uid: String
    let title: String
    let desc: String?
  }
  struct Check: Encodable {
    let uid: String
    let name: String
    let standards: [String]
    let severityId: Int
    let statusId: Int
  }
  struct Compliance: Encodable {
    let standards: [String]
    let control: String
    let statusId: Int
    let status: String
    /// Our own word: several of ours share one of theirs.
    let statusCode: String
    let statusDetails: [String]
    let checks: [Check]
  }
  struct System: Encodable {
    let name: String
    /// Linux.
    let typeId = 200
    let version: String?
  }
  struct Device: Encodable {
    /// Server.
    let typeId = 1
    let hostname: String
    let uid: String?
    let os: System?
  }
  struct Resource: Encodable {
    let name: String
    let type: String
    let uid: String?
  }
  struct Piece: Encodable {
    struct Content: Encodable {
      let entity: String
      let fact: String
      let expected: String
      let found: String
      let sources: [String]
    }

    let data: Content
  }
  struct Remediation: Encodable {
    let desc: String
    let references: [String]
  }

  /// Create.
  let activityId = 1
  let categoryUid = 2
  let classUid = 2003
  /// class_uid * 100 + activity_id.
  let typeUid = 200_301
  /// Milliseconds since 1970.
  let time: Int64
  let severityId: Int
  let statusId: Int
  let message: String
  let metadata: Metadata
  let findingInfo: Information
  let compliance: Compliance
  let device: Device
  let resources: [Resource]
  let evidences: [Piece]?
  let remediation: Remediation?
  /// Who answers for a waived failure, and why.
  let comment: String?

  init(_ result: CheckResult, _ described: DescribedReport) {
    let report = described.report
    let host = report.host
    time = described.startedAt * 1000
    severityId = Self.severity(result.severity)
    statusId = Self.findingStatus(result.verdict.status)
    message = described.message(result)
    metadata = Metadata(
      product: Product(version: report.auditor.version), uid: "\(report.run.id)/\(result.id)",
      correlationUid: report.run.id,
      eventCode: result.check)
    let texts = described.texts(result)
    findingInfo = Information(
      uid: described.stableID(result), title: described.title(result), desc: texts?.rationale)
    let standards = ["\(report.benchmark.title) \(report.benchmark.version)"]
    compliance = Compliance(
      standards: standards, control: result.id, statusId: Self.complianceStatus(result.verdict.status),
      status: Self.caption(result.verdict.status), statusCode: result.verdict.status.rawValue,
      statusDetails: [message],
      checks: [
        Check(
          uid: result.check, name: described.title(result), standards: standards, severityId: severityId,
          statusId: Self.complianceStatus(result.verdict.status))
      ])
    device = Device(
      hostname: described.hostName, uid: host.id,
      os: host.os.map { System(name: $0.name ?? $0.id, version: $0.version) })
    resources = [Resource(name: described.hostName, type: "node", uid: host.id)]
    let pieces = result.verdict.evidence.map {
      Piece(
        data: .init(
          entity: $0.entity, fact: $0.fact, expected: $0.expected, found: $0.found, sources: $0.sources))
    }
    evidences = pieces.isEmpty ? nil : pieces
    remediation = texts.map { Remediation(desc: $0.remediation, references: $0.references) }
    comment = if case .waived(let waived, _) = result.verdict { DescribedReport.words(waived) } else { nil }
  }

  /// compliance.status_id: 1 Pass, 2 Warning (no result for want of information), 3 Fail.
  private static func complianceStatus(_ status: Status) -> Int {
    switch status {
    case .pass: 1
    case .fail, .waived: 3
    case .manual, .unknown, .error: 2
    case .notApplicable: 99
    }
  }

  /// The names of compliance.status_id's values; 99 has none of its own.
  private static func caption(_ status: Status) -> String {
    switch status {
    case .pass: "Pass"
    case .fail, .waived: "Fail"
    case .manual, .unknown, .error: "Warning"
    case .notApplicable: "Not Applicable"
    }
  }

  /// status_id: 1 New, 3 Suppressed, 4 Resolved.
  private static func findingStatus(_ status: Status) -> Int {
    switch status {
    case .waived: 3
    case .pass, .notApplicable: 4
    case .fail, .manual, .unknown, .error: 1
    }
  }

  private static func severity(_ severity: Severity) -> Int {
    switch severity {
    case .low: 2
    case .medium: 3
    case .high: 4
    case .critical: 5
    }
  }
}
