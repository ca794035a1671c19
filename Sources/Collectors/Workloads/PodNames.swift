import Facts
import Host
import SystemPackage

/// Names of pods and containers from the kubelet's log directories, so that no API server has to be asked:
/// /var/log/pods/NAMESPACE_NAME_UID/CONTAINER/ and /var/log/containers/POD_NAMESPACE_CONTAINER-ID.log.
struct PodNames {
  struct Pod: Hashable {
    let namespace: String
    let name: String
    let directory: FilePath
  }

  private static let usualLogs: FilePath = "var/log/pods"
  static let containerLogs: FilePath = "var/log/containers"

  /// Where the kubelets keep pods' logs: the usual place, and where one is told otherwise (podLogsDir).
  let podLogs: [FilePath]
  private var pods: [String: [Pod]] = [:]
  private var containers: [String: [String]] = [:]
  private var podError: HostError?
  private var containerError: HostError?

  private init(_ root: borrowing HostRoot, logs: [FilePath]) {
    podLogs = logs
    for directory in logs {
      do throws(HostError) {
        for name in try root.names(in: directory) { add(pod: name, in: directory) }
      } catch {
        podError = podError ?? error
      }
    }
    do throws(HostError) {
      for name in try root.names(in: Self.containerLogs) { add(container: name.string) }
    } catch {
      containerError = error
    }
  }

  /// The names of a host, read once for a view.
  static func all(of host: borrowing HostView) -> PodNames {
    host.once("pod names") { PodNames($0.root, logs: logs(of: $0)) }
  }

  /// A kubelet whose configuration can't be read may have another directory, and then its pods have no names here.
  private static func logs(of host: borrowing HostView) -> [FilePath] {
    let component = KubeletCollector.component
    var named: [FilePath] = []
    for instance in ComponentFinder.search(for: component, of: host).instances {
      let configuration = ComponentConfiguration(of: instance, component, host)
      guard let parameter = component.parameter("podLogsDir"),
        case .observed(.text(let text), _) = configuration.fact(of: parameter)
      else { continue }
      let path = FilePath(text).lexicallyNormalized()
      if path.isAbsolute { named.append(FilePath(root: nil, path.components)) }
    }
    return named.isEmpty ? [usualLogs] : named
  }

  /// Where the names were looked for.
  var source: Source { .inode(place(podLogs.first ?? Self.usualLogs)) }

  /// Every pod that the kubelet keeps logs of.
  var allPods: [Pod] { pods.values.flatMap { $0 } }

  private mutating func add(pod name: FilePath.Component, in directory: FilePath) {
    // Kubernetes' names have no underscore.
    let parts = name.string.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else { return }
    let pod = Pod(
      namespace: printable(parts[0].utf8, atMost: 256), name: printable(parts[1].utf8, atMost: 256),
      directory: directory.appending(name))
    pods[String(parts[2]), default: []].append(pod)
  }

  private mutating func add(container file: String) {
    guard file.hasSuffix(".log") else { return }
    let parts = file.dropLast(4).split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[2].utf8.count > 65 else { return }
    let name = parts[2].dropLast(64)
    guard name.last == "-" else { return }
    containers[String(parts[2].suffix(64)), default: []].append(printable(name.dropLast().utf8, atMost: 256))
  }

  /// The names of all containers, in their order.
  func names(of containers: [Container], _ root: borrowing HostRoot) -> [ContainerName] {
    var unnamed: [String: [Int]] = [:]
    var names = containers.map { ContainerName($0, pod: pod(of: $0), name: name(of: $0)) }
    for (index, container) in containers.enumerated() where names[index].name.value == nil {
      guard let uid = container.group.podUID, !container.isSandbox else { continue }
      unnamed[uid, default: []].append(index)
    }
    // One container and one directory of logs: they are each other's.
    for (uid, indices) in unnamed where indices.count == 1 {
      guard let index = indices.first, let pod = pods[uid]?.first, pods[uid]?.count == 1,
        !containers.contains(where: { $0.group.podUID == uid && $0.name(in: self) != nil }),
        let only = onlyDirectory(in: pod.directory, root)
      else { continue }
      names[index].name = .observed(.text(only), .inode(place(pod.directory)))
    }
    return names
  }

