import Facts
import Host
import SystemPackage
import YAML

/// What one component is configured from: its layers in the order in which the component itself lets them win.
struct ComponentConfiguration: Sendable {
  let rule: Component.FileRule
  /// Command line and environment, strongest first.
  private(set) var commands: [Layer] = []
  /// Drop-ins and file, strongest first; empty where no file was named.
  private(set) var files: [Layer] = []
  private(set) var file: Fact
  private(set) var directory: Fact = .absent([])
  private(set) var dropIns: Fact = .absent([])
  /// The files whose change after the start would make what runs differ from what is written.
  private(set) var watched: [FilePath] = []

  /// What may be set where nothing else sets it.
  private let unknown: Layer
  private let place: Source

  /// Which base the kubelet's defaults come from.
  enum Base: String, CaseIterable { case flags, file, dropins }
  private(set) var base: Fact = .absent([])

  init(of instance: ComponentInstance, _ component: Component, _ host: borrowing HostView) {
    rule = component.fileRule
    unknown = .opaque(instance.unknown)
    place = instance.place
    file = .absent(instance.place)
    let flags: CommandFlags
    switch instance.flags(component.syntax) {
    case .failure(let failure):
      (file, directory, dropIns, base) = (failure.fact, failure.fact, failure.fact, failure.fact)
      commands = [.unreadableFlags(failure.obstacle, detail: failure.detail, failure.source)]
      files = [.unreadableKeys(failure.obstacle, detail: failure.detail, failure.source)]
      return
    case .success(let parsed): flags = parsed
    }
    commands = [.opaque(instance.opaque), .commandLine(flags)]
    switch instance.environment {
    case .success(let settings): if let settings { commands.append(.environment(settings)) }
    case .failure(let failure):
      commands.append(.unreadableFlags(failure.obstacle, detail: failure.detail, failure.source))
    }
    let reader = ConfigurationReader(instance: instance)
    switch rule {
    case .none: break
    case .flagsOverFile: addKubeletFiles(flags, reader, host)
    case .fileOverKeyedFlags: addFile(flags.text("config").map { ($0.value, $0.source) }, reader, host)
    case .fileAlone: addEtcdFile(flags, instance, reader, host)
    }
  }

  /// The places that may set a parameter, strongest first.
  func layers(for parameter: Parameter) -> [Layer] {
    let named =
      switch rule {
      case .none: commands
      case .flagsOverFile: commands + files
      case .fileOverKeyedFlags: files.isEmpty || parameter.key == nil ? commands : files
      case .fileAlone: files.isEmpty ? commands : files
      }
    return named + [unknown]
  }

  func fact(of parameter: Parameter) -> Fact {
    let fact = Collectors.fact(of: parameter, from: layers(for: parameter))
    // No place of this component's could set it.
    if case .absent(let looked) = fact, looked.isEmpty { return .absent(place) }
    return fact
  }

  /// Whether a file or drop-in unsets it and nothing stronger sets it: it is decoded anew without it, and defaulted.
  func isCleared(_ parameter: Parameter) -> Bool {
    for layer in layers(for: parameter) {
      switch layer.finding(parameter) {
      case .notApplicable, .silent: continue
      case .set(.flag(false), _) where parameter.isEither: continue
      case .set, .unreadable: return false
      case .cleared: if case .file = layer { return true } else { return false }
      }
    }
    return false
  }

  private mutating func addFile(
    _ named: (text: String, source: Source)?, _ reader: ConfigurationReader, _ host: borrowing HostView
  ) {
    guard let named else { return }
    switch reader.absolute(named.text, host) {
    case .failure(let failure):
      file = failure.fact
      files.append(.unreadableKeys(failure.obstacle, detail: failure.detail, failure.source))
    case .success(let path):
      file = .observed(.text(Parameter.shown(path.string)), named.source)
      watched.append(path)
      files.append(reader.layer(path, role: .base(directory: path.removingLastComponent()), host))
    }
  }

  /// etcd: `--config-file`, else ETCD_CONFIG_FILE; with either, nothing else counts.
  private mutating func addEtcdFile(
    _ flags: CommandFlags, _ instance: ComponentInstance, _ reader: ConfigurationReader,
    _ host: borrowing HostView
  ) {
    if let setting = flags.text("config-file") {
      addFile((setting.value, setting.source), reader, host)
      return
    }
    switch instance.environment {
    case .failure(let failure):
      // The variable may name a file, and then no flag holds.
      file = failure.fact
      files = [.unreadableKeys(failure.obstacle, detail: failure.detail, failure.source)]
    case .success(let settings):
      guard let settings, let found = settings.variables[settings.variable(of: "config-file")],
        !found.text.isEmpty
      else { return }
      addFile((found.text, found.source), reader, host)
    }
  }

  private mutating func addKubeletFiles(
    _ flags: CommandFlags, _ reader: ConfigurationReader, _ host: borrowing HostView
  ) {
    addFile(flags.text("config").map { ($0.value, $0.source) }, reader, host)
    let hasFile = !files.isEmpty
    let directorySetting = flags.text("config-dir")
    base = .observed(
      .text((hasFile ? Base.file : directorySetting == nil ? Base.flags : Base.dropins).rawValue),
      [flags.source(of: "config"), flags.source(of: "config-dir")])
    guard let directorySetting else {
      directory = .absent(flags.source(of: "config-dir"))
      dropIns = .absent(flags.source(of: "config-dir"))
      return
    }
    switch reader.absolute(directorySetting.value, host) {
    case .failure(let failure):
      (directory, dropIns) = (failure.fact, failure.fact)
      files.insert(.unreadableKeys(failure.obstacle, detail: failure.detail, failure.source), at: 0)
    case .success(let path):
      directory = .observed(.text(Parameter.shown(path.string)), directorySetting.source)
      addDropIns(path, followsLink: directorySetting.value.hasSuffix("/"), reader, host)
    }
  }

