import Crypto
import Facts
import FoundationEssentials
import Host
import SwiftASN1
import X509

/// One certificate's public fields as facts. Nothing is verified: who signed it is not asked, only what it says.
enum CertificateFacts {
  /// How the certificate was come by.
  enum Origin: String, CaseIterable, Sendable {
    /// It lies in a directory that a distribution keeps its certificates in.
    case directory
    /// A component's configuration names it.
    case component
    /// A kubeconfig logs in with it.
    case kubeconfig
  }

  /// What it may be used for, by its own extensions (RFC 5280, 4.2.1.9 and 4.2.1.12).
  enum Role: String, CaseIterable, Sendable {
    case authority, serving, client
    case servingAndClient = "serving-and-client"
    /// It limits itself to none of these.
    case unspecified
  }

  /// Signature algorithms by the names that RFC 3279, RFC 5758 and RFC 8410 give them.
  enum Signature: String, CaseIterable, Sendable {
    case md5WithRSAEncryption, sha1WithRSAEncryption, sha256WithRSAEncryption, sha384WithRSAEncryption
    case sha512WithRSAEncryption
    case ecdsaWithSHA1 = "ecdsa-with-SHA1"
    case ecdsaWithSHA256 = "ecdsa-with-SHA256"
    case ecdsaWithSHA384 = "ecdsa-with-SHA384"
    case ecdsaWithSHA512 = "ecdsa-with-SHA512"
    case ed25519 = "Ed25519"
    case other
  }

  static let subject = Subject(
    "certificate", "A certificate that a component of this node shows, trusts or logs in with.",
    isSingleton: false,
    facts: [
      .init("path", .text, "The file it is in."),
      .init(
        "origin", .text, "How it was found: in a known directory, named by a component, or in a kubeconfig.",
        values: Origin.allCases.map(\.rawValue)),
      .init(
        "role", .text, "What it may be used for, by its own extensions.",
        values: Role.allCases.map(\.rawValue)),
      .init("subject", .text, "Whom it names, RFC 4514."),
      .init("issuer", .text, "Who it says signed it, RFC 4514."),
      .init("organizations", .list, "The subject's organizations: a client's groups to the API server."),
      .init("notBefore", .text, "When it begins to be valid, RFC 3339."),
      .init("notAfter", .text, "When it ends, RFC 3339."),
      .init("notAfter.epoch", .number, "When it ends, in seconds since 1970."),
      .init(
        "key.algorithm", .text, "What kind of key it is for.",
        values: CertificateKeys.Strength.Algorithm.allCases.map(\.rawValue)),
      .init("key.bits", .number, "How long the key is: the modulus for RSA, the curve otherwise."),
      .init("key.sha256", .text, "SHA-256 of its SubjectPublicKeyInfo, to tell keys from one another."),
      .init(
        "signature.algorithm", .text, "What it was signed with.", values: Signature.allCases.map(\.rawValue)),
      .init("isCA", .flag, "Whether it may sign others."),
      .init("isSelfSigned", .flag, "Whether subject and issuer are the same."),
    ])

  /// - Parameter der: One certificate, as PEM has it in base64.
  static func entity(id: String, path: String, origin: Origin, der: [UInt8], _ source: Source) -> Entity {
    var entity = bare(id: id, path: path, origin: origin, source)
    addKey(der, to: &entity, source)
    do {
      add(try Certificate(derEncoded: der), to: &entity, source)
    } catch {
      // The library takes no key or algorithm that it could not verify with: what was not read before stays unknown.
      fill(&entity, .unreadable(.unsupported, detail: "not a certificate of a kind that can be read", source))
    }
    return entity
  }

  /// A file whose certificate could not be got at.
  static func entity(id: String, path: String, origin: Origin, failure: PlaceFailure) -> Entity {
    var entity = bare(id: id, path: path, origin: origin, failure.source)
    fill(&entity, failure.fact)
    return entity
  }

  private static func bare(id: String, path: String, origin: Origin, _ source: Source) -> Entity {
    var entity = Entity(subject, id: id)
    entity["path"] = .observed(.text(path), source)
    entity["origin"] = .observed(.text(origin.rawValue), source)
    return entity
  }

