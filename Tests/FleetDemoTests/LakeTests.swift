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
      var sums = Sums()
      for (number, look) in fleet.looks.enumerated() {
        let incoming =
          number == 0 ? try formula(look, of: fleet, by: intake) : try taken(look, of: fleet, by: intake)
        try #require(try await store.add([incoming]) == [.stored])
        sums.add(incoming.standing)
      }
      let changes = try await store.changes(ChangeQuery()).count
      await store.close()

      for form in ["ndjson", "csv"] {
        let lake = "\(directory)/lake/\(form)"
        let day = "\(lake)/reports/day=\(Moment.text(ofDay: Moment.day(of: end) - 1))"
        try FileManager.default.createDirectory(atPath: day, withIntermediateDirectories: true)
        // As a run leaves it that was killed, and one that another run is at; the others are nobody else's business.
        let leftOver = ".unfinished-part.\(form).gz.4711"
        let held = ".unfinished-part.\(form).gz.4712"
        let others = [".unfinished-part.notes", ".unfinished-part.\(form).gz.12a", "part.txt"]
        func plant(_ name: String) throws {
          try Data(Gzip.deflated(Array("no row\n".utf8))).write(to: URL(fileURLWithPath: "\(day)/\(name)"))
        }
        for name in [leftOver, held] + others { try plant(name) }
        let descriptor = open("\(day)/\(held)", O_RDONLY | O_CLOEXEC)
        try #require(descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        defer { close(descriptor) }
        let export = ["export", "--store", path, "--to", lake, "--format", form]
        _ = try run(export)
        let files = try FileManager.default.contentsOfDirectory(atPath: day).sorted()
        #expect(files == ([held, "part.\(form).gz"] + others).sorted())
        let before = try FileManager.default.subpathsOfDirectory(atPath: lake).sorted()
        let again = try run(export)
        #expect(again.isEmpty, "days that are there are left alone: \(again)")
        #expect(try FileManager.default.subpathsOfDirectory(atPath: lake).sorted() == before)
        // For DuckDB's globs to find.
        try plant(leftOver)
      }

      let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Validators/lake.py").path
      let outcome = try Program.run("/usr/bin/env", ["python3", script, "\(directory)/lake"])
      try #require(outcome.status == 0, "\(outcome.errors)")
      let answers = try #require(
        try JSONSerialization.jsonObject(with: outcome.output) as? [String: [String: [Any]]])
      for (form, name) in [("ndjson", "=2+3"), ("csv", "'=2+3")] {
        let answer = try #require(answers[form])
        func numbers(_ kind: String) -> [Int?] { (answer[kind] ?? []).map { ($0 as? NSNumber)?.intValue } }
        #expect(numbers("reports") == [sums.reports, sums.failed, sums.passed, sums.reports])
        #expect(numbers("results") == [sums.results, sums.failed])
        #expect(numbers("changes") == [changes])
        let globs = try #require(answer["globs"] as? [[String]])
        #expect(globs.count == 3 && globs.allSatisfy { $0 == ["part.\(form).gz"] }, "\(globs)")
        // A spreadsheet would take it for a formula; a lake does not, and gets it as it is.
        #expect(answer["names"]?.contains { $0 as? String == name } == true)
      }
    }
  }

  private struct Sums {
    var reports = 0
    var failed = 0
    var passed = 0
    var results = 0

    mutating func add(_ standing: Standing) {
      reports += 1
      failed += standing.tally.failed
      passed += standing.tally.passed
      results += standing.statuses.count
    }
  }

  /// A node that calls itself as no node should.
  private func formula(_ look: DemoFleet.Look, of fleet: DemoFleet, by intake: Intake) throws -> Incoming {
    let name = try taken(look, of: fleet, by: intake).standing.name
    let text = String(decoding: try fleet.document(look), as: UTF8.self)
      .replacing("\"nodeName\":\"\(name)\"", with: "\"nodeName\":\"=2+3\"")
    guard case .report(let incoming) = try intake.read(Array(text.utf8), now: end) else {
      throw FixtureProblem.noReport
    }
    try #require(incoming.standing.name == "=2+3")
    return incoming
  }
}

/// Stored snapshots judged again.
@Suite struct RejudgeTests {
  private struct Judgement: Hashable, Decodable {
    let id: String
    let status: String
  }

  private struct Judged: Decodable {
    struct Host: Decodable {
      let id: String?
      let hostname: String?
      let nodeName: String?
    }

    let host: Host
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
        let name = try #require(report.host.nodeName ?? report.host.hostname)
        #expect(
          expected.updateValue(report.results, forKey: name) == nil, "two hosts of one name prove nothing")
        try #require(try Program.run(program, ["ingest", "--store", path, snapshot]).status == 0)
      }
      let rejudge = ["rejudge", "--store", path, "--benchmark", "cis-kubernetes-1.12"]
      try #require(try Program.run(program, rejudge + ["--dry-run"]).status == 0)
      let store = try SQLiteStore(path: path)
      #expect(try await store.current(benchmark: nil).isEmpty, "a dry run keeps nothing")
      for said in ["2 stored, 0 known", "0 stored, 2 known"] {
        let outcome = try Program.run(program, rejudge)
        try #require(outcome.status == 0)
        #expect(outcome.errors.contains(said), "\(outcome.errors)")
      }
      #expect(Set(expected.values).count == 2, "one host's answers could be taken for the other's")
      let current = try await store.current(benchmark: "cis-kubernetes-1.12")
      #expect(current.count == 2)
      for node in current {
        let bytes = try #require(try await store.document(digest: node.standing.digest))
        let report = try JSONDecoder().decode(
          Judged.self, from: Data(try Gzip.inflated(bytes, atMost: 1 << 24)))
        #expect(report.results.count > 90)
        #expect(report.results == expected[node.standing.name], "\(node.standing.name)")
        #expect(try await store.history(host: node.standing.host, limit: 10).count == 1, "counted once")
      }
      await store.close()
    }
  }
}
