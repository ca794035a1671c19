import Benchmark
import Collectors
import Facts
import Host
import Judge
import Profiles
import Reports
import SystemPackage

/// The steps of an audit of this very host, together and one by one.
let benchmarks: @Sendable () -> Void = {
  let run = Run(id: "benchmark", sequence: 0, startedAt: "2026-01-01T00:00:00Z")
  let auditor = Auditor(name: "plumbline", version: "benchmark")
  let configuration = Benchmark.Configuration(
    metrics: [.cpuTotal, .wallClock, .peakMemoryResident, .syscalls], scalingFactor: .one,
    maxDuration: .seconds(5), maxIterations: 200)

  func profiles() throws -> Profiles {
    var loader = ProfileLoader(subjects: allSubjects)
    loader.add(embeddedProfiles(), for: "node-baseline")
    return try loader.load()
  }

  func look(_ collectors: [any Collector] = allCollectors) throws -> Snapshot {
    let view = HostView(try HostRoot(at: "/"))
    return collect(from: view, with: collectors, run: run, auditor: auditor)
  }

  Benchmark("audit: load profiles, collect, judge, encode", configuration: configuration) { benchmark in
    for _ in benchmark.scaledIterations {
      let profiles = try profiles()
      guard let baseline = profiles.benchmarks["node-baseline"] else { return }
      let report = judge(try look(), by: baseline, defaults: profiles.defaults, on: run.day)
      blackHole(try encodeReport(report))
    }
  }

  Benchmark("load profiles", configuration: configuration) { benchmark in
    for _ in benchmark.scaledIterations { blackHole(try profiles()) }
  }

  Benchmark("collect: processes, mounts and accounts alone", configuration: configuration) { benchmark in
    for _ in benchmark.scaledIterations { blackHole(try look([])) }
  }

  for collector in allCollectors {
    Benchmark("collect: \(collector.name)", configuration: configuration) { benchmark in
      let view = HostView(try HostRoot(at: "/"))
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations {
        blackHole(collect(from: view, with: [collector], run: run, auditor: auditor))
      }
    }
  }

  workloads(configuration, run, auditor)

  Benchmark("judge", configuration: configuration) { benchmark in
    let profiles = try profiles()
    let snapshot = try look()
    guard let baseline = profiles.benchmarks["node-baseline"] else { return }
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
      blackHole(judge(snapshot, by: baseline, defaults: profiles.defaults, on: run.day))
    }
  }

  Benchmark("encode a snapshot", configuration: configuration) { benchmark in
    let snapshot = try look()
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations { blackHole(try encodeSnapshot(snapshot)) }
  }
}
