import Facts
import Host
import SystemPackage
import YAML

/// What the API server's configuration files say that its flags don't: who encrypts Secrets, who authorizes, who is let in
/// without credentials, whether anything is logged. Keys and tokens in them are never looked at.
struct APIServerFiles {
  let facts: ComponentFacts

  static let declarations: [Declaration] = [
    .init(
      "encryption.secrets.providers", .list,
      "The providers of EncryptionConfiguration for Secrets, in order: the first one encrypts.",
      values: ["identity", "aescbc", "aesgcm", "secretbox", "kms"]),
    .init(
      "encryption.secrets.first", .text, "The provider that encrypts Secrets.",
      values: ["identity", "aescbc", "aesgcm", "secretbox", "kms"]),
    .init("authorization.types", .list, "The authorizers of AuthorizationConfiguration, in order."),
    .init(
      "authentication.anonymous.enabled", .flag,
      "AuthenticationConfiguration: whether anonymous requests are taken."),
    .init(
      "authentication.anonymous.paths", .list,
      "AuthenticationConfiguration: the only paths on which anonymous requests are taken."),
    .init("audit.rules", .number, "How many rules the audit policy has."),
    .init(
      "audit.levels", .list, "The levels that the audit policy's rules have.",
      values: ["None", "Metadata", "Request", "RequestResponse"]),
    .init(
      "audit.secrets.bodies", .flag,
      "Whether a rule logs the bodies of requests for Secrets, ConfigMaps or tokens (the first rule that speaks of them)."
    ),
  ]

  func add(to entity: inout Entity, _ host: borrowing HostView) {
    addEncryption(to: &entity, host)
    addAuthorization(to: &entity, host)
    addAuthentication(to: &entity, host)
    addAudit(to: &entity, host)
  }

  private enum Document {
    case node(Node, place: String)
    case none(Fact)
  }

  /// The file that a flag names; where there is none, the fact that says so for all that it would hold.
  private func document(_ flag: String, _ entity: Entity, _ host: borrowing HostView) -> Document {
    guard let fact = entity[flag] else { return .none(.absent(facts.instance.place)) }
    guard case .observed(.text(let text), _) = fact else { return .none(fact) }
    let reader = ConfigurationReader(instance: facts.instance)
    switch reader.absolute(text, host) {
    case .failure(let failure): return .none(failure.fact)
    case .success(let path):
      switch reader.layer(path, role: .base(directory: path.removingLastComponent()), host) {
      case .file(let document): return .node(document.root, place: document.place)
      case .unreadableKeys(let obstacle, let detail, let source):
        return .none(.unreadable(obstacle, detail: detail, source))
      case .commandLine, .environment, .opaque, .unreadableFlags: return .none(fact)
      }
    }
  }

  /// EncryptionConfiguration (apiserver.config.k8s.io/v1): the first entry whose resources match decides.
  private func addEncryption(to entity: inout Entity, _ host: borrowing HostView) {
    let names = ["encryption.secrets.providers", "encryption.secrets.first"]
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
    }
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

  /// AuthenticationConfiguration (apiserver.config.k8s.io/v1beta1): the `anonymous` part replaces --anonymous-auth.
  private func addAuthentication(to entity: inout Entity, _ host: borrowing HostView) {
    let (enabled, paths) = ("authentication.anonymous.enabled", "authentication.anonymous.paths")
    switch document("authentication-config", entity, host) {
    case .none(let fact):
      entity[enabled] = fact
      entity[paths] = fact
    case .node(let root, let place):
      let parameter = Parameter(enabled, .flag, key: "anonymous.enabled", "")
      let layer = Layer.file(ConfigurationDocument(root: root, place: place, role: .base(directory: "/")))
      entity[enabled] = Collectors.fact(of: parameter, from: [layer])
      let conditions = root.at("anonymous.conditions")
      let source = Source.file(place, line: conditions?.line, key: "anonymous.conditions")
      let texts = (conditions?.sequence ?? []).compactMap { $0["path"]?.text }.map(Parameter.shown)
      entity[paths] = texts.isEmpty ? .absent(source) : .observed(.texts(texts), source)
    }
  }

  private static let sensitive: Set<String> = [
    "secrets", "configmaps", "tokenreviews", "serviceaccounts/token", "*",
  ]

  /// audit.k8s.io/v1 Policy: the first rule that matches a request decides its level.
  private func addAudit(to entity: inout Entity, _ host: borrowing HostView) {
    let names = ["audit.rules", "audit.levels", "audit.secrets.bodies"]
    switch document("audit-policy-file", entity, host) {
    case .none(let fact): for name in names { entity[name] = fact }
    case .node(let root, let place):
      let rules = root["rules"]?.sequence ?? []
      let source = Source.file(place, line: root["rules"]?.line, key: "rules")
      let levels = Set(rules.compactMap { $0["level"]?.text }).sorted()
      entity["audit.rules"] = .observed(.number(Int64(rules.count)), source)
      entity["audit.levels"] = .observed(.texts(levels.map(Parameter.shown)), source)
      entity["audit.secrets.bodies"] = Self.bodies(rules, source)
    }
  }

  /// Whether the first rule that holds for Secrets from anyone logs bodies; a rule for some users, verbs or namespaces only
  /// counts where it logs them, because it does so for those.
  private static func bodies(_ rules: [Node], _ source: Source) -> Fact {
    for rule in rules {
      let groups = rule["resources"]?.sequence
      let holds =
        groups?.contains { group in
          guard let names = group["resources"]?.sequence, !names.isEmpty else { return true }
          return names.contains { sensitive.contains($0.text ?? "") }
        } ?? (rule["nonResourceURLs"] == nil)
      guard holds, let level = rule["level"]?.text else { continue }
      let found = Source.file(source.place, line: rule.line, key: "rules")
      if level == "Request" || level == "RequestResponse" { return .observed(.flag(true), found) }
      let isNarrow = ["users", "userGroups", "verbs", "namespaces"].contains {
        rule[$0]?.sequence?.isEmpty == false
      }
      if !isNarrow { return .observed(.flag(false), found) }
    }
    return .observed(.flag(false), source)
  }
}
