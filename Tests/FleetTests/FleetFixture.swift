import Facts
import Fleet
import FoundationEssentials
import Reports
import TestSupport

/// 2026-03-04T00:00:00Z.
let start: Int64 = 1_772_582_400

/// Checks of the made-up benchmark.
let checks = ["alpha", "beta", "gamma", "delta", "epsilon"]

/// A node's report with one answer for each check.
func nodeReport(_ name: String, hour: Int64, _ statuses: [Status], roles: [String] = ["worker"]) -> Report {
  let host = HostIdentity(
    id: nil, hostname: name, nodeName: nil, bootID: nil,
    os: OperatingSystem(id: "debian", version: "12", name: nil), kernel: "6.1.0", architecture: "x86_64",
    roles: roles, kubeletVersion: nil, isRunning: true)
  let results = zip(checks, statuses).map { check, status in
    result(
      status, check == "alpha" ? .critical : .medium, id: "1.\(checks.firstIndex(of: check) ?? 0)",
      check: check,
      evidence: [evidence(found: "\(status)")])
  }
  let run = Run(id: "\(name)-\(hour)", sequence: hour, startedAt: Moment.text(start + hour * 3_600))
  return Report(
    run: ReportRun(run, complete: true), auditor: Auditor(name: "plumbline", version: "0.1.0"),
    benchmark: Citation(
      name: "node-baseline", title: "Plumbline node baseline", version: "0.1",
      digest: String(repeating: "ab", count: 32)),
    host: host, day: run.day, collectors: [], results: results)
}

/// As a collector takes it.
func taken(
  _ report: Report, by intake: Intake = Intake(trust: nil, inventory: .none), now: Int64 = start + 90 * 86_400
) throws -> Incoming {
  guard case .report(let incoming) = try intake.read(try encodeReport(report), now: now) else {
    throw FixtureProblem.noReport
  }
  return incoming
}

enum FixtureProblem: Error { case noReport }

/// A directory that is gone with the test.
func withDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
  let path = FileManager.default.temporaryDirectory.appending(path: "fleet-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: path) }
  return try await body(path.path)
}
