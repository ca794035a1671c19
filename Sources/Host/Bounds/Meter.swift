import Glibc
import Synchronization
package import SystemPackage

/// What a whole audit has read so far, and the places that have proven never to answer. One for all its collectors.
package final class Meter: Sendable {
  private struct State {
    var bytes = 0
    var entries = 0
    var silent: [Place] = []
  }

  /// A place in one of the roots that an audit sees, and what lies beneath it: processes have roots of their own.
  private struct Place: Sendable {
    let root: FilePath
    let path: FilePath
    private let names: [UInt8]

    init(root: FilePath, path: FilePath) {
      self.root = root
      self.path = path
      names = Self.names(path)
    }

    /// A path's names, a slash before each. As bytes, since each question is held against each silent place: by swift-system's
    /// components that was nearly all of the time of an audit, where the program is built for debugging.
    static func names(_ path: FilePath) -> [UInt8] {
      let bytes = path.lexicallyNormalized().withPlatformString { text in
        Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
      }
      let slash = UInt8(ascii: "/")
      let names = bytes.drop { $0 == slash }
      return names.isEmpty ? [] : [slash] + names
    }

    func holds(_ other: [UInt8], in otherRoot: FilePath) -> Bool {
      guard root == otherRoot, other.starts(with: names) else { return false }
      return other.count == names.count || other[names.count] == UInt8(ascii: "/")
    }
  }

  package let bounds: Bounds
  private let state = Mutex(State())

  private let asked: (@Sendable (FilePath) -> Void)?

  /// - Parameter asked: Told each path that is asked for.
  package init(_ bounds: Bounds, asked: (@Sendable (FilePath) -> Void)? = nil) {
    self.bounds = bounds
    self.asked = asked
  }

  func note(_ path: FilePath) { asked?(path) }

  /// - Returns: The bound, where it is used up with these.
  func count(bytes: Int) -> Int? {
    state.withLock { state in
      state.bytes += bytes
      return state.bytes > bounds.bytes ? bounds.bytes : nil
    }
  }

  /// - Returns: The bound, where it is used up with these.
  func count(entries: Int) -> Int? {
    state.withLock { state in
      state.entries += entries
      return state.entries > bounds.entries ? bounds.entries : nil
    }
  }

  /// Whether asking there has been given up.
  func isSilent(_ path: FilePath, in root: FilePath) -> Bool {
    let silent = state.withLock { $0.silent }
    guard !silent.isEmpty else { return false }
    let names = Place.names(path)
    return silent.contains { $0.holds(names, in: root) }
  }

  /// Gives a place up: it is not asked again.
  /// - Parameter mounts: Those of a root, and its name. Where a filesystem of its own holds the place, neither the root's nor one that
  ///   the kernel makes, all of that filesystem is given up.
  func giveUp(_ call: Budget.Call, mounts: (table: MountTable, root: FilePath)?) {
    let path = FilePath(root: "/", call.path.lexicallyNormalized().components)
    if let mounts, mounts.root == call.root, let mount = mounts.table.mount(holding: path),
      !mount.point.components.isEmpty, !Self.made.contains(mount.type)
    {
      return add(Place(root: call.root, path: mount.point))
    }
    // Where nothing tells of a mount, a second place in one directory stands for all of it.
    let parent = path.removingLastComponent()
    let isSecond = state.withLock { state in
      state.silent.contains { $0.root == call.root && $0.path.removingLastComponent() == parent }
    }
    add(Place(root: call.root, path: isSecond && parent.components.count > 1 ? parent : path))
  }

  /// The kernel's own filesystems, which do not hang as a whole.
  private static let made: Set<String> = [
    "proc", "sysfs", "securityfs", "devtmpfs", "tmpfs", "cgroup", "cgroup2", "debugfs", "tracefs", "bpf",
  ]

  private func add(_ place: Place) {
    state.withLock { $0.silent.append(place) }
  }
}
