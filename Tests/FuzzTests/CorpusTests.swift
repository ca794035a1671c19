import Facts
import Host
import SystemPackage
import TestSupport
import Testing

/// The fuzzers' corpus, replayed: what once was interesting must still come back. `make fuzz` looks for more.
@Suite("Readers of what attackers write")
struct CorpusTests {
  /// A reader, and what was kept for it.
  private static func corpus(_ target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
    let folder = FilePath(#filePath).removingLastComponent().appending("Corpus")
    let root = try HostRoot(at: folder)
    return try root.names(in: FilePath(target.rawValue)).map { name in
      (name.string, try root.bytes(FilePath(target.rawValue).appending(name)))
    }
  }

  @Test("Each has a corpus, and comes back from all of it", arguments: FuzzTarget.allCases)
  func replays(target: FuzzTarget) throws {
    let corpus = try Self.corpus(target)
    #expect(corpus.count >= 3)
    for (_, bytes) in corpus { target.run(bytes) }
  }

  @Test(
    "Each comes back from what is cut off anywhere, and from what is changed", arguments: FuzzTarget.allCases)
  func mutations(target: FuzzTarget) throws {
    var generator = SeededGenerator(seed: 1)
    for (_, bytes) in try Self.corpus(target).prefix(12) {
      for _ in 0..<24 { target.run(Self.changed(bytes, &generator)) }
    }
    target.run([])
  }

  /// One to four small changes: a byte, a cut, a piece doubled, a number made large.
  private static func changed(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = Array(bytes.prefix(4096))
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes.removeSubrange(place...)
      case 2: bytes.insert(contentsOf: bytes[place...].prefix(64), at: place)
      case 3: for index in place..<min(place + 4, bytes.count) { bytes[index] = 0xff }
      default: bytes.insert(contentsOf: Array("99999999999999999999".utf8), at: place)
      }
    }
    return bytes
  }
}
