import Crypto
import FoundationEssentials
import SwiftASN1
import X509

/// Why a key is not one that signs or verifies reports.
package struct KeyProblem: Error, CustomStringConvertible {
  package let description: String
}

/// The key types that reports are signed with: what every TLS library and openssl(1) knows, and no parameters to get wrong.
private func algorithm(of key: Certificate.PublicKey) throws(KeyProblem) -> Certificate.SignatureAlgorithm {
  if Curve25519.Signing.PublicKey(key) != nil { return .ed25519 }
  if P256.Signing.PublicKey(key) != nil { return .ecdsaWithSHA256 }
  throw KeyProblem(description: "neither Ed25519 nor ECDSA P-256")
}

/// The name of a key: SHA-256, in hexadecimal, of its SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) in DER; what
/// `openssl pkey -pubout -outform DER | sha256sum` prints.
private func identifier(of key: Certificate.PublicKey) throws(KeyProblem) -> String {
  do {
    return hexadecimal(SHA256.hash(data: try key.serializeAsPEM().derBytes))
  } catch {
    throw KeyProblem(description: "\(error)")
  }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// A private key that signs reports: Ed25519 (RFC 8032) or ECDSA with P-256 and SHA-256.
package struct SigningKey: Sendable {
  package let id: String
  private let key: Certificate.PrivateKey
  private let algorithm: Certificate.SignatureAlgorithm

  /// - Parameter pem: PKCS #8 (`PRIVATE KEY`) or SEC 1 (`EC PRIVATE KEY`), not encrypted.
  /// - Throws: `KeyProblem`, which never says anything of the key's content.
  package init(pem: [UInt8]) throws(KeyProblem) {
    let text = String(decoding: pem, as: UTF8.self)
    guard !text.contains("ENCRYPTED") else {
      throw KeyProblem(description: "the key is encrypted: give one that is not, readable by root alone")
    }
    guard let key = try? Certificate.PrivateKey(pemEncoded: text) else {
      throw KeyProblem(
        description: "not a private key in PEM ('openssl genpkey -algorithm ed25519' makes one)")
    }
    self.key = key
    algorithm = try Signing.algorithm(of: key.publicKey)
    id = try identifier(of: key.publicKey)
  }

  func signature(over bytes: [UInt8]) throws(KeyProblem) -> [UInt8] {
    do {
      return Array(try key.sign(bytes: bytes, signatureAlgorithm: algorithm).rawRepresentation)
    } catch {
      throw KeyProblem(description: "signing: \(error)")
    }
  }
}

/// A public key that reports are verified with.
package struct VerifyingKey: Sendable {
  package let id: String
  private let key: Certificate.PublicKey
  private let algorithm: Certificate.SignatureAlgorithm

  /// - Parameter pem: A `PUBLIC KEY` in PEM.
  /// - Throws: `KeyProblem`.
  package init(pem: [UInt8]) throws(KeyProblem) {
    let text = String(decoding: pem, as: UTF8.self)
    guard let key = try? Certificate.PublicKey(pemEncoded: text) else {
      throw KeyProblem(
        description: "not a public key in PEM ('openssl pkey -in KEY -pubout' prints that of a private one)")
    }
    self.key = key
    algorithm = try Signing.algorithm(of: key)
    id = try identifier(of: key)
  }

  func accepts(_ signature: [UInt8], over bytes: [UInt8]) -> Bool {
    key.isValidSignature(signature, for: bytes, signatureAlgorithm: algorithm)
  }
}
