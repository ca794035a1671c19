import Facts
import Host

// Whether a host's processes and mounts can be seen at all: where they can't, "none was found" says nothing.

extension HostView {
  /// Why nothing can be said of what runs on the host; nil where its processes are shown.
  ///
  /// An image has no processes and an empty /proc, and a `/host` that was given without /proc looks the same. A running system always
  /// shows its PID 1, unless `hidepid=` hides what is not the reader's own; proc(5).
  borrowing func unseenProcesses() -> Fact? {
    let source = Source.file("/proc")
    if let error = processes.listingError, error.reason != .absent { return .failed(error, source) }
    let isHidden = root.isRunning && processes[1] == nil
    guard processes.listingError != nil || processes.processes.isEmpty || isHidden else { return nil }
    return hidden("the host's processes are not shown here", source)
  }

  /// What is said of a fact that rests on the mount table, which could not be read.
  borrowing func unseenMounts(_ error: HostError) -> Fact {
    let source = Source.file(error.place)
    guard error.reason == .absent else { return .failed(error, source) }
    return hidden("the host's mounts are not shown here", source)
  }

  private borrowing func hidden(_ why: String, _ source: Source) -> Fact {
    .unreadable(root.isRunning ? .notVisible : .needsRunningHost, detail: why, source)
  }
}
