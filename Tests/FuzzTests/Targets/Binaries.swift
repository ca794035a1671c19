import Facts

@testable import Collectors
@testable import Host

extension FuzzTarget {
  static func efivars(_ bytes: [UInt8]) {
    _ = EFIVariable(parsing: bytes)?.flag
    if let variable = EFIVariable(parsing: bytes) {
      _ = try? EFISignatureDatabase(parsing: variable.data, atMost: 1024)
    }
    _ = try? EFISignatureDatabase(parsing: bytes)
  }

  /// PEM where it is PEM, else DER.
  static func certificate(_ bytes: [UInt8]) {
    let certificates = CertificateKeys.certificates(pem: bytes) ?? []
    _ = CertificateKeys.parse(pem: bytes)
    for der in certificates.isEmpty ? [bytes] : certificates {
      if let key = CertificateKeys.key(ofCertificate: der) { _ = CertificateKeys.strength(ofKey: key) }
      _ = CertificateFacts.entity(id: "fuzz", path: "/fuzz", origin: .directory, der: der, .file("/fuzz"))
    }
    _ = CertificateKeys.strength(ofKey: bytes)
  }

  static func binary(_ bytes: [UInt8]) {
    let body = Array(bytes.dropFirst())
    switch (bytes.first ?? 0) % 4 {
    case 0:
      let acl = PosixACL(parsing: body)
      _ = acl?.permits(4, to: Credentials(user: 7, groups: [8]), owner: 0, group: 0)
    case 1: _ = FileCapabilities(parsing: body)
    case 2: _ = try? SELinuxPolicy(parsing: body)
    default: _ = GoBuildInformation.text(body)
    }
  }
}
