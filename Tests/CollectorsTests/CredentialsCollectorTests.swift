import Facts
import Host
import TestSupport
import Testing

@testable import Collectors

/// A certificate with an RSA key of 1024 bits, signed with SHA-1, in the organizations `a` and `system:masters`.
private let weakPEM = """
  -----BEGIN CERTIFICATE-----
  MIICRDCCAa2gAwIBAgIULKP5b05/a32XQPMVeX6i/lKaEY0wDQYJKoZIhvcNAQEF
  BQAwNDEKMAgGA1UECgwBYTEXMBUGA1UECgwOc3lzdGVtOm1hc3RlcnMxDTALBgNV
  BAMMBHdlYWswHhcNMjYxMTIzMTgzMDQ2WhcNMjYxMTI0MTgzMDQ2WjA0MQowCAYD
  VQQKDAFhMRcwFQYDVQQKDA5zeXN0ZW06bWFzdGVyczENMAsGA1UEAwwEd2VhazCB
  nzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEA57rKMx//BzKX/e+J5flCC2T+htiz
  S91tDMIXYQqM70HWCrhJ+rxfoKs/rJhhj3R1lERQXgCp/x4OiRFoifJZSZe3uD9l
  tbf9grgdt6aWKifGG5MCHZqrGcoin+hAXNC4Wd9hn1NpYWhmg9ecesgjai9i7SHa
  tACAps4OKjh7hC0CAwEAAaNTMFEwHQYDVR0OBBYEFNhaze1atNgoLcDkFIN/tKu9
  /c+2MB8GA1UdIwQYMBaAFNhaze1atNgoLcDkFIN/tKu9/c+2MA8GA1UdEwEB/wQF
  MAMBAf8wDQYJKoZIhvcNAQEFBQADgYEAo9bh8P+dhZojAyrB8FnC2e6PlBu6hMen
  GDzAYeUCVAnVf/yvLEKxQDmmi1MDj/TfUjDFKNiPOG3Zc49+ya2nrgopNiwO9aRh
  sCO4Jz6H539TWiwNPJBegQhlVpQlZBb1lV9uwmjTa/wiRQFYZer1XbnCnMahBJEe
  WMiGRPxo6ik=
  -----END CERTIFICATE-----
  """

/// A certificate on P-224.
private let smallCurvePEM = """
  -----BEGIN CERTIFICATE-----
  MIIBXzCCAQ6gAwIBAgIUZmehTE+3c9VMo7BmfQn32sE7pHAwCgYIKoZIzj0EAwIw
  DzENMAsGA1UEAwwEcDIyNDAeFw0yNjExMjMxODMwNDZaFw0yNjExMjQxODMwNDZa
  MA8xDTALBgNVBAMMBHAyMjQwTjAQBgcqhkjOPQIBBgUrgQQAIQM6AASAxYAFP/7a
  ubRngVeNuKyJurSpQkRNbT33RnPeZnD63sQujDg4ii28vPbzS0YsurzuT0y9XvZA
  6aNTMFEwHQYDVR0OBBYEFOHCa3PiZh+MXDsrNqTWDI2VxxpmMB8GA1UdIwQYMBaA
  FOHCa3PiZh+MXDsrNqTWDI2VxxpmMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0E
  AwIDPwAwPAIcJvu6JcLLLMdo5bKe3lmG1dWeXTWwdUBzLFUVAAIcLbnJsRPWja0f
  Ki7YfH4D1/pOz3AIbzw2EpeCjw==
  -----END CERTIFICATE-----
  """

