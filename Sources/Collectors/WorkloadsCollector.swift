import Facts
import Host
import SystemPackage

/// Every container as the kernel sees it: the processes in its control group, and what holds them; cgroups(7),
/// proc_pid_status(5), namespaces(7), proc_pid_mountinfo(5).
///
/// Runs once over the process table. Beyond it a process's label is read, a mount namespace's mountinfo and /dev once for each
/// container that is in it, and a user namespace's uid_map once.
struct WorkloadsCollector: Collector {
  let name = "workloads"

  static let subject = Subject(
    "workloads", "All containers of the host together.", isSingleton: true,
    facts: [
      .init("containers", .number, "How many containers have processes."),
      .init("pods", .number, "How many pods have processes."),
      .init("processes", .number, "How many processes are in containers; zombies are not counted."),
      .init("processes.other", .number, "How many processes are in none, the kernel's own not counted."),
      SharedLevels.declaration,
    ])

  var subjects: [Subject] { [Self.subject, ContainerSubject.subject] }

  /// A kubelet takes 110 pods unless it is told otherwise.
  var mostEntities: Int { 1_024 }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    ProcessCollector.addProblems(host, to: &record)
    let names = PodNames.all(of: host)
    let grouping = ContainerGrouping(host.processes)
    let unseen = host.unseenProcesses()
    var totals = Self.counts(grouping, unseen)
    var levels = SharedLevels()
    var statement = ContainerStatement(host)
    let named = names.names(of: grouping.containers, host.root)
    var ids: Set<String> = []
    var containers: [Entity] = []
    // One more than is kept, so that the bound is said where it is met.
    for (container, name) in zip(grouping.containers, named).prefix(mostEntities + 1) {
      // Two of one name: a container that ends while its successor starts.
      let short = container.shortID
      let isNew = ids.insert(name.label).inserted
      var entity = Entity(
        ContainerSubject.subject, id: isNew || short.isEmpty ? name.label : "\(name.label)@\(short)")
      name.add(to: &entity)
      statement.add(container, to: &entity, host, &record)
      levels.note(entity)
      containers.append(entity)
    }
    totals[SharedLevels.declaration.name] = unseen ?? levels.fact
    record.add(totals)
    for container in containers where !record.isFull { record.add(container) }
  }

  private static func counts(_ grouping: ContainerGrouping, _ unseen: Fact?) -> Entity {
    var entity = Entity(subject)
    let source = Source.file("/proc/*/cgroup")
    let inside = grouping.containers.reduce(0) { $0 + $1.processes.count }
    let counts = [
      "containers": grouping.containers.count,
      "pods": Set(grouping.containers.compactMap(\.group.podUID)).count,
      "processes": inside,
      "processes.other": grouping.others,
    ]
    for (fact, count) in counts {
      entity[fact] = unseen ?? .observed(.number(Int64(count)), source)
    }
    return entity
  }
}

/// One container's processes.
struct Container {
  let group: ContainerGroup
  /// By process id; the first is the one that the runtime started. Never empty.
  var processes: [HostProcess]
  /// Processes in its mount namespace that are in no container's control group.
  var strays: [HostProcess] = []

  /// The control group's file, for what its path tells.
  var source: Source { .file("/proc/\(processes.first?.id ?? 0)/cgroup") }

  /// As `crictl ps` and `docker ps` show it.
  var shortID: String { String(group.id?.prefix(12) ?? "") }
}

/// Who is in which container.
struct ContainerGrouping {
  private(set) var containers: [Container] = []
  /// Processes outside of containers.
  private(set) var others = 0

  init(_ table: ProcessTable) {
    var places: [String: Int] = [:]
    var outside: [HostProcess] = []
    for process in table.processes where !process.status.isZombie {
      let group = process.cgroup.container
      guard !group.isMonitor, let key = group.id ?? group.podUID else {
        outside.append(process)
        continue
      }
      if let place = places[key] {
        containers[place].processes.append(process)
      } else {
        places[key] = containers.count
        containers.append(Container(group: group, processes: [process]))
      }
    }
    others = outside.count
    addStrays(outside, initial: table[1]?.namespaces["mnt"])
  }

  /// A process that was moved out of its container's control group still has its mounts.
  private mutating func addStrays(_ outside: [HostProcess], initial: UInt64?) {
    guard let initial else { return }
    var owners: [UInt64: Int] = [:]
    for (index, container) in containers.enumerated() {
      for inode in container.processes.compactMap({ $0.namespaces["mnt"] }) where inode != initial {
        owners[inode] = owners[inode] ?? index
      }
    }
    for process in outside {
      guard let inode = process.namespaces["mnt"], let owner = owners[inode] else { continue }
      containers[owner].strays.append(process)
    }
  }
}
