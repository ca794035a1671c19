import Fleet
import FleetSQLite
import Foundation
import Reports
import Testing

/// What goes wrong while reports come in: what was acknowledged is there, and nothing is counted twice.
@Suite struct FaultTests {
  private static let statuses: [Status] = [.pass, .fail, .pass, .unknown, .pass]

  private func document(_ node: Int, hour: Int64) throws -> [UInt8] {
    try encodeReport(nodeReport("node-\(node)", hour: hour, Self.statuses))
  }

  /// The digest that an answer names.
  private static func digest(_ answer: Wire.Answer?) -> String? {
    guard let answer, answer.status == 200 || answer.status == 201 else { return nil }
    let object = try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: String]
    return object?["digest"]
  }

  /// Whether everything that was acknowledged is in the store, each once.
  private func check(_ path: String, _ acknowledged: Set<String>, nodes: Int) async throws {
    let store = try SQLiteStore(path: path)
    var digests: [String] = []
    for node in 0..<nodes {
      digests += try await store.history(host: "node-\(node)", limit: 10_000).map(\.digest)
    }
    #expect(Set(digests).count == digests.count)
    #expect(acknowledged.subtracting(digests).isEmpty, "acknowledged, and gone")
    let counted = try await store.trend(since: 0).reduce(0) { $0 + $1.nodes }
    // Reports of the same node and day count once.
    var days: Set<String> = []
    for node in 0..<nodes {
      for standing in try await store.history(host: "node-\(node)", limit: 10_000) {
        days.insert("\(standing.host) \(standing.day)")
      }
    }
    #expect(counted == days.count)
    await store.close()
  }

  @Test func `Killed again and again while reports come in, it loses nothing that it acknowledged`()
    async throws
  {
    try await withDirectory { directory in
      let path = "\(directory)/fleet.db"
      let nodes = 4
      var random = SystemRandomNumberGenerator()
      var acknowledged: Set<String> = []
      for round in 0..<8 {
        let collector = try await Collector(store: path).ready()
        let port = collector.ingestPort
        let last = Int.random(in: 3..<20, using: &random)
        let victim = collector.daemon.id
        let answers = try await withThrowingTaskGroup(of: [String].self) { group in
          for node in 0..<nodes {
            let documents = try (0..<30).map { try document(node, hour: Int64(round * 30 + $0)) }
            group.addTask {
              var digests: [String] = []
              for (place, document) in documents.enumerated() {
                if node == 0, place == last { kill(victim, SIGKILL) }
                guard let wire = try? Wire(port),
                  let digest = Self.digest(wire.ask("POST /v1/reports", [], document))
                else { break }
                digests.append(digest)
              }
              return digests
            }
          }
          return try await group.reduce(into: []) { $0 += $1 }
        }
        acknowledged.formUnion(answers)
        collector.daemon.end(by: SIGKILL)
      }
      #expect(!acknowledged.isEmpty)
      try await check(path, acknowledged, nodes: nodes)
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can mount a small disk"))
  func `A full disk is said, takes nothing that was acknowledged, and when there is room it goes on`()
    async throws
  {
    try await withDirectory { directory in
      let disk = "\(directory)/disk"
      try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
      guard Self.mounted(disk, "size=1m") else { return }
      defer { umount2(disk, Int32(MNT_DETACH)) }
      let collector = try await Collector(store: "\(disk)/fleet.db").ready()
      var acknowledged: Set<String> = []
      var refusal: Wire.Answer?
      for hour in 0..<5_000 where refusal == nil {
        let answer = try #require(try collector.send(document(0, hour: Int64(hour))))
        if let digest = Self.digest(answer) { acknowledged.insert(digest) } else { refusal = answer }
      }
      let full = try #require(refusal)
      #expect(full.status == 503, "\(full.text)")
      #expect(full.header("Retry-After") != nil)
      #expect(!acknowledged.isEmpty)
      #expect(try collector.ask("/healthz")?.status == 200)
      #expect(try collector.nodes() == 1, "questions are answered meanwhile")
      try #require(Self.mounted(disk, "remount,size=64m"))
      try await eventually("it goes on where there is room") {
        let answer = try collector.send(document(1, hour: 1))
        if let digest = Self.digest(answer) { acknowledged.insert(digest) }
        return answer?.status == 201 || answer?.status == 200
      }
      #expect(collector.daemon.end() == 0)
      try await check("\(disk)/fleet.db", acknowledged, nodes: 2)
    }
  }

  private static func mounted(_ path: String, _ options: String) -> Bool {
    let outcome = try? Program.run("/bin/mount", ["-t", "tmpfs", "-o", options, "tmpfs", path])
    return outcome?.status == 0
  }

  @Test func `Two collectors over one store answer as one`() async throws {
    try await withDirectory { directory in
      let path = "\(directory)/fleet.db"
      let collectors = [
        try await Collector(store: path).ready(), try await Collector(store: path).ready(),
      ]
      let ports = collectors.map(\.ingestPort)
      let statuses = try await withThrowingTaskGroup(of: [Int].self) { group in
        for node in 0..<4 {
          // Each report goes to both, so that each is new to one of them and known to the other.
          let documents = try (0..<12).map { try document(node, hour: Int64($0 * 13)) }
          for port in ports {
            group.addTask {
              try documents.map { try Wire(port).ask("POST /v1/reports", [], $0)?.status ?? 0 }
            }
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(statuses.count { $0 == 201 } == 48)
      #expect(statuses.count { $0 == 200 } == 48)
      let answers = try collectors.map { try #require(try $0.ask("/api/v1/summary?days=400")).text }
      #expect(answers[0] == answers[1])
      for collector in collectors { #expect(collector.daemon.end() == 0) }
      try await check(path, [], nodes: 4)
    }
  }

  @Test(.enabled(if: ClickHouseServers.isInstalled, "clickhouse-server is missing: scripts/setup-ci.sh"))
  func `A store that stopped is said, and nothing is acknowledged meanwhile`() async throws {
    let servers = try await ClickHouseServers(shards: 1)
    defer { servers.stop() }
    try await ask(servers.servers[0], "CREATE DATABASE fleet")
    let collector = try await Collector(store: "clickhouse://\(servers.servers[0])/fleet").ready()
    let report = try document(0, hour: 1)
    #expect(try collector.send(report)?.status == 201)
    #expect(try collector.send(report)?.status == 200)
    #expect(try collector.ask("/readyz")?.status == 200)
    servers.stop()
    let answer = try #require(try collector.send(document(1, hour: 1)))
    #expect(answer.status == 503, "\(answer.text)")
    #expect(answer.header("Retry-After") != nil)
    #expect(try collector.ask("/readyz")?.status == 503)
    #expect(try collector.ask("/healthz")?.status == 200, "it lives, and waits")
    #expect(collector.daemon.end() == 0)
  }
}
