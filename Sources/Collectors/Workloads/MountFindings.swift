import Host

/// What one mount namespace shows of the host, from its mountinfo; proc_pid_mountinfo(5).
struct MountFindings {
  var isRootReadOnly = true
  var hasRoot = false
  var writable: Set<String> = []
  var places: Set<String> = []
  var sockets: Set<String> = []
  var interfaces: Set<String> = []
  var isProcMasked = false

  /// Filesystems by which the kernel is set up and looked into.
  private static let controls: Set<String> = [
    "sysfs", "cgroup", "cgroup2", "securityfs", "debugfs", "tracefs", "bpf", "efivarfs", "configfs", "pstore",
    "binfmt_misc",
  ]
  /// Of the kernel too; who mounts them anew has the same filesystem as who is given the host's.
  private static let kernels = controls.union([
    "proc", "mqueue", "devpts", "fusectl", "hugetlbfs", "autofs", "nsfs", "rpc_pipefs",
  ])
  /// What the runtimes cover (maskedPaths of the OCI runtime specification); a kernel has some of them only.
  private static let masked: Set<String> = [
    "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/sched_debug", "/proc/scsi",
    "/proc/acpi", "/proc/asound", "/proc/interrupts", "/sys/firmware",
  ]

  init(_ table: MountTable, podUID: String?, host: HostMounts) {
    // A later mount hides what is mounted at the same point.
    var last: [String: Mount] = [:]
    for mount in table.mounts { last[place(mount.point)] = mount }
    for (point, mount) in last { add(mount, at: point, podUID, host) }
    isProcMasked = last.keys.contains { Self.masked.contains($0) }
    if let proc = last["/proc"], proc.type == "proc", !proc.isReadOnly, last["/proc/sys"]?.isReadOnly != true
    {
      interfaces.insert("/proc/sys")
    }
  }

  /// What a process sees that is in the host's own mount namespace: all of it.
  init(wholeHost host: HostMounts, isRootReadOnly: Bool) {
    hasRoot = true
    self.isRootReadOnly = isRootReadOnly
    writable = ["/"]
    places = ["/"]
    sockets = Set(host.presentSockets)
    interfaces = ["/proc/sys", "/sys"]
  }

  private mutating func add(_ mount: Mount, at point: String, _ podUID: String?, _ host: HostMounts) {
    if point == "/" {
      hasRoot = true
      isRootReadOnly = mount.isReadOnly
    }
    if Self.controls.contains(mount.type) {
      if !mount.isReadOnly { interfaces.insert(point) }
      return
    }
    if mount.type == "proc", !mount.isReadOnly, Self.holdsSettings(mount, at: point) {
      interfaces.insert(point)
    }
    guard !Self.kernels.contains(mount.type), let path = host.path(of: mount, podUID: podUID) else { return }
    // A container's own root is somewhere beneath its runtime's directory; the host's own is not.
    guard point != "/" || path == "/" else { return }
    sockets.formUnion(host.sockets(in: path, device: mount.device))
    guard !mount.isReadOnly, !HostMounts.isOwn(path, podUID: podUID) else { return }
    writable.insert(path)
    places.formUnion(HostPlaces.places(of: path))
  }

  /// Whether a proc that is not the container's own /proc has the kernel's settings. Most of them are one for all namespaces, so a
  /// proc of the container's own PID namespace is no better. A part such as /irq or a single process's has none.
  private static func holdsSettings(_ mount: Mount, at point: String) -> Bool {
    let root = place(mount.root)
    return root == "/" ? point != "/proc" : isWithin(root, "/sys") || root == "/sysrq-trigger"
  }

  mutating func merge(_ other: MountFindings) {
    isRootReadOnly = isRootReadOnly && other.isRootReadOnly
    hasRoot = hasRoot && other.hasRoot
    isProcMasked = isProcMasked && other.isProcMasked
    writable.formUnion(other.writable)
    places.formUnion(other.places)
    sockets.formUnion(other.sockets)
    interfaces.formUnion(other.interfaces)
  }
}
