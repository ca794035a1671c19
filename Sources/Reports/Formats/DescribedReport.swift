import Facts
import FoundationEssentials

/// A report with the checks' words: what every format for people and other programs says of a result.
package struct DescribedReport: Sendable {
  package let report: Report
  private let texts: [String: Report.Texts]
  /// When the look began, in whole seconds since 1970.
  let startedAt: Int64

  /// - Parameter texts: The checks' words by slug; a report that carries its own needs none. A check without is shown by its slug.
  /// - Throws: `DocumentError` where the run's time is none: formats that are dated would have to guess it.
  package init(_ report: Report, texts: [String: Report.Texts] = [:]) throws(DocumentError) {
    self.report = report
    self.texts = texts.merging(report.texts ?? [:]) { given, _ in given }
    let text = report.run.startedAt
    guard text.wholeMatch(of: /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z/) != nil,
      let date = try? Date(text, strategy: .iso8601)
    else {
      throw .malformed(path: "run.startedAt", reason: "'\(printable(text.utf8, atMost: 80))' is no UTC time")
    }
    startedAt = Int64(date.timeIntervalSince1970)
  }

  /// The node's name, else what the host calls itself, else its id.
  var hostName: String { report.host.nodeName ?? report.host.hostname ?? report.host.id ?? "unnamed-host" }

  /// What stays the same for this host and this check from run to run.
  func stableID(_ result: CheckResult) -> String {
    "\(report.host.id ?? hostName)/\(report.benchmark.name)/\(result.id)"
  }

  /// `new` or `known` of a failure, where the run was given an earlier report.
  func novelty(_ result: CheckResult) -> String? {
    guard result.verdict.status == .fail, let baseline = report.baseline else { return nil }
    return baseline.known.contains(result.id) ? "known" : "new"
  }

  func texts(_ result: CheckResult) -> Report.Texts? { texts[result.check] }

  /// The check's title, and who says so where it is another program.
  func title(_ result: CheckResult) -> String {
    let title = texts[result.check]?.title ?? result.check
    return result.origin.map { "\(title) (from \($0))" } ?? title
  }

  /// One line: why the result is what it is.
  func message(_ result: CheckResult) -> String {
    if let reason = result.verdict.reason { return reason.message ?? reason.code.meaning }
    let found = Self.summary(result)
    if case .waived(let waived, _) = result.verdict { return "\(Self.words(waived)): \(found)" }
    return found
  }

  /// The first piece of evidence, and how many more there are.
  static func summary(_ result: CheckResult) -> String {
    let claim = result.verdict.evidence.first.map(claim) ?? result.verdict.status.rawValue
    let more = result.verdict.evidence.count - 1 + result.evidenceDropped
    return more > 0 ? "\(claim) (and \(more) more)" : claim
  }

  static func words(_ waived: Waived) -> String {
    "waived until \(waived.expires) by \(waived.owner): \(waived.reason)"
  }

  /// `kubelet[812] readOnlyPort = 10255, expected 0`
  static func claim(_ evidence: Evidence) -> String {
    let owner = evidence.entity.isEmpty ? "" : "\(evidence.entity) "
    let expected = evidence.expected == Evidence.forInformation ? "" : ", expected \(evidence.expected)"
    return "\(owner)\(evidence.fact) = \(evidence.found)\(expected)"
  }
}

/// JSON as all the formats write it: sorted keys, slashes as they are.
func compactJSON(_ value: some Encodable, snakeCase: Bool = false) throws(DocumentError) -> [UInt8] {
  let encoder = JSONEncoder()
  if snakeCase { encoder.keyEncodingStrategy = .convertToSnakeCase }
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  do {
    return Array(try encoder.encode(value))
  } catch {
    throw .notEncodable("\(error)")
  }
}
