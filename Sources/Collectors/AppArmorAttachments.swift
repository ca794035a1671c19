import Facts
import Host
import SystemPackage

/// Programs that run unconfined although a loaded profile is theirs: started before it was loaded, or after it was taken away and
/// before it came back. `aa-status` calls them unconfined with a profile defined.
enum AppArmorAttachments {
  /// The most paths that the alternatives of one attachment stand for.
  private static let mostAlternatives = 64

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
    var programs = Set(loaded.flatMap(paths))
    do throws(HostError) {
      let names = Set(loaded)
      for (profile, _) in try AppArmorFiles.read(host.root) where names.contains(profile.name) {
        if let attachment = profile.attachment { programs.formUnion(paths(attachment)) }
      }
    } catch {
      // Without files the names of the loaded profiles are all there is; what can't be read could name more.
      guard error.reason == .absent else { return .failed(error) }
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
    let names = Set(found.map(\.0)).sorted()
    return .observed(.texts(names), found.isEmpty ? [source] : found.map(\.1))
  }

  /// The paths that an attachment stands for, apparmor.d(5): its alternatives written out. What has other wildcards is left out.
  static func paths(_ attachment: String) -> [String] {
    guard attachment.hasPrefix("/"), !attachment.contains("//") || attachment.contains("{") else { return [] }
    var pending = [attachment]
    var done: [String] = []
    while let next = pending.popLast(), done.count + pending.count < mostAlternatives {
      guard let start = next.lastIndex(of: "{") else {
        if !next.contains(where: { "*?[]^@\\".contains($0) }) { done.append(squeezed(next)) }
        continue
      }
      guard let end = next[start...].firstIndex(of: "}") else { continue }
      let (before, after) = (next[..<start], next[next.index(after: end)...])
      for choice in next[next.index(after: start)..<end].split(
        separator: ",", omittingEmptySubsequences: false)
      {
        pending.append("\(before)\(choice)\(after)")
      }
    }
    return done
  }

  /// `/{usr/,}bin` can leave two slashes in a row.
  private static func squeezed(_ path: String) -> String { FilePath(path).string }
}
