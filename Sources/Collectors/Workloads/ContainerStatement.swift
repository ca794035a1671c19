import Facts
import Host

/// States what confines a container: each fact by its least confined process.
struct ContainerStatement {
  /// How modes of AppArmor hold, the weakest first.
  private static let modes = ["unconfined", "complain", "prompt", "mixed", "enforce", "kill"]

  private let known: KnownCapabilities
  private let first: HostProcess?
  private let mounts: HostMounts
  private let rules: DeviceRules
  private var labels = LabelReader()
  private var identities = UserMaps()

  init(_ host: borrowing HostView) {
    known = KnownCapabilities(host.root)
    first = host.processes[1]
    mounts = HostMounts(host)
    rules = DeviceRules(host)
  }

  mutating func add(
    _ container: Container, to entity: inout Entity, _ host: borrowing HostView, _ record: inout Recorder
  ) {
    let processes = container.processes
    guard let leader = processes.first else { return }
    entity["executable"] = ProcessCollector.executable(leader)
    Self.addFilters(processes, to: &entity)
    addCapabilities(processes, to: &entity)
    addLabels(processes, host.root, to: &entity)
    for (fact, kind) in ContainerSubject.sharing { entity[fact] = shares(kind, processes) }
    addUsers(processes, host.root, to: &entity)
    mounts.add(container, first: first, host, to: &entity, &record)
    entity["devices.rules"] = rules.fact(container, host.root)
  }

  private static func addFilters(_ processes: [HostProcess], to entity: inout Entity) {
    func weakest(_ key: String, _ rank: (ProcessStatus) -> Int, _ value: (ProcessStatus) -> Value?) -> Fact {
      guard let process = processes.min(by: { rank($0.status) < rank($1.status) }) else { return .absent([]) }
      let source = Source.file("/proc/\(process.id)/status", key: key)
      return value(process.status).map { .observed($0, source) } ?? .absent(source)
    }
    let modes = ProcessCollector.seccompModes
    // disabled, then filter, then strict, which allows four calls only.
    entity["seccomp.mode"] = weakest("Seccomp", { [0: 0, 2: 1, 1: 2][$0.seccompMode ?? 1] ?? 3 }) {
      $0.seccompMode.flatMap { modes.indices.contains($0) ? .text(modes[$0]) : nil }
    }
    if let odd = processes.first(where: { !modes.indices.contains($0.status.seccompMode ?? 0) }) {
      entity["seccomp.mode"] = .unreadable(
        .malformed, detail: "\(odd.status.seccompMode ?? 0) is no mode of seccomp",
        .file("/proc/\(odd.id)/status", key: "Seccomp"))
    }
    entity["seccomp.filters"] = weakest("Seccomp_filters", { $0.seccompFilters ?? .max }) {
      $0.seccompFilters.map { .number(Int64($0)) }
    }
    entity["noNewPrivileges"] = weakest("NoNewPrivs", { $0.noNewPrivileges == false ? 0 : 1 }) {
      $0.noNewPrivileges.map { .flag($0) }
    }
  }

  /// The union over the processes; the sources are those that brought something to it, the richest first.
  private func addCapabilities(_ processes: [HostProcess], to entity: inout Entity) {
    for (name, key, set) in ContainerSubject.sets {
      let fact = "capabilities.\(name)"
      if let odd = processes.first(where: { !$0.status.hasCapabilities }) {
        let source = Source.file("/proc/\(odd.id)/status", key: key)
        entity[fact] = .unreadable(
          .malformed, detail: "it does not have the five sets of capabilities", source)
        continue
      }
      var union: UInt64 = 0
      var sources: [Source] = []
      let richest = processes.max {
        set($0.status).bits.nonzeroBitCount < set($1.status).bits.nonzeroBitCount
      }
      for process in [richest].compactMap(\.self) + processes {
        let bits = set(process.status).bits
        guard bits & ~union != 0 || sources.isEmpty else { continue }
        union |= bits
        sources.append(.file("/proc/\(process.id)/status", key: key))
      }
      entity[fact] = .observed(known.value(CapabilitySet(bits: union)), sources)
    }
  }

