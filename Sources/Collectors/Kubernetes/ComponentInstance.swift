import Facts
import Host
import SystemPackage

/// Where a component's command line was taken from.
enum Origin {
  enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Its running process.
    case process
    /// The systemd unit that would start it.
    case unit
    /// The static pod manifest that the kubelet would start it from.
    case manifest
    /// The configuration of the single binary that it is a part of.
    case embedded
  }
}

/// Why a whole place could not be read.
struct PlaceFailure: Error, Hashable, Sendable {
  let obstacle: Obstacle
  let detail: String
  let source: Source

  init(_ obstacle: Obstacle, _ detail: String, _ source: Source) {
    self.obstacle = obstacle
    self.detail = detail
    self.source = source
  }

  init(_ error: HostError, _ source: Source) {
    self.init(error.obstacle, error.description, source)
  }

  var fact: Fact { .unreadable(obstacle, detail: detail, source) }
}

/// One component as found on the host: running, or only configured.
struct ComponentInstance: Sendable {
  let id: String
  let origin: Origin.Kind
  let process: HostProcess?
  /// The command line after the executable.
  let words: Result<[Word], PlaceFailure>
  /// The command line as a whole.
  let place: Source
  let environment: Result<EnvironmentSettings?, PlaceFailure>
  let executable: Fact
  /// Where its paths are meant.
  let paths: PathSpace
  let manifest: StaticPodContainer?
  /// The single binary that it is a part of; nil for a program of its own.
  var embedder: Embedder?
  /// Flags that are set and can't be told; stronger than its files.
  var opaque = OpaqueFlags()
  /// Flags that may be set where nothing else sets them.
  var unknown = OpaqueFlags()
  /// Files that its command line was made of.
  var watched: [FilePath] = []

  /// Its command line as a layer, and the flags themselves for what they name.
  func flags(_ syntax: FlagSyntax) -> Result<CommandFlags, PlaceFailure> {
    words.map { CommandFlags(parsing: $0, syntax: syntax, place: place) }
  }
}

/// Whose files a component's paths name.
enum PathSpace: Hashable, Sendable {
  case host
  /// The root that a process sees.
  case process(ProcessID)
  /// A container that doesn't run: what its manifest mounts from the host.
  case volumes([Volume])

  struct Volume: Hashable, Sendable {
    let mount: FilePath
    let host: FilePath
  }

  /// How the host names a path of the component's, for evidence.
  func place(_ path: FilePath) -> String {
    switch self {
    case .host: Collectors.place(path)
    case .process(let id): "/proc/\(id)/root" + Collectors.place(path)
    case .volumes: onHost(path).map { Collectors.place($0) } ?? Collectors.place(path)
    }
  }

  /// A container's path as one of the host's; nil where nothing of the host is mounted there.
  private func onHost(_ path: FilePath) -> FilePath? {
    guard case .volumes(let volumes) = self else { return path }
    let path = path.lexicallyNormalized()
    let best = volumes.filter { path.starts(with: $0.mount) }.max { $0.mount.length < $1.mount.length }
    guard let best else { return nil }
    var result = best.host
    for component in path.components.dropFirst(best.mount.components.count) { result.append(component) }
    return result
  }

  /// Does something with the root that holds a path, and the path in it.
  func with<Answer>(
    _ path: FilePath, of host: borrowing HostView,
    _ body: (borrowing HostRoot, FilePath) -> Result<Answer, HostError>
  ) -> Result<Answer, HostError> {
    switch self {
    case .host: return body(host.root, path)
    case .volumes:
      guard let path = onHost(path) else { return .failure(HostError(path, .absent)) }
      return body(host.root, path)
    case .process(let id):
      do throws(HostError) {
        let root = try host.root.root(of: id)
        return body(root, path)
      } catch {
        return .failure(error)
      }
    }
  }

  func bytes(_ path: FilePath, atMost limit: Int = HostRoot.defaultLimit, of host: borrowing HostView)
    -> Result<[UInt8], HostError>
  {
    with(path, of: host) { root, path in
      do throws(HostError) { return .success(try root.bytes(path, atMost: limit)) } catch {
        return .failure(error)
      }
    }
  }

  func status(_ path: FilePath, of host: borrowing HostView) -> Result<FileStatus, HostError> {
    with(path, of: host) { root, path in
      do throws(HostError) { return .success(try root.status(path)) } catch { return .failure(error) }
    }
  }

  func linkStatus(_ path: FilePath, of host: borrowing HostView) -> Result<FileStatus, HostError> {
    with(path, of: host) { root, path in
      do throws(HostError) { return .success(try root.linkStatus(path)) } catch { return .failure(error) }
    }
  }

  func names(in path: FilePath, of host: borrowing HostView) -> Result<[FilePath.Component], HostError> {
    with(path, of: host) { root, path in
      do throws(HostError) { return .success(try root.names(in: path, atMost: 4096)) } catch {
        return .failure(error)
      }
    }
  }
}
