import Facts
import Host
import SystemPackage

/// A container runtime of a node.
enum RuntimeKind: String, CaseIterable, Sendable {
  case containerd, docker
  case crio = "cri-o"

  /// How its process is told from others: it runs on the host, as root, and never in a pod.
  var component: Component {
    Component(
      rawValue, "The container runtime \(rawValue).", executables: [executable], placement: .host,
      fileRule: .none, otherSwitches: [], parameters: [])
  }

  var executable: String {
    switch self {
    case .containerd: "containerd"
    case .docker: "dockerd"
    case .crio: "crio"
    }
  }

  /// Where it looks if no flag names a file, and where distributions keep the file that theirs is started with.
  var configurations: [FilePath] {
    switch self {
    case .containerd:
      [
        "/etc/containerd/config.toml", "/etc/cri/containerd.toml",
        "/var/lib/rancher/k3s/agent/etc/containerd/config.toml",
        "/var/lib/rancher/rke2/agent/etc/containerd/config.toml",
        "/var/snap/microk8s/current/args/containerd.toml",
      ]
    case .docker: ["/etc/docker/daemon.json"]
    case .crio: ["/etc/crio/crio.conf"]
    }
  }

  /// containerd and CRI-O parse with urfave/cli, Docker with pflag; these flags take no word after them.
  var syntax: FlagSyntax {
    switch self {
    case .containerd:
      FlagSyntax(
        switches: ["help", "h", "version", "v"],
        valued: ["config", "c", "address", "a", "root", "state", "log-level", "l"], isGoFlag: true)
    case .crio:
      FlagSyntax(
        switches: [
          "selinux", "no-pivot", "read-only", "enable-nri", "enable-metrics", "stream-enable-tls",
          "hostnetwork-disable-selinux",
        ],
        valued: [
          "config", "c", "config-dir", "d", "listen", "root", "runroot", "seccomp-profile",
          "apparmor-profile",
          "stream-address", "signature-policy", "insecure-registry", "log-dir", "default-capabilities",
          "pids-limit",
        ], isGoFlag: true)
    case .docker:
      FlagSyntax(
        switches: [
          "icc", "iptables", "ip6tables", "live-restore", "no-new-privileges", "selinux-enabled", "tls",
          "tlsverify", "userland-proxy", "debug", "D", "experimental", "ip-forward", "ip-masq", "ipv6",
          "raw-logs", "rootless", "validate", "bip6",
        ], valued: ["H", "host", "config-file", "data-root", "exec-root"], isGoFlag: false)
    }
  }
}

/// A runtime as found: its process, or only its configuration.
struct ContainerRuntime {
  let kind: RuntimeKind
  let process: HostProcess?
  /// Its flags; nil where it does not run. The failure says why they can't be told.
  let flags: Result<CommandFlags, PlaceFailure>?
  let paths: PathSpace
  /// The main configuration file, which need not exist.
  let configuration: FilePath
  /// Whether a flag names it, so that it must exist.
  let isNamed: Bool

  /// Stable over restarts: the kind, and the file where it is not the usual one.
  var id: String {
    configuration == kind.configurations.first
      ? kind.rawValue : "\(kind.rawValue) \(Collectors.place(configuration))"
  }

  /// Finds every runtime that runs, and those that only have a configuration, made once for a view.
  static func all(of host: borrowing HostView) -> (found: [ContainerRuntime], problems: [PlaceFailure]) {
    host.once("container runtimes") { host in search(host) }
  }

  private static func search(_ host: borrowing HostView) -> (
    found: [ContainerRuntime], problems: [PlaceFailure]
  ) {
    var found: [ContainerRuntime] = []
    var problems: [PlaceFailure] = []
    if let error = host.processes.listingError, error.reason != .absent {
      problems.append(PlaceFailure(error, .file(error.place)))
    }
    for kind in RuntimeKind.allCases {
      let (accepted, undecided) = ComponentIdentity.sorted(kind.component, among: host.processes)
      problems += undecided
      for process in accepted { found.append(ContainerRuntime(kind, process, host)) }
      let known = Set(found.map(\.configuration))
      for path in kind.configurations where !known.contains(path) {
        if case .failure(let error) = PathSpace.host.status(path, of: host), error.reason == .absent {
          continue
        }
        found.append(
          ContainerRuntime(
            kind: kind, process: nil, flags: nil, paths: .host, configuration: path, isNamed: false))
      }
    }
    return (found, problems)
  }

  private init(
    kind: RuntimeKind, process: HostProcess?, flags: Result<CommandFlags, PlaceFailure>?, paths: PathSpace,
    configuration: FilePath, isNamed: Bool
  ) {
    self.kind = kind
    self.process = process
    self.flags = flags
    self.paths = paths
    self.configuration = configuration
    self.isNamed = isNamed
  }

  private init(_ kind: RuntimeKind, _ process: HostProcess, _ host: borrowing HostView) {
    let place = Source(.flag, process.label)
    let flags: Result<CommandFlags, PlaceFailure>
    switch process.arguments {
    case .failure(let error):
      flags = .failure(PlaceFailure(error, .file("/proc/\(process.id)/cmdline")))
    case .success(let arguments):
      let words = arguments.dropFirst().map { Word($0, place) }
      flags = .success(CommandFlags(parsing: Array(words), syntax: kind.syntax, place: place))
    }
    var named: String?
    if case .success(let flags) = flags {
      named = ["config", "c", "config-file"].lazy.compactMap { flags.text($0)?.value }.first
    }
    let usual = kind.configurations.first ?? "/"
    self.init(
      kind: kind, process: process, flags: flags, paths: ComponentFinder.paths(process, host),
      configuration: named.map { FilePath($0) } ?? usual, isNamed: named != nil)
  }
}
