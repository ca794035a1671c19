import Facts
import Host
import SystemPackage

/// The certificates and kubeconfigs of this node: those at the places that distributions keep them, and those that its
/// components name.
struct CredentialsCollector: Collector {
  let name = "credentials"

  var subjects: [Subject] { [CertificateFacts.subject, Kubeconfig.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    for problem in staticPods(of: host).problems { record.problem(problem) }
    var look = CredentialsLook(isOnControlPlane: Self.controlPlane(host))
    look.addNamed(by: host, &record)
    look.addPlaces(host, &record)
  }

  /// Whether this node is one of the control plane: an API server is found on it.
  private static func controlPlane(_ host: borrowing HostView) -> Fact {
    let finder = ComponentFinder.search(for: APIServerCollector.component, of: host)
    if let instance = finder.instances.first { return .observed(.flag(true), instance.place) }
    if let problem = finder.problems.first { return problem.fact }
    return .observed(.flag(false), [.file("/proc"), .file("/etc/kubernetes/manifests")])
  }
}

/// One look for credentials; a file is stated once, however many name it.
private struct CredentialsLook {
  let isOnControlPlane: Fact
  private var seen: Set<String> = []

  init(isOnControlPlane: Fact) { self.isOnControlPlane = isOnControlPlane }

  /// Parameters that name a file of certificates, and those that name a kubeconfig.
  private static let certificates: [String: [String]] = [
    "kube-apiserver": [
      "client-ca-file", "tls-cert-file", "kubelet-client-certificate", "kubelet-certificate-authority",
      "etcd-cafile",
      "etcd-certfile", "requestheader-client-ca-file", "proxy-client-cert-file",
    ],
    "etcd": ["cert-file", "trusted-ca-file", "peer-cert-file", "peer-trusted-ca-file"],
    "kubelet": ["authentication.x509.clientCAFile", "tlsCertFile"],
    "kube-controller-manager": ["tls-cert-file"],
    "kube-scheduler": ["tls-cert-file"],
  ]
  private static let kubeconfigs: [String: [String]] = [
    "kubelet": ["kubeconfig"], "kube-controller-manager": ["kubeconfig"],
    "kube-scheduler": ["kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"],
    "kube-proxy": ["kubeconfig"],
  ]

  mutating func addNamed(by host: borrowing HostView, _ record: inout Recorder) {
    for component in [
      APIServerCollector.component, EtcdCollector.component, KubeletCollector.component,
      ControllerManagerCollector.component, SchedulerCollector.component, KubeProxyCollector.component,
    ] {
      let finder = ComponentFinder.search(for: component, of: host)
      for problem in finder.problems { record.problem(problem) }
      for instance in finder.instances {
        let configuration = ComponentConfiguration(of: instance, component, host)
        for name in Self.certificates[component.name] ?? [] {
          if let (path, paths) = Self.file(name, component, configuration, instance, host) {
            addCertificates(path, paths, .component, host, &record)
          }
        }
        for name in Self.kubeconfigs[component.name] ?? [] {
          if let (path, paths) = Self.file(name, component, configuration, instance, host) {
            addKubeconfig(path, paths, host, &record)
          }
        }
      }
    }
  }

  /// The file that a parameter names: as the host's own where its manifest mounts it, so that it is stated once.
  private static func file(
    _ name: String, _ component: Component, _ configuration: ComponentConfiguration,
    _ instance: ComponentInstance,
    _ host: borrowing HostView
  ) -> (FilePath, PathSpace)? {
    guard let parameter = component.parameter(name),
      case .observed(.text(let text), _) = configuration.fact(of: parameter),
      case .success(let path) = ConfigurationReader(instance: instance).absolute(text, host)
    else { return nil }
    guard let manifest = instance.manifest else { return (path, instance.paths) }
    let mounted = PathSpace.volumes(manifest.volumes)
    if case .success = mounted.status(path, of: host) { return (path, mounted) }
    return (path, instance.paths)
  }

