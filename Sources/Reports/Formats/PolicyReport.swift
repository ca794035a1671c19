import Facts

/// Which of the two API groups an object is for: the older of the Kubernetes policy working group, or its successor.
package enum PolicyReportKind: Sendable {
  /// wgpolicyk8s.io/v1alpha2, ClusterPolicyReport.
  case policyReport
  /// openreports.io/v1alpha1, ClusterReport.
  case openReports
}

/// An object of the cluster's API about this node, to be applied by whoever may write it.
///
/// It lists what calls for action: etcd takes requests of 1.5 MiB, and thousands of nodes with hundreds of passes each would fill
/// it. The summary counts all results.
package func renderPolicyReport(_ described: DescribedReport, as kind: PolicyReportKind) throws(DocumentError)
  -> [UInt8]
{
  var most = PolicyReportObject.mostResults
  while true {
    let bytes = try compactJSON(PolicyReportObject(described, kind, most: most)) + [UInt8(ascii: "\n")]
    if bytes.count <= PolicyReportObject.mostBytes || most == 0 { return bytes }
    most /= 2
  }
}

private struct PolicyReportObject: Encodable {
  static let mostResults = 1_000
  /// Well under etcd's --max-request-bytes of 1,572,864.
  static let mostBytes = 1 << 20

  struct Metadata: Encodable {
    let name: String
    let labels: [String: String]
    let annotations: [String: String]
  }
  struct Scope: Encodable {
    let apiVersion = "v1"
    let kind = "Node"
    let name: String
  }
  struct Summary: Encodable {
    let pass: Int
    let fail: Int
    let warn = 0
    let error: Int
    let skip: Int
  }
  struct Configuration: Encodable {
    struct Limits: Encodable {
      let maxResults = mostResults
      let statusFilter = ["fail", "error"]
    }

    let limits = Limits()
  }
  struct Time: Encodable {
    let seconds: Int64
    let nanos: Int32 = 0
  }
  struct Item: Encodable {
    let policy: String
    let rule: String
    let source: String?
    let category: String
    let severity: String
    let scored = true
    let result: String
    let timestamp: Time
    let message: String
    let properties: [String: String]
  }

  let apiVersion: String
  let kind: String
  let metadata: Metadata
  let source: String?
  let scope: Scope
  let configuration: Configuration?
  let summary: Summary
  let results: [Item]

  init(_ described: DescribedReport, _ kind: PolicyReportKind, most: Int) {
    let report = described.report
    switch kind {
    case .policyReport:
      apiVersion = "wgpolicyk8s.io/v1alpha2"
      self.kind = "ClusterPolicyReport"
      source = nil
      configuration = nil
    case .openReports:
      apiVersion = "openreports.io/v1alpha1"
      self.kind = "ClusterReport"
      source = "plumbline"
      configuration = Configuration()
    }
    var annotations = [
      "plumbline/benchmark-digest": report.benchmark.digest, "plumbline/run-id": report.run.id,
      "plumbline/level": String(report.score.node.level),
    ]
    let open = report.results.filter { [.fail, .unknown, .error].contains($0.verdict.status) }
    // A list that was cut must not look whole.
    if open.count > most { annotations["plumbline/results-omitted"] = String(open.count - most) }
    metadata = Metadata(
      name: Self.objectName("plumbline-\(report.benchmark.name)-\(described.hostName)"),
      labels: ["app.kubernetes.io/managed-by": "plumbline"], annotations: annotations)
    scope = Scope(name: described.hostName)
    func count(_ statuses: Set<Status>) -> Int {
      report.results.filter { statuses.contains($0.verdict.status) }.count
    }
    summary = Summary(
      pass: count([.pass]), fail: count([.fail]), error: count([.unknown, .error]),
      skip: count([.manual, .notApplicable, .waived]))
    let worst = Severity.allCases.sorted(by: >).flatMap { severity in open.filter { $0.severity == severity }
    }
    results = worst.prefix(most).map { Self.item($0, described, kind) }
  }

  private static func item(_ result: CheckResult, _ described: DescribedReport, _ kind: PolicyReportKind)
    -> Item
  {
    let report = described.report
    var properties = ["check": result.check, "status": result.verdict.status.rawValue]
    properties["origin"] = result.origin
    if let evidence = result.verdict.evidence.first {
      properties["expected"] = evidence.expected
      properties["found"] = evidence.found
      properties["source"] = evidence.sources.first
    }
    return Item(
      policy: "\(report.benchmark.name)/\(report.benchmark.version)", rule: result.id,
      source: kind == .policyReport ? "plumbline" : nil, category: result.area,
      severity: result.severity.rawValue,
      result: result.verdict.status == .fail ? "fail" : "error",
      timestamp: Time(seconds: described.startedAt), message: described.message(result),
      properties: properties)
  }

  /// A DNS subdomain of at most 253 characters, RFC 1123. A name that is none, or is too long, is told from its like by a checksum.
  private static func objectName(_ name: String) -> String {
    let isKept = { (byte: UInt8) in (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) }
    let isSubdomain =
      name.utf8.count <= 253
      && name.split(separator: ".", omittingEmptySubsequences: false)
        .allSatisfy { label in
          label.utf8.count <= 63 && label.utf8.first.map(isKept) == true
            && label.utf8.last.map(isKept) == true
            && label.utf8.allSatisfy { isKept($0) || $0 == UInt8(ascii: "-") }
        }
    guard !isSubdomain else { return name }
    // FNV-1a, 64 bits.
    let sum = name.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    let safe = name.utf8.prefix(40).map { isKept($0) ? Character(Unicode.Scalar($0)) : "-" }
    return "\(String(safe))-\(String(sum, radix: 16))"
  }
}
