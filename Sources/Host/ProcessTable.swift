import Facts
package import SystemPackage

package typealias ProcessID = Int32

/// One process, as the kernel shows it in /proc. Its name is what it chose to call itself: never evidence of what it is.
package struct HostProcess: Sendable {
  package let id: ProcessID
  package let status: ProcessStatus
  /// Clock ticks after boot.
  package let startTicks: UInt64
  package let cgroup: ControlGroup
  /// What /proc/PID/exe says, a deleted executable's ` (deleted)` kept.
  package let executable: Result<FilePath, HostError>
  /// The arguments, the first being what it calls itself.
  package let arguments: Result<[String], HostError>
  /// Inode numbers of its namespaces by kind (`mnt`, `pid`, `net`, `user`, `ipc`, `uts`, `cgroup`); namespaces(7).
  package let namespaces: [String: UInt64]
  /// Why namespaces are missing from the above.
  package let namespaceError: HostError?

  /// `etcd[812]`, for evidence.
  package var label: String { "\(status.name)[\(id)]" }

  /// The executable's last path component, without ` (deleted)`.
  package var executableName: String? {
    guard case .success(let path) = executable, let last = path.lastComponent?.string else { return nil }
    return last.hasSuffix(" (deleted)") ? String(last.dropLast(10)) : last
  }
}

/// All processes, read once so that all collectors see one moment. Kernel threads are counted and left out.
package struct ProcessTable: Sendable {
  package let processes: [HostProcess]
  package let kernelThreads: Int
  /// Processes that went away while they were read: no error.
  package let vanished: Int
  /// What could not be read, by process.
  package let errors: [HostError]
  /// Nil where proc/ could not be listed at all.
  package let listingError: HostError?

  package subscript(_ id: ProcessID) -> HostProcess? { processes.first { $0.id == id } }

  package init(reading root: borrowing HostRoot, atMost limit: Int = 65_536) {
    var processes: [HostProcess] = []
    var kernelThreads = 0
    var vanished = 0
    var errors: [HostError] = []
    var listingError: HostError?
    var ids: [ProcessID] = []
    do throws(HostError) {
      ids = try root.names(in: "proc", atMost: limit).compactMap { ProcessID($0.string) }.sorted()
    } catch {
      listingError = error
    }
    for id in ids {
      do throws(HostError) {
        if let process = try Self.read(id, root) { processes.append(process) } else { kernelThreads += 1 }
      } catch {
        switch error.reason {
        case .absent, .vanished: vanished += 1
        default: errors.append(error)
        }
      }
    }
    self.processes = processes
    self.kernelThreads = kernelThreads
    self.vanished = vanished
    self.errors = errors
    self.listingError = listingError
  }

  /// - Returns: nil for a kernel thread.
  private static func read(_ id: ProcessID, _ root: borrowing HostRoot) throws(HostError) -> HostProcess? {
    let directory = FilePath("proc/\(id)")
    guard let stat = ProcessStat(parsing: try root.bytes(directory.appending("stat"))) else {
      throw HostError(directory.appending("stat"), .vanished)
    }
    guard !stat.isKernelThread else { return nil }
    guard let status = ProcessStatus(parsing: try root.bytes(directory.appending("status"))) else {
      throw HostError(directory.appending("status"), .vanished)
    }
    let executable: Result<FilePath, HostError>
    do throws(HostError) {
      executable = .success(try root.linkText(directory.appending("exe")))
    } catch {
      executable = .failure(error)
    }
    let arguments: Result<[String], HostError>
    do throws(HostError) {
      let bytes = try root.bytes(directory.appending("cmdline"), atMost: 1 << 21)
      arguments = .success(Self.arguments(bytes))
    } catch {
      arguments = .failure(error)
    }
    let cgroup = try root.bytes(directory.appending("cgroup"))
    let (namespaces, namespaceError) = Self.namespaces(directory, root)
    return HostProcess(
      id: id, status: status, startTicks: stat.startTicks, cgroup: ControlGroup(parsing: cgroup),
      executable: executable, arguments: arguments, namespaces: namespaces, namespaceError: namespaceError)
  }

  /// NUL-separated, with a NUL at the end; a recorded tree may have newlines instead.
  static func arguments(_ bytes: [UInt8]) -> [String] {
    let separator: UInt8 = bytes.contains(0) ? 0 : 0x0a
    let body = bytes.last == separator ? bytes.dropLast() : bytes[...]
    if body.isEmpty { return [] }
    return body.split(separator: separator, omittingEmptySubsequences: false).map {
      printable($0, atMost: 1 << 16)
    }
  }

  private static let kinds = ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"]

  private static func namespaces(_ directory: FilePath, _ root: borrowing HostRoot) -> (
    [String: UInt64], HostError?
  ) {
    var namespaces: [String: UInt64] = [:]
    var failure: HostError?
    for kind in kinds {
      do throws(HostError) {
        // `net:[4026531833]`
        let text = try root.linkText(FilePath("\(directory)/ns/\(kind)")).string
        guard let open = text.firstIndex(of: "["), text.hasSuffix("]") else { continue }
        namespaces[kind] = UInt64(text[text.index(after: open)...].dropLast())
      } catch {
        failure = error
        break
      }
    }
    return (namespaces, failure)
  }
}
