import Facts

/// Machines that are set up alike.
struct Pool: Hashable, Sendable {
  enum Module: Sendable { case appArmor, seLinux }

  let name: String
  /// Of its nodes' names.
  let prefix: String
  /// Of the fleet's nodes.
  let share: Double
  let system: OperatingSystem
  let architecture: String
  /// Before the fleet's update, and after it.
  let kernels: (String, String)
  let kubelets: (String, String)
  let roles: [String]
  let module: Module
  /// No shell to log in to, no packages, no accounts to speak of.
  let isAppliance: Bool
  let hasTPM: Bool
  /// How many of the checks that apply its set-up passes.
  let hardening: Double

  static func == (left: Pool, right: Pool) -> Bool { left.name == right.name }
  func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension Pool {
  static let all: [Pool] = [
    Pool(
      name: "control-plane", prefix: "cp", share: 0.02, system: .ubuntu("24.04", "Ubuntu 24.04.3 LTS"),
      architecture: "x86_64", kernels: ("6.8.0-71-generic", "6.8.0-85-generic"),
      kubelets: ("v1.35.4", "v1.36.1"),
      roles: ["control-plane", "etcd"], module: .appArmor, isAppliance: false, hasTPM: true, hardening: 0.93),
    Pool(
      name: "workers-ubuntu-22.04", prefix: "worker-jammy", share: 0.2,
      system: .ubuntu("22.04", "Ubuntu 22.04.5 LTS"),
      architecture: "x86_64", kernels: ("5.15.0-151-generic", "5.15.0-160-generic"),
      kubelets: ("v1.34.4", "v1.34.7"),
      roles: ["worker"], module: .appArmor, isAppliance: false, hasTPM: false, hardening: 0.78),
    Pool(
      name: "workers-ubuntu-24.04", prefix: "worker-noble", share: 0.28,
      system: .ubuntu("24.04", "Ubuntu 24.04.3 LTS"),
      architecture: "x86_64", kernels: ("6.8.0-71-generic", "6.8.0-85-generic"),
      kubelets: ("v1.35.4", "v1.36.1"),
      roles: ["worker"], module: .appArmor, isAppliance: false, hasTPM: true, hardening: 0.86),
    Pool(
      name: "workers-rhel-9", prefix: "worker-rhel", share: 0.14,
      system: OperatingSystem(id: "rhel", version: "9.6", name: "Red Hat Enterprise Linux 9.6 (Plow)"),
      architecture: "x86_64", kernels: ("5.14.0-570.12.1.el9_6.x86_64", "5.14.0-570.49.1.el9_6.x86_64"),
      kubelets: ("v1.35.3", "v1.35.4"), roles: ["worker"], module: .seLinux, isAppliance: false,
      hasTPM: true,
      hardening: 0.9),
    Pool(
      name: "workers-bottlerocket", prefix: "worker-br", share: 0.14,
      system: OperatingSystem(
        id: "bottlerocket", version: "1.48.0", name: "Bottlerocket OS 1.48.0 (aws-k8s-1.35)"),
      architecture: "aarch64", kernels: ("6.12.37", "6.12.46"), kubelets: ("v1.35.2", "v1.35.4"),
      roles: ["worker"], module: .seLinux, isAppliance: true, hasTPM: true, hardening: 0.95),
    Pool(
      name: "workers-debian-12", prefix: "worker-bookworm", share: 0.08, system: .debian,
      architecture: "x86_64",
      kernels: ("6.1.0-37-amd64", "6.1.0-40-amd64"), kubelets: ("v1.33.8", "v1.34.7"), roles: ["worker"],
      module: .appArmor, isAppliance: false, hasTPM: false, hardening: 0.72),
    Pool(
      name: "edge", prefix: "edge", share: 0.08, system: .debian, architecture: "aarch64",
      kernels: ("6.1.0-31-arm64", "6.1.0-37-arm64"), kubelets: ("v1.32.6", "v1.33.8"), roles: ["worker"],
      module: .appArmor, isAppliance: false, hasTPM: false, hardening: 0.6),
    Pool(
      name: "gpu", prefix: "gpu", share: 0.06, system: .ubuntu("22.04", "Ubuntu 22.04.5 LTS"),
      architecture: "x86_64", kernels: ("5.15.0-151-generic", "5.15.0-160-generic"),
      kubelets: ("v1.34.4", "v1.34.7"),
      roles: ["worker"], module: .appArmor, isAppliance: false, hasTPM: true, hardening: 0.68),
  ]

  /// How many nodes each pool has: its share, and at least as many as have peers while there are enough for all.
  static func sizes(of nodes: Int) -> [Int] {
    var sizes = all.map { max(nodes >= 80 ? 6 : 0, Int(Double(nodes) * $0.share)) }
    // The largest pool takes what is left over, or gives what is too much.
    sizes[2] = max(0, sizes[2] + nodes - sizes.reduce(0, +))
    return sizes
  }

  /// Whether its machines have what an area's checks are about.
  func has(_ area: String) -> Bool {
    switch area {
    case "apiserver", "controller-manager", "scheduler", "etcd", "static-pod": roles.contains("control-plane")
    case "selinux": module == .seLinux
    case "apparmor": module == .appArmor
    case "tpm": hasTPM
    case "boot": hasTPM
    case "sshd", "packages", "accounts", "authentication": !isAppliance
    case "hsm", "managed": false
    default: true
    }
  }
}

extension OperatingSystem {
  fileprivate static let debian = OperatingSystem(
    id: "debian", version: "12", name: "Debian GNU/Linux 12 (bookworm)")

  fileprivate static func ubuntu(_ version: String, _ name: String) -> OperatingSystem {
    OperatingSystem(id: "ubuntu", version: version, name: name)
  }
}
