import Foundation
import Testing

@Suite(
  "Signed reports, checked by openssl",
  .enabled(if: Program.tool("openssl") != nil, "openssl is not installed"))
struct SignedReportTests {
  private struct Envelope: Decodable {
    struct Signature: Decodable {
      let keyid: String
      let sig: String
    }

    let payloadType: String
    let payload: String
    let signatures: [Signature]
  }

  @discardableResult
  private func openssl(_ arguments: String...) throws -> Program.Outcome {
    try Program.run(arguments, executable: try #require(Program.tool("openssl")))
  }

  @Test(
    "openssl accepts what --sign wrote, and 'verify' gives the report back",
    arguments: [["ed25519"], ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]])
  func byOpenSSL(kind: [String]) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
    let make = ["genpkey", "-algorithm"] + kind + ["-out", path("key.pem")]
    #expect(try Program.run(make, executable: try #require(Program.tool("openssl"))).status == 0)
    try openssl("pkey", "-in", path("key.pem"), "-pubout", "-out", path("pub.pem"))
    try openssl("pkey", "-in", path("key.pem"), "-pubout", "-outform", "DER", "-out", path("pub.der"))

    let arguments = ["--format", "json", "--fail-on", "none"] + recordedHost("debian")
    let signed = try Program.run(
      ["audit", "--sign", path("key.pem"), "--output", path("signed")] + arguments)
    #expect(signed.status != 2, "\(signed.errors)")
    let envelope = try JSONDecoder().decode(
      Envelope.self, from: Data(contentsOf: folder.appendingPathComponent("signed")))

    // DSSE's encoding, made here anew.
    let body = try #require(Data(base64Encoded: envelope.payload))
    let type = envelope.payloadType
    try (Data("DSSEv1 \(type.utf8.count) \(type) \(body.count) ".utf8) + body)
      .write(to: folder.appendingPathComponent("pae"))
    let signature = try #require(envelope.signatures.first)
    try #require(Data(base64Encoded: signature.sig)).write(to: folder.appendingPathComponent("sig"))
    let checked =
      kind == ["ed25519"]
      ? try openssl(
        "pkeyutl", "-verify", "-pubin", "-inkey", path("pub.pem"), "-rawin", "-in", path("pae"), "-sigfile",
        path("sig"))
      : try openssl("dgst", "-sha256", "-verify", path("pub.pem"), "-signature", path("sig"), path("pae"))
    #expect(checked.status == 0, "\(checked.text) \(checked.errors)")

    let digest = try openssl("dgst", "-sha256", "-r", path("pub.der"))
    #expect(digest.text.hasPrefix(signature.keyid))

    let printed = try Program.run(["verify", path("signed"), "--key", path("pub.pem"), "--print"])
    #expect(printed.status == 0, "\(printed.errors)")
    // The statement's first subject is the report as it is printed.
    try printed.output.write(to: folder.appendingPathComponent("report"))
    let sum = try openssl("dgst", "-sha256", "-r", path("report")).text.prefix(64)
    #expect(String(decoding: body, as: UTF8.self).contains(sum))
    let report = try #require(try JSONSerialization.jsonObject(with: printed.output) as? [String: Any])
    #expect(report["schema"] as? String == "plumbline/report/v1")
    let benchmark = try #require(report["benchmark"] as? [String: Any])
    #expect(
      String(decoding: body, as: UTF8.self).contains(
        "\"sha256\":\"\(try #require(benchmark["digest"] as? String))\""))
  }

  @Test("An unsigned report, a foreign key and --sign without JSON are told apart")
  func refused() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
    for name in ["a", "b"] {
      try openssl("genpkey", "-algorithm", "ed25519", "-out", path(name))
      try openssl("pkey", "-in", path(name), "-pubout", "-out", path("\(name).pub"))
    }
    let host = ["--fail-on", "none"] + recordedHost("debian")
    _ = try Program.run(["audit", "--format", "json", "--output", path("plain")] + host)
    _ = try Program.run(
      ["audit", "--format", "json", "--sign", path("a"), "--output", path("signed")] + host)
    #expect(try Program.run(["verify", path("plain"), "--key", path("a.pub")]).status == 2)
    #expect(try Program.run(["verify", path("signed"), "--key", path("b.pub")]).status == 1)
    #expect(
      try Program.run(["verify", path("signed"), "--key", path("b.pub"), "--key", path("a.pub")]).status == 0)
    let table = try Program.run(["audit", "--sign", path("a")] + host)
    #expect(table.status == 2)
    #expect(table.errors.contains("--format json"))
    let missing = try Program.run(["audit", "--format", "json", "--sign", path("none")] + host)
    #expect(missing.status == 2)
    #expect(missing.output.isEmpty)
  }
}
