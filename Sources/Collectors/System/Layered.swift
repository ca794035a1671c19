import Facts
import Host
import SystemPackage

/// A host file with where it stands.
struct PlacedFile {
  let path: FilePath
  let bytes: [UInt8]

  func source(_ line: Int? = nil, key: String? = nil) -> Source { .file(place(path), line: line, key: key) }
}

/// Files that are read as one, in the order in which they count, and what kept some from being read.
struct FileSet {
  private(set) var files: [PlacedFile] = []
  /// The first that could not be read, other than for not being there.
  private(set) var failure: HostError?
  /// Where was looked, for a fact that is absent.
  private(set) var places: [Source] = []

  /// Adds a file.
  /// - Returns: Whether it is there.
  @discardableResult
  mutating func add(_ path: FilePath, _ root: borrowing HostRoot, atMost limit: Int = HostRoot.defaultLimit)
    -> Bool
  {
    places.append(.file(place(path)))
    do throws(HostError) {
      files.append(PlacedFile(path: path, bytes: try root.bytes(path, atMost: limit)))
      return true
    } catch {
      if error.reason != .absent { note(error) }
      return error.reason != .absent
    }
  }

  /// The names in a directory that end so, in byte order; empty where there is none.
  mutating func names(in directory: FilePath, ending suffix: String, _ root: borrowing HostRoot) -> [FilePath
    .Component]
  {
    do throws(HostError) {
      return try root.names(in: directory, atMost: 4096).filter { $0.string.hasSuffix(suffix) }
    } catch {
      if error.reason != .absent { note(error) }
      return []
    }
  }

  mutating func note(_ error: HostError) { failure = failure ?? error }

  /// Adds the files of several directories by name: one in an earlier directory hides its namesakes in later ones.
  mutating func addDropIns(_ directories: [FilePath], ending suffix: String, _ root: borrowing HostRoot) {
    var found: [String: FilePath] = [:]
    for directory in directories {
      for name in names(in: directory, ending: suffix, root) where found[name.string] == nil {
        found[name.string] = directory.appending(name)
      }
    }
    for (_, path) in found.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      // A link to /dev/null takes a drop-in back; it is a device, which is not read.
      if Self.isMasked(path, root) { continue }
      add(path, root)
    }
  }

  private static func isMasked(_ path: FilePath, _ root: borrowing HostRoot) -> Bool {
    do throws(HostError) {
      guard try root.linkStatus(path).type == .symlink else { return false }
      return try root.linkText(path) == "/dev/null"
    } catch {
      return false
    }
  }

  /// Absent, or the reason why that can't be said.
  func absence(_ key: String? = nil) -> Fact {
    if let failure { return .failed(failure) }
    return .absent(places.isEmpty ? [.file("/")] : places.prefix(3).map { Source(.file, $0.place, key: key) })
  }
}

/// A daemon's settings as systemd merges them: the main file of the first directory that has one, then all drop-ins by name, the
/// last assignment winning; systemd-system.conf(5), "Configuration directories and precedence".
struct SystemdSettings {
  private var set = FileSet()
  private var values: [String: (value: String, source: Source)] = [:]
  private let section: String

  private static let directories: [FilePath] = [
    "etc/systemd", "run/systemd", "usr/local/lib/systemd", "usr/lib/systemd",
  ]

  init(_ name: String, section: String, _ root: borrowing HostRoot) {
    self.section = section
    for directory in Self.directories where set.add(directory.appending(name), root) { break }
    set.addDropIns(Self.directories.map { $0.appending("\(name).d") }, ending: ".conf", root)
    for file in set.files {
      for setting in SystemdUnit(parsing: file.bytes).settings where setting.section == section {
        values[setting.key] = (setting.value, file.source(setting.line, key: setting.key))
      }
    }
  }

  /// A setting's text as a fact; an empty assignment takes earlier ones back.
  func fact(_ key: String, _ make: (String) -> Value? = { .text(printable(Array($0.utf8), atMost: 1024)) })
    -> Fact
  {
    if let failure = set.failure { return .failed(failure) }
    guard let (text, source) = values[key], !text.isEmpty else { return set.absence(key) }
    return make(text).map { .observed($0, source) }
      ?? .unreadable(
        .malformed, detail: "'\(printable(Array(text.utf8), atMost: 60))' is not a value of \(key)", source)
  }

  /// systemd.syntax(7): what a boolean may be.
  static func flag(_ text: String) -> Value? {
    switch text.lowercased() {
    case "1", "yes", "y", "true", "t", "on": .flag(true)
    case "0", "no", "n", "false", "f", "off": .flag(false)
    default: nil
    }
  }
}

/// Whether processes of some names run, by their executables: a name that a process gives itself is no evidence.
func runningFact(_ names: Set<String>, _ host: borrowing HostView) -> Fact {
  let source = Source.file("/proc")
  if let unseen = host.unseenProcesses() { return unseen }
  let found = host.processes.processes(called: names).filter { process in
    process.executableName.map { names.contains($0) } ?? names.contains(process.status.name)
  }
  let running = Set(found.map { $0.executableName ?? $0.status.name }).sorted()
  return .observed(.texts(running), found.first.map { .file("/proc/\($0.id)/exe") } ?? source)
}

/// Which of some programs are there, in the places where a system keeps its own.
func installedFact(_ names: [String], _ root: borrowing HostRoot) -> Fact {
  let directories: [FilePath] = [
    "usr/bin", "usr/sbin", "bin", "sbin", "usr/local/bin", "usr/local/sbin", "opt/bin",
  ]
  var found: [String] = []
  for name in names {
    for directory in directories {
      do throws(HostError) {
        guard try root.status(directory.appending(name)).type == .file else { continue }
        found.append(name)
        break
      } catch {
        if error.reason != .absent { return .failed(error) }
      }
    }
  }
  return .observed(.texts(found.sorted()), directories.prefix(2).map { .inode(place($0)) })
}
