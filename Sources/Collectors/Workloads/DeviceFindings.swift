import Facts
import Host
import SystemPackage

/// The device nodes in a container's /dev.
struct DeviceFindings {
  /// What every container is given: the OCI runtime specification's default devices, and the console.
  private static let ordinary: Set<String> = [
    "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/console",
    "/dev/ptmx",
  ]
  /// Filesystems of their own, which hold no devices of the host's.
  private static let passedOver: Set<String> = ["pts", "shm", "mqueue", "fd", "hugepages"]
  /// The most names that are looked at; a whole host has some hundred.
  private static let mostNames = 2_048
  private static let mostDevices = 256

  private var block: Set<String> = []
  private var character: Set<String> = []
  private var names = 0
  private var failure: Fact?
  private var source: Source?

  /// Looks into the /dev of a process's root, and one level deeper.
  mutating func look(_ id: ProcessID, _ host: borrowing HostRoot) {
    let place = Source.inode("/proc/\(id)/root/dev")
    source = source ?? place
    do throws(HostError) {
      let root = try host.root(of: id)
      try list("dev", depth: 1, root)
    } catch {
      guard error.reason != .absent else {
        // Without a root there is nothing to list; a root without /dev has no devices.
        if error.path != "dev" { failure = .unreadable(.notVisible, detail: "its root is not there", place) }
        return
      }
      failure = .unreadable(error.obstacle, detail: error.description, place)
    }
  }

  private mutating func list(_ directory: FilePath, depth: Int, _ root: borrowing HostRoot) throws(HostError)
  {
    for name in try root.names(in: directory, atMost: Self.mostNames) {
      names += 1
      guard names <= Self.mostNames else { throw HostError(directory, .tooLarge(limit: Self.mostNames)) }
      let path = directory.appending(name)
      let status: FileStatus
      do throws(HostError) {
        status = try root.linkStatus(path)
      } catch {
        if error.reason == .absent { continue }
        throw error
      }
      switch status.type {
      case .block: block.insert(place(path))
      case .character: if !Self.ordinary.contains(place(path)) { character.insert(place(path)) }
      case .directory:
        if depth > 0, !Self.passedOver.contains(name.string) { try list(path, depth: depth - 1, root) }
      case .file, .symlink, .fifo, .socket, .unknown: continue
      }
    }
  }

  func add(to entity: inout Entity) {
    for (name, found) in [("devices.block", block), ("devices.character", character)] {
      let source = source ?? .inode("/dev")
      if let failure {
        entity[name] = failure
      } else if found.count > Self.mostDevices {
        entity[name] = .unreadable(.tooLarge, detail: "more than \(Self.mostDevices) are there", source)
      } else {
        entity[name] = .observed(.texts(found.sorted()), source)
      }
    }
  }
}

/// Device rules of cgroup v1: devices.list of a container's own group. Documentation/admin-guide/cgroup-v1/devices.rst.
struct DeviceRules {
  /// The hierarchy's mount on the host; nil on cgroup v2.
  private let hierarchy: FilePath?
  private let hostMounts: Fact?

  init(_ host: borrowing HostView) {
    switch host.mounts {
    case .success(let table):
      hierarchy = table.mounts(ofType: "cgroup").last { $0.superOptions.contains("devices") }?.point
      hostMounts = nil
    case .failure(let error):
      hierarchy = nil
      hostMounts = .unreadable(error.obstacle, detail: error.description, .file(error.place))
    }
  }

  func fact(_ container: Container, _ root: borrowing HostRoot) -> Fact {
    if let hostMounts { return hostMounts }
    guard let hierarchy else {
      return .unreadable(
        .unsupported, detail: "cgroup v2 keeps device rules in a BPF program, which no file shows",
        container.source)
    }
    guard let id = container.group.id,
      let group = container.processes.first?.cgroup.paths.first(where: { $0.contains(id) })
    else {
      return .unreadable(.notVisible, detail: "its control group is not known", container.source)
    }
    let path = hierarchy.appending(FilePath(group).components).appending("devices.list")
    let fact = root.fact(FilePath(root: nil, path.components)) { bytes in
      .texts(bytes.lines.map { printable($0, atMost: 64) }.filter { !$0.isEmpty })
    }
    guard case .absent(let sources) = fact else { return fact }
    return .unreadable(
      .notVisible, detail: "the group's rules are not there", sources.first ?? container.source)
  }
}
