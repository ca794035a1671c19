import Host
import TestSupport
import Testing

@Suite("The TPM's event log")
struct TPMEventLogTests {
  private typealias Log = TPMLogFixture

  private static let both: [(algorithm: UInt16, size: UInt16)] = [(4, 20), (11, 32)]

  private static func digest(_ algorithm: UInt16, _ size: Int) -> (algorithm: UInt16, bytes: [UInt8]) {
    (algorithm, [UInt8](repeating: 0xa5, count: size))
  }

  private static func event(_ register: UInt32, type: UInt32 = 8, data: [UInt8] = [1]) -> [UInt8] {
    Log.agile(.init(register, type: type, digests: [digest(4, 20), digest(11, 32)], data: data))
  }

  private static func locality(_ value: UInt8, extra: [UInt8] = []) -> [UInt8] {
    event(0, type: 3, data: Array("StartupLocality\0".utf8) + [value] + extra)
  }

  @Test("A crypto-agile log names its algorithms in its first event, which is none of its events")
  func agile() throws {
    let log = try TPMEventLog(parsing: Log.header(Self.both) + Self.event(0) + Self.event(7, data: []))
    #expect(log.format == .cryptoAgile)
    #expect(log.algorithms.map(\.name) == ["sha1", "sha256"])
    #expect(log.events.map(\.register) == [0, 7])
    #expect(log.events.first?.data == [1])
    #expect(log.events.first?.digests.map { $0?.count } == [20, 32])
    #expect(log.startupLocality == 0)
  }

  @Test("A log without that header has SHA-1 digests alone, its first event too")
  func sha1() throws {
    let one = Log.sha1(.init(4, digests: [Self.digest(4, 20)], data: [1, 2, 3]))
    let log = try TPMEventLog(parsing: one + one)
    #expect(log.format == .sha1)
    #expect(log.algorithms == [.sha1])
    #expect(log.events.count == 2)
  }

  @Test("Digests may stand in any order, and one may be missing")
  func order() throws {
    let swapped = Log.agile(.init(1, digests: [Self.digest(11, 32), Self.digest(4, 20)]))
    let alone = Log.agile(.init(1, digests: [Self.digest(11, 32)]))
    let log = try TPMEventLog(parsing: Log.header(Self.both) + swapped + alone)
    #expect(log.events.map { $0.digests.map { $0?.count } } == [[20, 32], [nil, 32]])
  }

  @Test("What only informs is not measured and may name any register; the area's zeros end the log")
  func informs() throws {
    let zeros = [UInt8](repeating: 0, count: 500)
    let bytes = Log.header(Self.both) + Self.event(0xffff_ffff, type: 3) + Self.event(2) + zeros
    let log = try TPMEventLog(parsing: bytes)
    #expect(log.events.map(\.isExtended) == [false, true])
  }

  @Test("The startup locality is taken once, before PCR 0 is extended")
  func startup() throws {
    let header = Log.header(Self.both)
    #expect(try TPMEventLog(parsing: header + Self.locality(3) + Self.event(0)).startupLocality == 3)
    for bad in [
      Self.event(0) + Self.locality(3), Self.locality(3) + Self.locality(3), Self.locality(2),
      Self.locality(3, extra: [0]),
    ] {
      #expect(throws: TPMEventLog.Failure.self) { _ = try TPMEventLog(parsing: header + bad) }
    }
  }

  @Test("A log that is cut anywhere within an event is refused")
  func cut() throws {
    let header = Log.header(Self.both)
    let whole = header + Self.event(1) + Self.event(7)
    let ends = [header.count, header.count + Self.event(1).count, whole.count]
    for length in 0..<whole.count where !ends.contains(length) {
      #expect(throws: TPMEventLog.Failure.self, "\(length) bytes") {
        _ = try TPMEventLog(parsing: Array(whole.prefix(length)))
      }
    }
  }

  private static let refused: [([UInt8], TPMEventLog.Failure.Reason)] = [
    (Log.header([], count: 0), .algorithmCount(0)),
    (Log.header(both, count: .max), .algorithmCount(.max)),
    (Log.header(both, count: 3), .truncated),
    (Log.header([(4, 20), (4, 20)]), .repeatedAlgorithm(.sha1)),
    (Log.header([(4, 20), (11, 20)]), .digestSize(.sha256, 20)),
    (Log.header([(0x99, 0)]), .digestSize(TPMAlgorithm(rawValue: 0x99), 0)),
    (Log.header([(0x99, 65)]), .digestSize(TPMAlgorithm(rawValue: 0x99), 65)),
    (Log.header(both) + Log.agile(.init(0, digests: [])), .digestCount(0)),
    (
      Log.header(both) + Log.little(UInt32(0)) + Log.little(UInt32(8)) + Log.little(UInt32.max),
      .digestCount(.max)
    ),
    (Log.header(both) + Log.agile(.init(0, digests: [digest(12, 48)])), .digest(.sha384)),
    (Log.header(both) + Log.agile(.init(0, digests: [digest(4, 20), digest(4, 20)])), .digest(.sha1)),
    (Log.header(both) + event(24), .register(24)),
    ([], .truncated),
    (Log.sha1(.init(99, digests: [digest(4, 20)])), .register(99)),
    // A size that reaches past everything.
    (Log.header(both) + Array(event(0).dropLast(5)) + [0xff, 0xff, 0xff, 0xff, 1], .truncated),
  ]

  @Test("Counts and sizes that can't be are refused", arguments: refused)
  func hostile(_ bytes: [UInt8], _ reason: TPMEventLog.Failure.Reason) {
    do throws(TPMEventLog.Failure) {
      _ = try TPMEventLog(parsing: bytes)
      Issue.record("it was taken")
    } catch {
      #expect(error.reason == reason)
      #expect(!error.description.isEmpty)
    }
  }

  @Test("More events than any firmware logs are refused")
  func many() {
    let one = Log.agile(.init(1, type: 3, digests: [Self.digest(4, 20)]))
    let log = Log.header(Self.both) + Array(repeatElement(one, count: TPMEventLog.mostEvents + 1).joined())
    #expect(throws: TPMEventLog.Failure(event: TPMEventLog.mostEvents + 1, .tooManyEvents)) {
      _ = try TPMEventLog(parsing: log)
    }
  }

  @Test("Any bytes get an answer")
  func mutated() {
    var random = SeededGenerator(seed: 5)
    let base = Log.header(Self.both) + Self.locality(3) + Self.event(0) + Self.event(7, data: [])
    for _ in 0..<3000 {
      var bytes = base
      for _ in 0..<3 {
        bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
      }
      if let log = try? TPMEventLog(parsing: bytes) { #expect(log.events.count < bytes.count / 16) }
    }
  }
}
