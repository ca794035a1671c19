package import Facts

/// A small snapshot for tests of what comes after collecting.
package func snapshot(_ entities: [Entity], collectors: [CollectorRun]? = nil) -> Snapshot {
  let subjects = Set(entities.map(\.subject)).sorted()
  return Snapshot(
    run: Run(id: "00000000-0000-7000-8000-000000000000", sequence: 1, startedAt: "2026-01-02T03:04:05Z"),
    auditor: Auditor(name: "plumbline", version: "test"),
    host: HostIdentity(
      id: nil, hostname: "test", nodeName: nil, bootID: nil, os: nil, kernel: nil, architecture: nil,
      roles: [],
      kubeletVersion: nil, isRunning: false),
    collectors: collectors ?? [
      CollectorRun(name: "test", subjects: subjects, state: .complete, problems: [], problemsDropped: 0)
    ],
    entities: entities)
}
