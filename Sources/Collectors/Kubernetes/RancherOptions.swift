import Facts
import Host
import SystemPackage
import YAML

/// What k3s or RKE2 is told: its command line over config.yaml and the files of config.yaml.d, in the order of their names, a
/// later one over an earlier; a key that ends in `+` adds to what stood before. https://docs.k3s.io/installation/configuration
struct RancherOptions: Sendable {
  enum Role: String, CaseIterable, Sendable { case server, agent }

  let embedder: Embedder
  let role: Role
  /// What was read, in the order in which the later wins.
  private(set) var values: [String: [Word]] = [:]
  private(set) var failure: PlaceFailure?
  /// The files that were read.
  private(set) var files: [FilePath] = []

  static func unit(_ embedder: Embedder, _ role: Role) -> String {
    switch (embedder, role) {
    case (.k3s, .server): "k3s.service"
    case (.k3s, .agent), (.rke2, .agent), (.kubelite, .agent): "\(embedder.rawValue)-agent.service"
    case (.rke2, .server), (.kubelite, .server): "\(embedder.rawValue)-server.service"
    }
  }

  /// - Parameter command: The words after `server` or `agent`.
  init(
    _ embedder: Embedder, _ role: Role, command: Result<[Word], PlaceFailure>, variables: [String: Word],
    paths: PathSpace, _ host: borrowing HostView
  ) {
    self.embedder = embedder
    self.role = role
    let name = embedder.rawValue
    var settings: [CommandFlags.Setting] = []
    switch command {
    case .failure(let failure): self.failure = failure
    case .success(let words):
      let syntax = FlagSyntax(switches: [], valued: [], isGoFlag: true)
      settings =
        CommandFlags(parsing: words, syntax: syntax, place: words.first?.source ?? .file("/proc")).settings
    }
    let prefix = name.uppercased()
    let named = settings.last { $0.name == "config" || $0.name == "c" }
    let file = variables["\(prefix)_CONFIG_FILE"]?.text ?? named?.value ?? "/etc/rancher/\(name)/config.yaml"
    readFiles(FilePath(file).lexicallyNormalized(), paths, host)
    for setting in settings {
      values[Self.long(setting.name), default: []].append(Word(setting.value, setting.source))
    }
    if let variable = variables["\(prefix)_DATA_DIR"], values["data-dir"] == nil {
      values["data-dir"] = [variable]
    }
  }

  /// - Returns: nil for a process that is only a tool of the same program, as `k3s kubectl` is.
  init?(of process: HostProcess, _ embedder: Embedder, _ paths: PathSpace, _ host: borrowing HostView) {
    guard case .success(let arguments) = process.arguments else { return nil }
    let place = Source(.flag, process.label)
    let words = arguments.filter { !$0.isEmpty }
    // Its first act is to make `k3s server` of its command line, which may hold secrets; what stood there is gone.
    let hidden = words.first.map { $0.split(separator: " ") } ?? []
    let isHidden = hidden.count > 1
    guard let role = Role(rawValue: isHidden ? String(hidden[1]) : words.dropFirst().first ?? "") else {
      return nil
    }
    let variables: [String: Word]
    switch Self.variables(process, embedder, host) {
    case .failure(let failure):
      self.init(embedder, role, command: .failure(failure), variables: [:], paths: paths, host)
      return
    case .success(let found): variables = found
    }
    let command: Result<[Word], PlaceFailure>
    if isHidden {
      command = Self.command(of: process, role, host)
    } else {
      command = .success(words.dropFirst(2).map { Word($0, place) })
    }
    self.init(embedder, role, command: command, variables: variables, paths: paths, host)
  }

  /// The command line that the unit of the process's control group starts.
  private static func command(of process: HostProcess, _ role: Role, _ host: borrowing HostView)
    -> Result<[Word], PlaceFailure>
  {
    let names = process.cgroup.paths.map(lastPathComponent).filter { $0.hasSuffix(".service") }
    for name in names {
      guard let unit = ServiceUnit(named: name, of: host) else { continue }
      return unit.words.map { Array($0.drop { $0.text != role.rawValue }.dropFirst()) }
    }
    return .failure(
      PlaceFailure(
        .notVisible, "it hides its command line, and no unit was found that starts it",
        .file("/proc/\(process.id)/cmdline")))
  }

