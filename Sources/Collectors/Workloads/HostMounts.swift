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
    "rootReadOnly", "hostPaths.writable", "hostPlaces.writable", "runtimeSockets",
    "kernelInterfaces.writable",
    "procMasked",
  ]

  private static let knownSockets = [
    "/run/containerd/containerd.sock", "/run/crio/crio.sock", "/run/docker.sock", "/run/cri-dockerd.sock",
    "/run/k3s/containerd/containerd.sock", "/run/k0s/containerd.sock", "/run/podman/podman.sock",
    "/run/buildkit/buildkitd.sock", "/var/snap/microk8s/common/run/containerd.sock",
  ]

  private struct HostSocket {
    let path: String
    /// The device of the filesystem that it is in.
    let device: String?
    let isThere: Bool
  }

  /// One mount of the host's, its paths as text.
  private struct HostMount {
    let root: String
    let point: String
  }

  private let byDevice: [String: [HostMount]]
  private let sockets: [HostSocket]
  private let isRootReadOnly: Bool
  /// Why the host's mounts are not known.
  private let missing: Fact?

  init(_ host: borrowing HostView) {
    var byDevice: [String: [HostMount]] = [:]
    var sockets: [HostSocket] = []
    var isRootReadOnly = false
    switch host.mounts {
    case .failure(let error):
      missing = .unreadable(error.obstacle, detail: error.description, .file(error.place))
    case .success(let table):
      for mount in table.mounts {
        byDevice[mount.device, default: []].append(
          HostMount(root: Collectors.place(mount.root), point: Collectors.place(mount.point)))
      }
      for path in Self.knownSockets {
        sockets.append(
          HostSocket(
            path: path, device: table.mount(holding: FilePath(path))?.device,
            isThere: host.root.existsFact(FilePath(path)).value != .flag(false)))
      }
      isRootReadOnly = table.mount(at: "/")?.isReadOnly == true
      // In place of PID 1's mounts the table may hold the auditor's own, which tell nothing of the host.
      missing =
        table.place == "/proc/1/mountinfo"
        ? nil : .unreadable(.denied, detail: "PID 1's mounts can't be read", .file("/proc/1/mountinfo"))
    }
    self.byDevice = byDevice
    self.sockets = sockets
    self.isRootReadOnly = isRootReadOnly
  }

  /// Where on the host a mount's files are: by the host's mount of the same filesystem that shows most of it.
  func path(of mount: Mount, podUID: String?) -> String? {
    guard let candidates = byDevice[mount.device] else { return nil }
    let root = Collectors.place(mount.root)
    var best: (length: Int, path: String)?
    for candidate in candidates where isWithin(root, candidate.root) {
      let length = candidate.root.utf8.count
      let rest = root.dropFirst(candidate.root.count).drop { $0 == "/" }
      let path = rest.isEmpty ? candidate.point : (candidate.point == "/" ? "" : candidate.point) + "/" + rest
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
  func sockets(in path: String, device: String) -> [String] {
    sockets.filter { $0.path == path || $0.isThere && $0.device == device && isWithin($0.path, path) }
      .map(\.path)
  }

  /// The runtimes' sockets that the host has.
  var presentSockets: [String] { sockets.filter(\.isThere).map(\.path) }

  /// Whether it is a volume of the pod's own, or a file that the runtime makes for the container.
  static func isOwn(_ path: String, podUID: String?) -> Bool {
    let names = path.split(separator: "/")
    if let podUID, let index = names.firstIndex(where: { $0 == podUID }), index > 1,
      names[index - 1] == "pods",
      names[..<index].contains(where: { $0.contains("kubelet") })
    {
      return true
    }
    // Docker's and Podman's named volumes.
    if names.last == "_data", names.dropLast(2).last == "volumes" { return true }
    let hash = names.firstIndex { $0.utf8.count == 64 && $0.utf8.allSatisfy { [$0].hexadecimal != nil } }
    guard let hash else { return false }
    if names[..<hash].last == "overlay-containers" { return true }
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
      switch look(member, podUID: container.group.podUID, first, host.root) {
      case .success(let found):
        findings?.merge(found)
        findings = findings ?? found
      case .failure(let error):
        failure = .unreadable(error.obstacle, detail: error.description, .file(error.place))
      }
    }
    devices.add(to: &entity)
    let source = Source.file("/proc/\(members[0].id)/mountinfo")
    state(findings, failure, source, to: &entity)
  }

  private func look(
    _ process: HostProcess, podUID: String?, _ first: HostProcess?, _ root: borrowing HostRoot
  ) -> Result<MountFindings, HostError> {
    if let own = process.namespaces["mnt"], own == first?.namespaces["mnt"] {
      return .success(MountFindings(wholeHost: self, isRootReadOnly: isRootReadOnly))
    }
    do throws(HostError) {
      let bytes = try root.bytes(of: process.id, "mountinfo", atMost: 16 << 20)
      let table = MountTable(parsing: bytes, from: "/proc/\(process.id)/mountinfo")
      return .success(MountFindings(table, podUID: podUID, host: self))
    } catch {
      return .failure(error)
    }
  }

  private func state(_ findings: MountFindings?, _ failure: Fact?, _ source: Source, to entity: inout Entity)
  {
    guard let findings, failure == nil else {
      for name in Self.names {
        entity[name] = failure ?? .unreadable(.vanished, detail: "it has ended", source)
      }
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
