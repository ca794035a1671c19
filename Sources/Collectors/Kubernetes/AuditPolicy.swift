import Facts
import YAML

/// An audit policy (audit.k8s.io/v1): the first rule that matches a request decides its level, and a request that none matches
/// is not logged. https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
struct AuditPolicy {
  private let rules: [Rule]?
  private let omitted: [String]
  private let source: Source

  private static let levels = ["None", "Metadata", "Request", "RequestResponse"]
  private static let stages = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"]

  static let declarations: [Declaration] = [
    .init("audit.rules", .number, "How many rules the audit policy has."),
    .init("audit.levels", .list, "The levels that the audit policy's rules have.", values: levels),
    .init(
      "audit.catchAll.level", .text,
      "The level of the first rule that holds for every request; absent without one.",
      values: levels),
    .init(
      "audit.secrets.bodies", .flag,
      "Whether a rule logs the bodies of requests for Secrets, ConfigMaps, TokenReviews or service account tokens."
    ),
    .init(
      "audit.bodies", .list, "Those of them whose bodies are logged, for some callers at least.",
      values: sensitive.map(\.description)),
    .init(
      "audit.unlogged", .list,
      "Resources that access to a cluster is gained or used with, and of which requests by everyone are not logged.",
      values: key.map(\.description)),
    .init(
      "audit.omitStages", .list, "The stages of requests that the policy, or a rule that logs, leaves out.",
      values: stages),
  ]

  /// A resource as a rule names it.
  struct Resource: Hashable, Sendable, CustomStringConvertible {
    let group: String
    let name: String
    let subresource: String?

    init(_ group: String, _ name: String, _ subresource: String? = nil) {
      self.group = group
      self.name = name
      self.subresource = subresource
    }

    /// The name that rules compare, as `serviceaccounts/token`.
    var description: String { subresource.map { "\(name)/\($0)" } ?? name }
  }

  /// Whose bodies hold credentials.
  private static let sensitive: [Resource] = [
    .init("", "secrets"), .init("", "configmaps"), .init("authentication.k8s.io", "tokenreviews"),
    .init("", "serviceaccounts", "token"),
  ]
  /// What attackers change or use.
  private static let key: [Resource] = [
    .init("", "pods"), .init("", "pods", "exec"), .init("", "pods", "portforward"),
    .init("", "pods", "proxy"),
    .init("", "services", "proxy"), .init("", "secrets"), .init("", "configmaps"),
    .init("", "serviceaccounts"),
    .init("apps", "deployments"), .init("apps", "daemonsets"), .init("batch", "cronjobs"),
    .init("rbac.authorization.k8s.io", "roles"), .init("rbac.authorization.k8s.io", "clusterroles"),
    .init("rbac.authorization.k8s.io", "rolebindings"),
    .init("rbac.authorization.k8s.io", "clusterrolebindings"),
  ]

  init(_ root: Node, place: String) {
    let all = root["rules"]?.sequence ?? []
    let read = all.compactMap { Rule($0) }
    rules = read.count == all.count ? read : nil
    source = .file(place, line: root["rules"]?.line, key: "rules")
    let logging = all.filter { $0["level"]?.text != "None" }
    omitted = ([root] + logging).flatMap { $0["omitStages"]?.sequence ?? [] }.compactMap(\.text)
  }

  /// Where there is no policy to read, one fact for all that it would say.
  static func fill(_ entity: inout Entity, _ fact: Fact) {
    for declaration in declarations { entity[declaration.name] = fact }
  }

  func add(to entity: inout Entity) {
    guard let rules, omitted.allSatisfy(Self.stages.contains) else {
      return Self.fill(
        &entity, .unreadable(.malformed, detail: "a rule without a known level or stage", source))
    }
    func at(_ rule: Rule?) -> Source {
      rule.map { .file(source.place, line: $0.line, key: "rules") } ?? source
    }
    entity["audit.rules"] = .observed(.number(Int64(rules.count)), source)
    entity["audit.levels"] = .observed(.texts(Set(rules.map(\.level)).sorted()), source)
    let last = rules.first { $0.holdsForAll }
    entity["audit.catchAll.level"] = last.map { .observed(.text($0.level), at($0)) } ?? .absent(source)
    let bodies = Self.sensitive.compactMap { resource in
      deciding(resource).first { $0.logsBodies }.map { (resource, $0) }
    }
    let body = at(bodies.first?.1)
    entity["audit.secrets.bodies"] = .observed(.flag(!bodies.isEmpty), body)
    entity["audit.bodies"] = .observed(.texts(bodies.map(\.0.description)), body)
    let unlogged = Self.key.filter { resource in
      guard let rule = deciding(resource).last, !rule.isNarrow else { return true }
      return rule.level == "None"
    }
    entity["audit.unlogged"] = .observed(.texts(unlogged.map(\.description)), source)
    entity["audit.omitStages"] = .observed(.texts(Set(omitted).sorted()), source)
  }

  /// The rules that may decide a request for a resource, in order: those for some callers only, up to and with the first that
  /// holds for every caller.
  private func deciding(_ resource: Resource) -> [Rule] {
    var found: [Rule] = []
    for rule in rules ?? [] {
      switch rule.match(resource) {
      case .no: continue
      case .some: found.append(rule)
      case .all:
        found.append(rule)
        return found
      }
    }
    return found
  }

  /// One rule, as far as resources go.
  private struct Rule {
    let level: String
    let line: Int
    /// Whether it is for some users, groups, verbs or namespaces only.
    let isNarrow: Bool
    let holdsForAll: Bool
    private let node: Node

    enum Match { case no, some, all }

    init?(_ node: Node) {
      guard let level = node["level"]?.text, AuditPolicy.levels.contains(level) else { return nil }
      func has(_ key: String) -> Bool { node[key]?.sequence?.isEmpty == false }
      self.node = node
      self.level = level
      line = node.line
      isNarrow = ["users", "userGroups", "verbs", "namespaces"].contains(where: has)
      holdsForAll = !isNarrow && !has("resources") && !has("nonResourceURLs")
    }

    var logsBodies: Bool { level == "Request" || level == "RequestResponse" }

    /// As the API server matches them: by exact group, and by name, `*`, `name/*` or `*/subresource`.
    func match(_ resource: Resource) -> Match {
      guard let groups = node["resources"]?.sequence, !groups.isEmpty else {
        if node["nonResourceURLs"]?.sequence?.isEmpty == false, node["namespaces"]?.sequence?.isEmpty != false
        {
          return .no
        }
        return isNarrow ? .some : .all
      }
      var result = Match.no
      for group in groups where (group["group"]?.text ?? "") == resource.group {
        let names = (group["resources"]?.sequence ?? []).compactMap(\.text)
        guard names.isEmpty || names.contains(where: { Self.names($0, resource) }) else { continue }
        let isForSome = isNarrow || !names.isEmpty && group["resourceNames"]?.sequence?.isEmpty == false
        if !isForSome { return .all }
        result = .some
      }
      return result
    }

    private static func names(_ text: String, _ resource: Resource) -> Bool {
      text == "*" || text == resource.description || text == "\(resource.name)/*"
        || resource.subresource.map { text == "*/\($0)" } ?? false
    }
  }
}
