import Facts
import Host
import SystemPackage
import YAML

/// A key management plugin that an API server encrypts with: its socket, who may connect to it, and whether anything listens.
/// EncryptionConfiguration (apiserver.config.k8s.io/v1), https://kubernetes.io/docs/tasks/administer-cluster/kms-provider/.
struct KMSPlugin {
  static let subject = Subject(
    "kms-plugin", "A key management plugin that an API server's EncryptionConfiguration names.",
    isSingleton: false,
    facts: [
      .init("apiServer", .text, "The API server that is told to use it, as its own subject names it."),
      .init("name", .text, "What the configuration calls it."),
      .init("version", .text, "The version of its API; v1 where the configuration says none."),
      .init("endpoint", .text, "The socket's address."),
      .init(
        "isAbstract", .flag,
        "Whether the address is an abstract name, which has no permissions: whoever is in the network namespace connects."
      ),
      .init("socket.present", .flag, "Whether a socket is there in the API server's view of the filesystem."),
      .init("socket.mode", .mode, "Its permissions: connecting takes the right to write."),
      .init("socket.owner", .text, "Its owner."),
      .init("socket.group", .text, "Its group."),
      .init(
        "socket.writableBy", .list,
        "Who besides root can connect to it, or put another in its place: `everyone`, `group:NAME`, `user:NAME`."
      ),
      .init("isListening", .flag, "Whether a process listens on that address in some network namespace."),
    ])

  let name: String
  let version: String
  let endpoint: String
  let source: Source

  /// Those of all resources, each named once.
  static func all(in root: Node, place: String) -> [KMSPlugin] {
    var found: [KMSPlugin] = []
    for entry in root["resources"]?.sequence ?? [] {
      for provider in entry["providers"]?.sequence ?? [] {
        guard let kms = provider["kms"], let name = kms["name"]?.text else { continue }
        let plugin = KMSPlugin(
          name: Parameter.shown(name), version: Parameter.shown(kms["apiVersion"]?.text ?? "v1"),
          endpoint: Parameter.shown(kms["endpoint"]?.text ?? ""),
          source: .file(place, line: kms.line, key: "kms"))
        if !found.contains(where: { $0.name == plugin.name && $0.endpoint == plugin.endpoint }) {
          found.append(plugin)
        }
      }
    }
    return found
  }

  /// The path or abstract name in `unix:///run/kms.sock`, `unix:/run/kms.sock`, `unix:///@name`; nil for any other address,
  /// which the API server refuses.
  var address: String? {
    guard endpoint.hasPrefix("unix:") else { return nil }
    var rest = endpoint.dropFirst(5)
    if rest.hasPrefix("//") { rest = rest.dropFirst(2) }
    if rest.hasPrefix("/@") { return String(rest.dropFirst()) }
    return rest.hasPrefix("/") || rest.hasPrefix("@") ? String(rest) : nil
  }

  func entity(of instance: ComponentInstance, _ host: borrowing HostView) -> Entity {
    var entity = Entity(Self.subject, id: "\(instance.id)/\(name)")
    entity["apiServer"] = .observed(.text(instance.id), source)
    entity["name"] = .observed(.text(name), source)
    entity["version"] = .observed(.text(version), source)
    entity["endpoint"] = .observed(.text(endpoint), source)
    guard let address else {
      let malformed = Fact.unreadable(
        .malformed, detail: "'\(endpoint)' is no address of a Unix socket", source)
      for fact in Self.subject.facts where entity[fact.name] == nil { entity[fact.name] = malformed }
      return entity
    }
    let isAbstract = address.hasPrefix("@")
    entity["isAbstract"] = .observed(.flag(isAbstract), source)
    entity["isListening"] = UnixListeners.all(of: host).fact(of: address)
    if isAbstract {
      for fact in Self.subject.facts where entity[fact.name] == nil { entity[fact.name] = .absent(source) }
    } else {
      Self.addSocket(FilePath(address).lexicallyNormalized(), instance, host, to: &entity)
    }
    return entity
  }

