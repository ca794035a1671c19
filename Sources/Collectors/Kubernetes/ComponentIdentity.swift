import Facts
import Host
import SystemPackage

/// Whether a process is the component that it claims to be, by what the kernel says of it.
///
/// A name is what a process chose to call itself, and any pod can call itself `kubelet`. What it can't choose: its executable's
/// name in /proc/PID/exe comes with its file, its user namespace, its control group and its mount namespace with whoever
/// started it; namespaces(7), cgroups(7).
struct ComponentIdentity: Sendable {
  enum Answer: Hashable, Sendable {
    case accepted(String)
    case rejected(String)
    /// What would tell could not be read.
    case undecided(Obstacle, String)
  }

  let component: Component
  let process: HostProcess
  let answer: Answer

  /// The user namespace that the kernel began with: PROC_USER_INIT_INO in linux/proc_ns.h.
  private static let initialUserNamespace: UInt64 = 0xefff_fffd

  /// Every process that claims to be the component or whose executable is called so, in order of their ids.
  static func candidates(for component: Component, among table: ProcessTable) -> [ComponentIdentity] {
    // The kernel cuts a command name at 15 bytes; TASK_COMM_LEN.
    let names = component.executables.union(component.executables.map { String($0.prefix(15)) })
    var claims = table.processes(called: names)
    for process in table.processes(called: [Component.hyperkube]) where component.isHyperkube(process) {
      if !claims.contains(where: { $0.id == process.id }) { claims.append(process) }
    }
    return claims.filter { !isProxy($0, component) }.sorted { $0.id < $1.id }.map {
      ComponentIdentity(component: component, process: $0, answer: answer($0, component, table))
    }
  }

  /// The processes that are the component, and those of which it can't be told, with why.
  static func sorted(_ component: Component, among table: ProcessTable) -> (
    accepted: [HostProcess], undecided: [PlaceFailure]
  ) {
    var (accepted, undecided): ([HostProcess], [PlaceFailure]) = ([], [])
    for candidate in candidates(for: component, among: table) {
      switch candidate.answer {
      case .rejected: continue
      case .undecided(let obstacle, let reason):
        undecided.append(
          PlaceFailure(
            obstacle, "\(candidate.process.label): \(reason)", .file("/proc/\(candidate.process.id)")))
      case .accepted: accepted.append(candidate.process)
      }
    }
    return (accepted, undecided)
  }

  /// etcd's own proxies, which OpenShift runs beside each member, are no members.
  private static func isProxy(_ process: HostProcess, _ component: Component) -> Bool {
    guard component.name == "etcd", case .success(let arguments) = process.arguments else { return false }
    return ["grpc-proxy", "gateway"].contains(arguments.dropFirst().first)
  }

  private static func answer(_ process: HostProcess, _ component: Component, _ table: ProcessTable) -> Answer
  {
    let path: String
    switch process.executable {
    case .failure(let error): return .undecided(error.obstacle, "its executable can't be told: \(error)")
    case .success(let executable): path = place(executable)
    }
    guard let name = process.executableName,
      component.executables.contains(name) || component.isHyperkube(process)
    else {
      return .rejected("its executable is \(path)")
    }
    if let obstacle = userObstacle(process, table) { return obstacle }
    return placed(process, component, table, path)
  }

  /// Nil where the process is in the initial user namespace.
  private static func userObstacle(_ process: HostProcess, _ table: ProcessTable) -> Answer? {
    guard let user = process.namespaces["user"] else { return missingNamespace(process, "user") }
    let initial = table[1]?.namespaces["user"] ?? initialUserNamespace
    return user == initial ? nil : .rejected("it runs in a user namespace of its own (user:[\(user)])")
  }

  /// A recording need not hold namespaces; on a running host they can only be out of reach.
  private static func missingNamespace(_ process: HostProcess, _ kind: String) -> Answer? {
    guard let error = process.namespaceError, error.reason != .absent else { return nil }
    return .undecided(error.obstacle, "its \(kind) namespace can't be told: \(error)")
  }

