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
  /// The executable's last path component, without ` (deleted)`.
  package let executableName: String?
  /// The arguments, the first being what it calls itself.
  package let arguments: Result<[String], HostError>
  package let namespaces: ProcessNamespaces

  /// Why namespaces are missing.
  package var namespaceError: HostError? { namespaces.error }

  /// `etcd[812]`, for evidence.
  package var label: String { "\(status.name)[\(id)]" }

  /// What it can be taken for: its executable's name, its command name, and the last path component of its first argument.
  package var names: Set<String> {
    var names: Set<String> = [status.name]
    if let executableName { names.insert(executableName) }
    if case .success(let arguments) = arguments, let first = arguments.first,
      let last = first.split(separator: "/").last
    {
      names.insert(String(last))
    }
    return names
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
  /// Why there may be more: proc/ could not be listed, or holds more than the bound. Nil where these are all.
  package let listingError: HostError?

  /// Where in `processes` those are that can be taken for something of a name.
  private let indexByName: [String: [Int]]

  package subscript(_ id: ProcessID) -> HostProcess? {
    let index = processes.partitioningIndex { $0.id >= id }
    return index < processes.count && processes[index].id == id ? processes[index] : nil
  }

  /// Those that can be taken for something of one of these names, in order of their ids; ``HostProcess/names``.
  package func processes(called names: some Sequence<String>) -> [HostProcess] {
    Set(names.flatMap { indexByName[$0] ?? [] }).sorted().map { processes[$0] }
  }

  /// - Parameter limit: How many processes are read; kernel threads do not count. Of more, those with the least numbers: what runs
  ///   a host was mostly started before what fills it.
  package init(reading root: borrowing HostRoot, atMost limit: Int = 8_192) {
    var processes: [HostProcess] = []
    var kernelThreads = 0
    var vanished = 0
    var errors: [HostError] = []
    var listingError: HostError?
    var ids: [ProcessID] = []
    do throws(HostError) {
      ids = try root.processIDs()
    } catch {
      listingError = error
    }
    var groups: [[UInt8]: ControlGroup] = [:]
    for id in ids {
      guard processes.count + errors.count < limit else {
        listingError = HostError("proc", .tooLarge(limit: limit))
        break
      }
      do throws(HostError) {
        if let process = try Self.read(id, root, &groups) {
          processes.append(process)
        } else {
          kernelThreads += 1
        }
      } catch {
        switch error.reason {
        case .absent, .vanished: vanished += 1
        default: errors.append(error)
        }
      }
    }
    self.processes = processes
    indexByName = processes.enumerated().reduce(into: [:]) { index, process in
      for name in process.element.names { index[name, default: []].append(process.offset) }
    }
    self.kernelThreads = kernelThreads
    self.vanished = vanished
    self.errors = errors
    self.listingError = listingError
  }

  /// - Parameter groups: Those that were read already, by what the file holds: few groups have many processes.
  /// - Returns: nil for a kernel thread.
  private static func read(
    _ id: ProcessID, _ root: borrowing HostRoot, _ groups: inout [[UInt8]: ControlGroup]
  ) throws(HostError) -> HostProcess? {
    guard let stat = ProcessStat(parsing: try root.bytes(of: id, "stat")) else {
      throw HostError(FilePath("proc/\(id)/stat"), .vanished)
    }
    guard !stat.isKernelThread else { return nil }
    guard let status = ProcessStatus(parsing: try root.bytes(of: id, "status")) else {
      throw HostError(FilePath("proc/\(id)/status"), .vanished)
    }
    let executable: Result<FilePath, HostError>
    var executableName: String?
    do throws(HostError) {
      let bytes = try root.linkBytes(of: id, "exe")
      executable = .success(FilePath(platformString: bytes.map { CChar(bitPattern: $0) } + [0]))
      executableName = Self.executableName(bytes)
    } catch {
      executable = .failure(error)
    }
    let arguments: Result<[String], HostError>
    do throws(HostError) {
      arguments = .success(Self.arguments(try root.bytes(of: id, "cmdline", atMost: 1 << 21)))
    } catch {
      arguments = .failure(error)
    }
    let bytes = try root.bytes(of: id, "cgroup")
    let group = groups[bytes] ?? ControlGroup(parsing: bytes)
    groups[bytes] = group
    return HostProcess(
      id: id, status: status, startTicks: stat.startTicks, cgroup: group,
      executable: executable, executableName: executableName, arguments: arguments,
      namespaces: ProcessNamespaces(reading: id, root))
  }

  private static func executableName(_ path: [UInt8]) -> String? {
    guard let last = path.split(separator: UInt8(ascii: "/")).last else { return nil }
    let deleted = " (deleted)".utf8
    let isDeleted = last.count > deleted.count && last.suffix(deleted.count).elementsEqual(deleted)
    return String(decoding: isDeleted ? last.dropLast(deleted.count) : last, as: UTF8.self)
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
}

extension Array {
  /// Where the first element is for which a condition holds that holds for all after it too.
  fileprivate func partitioningIndex(where condition: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = low + (high - low) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