  private static func fill(_ entity: inout Entity, _ fact: Fact) {
    for declaration in subject.facts where entity[declaration.name] == nil { entity[declaration.name] = fact }
  }

  private static func addKey(_ der: [UInt8], to entity: inout Entity, _ source: Source) {
    guard let key = CertificateKeys.key(ofCertificate: der) else { return }
    let digest = SHA256.hash(data: key).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    entity["key.sha256"] = .observed(.text(digest), source)
    guard let strength = CertificateKeys.strength(ofKey: key) else { return }
    entity["key.algorithm"] = .observed(.text(strength.algorithm.rawValue), source)
    entity["key.bits"] =
      strength.bits.map { .observed(.number(Int64($0)), source) }
      ?? .unreadable(.unsupported, detail: "a key whose length is not known", source)
  }

  private static func add(_ certificate: Certificate, to entity: inout Entity, _ source: Source) {
    func text(_ value: some CustomStringConvertible) -> Fact {
      .observed(.text(printable(Array(value.description.utf8), atMost: 1024)), source)
    }
    entity["subject"] = text(certificate.subject)
    entity["issuer"] = text(certificate.issuer)
    entity["organizations"] = .observed(.texts(organizations(of: certificate.subject)), source)
    entity["notBefore"] = text(certificate.notValidBefore.formatted(.iso8601))
    entity["notAfter"] = text(certificate.notValidAfter.formatted(.iso8601))
    entity["notAfter.epoch"] = .observed(
      .number(Int64(certificate.notValidAfter.timeIntervalSince1970)), source)
    entity["signature.algorithm"] = text(signature(certificate.signatureAlgorithm).rawValue)
    entity["isSelfSigned"] = .observed(.flag(certificate.subject == certificate.issuer), source)
    do {
      let isCA = try isAuthority(certificate)
      entity["isCA"] = .observed(.flag(isCA), source)
      entity["role"] = text((isCA ? Role.authority : try usage(of: certificate)).rawValue)
    } catch {
      fill(&entity, .unreadable(.malformed, detail: "its extensions are not in the form of RFC 5280", source))
    }
  }

  static func organizations(of subject: DistinguishedName) -> [String] {
    subject.flatMap { part in
      part.filter { $0.type == .RDNAttributeType.organizationName }.compactMap { String($0.value) }
    }
    .map { printable(Array($0.utf8), atMost: 512) }
  }

  private static func isAuthority(_ certificate: Certificate) throws -> Bool {
    switch try certificate.extensions.basicConstraints {
    case .isCertificateAuthority: true
    case .notCertificateAuthority, nil: false
    }
  }

  private static func usage(of certificate: Certificate) throws -> Role {
    guard let usages = try certificate.extensions.extendedKeyUsage else { return .unspecified }
    switch (usages.contains(.serverAuth), usages.contains(.clientAuth)) {
    case (true, true): return .servingAndClient
    case (true, false): return .serving
    case (false, true): return .client
    case (false, false): return .unspecified
    }
  }

  private static func signature(_ algorithm: Certificate.SignatureAlgorithm) -> Signature {
    let known: [Certificate.SignatureAlgorithm: Signature] = [
      .sha1WithRSAEncryption: .sha1WithRSAEncryption, .sha256WithRSAEncryption: .sha256WithRSAEncryption,
      .sha384WithRSAEncryption: .sha384WithRSAEncryption, .sha512WithRSAEncryption: .sha512WithRSAEncryption,
      .ecdsaWithSHA256: .ecdsaWithSHA256, .ecdsaWithSHA384: .ecdsaWithSHA384,
      .ecdsaWithSHA512: .ecdsaWithSHA512, .ed25519: .ed25519,
    ]
    if let name = known[algorithm] { return name }
    // Those that the library has no name for, by their ids.
    let text = algorithm.description
    if text.contains("1.2.840.113549.1.1.4,") || text.contains("1.2.840.113549.1.1.4 ") {
      return .md5WithRSAEncryption
    }
    if text.contains("1.2.840.10045.4.1,") || text.contains("1.2.840.10045.4.1 ") { return .ecdsaWithSHA1 }
    return .other
  }
}
