import CLinux
import FoundationEssentials
import Glibc
package import SystemPackage

/// What went wrong with a spool, and where.
package struct SpoolProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package let path: String
  package let reason: String

  init(_ path: FilePath, _ reason: String) {
    self.path = path.string
    self.reason = reason
  }

  /// By errno(3).
  init(_ path: FilePath, errno code: Int32) { self.init(path, String(cString: strerror(code))) }

  package var description: String { "\(path): \(reason)" }
}

/// A directory with the last reports, one file each, named by a number that only grows: `000000000042.json`. A name is given to a
/// whole report or to none, so that a reader needs no lock.
package struct Spool: Sendable {
  package struct Entry: Hashable, Sendable {
    package let number: UInt64
    package let size: Int
  }

  /// The oldest go first.
  package struct Bounds: Sendable {
    package let count: Int
    package let bytes: Int

    package init(count: Int, bytes: Int) {
      self.count = count
      self.bytes = bytes
    }
  }

  /// Larger than any report: what is larger is none.
  static let mostReportBytes = 64 << 20
  private static let stateName = "state.json"
  private static let incomingName = "incoming"
  private static let lockName = "lock"

  package let path: FilePath

  /// A spool that somebody else keeps.
  package init(reading path: FilePath) { self.path = path }

  /// The reports that are there, oldest first.
  package func entries() throws(SpoolProblem) -> [Entry] {
    var entries: [Entry] = []
    for name in try names(in: path) {
      guard name.hasSuffix(".json"), let number = UInt64(name.dropLast(5)), Self.name(number) == name else {
        continue
      }
      var status = stat()
      // Gone in between: its turn came.
      guard lstat(path.appending(name).string, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        continue
      }
      entries.append(Entry(number: number, size: Int(status.st_size)))
    }
    return entries.sorted { $0.number < $1.number }
  }

  /// A report's bytes; nil where it has left the spool.
  package func bytes(of number: UInt64) throws(SpoolProblem) -> [UInt8]? {
    try Self.content(of: path.appending(Self.name(number)))
  }

  /// What the agent said of itself last; nil where it said nothing yet or nothing that can be read.
  package func state() throws(SpoolProblem) -> AgentState? {
    guard let bytes = try Self.content(of: path.appending(Self.stateName)) else { return nil }
    guard let state = try? JSONDecoder().decode(AgentState.self, from: Data(bytes)),
      state.schema == AgentState.format
    else { return nil }
    return state
  }

  static func name(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 12 - digits.count)) + digits + ".json"
  }
}

/// The agent's side: it alone writes.
extension Spool {
  /// Makes the spool where there is none, and takes it for this process alone.
  /// - Parameter group: Whose members may read it; nil where only its owner may.
  /// - Returns: The spool, and the descriptor that holds its lock.
  package static func open(at path: FilePath, group: UInt32?) throws(SpoolProblem) -> (Spool, lock: Int32) {
    let spool = Spool(reading: path)
    for directory in [path, spool.incoming] {
      guard mkdir(directory.string, 0o700) == 0 || errno == EEXIST else {
        throw SpoolProblem(directory, errno: errno)
      }
      try spool.own(directory, group: group)
    }
    let lockPath = path.appending(lockName)
    let lock = linux_create(lockPath.string)
    guard lock >= 0 else { throw SpoolProblem(lockPath, errno: errno) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(lock)
      throw SpoolProblem(
        path, code == EWOULDBLOCK ? "another agent keeps this spool" : String(cString: strerror(code)))
    }
    try spool.sweep()
    return (spool, lock)
  }

  /// Where an audit leaves its report; its own directory, so that an auditor may write nowhere else.
  package var incoming: FilePath { path.appending(Self.incomingName) }

  /// With a group, the set-group-id bit hands the group on to every file; inode(7).
  private func own(_ directory: FilePath, group: UInt32?) throws(SpoolProblem) {
    var status = stat()
    guard lstat(directory.string, &status) == 0 else { throw SpoolProblem(directory, errno: errno) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw SpoolProblem(directory, "is no directory") }
    guard status.st_uid == geteuid() else { throw SpoolProblem(directory, "belongs to another user") }
    if let group, status.st_gid != group, chown(directory.string, uid_t.max, group) != 0 {
      throw SpoolProblem(directory, errno: errno)
    }
    guard chmod(directory.string, group == nil ? 0o700 : 0o2750) == 0 else {
      throw SpoolProblem(directory, errno: errno)
    }
  }

  /// Takes away what a crash left half done.
  private func sweep() throws(SpoolProblem) {
    try clear()
    for name in try names(in: path) where name.hasPrefix(".") && name.hasSuffix(".new") {
      unlink(path.appending(name).string)
    }
  }

  /// Puts a finished report into the spool, if it is one.
  /// - Parameters:
  ///   - name: Its name in `incoming`.
  ///   - number: The number it gets.
  ///   - shared: Whether the spool's group may read it.
  package func take(_ name: String, as number: UInt64, shared: Bool) throws(SpoolProblem) -> ReportFile {
    let place = incoming.appending(name)
    guard let bytes = try Self.content(of: place) else {
      throw SpoolProblem(place, "the audit left no report")
    }
    let file: ReportFile
    do {
      file = try ReportFile(bytes)
    } catch {
      unlink(place.string)
      throw SpoolProblem(place, "\(error)")
    }
    guard chmod(place.string, shared ? 0o640 : 0o600) == 0,
      rename(place.string, path.appending(Self.name(number)).string) == 0
    else { throw SpoolProblem(place, errno: errno) }
    sync()
    return file
  }

  /// Takes away what audits have left that nobody waits for: one whose agent was killed goes on, and leaves its report when the next
  /// agent is there already.
  package func clear() throws(SpoolProblem) {
    for name in try names(in: incoming) { unlink(incoming.appending(name).string) }
  }

  /// Forgets what an audit that failed has left.
  package func discard(_ name: String) { unlink(incoming.appending(name).string) }

  /// Removes the oldest reports until the rest is within bounds; the newest stays in any case.
  /// - Returns: What was removed.
  package func trim(to bounds: Bounds) throws(SpoolProblem) -> [Entry] {
    var kept = try entries()[...]
    var bytes = kept.reduce(0) { $0 + $1.size }
    var removed: [Entry] = []
    while kept.count > 1, kept.count > bounds.count || bytes > bounds.bytes, let oldest = kept.popFirst() {
      let place = path.appending(Self.name(oldest.number))
      guard unlink(place.string) == 0 || errno == ENOENT else { throw SpoolProblem(place, errno: errno) }
      bytes -= oldest.size
      removed.append(oldest)
    }
    return removed
  }

  package func save(_ state: AgentState, shared: Bool) throws(SpoolProblem) {
    try replace(path.appending(Self.stateName), with: state, mode: shared ? 0o640 : 0o600)
  }

  /// Replaces a file of JSON as a whole.
  private func replace(_ file: FilePath, with content: some Encodable, mode: mode_t) throws(SpoolProblem) {
    do {
      try writeDocument(content, to: file, mode: mode)
    } catch {
      throw SpoolProblem(file, "\(error)")
    }
    sync()
  }

  /// The names themselves are on the disk; a filesystem that can't say so has said all it can.
  private func sync() {
    let directory = linux_openat(AT_FDCWD, path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { return }
    _ = fsync(directory)
    close(directory)
  }
}
