import Facts
import Host
import SystemPackage
import YAML

/// The network plugins that the container runtime runs for every pod. Which of them enforce NetworkPolicy is in the catalogue.
///
/// containerd and CRI-O take the first configuration of their directory in the order of names;
/// https://www.cni.dev/docs/spec/ and containerd's docs/cri/config.md.
struct CNICollector: Collector {
  let name = "cni"

  static let subject = Subject(
    "cni", "The node's pod network: the configuration in force and the plugins in it.", isSingleton: true,
    facts: [
      .init("directory", .text, "The directory that holds configurations."),
      .init("files", .list, "All configurations there, in the order in which a runtime takes them."),
      .init("configuration", .text, "The one in force: the first by name."),
      .init("network", .text, "The network's name in it."),
      .init("plugins", .list, "Its plugins' types, those that it delegates to included, in order."),
      .init(
        "serviceMesh", .list, "Plugins of a service mesh in the chain: they redirect every pod's traffic."),
    ])

  var subjects: [Subject] { [Self.subject] }

  /// Where runtimes are told to look, by the layouts of the distributions.
  private static let directories: [FilePath] = [
    "/etc/cni/net.d", "/etc/kubernetes/cni/net.d", "/var/lib/rancher/k3s/agent/etc/cni/net.d",
    "/var/snap/microk8s/current/args/cni-network",
  ]

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.subject)
    switch Self.find(host) {
    case .failure(let failure): Self.fill(&entity, failure.fact)
    case .success(nil): Self.fill(&entity, .absent(Self.directories.map { .file($0.string) }))
    case .success(let found?):
      let place = Source.file(Collectors.place(found.directory))
      entity["directory"] = .observed(.text(place.place), place)
      entity["files"] = .observed(.texts(found.names.map(Parameter.shown)), place)
      Self.read(found.directory.appending(found.names[0]), host, &entity)
    }
    record.add(entity)
  }

  private static func fill(_ entity: inout Entity, _ fact: Fact) {
    for declaration in subject.facts where entity[declaration.name] == nil { entity[declaration.name] = fact }
  }

  private static func find(_ host: borrowing HostView) -> Result<
    (directory: FilePath, names: [String])?, PlaceFailure
  > {
    for directory in directories {
      switch PathSpace.host.names(in: directory, of: host) {
      case .failure(let error):
        if error.reason == .absent { continue }
        return .failure(PlaceFailure(error, .file(error.place)))
      case .success(let all):
        let names = all.map(\.string).filter { name in
          [".conf", ".conflist", ".json"].contains { name.hasSuffix($0) }
        }
        if !names.isEmpty { return .success((directory, names)) }
      }
    }
    return .success(nil)
  }

  private static func read(_ path: FilePath, _ host: borrowing HostView, _ entity: inout Entity) {
    let place = Collectors.place(path)
    entity["configuration"] = .observed(.text(place), .file(place))
    let root: Node
    switch PathSpace.host.bytes(path, of: host) {
    case .failure(let error): return fill(&entity, PlaceFailure(error, .file(place)).fact)
    case .success(let bytes):
      do throws(YAMLError) {
        root = try parseYAML(bytes)
      } catch {
        return fill(
          &entity, .unreadable(.malformed, detail: error.description, .file(place, line: error.line)))
      }
    }
    entity["network"] =
      root["name"]?.text.map {
        .observed(.text(Parameter.shown($0)), .file(place, line: root["name"]?.line, key: "name"))
      }
      ?? .absent(.file(place, key: "name"))
    let plugins = NetworkPlugins(root)
    let source = Source.file(
      place, line: root["plugins"]?.line, key: root["plugins"] == nil ? "type" : "plugins")
    guard !plugins.types.isEmpty else {
      return fill(&entity, .unreadable(.malformed, detail: "it names no plugin", source))
    }
    entity["plugins"] = .observed(.texts(plugins.types.map(Parameter.shown)), source)
    entity["serviceMesh"] = .observed(.texts(plugins.meshes.map(Parameter.shown)), source)
  }
}

/// The plugins of one configuration.
private struct NetworkPlugins {
  let types: [String]

  /// More plugins than any chain has.
  private static let most = 64

  init(_ root: Node) {
    var types: [String] = []
    func add(_ node: Node, depth: Int) {
      guard depth < 4, types.count < Self.most else { return }
      if let type = node["type"]?.text { types.append(type) }
      // Multus and its like run other plugins' configurations, which stand within theirs.
      for key in ["plugins", "delegates"] {
        for inner in node[key]?.sequence ?? [] { add(inner, depth: depth + 1) }
      }
      if let delegate = node["delegate"], delegate.mapping != nil { add(delegate, depth: depth + 1) }
    }
    add(root, depth: 0)
    self.types = types
  }

  private static let meshing: Set<String> = [
    "istio-cni", "linkerd-cni", "kuma-cni", "cilium-chaining", "osm-cni",
  ]

  var meshes: [String] { types.filter(Self.meshing.contains) }
}