  /// Only the variables that say where its configuration is: others hold tokens.
  private static func variables(_ process: HostProcess, _ embedder: Embedder, _ host: borrowing HostView)
    -> Result<[String: Word], PlaceFailure>
  {
    let path = FilePath("proc/\(process.id)/environ")
    var found: [String: Word] = [:]
    do throws(HostError) {
      let bytes = try host.root.bytes(path, atMost: 1 << 21)
      let prefix = embedder.rawValue.uppercased()
      for entry in bytes.split(separator: bytes.contains(0) ? 0 : 0x0a) {
        for name in ["\(prefix)_CONFIG_FILE", "\(prefix)_DATA_DIR"]
        where entry.starts(with: "\(name)=".utf8) {
          let text = printable(entry.dropFirst(name.utf8.count + 1), atMost: 4096)
          found[name] = Word(text, Source(.environment, process.label, key: name))
        }
      }
      return .success(found)
    } catch {
      // procfs always has the file; a recorded tree without it recorded no environment.
      if error.reason == .absent, !host.root.isRunning { return .success([:]) }
      return .failure(PlaceFailure(error, .file(error.place)))
    }
  }

  private static func long(_ name: String) -> String { name == "d" ? "data-dir" : name }

  // MARK: Files

  private mutating func readFiles(_ file: FilePath, _ paths: PathSpace, _ host: borrowing HostView) {
    read(file, isOptional: true, paths, host)
    let directory = FilePath(file.string + ".d")
    switch paths.names(in: directory, of: host) {
    case .failure(let error):
      if error.reason != .absent { fail(PlaceFailure(error, .file(paths.place(directory)))) }
    case .success(let names):
      for name in names {
        let text = name.string.lowercased()
        guard text.hasSuffix(".yaml") || text.hasSuffix(".yml") else { continue }
        let path = directory.appending(name)
        if case .success(let status) = paths.status(path, of: host), status.type == .directory { continue }
        read(path, isOptional: false, paths, host)
      }
    }
  }

  private mutating func read(
    _ path: FilePath, isOptional: Bool, _ paths: PathSpace, _ host: borrowing HostView
  ) {
    let place = paths.place(path)
    switch paths.bytes(path, of: host) {
    case .failure(let error):
      if isOptional, error.reason == .absent { return }
      fail(PlaceFailure(error, .file(place)))
    case .success(let bytes):
      files.append(path)
      do throws(YAMLError) {
        let root = try parseYAML(bytes)
        if root.isNull { return }
        guard let entries = root.mapping else {
          fail(
            PlaceFailure(
              .malformed, "expected a mapping, found \(root.kind)", .file(place, line: root.line)))
          return
        }
        for entry in entries { add(entry, place) }
      } catch {
        fail(PlaceFailure(.malformed, error.description, .file(place, line: error.line)))
      }
    }
  }

  private mutating func add(_ entry: Node.Entry, _ place: String) {
    let appends = entry.key.hasSuffix("+")
    let key = Self.long(appends ? String(entry.key.dropLast()) : entry.key)
    let nodes = entry.value.sequence ?? [entry.value]
    let words = nodes.compactMap { node in
      node.text.map { Word($0, .file(place, line: node.line, key: key)) }
    }
    values[key] = (appends ? values[key] ?? [] : []) + words
  }

  private mutating func fail(_ failure: PlaceFailure) { self.failure = self.failure ?? failure }

  // MARK: What it says

  func last(_ name: String) -> Word? { values[name]?.last }

  func isOn(_ name: String) -> Bool {
    last(name).map { goFlag($0.text) ?? $0.text.isEmpty } ?? false
  }

  var dataDirectory: FilePath {
    FilePath(last("data-dir")?.text ?? "/var/lib/rancher/\(embedder.rawValue)").lexicallyNormalized()
  }
}
