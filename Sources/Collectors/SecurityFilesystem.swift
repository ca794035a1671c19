import Facts
import Host
import SystemPackage

/// Whether securityfs, where most security modules show their state, can be read on a host. It is never mounted by us.
struct SecurityFilesystem {
  enum State: String, CaseIterable {
    /// It is mounted, and what is in it can be seen.
    case mounted
    /// The host has it mounted, and it can't be seen through the door: a container that was not given it, or a refusal.
    case unreadable
    /// The kernel has it, and nobody mounted it.
    case notMounted
    /// The kernel was built without it.
    case notInKernel
  }

  static let directory: FilePath = "sys/kernel/security"

  /// Nil where neither the mounts nor the directory tell.
  let state: State?
  let source: Source
  /// Why what is in it can't be read; nil where it can.
  let obstacle: (Obstacle, String)?

  init(of host: borrowing HostView) {
    let listing = Self.listing(host.root)
    let table = Self.isInTable(host)
    if case .success(true) = listing, table.answer == true || table.answer == nil || !host.root.isRunning {
      self.init(.mounted, .inode(place(Self.directory)), nil)
    } else if table.answer == true {
      self = Self.hidden(listing, table.source)
    } else if host.root.lists("securityfs", in: "proc/filesystems") == false {
      let source = Source.file("/proc/filesystems")
      self.init(.notInKernel, source, (.unsupported, "the kernel has no securityfs"))
    } else if table.answer == false {
      self.init(
        .notMounted, table.source, (.notMounted, "securityfs is not mounted on \(place(Self.directory))"))
    } else {
      let obstacle: Obstacle = host.root.isRunning ? .notVisible : .needsRunningHost
      self.init(
        nil, table.source, (obstacle, "neither mounts nor the directory tell whether securityfs is mounted"))
    }
  }

  private init(_ state: State?, _ source: Source, _ obstacle: (Obstacle, String)?) {
    self.state = state
    self.source = source
    self.obstacle = obstacle
  }

  /// The state as a fact.
  var fact: Fact {
    if let state { return .observed(.text(state.rawValue), source) }
    return unreadable(source)
  }

  /// The reason why a file of securityfs is not known, as a fact.
  func unreadable(_ source: Source) -> Fact {
    let (code, detail) = obstacle ?? (.notVisible, "it is not in securityfs")
    return .unreadable(code, detail: detail, source)
  }

  /// A fact from a file in it: where the filesystem can't be seen that is the reason, not absence.
  func fact(_ name: FilePath, of root: borrowing HostRoot, _ parse: ([UInt8]) -> Value?) -> Fact {
    let path = Self.directory.appending(name.components)
    guard obstacle == nil else { return unreadable(.file(place(path))) }
    return root.fact(path, atMost: 4 << 20, parse)
  }

  private static func hidden(_ listing: Result<Bool, HostError>, _ source: Source) -> SecurityFilesystem {
    switch listing {
    case .failure(let error) where error.reason != .absent:
      SecurityFilesystem(.unreadable, source, (error.obstacle, "\(error.place): \(error)"))
    case .failure, .success:
      SecurityFilesystem(
        .unreadable, source, (.notVisible, "the host has securityfs mounted, and it can't be seen from here"))
    }
  }

  /// Whether anything is in the directory; a mounted securityfs has at least the file `lsm`.
  private static func listing(_ root: borrowing HostRoot) -> Result<Bool, HostError> {
    do throws(HostError) {
      return .success(!(try root.names(in: directory).isEmpty))
    } catch {
      return .failure(error)
    }
  }

  private static func isInTable(_ host: borrowing HostView) -> (answer: Bool?, source: Source) {
    switch host.mounts {
    case .success(let table):
      let isThere = table.mounts(ofType: "securityfs").contains {
        $0.point == FilePath("/").pushing(directory)
      }
      return (isThere, .file(table.place))
    case .failure(let error): return (nil, .file(error.place))
    }
  }
}

extension HostRoot {
  /// Whether a line of a file ends in a word; nil where the file can't be read.
  borrowing func lists(_ word: String, in path: FilePath) -> Bool? {
    do throws(HostError) {
      return try bytes(path).lines.contains { line in
        line.split { $0 == 0x20 || $0 == 0x09 }.last?.elementsEqual(word.utf8) == true
      }
    } catch {
      return nil
    }
  }
}
