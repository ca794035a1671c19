import Facts

/// Which SELinux levels containers of more than one namespace have. The level's categories are what keeps containers of one type from
/// each other's files; the runtime picks a pair for each pod, OpenShift one for each namespace.
struct SharedLevels {
  static let declaration = Declaration(
    "selinux.sharedLevels", .list,
    "Levels that confined containers of more than one namespace have, as `LEVEL: NAMESPACES`; a pod whose namespace is not known "
      + "counts for itself. Absent where no container has one.")

  private var owners: [String: Set<String>] = [:]
  private var sources: [String: [Source]] = [:]
  private var failure: Fact?

  /// - Parameter entity: A container's, with its names and labels stated.
  mutating func note(_ entity: Entity) {
    switch (entity["label.types"], entity["label.levels"]) {
    case (.observed(.list(let types), _)?, .observed(.list(let levels), let sources)?):
      guard types.allSatisfy({ Self.isSeparated($0.description) }) else { return }
      for level in levels.map(\.description) {
        owners[level, default: []].insert(Self.owner(entity))
        self.sources[level, default: []] += sources
      }
    case (.unreadable?, _): failure = failure ?? entity["label.types"]
    default: return
    }
  }

  var fact: Fact {
    let shared = owners.filter { $0.value.count > 1 }.keys.sorted()
    guard shared.isEmpty else {
      let texts = shared.map { "\($0): \((owners[$0] ?? []).sorted().joined(separator: ", "))" }
      return .observed(.texts(texts), shared.flatMap { sources[$0] ?? [] })
    }
    if let failure { return failure }
    guard let first = sources.keys.min().flatMap({ sources[$0]?.first }) else {
      return .absent(.file("/proc/*/attr/current"))
    }
    return .observed(.texts([]), first)
  }

  /// The domains of container-selinux and its forerunner whose processes a level holds apart; spc_t and the runtime's own are held by
  /// nothing, which is another finding.
  private static func isSeparated(_ type: String) -> Bool {
    (type.hasPrefix("container_") && type != "container_runtime_t") || type.hasPrefix("svirt_lxc")
  }

  private static func owner(_ entity: Entity) -> String {
    for name in ["pod.namespace", "pod.uid"] {
      if case .observed(.text(let text), _)? = entity[name] { return text }
    }
    return entity.id
  }
}
