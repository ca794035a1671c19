import Facts
import Host
import SystemPackage

/// One bounded walk, the shallow directories first. A directory is listed once and each of its files looked at once; links are not followed.
struct DiskSearch {
  private(set) var setuid: [String] = []
  private(set) var writableSetuid: [String] = []
  private(set) var writableFiles: [String] = []
  private(set) var writableDirectories: [String] = []
  private(set) var unowned: [String] = []
  /// What was left out on purpose.
  private(set) var passedOver: [String] = []
  /// Why something may be missing.
  private(set) var failure: Fact?
  private let extent: DiskExtent
  private let pruning: DiskPruning
  private var names = 0
  private var seen: Set<Inode> = []

  private struct Inode: Hashable {
    let device: UInt64
    let number: UInt64
  }

  /// A directory to be looked at, and how many levels beneath it are too.
  private struct Step {
    let path: FilePath
    let depth: Int
  }

  init(_ extent: DiskExtent, _ pruning: DiskPruning) {
    self.extent = extent
    self.pruning = pruning
  }

  /// Directories and how deep: programs are near the top, and /usr/share's hundred thousand files are no one's to run.
  private static let system = [
    Step(path: "usr/bin", depth: 1), Step(path: "usr/sbin", depth: 1), Step(path: "usr/libexec", depth: 3),
    Step(path: "usr/lib", depth: 2), Step(path: "usr/local", depth: 3), Step(path: "bin", depth: 0),
    Step(path: "sbin", depth: 0), Step(path: "etc", depth: 4), Step(path: "opt", depth: 3),
    Step(path: "root", depth: 2), Step(path: "srv", depth: 2), Step(path: "boot", depth: 2),
    Step(path: "home", depth: 2), Step(path: "var", depth: 2), Step(path: "tmp", depth: 1),
    Step(path: "var/tmp", depth: 1), Step(path: "dev/shm", depth: 1),
  ]

  /// /dev is the kernel's, and what lies in its /dev/shm is anyone's.
  private static let whole = [Step(path: "", depth: .max), Step(path: "dev/shm", depth: .max)]

  /// Several times what a full distribution has there, and what programs leave in /tmp.
  private var mostNames: Int {
    switch extent {
    case .system: 50_000
    case .whole: 2_000_000
    }
  }

  mutating func run(_ host: borrowing HostView, into record: inout Recorder) {
    var level = extent == .whole ? Self.whole : Self.system
    while !level.isEmpty {
      var next: [Step] = []
      for step in level {
        guard walk(step, host, &next) else {
          let reason = "more than \(mostNames) names, the rest is not looked at"
          record.problem(.tooLarge, place(step.path), reason)
          failure = .unreadable(.tooLarge, detail: reason, .inode(place(step.path)))
          return
        }
      }
      level = next
    }
    if case .unreadable(let obstacle, let detail, let source) = failure {
      record.problem(obstacle, source.place, detail)
    }
  }

  /// - Returns: False where the bound was met.
  private mutating func walk(_ step: Step, _ host: borrowing HostView, _ next: inout [Step]) -> Bool {
    do throws(HostError) {
      guard !passesOver(step.path) else { return true }
      let status = try host.root.linkStatus(step.path)
      let inode = Inode(device: status.device, number: status.inode)
      guard status.type == .directory, seen.insert(inode).inserted else { return true }
      note(status, step.path, host)
      let entries = try host.root.entries(in: step.path)
      names += entries.count
      guard names <= mostNames else { return false }
      let files = entries.filter { $0.type == nil || $0.type == .file }.map(\.name)
      for (name, status) in try host.root.linkStatuses(of: files, in: step.path) where status.type == .file {
        note(status, step.path.appending(name), host)
      }
      guard step.depth > 0 else { return true }
      for entry in entries where entry.type == nil || entry.type == .directory {
        guard extent == .whole || !DiskPruning.plain.contains(entry.name.string) else { continue }
        next.append(Step(path: step.path.appending(entry.name), depth: step.depth - 1))
      }
    } catch {
      // A temporary file that vanished between being listed and being asked is nothing that was missed.
      if error.reason != .absent { failure = failure ?? .failed(error) }
    }
    return true
  }

  private mutating func passesOver(_ path: FilePath) -> Bool {
    guard pruning.leavesOut(path) else { return false }
    passedOver.append(place(path))
    return true
  }

  private mutating func note(_ status: FileStatus, _ path: FilePath, _ host: borrowing HostView) {
    let isLoose = status.mode & 0o002 != 0
    if status.type == .file, status.mode & 0o6000 != 0, status.mode & 0o111 != 0 {
      setuid.append(place(path))
      if status.mode & 0o022 != 0 { writableSetuid.append(place(path)) }
    } else if isLoose, status.type == .file {
      writableFiles.append(place(path))
    }
    if isLoose, status.type == .directory, status.mode & 0o1000 == 0 {
      writableDirectories.append(place(path))
    }
    if !host.accounts.hasUser(status.owner) || !host.accounts.hasGroup(status.group) {
      unowned.append(place(path))
    }
  }
}
