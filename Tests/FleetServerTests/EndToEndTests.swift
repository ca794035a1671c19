import Facts
import FleetClickHouse
import Foundation
import Reports
import Testing

/// Where the fleet is kept.
enum Place: CaseIterable {
  case file, shards

  static let usable = allCases.filter { $0 == .file || ClickHouseServers.isInstalled }
}

extension ClickHouseServers {
  /// A database over all of them, as `--store` names it.
  func store() async throws -> String {
    for server in servers { try await ask(server, "CREATE DATABASE fleet") }
    return "clickhouse://\(servers.map(\.description).joined(separator: ","))/fleet?cluster=fleet"
  }
}

/// Nodes, their agents and relays, and the collector: nothing between them is made up.
@Suite struct EndToEndTests {
  /// A node of the test: a recorded host with an agent, a relay and a key of its own.
  private final class Node {
    let host: String
    let name: String
    private let station: Station
    private var daemons: [Daemon] = []

    init(_ host: String, _ station: Station) throws {
      self.host = host
      self.station = station
      for folder in ["spool", "state"] {
        try FileManager.default.createDirectory(
          atPath: station.file("\(host)/\(folder)"), withIntermediateDirectories: true)
      }
      let outcome = try Program.run(
        Program.path("plumbline"), ["audit", "--format", "json"] + Program.host(host))
      let report = try decodeReport(Array(outcome.output))
      name = try #require(report.host.nodeName ?? report.host.hostname)
      for arguments in [
        ["genpkey", "-algorithm", "ed25519", "-out", station.file("\(host)/key.pem")],
        ["pkey", "-in", station.file("\(host)/key.pem"), "-pubout", "-out", station.file("\(host)/key.pub")],
      ] { try #require(try Program.run(try #require(Program.tool("openssl")), arguments).status == 0) }
    }

    /// - Parameter key: Of which node the reports are signed with.
    func start(pushingTo port: UInt16, key: String? = nil) throws {
      daemons = [
        try Daemon(
          Program.path("plumbline"),
          ["agent", "--spool", station.file("\(host)/spool"), "--interval", "2s", "--jitter", "0s", "--"]
            + Program.host(host) + ["--sign", station.file("\(key ?? host)/key.pem")]),
        try Daemon(
          Program.path("plumbline-relay"),
          [
            "--spool", station.file("\(host)/spool"), "--state", station.file("\(host)/state"),
            "--push-url", "https://127.0.0.1:\(port)/v1/reports", "--push-ca", station.file("tls/ca.crt"),
            "--push-cert", station.file("tls/client.crt"), "--push-key", station.file("tls/client.key"),
            "--push-backoff", "1", "--poll", "1", "--listen", "none",
          ]),
      ]
    }

    func stop() { for daemon in daemons { daemon.end() } }

    /// Fails where one of its programs has ended.
    func isAlive() throws { for daemon in daemons { try #require(daemon.isRunning, "\(daemon.text)") } }

    var log: String { daemons.map(\.text).joined(separator: "\n") }

    /// The reports that the agent left, oldest first.
    func spooled() throws -> [Report] {
      let folder = station.file("\(host)/spool")
      return try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { $0.hasPrefix("0") && $0.hasSuffix(".json") }.sorted().map { file in
          let envelope = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)"))
          let object = try #require(try JSONSerialization.jsonObject(with: envelope) as? [String: Any])
          let payload = try #require((object["payload"] as? String).flatMap { Data(base64Encoded: $0) })
          let statement = try #require(try JSONSerialization.jsonObject(with: payload) as? [String: Any])
          let predicate = try JSONSerialization.data(
            withJSONObject: try #require(statement["predicate"] as? [String: Any]))
          return try decodeReport(Array(predicate))
        }
    }
  }

  private func trust(_ nodes: [Node], _ station: Station) throws -> String {
    let path = station.file("trust.yaml")
    let text = try nodes.map { node in
      let key = try String(contentsOfFile: station.file("\(node.host)/key.pub"), encoding: .utf8)
      return "- nodes: [\"\(node.name)\"]\n  key: |\n"
        + key.split(separator: "\n").map { "    \($0)\n" }.joined()
    }.joined()
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func tls(_ station: Station) -> [String] {
    [
      "--tls-cert", station.file("tls/server.crt"), "--tls-key", station.file("tls/server.key"),
      "--ingest-client-ca", station.file("tls/ca.crt"),
    ]
  }

  private func ask(_ collector: Collector, _ path: String, _ station: Station) throws -> [String: Any] {
    let outcome = try Program.run(
      try #require(Program.tool("curl")),
      [
        "-s", "--cacert", station.file("tls/ca.crt"),
        "https://127.0.0.1:\(collector.readingPort)/api/v1/\(path)",
      ])
    return try #require(try JSONSerialization.jsonObject(with: outcome.output) as? [String: Any])
  }

  @Test(
    .enabled(if: Station.obstacle == nil, "\(Station.obstacle ?? "")"), arguments: Place.usable)
  func `What three nodes say, signed and over mutual TLS, is what the fleet answers`(_ place: Place)
    async throws
  {
    let station = try Station(mutual: true)
    let servers = place == .shards ? try await ClickHouseServers(shards: 2) : nil
    defer { servers?.stop() }
    let store = try await servers?.store() ?? station.file("fleet.db")
    let nodes = try ["debian", "hardened-worker", "kubeadm-control-plane"].map { try Node($0, station) }
    defer { for node in nodes { node.stop() } }
    let collector = try await Collector(
      store: store, tls(station) + ["--trust", try trust(nodes, station)]
    ).ready()
    for node in nodes { try node.start(pushingTo: collector.ingestPort) }
    try await eventually("every node has reported: \(nodes.map(\.log)) \(collector.daemon.text)") {
      for node in nodes { try node.isAlive() }
      return try ask(collector, "summary", station)["nodes"] as? Int == nodes.count
    }
    for node in nodes {
      let answer = try ask(collector, "nodes/\(node.name)", station)
      let judged = try #require((answer["judged"] as? [[String: Any]])?.first)
      let at = try #require(judged["at"] as? String)
      let report = try #require(try node.spooled().first { $0.run.startedAt.hasPrefix(at.dropLast()) })
      let tally = try #require(judged["tally"] as? [String: Int])
      #expect(tally["level"] == report.score.node.level)
      #expect(tally["passed"] == report.score.node.percentage.passed)
      #expect(tally["failed"] == report.summary.statuses["fail"] ?? 0)
      let key = try #require(judged["signer"] as? String)
      #expect(!key.isEmpty)
      let failing = Set(report.results.filter { $0.verdict.status == .fail }.map(\.id))
      let found = try #require(answer["findings"] as? [[String: Any]])
      #expect(
        Set(found.filter { $0["status"] as? String == "fail" }.compactMap { $0["id"] as? String }) == failing)
    }
    #expect(collector.daemon.end() == 0)
  }

  @Test(.enabled(if: Station.obstacle == nil, "\(Station.obstacle ?? "")"))
  func `A node that signs for another is not believed, and the collector may be away meanwhile`() async throws
  {
    let station = try Station(mutual: true)
    let nodes = try ["debian", "hardened-worker"].map { try Node($0, station) }
    defer { for node in nodes { node.stop() } }
    let options = tls(station) + ["--trust", try trust(nodes, station)]
    let store = station.file("fleet.db")
    let first = try await Collector(store: store, options).ready()
    let port = first.ingestPort
    // The second node's reports are signed with the first one's key.
    try nodes[0].start(pushingTo: port)
    try nodes[1].start(pushingTo: port, key: nodes[0].host)
    try await eventually("the first node has reported") {
      try nodes[0].isAlive()
      return try ask(first, "summary", station)["nodes"] as? Int == 1
    }
    first.daemon.end(by: SIGKILL)
    // Reports gather while nobody takes them.
    let before = try nodes[0].spooled().count
    try await eventually("the agent goes on") { try nodes[0].spooled().count >= before + 2 }
    let second = try await Collector(store: store, options + ["--ingest-listen", "127.0.0.1:\(port)"]).ready()
    let made = Set(try nodes[0].spooled().map(\.run.id))
    try await eventually("what gathered has come: \(nodes[0].log)") {
      let history = try ask(second, "nodes/\(nodes[0].name)", station)["history"] as? [[String: Any]]
      let runs = history?.compactMap { $0["run"] as? String } ?? []
      return made.isSubset(of: runs) && Set(runs).count == runs.count
    }
    #expect(try ask(second, "summary", station)["nodes"] as? Int == 1)
    let refused = try #require(try ask(second, "refused", station)["refused"] as? [[String: Any]])
    #expect(refused.contains { ($0["reason"] as? String)?.contains("may not speak for") == true })
  }
}
