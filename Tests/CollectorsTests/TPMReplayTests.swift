import Crypto
import Facts
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Collectors

@Suite("The replay of the TPM's event log")
struct TPMReplayTests {
  private typealias Log = TPMLogFixture

  private static func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private func parsed(_ events: [Log.Event]) throws -> TPMEventLog {
    try TPMEventLog(parsing: Log.header([(4, 20), (11, 32)]) + events.flatMap(Log.agile))
  }

  private func random(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
    (0..<count).map { _ in .random(in: 0...255, using: &random) }
  }

  /// Events as they come, and the SHA-256 registers as a TPM that was given their digests holds them.
  private func generated(_ generator: inout SeededGenerator) -> (events: [Log.Event], held: [String]) {
    var held = [[UInt8]](repeating: [UInt8](repeating: 0, count: 32), count: 24)
    var events: [Log.Event] = []
    if Bool.random(using: &generator) {
      let digests = [(algorithm: UInt16(4), bytes: [UInt8](repeating: 0, count: 20))]
      events.append(.init(0, type: 3, digests: digests, data: Array("StartupLocality\0".utf8) + [3]))
      held[0][31] = 3
    }
    for _ in 0..<Int.random(in: 1...40, using: &generator) {
      let register = UInt32.random(in: 0..<24, using: &generator)
      let type: UInt32 = Bool.random(using: &generator) ? 0x8000_0001 : .random(in: 3...13, using: &generator)
      let digest = random(32, &generator)
      let data = random(.random(in: 0...70, using: &generator), &generator)
      events.append(
        .init(
          register, type: type,
          digests: [
            (algorithm: UInt16(4), bytes: random(20, &generator)), (algorithm: UInt16(11), bytes: digest),
          ],
          data: data))
      if type != 3 { held[Int(register)] = Array(SHA256.hash(data: held[Int(register)] + digest)) }
    }
    return (events, held.prefix(8).map(Self.hex))
  }

  @Test("Any log replays to what a TPM holds, and no longer once a byte of a measured digest is changed")
  func property() throws {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<300 {
      var (events, held) = generated(&generator)
      let replay = try #require(TPMReplay(of: try parsed(events), bank: "sha256"))
      #expect(replay.registers == held)
      let measured = events.indices.filter { events[$0].type != 3 && events[$0].register < 8 }
      guard let changed = measured.randomElement(using: &generator) else { continue }
      let byte = Int.random(in: 0..<32, using: &generator)
      events[changed].digests[1].bytes[byte] ^= .random(in: 1...255, using: &generator)
      let other = try #require(TPMReplay(of: try parsed(events), bank: "sha256"))
      let differing = held.indices.filter { other.registers[$0] != held[$0] }
      #expect(differing == [Int(events[changed].register)])
    }
  }

  /// What firmware measured in a virtual machine, with one byte of the log changed: Tests/Hosts/tampered-log.
  private func firmware(_ change: (inout [UInt8]) -> Void) throws -> Entity {
    let directory = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .appending("Hosts/tampered-log/root")
    let door = try HostRoot(at: directory)
    var bytes = try door.bytes(TPMLog.path)
    change(&bytes)
    let log = TPMLog.parse(bytes, .file("/log"))
    let registers = TPMRegisters(reading: door, version: .text("2.0"), of: log.0)
    return TPMBank.entity("sha256", registers.all, TPMLog(log))
  }

  @Test("A firmware's own log replays to its TPM's registers, all eight of them compared")
  func firmwareLog() throws {
    let tampered = try firmware { _ in }
    #expect(tampered["replay"]?.value == .text("differs"))
    #expect(tampered["firstDifference"]?.value == tampered["differingPCRs"]?.value.flatMap(Self.first))
    var places: [Int] = []
    for place in 60..<260 {
      let entity = try firmware { $0[place] ^= 1 }
      if entity["replay"]?.value == .text("matches") {
        places.append(place)
        #expect(entity["comparedPCRs"]?.value == .texts((0...7).map(String.init)))
        #expect(entity["firstDifference"].isAbsent)
      }
    }
    #expect(places.count == 1, "only putting the changed bit back makes it add up")
  }

  private static func first(_ value: Value) -> Value? {
    guard case .list(let values) = value, case .text(let text)? = values.first else { return nil }
    return Int64(text).map { .number($0) }
  }

  @Test("A log that can't be followed adds up to nothing")
  func malformed() throws {
    let entity = try firmware { $0.removeLast() }
    #expect(entity["replay"]?.value == .text("malformed"))
  }

  @Test(
    "A bank that the log tells nothing of can't be verified, and SHA-1's is read where the log has no other")
  func banks() throws {
    var files = ["sys/kernel/security/lsm": "capability", "sys/class/tpm/tpm0/tpm_version_major": "2\n"]
    // One event for each register, its digest the text's own bytes: twenty of them.
    let events = (0..<8).map { index in
      Log.sha1(
        .init(UInt32(index), digests: [(algorithm: UInt16(4), bytes: Array("twenty bytes exactly".utf8))]))
    }
    let held = Self.hex(
      Insecure.SHA1.hash(data: [UInt8](repeating: 0, count: 20) + Array("twenty bytes exactly".utf8)))
    for index in 0..<8 {
      files["sys/class/tpm/tpm0/pcr-sha1/\(index)"] = held + "\n"
      files["sys/class/tpm/tpm0/pcr-sha256/\(index)"] = String(repeating: "a1", count: 32) + "\n"
    }
    let log = String(decoding: events.joined(), as: UTF8.self)
    #expect(Array(log.utf8) == Array(events.joined()))
    files["sys/kernel/security/tpm0/binary_bios_measurements"] = log
    let tree = try HostTree(files)
    let (all, _) = entities(TPMCollector(), try tree.view())
    expectContract(all, TPMCollector())
    let banks = all.filter { $0.subject == "tpm-bank" }
    #expect(banks.map(\.id) == ["sha1", "sha256"])
    #expect(banks.first?["replay"]?.value == .text("matches"))
    #expect(banks.last?["replay"].obstacle == .unsupported)
  }

  @Test("Without a log there is nothing to add up")
  func noLog() throws {
    var files = ["sys/kernel/security/lsm": "capability", "sys/class/tpm/tpm0/tpm_version_major": "2\n"]
    for index in 0..<8 {
      files["sys/class/tpm/tpm0/pcr-sha256/\(index)"] = String(repeating: "a1", count: 32) + "\n"
    }
    let tree = try HostTree(files)
    let (all, _) = entities(TPMCollector(), try tree.view())
    let bank = try #require(all.first { $0.subject == "tpm-bank" })
    #expect(bank["replay"].isAbsent)
    #expect(bank["comparedPCRs"].isAbsent)
  }
}
