import Facts
import Host
import SystemPackage

/// The static pods of the host's kubelets: from the directory each is told, and from the places where distributions have it.
func staticPods(of host: borrowing HostView) -> StaticPodReader {
  host.once("static pods") { readStaticPods(of: $0) }
}

private func readStaticPods(of host: borrowing HostView) -> StaticPodReader {
  var reader = StaticPodReader()
  // A control plane that lies where its kubelet is not told to look yet is judged all the same.
  let told = staticPodPaths(of: host)
  for path in told.isEmpty ? distributionsStaticPodPaths : told {
    switch PathSpace.host.status(path, of: host) {
    case .success(let status) where status.type == .file:
      // The path may name one manifest.
      switch PathSpace.host.bytes(path, of: host) {
      case .success(let bytes): reader.add(bytes, path)
      case .failure(let error): reader.fail(error)
      }
    case .success, .failure: reader.read(path, of: host)
    }
  }
  return reader
}

extension StaticPodReader {
  fileprivate mutating func fail(_ error: HostError) {
    addProblem(PlaceFailure(error, .file(error.place)))
  }
}

/// The directories, or single manifests, that the host's kubelets run static pods from, each once.
///
/// A kubelet that is told none runs none, whatever lies in /etc/kubernetes/manifests. Where there is no kubelet, or one does not
/// let itself be asked, all places of the distributions count.
func staticPodPaths(of host: borrowing HostView) -> [FilePath] {
  let component = KubeletCollector.component
  let kubelets = ComponentFinder.search(for: component, of: host).instances
  guard let parameter = component.parameter("staticPodPath"), !kubelets.isEmpty else {
    return distributionsStaticPodPaths
  }
  var paths: [FilePath] = []
  for kubelet in kubelets {
    let configuration = ComponentConfiguration(of: kubelet, component, host)
    switch configuration.fact(of: parameter) {
    case .observed(.text(let path), _): paths.append(FilePath(path).lexicallyNormalized())
    case .absent: paths += kubelet.embedder?.staticPodPath.map { [$0] } ?? []
    case .observed, .unreadable: paths += distributionsStaticPodPaths
    }
  }
  var seen: Set<FilePath> = []
  return paths.filter { seen.insert($0).inserted }
}

private let distributionsStaticPodPaths: [FilePath] =
  ["/etc/kubernetes/manifests"] + Embedder.allCases.compactMap(\.staticPodPath)

extension Embedder {
  /// Where it has its kubelet look without saying so anywhere; nil where its kubelet runs no static pods.
  fileprivate var staticPodPath: FilePath? {
    switch self {
    case .k3s: "/var/lib/rancher/k3s/agent/pod-manifests"
    case .rke2: "/var/lib/rancher/rke2/agent/pod-manifests"
    case .kubelite: nil
    }
  }
}
