import Crypto
import Facts
import FoundationEssentials
import Reports
import SwiftASN1
import TestSupport
import Testing
import X509

@testable import Signing

@Suite("Signed reports")
struct EnvelopeTests {
  enum Kind: String, CaseIterable, CustomTestStringConvertible {
    case ed25519 = "Ed25519"
    case p256 = "ECDSA P-256"

    var testDescription: String { rawValue }
  }

  private struct Pair {
    let signing: SigningKey
    let verifying: VerifyingKey

    init(_ kind: Kind) throws {
      let key: Certificate.PrivateKey =
        switch kind {
        case .ed25519: Certificate.PrivateKey(Curve25519.Signing.PrivateKey())
        case .p256: Certificate.PrivateKey(P256.Signing.PrivateKey())
        }
      signing = try SigningKey(pem: Array(try key.serializeAsPEM().pemString.utf8))
      verifying = try VerifyingKey(pem: Array(try key.publicKey.serializeAsPEM().pemString.utf8))
    }
  }

  private var example: Report {
    report([result(.pass), result(.fail, id: "1.2"), result(.unknown, id: "1.3")])
  }

  @Test("The encoding before signing is the specification's own example")
  func encoding() {
    // protocol.md: "DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    let bytes = Envelope.preAuthenticationEncoding("http://example.com/HelloWorld", Array("hello world".utf8))
    #expect(
      String(decoding: bytes, as: UTF8.self) == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
  }

  @Test("Not a key, an encrypted key and a key of another kind are refused, and nothing of them is said")
  func refusedKeys() {
    let secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQ="
    for (text, reason) in [
      ("nonsense \(secret)", "not a private key"),
      ("-----BEGIN ENCRYPTED PRIVATE KEY-----\n\(secret)\n-----END ENCRYPTED PRIVATE KEY-----", "encrypted"),
      ("-----BEGIN PRIVATE KEY-----\n\(secret)\n-----END PRIVATE KEY-----", "not a private key"),
    ] {
      let problem = #expect(throws: KeyProblem.self) { try SigningKey(pem: Array(text.utf8)) }
      #expect(problem?.description.contains(reason) == true, "\(String(describing: problem))")
      #expect(problem?.description.contains(secret) == false)
    }
  }

  @Test("A key of another kind is refused")
  func otherKind() throws {
    let key = try Certificate.PrivateKey(P384.Signing.PrivateKey()).serializeAsPEM().pemString
    #expect(throws: KeyProblem.self) { try SigningKey(pem: Array(key.utf8)) }
  }

  @Test("What was signed is what is read back", arguments: Kind.allCases)
  func roundTrip(kind: Kind) throws {
    let pair = try Pair(kind)
    let (found, signer) = try SignedReport.verify(
      try SignedReport.sign(example, with: pair.signing), by: [try Pair(kind).verifying, pair.verifying])
    #expect(found.report == example)
    #expect(found.digest == hexadecimal(SHA256.hash(data: try encodeReport(example))))
    #expect(signer.id == pair.signing.id)
  }

  @Test("Another key does not verify it", arguments: Kind.allCases)
  func otherKey(kind: Kind) throws {
    let signed = try SignedReport.sign(example, with: try Pair(kind).signing)
    for other in Kind.allCases {
      #expect(throws: VerificationProblem.self) {
        try SignedReport.verify(signed, by: [try Pair(other).verifying])
      }
    }
  }

  @Test("One changed bit of the payload is refused, wherever it is", arguments: Kind.allCases)
  func tampered(kind: Kind) throws {
    let pair = try Pair(kind)
    let envelope = try JSONDecoder().decode(
      Envelope.self, from: Data(try SignedReport.sign(example, with: pair.signing)))
    let body = Array(try #require(Data(base64Encoded: envelope.payload)))
    for index in stride(from: 0, to: body.count, by: max(1, body.count / 50)) {
      var changed = body
      changed[index] ^= 1
      let forged = ["payloadType": envelope.payloadType, "payload": Data(changed).base64EncodedString()]
      #expect(throws: VerificationProblem.self) {
        try SignedReport.verify(try Self.json(forged, envelope.signatures), by: [pair.verifying])
      }
    }
    let other = ["payloadType": "text/plain", "payload": envelope.payload]
    #expect(throws: VerificationProblem.otherType("text/plain")) {
      try SignedReport.verify(try Self.json(other, envelope.signatures), by: [pair.verifying])
    }
  }

  @Test("A statement that is signed and names other digests is refused")
  func otherDigest() throws {
    let pair = try Pair(.ed25519)
    let envelope = try JSONDecoder().decode(
      Envelope.self, from: Data(try SignedReport.sign(example, with: pair.signing)))
    let text = String(decoding: try #require(Data(base64Encoded: envelope.payload)), as: UTF8.self)
    let forged = text.replacing("\"name\":\"node-baseline\"", with: "\"name\":\"node-lowlands\"")
    #expect(forged != text)
    let signed = try Envelope(signing: Array(forged.utf8), type: SignedReport.payloadType, with: pair.signing)
    let bytes = Array(try JSONEncoder().encode(signed))
    #expect(throws: VerificationProblem.self) { try SignedReport.verify(bytes, by: [pair.verifying]) }
  }

  @Test("A statement that somebody wrote in another way says the same")
  func reformatted() throws {
    let pair = try Pair(.ed25519)
    let envelope = try JSONDecoder().decode(
      Envelope.self, from: Data(try SignedReport.sign(example, with: pair.signing)))
    let text = String(decoding: try #require(Data(base64Encoded: envelope.payload)), as: UTF8.self)
    let blanks = text.replacing(",\"", with: " ,\n \"")
    let signed = try Envelope(signing: Array(blanks.utf8), type: SignedReport.payloadType, with: pair.signing)
    let (found, _) = try SignedReport.verify(
      Array(try JSONEncoder().encode(signed)), by: [pair.verifying])
    #expect(found.report == example)
    #expect(found.digest == hexadecimal(SHA256.hash(data: try encodeReport(example))))
  }

  private static func json(_ fields: [String: String], _ signatures: [Envelope.Signature]) throws -> [UInt8] {
    let list = String(decoding: try JSONEncoder().encode(signatures), as: UTF8.self)
    let rest = fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(
      separator: ",")
    return Array("{\(rest),\"signatures\":\(list)}".utf8)
  }
}
