import Facts
import Host
import SystemPackage
import YAML

/// What AdmissionConfiguration says of the plugins that decide most: PodSecurity's defaults, EventRateLimit's limits and
/// ImagePolicyWebhook's answer when nobody answers.
/// https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
struct AdmissionFiles {
  let files: APIServerFiles

  private static let standards = ["privileged", "baseline", "restricted"]

  static let declarations: [Declaration] = [
    .init("admission.configured", .list, "The plugins that AdmissionConfiguration configures."),
    .init(
      "admission.podSecurity.enforce", .text,
      "The Pod Security Standard that is enforced in namespaces without a label of their own.",
      values: standards),
    .init("admission.podSecurity.exempt.namespaces", .list, "Namespaces that PodSecurity passes over."),
    .init("admission.podSecurity.exempt.usernames", .list, "Users whose pods PodSecurity passes over."),
    .init(
      "admission.podSecurity.exempt.runtimeClasses", .list, "Runtime classes that PodSecurity passes over."),
    .init(
      "admission.eventRateLimit.limits", .list, "What EventRateLimit limits.",
      values: ["Server", "Namespace", "User", "SourceAndObject"]),
    .init(
      "admission.imagePolicy.defaultAllow", .flag,
      "Whether ImagePolicyWebhook lets images in when its service does not answer."),
  ]

  func add(to entity: inout Entity, _ host: borrowing HostView) {
    switch files.document("admission-control-config-file", entity, host) {
    case .none(let fact): for declaration in Self.declarations { entity[declaration.name] = fact }
    case .node(let root, let place):
      var directory = FilePath("/")
      if case .observed(.text(let text), _)? = entity["admission-control-config-file"] {
        directory = FilePath(text).removingLastComponent()
      }
      let plugins = root["plugins"]?.sequence ?? []
      let source = Source.file(place, line: root["plugins"]?.line, key: "plugins")
      let names = plugins.compactMap { $0["name"]?.text }.map(Parameter.shown)
      entity["admission.configured"] = .observed(.texts(names), source)
      func configuration(_ name: String) -> APIServerFiles.Document {
        guard let plugin = plugins.first(where: { $0["name"]?.text == name }) else {
          return .none(.absent(source))
        }
        if let inline = plugin["configuration"], inline.mapping != nil { return .node(inline, place: place) }
        guard let text = plugin["path"]?.text, !text.isEmpty else { return .none(.absent(source)) }
        let path = FilePath(text)
        return files.document(
          at: path.isAbsolute ? text : directory.appending(path.components).string, host)
      }
      addPodSecurity(configuration("PodSecurity"), to: &entity)
      addEventRateLimit(configuration("EventRateLimit"), to: &entity)
      addImagePolicy(configuration("ImagePolicyWebhook"), to: &entity)
    }
  }

  /// PodSecurityConfiguration (pod-security.admission.config.k8s.io/v1).
  private func addPodSecurity(_ document: APIServerFiles.Document, to entity: inout Entity) {
    let (enforce, exempt) = ("admission.podSecurity.enforce", "admission.podSecurity.exempt")
    let kinds = ["namespaces", "usernames", "runtimeClasses"]
    switch document {
    case .none(let fact):
      entity[enforce] = fact
      for kind in kinds { entity["\(exempt).\(kind)"] = fact }
    case .node(let root, let place):
      let node = root.at("defaults.enforce")
      let source = Source.file(place, line: node?.line, key: "defaults.enforce")
      entity[enforce] =
        node?.text.map {
          Self.standards.contains($0)
            ? .observed(.text($0), source)
            : .unreadable(.malformed, detail: "no Pod Security Standard", source)
        } ?? .absent(source)
      for kind in kinds {
        let node = root.at("exemptions.\(kind)")
        let names = (node?.sequence ?? []).compactMap(\.text).map(Parameter.shown)
        entity["\(exempt).\(kind)"] = .observed(
          .texts(names), .file(place, line: node?.line, key: "exemptions.\(kind)"))
      }
    }
  }

  /// Configuration (eventratelimit.admission.k8s.io/v1alpha1).
  private func addEventRateLimit(_ document: APIServerFiles.Document, to entity: inout Entity) {
    let name = "admission.eventRateLimit.limits"
    switch document {
    case .none(let fact): entity[name] = fact
    case .node(let root, let place):
      let types = (root["limits"]?.sequence ?? []).compactMap { $0["type"]?.text }
      let source = Source.file(place, line: root["limits"]?.line, key: "limits")
      let known = ["Server", "Namespace", "User", "SourceAndObject"]
      entity[name] =
        types.allSatisfy(known.contains)
        ? .observed(.texts(types), source)
        : .unreadable(.malformed, detail: "a limit of no known type", source)
    }
  }

  /// `imagePolicy`, or its fields by themselves in an older file.
  private func addImagePolicy(_ document: APIServerFiles.Document, to entity: inout Entity) {
    let name = "admission.imagePolicy.defaultAllow"
    switch document {
    case .none(let fact): entity[name] = fact
    case .node(let root, let place):
      let node = (root["imagePolicy"] ?? root)["defaultAllow"]
      let source = Source.file(place, line: node?.line, key: "imagePolicy.defaultAllow")
      guard let node, !node.isNull else { return entity[name] = .absent(source) }
      entity[name] =
        node.flag.map { .observed(.flag($0), source) }
        ?? .unreadable(.malformed, detail: "not true or false", source)
    }
  }
}
