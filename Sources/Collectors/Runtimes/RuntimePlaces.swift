import Facts
import Host
import SystemPackage
import YAML

/// Where a runtime keeps things: what its flags and files say, else where its documentation has them.
struct RuntimePlaces {
  let runtime: ContainerRuntime
  let configuration: RuntimeConfiguration

  init(_ runtime: ContainerRuntime, _ configuration: RuntimeConfiguration) {
    self.runtime = runtime
    self.configuration = configuration
  }

  private func path(_ keys: [[String]], flag: String, _ usual: FilePath) -> FilePath {
    configuration.text(keys, flag: flag).map { FilePath($0) } ?? usual
  }

  /// By the name of the fact.
  var all: [(String, FilePath?)] {
    [("root", root), ("state", state), ("shims", shims), ("logs", logs), ("socket", socket)]
  }

  private var root: FilePath {
    switch runtime.kind {
    case .containerd: path([["root"]], flag: "root", "/var/lib/containerd")
    case .crio: path([["crio", "root"]], flag: "root", "/var/lib/containers/storage")
    case .docker: path([["data-root"]], flag: "data-root", "/var/lib/docker")
    }
  }

  private var state: FilePath {
    switch runtime.kind {
    case .containerd: path([["state"]], flag: "state", "/run/containerd")
    case .crio: path([["crio", "runroot"]], flag: "runroot", "/run/containers/storage")
    case .docker: path([["exec-root"]], flag: "exec-root", "/run/docker")
    }
  }

  /// containerd's shims listen in one place whatever its state directory is; CRI-O's monitors where it says.
  private var shims: FilePath? {
    switch runtime.kind {
    case .containerd: "/run/containerd/s"
    case .crio: path([["crio", "runtime", "container_attach_socket_dir"]], flag: "", "/run/crio")
    case .docker: nil
    }
  }

  private var logs: FilePath {
    switch runtime.kind {
    case .containerd: "/var/log/pods"
    case .crio: path([["crio", "log_dir"]], flag: "log-dir", "/var/log/crio/pods")
    case .docker: root.appending("containers")
    }
  }

  /// Nil where Docker listens at no socket of its own choosing.
  var socket: FilePath? {
    switch runtime.kind {
    case .containerd:
      if let short = configuration.flags?.text("a")?.value { return FilePath(short) }
      return path(
        [["plugins", "io.containerd.server.v1.grpc", "address"], ["grpc", "address"]], flag: "address",
        "/run/containerd/containerd.sock")
    case .crio: return path([["crio", "api", "listen"]], flag: "listen", "/run/crio/crio.sock")
    case .docker:
      let hosts =
        ["host", "H"].flatMap { configuration.flags?[$0].map(\.value) ?? [] }
        + configuration.all(["hosts"]).flatMap { $0.node.sequence?.compactMap(\.text) ?? [] }
      let named = hosts.first { $0.hasPrefix("unix://") }?.dropFirst(7)
      return named.map { FilePath(String($0)) } ?? "/run/docker.sock"
    }
  }
}

extension RuntimeStatement {
  func addPlaces(to entity: inout Entity, _ host: borrowing HostView) {
    for (name, path) in RuntimePlaces(runtime, configuration).all {
      guard let path else { continue }
      let source = Source.inode(runtime.paths.place(path))
      let parts = [name, "\(name).mode", "\(name).owner", "\(name).group"]
      switch runtime.paths.status(path, of: host) {
      case .failure(let error): for part in parts { entity[part] = .failed(error, source) }
      case .success(let status):
        entity[parts[0]] = .observed(.text(Collectors.place(path)), source)
        entity[parts[1]] = .observed(.mode(status.mode), source)
        entity[parts[2]] = .observed(.text(host.accounts.user(status.owner)), source)
        entity[parts[3]] = .observed(.text(host.accounts.group(status.group)), source)
      }
    }
  }

  func addExtensions(to entity: inout Entity, _ host: borrowing HostView) {
    let c = configuration
    func not(_ fact: Fact) -> Fact {
      fact.map { if case .flag(let flag) = $0 { .flag(!flag) } else { $0 } }
    }
    switch runtime.kind {
    case .containerd:
      entity["nri.enabled"] = not(c.flagFact(keys.nri("disable", "")))
      entity["cdi.enabled"] = c.flagFact(keys.cri("enable_cdi"))
    case .crio: entity["nri.enabled"] = c.flagFact(keys.nri("", "enable_nri"), flag: "enable-nri")
    case .docker: entity["cdi.enabled"] = c.flagFact([["features", "cdi"]])
    }
    if runtime.kind != .docker {
      entity["nri.connections"] = not(c.flagFact(keys.nri("disable_connections", "nri_disable_connections")))
      let plugins = c.text(keys.nri("plugin_path", "nri_plugin_dir")) ?? "/opt/nri/plugins"
      let settings = c.text(keys.nri("plugin_config_path", "nri_plugin_config_dir")) ?? "/etc/nri/conf.d"
      let look = ExtensionLook(runtime.paths, [FilePath(plugins)], beside: [FilePath(settings)], host)
      entity["nri.plugins"] = look.names
      entity["nri.writableBy"] = look.writableBy
    }
    var directories: [FilePath] = ["/etc/cdi", "/var/run/cdi"]
    if case .list(let named)? = c.listFact(keys.specificationDirectories).value {
      directories = named.map { FilePath($0.description) }
    }
    let look = ExtensionLook(runtime.paths, directories, beside: [], host)
    entity["cdi.specs"] = look.names
    entity["cdi.writableBy"] = look.writableBy
    if runtime.kind == .crio { addHooks(to: &entity, host) }
    if runtime.kind == .containerd { addVerifiers(to: &entity, host) }
  }

