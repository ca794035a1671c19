import Facts
import Host
import SystemPackage

/// Programs that run unconfined although a loaded profile is theirs: started before it was loaded, or after it was taken away and
/// before it came back. `aa-status` calls them unconfined with a profile defined.
enum AppArmorAttachments {
  /// - Parameter loaded: The names of the loaded profiles but for those of mode unconfined, which hold nothing.
  static func unconfined(_ loaded: [String], _ source: Source, _ host: borrowing HostView) -> Fact {
    let table = host.processes
    if let error = table.listingError {
      return error.reason == .absent
        ? .unreadable(
          host.root.isRunning ? .notVisible : .needsRunningHost, detail: "processes can't be listed",
          .inode("/proc"))
        : .failed(error)
    }
    guard table[1] != nil else {
      return .unreadable(.notVisible, detail: "processes can't be seen", .inode("/proc/1"))
    }
    var programs: Programs
    do throws(HostError) {
      programs = Programs(try patterns(loaded, host.root))
    } catch {
      return .failed(error)
    }
    var labels = LabelReader()
    var found: [(String, Source)] = []
    // What is in a container has its path in the container's own files.
    for process in table.processes where process.cgroup.containerID == nil && !process.cgroup.isPod {
      guard case .success(let executable) = process.executable, programs.contains(executable.string) else {
        continue
      }
      let (bytes, name) = labels.read(process.id, host.root)
      let place = Source.file("/proc/\(process.id)/\(name)")
      switch bytes {
      case .failure(let error) where error.reason == .vanished: continue
      case .failure(let error): return .failed(error, place)
      case .success(let bytes):
        guard let label = SecurityLabel(parsing: bytes), label.name == "unconfined" else { continue }
        found.append((printable(executable.string.utf8, atMost: 512), place))
      }
    }
    // One that was found is one, whatever else there is; that there is none can be said only of patterns that are known.
    if found.isEmpty, let pattern = programs.unknown {
      return .unreadable(
        .unsupported, detail: "what \(pattern) stands for only AppArmor's parser knows",
        .file(place(AppArmorFiles.directory)))
    }
    let names = Set(found.map(\.0)).sorted()
    return .observed(.texts(names), found.isEmpty ? [source] : found.map(\.1))
  }

  /// What the loaded profiles are attached to: by the kernel, and where it can't be asked by their names and the files that declare
  /// them, as far as there are such files.
  private static func patterns(_ loaded: [String], _ root: borrowing HostRoot) throws(HostError) -> [String] {
    let names = Set(loaded)
    if let attachments = try? root.appArmorAttachments() {
      return attachments.filter { names.contains($0.name) }.map(\.pattern)
    }
    // A profile within another is attached to nothing: its parent's rules lead to it.
    var patterns = loaded.filter { !$0.contains("//") }
    do throws(HostError) {
      for (profile, _) in try AppArmorFiles.read(root) where names.contains(profile.name) {
        if let attachment = profile.attachment { patterns.append(attachment) }
      }
    } catch {
      // Without files the names of the loaded profiles are all there is; what can't be read could name more.
      guard error.reason == .absent else { throw error }
    }
    return patterns
  }
}

/// The programs that patterns stand for: most are a path as it is, which is looked up.
private struct Programs {
  private var paths: Set<String> = []
  private var globs: [AppArmorGlob] = []
  /// One that can't be told, because it has a variable or is no pattern, if there is such.
  private(set) var unknown: String?
  /// Many processes run one program.
  private var known: [String: Bool] = [:]

  init(_ patterns: [String]) {
    for pattern in Set(patterns).sorted() where pattern.hasPrefix("/") || pattern.hasPrefix("@{") {
      if !pattern.utf8.contains(where: { Self.special.contains($0) }) {
        paths.insert(pattern)
      } else if let glob = AppArmorGlob(pattern) {
        globs.append(glob)
      } else {
        unknown = unknown ?? pattern
      }
    }
  }

  private static let special = Set("*?[]{}\\@".utf8)

  mutating func contains(_ path: String) -> Bool {
    if paths.contains(path) { return true }
    if let answer = known[path] { return answer }
    let answer = globs.contains { $0.matches(path) }
    known[path] = answer
    return answer
  }
}