/// A client certificate in system:masters, as kubeadm's super-admin.conf has it; its key is gone.
private let masterPEM = """
  -----BEGIN CERTIFICATE-----
  MIIDUjCCAjqgAwIBAgIUVenvTWKCRZMl019kPZKk3SKHeS8wDQYJKoZIhvcNAQEL
  BQAwFTETMBEGA1UEAwwKa3ViZXJuZXRlczAeFw0yNjExMjMxODMwNDRaFw0yNzEx
  MjMxODMwNDRaMDoxFzAVBgNVBAoMDnN5c3RlbTptYXN0ZXJzMR8wHQYDVQQDDBZr
  dWJlcm5ldGVzLXN1cGVyLWFkbWluMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIB
  CgKCAQEAvjjVKx640ZLy5tVWC3MPtiuPhI4HaefZAI0RCcTPIuBxyBIIBjgvj0yp
  jqGRw4/C1hp/o2bqpLtNj6S/folgJtn6PrLT+OKEHx9z0Q4hzDrTkGA2RYxgFcr4
  n5yrok6zlfebD7BZTeJt+8dZDfeq/DvPKYGwBxVPkXqjE9axxXN/tJRTa7JvWB9Y
  f/tSMDCBYIDehNCV3tuoXCRYAcGuKuMCaR0HVg25iEufPv5w4jIF5z3GwIpPao3q
  AJyiQNorlXgqrfB5HjUJ9haGB4x/I3ub+4fq8gzwIT8l1r0SWaTr1t4vDUGDcAdD
  +NcU3rrDqAWQ4TtQWb75SxuIMUUi+QIDAQABo3UwczAOBgNVHQ8BAf8EBAMCBaAw
  EwYDVR0lBAwwCgYIKwYBBQUHAwIwDAYDVR0TAQH/BAIwADAdBgNVHQ4EFgQU0aCy
  oyN6g4VloTjSvMqAYBMGhuswHwYDVR0jBBgwFoAURC9bs80W7T+Pgpmg8slYFYhz
  ZogwDQYJKoZIhvcNAQELBQADggEBAJ/NGS8u0NKN6E9/QmQojvFdkxajAEdbp1uL
  tCeQGqDicEUnRJyJHj+QgLrOhN85Ix17sYiL/TnFhJaifjCeC2HlUYOaetZJcTiK
  f6pPMc32VV7HWfjHsGZjXWJQsmMnO77lRnoxo1IKWZhiLHuyTSaLM+N4xrWLpir+
  Gs9RKH4/TtzyrOyNRWzg8ar9lrw1k5DfkEEOVxdZwSpXplCLvjl4ldf0xi1KyfCC
  GnekHCAOK/jTV1CsbHv5KvlJ8cncE0NewG1IhMn6H4JvfQmXlvwdubOwpLSORqpf
  ufSTZpUFGc3yp0QQue/pPvFGFVoQyP/FKhsoqvFaQjh38ZBS5/s=
  -----END CERTIFICATE-----
  """

@Suite("Certificates and kubeconfigs are stated by their public fields alone")
struct CredentialsCollectorTests {
  private func look(_ files: [String: String], host: KubernetesHost = KubernetesHost()) throws -> (
    entities: [Entity], run: CollectorRun
  ) {
    var host = host
    host.files.merge(files) { $1 }
    let found = try host.collected(by: CredentialsCollector())
    expectContract(found.entities, CredentialsCollector())
    return found
  }

  private func certificate(_ pem: String) throws -> Entity {
    try #require(try look(["etc/kubernetes/pki/a.crt": pem]).entities.first { $0.subject == "certificate" })
  }

  private func kubeconfig(_ text: String, host: KubernetesHost = KubernetesHost()) throws -> Entity {
    let found = try look(["etc/kubernetes/admin.conf": text], host: host).entities
    return try #require(found.first { $0.subject == "kubeconfig" })
  }

  private static func config(_ user: String, cluster: String = "server: https://h:6443") -> String {
    "kind: Config\nclusters: [{cluster: {\(cluster)}}]\nusers: [{name: u, user: {\(user)}}]\n"
  }

