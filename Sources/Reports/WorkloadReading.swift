import Facts

/// What a container's facts say in the words of the table, and how much each of them weakens it.
struct WorkloadReading {
  private let entity: Entity
  /// Grows with what was read.
  private(set) var weakness = 0

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

  init(_ entity: Entity) { self.entity = entity }

  func text(_ fact: String) -> String? {
    if case .text(let text) = entity[fact]?.value { text } else { nil }
  }

  private func flag(_ fact: String) -> Bool? {
    if case .flag(let flag) = entity[fact]?.value { flag } else { nil }
  }

  private func list(_ fact: String) -> [String] {
    if case .list(let values) = entity[fact]?.value { values.map(\.description) } else { [] }
  }

  private func isHidden(_ fact: String) -> Bool {
    if case .unreadable? = entity[fact] { true } else { false }
  }

  private mutating func weigh(_ amount: Int, _ condition: Bool) { if condition { weakness += amount } }

  /// Facts that could not be read, of those that matter most.
  var hidden: [String] {
    ["hostPID", "hostPaths.writable", "devices.block", "label.mode"].filter(isHidden)
  }

  // MARK: Columns

  mutating func seccomp() -> String {
    let filters = entity["seccomp.filters"]?.value?.description
    let mode = text("seccomp.mode")
    let word =
      switch mode {
      case "disabled": "none"
      case "filter": filters.map { $0 == "1" ? "filter" : "filter ×\($0)" } ?? "filter"
      default: mode ?? (isHidden("seccomp.mode") ? "?" : "none")
      }
    weigh(8, word == "none")
    return word
  }

  mutating func module() -> String {
    let word = text("label.mode") ?? list("label.types").first ?? (isHidden("label.mode") ? "?" : "none")
    weigh(5, word == "unconfined" || word == "spc_t")
    weigh(3, word == "complain")
    return word
  }

  mutating func noNewPrivileges() -> String {
    let word = flag("noNewPrivileges").map { $0 ? "yes" : "no" } ?? "?"
    weigh(1, word == "no")
    return word
  }

  mutating func user() -> String {
    let number = entity["user"]?.value?.description ?? "?"
    let word = flag("root.onHost") == true ? "root" : flag("root") == true ? "mapped" : number
    weigh(2, word == "root")
    return word
  }

  private var isOwnUser: Bool { flag("userNamespace.initial") == false }

  mutating func capabilities() -> String {
    let held = list("capabilities.permitted").map { $0.hasPrefix("cap_") ? String($0.dropFirst(4)) : $0 }
    if !isOwnUser {
      weigh(20, held == ["all"])
      weigh(6 * Self.powerful.intersection(held).count, true)
      weigh(Set(held).subtracting(Self.ordinary).count, held != ["all"])
    }
    return isHidden("capabilities.permitted") ? "?" : Self.describe(held)
  }

  // MARK: What it shares with the host

  /// One phrase each; the graver first.
  mutating func notes() -> [String] {
    [runtimeSockets(), namespaces(), isOwnUser ? "own user namespace" : nil].compactMap(\.self) + hostFiles()
      + devices() + [processesOutside(), unread].compactMap(\.self)
  }

  private mutating func runtimeSockets() -> String? {
    let sockets = list("runtimeSockets")
    weigh(25, !sockets.isEmpty)
    return sockets.isEmpty ? nil : "runtime socket: \(sockets.joined(separator: ", "))"
  }

  private mutating func namespaces() -> String? {
    let shared = Self.sharing.filter { flag($0.0) == true }
    for one in shared { weakness += one.2 }
    return shared.isEmpty
      ? nil : "host's \(shared.map(\.1).joined(separator: ", ")) namespace\(shared.count > 1 ? "s" : "")"
  }

  private mutating func hostFiles() -> [String] {
    weakness += 6 * list("hostPlaces.writable").count
    let interfaces = list("kernelInterfaces.writable")
    weakness += interfaces.count
    return [("writes host paths ", list("hostPaths.writable")), ("kernel interfaces writable: ", interfaces)]
      .filter { !$0.1.isEmpty }.map { $0.0 + $0.1.joined(separator: ", ") }
  }

  private mutating func devices() -> [String] {
    let disks = list("devices.block")
    weigh(10, !disks.isEmpty)
    return [("disks: ", disks), ("devices: ", list("devices.character"))]
      .filter { !$0.1.isEmpty }.map { $0.0 + $0.1.joined(separator: ", ") }
  }

  private mutating func processesOutside() -> String? {
    guard case .number(let count) = entity["processes.outside"]?.value, count > 0 else { return nil }
    weakness += 4
    return "\(counted(Int(count), "process", "processes")) outside of its control group"
  }

  private var unread: String? {
    hidden.isEmpty ? nil : "could not be read: \(Self.describe(hidden: hidden))"
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
