import Crypto
import Fleet
import Reports
import Signing
import TestSupport
import Testing

@Suite struct IntakeTests {
  private let now = start + 86_400
  private let open = Intake(trust: nil, inventory: .none)
  private let sample = nodeReport("worker-1", hour: 1, [.fail, .pass, .pass, .unknown, .waived])

  private func refusal(_ bytes: [UInt8], _ intake: Intake? = nil) -> Refusal? {
    do {
      _ = try (intake ?? open).read(bytes, now: now)
      return nil
    } catch { return error }
  }

  @Test func `Gzipped or not, it is the same report`() throws {
    let bytes = try encodeReport(sample)
    guard case .report(let plain) = try open.read(bytes, now: now),
      case .report(let gzipped) = try open.read(Gzip.deflated(bytes), now: now)
    else { throw FixtureProblem.noReport }
    #expect(plain.standing == gzipped.standing)
    #expect(try Gzip.inflated(plain.document, atMost: 1 << 20) == bytes)
    #expect(String(decoding: plain.standing.statuses, as: UTF8.self) == "fppuw")
    #expect(plain.findings.map(\.check) == ["alpha", "delta", "epsilon"])
  }

  @Test func `A report that was reformatted is the same report`() throws {
    let blanks = String(decoding: try encodeReport(sample), as: UTF8.self).replacing(",\"", with: " ,\n \"")
    guard case .report(let first) = try open.read(try encodeReport(sample), now: now),
      case .report(let second) = try open.read(Array(blanks.utf8), now: now)
    else { throw FixtureProblem.noReport }
    #expect(first.standing == second.standing)
  }

  @Test func `A report from the future, or from before what is kept, is refused`() throws {
    #expect(refusal(try encodeReport(nodeReport("a", hour: 25, [.pass])))?.kind == .clock)
    #expect(refusal(try encodeReport(nodeReport("a", hour: -24 * 400, [.pass])))?.kind == .clock)
    #expect(refusal(try encodeReport(nodeReport("a", hour: 24, [.pass]))) == nil)
  }

  @Test func `A name that no store could keep whole is refused`() throws {
    #expect(refusal(try encodeReport(nodeReport("a\u{0}b", hour: 1, [.pass])))?.kind == .malformed)
    let long = String(repeating: "a", count: 300)
    #expect(refusal(try encodeReport(nodeReport(long, hour: 1, [.pass])))?.kind == .malformed)
  }

  @Test func `A bomb is refused before it has gone off`() throws {
    let bomb = try Gzip.deflated([UInt8](repeating: 0x20, count: Intake.mostInflated + 1))
    #expect(bomb.count < 100_000)
    #expect(refusal(bomb)?.kind == .tooLarge)
    #expect(refusal([UInt8](repeating: 0x20, count: Intake.mostBytes + 1))?.kind == .tooLarge)
  }

  @Test func `Half a report is none`() throws {
    let bytes = try encodeReport(sample)
    #expect(refusal(Array(bytes.prefix(bytes.count / 2)))?.kind == .malformed)
    let gzipped = try Gzip.deflated(bytes)
    #expect(refusal(Array(gzipped.prefix(gzipped.count / 2)))?.kind == .malformed)
    #expect(refusal([]) != nil)
  }

  @Test func `A score that is not that of the results is refused`() throws {
    let text = String(decoding: try encodeReport(sample), as: UTF8.self)
    let better = text.replacing("\"fail\":1", with: "\"fail\":0")
    #expect(better != text)
    #expect(refusal(Array(better.utf8))?.description.contains("its summary or its score") == true)
  }

  @Test func `With a trust file, only a key that may speak for the node is believed`() throws {
    let keys = (0..<2).map { _ in Curve25519.Signing.PrivateKey() }
    let signing = try keys.map {
      try SigningKey(pem: Array(pem($0.rawRepresentation, "PRIVATE KEY", Self.privateHeader).utf8))
    }
    let trust = try Trust(
      Array(
        zip(keys, ["worker-*", "control-1"]).map { key, name in
          let lines = pem(key.publicKey.rawRepresentation, "PUBLIC KEY", Self.publicHeader).split(
            separator: "\n")
          return "- nodes: [\"\(name)\"]\n  key: |\n" + lines.map { "    \($0)\n" }.joined()
        }.joined().utf8))
    let intake = Intake(trust: trust, inventory: .none)
    guard
      case .report(let believed) = try intake.read(try SignedReport.sign(sample, with: signing[0]), now: now)
    else { throw FixtureProblem.noReport }
    #expect(believed.standing.signer == signing[0].id)
    #expect(believed.standing.digest == (try taken(sample)).standing.digest)
    #expect(refusal(try SignedReport.sign(sample, with: signing[1]), intake)?.kind == .untrusted)
    #expect(refusal(try encodeReport(sample), intake)?.kind == .untrusted)
    var tampered = try SignedReport.sign(sample, with: signing[0])
    tampered[40] = tampered[40] == 0x41 ? 0x42 : 0x41
    #expect(refusal(tampered, intake)?.kind == .untrusted)
  }

  // RFC 8410, section 7: what stands before an Ed25519 key in PKCS #8 and in SubjectPublicKeyInfo.
  private static let privateHeader: [UInt8] = [
    0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
  ]
  private static let publicHeader: [UInt8] = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0]

  private func pem(_ key: some Sequence<UInt8>, _ label: String, _ header: [UInt8]) -> String {
    "-----BEGIN \(label)-----\n\(base64(header + Array(key)))\n-----END \(label)-----\n"
  }
}
