import Foundation
import Reports
import Testing

/// docs/opa.md, done: a snapshot, a policy on a real engine, and its results in the report.
@Suite(
  "Policy as code",
  .enabled(if: Program.hasReaders, "readers of the formats are not installed: scripts/setup-ci.sh"))
struct OutsideTests {
  private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static func file(_ path: String) -> String { project.appendingPathComponent(path).path }

  private struct Verdict: Decodable {
    let id: String
    let status: String
    let origin: String?
  }
  private struct Document: Decodable {
    let results: [Verdict]
  }

  private func withResults(of host: String, _ body: (_ snapshot: String, _ results: String) throws -> Void)
    throws
  {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("opa-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let snapshot = folder.appendingPathComponent("snapshot.json")
    let collected = try Program.run(["collect", "--output", snapshot.path] + recordedHost(host))
    #expect(collected.status == 0, "\(collected.errors)")
    let evaluated = try Program.run(
      [
        "python3", Self.file("Tests/Validators/rego.py"), Self.file("docs/opa/node.rego"),
        "data.node.document",
      ],
      input: try Data(contentsOf: snapshot), executable: "/usr/bin/env")
    #expect(evaluated.status == 0, "\(evaluated.errors)")
    let results = folder.appendingPathComponent("results.json")
    try evaluated.output.write(to: results)
    try body(snapshot.path, results.path)
  }

  /// What the policy says of recorded hosts: pass, fail and what it can't know.
  static let hosts: [(String, [String])] = [
    ("containers", ["pass", "fail"]), ("permissive-worker", ["fail", "pass"]),
    ("image-loose", ["pass", "unknown"]),
  ]

  @Test(
    "A policy's verdicts are in the report with their origin, and the score is what it was", arguments: hosts)
  func merged(_ host: String, _ statuses: [String]) throws {
    try withResults(of: host) { snapshot, results in
      let valid = try Program.run(
        ["check-jsonschema", "--schemafile", Self.file("docs/results-v1.schema.json"), results],
        executable: "/usr/bin/env")
      #expect(valid.status == 0, "\(valid.text)")
      let without = try Program.run(["judge", snapshot, "--format", "json"])
      let with = try Program.run(["judge", snapshot, "--format", "json", "--results", results])
      let found = try JSONDecoder().decode(Document.self, from: with.output).results.filter {
        $0.origin == "opa"
      }
      #expect(found.map(\.id) == ["opa/operating-system-supported", "opa/host-network-reserved"])
      #expect(found.map(\.status) == statuses)
      let (old, new) = (try decodeReport(Array(without.output)), try decodeReport(Array(with.output)))
      #expect(old.score == new.score && old.summary == new.summary && old.run == new.run)
      #expect(old.results == new.own)
    }
  }

  @Test("Every form shows them, and its readers take it")
  func formats() throws {
    try withResults(of: "containers") { snapshot, results in
      for format in ReportFormat.allCases { try show(format, snapshot, results) }
    }
  }

  private func show(_ format: ReportFormat, _ snapshot: String, _ results: String) throws {
    let file = results + ".\(format.rawValue)"
    let outcome = try Program.run(
      ["judge", snapshot, "--results", results, "--format", format.rawValue, "--output", file])
    #expect(outcome.status == 1, "\(outcome.errors)")
    let text = try String(contentsOfFile: file, encoding: .utf8)
    switch format {
    case .prometheus: #expect(!text.contains("opa"), "it counts what this program judged")
    case .policyreport, .openreports: #expect(text.contains("\"rule\":\"opa/host-network-reserved\""))
    default:
      #expect(text.contains("Only system pods share the node") && text.contains("opa"), "\(format)")
    }
    guard format != .table else { return }
    let valid = try Program.run(
      ["python3", Self.file("Tests/Validators/validate.py"), format.rawValue, file],
      executable: "/usr/bin/env")
    #expect(valid.status == 0, "\(valid.text.prefix(2000))")
  }

  @Test("Their failures count for --fail-on, and for nothing where it is none")
  func gate() throws {
    try withResults(of: "containers") { snapshot, results in
      // Only what the policy says can fail here: of the benchmark one check that passes is left.
      let only = ["judge", snapshot, "--only", "accounts-no-empty-passwords"]
      let clean = try Program.run(only).status
      #expect(clean == 0 || clean == 3)
      #expect(try Program.run(only + ["--results", results]).status == 1)
      #expect(try Program.run(only + ["--results", results, "--fail-on", "critical"]).status == clean)
      #expect(try Program.run(only + ["--results", results, "--fail-on", "none"]).status == clean)
    }
  }

  @Test("Results of another run, twice the same origin, and what is malformed are refused")
  func refused() throws {
    try withResults(of: "containers") { snapshot, results in
      let twice = try Program.run(["judge", snapshot, "--results", results, "--results", results])
      #expect(twice.status == 2 && twice.errors.contains("there already"))
      let other = try Program.run(["audit", "--results", results] + recordedHost("containers"))
      #expect(other.status == 2 && other.errors.contains("results are of the run"))
      let text = try String(contentsOfFile: results, encoding: .utf8)
      try text.replacing("\"status\"", with: "\"state\"").write(
        toFile: results, atomically: true, encoding: .utf8)
      let malformed = try Program.run(["judge", snapshot, "--results", results])
      #expect(malformed.status == 2 && malformed.output.isEmpty)
      #expect(malformed.errors.contains(/results\.json:\d+: unknown key 'state'/), "\(malformed.errors)")
    }
  }
}