  private mutating func addDropIns(
    _ path: FilePath, followsLink: Bool, _ reader: ConfigurationReader, _ host: borrowing HostView
  ) {
    var walk = DropInWalk()
    walk.enter(path, followsLink: followsLink, reader.instance.paths, host)
    if let failure = walk.failure {
      dropIns = failure.fact
      files.insert(.unreadableKeys(failure.obstacle, detail: failure.detail, failure.source), at: 0)
    } else {
      let names = walk.found.map { Parameter.shown($0.string) }
      dropIns = .observed(.texts(names), .file(reader.instance.paths.place(path)))
    }
    watched += walk.found
    for drop in walk.found { files.insert(reader.layer(drop, role: .patch, host), at: 0) }
    if walk.failure != nil, files.count > 1 {
      // What could not be listed may be merged before or after what could: it is as strong as the strongest.
      files.sort { left, _ in if case .unreadableKeys = left { true } else { false } }
    }
  }
}

/// Reads one instance's configuration files in its own view of the filesystem.
struct ConfigurationReader {
  let instance: ComponentInstance

  /// A path against the component's working directory; systemd starts services in `/`.
  func absolute(_ text: String, _ host: borrowing HostView) -> Result<FilePath, PlaceFailure> {
    let path = FilePath(text)
    if path.isAbsolute { return .success(path.lexicallyNormalized()) }
    guard let process = instance.process else {
      return .success(FilePath("/").appending(path.components).lexicallyNormalized())
    }
    do throws(HostError) {
      let directory = try host.root.linkText(FilePath("proc/\(process.id)/cwd"))
      return .success(directory.appending(path.components).lexicallyNormalized())
    } catch {
      return .failure(
        PlaceFailure(
          error.obstacle,
          "'\(Parameter.shown(text))' is relative to a working directory that can't be told: \(error)",
          .file("/proc/\(process.id)/cwd")))
    }
  }

  func layer(_ path: FilePath, role: ConfigurationDocument.Role, _ host: borrowing HostView) -> Layer {
    let place = instance.paths.place(path)
    func unreadable(_ obstacle: Obstacle, _ detail: String, line: Int? = nil) -> Layer {
      .unreadableKeys(obstacle, detail: detail, .file(place, line: line))
    }
    switch instance.paths.bytes(path, of: host) {
    case .failure(let error): return unreadable(error.obstacle, error.description)
    case .success(let bytes):
      do throws(YAMLError) {
        let root = try parseYAML(bytes)
        guard root.mapping != nil else {
          return unreadable(.malformed, "expected a mapping, found \(root.kind)", line: root.line)
        }
        if role == .patch, root["apiVersion"]?.text == nil || root["kind"]?.text == nil {
          return unreadable(.malformed, "a drop-in without apiVersion and kind is refused by the kubelet")
        }
        return .file(ConfigurationDocument(root: root, place: place, role: role))
      } catch {
        return unreadable(.malformed, error.description, line: error.line)
      }
    }
  }
}

/// The kubelet's own walk over `--config-dir`: recursive, in the order of names, `.conf` only; a link to a file is read, one to
/// a directory is not entered. KEP-3983.
private struct DropInWalk {
  private(set) var found: [FilePath] = []
  private(set) var failure: PlaceFailure?
  private var depth = 0

  /// Bounds that no real configuration meets.
  private static let deepest = 16
  private static let most = 1000

  mutating func enter(
    _ directory: FilePath, followsLink: Bool, _ paths: PathSpace, _ host: borrowing HostView
  ) {
    let source = Source.file(paths.place(directory))
    if !followsLink, case .success(let status) = paths.linkStatus(directory, of: host),
      status.type == .symlink
    {
      return
    }
    guard depth < Self.deepest else {
      failure = failure ?? PlaceFailure(.tooLarge, "nested deeper than \(Self.deepest)", source)
      return
    }
    switch paths.names(in: directory, of: host) {
    case .failure(let error): failure = failure ?? PlaceFailure(error, source)
    case .success(let names):
      depth += 1
      for name in names { visit(directory.appending(name), paths, host) }
      depth -= 1
    }
  }

  private mutating func visit(_ path: FilePath, _ paths: PathSpace, _ host: borrowing HostView) {
    switch paths.linkStatus(path, of: host) {
    case .failure(let error): failure = failure ?? PlaceFailure(error, .file(paths.place(path)))
    case .success(let status):
      if status.type == .directory {
        enter(path, followsLink: false, paths, host)
      } else if path.extension == "conf" || path.lastComponent?.string == ".conf" {
        guard found.count < Self.most else {
          failure =
            failure ?? PlaceFailure(.tooLarge, "more than \(Self.most) drop-ins", .file(paths.place(path)))
          return
        }
        found.append(path)
      }
    }
  }
}
