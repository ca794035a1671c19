import Facts

/// What is stated of a container runtime. A fact that a runtime has no setting for is absent.
enum RuntimeSubject {
  static let subject = Subject(
    "container-runtime",
    "A container runtime (containerd, CRI-O, Docker), running or only configured: what its files and flags make of every container.",
    isSingleton: false, facts: identity + confinement + images + doors + extensions + docker + places)

  private static let identity: [Declaration] = [
    .init("name", .text, "Which runtime it is.", values: RuntimeKind.allCases.map(\.rawValue)),
    .init("isRunning", .flag, "Whether its process was found, rather than only its configuration."),
    .init("pid", .number, "Its process id, in the auditor's PID namespace."),
    .init("configuration.file", .text, "Its main configuration file, where it has one."),
    .init(
      "configuration.files", .list, "All files that it was configured from, in the order of their merging."),
    .init("configuration.version", .number, "The format of containerd's main file, where it names one."),
    .init("servesKubernetes", .flag, "Whether it offers the kubelet the Container Runtime Interface."),
  ]

  private static let confinement: [Declaration] = [
    .init(
      "seccomp.profile", .text,
      "What containers run under that ask for no seccomp profile: containerd's unset_seccomp_profile, CRI-O's seccomp_profile, "
        + "Docker's seccomp-profile."),
    .init(
      "apparmor.disabled", .flag, "Whether AppArmor is off for all containers: containerd's disable_apparmor."
    ),
    .init(
      "apparmor.profile", .text, "The profile of containers that ask for none: CRI-O's apparmor_profile."),
    .init(
      "selinux.enabled", .flag,
      "Whether containers get SELinux labels: containerd's enable_selinux, CRI-O's selinux, Docker's selinux-enabled. CRI-O "
        + "that is not told labels them where the kernel has SELinux on."),
    .init(
      "selinux.hostNetworkDisabled", .flag,
      "Whether containers on the host's network get no SELinux label: CRI-O's hostnetwork_disable_selinux, true where it is not told."
    ),
    .init("noPivot", .list, "Handlers whose containers' root is moved by MS_MOVE and not pivot_root(2)."),
    .init(
      "privilegedWithoutHostDevices", .flag,
      "Whether privileged containers of the default handler get no host devices by that alone."),
    .init(
      "capabilities.default", .list,
      "Capabilities of containers that ask for none: CRI-O's default_capabilities."),
    .init(
      "pidsLimit", .number,
      "How many processes a container may have: CRI-O's pids_limit, which is deprecated; no limit where it is 0 or less, or not told. A "
        + "pod may have as many for each of its containers."),
    .init(
      "devices.additional", .list,
      "Devices of the host that every container gets, asked for or not: CRI-O's additional_devices."),
  ]

  private static let images: [Declaration] = [
    .init("registries.insecure", .list, "Registries and mirrors whose certificate is not verified."),
    .init(
      "registries.plaintext", .list,
      "Registries and mirrors that are asked by HTTP, but for those on this machine."),
    .init(
      "signature.default", .list,
      "What CRI-O asks of an image's signature where no rule of the policy names its place: containers-policy.json(5)."
    ),
    .init(
      "images.verifiers", .list,
      "Programs that containerd's transfer service asks, as root, whether an image may be pulled: those of bin_dir that max_verifiers "
        + "lets be asked. None where the directory is not there: then every image may."),
    .init(
      "images.verifiers.writableBy", .list,
      "Who besides root can change these or their directory; as a file's writableBy."),
    .init(
      "images.localPull", .flag,
      "Whether containerd pulls the kubelet's images by itself and not by its transfer service, so that no verifier is asked. Absent "
        + "where the version decides and the configuration does not show it: releases before 2.1 do, later ones do not."
    ),
  ]

  private static let doors: [Declaration] = [
    .init("tcp.open", .list, "TCP addresses at which it takes commands from clients without a certificate."),
    .init("stream.address", .text, "Where its server for exec, attach and port-forward listens."),
    .init("stream.tls", .flag, "Whether that server speaks TLS."),
    .init("metrics.address", .text, "Where it serves metrics by TCP."),
    .init(
      "debug.address", .text,
      "Where containerd serves its profiles (pprof): a path is a socket, all else is listened at by TCP."),
  ]

  private static let extensions: [Declaration] = [
    .init("nri.enabled", .flag, "Whether plugins of the Node Resource Interface may change containers."),
    .init("nri.connections", .flag, "Whether plugins that it did not start may connect to its NRI socket."),
    .init("nri.plugins", .list, "Files in the directory of NRI plugins, which it starts as root."),
    .init(
      "nri.writableBy", .list,
      "Who besides root can change NRI plugins or their configuration; as a file's writableBy."),
    .init("cdi.enabled", .flag, "Whether Container Device Interface specifications are followed."),
    .init("cdi.specs", .list, "CDI specifications: devices, mounts and hooks that containers can be given."),
    .init("cdi.writableBy", .list, "Who besides root can change CDI specifications; as a file's writableBy."),
    .init(
      "hooks", .list, "Files that name programs which CRI-O starts as root for containers: oci-hooks(5)."),
    .init("hooks.writableBy", .list, "Who besides root can change these; as a file's writableBy."),
  ]

  private static let docker: [Declaration] = [
    .init(
      "noNewPrivileges", .flag, "Docker's no-new-privileges: no container gains privileges from what it runs."
    ),
    .init("usernsRemap", .text, "Docker's userns-remap: whose subordinate ids containers' users become."),
    .init("icc", .flag, "Docker's icc: containers on the default bridge reach each other."),
    .init("iptables", .flag, "Docker's iptables: it makes packet filter rules."),
    .init("liveRestore", .flag, "Docker's live-restore: containers survive its restart."),
    .init(
      "userlandProxy", .flag, "Docker's userland-proxy: published ports go through a process of their own."),
    .init("authorizationPlugins", .list, "Docker's authorization-plugins: who decides on API requests."),
  ]

  private static let places: [Declaration] = ["root", "state", "shims", "logs", "socket"].flatMap {
    [
      Declaration(
        $0, .text, "The \(meanings[$0] ?? ""), as the runtime knows it; absent where nothing is there."),
      Declaration("\($0).mode", .mode, "Its permission bits."),
      Declaration("\($0).owner", .text, "Its owner's name, or the number where it has none."),
      Declaration("\($0).group", .text, "Its group's name, or the number where it has none."),
    ]
  }

  private static let meanings = [
    "root": "directory of images, snapshots and metadata", "state": "directory of running containers' state",
    "shims": "directory of the sockets by which containers' shims or monitors are commanded",
    "logs": "directory of containers' logs", "socket": "socket by which it is commanded",
  ]
}
