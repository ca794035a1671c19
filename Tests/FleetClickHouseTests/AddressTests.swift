import FleetClickHouse
import Testing

@Suite struct AddressTests {
  @Test func `An address says where, as whom, and over which cluster`() throws {
    let plain = try Address("clickhouse://localhost/fleet")
    #expect(plain == Address(servers: [.init(host: "localhost", port: 8_123)], database: "fleet"))
    let whole = try Address("clickhouses://me@a.example:1,[::1]:2,b/fleet_2?cluster=all")
    #expect(
      whole
        == Address(
          servers: [
            .init(host: "a.example", port: 1), .init(host: "::1", port: 2), .init(host: "b", port: 8_443),
          ], database: "fleet_2", user: "me", cluster: "all", isEncrypted: true))
    #expect(whole.servers[1].description == "[::1]:2")
  }

  @Test(arguments: [
    ("http://x/y", "does not begin"), ("clickhouse://x", "HOST:PORT/DATABASE"),
    ("clickhouse:///y", "HOST:PORT"),
    ("clickhouse://x/", "no name of a database"), ("clickhouse://x/a-b", "no name"),
    ("clickhouse://x/a;DROP", "no name"), ("clickhouse://x/1a", "no name"), ("clickhouse://x/a/b", "no name"),
    ("clickhouse://u:secret@x/y", "a password has no place"), ("clickhouse://x:0/y", "no HOST"),
    ("clickhouse://x:99999/y", "no HOST"), ("clickhouse://x:/y", "no HOST"),
    ("clickhouse://a,b/y", "cluster=NAME"),
    ("clickhouse://a,,b/y?cluster=c", "no HOST"), ("clickhouse://a/y?cluster=", "no name of a cluster"),
    ("clickhouse://a/y?cluster=a,b", "no name of a cluster"), ("clickhouse://a/y?user=b", "no setting"),
    ("clickhouse://a b/y", "no HOST"), ("clickhouse://[::1/y", "no HOST"),
    ("clickhouse://[::1]x/y", "no HOST"),
  ]) func `What is no address is refused with the reason`(_ text: String, _ words: String) {
    let problem = #expect(throws: Address.Problem.self) { try Address(text) }
    #expect(problem?.description.contains(words) == true, "\(problem.map(\.description) ?? "nothing")")
  }
}
