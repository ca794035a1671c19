import Facts
import Host
import SystemPackage

/// Who can read and write the files that a node's security rests on, at their well-known places.
struct FilesCollector: Collector {
  let name = "files"

  var subjects: [Subject] { [FileInspector.subject] }

  /// Names taken from one place; more than any layout has, so that a flooded directory ends the look and is said.
  private static let mostNames = 4096

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var look = Look()
    let helpers = KernelHelpers.paths(in: host.root)
    for (place, fact) in helpers.unseen {
      record.add(FileInspector.unseen(place, fact, role: .kernelHelper))
    }
    for (role, places) in FilePlaces.all + [(.kernelHelper, helpers.paths.map { .path($0) })]
    where !record.isFull {
      var seen: Set<FilePath> = []
      for path in look.paths(of: places, in: host.root) where !record.isFull {
        guard let found = look.inspector.entity(path, role: role, in: host.root, accounts: host.accounts)
        else { continue }
        // /lib/systemd is /usr/lib/systemd on most hosts: the same file is stated once.
        if let resolved = found.resolved, !seen.insert(resolved).inserted { continue }
        record.add(found.entity)
      }
      // What a closed directory holds is not known, and that is stated of its role alone: other roles' files were all seen.
      for error in look.takeErrors() { record.add(FileInspector.unlisted(error, role: role)) }
    }
    if let error = host.accountsError, error.reason != .absent { record.problem(error) }
  }

  /// One look over all places: what it found on the way, and what was out of its reach.
  private struct Look {
    var inspector = FileInspector()
    private var errors: [HostError] = []

    /// The directories that could not be listed since this was last asked, with the reasons.
    mutating func takeErrors() -> [HostError] {
      defer { errors = [] }
      return errors
    }

    mutating func paths(of places: [FilePlace], in root: borrowing HostRoot) -> [FilePath] {
      var paths: [FilePath] = []
      for place in places {
        switch place {
        case .path(let path): paths.append(path)
        case .files(let directory, let endings, let levels):
          paths += list(directory, levels: levels, in: root).files.filter { path in
            endings.contains { path.lastComponent?.string.hasSuffix($0) == true }
          }
        case .directories(let directory, let levels):
          paths += [directory] + list(directory, levels: levels, in: root).directories
        }
      }
      return paths
    }

    /// Everything beneath a directory, so many levels down; a link is not entered, as the components don't either.
    private mutating func list(
      _ directory: FilePath, levels: Int, in root: borrowing HostRoot
    ) -> (files: [FilePath], directories: [FilePath]) {
      var files: [FilePath] = []
      var directories: [FilePath] = []
      var pending = [(directory, levels)]
      while let (directory, levels) = pending.popLast() {
        let below = FilePath(root: nil, directory.components)
        for name in names(below, in: root) {
          let path = directory.appending(name)
          switch Self.isDirectory(below.appending(name), in: root) {
          case nil: continue
          case false?: files.append(path)
          case true?:
            directories.append(path)
            if levels > 1 { pending.append((path, levels - 1)) }
          }
        }
      }
      return (files.sorted { $0.string < $1.string }, directories.sorted { $0.string < $1.string })
    }

    private mutating func names(_ directory: FilePath, in root: borrowing HostRoot) -> [FilePath.Component] {
      do throws(HostError) {
        return try root.names(in: directory, atMost: FilesCollector.mostNames)
      } catch {
        // What is not there, or went away, or is a file itself, holds nothing.
        switch error.reason {
        case .absent, .vanished, .wrongType: break
        case .denied, .tooLarge, .escapes, .outOfTime, .spent, .io: errors.append(error)
        }
        return []
      }
    }

    /// Nil for a name that went away; one that can't be looked at is taken for a file, whose entity then says so.
    private static func isDirectory(_ path: FilePath, in root: borrowing HostRoot) -> Bool? {
      do throws(HostError) {
        return try root.linkStatus(path).type == .directory
      } catch {
        return error.reason == .absent ? nil : false
      }
    }
  }
}