  fileprivate func knownName(_ id: String?) -> String? {
    guard let id, let names = containers[id], names.count == 1 else { return nil }
    return names[0]
  }

  private func onlyDirectory(in directory: FilePath, _ root: borrowing HostRoot) -> String? {
    do throws(HostError) {
      let names = try root.names(in: directory)
      return names.count == 1 ? names.first.map { printable($0.string.utf8, atMost: 256) } : nil
    } catch {
      return nil
    }
  }

  private func pod(of container: Container) -> Result<Pod, Missing> {
    guard let uid = container.group.podUID else { return .failure(Missing(.absent(container.source))) }
    guard let found = pods[uid] else {
      return .failure(Missing(podError.map { .failed($0, source) } ?? .absent(source)))
    }
    guard found.count == 1 else {
      return .failure(
        Missing(.unreadable(.malformed, detail: "\(found.count) directories have the UID \(uid)", source)))
    }
    return .success(found[0])
  }

  private func name(of container: Container) -> Fact {
    let source = Source.inode(place(Self.containerLogs))
    guard let id = container.group.id else { return .absent(container.source) }
    if let name = knownName(id) { return .observed(.text(name), source) }
    if let found = containers[id], found.count > 1 {
      return .unreadable(.malformed, detail: "\(found.count) links have the id \(id)", source)
    }
    return containerError.map { .failed($0, source) } ?? .absent(source)
  }

  /// A fact in place of a value.
  struct Missing: Error {
    let fact: Fact
    init(_ fact: Fact) { self.fact = fact }
  }
}

extension Container {
  /// Whether it looks like the container that only holds a pod's namespaces: good enough for a name, never for a verdict.
  var isSandbox: Bool { processes.count == 1 && processes.first?.executableName == "pause" }

  fileprivate func name(in names: PodNames) -> String? { names.knownName(group.id) }
}

/// What a container is called.
struct ContainerName {
  private let container: Container
  private let pod: Result<PodNames.Pod, PodNames.Missing>
  var name: Fact

  init(_ container: Container, pod: Result<PodNames.Pod, PodNames.Missing>, name: Fact) {
    self.container = container
    self.pod = pod
    self.name = name
  }

  /// `kube-system/kube-proxy-x7k2p/kube-proxy`, which a waiver's pattern can hold on to; a sandbox has `pause` for a name that is
  /// not its own, anything else without a name its id.
  var label: String {
    let own = name.value?.description ?? (container.isSandbox ? "pause" : container.shortID)
    let group = container.group
    if case .success(let pod) = pod {
      return own.isEmpty ? "\(pod.namespace)/\(pod.name)" : "\(pod.namespace)/\(pod.name)/\(own)"
    }
    guard let uid = group.podUID else { return own }
    return own.isEmpty ? "pod \(uid)" : "pod \(uid)/\(own)"
  }

  func add(to entity: inout Entity) {
    let group = container.group
    let source = container.source
    func text(_ text: String?) -> Fact { text.map { .observed(.text($0), source) } ?? .absent(source) }
    entity["id"] = text(group.id)
    entity["runtime"] = text(group.runtime?.rawValue)
    entity["pod.uid"] = text(group.podUID)
    entity["pod.qos"] = text(group.quality?.rawValue)
    switch pod {
    case .success(let pod):
      let place = Source.inode(place(pod.directory))
      entity["pod.namespace"] = .observed(.text(pod.namespace), place)
      entity["pod.name"] = .observed(.text(pod.name), place)
    case .failure(let missing):
      entity["pod.namespace"] = missing.fact
      entity["pod.name"] = missing.fact
    }
    entity["name"] = name
    entity["processes"] = .observed(.number(Int64(container.processes.count)), source)
    let strays = container.strays
    let first = strays.first.map { Source.file("/proc/\($0.id)/ns/mnt") } ?? source
    entity["processes.outside"] = .observed(.number(Int64(strays.count)), first)
  }
}