  /// docs/image-verification.md of containerd: the names of bin_dir in their order, as many as max_verifiers; a negative number is no
  /// limit.
  private func addVerifiers(to entity: inout Entity, _ host: borrowing HostView) {
    let c = configuration
    entity["images.localPull"] = localPull
    let stated = c.textFact(keys.verifier("bin_dir"))
    let limit = c.numberFact(keys.verifier("max_verifiers"))
    let off = c.all(["disabled_plugins"]).filter {
      ($0.node.sequence ?? []).contains { $0.text == "io.containerd.image-verifier.v1.bindir" }
    }
    var none = off.map(\.source)
    // Go finds nothing in a directory without a name.
    if case .observed(.text(""), let sources) = stated { none += sources }
    if !none.isEmpty {
      entity["images.verifiers"] = .observed(.texts([]), none)
      entity["images.verifiers.writableBy"] = .observed(.texts([]), none)
      return
    }
    for fact in [stated, limit] {
      guard case .unreadable = fact else { continue }
      entity["images.verifiers"] = fact
      entity["images.verifiers.writableBy"] = fact
      return
    }
    let directory = c.text(keys.verifier("bin_dir")) ?? "/opt/containerd/image-verifier/bin"
    var most = 10
    if case .number(let number)? = limit.value { most = number < 0 ? .max : Int(number) }
    let look = ExtensionLook(runtime.paths, [FilePath(directory)], beside: [], host)
    entity["images.verifiers"] = look.names.map {
      guard case .list(let names) = $0 else { return $0 }
      return .list(Array(names.prefix(most)))
    }
    entity["images.verifiers.writableBy"] = look.writableBy
  }

  /// docs/cri/config.md of containerd: by its own client where that is asked for, and where a setting stands that the transfer service
  /// does not know.
  private var localPull: Fact {
    let c = configuration
    if let failure = c.failure { return failure.fact }
    func first(_ paths: [[String]]) -> Located? { c.all(paths).first }
    var forced: [Located] = []
    for (located, wanted) in [
      (first(keys.pull("use_local_image_pull")), true),
      (first(keys.pull("image_pull_with_sync_fs")), true),
      (first(keys.pullOfSnapshots("discard_unpacked_layers")), true),
      (first(keys.pullOfSnapshots("disable_snapshot_annotations")), false),
    ] {
      if let located, located.node.flag == wanted { forced.append(located) }
    }
    if let located = first(keys.pull("max_concurrent_downloads")), located.node.number != 3 {
      forced.append(located)
    }
    for table in ["mirrors", "configs", "auths"] {
      forced += c.all(keys.registry(table)).filter { $0.node.mapping?.isEmpty == false }.prefix(1)
    }
    if !forced.isEmpty { return .observed(.flag(true), forced.map(\.source)) }
    if let stated = first(keys.pull("use_local_image_pull")), stated.node.flag == false {
      return .observed(.flag(false), stated.source)
    }
    // The fourth format came after the transfer service.
    if let version = first([["version"]]), let number = version.node.number, number >= 4 {
      return .observed(.flag(false), version.source)
    }
    return .absent(c.absence(keys.pull("use_local_image_pull")))
  }

  /// hooks_dir of crio.conf(5); where it says nothing, the directory that the packages bring.
  private func addHooks(to entity: inout Entity, _ host: borrowing HostView) {
    let stated = configuration.listFact([["crio", "runtime", "hooks_dir"]], flag: "hooks-dir")
    if case .unreadable = stated {
      entity["hooks"] = stated
      entity["hooks.writableBy"] = stated
      return
    }
    var directories: [FilePath] = ["/usr/share/containers/oci/hooks.d"]
    if case .list(let named)? = stated.value { directories = named.map { FilePath($0.description) } }
    let look = ExtensionLook(runtime.paths, directories, beside: [], host)
    entity["hooks"] = look.names
    entity["hooks.writableBy"] = look.writableBy
  }
}

/// What is in directories whose content a runtime acts on as root, and who else could change it.
private struct ExtensionLook {
  private(set) var names: Fact
  private(set) var writableBy: Fact

  init(_ paths: PathSpace, _ directories: [FilePath], beside: [FilePath], _ host: borrowing HostView) {
    var files: [String] = []
    var writers: Set<String> = []
    var failure: Fact?
    var sources: [Source] = []
    var inspector = FileInspector()
    for (index, directory) in (directories + beside).prefix(16).enumerated() {
      let source = Source.inode(paths.place(directory))
      sources.append(source)
      switch paths.names(in: directory, of: host) {
      case .failure(let error):
        if error.reason != .absent { failure = failure ?? .failed(error, source) }
      case .success(let found):
        let inside = found.filter { $0.string != ".keep" }.prefix(RuntimeFiles.mostFiles)
        if index < directories.count { files += inside.map { place(directory.appending($0)) } }
        for path in [directory] + inside.map({ directory.appending($0) }) {
          switch Self.writers(path, &inspector, paths, host) {
          case .success(let more): writers.formUnion(more)
          case .failure(let error): failure = failure ?? .failed(error, source)
          }
        }
      }
    }
    names = failure ?? .observed(.texts(files), sources)
    writableBy = failure ?? .observed(.texts(writers.sorted()), sources)
  }

  private static func writers(
    _ path: FilePath, _ inspector: inout FileInspector, _ paths: PathSpace, _ host: borrowing HostView
  ) -> Result<[String], HostError> {
    let accounts = host.accounts
    return paths.with(path, of: host) { root, path in
      let found = inspector.entity(path, role: .runtimeConfig, in: root, accounts: accounts)
      guard case .list(let who)? = found?.entity["writableBy"]?.value else { return .success([]) }
      return .success(who.map(\.description))
    }
  }
}
