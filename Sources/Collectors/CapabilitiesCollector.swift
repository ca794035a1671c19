import Facts
import Host
import SystemPackage

/// Capabilities of the host as a whole and of executables; capabilities(7).
struct CapabilitiesCollector: Collector {
  let name = "capabilities"

  static let subject = Subject(
    "capabilities",
    "What the kernel, the first process and the auditor have of capabilities; [all] is every one.",
    isSingleton: true,
    facts: [
      .init("last", .number, "The number of the last capability that the kernel knows."),
      .init("init.bounding", .list, "PID 1's bounding set: no process of the host can gain more."),
      .init(
        "usermodehelper.bounding", .list, "The bounding set of programs that the kernel starts by itself."),
      .init("auditor.effective", .list, "What the auditor itself can use."),
      .init("auditor.bounding", .list, "What the auditor itself could gain."),
    ])

  static let file = Subject(
    "file-capability", "An executable that gains capabilities when it is run.", isSingleton: false,
    facts: [
      .init("path", .text, "Where it is."),
      .init("permitted", .list, "What a process gains that runs it."),
      .init("inheritable", .list, "What a process keeps that runs it and has it inheritable."),
      .init("effective", .flag, "Whether what it gains is in force at once."),
      .init(
        "rootID", .number, "The user who is root in the user namespace it is meant for; 0 is the initial one."
      ),
      .init("owner", .text, "Who owns the file."),
    ])

  var subjects: [Subject] { [Self.subject, Self.file] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    let known = KnownCapabilities(host.root)
    var entity = Entity(Self.subject)
    entity["last"] = host.root.fromKernel(
      host.root.numberFact("proc/sys/kernel/cap_last_cap"), beneath: kernelSettings)
    let bounding = Self.status("proc/1/status", "CapBnd", host.root) { known.value($0.bounding) }
    entity["init.bounding"] = host.root.fromKernel(bounding, beneath: "proc/1")
    let helpers = host.root.fact("proc/sys/kernel/usermodehelper/bset") { bytes in
      Self.words(bytes).map { known.value($0) }
    }
    entity["usermodehelper.bounding"] = host.root.fromKernel(helpers, beneath: kernelSettings)
    entity["auditor.effective"] = Self.auditor("CapEff", host.root) { known.value($0.effective) }
    entity["auditor.bounding"] = Self.auditor("CapBnd", host.root) { known.value($0.bounding) }
    record.add(entity)
    var search = FileCapabilitySearch()
    search.run(host, into: &record)
  }

  private static func auditor(
    _ key: String, _ root: borrowing HostRoot, _ value: (ProcessStatus) -> Value
  ) -> Fact {
    guard root.isRunning else {
      let source = Source.file("/proc/self/status", key: key)
      return .unreadable(.needsRunningHost, detail: "the auditor is not a process of this tree", source)
    }
    return status("proc/self/status", key, root, value)
  }

  private static func status(
    _ path: FilePath, _ key: String, _ root: borrowing HostRoot, _ value: (ProcessStatus) -> Value
  ) -> Fact {
    let source = Source.file(place(path), key: key)
    do throws(HostError) {
      guard let status = ProcessStatus(parsing: try root.bytes(path)), status.hasCapabilities else {
        return .unreadable(.malformed, detail: "it does not have the five sets of capabilities", source)
      }
      return .observed(value(status), source)
    } catch {
      return .failed(error, source)
    }
  }

  /// Two decimal words of 32 bits, the lower first.
  private static func words(_ bytes: [UInt8]) -> CapabilitySet? {
    let words = bytes.trimmed.split { $0 == 0x09 || $0 == 0x20 }.map {
      $0.decimal.flatMap { UInt32(exactly: $0) }
    }
    guard words.count == 2, let low = words[0], let high = words[1] else { return nil }
    return CapabilitySet(bits: UInt64(low) | UInt64(high) << 32)
  }
}

/// Looks for executables with capabilities where executables usually are. The rest of the disk is not walked: there are a
/// container's files, which confer nothing on the host.
private struct FileCapabilitySearch {
  /// One directory and how many levels of directories beneath it.
  private static let places: [(path: FilePath, depth: Int)] = [
    ("usr/bin", 0), ("usr/sbin", 0), ("usr/libexec", 3), ("usr/lib", 1), ("usr/lib64", 1), ("bin", 0),
    ("sbin", 0),
    ("usr/local/bin", 0), ("usr/local/sbin", 0), ("usr/local/libexec", 1), ("opt/bin", 0), ("opt/cni/bin", 0),
  ]

