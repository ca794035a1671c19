import Facts
import Host
import SystemPackage
import YAML

/// A kubeconfig: where it leads and how its users log in; never a key, token or password of it.
/// https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
struct Kubeconfig {
  let path: FilePath
  let paths: PathSpace

  var place: String { paths.place(path) }

  static let subject = Subject(
    "kubeconfig", "A file that components or people of this node log in to the API server with.",
    isSingleton: false,
    facts: [
      .init("path", .text, "Where it is."),
      .init("servers", .list, "The API servers that it leads to."),
      .init("users", .list, "The names of its users, as it calls them."),
      .init("hasClientCertificate", .flag, "Whether a user logs in with a client certificate."),
      .init("hasToken", .flag, "Whether a user's token stands in it: who reads the file has the token."),
      .init("hasTokenFile", .flag, "Whether a user's token is read from another file."),
      .init("hasPassword", .flag, "Whether a user's password stands in it."),
      .init("hasExec", .flag, "Whether a user's credential is asked of a program."),
      .init("hasEmbeddedKey", .flag, "Whether a client certificate's private key stands in it."),
      .init("skipsVerification", .flag, "Whether a server's certificate is taken without a check."),
      .init("organizations", .list, "The groups that its client certificates give."),
      .init(
        "isInSystemMasters", .flag,
        "Whether a client certificate of it is of the group system:masters, which no authorizer can refuse."),
      .init("isOnControlPlane", .flag, "Whether an API server runs, or is set up to run, on this node."),
    ])

  /// What it says, and the certificates that its users log in with.
  struct Content {
    let entity: Entity
    let certificates: [Entity]
  }

  /// Twenty times what one with its certificates in it takes: they are looked for in many places, homes among them.
  private static let mostBytes = 1 << 18

  /// Nil where there is no such file, or what is there is not a kubeconfig.
  func content(onControlPlane: Fact, _ host: borrowing HostView) -> Content? {
    let source = Source.file(place)
    switch paths.bytes(path, atMost: Self.mostBytes, of: host) {
    case .failure(let error):
      if error.reason == .absent || error.reason == .wrongType(.directory) { return nil }
      return failed(PlaceFailure(error, source), onControlPlane)
    case .success(let bytes):
      do throws(YAMLError) {
        let root = try parseYAML(bytes)
        guard root["users"] != nil || root["clusters"] != nil else { return nil }
        return content(root, source, onControlPlane, host)
      } catch {
        // Its text may be a secret's, so that only the place of the error is told.
        return failed(
          PlaceFailure(.malformed, "not YAML that can be read", .file(place, line: error.line)),
          onControlPlane)
      }
    }
  }

  private func failed(_ failure: PlaceFailure, _ onControlPlane: Fact) -> Content {
    var entity = bare(onControlPlane)
    for declaration in Self.subject.facts where entity[declaration.name] == nil {
      entity[declaration.name] = failure.fact
    }
    return Content(entity: entity, certificates: [])
  }

  private func bare(_ onControlPlane: Fact) -> Entity {
    var entity = Entity(Self.subject, id: place)
    entity["path"] = .observed(.text(place), .file(place))
    entity["isOnControlPlane"] = onControlPlane
    return entity
  }

  private func content(_ root: Node, _ source: Source, _ onControlPlane: Fact, _ host: borrowing HostView)
    -> Content
  {
    var entity = bare(onControlPlane)
    let clusters = (root["clusters"]?.sequence ?? []).compactMap { $0["cluster"] }
    let named = (root["users"]?.sequence ?? []).filter { $0["user"] != nil }
    let users = named.compactMap { $0["user"] }
    let lines = Source.file(place, line: root["users"]?.line, key: "users")
    func flag(_ keys: String...) -> Fact {
      let holder = users.first { user in keys.contains { Self.isSet(user[$0]) } }
      return .observed(
        .flag(holder != nil), holder.map { .file(place, line: $0.line, key: "users") } ?? lines)
    }
    entity["servers"] = .observed(
      .texts(clusters.compactMap { $0["server"]?.text }.map(Parameter.shown)),
      .file(place, line: root["clusters"]?.line, key: "clusters"))
    entity["users"] = .observed(.texts(named.compactMap { $0["name"]?.text }.map(Parameter.shown)), lines)
    entity["hasClientCertificate"] = flag("client-certificate", "client-certificate-data")
    entity["hasToken"] = flag("token")
    entity["hasTokenFile"] = flag("tokenFile")
    entity["hasPassword"] = flag("password")
    entity["hasExec"] = flag("exec", "auth-provider")
    entity["hasEmbeddedKey"] = flag("client-key-data")
    let skipping = clusters.first { $0["insecure-skip-tls-verify"]?.flag == true }
    entity["skipsVerification"] = .observed(
      .flag(skipping != nil), .file(place, line: (skipping ?? root["clusters"])?.line, key: "clusters"))
    let certificates = users.enumerated().compactMap { certificate(of: $1, number: $0 + 1, host) }
    addGroups(of: certificates, to: &entity, lines)
    return Content(entity: entity, certificates: certificates)
  }

  private static func isSet(_ node: Node?) -> Bool {
    guard let node, !node.isNull else { return false }
    return node.text?.isEmpty != true
  }

  /// The groups of all its certificates; not known as soon as one can't be read, unless another is in the group already.
  private func addGroups(of certificates: [Entity], to entity: inout Entity, _ source: Source) {
    var groups: [Value] = []
    var failure: Fact?
    for certificate in certificates {
      switch certificate["organizations"] {
      case .observed(.list(let values), _)?: groups += values
      case let fact?: failure = failure ?? fact
      case nil: break
      }
    }
    let isMaster = groups.contains(.text("system:masters"))
    let found = Fact.observed(.list(groups), source)
    entity["organizations"] = failure ?? found
    entity["isInSystemMasters"] =
      isMaster ? .observed(.flag(true), source) : failure ?? .observed(.flag(false), source)
  }

  private func certificate(of user: Node, number: Int, _ host: borrowing HostView) -> Entity? {
    let id = number == 1 ? place : "\(place)#\(number)"
    func failed(_ failure: PlaceFailure) -> Entity {
      CertificateFacts.entity(id: id, path: place, origin: .kubeconfig, failure: failure)
    }
    let pem: [UInt8]
    let source: Source
    // client-go takes the embedded one where both are there.
    if let data = user["client-certificate-data"], let text = data.text, !text.isEmpty {
      source = .file(place, line: data.line, key: "client-certificate-data")
      let digits = text.utf8.filter { $0 != 0x0a && $0 != 0x0d && $0 != 0x20 }
      guard let decoded = CertificateKeys.decode(base64: digits) else {
        return failed(PlaceFailure(.malformed, "not base64", source))
      }
      pem = decoded
    } else if let text = user["client-certificate"]?.text, !text.isEmpty {
      // A relative path is meant from the kubeconfig's own directory.
      let named = FilePath(text)
      let file = named.isAbsolute ? named : path.removingLastComponent().appending(named.components)
      source = .file(paths.place(file.lexicallyNormalized()))
      switch paths.bytes(file.lexicallyNormalized(), of: host) {
      case .failure(let error): return failed(PlaceFailure(error, source))
      case .success(let bytes): pem = bytes
      }
    } else {
      return nil
    }
    guard let first = CertificateKeys.certificates(pem: pem)?.first else {
      return failed(PlaceFailure(.malformed, "it is no certificate in PEM", source))
    }
    return CertificateFacts.entity(id: id, path: place, origin: .kubeconfig, der: first, source)
  }
}
