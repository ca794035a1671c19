import Testing

@testable import FleetClickHouse

@Suite struct LiteralTests {
  @Test(arguments: [
    ("plain", "'plain'"), ("", "''"), ("it's", #"'it\'s'"#), (#"a\"#, #"'a\\'"#), (#"\'"#, #"'\\\''"#),
    ("a\nb\t\u{0}\u{7F}", #"'a\x0ab\x09\x00\x7f'"#), ("ü😀", "'ü😀'"),
  ]) func `A text can't end its literal`(_ text: String, _ expected: String) {
    #expect(literal(text) == expected)
  }

  @Test(.enabled(if: ClickHouseServers.isInstalled, "no clickhouse-server: scripts/setup-ci.sh"))
  func `ClickHouse reads a literal as the text it was`() async throws {
    try await withDatabase { address in
      let connection = try Connection(address, Access())
      let all = String(String.UnicodeScalarView((0..<0x250).compactMap(Unicode.Scalar.init)))
      for text in [all, #"\\x41\"#, "'; SELECT 1; --", #"\'"#] {
        #expect(try await connection.texts("SELECT \(literal(text))", on: address.servers[0]) == [text])
      }
      await connection.close()
    }
  }

  @Test func `A row is one line of JSON, whatever is in it`() {
    var row = JSONRow()
    row.put("a", "x\"y\\\n\u{1}")
    row.put("b", UInt64.max)
    row.put("c", String?.none)
    row.put("d", true)
    row.put("e", bytes: [0xFF, 0x00])
    #expect(
      row.line == Array(#"{"a":"x\"y\\\u000a\u0001","b":18446744073709551615,"c":null,"d":1,"e":""#.utf8) + [
        0xFF
      ]
        + Array("\\u0000\"}\n".utf8))
  }

  @Test func `Ranks are in the order of time, then of the digest`() {
    let ranks = [(0, "ff"), (5, "00000000"), (5, "80000000"), (5, "ffffffffff"), (6, "00000000")].map {
      rank(startedAt: $0.0, digest: $0.1)
    }
    #expect(ranks == ranks.sorted() && Set(ranks).count == ranks.count)
    #expect(
      seconds(ofRank: rank(startedAt: 1_772_582_400, digest: String(repeating: "f", count: 64)))
        == 1_772_582_400)
  }
}
