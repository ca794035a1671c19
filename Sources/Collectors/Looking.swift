package import Facts
package import Host
import SystemPackage

/// Looks at a host under a watch: each collector within its bounds, and the rest whatever becomes of one.
/// - Parameter finished: Told each collector's name and run as it ends, for a log or a progress line.
package func look(
  at root: consuming HostRoot, with collectors: [any Collector], run: Run, auditor: Auditor, watch: Watch,
  finished: (String, CollectorRun) -> Void = { _, _ in }
) -> Snapshot {
  let door = Door(root: root)
  let prepared = watch.run(mounts: nil) { budget in Held(HostView(HostRoot(door.root, within: budget))) }
  // Where not even a view without answers comes to its end, there is nothing that could be looked at.
  let held = prepared.result ?? Held(HostView(HostRoot(door.root, within: watch.exhausted)))
  var collected = Collected()
  var troubles = prepared.troubles
  for collector in collectors {
    let (recorder, new) = watch.run(mounts: held.mounts) { budget in
      var recorder = Recorder()
      collector.collect(from: HostView(held.view, within: budget), into: &recorder)
      return recorder
    }
    troubles += new
    let run = collected.add(recorder ?? Recorder(), of: collector, troubles: troubles)
    troubles = []
    finished(collector.name, run)
  }
  return collected.snapshot(run: run, auditor: auditor, isRunning: door.root.isRunning)
}

/// What can't be copied, where several threads may see it.
private final class Door: Sendable {
  let root: HostRoot

  init(root: consuming HostRoot) { self.root = root }
}

private final class Held: Sendable {
  let view: HostView

  init(_ view: consuming HostView) { self.view = view }

  var mounts: (table: MountTable, root: FilePath)? {
    guard case .success(let table) = view.mounts else { return nil }
    return (table, view.root.name)
  }
}

extension Recorder {
  /// States what kept a collector from its end.
  mutating func problem(_ trouble: Watch.Trouble) {
    switch trouble {
    case .silent(let call, let time):
      // A process's root has its own name for the path.
      problem(
        .outOfTime, place(call.path),
        "the kernel gave no answer within \(seconds(time)), and was not asked again")
    case .refused(let error):
      let message = error.reason == .outOfTime ? "the collector's time was used up here" : error.description
      problem(error.obstacle, error.place, message)
    case .overrun: problem(.outOfTime, "/", "the collector's time was used up, and it was given up")
    }
  }
}

/// `1`, `0.25`: a duration in seconds, to the millisecond.
private func seconds(_ duration: Duration) -> String {
  let (whole, rest) = duration.components
  let milliseconds = String(1000 + rest / 1_000_000_000_000_000).dropFirst()
  let digits = milliseconds.reversed().drop { $0 == "0" }.reversed()
  return (digits.isEmpty ? "\(whole)" : "\(whole).\(String(digits))") + " s"
}
