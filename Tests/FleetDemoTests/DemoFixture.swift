import Collectors
import Fleet
import FleetDemo
import FleetSQLite
import Foundation
import Profiles

/// 2026-03-04T00:00:00Z.
let end: Int64 = 1_772_582_400

/// The built-in profiles; reading them takes seconds, and they are the same for every test.
func profiles() throws -> Profiles { try builtIn.get() }

private let builtIn = Result {
  var loader = ProfileLoader(subjects: allSubjects)
  loader.add(embeddedProfiles())
  return try loader.load()
}

func baseline() throws -> Benchmark {
  guard let benchmark = try profiles().benchmarks["node-baseline"] else { throw FixtureProblem.noBenchmark }
  return benchmark
}

enum FixtureProblem: Error { case noBenchmark, noReport }

/// A directory that is gone with the test.
func withDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
  let path = FileManager.default.temporaryDirectory.appending(path: "fleet-demo-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: path) }
  return try await body(path.path)
}

/// As a collector takes a made-up report.
func taken(_ look: DemoFleet.Look, of fleet: DemoFleet, by intake: Intake) throws -> Incoming {
  guard case .report(let incoming) = try intake.read(try fleet.document(look), now: end) else {
    throw FixtureProblem.noReport
  }
  return incoming
}
