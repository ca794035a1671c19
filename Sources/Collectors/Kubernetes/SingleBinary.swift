import Facts
import Host
import SystemPackage

/// A program that is several of Kubernetes' programs in one process.
enum Embedder: String, CaseIterable, Sendable {
  case k3s, rke2
  /// MicroK8s'.
  case kubelite

  /// How its process is told from others, as for a component.
  var component: Component {
    Component(
      rawValue, "Several of Kubernetes' programs in one process.", executables: executables, placement: .host,
      fileRule: .none, otherSwitches: [], parameters: [])
  }

  private var executables: Set<String> {
    switch self {
    case .k3s: ["k3s", "k3s-server", "k3s-agent"]
    case .rke2: ["rke2"]
    case .kubelite: ["kubelite"]
    }
  }
}

/// Flags that a component has and that can't be told, with the reason.
struct OpaqueFlags: Sendable {
  var named: [String: PlaceFailure] = [:]
  /// Every flag but these may be set as well.
  var others: (known: Set<String>, failure: PlaceFailure)?

  func failure(of flag: String) -> PlaceFailure? {
    if let failure = named[flag] { return failure }
    guard let others, !others.known.contains(flag) else { return nil }
    return others.failure
  }
}

/// What a part of a single binary is told, as that binary tells it.
struct EmbeddedPart: Sendable {
  var words: Result<[Word], PlaceFailure>
  /// Stronger than files: what is added to values that only the binary knows.
  var opaque = OpaqueFlags()
  /// Weaker than everything: what the binary sets itself, from where it was told to keep its data.
  var unknown = OpaqueFlags()
}

/// The single binaries of a host, and what each would tell the components that are parts of it.
struct SingleBinaries {
  private(set) var instances: [ComponentInstance] = []
  private(set) var problems: [PlaceFailure] = []
  private let component: Component

  /// Those that run.
  init(running component: Component, _ host: borrowing HostView) {
    self.component = component
    for embedder in Embedder.allCases {
      let (accepted, undecided) = ComponentIdentity.sorted(embedder.component, among: host.processes)
      problems += undecided
      for process in accepted { add(embedder, process, host) }
    }
  }

  /// Those that a unit would start.
  init(configured component: Component, notRunning host: borrowing HostView) {
    self.component = component
    for embedder in [Embedder.k3s, .rke2] where !Self.runs(embedder, host) {
      for role in RancherOptions.Role.allCases {
        let name = RancherOptions.unit(embedder, role)
        guard let unit = ServiceUnit(named: name, of: host), Self.starts(unit, role) else { continue }
        let command = unit.words.map { Array($0.drop { $0.text != role.rawValue }.dropFirst()) }
        let options = RancherOptions(
          embedder, role, command: command, variables: unit.variables, paths: .host, host)
        // RKE2's control plane is static pods: only its kubelet is told by it alone.
        if embedder == .rke2, component.placement != .host { continue }
        if let part = options.part(component, from: unit.place, .host, host) {
          add(part, embedder, id: name, nil, unit.place, .host, options.files)
        }
      }
    }
    if !Self.runs(.kubelite, host), let kubelite = Kubelite(notRunning: host),
      let (part, files) = kubelite.part(component, .host, host)
    {
      add(part, .kubelite, id: Kubelite.unit, nil, kubelite.place, .host, files)
    }
  }

  /// What is no part of a process that runs is no part of what its unit would start.
  private static func runs(_ embedder: Embedder, _ host: borrowing HostView) -> Bool {
    ComponentIdentity.candidates(for: embedder.component, among: host.processes).contains {
      if case .accepted = $0.answer { true } else { false }
    }
  }

  /// An agent's unit may have the server's name. One that can't be read may start either.
  private static func starts(_ unit: ServiceUnit, _ role: RancherOptions.Role) -> Bool {
    guard case .success(let words) = unit.words else { return true }
    return words.contains { $0.text == role.rawValue }
  }

  private mutating func add(_ embedder: Embedder, _ process: HostProcess, _ host: borrowing HostView) {
    let paths = ComponentFinder.paths(process, host)
    let place = Source(.flag, process.label)
    switch embedder {
    // RKE2 starts a kubelet of its own and static pods: each is a process that is found by itself.
    case .rke2: return
    case .k3s:
      guard let options = RancherOptions(of: process, embedder, paths, host),
        let part = options.part(component, from: place, paths, host)
      else { return }
      add(part, embedder, id: String(process.id), process, place, paths, options.files)
    case .kubelite:
      let kubelite = Kubelite(process)
      guard let (part, files) = kubelite.part(component, paths, host) else { return }
      add(part, embedder, id: String(process.id), process, place, paths, files)
    }
  }

  private mutating func add(
    _ part: EmbeddedPart, _ embedder: Embedder, id: String, _ process: HostProcess?, _ place: Source,
    _ paths: PathSpace, _ files: [FilePath]
  ) {
    let executable: Fact =
      switch process?.executable {
      case .success(let path)?:
        .observed(.text(Collectors.place(path)), .inode("/proc/\(process?.id ?? 0)/exe"))
      case .failure(let error)?: .failed(error)
      case nil: .absent(place)
      }
    let environment = component.environmentPrefix.map {
      EnvironmentSettings(variables: [:], prefix: $0, place: place)
    }
    var instance = ComponentInstance(
      id: id, origin: .embedded, process: process, words: part.words, place: place,
      environment: .success(environment), executable: executable, paths: paths, manifest: nil)
    instance.embedder = embedder
    instance.opaque = part.opaque
    instance.unknown = part.unknown
    instance.watched = files
    instances.append(instance)
  }
}
