import CLinux
import Glibc
package import SystemPackage

/// Watches directories of the host for changes; inotify(7). It reads nothing of them.
package final class ChangeWatch {
  /// Becomes readable when something changed.
  package let descriptor: Int32
  private let root: Int32
  private var names: [Int32: WatchList.Names] = [:]
  private var list: WatchList?

  /// RESOLVE_NO_MAGICLINKS and RESOLVE_IN_ROOT, openat2(2): no path leads out of the root.
  private static let beneath: UInt64 = 0x02 | 0x10
  private static let overflow: UInt32 = 0x4000  // IN_Q_OVERFLOW
  private static let ignored: UInt32 = 0x8000  // IN_IGNORED
  private static let selfGone: UInt32 = 0x400 | 0x800  // IN_DELETE_SELF, IN_MOVE_SELF

  /// - Parameter root: The root of the host that is looked at.
  /// - Returns: nil where the kernel gives no watch, or the root can't be opened.
  package init?(beneath root: FilePath) {
    let directory = linux_openat(AT_FDCWD, root.string, Int32(LINUX_O_PATH) | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { return nil }
    let watch = linux_inotify()
    guard watch >= 0 else {
      close(directory)
      return nil
    }
    descriptor = watch
    self.root = directory
  }

  deinit {
    close(descriptor)
    close(root)
  }

  /// Watches these directories and no others.
  /// - Returns: How many are watched: one that isn't there any more can't be.
  package func follow(_ list: WatchList) -> Int {
    guard list != self.list else { return names.count }
    var wanted: [Int32: WatchList.Names] = [:]
    for (path, names) in list.directories {
      let flags = UInt64(LINUX_O_PATH) | UInt64(O_DIRECTORY | O_CLOEXEC)
      let directory = linux_openat2(root, path, flags, Self.beneath)
      guard directory >= 0 else { continue }
      let watch = linux_inotify_watch_directory(descriptor, directory)
      close(directory)
      if watch >= 0 { wanted[watch] = wanted[watch].map { Self.union($0, names) } ?? names }
    }
    for gone in names.keys where wanted[gone] == nil { _ = linux_inotify_forget(descriptor, gone) }
    names = wanted
    self.list = list
    return names.count
  }

  private static func union(_ one: WatchList.Names, _ other: WatchList.Names) -> WatchList.Names {
    guard case .only(let first) = one, case .only(let second) = other else { return .all }
    return .only(first.union(second))
  }

  /// Reads what waits.
  /// - Returns: Whether any of it matters.
  package func takeChanges() -> Bool {
    var isRelevant = false
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return isRelevant }
      if takeEvents(buffer[..<count]) { isRelevant = true }
    }
  }

  /// struct inotify_event: wd, mask, cookie, len, and a name that zeros fill up.
  private func takeEvents(_ bytes: ArraySlice<UInt8>) -> Bool {
    var isRelevant = false
    var rest = bytes
    while rest.count >= 16 {
      let (watch, mask, length) = rest.withUnsafeBytes {
        (
          $0.loadUnaligned(as: Int32.self), $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self),
          Int($0.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
        )
      }
      let name = String(decoding: rest.dropFirst(16).prefix(length).prefix { $0 != 0 }, as: UTF8.self)
      rest = rest.dropFirst(16 + length)
      if isRelevantEvent(watch, mask, name) { isRelevant = true }
    }
    return isRelevant
  }

  private func isRelevantEvent(_ watch: Int32, _ mask: UInt32, _ name: String) -> Bool {
    // What was lost may have mattered.
    if mask & Self.overflow != 0 { return true }
    if mask & Self.ignored != 0 {
      names[watch] = nil
      // The directory may come back under another number.
      list = nil
      return false
    }
    guard let wanted = names[watch] else { return false }
    if mask & Self.selfGone != 0 {
      list = nil
      return true
    }
    switch wanted {
    case .all: return true
    case .only(let names): return names.contains(name)
    }
  }
}
