import Crypto
import Facts
import FoundationEssentials
package import Reports

/// A report in an in-toto statement (in-toto.io/Statement/v1) in a DSSE envelope.
///
/// The statement's subjects are the report's own bytes and the set of profiles that judged it, each by its SHA-256: whoever trusts
/// the signature knows what was found and by which rules. The predicate is the report itself.
package enum SignedReport {
  /// in-toto attestation framework, spec/v1/envelope.md.
  package static let payloadType = "application/vnd.in-toto+json"
  static let statementType = "https://in-toto.io/Statement/v1"
  static let predicateType = "urn:plumbline:report:v1"

  struct Subject: Codable, Hashable {
    let name: String
    let digest: [String: String]
  }

  private struct Statement: Codable {
    let type: String
    let subject: [Subject]
    let predicateType: String
    let predicate: Report

    enum CodingKeys: String, CodingKey {
      case type = "_type"
      case subject, predicateType, predicate
    }
  }

  /// What an envelope holds.
  package struct Content: Sendable {
    package let report: Report
    /// SHA-256 in hexadecimal of the report as the program writes it to a file.
    package let digest: String
  }

  private static func subjects(of report: Report, _ digest: String) -> [Subject] {
    [
      Subject(name: "report", digest: ["sha256": digest]),
      Subject(name: "profiles/\(report.benchmark.name)", digest: ["sha256": report.benchmark.digest]),
    ]
  }

  private static func digest(_ bytes: some Sequence<UInt8>) -> String {
    hexadecimal(SHA256.hash(data: Array(bytes)))
  }

  /// The envelope as one line of JSON with a newline.
  /// - Throws: `KeyProblem` where signing fails, `DocumentError` where the report can't be written.
  package static func sign(_ report: Report, with key: SigningKey) throws -> [UInt8] {
    let statement = Statement(
      type: statementType, subject: subjects(of: report, digest(try encodeReport(report))),
      predicateType: predicateType,
      predicate: report)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let body = Array(try encoder.encode(statement))
    let envelope = try Envelope(signing: body, type: payloadType, with: key)
    return Array(try encoder.encode(envelope)) + [UInt8(ascii: "\n")]
  }

  /// The report in an envelope, whoever signed it: for a reader that holds no key, and must not take it for more than it is.
  /// - Throws: `VerificationProblem`.
  package static func unverified(_ bytes: [UInt8]) throws(VerificationProblem) -> Content {
    guard let envelope = try? JSONDecoder().decode(Envelope.self, from: Data(bytes)),
      envelope.payloadType == payloadType, let body = Data(base64Encoded: envelope.payload)
    else { throw .malformed("no DSSE envelope ('plumbline audit --sign KEY' writes one)") }
    return try content(of: Array(body))
  }

  /// The report in an envelope, if one of the keys signed it and it is what the statement says.
  /// - Throws: `VerificationProblem`.
  package static func verify(_ bytes: [UInt8], by keys: [VerifyingKey]) throws(VerificationProblem) -> (
    content: Content, key: VerifyingKey
  ) {
    let decoder = JSONDecoder()
    guard let envelope = try? decoder.decode(Envelope.self, from: Data(bytes)) else {
      throw .malformed("no DSSE envelope ('plumbline audit --sign KEY' writes one)")
    }
    let (payload, key) = try envelope.verified(by: keys, type: payloadType)
    return (try content(of: payload), key)
  }

  private static func content(of payload: [UInt8]) throws(VerificationProblem) -> Content {
    let canonical = CanonicalReport(payload, under: Statement.CodingKeys.predicate.stringValue)
    let statement: Statement
    do {
      statement = try JSONDecoder().decode(Statement.self, from: Data(canonical?.frame ?? payload))
    } catch {
      throw .malformed("the statement in it can't be read: \(error)")
    }
    guard statement.type == statementType else { throw .otherContent("'_type' is '\(statement.type)'") }
    guard statement.predicateType == predicateType else {
      throw .otherContent("'predicateType' is '\(statement.predicateType)'")
    }
    let report = canonical?.complete(statement.predicate) ?? statement.predicate
    // What the program wrote stands there byte for byte; only what somebody reformatted has to be written again.
    guard let own = canonical.map({ payload[$0.place] + "\n".utf8 }) ?? (try? encodeReport(report))?[...]
    else { throw .malformed("the report in it can't be written again") }
    let digest = digest(own)
    guard statement.subject == subjects(of: report, digest)
    else { throw .otherContent("its digests are not those of the report in it, as this version reads it") }
    return Content(report: report, digest: digest)
  }
}
