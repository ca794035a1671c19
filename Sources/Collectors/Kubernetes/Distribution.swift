import Facts
import Host
import SystemPackage

/// Which distribution of Kubernetes a node is of, told from the node alone.
enum Distribution: String, CaseIterable, Sendable {
  case kubeadm, k3s, rke2, microk8s, openshift, talos, bottlerocket, eks, gke, aks
  /// Kubernetes runs or is set up, and none of the marks of the above is there.
  case other
  /// Nothing of Kubernetes was found.
  case none
}

extension Distribution {
  /// What only one distribution has.
  enum Mark: Hashable, Sendable {
    /// A process of the host's, outside of pods, whose executable is called so.
    case process(String)
    /// os-release(5) has this key, with this value if one is named.
    case release(String, String?)
    case path(FilePath)
  }

  /// Strongest first: the operating system that is made for one distribution, what runs, what is laid down. kubeadm is the last
  /// as others are built with it.
  static let marks: [(distribution: Distribution, mark: Mark)] = [
    (.talos, .release("ID", "talos")),
    (.bottlerocket, .release("ID", "bottlerocket")),
    (.openshift, .release("ID", "rhcos")), (.openshift, .release("OPENSHIFT_VERSION", nil)),
    (.rke2, .process("rke2")), (.k3s, .process("k3s")), (.k3s, .process("k3s-server")),
    (.k3s, .process("k3s-agent")), (.microk8s, .process("kubelite")),
    (.rke2, .path("/var/lib/rancher/rke2/agent")), (.k3s, .path("/var/lib/rancher/k3s/agent")),
    (.rke2, .path("/etc/rancher/rke2")), (.k3s, .path("/etc/rancher/k3s")),
    (.microk8s, .path("/var/snap/microk8s/current/args")),
    (.openshift, .path("/etc/machine-config-daemon/currentconfig")),
    (.openshift, .path("/etc/origin/master/master-config.yaml")),
    (.openshift, .path("/etc/origin/node/node-config.yaml")),
    (.gke, .path("/home/kubernetes/kubelet-config.yaml")),
    (.aks, .path("/opt/azure/containers/kubelet.sh")),
    (.eks, .path("/etc/eks")), (.kubeadm, .path("/var/lib/kubelet/kubeadm-flags.env")),
    (.kubeadm, .path("/etc/systemd/system/kubelet.service.d/10-kubeadm.conf")),
    (.kubeadm, .path("/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf")),
    // Azure's cloud provider has it on any distribution.
    (.aks, .path("/etc/kubernetes/azure.json")),
  ]

  /// - Parameter hasComponents: Whether one of Kubernetes' programs was found, which no mark is needed for; nil where that
  ///   can't be told.
  static func fact(of host: borrowing HostView, hasComponents: Fact) -> Fact {
    var looked: [Source] = []
    var obstacle: PlaceFailure?
    for (distribution, mark) in marks {
      switch look(for: mark, host) {
      case .success(let source?): return .observed(.text(distribution.rawValue), source)
      case .success(nil): continue
      case .failure(let failure):
        // Weaker marks may still tell; what is not there beside this one can't be said.
        obstacle = obstacle ?? failure
      }
    }
    if let obstacle { return obstacle.fact }
    looked = marks.map { source(of: $0.mark) }
    guard case .observed(.flag(let has), let sources) = hasComponents else { return hasComponents }
    return .observed(.text((has ? Distribution.other : .none).rawValue), has ? sources : distinct(looked))
  }

  private static func distinct(_ sources: [Source]) -> [Source] {
    var seen: Set<Source> = []
    return sources.filter { seen.insert($0).inserted }
  }

  private static func source(of mark: Mark) -> Source {
    switch mark {
    case .process: .file("/proc")
    case .release(let key, _): .file("/etc/os-release", key: key)
    case .path(let path): .inode(place(path))
    }
  }

  /// - Returns: Where the mark is; nil where it is not.
  private static func look(for mark: Mark, _ host: borrowing HostView) -> Result<Source?, PlaceFailure> {
    switch mark {
    case .process(let name):
      let found = host.processes.processes(called: [name]).first {
        $0.executableName == name && isHostProcess($0, host)
      }
      if let found { return .success(.inode("/proc/\(found.id)/exe")) }
      if let error = host.processes.listingError, error.reason != .absent {
        return .failure(PlaceFailure(error, .file(error.place)))
      }
      return .success(nil)
    case .release(let key, let value): return release(key, value, host)
    case .path(let path):
      switch PathSpace.host.status(path, of: host) {
      case .success: return .success(source(of: mark))
      case .failure(let error):
        return error.reason == .absent ? .success(nil) : .failure(PlaceFailure(error, source(of: mark)))
      }
    }
  }

  /// Any pod can bring an executable of any name: only one of the host's own processes counts.
  private static func isHostProcess(_ process: HostProcess, _ host: borrowing HostView) -> Bool {
    guard ComponentIdentity.isHostProcess(process), process.status.users.dropFirst().first == 0 else {
      return false
    }
    guard let own = process.namespaces["user"], let first = host.processes[1]?.namespaces["user"] else {
      return true
    }
    return own == first
  }

  private static func release(_ key: String, _ value: String?, _ host: borrowing HostView)
    -> Result<Source?, PlaceFailure>
  {
    for path: FilePath in ["etc/os-release", "usr/lib/os-release"] {
      switch PathSpace.host.bytes(path, of: host) {
      case .success(let bytes):
        guard let found = OSRelease(parsing: bytes)[key], value == nil || found == value else {
          return .success(nil)
        }
        return .success(.file(place(path), key: key))
      case .failure(let error):
        if error.reason != .absent { return .failure(PlaceFailure(error, .file(error.place))) }
      }
    }
    return .success(nil)
  }
}
