import FoundationEssentials

/// A DSSE envelope, version 1: github.com/secure-systems-lab/dsse, envelope.md.
package struct Envelope: Codable, Hashable, Sendable {
  package struct Signature: Codable, Hashable, Sendable {
    /// The signing key's name; a hint for finding it, no proof.
    package let keyid: String
    /// Base64.
    package let sig: String
  }

  package let payloadType: String
  /// Base64.
  package let payload: String
  package let signatures: [Signature]

  /// The bytes that a signature is over: type and body with their lengths, so that neither can be taken for the other;
  /// protocol.md, PAE.
  package static func preAuthenticationEncoding(_ type: String, _ body: [UInt8]) -> [UInt8] {
    Array("DSSEv1 \(type.utf8.count) \(type) \(body.count) ".utf8) + body
  }

  package init(signing body: [UInt8], type: String, with key: SigningKey) throws(KeyProblem) {
    let signature = try key.signature(over: Self.preAuthenticationEncoding(type, body))
    payloadType = type
    payload = Data(body).base64EncodedString()
    signatures = [Signature(keyid: key.id, sig: Data(signature).base64EncodedString())]
  }

  /// The payload, if one of the keys signed it.
  /// - Throws: `VerificationProblem`; nothing of the payload is looked at before.
  package func verified(by keys: [VerifyingKey], type: String) throws(VerificationProblem) -> (
    payload: [UInt8], key: VerifyingKey
  ) {
    guard payloadType == type else { throw .otherType(payloadType) }
    guard let body = Data(base64Encoded: payload) else { throw .malformed("'payload' is not base64") }
    let bytes = Self.preAuthenticationEncoding(payloadType, Array(body))
    for signature in signatures {
      guard let raw = Data(base64Encoded: signature.sig) else { throw .malformed("'sig' is not base64") }
      // Every key is tried: keyid is the signer's word.
      if let key = keys.first(where: { $0.accepts(Array(raw), over: bytes) }) { return (Array(body), key) }
    }
    throw .notSigned(by: keys.map(\.id), signers: signatures.map(\.keyid))
  }
}

/// Why an envelope is not believed.
package enum VerificationProblem: Error, Hashable, Sendable, CustomStringConvertible {
  case malformed(String)
  case otherType(String)
  case notSigned(by: [String], signers: [String])
  /// The signature is good, and what is signed contradicts itself.
  case otherContent(String)

  package var description: String {
    switch self {
    case .malformed(let reason): "not a signed report: \(reason)"
    case .otherType(let type): "the envelope holds '\(type)', not an in-toto statement"
    case .notSigned(let keys, let signers):
      "no signature in it is by a key that was given\n  given: \(keys.joined(separator: ", "))\n"
        + "  it says: \(signers.map { String($0.prefix(64)) }.joined(separator: ", "))"
    case .otherContent(let reason): "signed, and not what it says it is: \(reason)"
    }
  }
}
