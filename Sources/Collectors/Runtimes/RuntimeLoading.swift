import Facts
import Host
import SystemPackage
import YAML

extension ContainerRuntime {
  /// What the runtime reads at its start, as far as it can be read.
  func load(_ host: borrowing HostView) -> RuntimeConfiguration {
    switch kind {
    case .containerd: containerd(host)
    case .crio: crio(host)
    case .docker: docker(host)
    }
  }

  private var commandLine: CommandFlags? {
    if case .success(let flags)? = flags { flags } else { nil }
  }

  /// A command line that could not be read may name other files.
  private var flagFailure: PlaceFailure? {
    if case .failure(let failure)? = flags { failure } else { nil }
  }

  private var place: String { paths.place(configuration) }

  /// The main file and then, breadth first, what each file imports, over what came before; each file once. Patterns are taken
  /// relative to the file that holds them. cmd/containerd/server/config of containerd, containerd-config.toml(5).
  ///
  /// In the first and second format a plugin's section replaces that of the files before it, as containerd 1 has it, whose formats
  /// these are; from the third on sections are merged key by key.
  private func containerd(_ host: borrowing HostView) -> RuntimeConfiguration {
    let reader = RuntimeFiles(paths: paths)
    var files: [RuntimeConfiguration.File] = []
    var failure = flagFailure
    var pending = [configuration]
    var seen: Set<FilePath> = []
    while failure == nil, !pending.isEmpty {
      let path = pending.removeFirst()
      guard seen.insert(path).inserted else { continue }
      guard seen.count <= RuntimeFiles.mostFiles else {
        failure = PlaceFailure(.tooLarge, "more than \(RuntimeFiles.mostFiles) imports", .file(place))
        break
      }
      if path == configuration, !isNamed, !reader.exists(path, host) { break }
      switch reader.toml(path, host) {
      case .failure(let found): failure = found
      case .success(let root):
        files.append(.init(place: paths.place(path), root: root))
        for pattern in root["imports"]?.sequence?.compactMap(\.text) ?? [] {
          switch imports(pattern, from: path, reader, host) {
          case .success(let more): pending += more
          case .failure(let found): failure = failure ?? found
          }
        }
      }
    }
    let version = files.first?.root["version"]?.number ?? 1
    return RuntimeConfiguration(
      files: files, main: place, failure: failure, flags: commandLine, replacesPlugins: version < 3)
  }

  private func imports(
    _ pattern: String, from parent: FilePath, _ reader: RuntimeFiles, _ host: borrowing HostView
  ) -> Result<[FilePath], PlaceFailure> {
    let own = FilePath(pattern)
    let path =
      own.isAbsolute
      ? own.lexicallyNormalized() : parent.removingLastComponent().pushing(own).lexicallyNormalized()
    return pattern.contains("*") ? reader.matches(path, host) : .success([path])
  }

  /// crio.conf and then the files of crio.conf.d in the order of their names, each over those before; crio.conf(5), crio.conf.d(5).
  private func crio(_ host: borrowing HostView) -> RuntimeConfiguration {
    let reader = RuntimeFiles(paths: paths)
    let directory =
      ["config-dir", "d"].lazy.compactMap { commandLine?.text($0)?.value }.first.map { FilePath($0) }
      ?? "/etc/crio/crio.conf.d"
    var files: [RuntimeConfiguration.File] = []
    var failure = flagFailure
    var found = isNamed || reader.exists(configuration, host) ? [configuration] : []
    switch reader.names(in: directory, host) {
    case .failure(let error): failure = failure ?? PlaceFailure(error, .file(error.place))
    case .success(let names):
      guard names.count <= RuntimeFiles.mostFiles else {
        failure = PlaceFailure(
          .tooLarge, "more than \(RuntimeFiles.mostFiles) files", .file(paths.place(directory)))
        break
      }
      found += names.map { directory.appending($0) }
    }
    for path in found {
      switch reader.toml(path, host) {
      case .success(let root): files.append(.init(place: paths.place(path), root: root))
      case .failure(let error) where error.obstacle != .notRegular: failure = failure ?? error
      case .failure: continue
      }
    }
    return RuntimeConfiguration(files: files, main: place, failure: failure, flags: commandLine)
  }

  /// One file; a key that a flag sets too keeps dockerd from starting, so that they never contend. dockerd(8).
  private func docker(_ host: borrowing HostView) -> RuntimeConfiguration {
    let reader = RuntimeFiles(paths: paths)
    var files: [RuntimeConfiguration.File] = []
    var failure = flagFailure
    if isNamed || reader.exists(configuration, host) {
      switch reader.json(configuration, host) {
      case .success(let root): files = [.init(place: place, root: root)]
      case .failure(let found): failure = failure ?? found
      }
    }
    return RuntimeConfiguration(files: files, main: place, failure: failure, flags: commandLine)
  }
}
