import Facts
import Host
import SystemPackage

/// The files that components name themselves, wherever they are: a kubelet's `--config` is one as much as /var/lib/kubelet's.
///
/// A component that could not be read names nothing here, and its own collector says that it could not: the well-known places
/// are looked at in any case.
struct ComponentFilesCollector: Collector {
  let name = "component-files"

  var subjects: [Subject] { [FileInspector.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    for (component, roles) in Self.roles {
      for instance in ComponentFinder.search(for: component, of: host).instances {
        let configuration = ComponentConfiguration(of: instance, component, host)
        var named: [(fact: Fact, role: FileRole)] = []
        switch component.fileRule {
        case .flagsOverFile:
          named += [
            (configuration.file, .kubeletConfig), (configuration.directory, .kubeletDropInDirectory),
            (configuration.dropIns, .kubeletConfig),
          ]
        case .fileAlone: named.append((configuration.file, .etcdManifest))
        case .none, .fileOverKeyedFlags: break
        }
        for (name, role) in roles {
          guard let parameter = component.parameter(name) else { continue }
          named.append((configuration.fact(of: parameter), role))
        }
        for (fact, role) in named {
          for path in Self.paths(fact) {
            let reader = ConfigurationReader(instance: instance)
            guard case .success(let path) = reader.absolute(path.string, host) else { continue }
            add(path, role, instance.paths, host, into: &record)
          }
        }
      }
    }
    addManifests(host, into: &record)
    addPrograms(host, into: &record)
  }

  private static let roles: [(Component, [(name: String, role: FileRole)])] = [
    (
      KubeletCollector.component,
      [
        ("kubeconfig", .kubeletKubeconfig), ("bootstrapKubeconfig", .bootstrapKubeconfig),
        ("authentication.x509.clientCAFile", .kubeletClientCA), ("tlsPrivateKeyFile", .kubeletKey),
        ("staticPodPath", .staticPodDirectory), ("rootDirectory", .kubeletDirectory),
      ]
    ),
    (EtcdCollector.component, [("data-dir", .etcdData), ("key-file", .pkiKey), ("peer-key-file", .pkiKey)]),
    (
      APIServerCollector.component,
      [
        ("tls-private-key-file", .pkiKey), ("kubelet-client-key", .pkiKey), ("etcd-keyfile", .pkiKey),
        ("service-account-signing-key-file", .pkiKey),
      ]
    ),
    (ControllerManagerCollector.component, [("kubeconfig", .controllerManagerKubeconfig)]),
    (SchedulerCollector.component, [("kubeconfig", .schedulerKubeconfig)]),
    (KubeProxyCollector.component, [("kubeconfig", .proxyKubeconfig)]),
  ]

  private static func paths(_ fact: Fact) -> [FilePath] {
    switch fact.value {
    case .text(let text)?: [FilePath(text)]
    case .list(let items)?: items.compactMap { if case .text(let text) = $0 { FilePath(text) } else { nil } }
    case .flag, .number, .seconds, .mode, nil: []
    }
  }

  /// A path in a container's own root is the host's only where the container sees the host's file: one that is another file is
  /// left to the well-known places.
  private func add(
    _ path: FilePath, _ role: FileRole, _ paths: PathSpace, _ host: borrowing HostView,
    into record: inout Recorder
  ) {
    switch paths {
    case .host: break
    case .process, .volumes:
      guard case .success(let own) = paths.status(path, of: host),
        case .success(let other) = PathSpace.host.status(path, of: host), own.inode == other.inode,
        own.device == other.device
      else { return }
    }
    if let entity = FileEntity.make(path, role: role, host: host) { record.add(entity) }
  }

  /// The manifests of static pods that are no component's: the kubelet runs every regular file whose name does not begin with a
  /// dot, whatever it ends in.
  private func addManifests(_ host: borrowing HostView, into record: inout Recorder) {
    for place in staticPodPaths(of: host) {
      switch PathSpace.host.names(in: place, of: host) {
      case .success(let names):
        for name in names where !name.string.hasPrefix(".") {
          addManifest(place.appending(name), host, into: &record)
        }
      case .failure(let error):
        switch error.reason {
        case .absent, .vanished: break
        // The path may name one manifest.
        case .wrongType: addManifest(place, host, into: &record)
        case .denied, .tooLarge, .escapes, .outOfTime, .spent, .io:
          record.add(FileInspector.unlisted(error, role: .staticPodManifest))
        }
      }
    }
  }

  private func addManifest(_ path: FilePath, _ host: borrowing HostView, into record: inout Recorder) {
    guard !FilePlaces.componentManifests.contains(path) else { return }
    switch PathSpace.host.status(path, of: host) {
    // The kubelet runs no directory, FIFO or device, and nothing that a link promises and that is not there.
    case .success(let status) where status.type != .file: return
    case .failure(let error) where error.reason == .absent: return
    case .success, .failure: break
    }
    if let entity = FileEntity.make(path, role: .staticPodManifest, host: host) { record.add(entity) }
  }

  /// The programs that the node's components and runtimes run from, wherever those are: no list of directories has the one that
  /// somebody else installed to.
  private func addPrograms(_ host: borrowing HostView, into record: inout Recorder) {
    let components = ComponentCandidateCollector.components + RuntimeKind.allCases.map(\.component)
    for component in components {
      for process in ComponentIdentity.sorted(component, among: host.processes).accepted {
        // What a pod runs came with its image.
        guard ComponentIdentity.isHostProcess(process), case .success(let path) = process.executable
        else { continue }
        let paths = ComponentFinder.paths(process, host)
        add(Self.replaced(path), .nodeBinary, paths, host, into: &record)
      }
    }
  }

  /// Where the kernel says that an executable was deleted, what has come into its place runs at the next start.
  private static func replaced(_ path: FilePath) -> FilePath {
    let mark = " (deleted)"
    return path.string.hasSuffix(mark) ? FilePath(String(path.string.dropLast(mark.count))) : path
  }
}