  /// The most names that are looked at: several times what a full distribution has in these places.
  private static let mostNames = 40_000

  /// `struct vfs_ns_cap_data` is 24 bytes.
  private static let attributeLimit = 64

  private struct Inode: Hashable {
    let device: UInt64
    let number: UInt64
  }

  private var seen: Set<Inode> = []
  private var names = 0

  mutating func run(_ host: borrowing HostView, into record: inout Recorder) {
    for (path, depth) in Self.places {
      guard search(path, depth, host, into: &record) else {
        record.problem(.tooLarge, place(path), "more than \(Self.mostNames) names, the rest is not looked at")
        return
      }
    }
  }

  /// - Returns: False where the bound was met.
  private mutating func search(
    _ directory: FilePath, _ depth: Int, _ host: borrowing HostView, into record: inout Recorder
  ) -> Bool {
    do throws(HostError) {
      // /bin may be a link to /usr/bin: the same directory is looked at once.
      guard isNew(try host.root.status(directory)) else { return true }
      let entries = try host.root.entries(in: directory)
      names += entries.count
      guard names <= Self.mostNames else { return false }
      let programs = entries.filter { $0.type == nil || $0.type == .file }.map(\.name)
      let found = try host.root.extendedAttributes(
        "security.capability", ofAtMost: Self.attributeLimit,
        of: programs.filter { !Self.isSharedObject($0) }, in: directory)
      for (name, attribute) in found { look(at: directory.appending(name), attribute, host, into: &record) }
      guard depth > 0 else { return true }
      for entry in entries where entry.type == nil || entry.type == .directory {
        let path = directory.appending(entry.name)
        if entry.type == nil, linkStatus(path, host, into: &record)?.type != .directory { continue }
        guard search(path, depth - 1, host, into: &record) else { return false }
      }
    } catch {
      if error.reason != .absent { record.problem(error) }
    }
    return true
  }

  private mutating func look(
    at path: FilePath, _ attribute: Result<[UInt8], HostError>, _ host: borrowing HostView,
    into record: inout Recorder
  ) {
    switch attribute {
    case .failure(let error): record.problem(error)
    case .success(let bytes):
      guard let status = linkStatus(path, host, into: &record), status.type == .file, isNew(status) else {
        return
      }
      record.add(Self.entity(path, bytes, owner: host.accounts.user(status.owner)))
    }
  }

  private func linkStatus(
    _ path: FilePath, _ host: borrowing HostView, into record: inout Recorder
  ) -> FileStatus? {
    do throws(HostError) {
      return try host.root.linkStatus(path)
    } catch {
      if error.reason != .absent { record.problem(error) }
      return nil
    }
  }

  private mutating func isNew(_ status: FileStatus) -> Bool {
    seen.insert(Inode(device: status.device, number: status.inode)).inserted
  }

  /// `libc.so.6`, `cap_net.so`: loaded, not run, so an attribute on it confers nothing.
  private static func isSharedObject(_ name: FilePath.Component) -> Bool {
    name.string.split(separator: ".", omittingEmptySubsequences: false).dropFirst().contains("so")
  }

  private static func entity(_ path: FilePath, _ attribute: [UInt8], owner: String) -> Entity {
    let name = place(path)
    var entity = Entity(CapabilitiesCollector.file, id: name)
    let source = Source(.inode, name, key: "security.capability")
    entity["path"] = .observed(.text(name), .inode(name))
    entity["owner"] = .observed(.text(owner), .inode(name))
    guard let capabilities = FileCapabilities(parsing: attribute) else {
      let fact = Fact.unreadable(.malformed, detail: "no revision of the attribute has this form", source)
      for key in ["permitted", "inheritable", "effective", "rootID"] { entity[key] = fact }
      return entity
    }
    entity["permitted"] = .observed(.texts(capabilities.permitted.names), source)
    entity["inheritable"] = .observed(.texts(capabilities.inheritable.names), source)
    entity["effective"] = .observed(.flag(capabilities.isEffective), source)
    entity["rootID"] = .observed(.number(Int64(capabilities.rootID)), source)
    return entity
  }
}
