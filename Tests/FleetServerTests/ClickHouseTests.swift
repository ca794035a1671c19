import Foundation
import Reports
import Testing

/// The collector's program over ClickHouse as it is deployed: with TLS and a password, and with a server that dies.
@Suite(
  .enabled(
    if: ClickHouseServers.isInstalled && Station.obstacle == nil, "no clickhouse-server: scripts/setup-ci.sh")
)
struct ClickHouseTests {
  private static let statuses: [Status] = [.pass, .fail, .pass, .unknown, .waived]

  private func fleet(_ arguments: [String], environment: [String] = []) throws -> (
    status: Int32, output: Data, errors: String
  ) {
    try Program.run("/usr/bin/env", environment + [Program.path("plumbline-fleet")] + arguments)
  }

  @Test func `Over TLS with a password, a fleet's answers are those of a file`() async throws {
    try await withDirectory { directory in
      let station = try Station(mutual: false)
      let server = try await SoloClickHouse(in: directory, station)
      let name = "clickhouses://fleet@127.0.0.1:\(server.httpsPort)/fleet"
      let secret = "\(directory)/password"
      try (SoloClickHouse.password + "\n").write(toFile: secret, atomically: true, encoding: .utf8)
      let trusted = ["--store", name, "--store-ca", station.file("tls/ca.crt")]
      let store = trusted + ["--store-password-file", secret]
      let reports = "\(directory)/reports"
      try FileManager.default.createDirectory(atPath: reports, withIntermediateDirectories: true)
      for node in 0..<6 {
        let report = nodeReport("node-\(node)", hour: Int64(node), Self.statuses)
        try Data(encodeReport(report)).write(to: URL(fileURLWithPath: "\(reports)/\(node).json"))
      }
      var answers: [[Data]] = []
      for place in [store, ["--store", "\(directory)/fleet.db"]] {
        let ingested = try fleet(["ingest"] + place + [reports])
        try #require(ingested.status == 0, "\(ingested.errors)")
        answers.append(
          try [["summary", "--days", "3650"], ["check", "alpha"], ["node", "node-3"], ["waivers"]].map {
            let answer = try fleet($0 + place + ["--format", "json"])
            try #require(answer.status == 0, "\(answer.errors)")
            return answer.output
          })
      }
      #expect(answers[0] == answers[1])
      #expect(String(decoding: answers[0][2], as: UTF8.self).contains("node-3"))
      // The password may be in the environment as well.
      let environment = ["PLUMBLINE_STORE_PASSWORD=\(SoloClickHouse.password)"]
      #expect(try fleet(["summary"] + trusted, environment: environment).status == 0)
    }
  }

  @Test func `A stranger's certificate, a wrong password and a port of the other kind are said to be that`()
    async throws
  {
    try await withDirectory { directory in
      let station = try Station(mutual: false)
      let stranger = try Station(mutual: false)
      let server = try await SoloClickHouse(in: directory, station)
      let https = "fleet@127.0.0.1:\(server.httpsPort)/fleet"
      let elsewhere = try Station(mutual: false, name: "DNS:elsewhere.example")
      let place = "\(directory)/elsewhere"
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      let other = try await SoloClickHouse(in: place, elsewhere)
      let noCertificate = "\(directory)/no-certificate"
      try "no certificate\n".write(toFile: noCertificate, atomically: true, encoding: .utf8)
      let authority = ["--store-ca", station.file("tls/ca.crt")]
      let right = ["PLUMBLINE_STORE_PASSWORD=\(SoloClickHouse.password)"]
      for (arguments, environment, words) in [
        (["clickhouses://\(https)", "--store-ca", stranger.file("tls/ca.crt")], right, "--store-ca"),
        (["clickhouses://\(https)"], right, "--store-ca"),
        (
          ["clickhouses://\(https)"] + authority, ["PLUMBLINE_STORE_PASSWORD=wrong"],
          "the user or the password"
        ),
        (
          [
            "clickhouses://fleet@127.0.0.1:\(other.httpsPort)/fleet", "--store-ca",
            elsewhere.file("tls/ca.crt"),
          ],
          right, "certificate is for other names"
        ),
        (["clickhouses://\(https)", "--store-ca", noCertificate], right, "no certificate in PEM"),
        (["clickhouse://\(https)"] + authority, right, "is not encrypted"),
        (["clickhouse://\(https)"], right, "clickhouses://"),
        (["clickhouses://fleet@127.0.0.1:\(server.httpPort)/fleet"] + authority, right, "clickhouse://"),
      ] {
        let outcome = try fleet(["summary", "--store"] + arguments, environment: environment)
        #expect(outcome.status != 0)
        #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
        #expect(!outcome.errors.contains(SoloClickHouse.password))
      }
    }
  }

  @Test func `ClickHouse may be killed in the middle of writing: what was acknowledged is there, once`()
    async throws
  {
    try await withDirectory { directory in
      let station = try Station(mutual: false)
      let server = try await SoloClickHouse(in: directory, station)
      let name = "clickhouse://127.0.0.1:\(server.httpPort)/fleet"
      let prepared = try fleet(["prepare", "--store", name])
      try #require(prepared.status == 0, "\(prepared.errors)")
      let collector = try await Collector(store: name).ready()
      var acknowledged: Set<String> = []
      for round in 0..<4 {
        // One is killed while senders wait for it, the others between reports.
        let victim = server.id
        try #require(victim > 0)
        let killer = Task {
          try await Task.sleep(for: .milliseconds(40 * (round + 1)))
          Foundation.kill(victim, SIGKILL)
        }
        for hour in 0..<12 {
          let document = try encodeReport(nodeReport("node-\(round)", hour: Int64(hour), Self.statuses))
          guard let answer = try collector.send(document) else { continue }
          if answer.status == 503 {
            #expect(answer.header("Retry-After") != nil)
            break
          }
          #expect(answer.status == 200 || answer.status == 201, "\(answer.text)")
          let said = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: String]
          acknowledged.insert(try #require(said?["digest"]))
        }
        try await killer.value
        let last = try encodeReport(nodeReport("node-\(round)", hour: 11, Self.statuses))
        try await eventually("senders are told to come again") { try collector.send(last)?.status == 503 }
        try await server.start()
        try await eventually("the collector serves on") {
          try collector.ask("/api/v1/summary")?.status == 200
        }
      }
      let kept = try await server.query("SELECT digest FROM fleet.report").split(
        whereSeparator: \.isWhitespace)
      #expect(acknowledged.isSubset(of: kept.map(String.init)), "acknowledged, and gone")
      // What was not acknowledged is sent again, and all of it is counted once.
      for round in 0..<4 {
        for hour in 0..<12 {
          let document = try encodeReport(nodeReport("node-\(round)", hour: Int64(hour), Self.statuses))
          let answer = try #require(try collector.send(document))
          #expect(answer.status == 200 || answer.status == 201)
        }
      }
      try await eventually("four nodes are known") { try collector.nodes() == 4 }
      #expect(try collector.counted() == 4, "each node's day counts once")
      collector.daemon.end()
    }
  }
}
