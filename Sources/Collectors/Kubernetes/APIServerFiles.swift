import Facts
import Host
import SystemPackage
import YAML

/// What the API server's configuration files say that its flags don't: who encrypts Secrets, who authorizes, who is let in
/// without credentials, whether anything is logged. Keys and tokens in them are never looked at.
struct APIServerFiles {
  let facts: ComponentFacts

  static let declarations: [Declaration] =
    [
      .init(
        "encryption.secrets.providers", .list,
        "The providers of EncryptionConfiguration for Secrets, in order: the first one encrypts.",
        values: ["identity", "aescbc", "aesgcm", "secretbox", "kms"]),
      .init(
        "encryption.secrets.first", .text, "The provider that encrypts Secrets.",
        values: ["identity", "aescbc", "aesgcm", "secretbox", "kms"]),
      .init(
        "admission.plugins", .list,
        "The admission plugins in force: those of the version with those enabled and without those disabled."),
      .init("authorization.types", .list, "The authorizers of AuthorizationConfiguration, in order."),
      .init(
        "authentication.anonymous.enabled", .flag,
        "AuthenticationConfiguration: whether anonymous requests are taken."),
      .init(
        "authentication.anonymous.paths", .list,
        "AuthenticationConfiguration: the only paths on which anonymous requests are taken."),
      .init(
        "authentication.jwt.issuers", .list,
        "AuthenticationConfiguration: the issuers whose tokens are taken, each an entity of its own."),
      .init(
        "encryption.secrets.kms.versions", .list, "The API versions of the KMS providers for Secrets.",
        values: ["v1", "v2"]),
    ] + AuditPolicy.declarations + AdmissionFiles.declarations

  func add(to entity: inout Entity, _ host: borrowing HostView) {
    entity["admission.plugins"] = admissionPlugins(entity["admission-control"])
    addEncryption(to: &entity, host)
    addAuthorization(to: &entity, host)
    addAuthentication(to: &entity, host)
    switch document("audit-policy-file", entity, host) {
    case .none(let fact): AuditPolicy.fill(&entity, fact)
    case .node(let root, let place): AuditPolicy(root, place: place).add(to: &entity)
    }
    AdmissionFiles(files: self).add(to: &entity, host)
  }

  /// The old flag names all of them; without it those of the version hold, which a collector does not know. OpenShift makes other
  /// flags of its file, and never this one.
  private func admissionPlugins(_ named: Fact?) -> Fact {
    switch named {
    case .unreadable(.unsupported, _, let source): .absent(source)
    case let fact?: fact
    case nil: .absent(facts.instance.place)
    }
  }

  enum Document {
    case node(Node, place: String)
    case none(Fact)
  }

  /// The file that a flag names; where there is none, the fact that says so for all that it would hold.
  func document(_ flag: String, _ entity: Entity, _ host: borrowing HostView) -> Document {
    guard let fact = entity[flag] else { return .none(.absent(facts.instance.place)) }
    guard case .observed(.text(let text), _) = fact else { return .none(fact) }
    return document(at: text, host)
  }

  /// The file at a path as the API server has it.
  func document(at text: String, _ host: borrowing HostView) -> Document {
    let reader = ConfigurationReader(instance: facts.instance)
    switch reader.absolute(text, host) {
    case .failure(let failure): return .none(failure.fact)
    case .success(let path):
      switch reader.layer(path, role: .base(directory: path.removingLastComponent()), host) {
      case .file(let document): return .node(document.root, place: document.place)
      case .unreadableKeys(let obstacle, let detail, let source):
        return .none(.unreadable(obstacle, detail: detail, source))
      case .commandLine, .environment, .opaque, .unreadableFlags:
        return .none(.absent(facts.instance.place))
      }
    }
  }