  private static func placed(
    _ process: HostProcess, _ component: Component, _ table: ProcessTable, _ path: String
  ) -> Answer {
    let group = process.cgroup.paths.first { $0 != "/" } ?? "/"
    if let pod = process.cgroup.podUID {
      return inPod(pod, process, component, table, "\(path) in control group \(group)")
    }
    if process.cgroup.isPod { return .rejected("it runs below the kubelet's pods (control group \(group))") }
    if let container = process.cgroup.containerID {
      return .rejected("it runs in the container \(container.prefix(12)) (control group \(group))")
    }
    let isRoot = process.status.users.dropFirst().first == 0
    if component.placement == .host, !isRoot { return .rejected("it doesn't run as root") }
    if !isRoot, process.cgroup.paths.contains(where: { $0.contains("/user.slice/") }) {
      return .rejected("it runs in an ordinary user's session (control group \(group))")
    }
    if component.placement == .host, let other = foreignMounts(process, table) { return other }
    return .accepted("executable \(path), initial user namespace, control group \(group)")
  }

  /// Nil where the process sees the host's mounts, or those of a distribution that starts the kubelet in a mount namespace
  /// of its own (k3s, RKE2, snaps).
  private static func foreignMounts(_ process: HostProcess, _ table: ProcessTable) -> Answer? {
    guard let own = process.namespaces["mnt"] else { return missingNamespace(process, "mount") }
    guard let host = table[1]?.namespaces["mnt"], own != host else { return nil }
    var ancestor = table[process.status.parent]
    for _ in 0..<8 {
      guard let parent = ancestor, parent.id > 1 else { break }
      if let name = parent.executableName, ["k3s", "rke2"].contains(name), isHostProcess(parent) {
        return nil
      }
      ancestor = table[parent.status.parent]
    }
    if case .success(let path) = process.executable, path.string.hasPrefix("/snap/"),
      process.cgroup.paths.contains(where: { $0.contains("/snap.") })
    {
      return nil
    }
    // Talos starts the kubelet as a container of its own init, in a group that no pod is put in.
    if process.cgroup.paths.contains(where: { ["/podruntime/kubelet", "/system/kubelet"].contains($0) }) {
      return nil
    }
    return .rejected("it runs in a mount namespace of its own (mnt:[\(own)])")
  }

  /// Whether it is in no pod and no container.
  static func isHostProcess(_ process: HostProcess) -> Bool {
    process.cgroup.podUID == nil && !process.cgroup.isPod && process.cgroup.containerID == nil
  }

  /// The kubelet makes a static pod's uid from its manifest, 32 hexadecimal digits; the API server gives every other pod a
  /// UUID with dashes. No pod chooses its own.
  private static func inPod(
    _ pod: String, _ process: HostProcess, _ component: Component, _ table: ProcessTable, _ what: String
  ) -> Answer {
    let isStatic = pod.utf8.count == 32 && pod.utf8.allSatisfy { [$0].hexadecimal != nil }
    switch component.placement {
    case .host: return .rejected("it runs in a pod (\(what))")
    case .hostOrStaticPod:
      return isStatic ? .accepted("\(what), a static pod") : .rejected("it runs in an ordinary pod (\(what))")
    case .anyWithHostNetwork:
      if isStatic { return .accepted("\(what), a static pod") }
      let isRoot = process.status.users.dropFirst().first == 0
      guard let own = process.namespaces["net"], let host = table[1]?.namespaces["net"] else {
        return missingNamespace(process, "network") ?? .accepted(what)
      }
      guard own == host else { return .rejected("it runs in a pod without the host's network (\(what))") }
      guard isRoot, process.status.effective.names.contains("cap_net_admin") else {
        return .rejected("it runs in a pod that may not administer the network (\(what))")
      }
      return .accepted("\(what), with the host's network")
    }
  }
}

/// The part after the last slash.
func lastPathComponent(_ path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? path
}
