import Facts
import Host
import SystemPackage
import YAML

/// Whom a runtime takes images from without knowing whom it speaks to.
struct RegistryTrust {
  typealias Found = [(text: String, source: Source)]

  let runtime: ContainerRuntime
  let configuration: RuntimeConfiguration
  let keys: RuntimeKeys

  init(_ runtime: ContainerRuntime, _ configuration: RuntimeConfiguration, _ keys: RuntimeKeys) {
    self.runtime = runtime
    self.configuration = configuration
    self.keys = keys
  }

  private var reader: RuntimeFiles { RuntimeFiles(paths: runtime.paths) }

  func add(to entity: inout Entity, _ host: borrowing HostView) {
    var insecure: Found = []
    var plain: Found = []
    var failure: PlaceFailure?
    var keys = keys.registry("config_path")
    switch runtime.kind {
    case .containerd:
      addInline(&insecure, &plain)
      failure = addHosts(&insecure, &plain, host)
    case .crio:
      keys = [["crio", "image", "insecure_registries"]]
      insecure += items(["crio", "image", "insecure_registries"])
      for setting in configuration.flags?["insecure-registry"] ?? [] {
        insecure.append((Parameter.shown(setting.value), setting.source))
      }
      failure = addShared(&insecure, host)
      entity["signature.default"] = signature(host)
    case .docker:
      keys = [["insecure-registries"]]
      insecure += items(["insecure-registries"])
      for setting in configuration.flags?["insecure-registry"] ?? [] {
        insecure.append((Parameter.shown(setting.value), setting.source))
      }
      plain += items(["registry-mirrors"]).filter { Self.isPlain($0.text) }
    }
    entity["registries.insecure"] = failure?.fact ?? configuration.listed(insecure, keys)
    entity["registries.plaintext"] = failure?.fact ?? configuration.listed(plain, keys)
  }

  private func items(_ path: [String]) -> Found {
    // The last file to state a list decides.
    configuration.all(path).prefix(1).flatMap { located in
      (located.node.sequence ?? []).compactMap { node in
        node.text.map { (Parameter.shown($0), .file(located.file, line: node.line, key: located.key)) }
      }
    }
  }

  // MARK: containerd

  /// `registry.configs` and `registry.mirrors`, which newer releases no longer take.
  private func addInline(_ insecure: inout Found, _ plain: inout Found) {
    for name in configuration.names(keys.registry("configs")) {
      let found = configuration.all(keys.registry("configs", name, "tls", "insecure_skip_verify"))
      if let first = found.first, first.node.flag == true {
        insecure.append((Parameter.shown(name), first.source))
      }
    }
    for name in configuration.names(keys.registry("mirrors")) {
      for located in configuration.all(keys.registry("mirrors", name, "endpoint")).prefix(1) {
        for node in located.node.sequence ?? [] {
          guard let text = node.text, Self.isPlain(text) else { continue }
          plain.append((Parameter.shown(text), .file(located.file, line: node.line, key: located.key)))
        }
      }
    }
  }

  /// DIRECTORY/REGISTRY/hosts.toml, for each directory of config_path; docs/hosts.md of containerd.
  private func addHosts(_ insecure: inout Found, _ plain: inout Found, _ host: borrowing HostView)
    -> PlaceFailure?
  {
    let directories = configuration.text(keys.registry("config_path"))?.split(separator: ":") ?? []
    for directory in directories.prefix(16) where !directory.isEmpty {
      let directory = FilePath(String(directory))
      switch reader.names(in: directory, host) {
      case .failure(let error): return PlaceFailure(error, .file(error.place))
      case .success(let names):
        for name in names {
          let path = directory.appending(name).appending("hosts.toml")
          guard reader.exists(path, host) else { continue }
          switch reader.toml(path, host) {
          case .failure(let failure): return failure
          case .success(let root):
            addHosts(root, name, runtime.paths.place(path), &insecure, &plain)
          }
        }
      }
    }
    return nil
  }

  private func addHosts(
    _ root: Node, _ name: String, _ file: String, _ insecure: inout Found, _ plain: inout Found
  ) {
    func look(_ node: Node, _ server: String?, _ key: String) {
      if let skip = node["skip_verify"], skip.flag == true {
        insecure.append(
          (Parameter.shown(server ?? name), .file(file, line: skip.line, key: "\(key)skip_verify")))
      }
      if let server, Self.isPlain(server) {
        plain.append((Parameter.shown(server), .file(file, line: node.line, key: key + "server")))
      }
    }
    look(root, root["server"]?.text, "")
    for entry in root["host"]?.mapping ?? [] { look(entry.value, entry.key, "host.\(entry.key).") }
  }

  // MARK: CRI-O

  /// containers-registries.conf(5), which CRI-O shares with Podman: both formats, and the drop-ins over the file.
  private func addShared(_ insecure: inout Found, _ host: borrowing HostView) -> PlaceFailure? {
    var paths: [FilePath] = ["/etc/containers/registries.conf"]
    switch reader.names(in: "/etc/containers/registries.conf.d", host) {
    case .failure(let error): return PlaceFailure(error, .file(error.place))
    case .success(let names):
      paths += names.filter { $0.hasSuffix(".conf") }.prefix(RuntimeFiles.mostFiles).map {
        FilePath("/etc/containers/registries.conf.d").appending($0)
      }
    }
    for path in paths where reader.exists(path, host) {
      switch reader.toml(path, host) {
      case .failure(let failure): return failure
      case .success(let root): addShared(root, runtime.paths.place(path), &insecure)
      }
    }
    return nil
  }

  private func addShared(_ root: Node, _ file: String, _ insecure: inout Found) {
    for registry in root["registry"]?.sequence ?? [] {
      for node in [registry] + (registry["mirror"]?.sequence ?? []) {
        guard let mark = node["insecure"], mark.flag == true else { continue }
        let name = node["location"]?.text ?? node["prefix"]?.text ?? registry["prefix"]?.text ?? ""
        insecure.append((Parameter.shown(name), .file(file, line: mark.line, key: "registry.insecure")))
      }
    }
    let list = root["registries"]?["insecure"]?["registries"]
    for node in list?.sequence ?? [] {
      guard let text = node.text else { continue }
      insecure.append((Parameter.shown(text), .file(file, line: node.line, key: "registries.insecure")))
    }
  }

  private func signature(_ host: borrowing HostView) -> Fact {
    let named = configuration.textFact([["crio", "image", "signature_policy"]], flag: "signature-policy")
    if case .unreadable = named { return named }
    var path: FilePath = "/etc/containers/policy.json"
    if case .text(let text)? = named.value, !text.isEmpty { path = FilePath(text) }
    guard reader.exists(path, host) else { return .absent(.file(runtime.paths.place(path))) }
    switch reader.json(path, host) {
    case .failure(let failure): return failure.fact
    case .success(let root):
      let source = Source.file(runtime.paths.place(path), line: root["default"]?.line, key: "default")
      guard let rules = root["default"]?.sequence else {
        return .unreadable(.malformed, detail: "expected a list of rules", source)
      }
      return .observed(.texts(rules.compactMap { $0["type"]?.text.map(Parameter.shown) }), source)
    }
  }

  /// HTTP to anything but this machine, which Docker and containerd take for safe too.
  static func isPlain(_ url: String) -> Bool {
    guard url.lowercased().hasPrefix("http://") else { return false }
    let host = url.dropFirst(7).prefix { $0 != "/" }
    return !(host.hasPrefix("127.") || host.hasPrefix("localhost") || host.hasPrefix("[::1]"))
  }
}
