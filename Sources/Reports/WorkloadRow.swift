import Facts

/// One container's line of the table of workloads, and what stands beneath it.
struct WorkloadRow {
  let pod: String
  let name: String
  let seccomp: String
  let module: String
  let noNewPrivileges: String
  let user: String
  let capabilities: String
  /// What it shares with the host, one phrase each; the graver first.
  let notes: [String]
  /// How weak it is: an order for reading, and no score.
  let weakness: Int
  /// Whether something of it could not be read.
  let isPartlyHidden: Bool

  /// What containerd, CRI-O and Docker give where nothing else is asked for.
  private static let ordinary: Set<String> = [
    "audit_write", "chown", "dac_override", "fowner", "fsetid", "kill", "mknod", "net_bind_service",
    "net_raw",
    "setfcap", "setgid", "setpcap", "setuid", "sys_chroot",
  ]
  private static let powerful: Set<String> = [
    "sys_admin", "sys_module", "sys_ptrace", "sys_rawio", "dac_read_search", "bpf", "sys_boot", "mac_admin",
  ]
  private static let sharing = [
    ("hostMounts", "mount", 20), ("hostPID", "PID", 8), ("hostIPC", "IPC", 3), ("hostNetwork", "network", 3),
    ("hostUTS", "UTS", 0), ("hostCgroup", "cgroup", 1),
  ]

  init(_ entity: Entity) {
    func text(_ fact: String) -> String? {
      if case .text(let text) = entity[fact]?.value { text } else { nil }
    }
    func flag(_ fact: String) -> Bool? { if case .flag(let flag) = entity[fact]?.value { flag } else { nil } }
    func list(_ fact: String) -> [String] {
      if case .list(let values) = entity[fact]?.value { values.map(\.description) } else { [] }
    }
    func isHidden(_ fact: String) -> Bool { if case .unreadable? = entity[fact] { true } else { false } }
    var weakness = 0
    func weigh(_ amount: Int, _ condition: Bool) { if condition { weakness += amount } }

    (pod, name) = Self.names(entity.id, text("pod.namespace"), text("pod.name"), text("runtime"))
    let isOwnUser = flag("userNamespace.initial") == false
    let mode = text("seccomp.mode")
    let filters = entity["seccomp.filters"]?.value?.description
    seccomp =
      switch mode {
      case "disabled": "none"
      case "filter": filters.map { $0 == "1" ? "filter" : "filter ×\($0)" } ?? "filter"
      default: mode ?? (isHidden("seccomp.mode") ? "?" : "none")
      }
    weigh(8, seccomp == "none")
    module = text("label.mode") ?? list("label.types").first ?? (isHidden("label.mode") ? "?" : "none")
    weigh(5, module == "unconfined" || module == "spc_t")
    weigh(3, module == "complain")
    noNewPrivileges = flag("noNewPrivileges").map { $0 ? "yes" : "no" } ?? "?"
    weigh(1, noNewPrivileges == "no")
    let number = entity["user"]?.value?.description ?? "?"
    user = flag("root.onHost") == true ? "root" : flag("root") == true ? "mapped" : number
    weigh(2, user == "root")

    let held = list("capabilities.permitted").map { $0.hasPrefix("cap_") ? String($0.dropFirst(4)) : $0 }
    capabilities = isHidden("capabilities.permitted") ? "?" : Self.describe(held)
    if !isOwnUser {
      weigh(20, held == ["all"])
      weigh(6 * Self.powerful.intersection(held).count, true)
      weigh(Set(held).subtracting(Self.ordinary).count, held != ["all"])
    }

    var notes: [String] = []
    let sockets = list("runtimeSockets")
    weigh(25, !sockets.isEmpty)
    if !sockets.isEmpty { notes.append("runtime socket: \(sockets.joined(separator: ", "))") }
    let shared = Self.sharing.filter { flag($0.0) == true }
    for one in shared { weakness += one.2 }
    if !shared.isEmpty {
      notes.append(
        "host's \(shared.map(\.1).joined(separator: ", ")) namespace\(shared.count > 1 ? "s" : "")")
    }
    if isOwnUser { notes.append("own user namespace") }
    weakness += 6 * list("hostPlaces.writable").count
    let writable = list("hostPaths.writable")
    if !writable.isEmpty { notes.append("writes host paths \(writable.joined(separator: ", "))") }
    let interfaces = list("kernelInterfaces.writable")
    weakness += interfaces.count
    if !interfaces.isEmpty {
      notes.append("kernel interfaces writable: \(interfaces.joined(separator: ", "))")
    }
    let disks = list("devices.block")
    weigh(10, !disks.isEmpty)
    if !disks.isEmpty { notes.append("disks: \(disks.joined(separator: ", "))") }
    let devices = list("devices.character")
    if !devices.isEmpty { notes.append("devices: \(devices.joined(separator: ", "))") }
    if case .number(let count) = entity["processes.outside"]?.value, count > 0 {
      weakness += 4
      notes.append("\(counted(Int(count), "process", "processes")) outside of its control group")
    }
    let hidden = ["hostPID", "hostPaths.writable", "devices.block", "label.mode"].filter(isHidden)
    if !hidden.isEmpty { notes.append("could not be read: \(Self.describe(hidden: hidden))") }
    isPartlyHidden = !hidden.isEmpty
    self.notes = notes
    self.weakness = weakness
  }

  private static func names(_ id: String, _ namespace: String?, _ pod: String?, _ runtime: String?) -> (
    pod: String, name: String
  ) {
    if let namespace, let pod {
      let own = id.dropFirst("\(namespace)/\(pod)/".count)
      return ("\(namespace)/\(pod)", own.isEmpty ? "-" : String(own))
    }
    if let slash = id.firstIndex(of: "/") { return (String(id[..<slash]), String(id[slash...].dropFirst())) }
    return ("no pod", runtime.map { "\($0) \(id)" } ?? id)
  }

  static func describe(_ held: [String]) -> String {
    if held == ["all"] { return "all" }
    if held.isEmpty { return "none" }
    let extra = held.filter { !ordinary.contains($0) }
    let kept = held.count - extra.count
    let base =
      kept == ordinary.count
      ? "default"
      : kept > 2 ? "\(kept) of default" : held.filter { ordinary.contains($0) }.joined(separator: ",")
    let added = extra.isEmpty ? "" : "+" + extra.joined(separator: ",")
    return [base, added].filter { !$0.isEmpty }.joined(separator: " ").uppercasedNames
  }

  private static func describe(hidden: [String]) -> String {
    let words = [
      "hostPID": "namespaces", "hostPaths.writable": "mounts", "devices.block": "devices",
      "label.mode": "label",
    ]
    return hidden.compactMap { words[$0] }.joined(separator: ", ")
  }
}

extension String {
  /// Capabilities as people write them, the words beside them as they are.
  fileprivate var uppercasedNames: String {
    split(separator: " ").map { word in
      ["of", "default"].contains(word) ? String(word) : word.uppercased()
    }.joined(separator: " ")
  }
}