  private mutating func addLabels(
    _ processes: [HostProcess], _ root: borrowing HostRoot, to entity: inout Entity
  ) {
    var weakest: (rank: Int, label: SecurityLabel, source: Source)?
    var types: Set<String> = []
    var levels: Set<String> = []
    var instead: Fact?
    for process in processes {
      let (bytes, name) = labels.read(process.id, root)
      let source = Source.file("/proc/\(process.id)/\(name)")
      switch bytes {
      // The process went away since the table was read.
      case .failure(let error) where error.reason == .vanished: continue
      case .failure(let error): instead = LabelReader.failed(error, source)
      case .success(let bytes):
        guard let label = SecurityLabel(parsing: bytes) else {
          instead =
            bytes.trimmed.isEmpty ? .absent(source) : .unreadable(.malformed, detail: "not a label", source)
          continue
        }
        if let type = label.type { types.insert(type) }
        if let level = label.level { levels.insert(level) }
        let rank = label.mode.map { Self.modes.firstIndex(of: $0 == "user" ? "prompt" : $0) ?? 0 } ?? 9
        if rank < weakest?.rank ?? 10 { weakest = (rank, label, source) }
      }
    }
    // Nothing is weaker than unconfined, whatever could not be read beside it.
    guard let weakest, instead == nil || weakest.rank == 0 else {
      let fact = instead ?? .absent(.file("/proc/\(processes.first?.id ?? 0)/attr/current"))
      for name in ["label", "label.mode", "label.types", "label.levels"] { entity[name] = fact }
      return
    }
    entity["label"] = .observed(.text(weakest.label.name), weakest.source)
    entity["label.mode"] = LabelReader.mode(weakest.label, weakest.source)
    entity["label.types"] =
      types.isEmpty ? .absent(weakest.source) : .observed(.texts(types.sorted()), weakest.source)
    entity["label.levels"] =
      levels.isEmpty ? .absent(weakest.source) : .observed(.texts(levels.sorted()), weakest.source)
  }

  /// One process that shares the namespace is enough; one whose namespaces can't be read leaves it open.
  private func shares(_ kind: String, _ processes: [HostProcess]) -> Fact {
    let initial = first?.namespaces[kind]
    let deciding =
      processes.first { initial != nil && $0.namespaces[kind] == initial }
      ?? processes.first { $0.namespaces[kind] == nil } ?? processes[0]
    return ProcessCollector.shares(kind, deciding, first)
  }

  private mutating func addUsers(
    _ processes: [HostProcess], _ root: borrowing HostRoot, to entity: inout Entity
  ) {
    let names = ["user", "root.onHost", "root"]
    if let odd = processes.first(where: { $0.status.users.count < 4 }) {
      let source = Source.file("/proc/\(odd.id)/status", key: "Uid")
      for name in names {
        entity[name] = .unreadable(.malformed, detail: "it does not have four user ids", source)
      }
      return
    }
    let onHost = processes.first { $0.status.users.contains(0) }
    let deciding = onHost ?? processes[0]
    let source = Source.file("/proc/\(deciding.id)/status", key: "Uid")
    entity["user"] = .observed(.number(Int64(deciding.status.users[1])), source)
    entity["root.onHost"] = .observed(.flag(onHost != nil), source)
    entity["root"] =
      identities.root(among: processes, first: first, root) ?? .observed(.flag(onHost != nil), source)
  }
}

/// Which user is root in a user namespace; user_namespaces(7), uid_map.
struct UserMaps {
  /// By the namespace's inode: the user outside that is 0 inside; nil where none is.
  private var roots: [UInt64: Result<UInt32?, HostError>] = [:]

  /// Whether a process is root in a user namespace that is not PID 1's.
  /// - Returns: nil where all are in PID 1's.
  mutating func root(among processes: [HostProcess], first: HostProcess?, _ host: borrowing HostRoot) -> Fact?
  {
    var answer: Fact?
    for process in processes {
      let shared = ProcessCollector.shares("user", process, first)
      guard case .observed(.flag(let isInitial), _) = shared, let inode = process.namespaces["user"] else {
        answer = shared
        continue
      }
      if isInitial {
        if process.status.users.contains(0) { return nil }
        continue
      }
      let source = Source.file("/proc/\(process.id)/uid_map")
      let user = roots[inode] ?? Self.read(process.id, host)
      roots[inode] = user
      switch user {
      case .failure(let error): answer = .unreadable(error.obstacle, detail: error.description, source)
      case .success(let user):
        if let user, process.status.users.contains(user) { return .observed(.flag(true), source) }
        answer = answer ?? .observed(.flag(false), source)
      }
    }
    return answer
  }

  private static func read(_ id: ProcessID, _ root: borrowing HostRoot) -> Result<UInt32?, HostError> {
    do throws(HostError) {
      for line in try root.bytes(of: id, "uid_map").lines {
        let fields = line.split { $0 == 0x20 || $0 == 0x09 }.compactMap(\.decimal)
        if fields.count == 3, fields[0] == 0, fields[2] > 0 { return .success(UInt32(exactly: fields[1])) }
      }
      return .success(nil)
    } catch {
      return .failure(error)
    }
  }
}
