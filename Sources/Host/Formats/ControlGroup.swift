import Facts

/// Where a process stands in the control group hierarchies; cgroups(7), /proc/PID/cgroup.
package struct ControlGroup: Hashable, Sendable {
  /// The paths, without repeats: one on cgroup v2, one a hierarchy on v1.
  package let paths: [String]

  package init(parsing bytes: [UInt8]) {
    var paths: [String] = []
    for line in bytes.lines {
      let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let path = printable(fields[2], atMost: 4096)
      if !paths.contains(path) { paths.append(path) }
    }
    self.paths = paths
    container = ContainerGroup(paths: paths)
    isPod = paths.contains { path in
      path.split(separator: "/").contains { ContainerGroup.isPodsRoot(ContainerGroup.without(".slice", $0)) }
    }
  }

  /// Whether any hierarchy puts it below the kubelet's `kubepods`, with either driver's naming.
  package let isPod: Bool

  /// The container and pod that the paths name.
  package let container: ContainerGroup

  /// The pod's UID, with dashes; nil outside of pods.
  package var podUID: String? { container.podUID }

  /// The container's id: 64 hexadecimal digits, as containerd, CRI-O and Docker name their groups; nil where there is none.
  package var containerID: String? { container.id }
}