  mutating func addPlaces(_ host: borrowing HostView, _ record: inout Recorder) {
    for directory in FilePlaces.pki {
      walk(directory, levels: 4, host, &record) { $0.hasSuffix(".crt") || $0.hasSuffix(".pem") }
    }
    // The kubelet keeps every client certificate it ever had; only what its links name is in use.
    walk("/var/lib/kubelet/pki", levels: 1, host, &record) {
      $0 == "kubelet.crt" || $0.hasSuffix("-current.pem")
    }
    let roles: Set<FileRole> = [
      .adminKubeconfig, .bootstrapKubeconfig, .controllerManagerKubeconfig, .kubeletKubeconfig,
      .proxyKubeconfig,
      .schedulerKubeconfig,
    ]
    for (role, places) in FilePlaces.all where roles.contains(role) {
      for case .path(let path) in places { addKubeconfig(path, .host, host, &record) }
    }
    // Network plugins reach the API server too: calico-kubeconfig, multus.d/multus.kubeconfig.
    for directory: FilePath in ["/etc/cni/net.d", "/etc/cni/net.d/multus.d"] {
      for name in names(directory, host, &record) where name.string.hasSuffix("kubeconfig") {
        addKubeconfig(directory.appending(name), .host, host, &record)
      }
    }
    for name in names("/home", host, &record) {
      addKubeconfig(FilePath("/home").appending(name).appending(".kube/config"), .host, host, &record)
    }
  }

  /// The names in a directory that may not be there.
  private func names(_ directory: FilePath, _ host: borrowing HostView, _ record: inout Recorder)
    -> [FilePath.Component]
  {
    switch PathSpace.host.names(in: directory, of: host) {
    case .success(let names): return names
    case .failure(let error):
      switch error.reason {
      case .absent, .wrongType, .vanished: break
      case .denied, .tooLarge, .escapes, .outOfTime, .spent, .io: record.problem(error)
      }
      return []
    }
  }

  private mutating func walk(
    _ directory: FilePath, levels: Int, _ host: borrowing HostView, _ record: inout Recorder,
    _ isWanted: (String) -> Bool
  ) {
    for name in names(directory, host, &record) {
      let path = directory.appending(name)
      if case .success(let status) = PathSpace.host.linkStatus(path, of: host), status.type == .directory {
        if levels > 1 { walk(path, levels: levels - 1, host, &record, isWanted) }
      } else if isWanted(name.string), !name.string.hasSuffix("-key.pem") {
        addCertificates(path, .host, .directory, host, &record)
      }
    }
  }

  private mutating func addCertificates(
    _ path: FilePath, _ paths: PathSpace, _ origin: CertificateFacts.Origin, _ host: borrowing HostView,
    _ record: inout Recorder
  ) {
    let place = paths.place(path)
    guard seen.insert(place).inserted else { return }
    let source = Source.file(place)
    switch paths.bytes(path, of: host) {
    case .failure(let error):
      // A name in a directory that leads nowhere is no certificate; a file that a component names should be there.
      if error.reason == .absent, origin == .directory { return }
      record.add(
        CertificateFacts.entity(id: place, path: place, origin: origin, failure: PlaceFailure(error, source)))
    case .success(let bytes):
      guard let found = CertificateKeys.certificates(pem: bytes) else {
        // A key alone in a .pem is none of ours.
        if origin == .directory, !bytes.holds(certificateMark) { return }
        let failure = PlaceFailure(.malformed, "it is no file of certificates", source)
        record.add(CertificateFacts.entity(id: place, path: place, origin: origin, failure: failure))
        return
      }
      for (index, der) in found.enumerated() {
        let id = index == 0 ? place : "\(place)#\(index + 1)"
        record.add(CertificateFacts.entity(id: id, path: place, origin: origin, der: der, source))
      }
    }
  }

  private mutating func addKubeconfig(
    _ path: FilePath, _ paths: PathSpace, _ host: borrowing HostView, _ record: inout Recorder
  ) {
    let config = Kubeconfig(path: path, paths: paths)
    guard !seen.contains(config.place), let content = config.content(onControlPlane: isOnControlPlane, host)
    else {
      return
    }
    seen.insert(config.place)
    record.add(content.entity)
    for certificate in content.certificates { record.add(certificate) }
  }
}

private let certificateMark = Array("BEGIN CERTIFICATE".utf8)