  private static func addSocket(
    _ path: FilePath, _ instance: ComponentInstance, _ host: borrowing HostView, to entity: inout Entity
  ) {
    let source = Source.inode(instance.paths.place(path))
    let accounts = host.accounts
    let looked: Result<Entity, HostError> = instance.paths.with(path, of: host) { root, path in
      let path = FilePath(root: nil, path.components)
      do throws(HostError) { _ = try root.status(path) } catch { return .failure(error) }
      return FileEntity.make(path, role: .runtimeSocket, in: root, accounts: accounts).map { .success($0) }
        ?? .failure(HostError(path, .absent))
    }
    switch looked {
    case .success(let file):
      let isSocket = file["type"]?.value == .text(FileType.socket.rawValue)
      entity["socket.present"] = .observed(.flag(isSocket), source)
      for name in ["mode", "owner", "group", "writableBy"] {
        entity["socket.\(name)"] = isSocket ? file[name] : .absent(source)
      }
    case .failure(let error):
      entity["socket.present"] =
        error.reason == .absent ? .observed(.flag(false), source) : .failed(error, source)
      for name in ["mode", "owner", "group", "writableBy"] {
        entity["socket.\(name)"] = .failed(error, source)
      }
    }
  }
}

/// Who listens on Unix sockets, in every network namespace that a process is in: each shows its own.
struct UnixListeners {
  private var names: Set<String> = []
  private var failure: PlaceFailure?

  /// More network namespaces than are looked into: a pod mostly has one.
  private static let most = 600

  static func all(of host: borrowing HostView) -> UnixListeners {
    host.once("unix listeners") { UnixListeners($0) }
  }

  private init(_ host: borrowing HostView) {
    var seen: Set<UInt64> = []
    if let error = host.processes.listingError {
      let obstacle: Obstacle = error.reason == .absent ? .needsRunningHost : error.obstacle
      failure = PlaceFailure(obstacle, error.description, .file(error.place))
    }
    for process in host.processes.processes {
      if let namespace = process.namespaces["net"], !seen.insert(namespace).inserted { continue }
      guard seen.count <= Self.most else {
        let reason = "more than \(Self.most) network namespaces"
        failure = failure ?? PlaceFailure(.tooLarge, reason, .file("/proc"))
        return
      }
      read(process.id, host.root)
    }
  }

  private mutating func read(_ process: ProcessID, _ root: borrowing HostRoot) {
    let path = FilePath("proc/\(process)/net/unix")
    let source = Source.file(place(path))
    do throws(HostError) {
      guard let table = UnixSocketTable(parsing: try root.bytes(path, atMost: 16 << 20)) else {
        failure = failure ?? PlaceFailure(.malformed, "not a table of sockets", source)
        return
      }
      names.formUnion(table.listening)
    } catch {
      // A process that ended meanwhile had its namespace shown by another, or took it along.
      switch error.reason {
      case .vanished: break
      case .absent:
        if root.isRunning { break }
        failure = failure ?? PlaceFailure(.needsRunningHost, error.description, source)
      case .denied, .wrongType, .tooLarge, .escapes, .outOfTime, .spent, .io:
        failure = failure ?? PlaceFailure(error, source)
      }
    }
  }

  /// Whether somebody listens on a path or an abstract name. A plugin in a container may have bound its socket under another
  /// directory, which is mounted here: a listener of the same file name is then no proof, and its absence is one.
  func fact(of address: String) -> Fact {
    let source = Source.file("/proc/*/net/unix", key: address)
    if names.contains(address) { return .observed(.flag(true), source) }
    // /var/run is /run, however each of the two programs names it.
    if address.hasPrefix("/var/run/"), names.contains(String(address.dropFirst(4))) {
      return .observed(.flag(true), source)
    }
    if address.hasPrefix("/run/"), names.contains("/var" + address) { return .observed(.flag(true), source) }
    if let failure { return failure.fact }
    let last = lastPathComponent(address)
    if !address.hasPrefix("@"), let like = names.first(where: { lastPathComponent($0) == last }) {
      return .unreadable(
        .notVisible, detail: "a process listens on \(like), which may be this socket in its own view", source)
    }
    return .observed(.flag(false), source)
  }
}