  /// What a kubeconfig embeds.
  private static func embedded(_ pem: String) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    let bytes = Array(pem.utf8)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      let bits = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
      for place in 0..<4 {
        text.append(place <= part.count ? alphabet[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  @Test("An authority's names, dates, key and signature are read")
  func authority() throws {
    let entity = try certificate(otherAuthorityPEM)
    #expect(entity.id == "/etc/kubernetes/pki/a.crt")
    #expect(entity.value("subject") == .text("CN=two"))
    #expect(entity.value("isSelfSigned") == .flag(true))
    #expect(entity.value("isCA") == .flag(true))
    #expect(entity.value("role") == .text("authority"))
    #expect(entity.value("notBefore") == .text("2026-11-23T17:53:09Z"))
    #expect(entity.value("notAfter") == .text("2126-10-30T17:53:09Z"))
    #expect(entity.value("notAfter.epoch") == .number(4_949_056_389))
    #expect(entity.value("key.algorithm") == .text("rsa"))
    #expect(entity.value("key.bits") == .number(2048))
    #expect(entity.value("signature.algorithm") == .text("sha256WithRSAEncryption"))
    #expect(entity.value("organizations") == .list([]))
  }

  @Test("Two certificates of one key have one digest of it, another key another")
  func digests() throws {
    let (one, same, other) = (
      try certificate(authorityPEM), try certificate(sameKeyPEM), try certificate(otherAuthorityPEM)
    )
    #expect(one.value("key.sha256") == same.value("key.sha256"))
    #expect(one.value("key.sha256") != other.value("key.sha256"))
    #expect(one.value("key.bits") == .number(256))
    #expect(one.value("signature.algorithm") == .text("ecdsa-with-SHA256"))
  }

  @Test("A key that is too weak for the library still has its length stated")
  func weak() throws {
    let rsa = try certificate(weakPEM)
    #expect(rsa.value("key.algorithm") == .text("rsa"))
    #expect(rsa.value("key.bits") == .number(1024))
    let curve = try certificate(smallCurvePEM)
    #expect(curve.value("key.algorithm") == .text("ec"))
    #expect(curve.value("key.bits") == .number(224))
  }

  @Test("Each certificate of a bundle is stated; a key file in the same directory is none")
  func bundle() throws {
    let found = try look([
      "etc/kubernetes/pki/ca.crt": authorityPEM + "\n" + otherAuthorityPEM,
      "etc/kubernetes/pki/key.pem": "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n",
    ])
    #expect(found.entities.map(\.id) == ["/etc/kubernetes/pki/ca.crt", "/etc/kubernetes/pki/ca.crt#2"])
    #expect(found.run.state == .complete)
  }

  @Test(
    "A file that is not a certificate leaves everything unknown",
    arguments: [
      "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
      "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\n",
    ])
  func malformed(_ text: String) throws {
    let entity = try certificate(text)
    #expect(entity.obstacle("notAfter") != nil)
    #expect(entity.obstacle("key.bits") != nil)
  }

  @Test("No mutation of a certificate stops the collector")
  func mutations() {
    var random = SeededGenerator(seed: 11)
    let der = CertificateKeys.certificates(pem: Array(masterPEM.utf8))?.first ?? []
    #expect(der.count > 500)
    for _ in 0..<500 {
      var copy = der
      for _ in 0..<3 {
        copy[Int(random.next() % UInt64(copy.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      let entity = CertificateFacts.entity(
        id: "x", path: "x", origin: .directory,
        der: Array(copy.prefix(Int(random.next() % UInt64(copy.count + 1)))),
        .file("x"))
      expectContract([entity], CredentialsCollector())
    }
  }

  @Test("A kubelet's old client certificates are not in use, only the one its link names")
  func rotated() throws {
    let found = try look([
      "var/lib/kubelet/pki/kubelet-client-2025-01-01-00-00-00.pem": otherAuthorityPEM,
      "var/lib/kubelet/pki/kubelet-client-2026-01-01-00-00-00.pem": masterPEM,
      "var/lib/kubelet/pki/kubelet-client-current.pem":
        "-> /var/lib/kubelet/pki/kubelet-client-2026-01-01-00-00-00.pem",
    ])
    #expect(found.entities.map(\.id) == ["/var/lib/kubelet/pki/kubelet-client-current.pem"])
    #expect(found.entities.first?.value("role") == .text("client"))
  }

  @Test("What a component names is stated as its own, wherever it lies")
  func named() throws {
    let host = KubernetesHost(kubelet: ["--client-ca-file=/srv/ca.crt"], files: ["srv/ca.crt": authorityPEM])
    let found = try look([:], host: host).entities
    #expect(found.map(\.id) == ["/srv/ca.crt"])
    #expect(found.first?.value("origin") == .text("component"))
    let gone = try look([:], host: KubernetesHost(kubelet: ["--client-ca-file=/srv/none.crt"])).entities
    #expect(gone.first?.obstacle("notAfter") == .notVisible)
  }

  @Test("A kubeconfig's user of system:masters is found, embedded or by a file beside it")
  func masters() throws {
    let inside = try kubeconfig(
      Self.config("client-certificate-data: \(Self.embedded(masterPEM)), client-key-data: c2VjcmV0"))
    #expect(inside.value("isInSystemMasters") == .flag(true))
    #expect(inside.value("organizations") == .texts(["system:masters"]))
    #expect(inside.value("hasEmbeddedKey") == .flag(true))
    #expect(inside.value("servers") == .texts(["https://h:6443"]))
    let beside = try look([
      "etc/kubernetes/admin.conf": Self.config("client-certificate: pki/u.crt"),
      "etc/kubernetes/pki/u.crt": masterPEM,
    ]).entities
    let config = beside.first { $0.subject == "kubeconfig" }
    #expect(config?.value("isInSystemMasters") == .flag(true))
    #expect(config?.value("hasEmbeddedKey") == .flag(false))
    #expect(beside.filter { $0.subject == "certificate" }.count == 2)
    let plain = try kubeconfig(Self.config("client-certificate-data: \(Self.embedded(authorityPEM))"))
    #expect(plain.value("isInSystemMasters") == .flag(false))
  }

  @Test(
    "Tokens, passwords and programs are seen to be there",
    arguments: [
      ("token: secret", "hasToken"), ("tokenFile: /t", "hasTokenFile"),
      ("username: a, password: secret", "hasPassword"), ("exec: {command: aws}", "hasExec"),
    ])
  func kinds(_ user: String, _ fact: String) throws {
    let entity = try kubeconfig(Self.config(user))
    let kinds = ["hasToken", "hasTokenFile", "hasPassword", "hasExec"]
    #expect(kinds.filter { entity.value($0) == .flag(true) } == [fact])
    #expect(entity.value("isInSystemMasters") == .flag(false))
    #expect(!"\(entity)".contains("secret"))
  }

  @Test("A certificate that can't be read leaves open whether it is of system:masters")
  func unknownCertificate() throws {
    #expect(
      try kubeconfig(Self.config("client-certificate-data: '!!'")).obstacle("isInSystemMasters") == .malformed
    )
    #expect(
      try kubeconfig(Self.config("client-certificate: /none")).obstacle("isInSystemMasters") == .notVisible)
  }

  @Test("A server whose certificate is not verified, and a node of the control plane, are told")
  func places() throws {
    let skipping = try kubeconfig(Self.config("token: t", cluster: "insecure-skip-tls-verify: true"))
    #expect(skipping.value("skipsVerification") == .flag(true))
    #expect(skipping.value("isOnControlPlane") == .flag(false))
    var host = KubernetesHost()
    host.run(
      90, ["/usr/bin/kube-apiserver"], executable: "/usr/bin/kube-apiserver",
      cgroup: "/system.slice/api.service")
    #expect(try kubeconfig(Self.config("token: t"), host: host).value("isOnControlPlane") == .flag(true))
  }

  @Test(
    "What is no kubeconfig is none; one that can't be read is unknown in all", arguments: ["{", "\u{1}: ["])
  func broken(_ text: String) throws {
    #expect(try kubeconfig(text).obstacle("hasToken") == .malformed)
    let other = try look(["etc/kubernetes/admin.conf": "kind: KubeSchedulerConfiguration\n"])
    #expect(other.entities.isEmpty)
  }
}
