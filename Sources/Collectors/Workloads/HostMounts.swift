import Facts
import Host
import SystemPackage

/// The host's own mounts, to tell which of a container's mounts show the host's files.
struct HostMounts {
  /// A container that unshares mount namespaces without end is looked at in so many of them.
  private static let mostNamespaces = 8
  /// A fact with more elements than these is not stated.
  private static let mostPaths = 256

  /// What is stated from mountinfo.
  private static let names = [
    "rootReadOnly", "hostPaths.writable", "hostPlaces.writable", "runtimeSockets", "kernelInterfaces.writable",
    "procMasked",
  ]

  private static let knownSockets: [FilePath] = [
    "/run/containerd/containerd.sock", "/run/crio/crio.sock", "/run/docker.sock", "/run/cri-dockerd.sock",
    "/run/k3s/containerd/containerd.sock", "/run/k0s/containerd.sock", "/run/podman/podman.sock",
    "/run/buildkit/buildkitd.sock", "/var/snap/microk8s/common/run/containerd.sock",
  ]

  private struct HostSocket {
    let path: FilePath
    /// The device of the filesystem that it is in.
    let device: String?
    let isThere: Bool
  }

  private let byDevice: [String: [Mount]]
  private let sockets: [HostSocket]
  /// Why the host's mounts are not known.
  private let missing: Fact?

  init(_ host: borrowing HostView) {
    var byDevice: [String: [Mount]] = [:]
    var sockets: [HostSocket] = []
    switch host.mounts {
    case .failure(let error): missing = .unreadable(error.obstacle, detail: error.description, .file(error.place))
    case .success(let table):
      for mount in table.mounts { byDevice[mount.device, default: []].append(mount) }
      for path in Self.knownSockets {
        sockets.append(
          HostSocket(
            path: path, device: table.mount(holding: path)?.device,
            isThere: host.root.existsFact(path).value != .flag(false)))
      }
      // In place of PID 1's mounts the table may hold the auditor's own, which tell nothing of the host.
      missing =
        table.place == "/proc/1/mountinfo"
        ? nil : .unreadable(.denied, detail: "PID 1's mounts can't be read", .file("/proc/1/mountinfo"))
    }
    self.byDevice = byDevice
    self.sockets = sockets
  }

  /// Where on the host a mount's files are: by the host's mount of the same filesystem that shows most of it.
  func path(of mount: Mount, podUID: String?) -> FilePath? {
    var best: (length: Int, path: FilePath)?
    for candidate in byDevice[mount.device] ?? [] where mount.root.starts(with: candidate.root) {
      let length = candidate.root.length
      var path = candidate.point
      path.append(mount.root.components.dropFirst(candidate.root.components.count))
      guard let found = best else {
        best = (length, path)
        continue
      }
      // Of equals it is the pod's own volume: a driver mounts it in a place of its own too.
      if length < found.length || length == found.length && Self.isOwn(path, podUID: podUID) {
        best = (length, path)
      }
    }
    return best?.path
  }

  /// The runtimes' sockets that a mounted file is, or that are in a mounted directory.
  func sockets(in path: FilePath, device: String) -> [String] {
    sockets.filter { $0.path == path || $0.isThere && $0.device == device && $0.path.starts(with: path) }
      .map { place($0.path) }
  }

  /// Whether it is a volume of the pod's own, or a file that the runtime makes for the container.
  static func isOwn(_ path: FilePath, podUID: String?) -> Bool {
    let names = path.components.map(\.string)
    if let podUID, let index = names.firstIndex(of: podUID), index > 1, names[index - 1] == "pods",
      names[..<index].contains(where: { $0.contains("kubelet") })
    {
      return true
    }
    // Docker's and Podman's named volumes.
    if names.last == "_data", names.dropLast(2).last == "volumes" { return true }
    guard let index = names.firstIndex(where: { $0.utf8.count == 64 && $0.utf8.allSatisfy { [$0].hexadecimal != nil } })
    else { return false }
    if names[..<index].last == "overlay-containers" { return true }
    return ["hostname", "hosts", "resolv.conf", "shm"].contains(names.last ?? "")
  }

  /// States what a container's mounts and devices are, looking once into each mount namespace that its processes are in.
  func add(
    _ container: Container, first: HostProcess?, _ host: borrowing HostView, to entity: inout Entity,
    _ record: inout Recorder
  ) {
    var seen: Set<UInt64?> = []
    let members = container.processes.filter { seen.insert($0.namespaces["mnt"]).inserted }
    if members.count > Self.mostNamespaces {
      record.problem(
        .tooLarge, "/proc/\(members[0].id)/ns/mnt",
        "container \(entity.id) has \(members.count) mount namespaces; \(Self.mostNamespaces) were looked at")
    }
    var findings: MountFindings?
    var failure: Fact?
    var devices = DeviceFindings()
    for member in members.prefix(Self.mostNamespaces) {
      devices.look(member.id, host.root)
      do throws(HostError) {
        let path = FilePath("proc/\(member.id)/mountinfo")
        let table = MountTable(parsing: try host.root.bytes(path, atMost: 16 << 20), from: place(path))
        let found = MountFindings(table, podUID: container.group.podUID, host: self)
        findings?.merge(found)
        findings = findings ?? found
      } catch {
        failure = .unreadable(error.obstacle, detail: error.description, .file(error.place))
      }
    }
    devices.add(to: &entity)
    let source = Source.file("/proc/\(members[0].id)/mountinfo")
    state(findings, failure, source, to: &entity)
  }

  private func state(_ findings: MountFindings?, _ failure: Fact?, _ source: Source, to entity: inout Entity) {
    guard let findings, failure == nil else {
      for name in Self.names { entity[name] = failure ?? .unreadable(.vanished, detail: "it has ended", source) }
      return
    }
    func list(_ texts: Set<String>) -> Fact {
      texts.count <= Self.mostPaths
        ? .observed(.texts(texts.sorted()), source)
        : .unreadable(.tooLarge, detail: "more than \(Self.mostPaths) are there", source)
    }
    let isEmpty = Fact.unreadable(.malformed, detail: "it has no mount of /", source)
    entity["rootReadOnly"] = findings.hasRoot ? .observed(.flag(findings.isRootReadOnly), source) : isEmpty
    entity["hostPaths.writable"] = missing ?? list(findings.writable)
    entity["hostPlaces.writable"] = missing ?? list(findings.places)
    entity["runtimeSockets"] = missing ?? list(findings.sockets)
    entity["kernelInterfaces.writable"] = findings.hasRoot ? list(findings.interfaces) : isEmpty
    entity["procMasked"] = findings.hasRoot ? .observed(.flag(findings.isProcMasked), source) : isEmpty
  }
}