  /// EncryptionConfiguration (apiserver.config.k8s.io/v1): the first entry whose resources match decides.
  private func addEncryption(to entity: inout Entity, _ host: borrowing HostView) {
    let names = [
      "encryption.secrets.providers", "encryption.secrets.first", "encryption.secrets.kms.versions",
    ]
    switch document("encryption-provider-config", entity, host) {
    case .none(let fact): for name in names { entity[name] = fact }
    case .node(let root, let place):
      let entry = root["resources"]?.sequence?.first { entry in
        (entry["resources"]?.sequence ?? []).contains { ["secrets", "*.", "*.*"].contains($0.text) }
      }
      let providers = (entry?["providers"]?.sequence ?? []).compactMap { $0.mapping?.first }
      guard let first = providers.first else {
        for name in names { entity[name] = .absent(.file(place, key: "resources")) }
        return
      }
      let known = providers.map { printable(Array($0.key.utf8)) }
      let source = Source.file(place, line: first.keyLine, key: "providers")
      entity[names[0]] = .observed(.texts(known), source)
      entity[names[1]] = .observed(.text(known[0]), source)
      // The API's default for a provider that does not say is v1.
      let versions = Set(providers.filter { $0.key == "kms" }.map { $0.value["apiVersion"]?.text ?? "v1" })
        .sorted()
      entity[names[2]] =
        versions.allSatisfy { ["v1", "v2"].contains($0) }
        ? .observed(.texts(versions), source)
        : .unreadable(.malformed, detail: "a KMS provider of no known version", source)
    }
  }

  /// The key management plugins of EncryptionConfiguration; none where the file can't be read, which the API server's own facts
  /// say.
  func plugins(of entity: Entity, _ host: borrowing HostView) -> [Entity] {
    guard case .node(let root, let place) = document("encryption-provider-config", entity, host) else {
      return []
    }
    return KMSPlugin.all(in: root, place: place).map { $0.entity(of: facts.instance, host) }
  }

  /// AuthorizationConfiguration (apiserver.config.k8s.io/v1).
  private func addAuthorization(to entity: inout Entity, _ host: borrowing HostView) {
    switch document("authorization-config", entity, host) {
    case .none(let fact): entity["authorization.types"] = fact
    case .node(let root, let place):
      let types = (root["authorizers"]?.sequence ?? []).compactMap { $0["type"]?.text }
      let source = Source.file(place, line: root["authorizers"]?.line, key: "authorizers")
      entity["authorization.types"] =
        types.isEmpty ? .absent(source) : .observed(.texts(types.map(Parameter.shown)), source)
    }
  }

  /// The token issuers of AuthenticationConfiguration. One that can't be read stands for all that may be in it.
  func issuers(of entity: Entity, _ host: borrowing HostView) -> [Entity] {
    switch document("authentication-config", entity, host) {
    case .node(let root, let place): return TokenIssuer.entities(root, place: place, of: entity.id)
    case .none(let fact):
      guard case .unreadable = fact else { return [] }
      var issuer = Entity(TokenIssuer.subject, id: entity.id)
      for declaration in TokenIssuer.subject.facts { issuer[declaration.name] = fact }
      return [issuer]
    }
  }

  /// AuthenticationConfiguration (apiserver.config.k8s.io/v1beta1): the `anonymous` part replaces --anonymous-auth.
  private func addAuthentication(to entity: inout Entity, _ host: borrowing HostView) {
    let (enabled, paths) = ("authentication.anonymous.enabled", "authentication.anonymous.paths")
    let issuers = "authentication.jwt.issuers"
    switch document("authentication-config", entity, host) {
    case .none(let fact): for name in [enabled, paths, issuers] { entity[name] = fact }
    case .node(let root, let place):
      let parameter = Parameter(enabled, .flag, key: "anonymous.enabled", "")
      let layer = Layer.file(ConfigurationDocument(root: root, place: place, role: .base(directory: "/")))
      entity[enabled] = Collectors.fact(of: parameter, from: [layer])
      let conditions = root.at("anonymous.conditions")
      let source = Source.file(place, line: conditions?.line, key: "anonymous.conditions")
      let texts = (conditions?.sequence ?? []).compactMap { $0["path"]?.text }.map(Parameter.shown)
      entity[paths] = texts.isEmpty ? .absent(source) : .observed(.texts(texts), source)
      let urls = (root["jwt"]?.sequence ?? []).map { Parameter.shown($0.at("issuer.url")?.text ?? "") }
      entity[issuers] = .observed(.texts(urls), .file(place, line: root["jwt"]?.line, key: "jwt"))
    }
  }
}
