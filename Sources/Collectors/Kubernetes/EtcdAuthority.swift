import Facts
import Host
import SystemPackage

/// Whether the authority that etcd trusts is one that the cluster trusts too, by public key.
struct EtcdAuthority {
  let facts: ComponentFacts

  static let declaration = Declaration(
    "trusted-ca-file.sharedWith", .list,
    "The cluster's authority files on this node that hold a public key of trusted-ca-file too.")

  func fact(_ entity: Entity, _ host: borrowing HostView) -> Fact {
    guard let trusted = entity["trusted-ca-file"] else { return .absent(facts.instance.place) }
    guard case .observed(.text(let text), _) = trusted else { return trusted }
    let own: Set<[UInt8]>
    switch keys(text, facts.instance, host) {
    case .failure(let failure): return failure.fact
    case .success(let found): own = Set(found)
    }
    var compared: [Source] = []
    var shared: [String] = []
    for (path, instance) in authorities(host) {
      let source = Source.file(instance.paths.place(FilePath(path)))
      if compared.contains(source) { continue }
      switch keys(path, instance, host) {
      case .failure(let failure): return failure.fact
      case .success(let found):
        compared.append(source)
        if found.contains(where: own.contains) { shared.append(source.place) }
      }
    }
    let place = Source.file(facts.instance.paths.place(FilePath(text)))
    guard !compared.isEmpty else {
      return .unreadable(
        .notVisible, detail: "no authority of the cluster is on this node to compare with", place)
    }
    return .observed(.texts(shared.map { Parameter.shown($0) }), [place] + compared)
  }

  /// What the API servers and kubelets of this node check client certificates with.
  private func authorities(_ host: borrowing HostView) -> [(String, ComponentInstance)] {
    var found: [(String, ComponentInstance)] = []
    for (component, name) in [
      (APIServerCollector.component, "client-ca-file"),
      (KubeletCollector.component, "authentication.x509.clientCAFile"),
    ] {
      guard let parameter = component.parameter(name) else { continue }
      for instance in ComponentFinder.search(for: component, of: host).instances {
        let configuration = ComponentConfiguration(of: instance, component, host)
        if case .observed(.text(let path), _) = configuration.fact(of: parameter) {
          found.append((path, instance))
        }
      }
    }
    return found
  }

  private func keys(_ text: String, _ instance: ComponentInstance, _ host: borrowing HostView)
    -> Result<[[UInt8]], PlaceFailure>
  {
    let reader = ConfigurationReader(instance: instance)
    return reader.absolute(text, host).flatMap { path in
      let source = Source.file(instance.paths.place(path))
      switch instance.paths.bytes(path, of: host) {
      case .failure(let error): return .failure(PlaceFailure(error, source))
      case .success(let bytes):
        guard let keys = CertificateKeys.parse(pem: bytes) else {
          return .failure(PlaceFailure(.malformed, "it is no file of certificates", source))
        }
        return .success(keys)
      }
    }
  }
}
