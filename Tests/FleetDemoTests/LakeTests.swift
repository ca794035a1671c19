import Fleet
import FleetDemo
import FleetSQLite
import Foundation
import Testing

private let program = Program.path("plumbline-fleet")

private let hasDuckDB =
  (try? Program.run("/usr/bin/env", ["python3", "-c", "import duckdb"]))?.status == 0

/// What leaves the store by day, read back by somebody else's engine.
@Suite struct LakeTests {
  private func run(_ arguments: [String]) throws -> String {
    let outcome = try Program.run(program, arguments)
    try #require(outcome.status == 0, "\(arguments): \(outcome.errors)")
    return String(decoding: outcome.output, as: UTF8.self)
  }

  @Test(.enabled(if: hasDuckDB, "DuckDB is not installed: scripts/setup-ci.sh"))
  func `What is exported is what the store says, whoever reads it`() async throws {
    try await withDirectory { directory in
      let path = "\(directory)/fleet.db"
      let store = try SQLiteStore(path: path)
      let fleet = try DemoFleet(
        Plan(seed: 5, nodes: 10, rounds: 4, interval: Moment.secondsPerDay), by: try baseline(), until: end)
      let intake = Intake(trust: nil, inventory: .none)
      var reports = 0
      var failed = 0
      var passed = 0
      var results = 0
      for look in fleet.looks {
        let incoming = try taken(look, of: fleet, by: intake)
        guard try await store.add([incoming]) == [.stored] else { continue }
        reports += 1
        failed += incoming.standing.tally.failed
        passed += incoming.standing.tally.passed
        results += incoming.standing.statuses.count
      }
      let changes = try await store.changes(ChangeQuery()).count
      await store.close()

      for (form, more) in [("ndjson", []), ("csv", ["--no-gzip"])] {
        _ = try run(
          ["export", "--store", path, "--to", "\(directory)/lake/\(form)", "--format", form] + more)
      }
      // What was broken off has another name, and nobody takes it for a day.
      let day = "\(directory)/lake/ndjson/reports/day=\(Moment.text(ofDay: Moment.day(of: end) - 1))"
      #expect(FileManager.default.fileExists(atPath: "\(day)/part.ndjson.gz"))
      let before = try FileManager.default.subpathsOfDirectory(atPath: "\(directory)/lake").sorted()
      let again = try run([
        "export", "--store", path, "--to", "\(directory)/lake/ndjson", "--format", "ndjson",
      ])
      #expect(again.isEmpty, "days that are there are left alone: \(again)")
      #expect(try FileManager.default.subpathsOfDirectory(atPath: "\(directory)/lake").sorted() == before)

      let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Validators/lake.py").path
      let outcome = try Program.run("/usr/bin/env", ["python3", script, "\(directory)/lake"])
      try #require(outcome.status == 0, "\(outcome.errors)")
      let answers = try #require(
        try JSONSerialization.jsonObject(with: outcome.output) as? [String: [String: [Any]]])
      for form in ["ndjson", "csv"] {
        let answer = try #require(answers[form])
        #expect(
          answer["reports"]?.compactMap { ($0 as? NSNumber)?.intValue } == [reports, failed, passed, reports])
        #expect((answer["results"]?.first as? NSNumber)?.intValue == results)
        #expect((answer["results"]?.last as? NSNumber)?.intValue == failed)
        #expect((answer["changes"]?.first as? NSNumber)?.intValue == changes)
      }
    }
  }
}

/// Stored snapshots judged again.
@Suite struct RejudgeTests {
  private struct Judgement: Hashable, Decodable {
    let id: String
    let status: String
  }

  private struct Judged: Decodable {
    let results: [Judgement]
  }

  @Test func `A snapshot judged again says what the node itself would have said`() async throws {
    try await withDirectory { directory in
      let path = "\(directory)/fleet.db"
      var expected: [String: [Judgement]] = [:]
      for host in ["kubeadm-control-plane", "hardened-worker"] {
        let snapshot = "\(directory)/\(host).json"
        let collected = try Program.run(
          Program.path("plumbline"), ["collect", "--output", snapshot] + Program.host(host))
        try #require(collected.status == 0 || collected.status == 3, "\(collected.errors)")
        let judged = try Program.run(
          Program.path("plumbline"),
          ["judge", snapshot, "--benchmark", "cis-kubernetes-1.12", "--format", "json"])
        let report = try JSONDecoder().decode(Judged.self, from: judged.output)
        expected[host] = report.results
        try #require(try Program.run(program, ["ingest", "--store", path, snapshot]).status == 0)
      }
      let rejudge = ["rejudge", "--store", path, "--benchmark", "cis-kubernetes-1.12"]
      try #require(try Program.run(program, rejudge + ["--dry-run"]).status == 0)
      let store = try SQLiteStore(path: path)
      #expect(try await store.current(benchmark: nil).isEmpty, "a dry run keeps nothing")
      for _ in 0..<2 { try #require(try Program.run(program, rejudge).status == 0) }
      let current = try await store.current(benchmark: "cis-kubernetes-1.12")
      #expect(current.count == 2)
      let layouts = try await store.layouts()
      let said = try current.map { node in
        let entries = try #require(layouts[node.standing.layout]).entries
        return Set(
          zip(entries, node.standing.statuses).map { "\($0.id) \($0.check) \(String(UnicodeScalar($1)))" }
        ).count
      }
      #expect(said.allSatisfy { $0 > 90 })
      for node in current {
        let bytes = try #require(try await store.document(digest: node.standing.digest))
        let report = try JSONDecoder().decode(
          Judged.self, from: Data(try Gzip.inflated(bytes, atMost: 1 << 24)))
        #expect(expected.values.contains(report.results), "\(node.standing.name)")
        #expect(try await store.history(host: node.standing.host, limit: 10).count == 1, "counted once")
      }
      await store.close()
    }
  }
}
