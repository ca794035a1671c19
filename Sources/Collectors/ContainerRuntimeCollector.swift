import Facts
import Host
import SystemPackage
import YAML

/// Container runtimes: how each is configured, by its files and flags, and who can reach what it keeps.
struct ContainerRuntimeCollector: Collector {
  let name = "container-runtime"

  var subjects: [Subject] { [RuntimeSubject.subject, FileInspector.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    let runtimes = ContainerRuntime.all(of: host)
    for problem in runtimes.problems {
      record.problem(problem.obstacle, problem.source.place, problem.detail)
    }
    var seen: Set<String> = []
    for statement in RuntimeStatement.all(of: host) {
      let runtime = statement.runtime
      let id =
        seen.insert(runtime.id).inserted
        ? runtime.id : runtime.process.map { "\(runtime.id)[\($0.id)]" } ?? runtime.id
      record.add(statement.entity(id: id, host))
      for file in statement.files(host) { record.add(file) }
    }
  }
}

/// Everything that is stated of one runtime.
struct RuntimeStatement {
  let runtime: ContainerRuntime
  let configuration: RuntimeConfiguration
  let keys: RuntimeKeys

  init(_ runtime: ContainerRuntime, _ host: borrowing HostView) {
    self.runtime = runtime
    configuration = runtime.load(host)
    keys = RuntimeKeys(kind: runtime.kind)
  }

  /// Every runtime with what it reads, made once for a view.
  static func all(of host: borrowing HostView) -> [RuntimeStatement] {
    host.once("container runtime configurations") { host in
      var statements: [RuntimeStatement] = []
      for runtime in ContainerRuntime.all(of: host).found {
        statements.append(RuntimeStatement(runtime, host))
      }
      return statements
    }
  }

  func entity(id: String, _ host: borrowing HostView) -> Entity {
    var entity = Entity(RuntimeSubject.subject, id: id)
    addIdentity(to: &entity)
    addConfinement(to: &entity)
    addDoors(to: &entity)
    addDocker(to: &entity)
    RegistryTrust(runtime, configuration, keys).add(to: &entity, host)
    addExtensions(to: &entity, host)
    addPlaces(to: &entity, host)
    for declaration in RuntimeSubject.subject.facts where entity[declaration.name] == nil {
      entity[declaration.name] = .absent(.file(configuration.main))
    }
    return entity
  }

  /// Its files and socket, so that what holds for the usual places holds for these too.
  func files(_ host: borrowing HostView) -> [Entity] {
    guard runtime.paths == .host else { return [] }
    let configured = configuration.files.map { ($0.place, FileRole.runtimeConfig) }
    let socket = RuntimePlaces(runtime, configuration).socket.map { [($0.string, FileRole.runtimeSocket)] }
    var inspector = FileInspector()
    var found: [Entity] = []
    for (path, role) in configured + (socket ?? []) {
      let file = inspector.entity(FilePath(path), role: role, in: host.root, accounts: host.accounts)
      if let file { found.append(file.entity) }
    }
    return found
  }

  private func addIdentity(to entity: inout Entity) {
    let file = Source.file(configuration.main)
    let found = runtime.process.map { Source.inode("/proc/\($0.id)/exe") } ?? file
    entity["name"] = .observed(.text(runtime.kind.rawValue), found)
    entity["isRunning"] = .observed(.flag(runtime.process != nil), found)
    entity["pid"] = runtime.process.map { .observed(.number(Int64($0.id)), found) } ?? .absent(found)
    if let failure = configuration.failure {
      entity["configuration.files"] = failure.fact
      entity["configuration.file"] =
        runtime.isNamed ? .observed(.text(configuration.main), file) : failure.fact
    } else {
      let places = configuration.files.map(\.place)
      entity["configuration.files"] = .observed(.texts(places), file)
      entity["configuration.file"] =
        places.contains(configuration.main) ? .observed(.text(configuration.main), file) : .absent(file)
    }
    switch runtime.kind {
    case .containerd:
      entity["configuration.version"] = configuration.numberFact([["version"]])
      let disabled = ["io.containerd.grpc.v1.cri", "cri"]
      // Lists at the top are added up over the files.
      let stated = configuration.all(["disabled_plugins"])
      let off = stated.filter {
        ($0.node.sequence ?? []).compactMap(\.text).contains(where: disabled.contains)
      }
      entity["servesKubernetes"] =
        configuration.failure?.fact
        ?? .observed(.flag(off.isEmpty), off.isEmpty ? stated.map(\.source) + [found] : off.map(\.source))
    case .crio: entity["servesKubernetes"] = .observed(.flag(true), found)
    case .docker: entity["servesKubernetes"] = .observed(.flag(false), found)
    }
  }

