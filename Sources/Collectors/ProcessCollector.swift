import Facts
import Host
import SystemPackage

/// Every process that is not the kernel's own, and how the kernel confines it now; proc_pid_status(5), namespaces(7).
struct ProcessCollector: Collector {
  let name = "process"

  static let seccompModes = ["disabled", "strict", "filter"]
  /// Sets of capabilities, with their line in /proc/PID/status.
  private static let sets = [
    ("effective", "CapEff"), ("permitted", "CapPrm"), ("bounding", "CapBnd"), ("ambient", "CapAmb"),
  ]
  /// Flags that say whether a process shares a namespace with PID 1.
  private static let sharing = [
    ("userNamespace.initial", "user"), ("hostPID", "pid"), ("hostNetwork", "net"), ("hostIPC", "ipc"),
  ]

  static let subject = Subject(
    "process", "A process, not of the kernel's own, and how the kernel confines it.", isSingleton: false,
    facts: [
      .init("name", .text, "What it calls itself: never evidence of what it is."),
      .init("executable", .text, "The file that it runs, by the path in its own mount namespace."),
      .init("user", .number, "Its effective user id."),
      .init("userName", .text, "The name that the host's /etc/passwd has for the id."),
      .init("seccomp.mode", .text, "Whether its system calls are filtered.", values: seccompModes),
      .init("seccomp.filters", .number, "How many seccomp filters it has."),
      .init("noNewPrivileges", .flag, "Whether it can no longer gain privileges from what it runs."),
      .init("label", .text, "Its label by AppArmor, or by the first module that labels processes."),
      .init(
        "label.mode", .text, "AppArmor's mode for it; absent for other modules' labels.",
        values: ["enforce", "complain", "kill", "unconfined", "prompt", "mixed"]),
      .init("label.type", .text, "The type of its SELinux context; absent for other modules' labels."),
      .init("inPod", .flag, "Whether its control group is below the kubelet's."),
      .init("pod.uid", .text, "The UID of its pod."),
      .init("container.id", .text, "The id of its container."),
      .init("userNamespace.initial", .flag, "Whether it is in PID 1's user namespace."),
      .init("hostPID", .flag, "Whether it is in PID 1's PID namespace."),
      .init("hostNetwork", .flag, "Whether it is in PID 1's network namespace."),
      .init("hostIPC", .flag, "Whether it is in PID 1's IPC namespace."),
    ]
      + sets.map { set, _ in
        .init(
          "capabilities.\(set)", .list, "Its \(set) capabilities; [all] for every one that the kernel has.")
      })

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    let table = host.processes
    Self.addProblems(host, to: &record)
    let known = KnownCapabilities(host.root)
    let first = table[1]
    var labels = LabelReader()
    for process in table.processes where !record.isFull {
      var entity = Entity(Self.subject, id: String(process.id))
      let status = "/proc/\(process.id)/status"
      entity["name"] = .observed(.text(process.status.name), .file(status, key: "Name"))
      entity["executable"] = Self.executable(process)
      Self.addUser(process, host, to: &entity)
      Self.addConfinement(process.status, status, known, to: &entity)
      Self.addGroup(process, to: &entity)
      for (fact, kind) in Self.sharing { entity[fact] = Self.shares(kind, process, first) }
      labels.add(to: &entity, process.id, host.root)
      record.add(entity)
    }
  }

  static func addProblems(_ host: borrowing HostView, to record: inout Recorder) {
    let table = host.processes
    let hidden: Obstacle = host.root.isRunning ? .notVisible : .needsRunningHost
    if let error = table.listingError {
      let code = error.reason == .absent ? hidden : error.obstacle
      record.problem(code, error.place, "processes can't be listed: \(error)")
    } else if table[1] == nil, table.errors.isEmpty {
      // Every running system has it: an image has an empty /proc, and hidepid= hides what is not the reader's own.
      record.problem(hidden, "/proc", "PID 1 is not there, so other processes may not be shown either")
    }
    for error in table.errors { record.problem(error) }
  }

  static func executable(_ process: HostProcess) -> Fact {
    let source = Source.file("/proc/\(process.id)/exe")
    switch process.executable {
    case .success(let path):
      let bytes = path.withPlatformString { Array(UnsafeRawBufferPointer(start: $0, count: path.length)) }
      return .observed(.text(printable(bytes, atMost: 4096)), source)
    case .failure(let error): return .failed(error, source)
    }
  }

  private static func addUser(_ process: HostProcess, _ host: borrowing HostView, to entity: inout Entity) {
    let source = Source.file("/proc/\(process.id)/status", key: "Uid")
    guard process.status.users.count > 1 else {
      let fact = Fact.unreadable(.malformed, detail: "it does not have four user ids", source)
      entity["user"] = fact
      entity["userName"] = fact
      return
    }
    let user = process.status.users[1]
    entity["user"] = .observed(.number(Int64(user)), source)
    let accounts = Source.file("/etc/passwd")
    if host.accounts.hasUser(user) {
      entity["userName"] = .observed(.text(host.accounts.user(user)), accounts)
    } else if let error = host.accountsError, error.path == "etc/passwd" {
      entity["userName"] = .failed(error, accounts)
    } else {
      entity["userName"] = .absent(accounts)
    }
  }

  private static func addConfinement(
    _ status: ProcessStatus, _ path: String, _ known: KnownCapabilities, to entity: inout Entity
  ) {
    let mode = Source.file(path, key: "Seccomp")
    switch status.seccompMode {
    case .some(let number) where seccompModes.indices.contains(number):
      entity["seccomp.mode"] = .observed(.text(seccompModes[number]), mode)
    case .some(let number):
      entity["seccomp.mode"] = .unreadable(.malformed, detail: "\(number) is no mode of seccomp", mode)
    case nil: entity["seccomp.mode"] = .absent(mode)
    }
    let filters = Source.file(path, key: "Seccomp_filters")
    entity["seccomp.filters"] =
      status.seccompFilters.map { .observed(.number(Int64($0)), filters) } ?? .absent(filters)
    let privileges = Source.file(path, key: "NoNewPrivs")
    entity["noNewPrivileges"] =
      status.noNewPrivileges.map { .observed(.flag($0), privileges) } ?? .absent(privileges)
    let values = [status.effective, status.permitted, status.bounding, status.ambient]
    for ((set, key), value) in zip(sets, values) {
      let source = Source.file(path, key: key)
      entity["capabilities.\(set)"] =
        status.hasCapabilities
        ? .observed(known.value(value), source)
        : .unreadable(.malformed, detail: "it does not have the five sets of capabilities", source)
    }
  }

  private static func addGroup(_ process: HostProcess, to entity: inout Entity) {
    let source = Source.file("/proc/\(process.id)/cgroup")
    let group = process.cgroup
    entity["inPod"] = .observed(.flag(group.isPod), source)
    entity["pod.uid"] = group.isPod ? text(group.podUID, source) : .absent(source)
    entity["container.id"] = text(group.containerID, source)
  }

  private static func text(_ text: String?, _ source: Source) -> Fact {
    text.map { .observed(.text($0), source) } ?? .absent(source)
  }

  static func shares(_ kind: String, _ process: HostProcess, _ first: HostProcess?) -> Fact {
    let source = Source.file("/proc/\(process.id)/ns/\(kind)")
    guard let first else {
      return .unreadable(.notVisible, detail: "PID 1 can't be seen", .file("/proc/1/ns/\(kind)"))
    }
    for one in [process, first] where one.namespaces[kind] == nil {
      let source = Source.file("/proc/\(one.id)/ns/\(kind)")
      guard let error = one.namespaceError, error.reason != .absent else {
        return .unreadable(.notVisible, detail: "its namespaces are not shown", source)
      }
      return .unreadable(error.obstacle, detail: error.description, source)
    }
    return .observed(.flag(process.namespaces[kind] == first.namespaces[kind]), source)
  }
}
