import FoundationEssentials
package import Reports

/// A report as it lies in the spool: as JSON, or signed in an envelope. Reading it here proves it whole, not genuine: that is for
/// whoever holds the keys.
package struct ReportFile: Sendable {
  package let report: Report
  package let isSigned: Bool

  /// The parts of a DSSE envelope and an in-toto statement that the report lies in.
  private struct Envelope: Decodable { let payload: String }
  private struct Statement: Decodable { let predicate: Report }

  /// - Throws: `DocumentError` where it is neither.
  package init(_ bytes: [UInt8]) throws(DocumentError) {
    let decoder = JSONDecoder()
    guard let envelope = try? decoder.decode(Envelope.self, from: Data(bytes)) else {
      report = try decodeReport(bytes)
      isSigned = false
      return
    }
    guard let payload = Data(base64Encoded: envelope.payload),
      let statement = try? decoder.decode(Statement.self, from: payload)
    else { throw .malformed(path: "payload", reason: "holds no report") }
    report = statement.predicate
    isSigned = true
  }
}
