import Facts
import Host

/// What is stated of a container. Where its processes differ, the least confined one decides, and is the source.
enum ContainerSubject {
  /// The facts that say whether a process shares a namespace with PID 1, by the namespace's kind.
  static let sharing = [
    ("userNamespace.initial", "user"), ("hostPID", "pid"), ("hostNetwork", "net"), ("hostIPC", "ipc"),
    ("hostMounts", "mnt"), ("hostUTS", "uts"), ("hostCgroup", "cgroup"),
  ]

  static let sets: [(name: String, key: String, set: @Sendable (ProcessStatus) -> CapabilitySet)] = [
    ("effective", "CapEff", { $0.effective }), ("permitted", "CapPrm", { $0.permitted }),
    ("bounding", "CapBnd", { $0.bounding }), ("ambient", "CapAmb", { $0.ambient }),
    ("inheritable", "CapInh", { $0.inheritable }),
  ]

  static let subject = Subject(
    "container",
    "A container, by its control group, and how the kernel confines its processes' main threads.",
    isSingleton: false,
    facts: identity + confinement + namespaces + files)

  private static let identity: [Declaration] = [
    .init("id", .text, "The runtime's id of it, 64 hexadecimal digits."),
    .init(
      "runtime", .text, "Who made its control group; absent where the group's name does not tell.",
      values: ContainerGroup.Runtime.allCases.map(\.rawValue)),
    .init("pod.uid", .text, "The UID of its pod."),
    .init(
      "pod.qos", .text, "The quality of service class of its pod.",
      values: ContainerGroup.Quality.allCases.map(\.rawValue)),
    .init(
      "pod.namespace", .text,
      "The namespace of its pod by /var/log/pods: a pod that may write there can choose it."),
    .init(
      "pod.name", .text, "The name of its pod by /var/log/pods: a pod that may write there can choose it."),
    .init("name", .text, "Its name in its pod by /var/log/containers; the pod's sandbox has none."),
    .init("executable", .text, "What its first process runs, by the path in its own mount namespace."),
    .init("processes", .number, "How many processes it has."),
    .init(
      "processes.outside", .number,
      "How many processes are in its mount namespace and in no container's control group."),
  ]

  private static let confinement: [Declaration] =
    [
      .init(
        "seccomp.mode", .text, "Whether its system calls are filtered.",
        values: ProcessCollector.seccompModes),
      .init("seccomp.filters", .number, "The fewest seccomp filters that one of its processes has."),
      .init("noNewPrivileges", .flag, "Whether none of its processes can gain privileges from what it runs."),
      .init("label", .text, "The label of its least confined process."),
      .init(
        "label.mode", .text, "AppArmor's mode; absent for other modules' labels.", values: LabelReader.modes),
      .init("label.types", .list, "The types of its SELinux contexts; absent for other modules' labels."),
      .init(
        "label.levels", .list,
        "The levels of its SELinux contexts, whose categories keep it from other pods; absent for other modules' labels."
      ),
      .init("user", .number, "The effective user id, as the host counts, of its least confined process."),
      .init(
        "root.onHost", .flag, "Whether a process of it has the host's user id 0 in any of its four user ids."),
      .init(
        "root", .flag, "Whether a process of it is root in its own user namespace, which may be the host's."),
    ]
    + sets.map { set in
      .init(
        "capabilities.\(set.name)", .list,
        "All \(set.name) capabilities that its processes have; [all] for every one that the kernel has.")
    }

  private static let namespaces: [Declaration] = sharing.map { fact, kind in
    .init(fact, .flag, "Whether a process of it is in PID 1's \(kind) namespace.")
  }

  private static let files: [Declaration] = [
    .init("rootReadOnly", .flag, "Whether its root filesystem is mounted read-only."),
    .init(
      "hostPaths.writable", .list,
      "What of the host's files is mounted writable: paths on the host. Its own volumes and the files that the runtime makes for it "
        + "are left out."),
    .init(
      "hostPlaces.writable", .list, "Which places that the host's own programs trust are in these paths.",
      values: HostPlaces.all),
    .init(
      "runtimeSockets", .list,
      "Sockets of container runtimes that are mounted, or are in what is mounted; read-only mounts do not keep from connecting."
    ),
    .init(
      "kernelInterfaces.writable", .list,
      "Mount points of sysfs, cgroup and their like that are writable, and of proc beside the container's own; /proc/sys where nothing "
        + "read-only covers it."
    ),
    .init("procMasked", .flag, "Whether something covers the parts of /proc that runtimes hide."),
    .init("devices.block", .list, "Block devices in its /dev."),
    .init("devices.character", .list, "Character devices in its /dev beyond those that every container has."),
    .init(
      "devices.rules", .list,
      "The device rules of its control group on cgroup v1. On v2 they are a BPF program, which no file shows."
    ),
  ]
}
