package import Facts
package import Host
import SystemPackage

/// What bounds a look at a host, and what becomes of the auditor while it takes place.
package struct LookBounds: Sendable {
  package let bounds: Bounds
  /// The time, from some moment before the look.
  package let now: ElapsedTime
  /// The directory of the auditor's own threads, /proc/self/task, open: where the bounds on time ask whether one waits. -1 where it
  /// could not be opened.
  package let threads: Int32

  package init(_ bounds: Bounds, _ now: @escaping ElapsedTime, threads: Int32 = -1) {
    self.bounds = bounds
    self.now = now
    self.threads = threads
  }
}

/// Looks at a host under a watch: each collector within its bounds, and the rest whatever becomes of one.
/// - Parameters:
///   - close: Told, when the process table is read and no other file yet, which open directories must stay readable: the moment to
///     close all files else to oneself. nil where nothing will be closed.
///   - auditor: Asked when all is read: what was refused to it by then is part of it.
///   - finished: Told each collector's name and run as it ends, for a log or a progress line.
/// - Throws: What `close` throws.
package func look<Failure: Error>(
  at root: consuming HostRoot, within limits: LookBounds, with collectors: [any Collector], run: Run,
  closing close: (([Int32]) throws(Failure) -> Void)?, auditor: () -> Auditor,
  finished: (String, CollectorRun) -> Void = { _, _ in }
) throws(Failure) -> Snapshot {
  let door = Door(root)
  let meter = Meter(limits.bounds)
  var (first, troubles) = FirstLook.take(at: door, holding: close != nil, meter, limits)
  if let close {
    let held = first.held.directories
    try door.root.withDirectory { directory throws(Failure) in try close([directory] + held) }
  }
  // What a thread has given up those have too that it makes, and no others: these are made when all is.
  let watch = Watch(meter, threads: 8, directory: limits.threads, limits.now)
  defer { watch.end() }
  let prepared = watch.run(mounts: nil) { [first] budget in Held(first.view(of: door, within: budget)) }
  // Where not even a view without answers comes to its end, there is nothing that could be looked at.
  let held = prepared.result ?? Held(first.view(of: door, within: watch.exhausted))
  troubles += prepared.troubles
  var collected = Collected()
  for collector in collectors {
    let (recorder, new) = watch.run(mounts: held.mounts) { budget in
      var recorder = Recorder(atMost: collector.mostEntities)
      collector.collect(from: HostView(held.view, within: budget), into: &recorder)
      return recorder
    }
    troubles += new
    let run = collected.add(recorder ?? Recorder(), of: collector, troubles: troubles)
    troubles = []
    finished(collector.name, run)
  }
  return collected.snapshot(run: run, auditor: auditor(), isRunning: door.root.isRunning)
}

/// What is looked at while all can still be seen.
private struct FirstLook: Sendable {
  let processes: ProcessTable
  let held: HeldFiles

  /// - Parameter holding: Whether to take hold of what will be out of reach.
  static func take(at door: Door, holding: Bool, _ meter: Meter, _ limits: LookBounds)
    -> (FirstLook, [Watch.Trouble])
  {
    let watch = Watch(meter, threads: 4, directory: limits.threads, limits.now)
    defer { watch.end() }
    let (seen, troubles) = watch.run(mounts: nil) { budget in
      let root = HostRoot(door.root, within: budget)
      let processes = ProcessTable(reading: root)
      let held = holding ? root.hold(processes, called: componentPrograms) : root.held
      return FirstLook(processes: processes, held: held)
    }
    if let seen { return (seen, troubles) }
    let root = HostRoot(door.root, within: watch.exhausted)
    return (FirstLook(processes: ProcessTable(reading: root), held: root.held), troubles)
  }

  func view(of door: Door, within budget: Budget) -> HostView {
    HostView(HostRoot(door.root, within: budget, holding: held), processes: processes)
  }
}

/// What can't be copied, where several threads may see it.
private final class Door: Sendable {
  let root: HostRoot

  init(_ root: consuming HostRoot) { self.root = root }
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