  private func addConfinement(to entity: inout Entity) {
    let c = configuration
    switch runtime.kind {
    case .containerd:
      entity["seccomp.profile"] = c.textFact(keys.cri("unset_seccomp_profile"))
      entity["apparmor.disabled"] = c.flagFact(keys.cri("disable_apparmor"))
      entity["selinux.enabled"] = c.flagFact(keys.cri("enable_selinux"))
    case .crio:
      entity["seccomp.profile"] = c.textFact(
        [["crio", "runtime", "seccomp_profile"]], flag: "seccomp-profile")
      entity["apparmor.profile"] = c.textFact(
        [["crio", "runtime", "apparmor_profile"]], flag: "apparmor-profile")
      entity["selinux.enabled"] = c.flagFact([["crio", "runtime", "selinux"]], flag: "selinux")
      entity["selinux.hostNetworkDisabled"] = c.flagFact(
        [["crio", "runtime", "hostnetwork_disable_selinux"]], flag: "hostnetwork-disable-selinux")
      entity["capabilities.default"] = capabilities
      entity["pidsLimit"] = c.numberFact([["crio", "runtime", "pids_limit"]], flag: "pids-limit")
      entity["devices.additional"] = c.listFact(
        [["crio", "runtime", "additional_devices"]], flag: "additional-devices")
    case .docker:
      entity["seccomp.profile"] = c.textFact([["seccomp-profile"]], flag: "seccomp-profile")
      entity["selinux.enabled"] = c.flagFact([["selinux-enabled"]], flag: "selinux-enabled")
    }
    if runtime.kind != .docker {
      entity["noPivot"] = noPivot
      entity["privilegedWithoutHostDevices"] = c.flagFact(
        keys.handler(defaultHandler).map { $0 + ["privileged_without_host_devices"] })
    }
  }

  private var defaultHandler: String {
    configuration.text(keys.defaultHandler) ?? (runtime.kind == .crio ? "crun" : "runc")
  }

  /// By the kernel's names: CRI-O writes them without `cap_`.
  private var capabilities: Fact {
    configuration.listFact([["crio", "runtime", "default_capabilities"]], flag: "default-capabilities").map {
      guard case .list(let names) = $0 else { return $0 }
      return .texts(
        names.map { name in
          let lower = name.description.lowercased()
          return lower.hasPrefix("cap_") ? lower : "cap_\(lower)"
        })
    }
  }

  private var noPivot: Fact {
    var found: [(String, Source)] = []
    for name in configuration.names(keys.handlers) {
      let paths = keys.handler(name)
      let located = configuration.all(
        paths.map { $0 + ["options", "NoPivotRoot"] } + paths.map { $0 + ["no_pivot"] })
      if let first = located.first, first.node.flag == true {
        found.append((Parameter.shown(name), first.source))
      }
    }
    for located in configuration.all(keys.noPivot).prefix(1) where located.node.flag == true {
      found.append(("all", located.source))
    }
    return configuration.listed(found, keys.noPivot)
  }

  private func addDoors(to entity: inout Entity) {
    let c = configuration
    switch runtime.kind {
    case .containerd:
      let tcp = [["plugins", "io.containerd.server.v1.grpc-tcp", "address"], ["grpc", "tcp_address"]]
      let authority = [["plugins", "io.containerd.server.v1.grpc-tcp", "tls_ca"], ["grpc", "tcp_tls_ca"]]
      let address = c.all(tcp).first { $0.node.text?.isEmpty == false }
      let isOpen = c.text(authority) == nil
      entity["tcp.open"] = c.listed(
        isOpen ? address.map { [(Parameter.shown($0.node.text ?? ""), $0.source)] } ?? [] : [], tcp)
      entity["stream.address"] = c.textFact(keys.stream("stream_server_address"))
      entity["stream.tls"] = c.flagFact(keys.stream("enable_tls_streaming"))
      entity["metrics.address"] = c.textFact([
        ["plugins", "io.containerd.server.v1.metrics", "address"], ["metrics", "address"],
      ])
      entity["debug.address"] = c.textFact([
        ["plugins", "io.containerd.server.v1.debug", "address"], ["debug", "address"],
      ])
    case .crio:
      entity["stream.address"] = c.textFact([["crio", "api", "stream_address"]], flag: "stream-address")
      entity["stream.tls"] = c.flagFact([["crio", "api", "stream_enable_tls"]], flag: "stream-enable-tls")
      if c.flagFact([["crio", "metrics", "enable_metrics"]], flag: "enable-metrics").value == .flag(true) {
        entity["metrics.address"] = c.textFact([["crio", "metrics", "metrics_host"]])
      }
    case .docker:
      entity["tcp.open"] = dockerAddresses
      entity["metrics.address"] = c.textFact([["metrics-addr"]], flag: "metrics-addr")
    }
  }

  /// `-H`, `--host` and `hosts`; with tlsverify every TCP address asks for a client certificate.
  private var dockerAddresses: Fact {
    let c = configuration
    var found: [(String, Source)] = []
    let verified = c.flagFact([["tlsverify"]], flag: "tlsverify")
    if case .unreadable = verified { return verified }
    if verified.value != .flag(true) {
      for name in ["host", "H"] {
        for setting in c.flags?[name] ?? [] { found.append((setting.value, setting.source)) }
      }
      for located in c.all(["hosts"]) {
        for node in located.node.sequence ?? [] {
          found.append((node.text ?? "", .file(located.file, line: node.line, key: located.key)))
        }
      }
    }
    return c.listed(
      found.filter { $0.0.hasPrefix("tcp://") }.map { (Parameter.shown($0.0), $0.1) }, [["hosts"]])
  }

  private func addDocker(to entity: inout Entity) {
    guard runtime.kind == .docker else { return }
    for (fact, key) in [
      ("noNewPrivileges", "no-new-privileges"), ("icc", "icc"), ("iptables", "iptables"),
      ("liveRestore", "live-restore"), ("userlandProxy", "userland-proxy"),
    ] { entity[fact] = configuration.flagFact([[key]], flag: key) }
    entity["usernsRemap"] = configuration.textFact([["userns-remap"]], flag: "userns-remap")
    entity["authorizationPlugins"] = configuration.listFact(
      [["authorization-plugins"]], flag: "authorization-plugin")
  }
}
