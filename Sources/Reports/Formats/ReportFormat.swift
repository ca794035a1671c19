/// The forms that a report can take, one file each in this folder; docs/formats.md has the mapping of each.
package enum ReportFormat: String, CaseIterable, Sendable {
  case table, json, ndjson, junit, sarif, ocsf, policyreport, openreports, prometheus, xccdf, markdown, html

  /// The report in this form.
  /// - Parameters:
  ///   - texts: The checks' words by slug.
  ///   - width: The columns of the table.
  ///   - color: Whether the table may be coloured.
  ///   - withTexts: Whether JSON carries the checks' words.
  /// - Throws: `DocumentError` where it can't be written in this form.
  package func render(
    _ report: Report, texts: [String: Report.Texts], width: Int = 100, color: Bool = false,
    withTexts: Bool = false
  ) throws(DocumentError) -> [UInt8] {
    switch self {
    case .table: return Array(renderTable(report, width: width, color: color, texts: texts).utf8)
    case .json:
      var report = report
      if withTexts { report.texts = texts }
      return try encodeReport(report)
    case .ndjson: return try renderNDJSON(DescribedReport(report, texts: texts))
    case .junit: return renderJUnit(try DescribedReport(report, texts: texts))
    case .sarif: return try renderSARIF(DescribedReport(report, texts: texts))
    case .ocsf: return try renderOCSF(DescribedReport(report, texts: texts))
    case .policyreport:
      return try renderPolicyReport(DescribedReport(report, texts: texts), as: .policyReport)
    case .openreports: return try renderPolicyReport(DescribedReport(report, texts: texts), as: .openReports)
    case .prometheus: return renderPrometheus(try DescribedReport(report, texts: texts))
    case .xccdf: return renderXCCDF(try DescribedReport(report, texts: texts))
    case .markdown: return renderMarkdown(try DescribedReport(report, texts: texts))
    case .html: return renderHTML(try DescribedReport(report, texts: texts))
    }
  }
}
