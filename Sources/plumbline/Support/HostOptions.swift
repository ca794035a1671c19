import ArgumentParser
import Collectors
import Confinement
import Facts
import Glibc
import Host
import SystemPackage

/// Which host is looked at.
struct HostOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The root of the host to look at.",
      discussion: """
        '/' is this host. In a container it is where the host's root is mounted ('/host'). A directory tree that holds proc/ and \
        sys/ as ordinary files is audited as if it ran; one without them as far as files can tell.
        """, valueName: "dir"),
    completion: .directory)
  var root = "/"

  @Option(
    help: ArgumentHelp(
      "Modes, owners, types and read errors that a recorded tree could not keep: one line a path.",
      valueName: "file"),
    completion: .file())
  var attributes: String?

  @Option(
    help: ArgumentHelp(
      "How long the whole look may take, in seconds (default: 60; with --whole-disk 600).",
      discussion: """
        One collector may take a quarter of it. Past either, what was not looked at is said to be unknown: a filesystem that hangs \
        costs what lies in it.
        """, valueName: "seconds"))
  var timeLimit: Int?

  @Flag(
    help: ArgumentHelp(
      "Look for setuid, world-writable and unowned files on the whole disk.",
      discussion: """
        Else in the system's own directories, and a few levels of those that users write to. Either way containers' files, pods' volumes \
        and network filesystems are left out. It takes seconds for a million files that the kernel has in its cache, and minutes for \
        those on a slow disk: once a day may do.
        """))
  var wholeDisk = false

  @Flag(name: .shortAndLong, help: "Say on standard error what each collector did and how long it took.")
  var verbose = false

  @OptionGroup var confinement: ConfinementOptions

  /// Looks at the host once. From then on the process can open nothing that is not the host's.
  /// - Parameters:
  ///   - chosen: All, if nil.
  ///   - place: Where the output will be put in place.
  /// - Throws: `Failure` where the root or the attributes can't be opened, or a step of the confinement must hold and does not.
  func look(with chosen: [any Collector]? = nil, for place: Output.Place? = nil) throws -> Snapshot {
    let collectors = chosen ?? Collectors.collectors(walking: wholeDisk ? .whole : .system)
    let door = try door()
    let run = Run.now()
    let start = ContinuousClock.now
    var progress = Progress(collectors.map(\.name))
    var last = start
    let threads = try? FileDescriptor.open("/proc/self/task", .readOnly, options: [.directory, .closeOnExec])
    defer { try? threads?.close() }
    var confined = try confinement.enter(for: place)
    progress.show()
    let snapshot = try Collectors.look(
      at: door,
      within: LookBounds(bounds, { ContinuousClock.now - start }, threads: threads?.rawValue ?? -1),
      with: collectors, run: run,
      closing: confined == nil
        ? nil
        : { readable in
          confined?.close(to: readable + (threads.map { [$0.rawValue] } ?? []), writable: place?.directory)
          if let record = confined?.record() { try confinement.require(record) }
        },
      auditor: { Auditor(name: "plumbline", version: plumblineVersion, confinement: confined?.record()) }
    ) { name, run in
      defer { progress.step() }
      guard verbose else { return }
      progress.clear()
      let now = ContinuousClock.now
      printError("\(name): \(run.state.rawValue), \(now - last)")
      last = now
    }
    progress.clear()
    return snapshot
  }

  private var bounds: Bounds {
    var bounds = Bounds()
    bounds.audit = .seconds(timeLimit ?? (wholeDisk ? 600 : 60))
    bounds.collector = bounds.audit / 4
    return bounds
  }

  func validate() throws {
    guard (1...86_400).contains(timeLimit ?? 1) else {
      throw ValidationError("--time-limit takes seconds, from 1 to 86400.")
    }
  }

  private func door() throws -> HostRoot {
    do throws(HostError) {
      let root = try HostRoot(at: FilePath(root), attributes: try recordedAttributes())
      return HostRoot(
        root, within: nil, holding: confinement.unconfined ? root.held : root.restrictedNumbers())
    } catch {
      throw Failure("--root \(root): \(error)")
    }
  }

  private func recordedAttributes() throws(HostError) -> Attributes? {
    guard let attributes else { return nil }
    let path = FilePath(attributes)
    do {
      return try Attributes(parsing: String(decoding: try readInput(attributes), as: UTF8.self))
    } catch let error as Attributes.Malformed {
      printError("plumbline: \(attributes):\(error.line): \(error.reason)")
      throw HostError(path, .io(.invalidArgument))
    } catch {
      throw HostError(path, .absent)
    }
  }
}

/// Reads a file that the user named (never one of the audited host's); `-` is standard input.
/// - Throws: `Failure` with the path and the reason.
func readInput(_ name: String, atMost limit: Int = 256 << 20) throws -> [UInt8] {
  do {
    let file = name == "-" ? FileDescriptor.standardInput : try FileDescriptor.open(FilePath(name), .readOnly)
    defer { if name != "-" { try? file.close() } }
    var content: [UInt8] = []
    while true {
      let part = try [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      if part.isEmpty { return content }
      content += part
      guard content.count <= limit else { throw Failure("\(name): larger than \(limit >> 20) MiB") }
    }
  } catch let error as Errno {
    throw Failure("\(name): \(error)")
  }
}
