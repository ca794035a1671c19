import Facts
import Host
import SystemPackage

/// What the host is to a cluster: which distribution of Kubernetes it is of, which version, and what it does there.
struct NodeCollector: Collector {
  let name = "node"

  static let subject = Subject(
    "node", "The host as a node of a Kubernetes cluster.", isSingleton: true,
    facts: [
      .init(
        "distribution", .text,
        "Which distribution of Kubernetes it is of; `other` where none of their marks is there, `none` without Kubernetes.",
        values: Distribution.allCases.map(\.rawValue)),
      .init(
        "kubernetes.version", .text,
        "The version of the kubelet, else that of the control plane's components, as far as the node tells."),
      .init("isControlPlane", .flag, "Whether an API server runs here or is set up to."),
      .init("isEtcd", .flag, "Whether an etcd member runs here or is set up to."),
      .init("isWorker", .flag, "Whether a kubelet runs here or is set up to."),
      .init(
        "adminKubeconfigs", .list,
        "Files where administrators' kubeconfigs are kept that are here: admin.conf, super-admin.conf, root's own and those of "
          + "the distributions."),
    ])

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    let pods = staticPods(of: host)
    let kubelet = Found(KubeletCollector.component, host, pods)
    let server = Found(APIServerCollector.component, host, pods)
    let etcd = Found(EtcdCollector.component, host, pods)
    var entity = Entity(Self.subject)
    entity["isWorker"] = kubelet.isHere
    entity["isControlPlane"] = server.isHere
    entity["isEtcd"] = etcd.isHere
    entity["distribution"] = Distribution.fact(
      of: host, hasComponents: Self.either(kubelet.isHere, server.isHere, etcd.isHere))
    entity["kubernetes.version"] = Self.version([kubelet, server], host)
    entity["adminKubeconfigs"] = Self.adminKubeconfigs(host)
    record.add(entity)
  }

  /// One component as far as the node needs it.
  private struct Found {
    let isHere: Fact
    let versions: [Fact]

    init(_ component: Component, _ host: borrowing HostView, _ pods: StaticPodReader) {
      let finder = ComponentFinder.search(for: component, of: host)
      versions = finder.instances.map { ComponentVersion(component: component, instance: $0).fact(host) }
      let problems = finder.problems + (component.placement == .host ? [] : pods.problems)
      if !finder.instances.isEmpty {
        isHere = .observed(.flag(true), finder.instances.map(\.place))
      } else if let problem = problems.first {
        isHere = problem.fact
      } else {
        isHere = .observed(
          .flag(false), [.file("/proc"), .file("/etc/systemd/system/\(component.name).service")])
      }
    }
  }

  /// Unreadable where one may be in a directory that is closed to the auditor, unless another is found.
  private static func adminKubeconfigs(_ host: borrowing HostView) -> Fact {
    var (found, looked): ([String], [Source]) = ([], [])
    var failure: HostError?
    for (role, places) in FilePlaces.all where role == .adminKubeconfig {
      for case .path(let path) in places {
        let name = place(path)
        looked.append(.inode(name))
        switch PathSpace.host.status(path, of: host) {
        case .success(let status): if status.type != .directory { found.append(name) }
        case .failure(let error):
          switch error.reason {
          case .absent, .vanished, .wrongType: break
          case .denied, .tooLarge, .escapes, .outOfTime, .spent, .io: failure = failure ?? error
          }
        }
      }
    }
    if !found.isEmpty { return .observed(.texts(found), found.map { .inode($0) }) }
    return failure.map { .failed($0) } ?? .observed(.list([]), looked)
  }

  /// True where one is; unreadable where one may be.
  private static func either(_ facts: Fact...) -> Fact {
    facts.first { $0.value == .flag(true) } ?? facts.first { $0.value == nil }
      ?? .observed(.flag(false), facts.flatMap(\.sources))
  }

  private static func version(_ found: [Found], _ host: borrowing HostView) -> Fact {
    let versions = found.flatMap(\.versions)
    if let known = versions.first(where: { $0.value != nil }) { return known }
    let release = VersionStatement.variant(host)
    if release?.value != nil, let release { return release }
    if let unreadable = versions.first(where: { if case .unreadable = $0 { true } else { false } }) {
      return unreadable
    }
    return .absent(versions.flatMap(\.sources) + [.file("/etc/os-release", key: "VARIANT_ID")])
  }
}
