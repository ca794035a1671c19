import Benchmark
import Collectors
import Facts
import Host
import SystemPackage

/// What containers cost, by the number of processes: made hosts of 10 to 5,000, each with half to a tenth as many containers.
///
/// The hosts are made beforehand, in memory, since each has some twenty files a process:
///
///     for n in 10 100 1000 5000; do
///       scripts/make-workload-host.py /dev/shm/plumbline-workloads/$n --processes $n --containers $((n > 1000 ? n / 10 : n / 3))
///     done
///
/// Where one is not there its benchmarks are left out. Time divided by the number in the name is the cost of a process; it must
/// not grow with the number.
func workloads(_ configuration: Benchmark.Configuration, _ run: Run, _ auditor: Auditor) {
  for count in [10, 100, 1_000, 5_000] {
    let place = FilePath("/dev/shm/plumbline-workloads/\(count)")
    do {
      _ = try HostRoot(at: place).names(in: "root")
    } catch {
      continue
    }

    func root() throws -> HostRoot {
      let text = try HostRoot(at: place).bytes("attributes.tsv", atMost: 64 << 20)
      return try HostRoot(
        at: place.appending("root"), attributes: Attributes(parsing: String(decoding: text, as: UTF8.self)))
    }

    Benchmark("workloads: read \(count) processes", configuration: configuration) { benchmark in
      for _ in benchmark.scaledIterations {
        // The attributes are a recording's, and no running host has them: they are parsed outside of the measurement.
        let root = try root()
        benchmark.startMeasurement()
        let view = HostView(root)
        benchmark.stopMeasurement()
        blackHole(view.processes.processes.count)
      }
    }

    for name in ["process", "workloads"] {
      Benchmark("workloads: \(name) of \(count) processes", configuration: configuration) { benchmark in
        let view = HostView(try root())
        let collectors = allCollectors.filter { $0.name == name }
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
          blackHole(collect(from: view, with: collectors, run: run, auditor: auditor))
        }
      }
    }
  }
}
