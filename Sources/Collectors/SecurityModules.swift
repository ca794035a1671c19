import Facts
import Host
import SystemPackage

/// The security modules of a host's kernel: which are active, which are only built.
struct SecurityModules {
  /// What can be known of one module.
  enum State: String, CaseIterable {
    case active
    /// In the kernel and turned off, or not asked for at boot.
    case builtButOff
    case notBuilt
    /// Not active; whether it is built can't be told without the kernel's configuration.
    case inactive
  }

  /// A module's name as /sys/kernel/security/lsm and `lsm=` write it, and the option that builds it.
  struct Module {
    let name: String
    let option: String
    /// A file that is there only while the module is active, outside of securityfs.
    let evidence: FilePath?

    init(_ name: String, _ option: String, _ evidence: FilePath? = nil) {
      self.name = name
      self.option = option
      self.evidence = evidence
    }
  }

  static let all = [
    Module("selinux", "CONFIG_SECURITY_SELINUX", "sys/fs/selinux/enforce"),
    Module("apparmor", "CONFIG_SECURITY_APPARMOR"),
    Module("smack", "CONFIG_SECURITY_SMACK", "sys/fs/smackfs/version"),
    Module("tomoyo", "CONFIG_SECURITY_TOMOYO"),
    Module("yama", "CONFIG_SECURITY_YAMA", "proc/sys/kernel/yama/ptrace_scope"),
    Module("lockdown", "CONFIG_SECURITY_LOCKDOWN_LSM"),
    Module("bpf", "CONFIG_BPF_LSM"),
    Module("landlock", "CONFIG_SECURITY_LANDLOCK"),
    Module("ima", "CONFIG_IMA"),
    Module("evm", "CONFIG_EVM"),
    Module("loadpin", "CONFIG_SECURITY_LOADPIN", "proc/sys/kernel/loadpin/enforce"),
    Module("safesetid", "CONFIG_SECURITY_SAFESETID"),
    Module("ipe", "CONFIG_SECURITY_IPE"),
    Module("integrity", "CONFIG_INTEGRITY"),
  ]

  /// LSM_ID_* of linux/lsm.h.
  private static let names: [UInt64: String] = [
    100: "capability", 101: "selinux", 102: "smack", 103: "tomoyo", 104: "apparmor", 105: "yama",
    106: "loadpin",
    107: "safesetid", 108: "lockdown", 109: "bpf", 110: "landlock", 111: "ima", 112: "evm", 113: "ipe",
  ]

  static let systemCall = Source.systemCall("lsm_list_modules(2)")

  let filesystem: SecurityFilesystem
  let configuration: KernelConfigurationAnswer
  /// What lsm_list_modules(2) answered, by name; nil where it did not.
  let called: [String]?
  /// What /sys/kernel/security/lsm has.
  let listed: Fact

  init(of host: borrowing HostView) {
    filesystem = SecurityFilesystem(of: host)
    configuration = host.kernelConfiguration
    listed = filesystem.fact("lsm", of: host.root) { bytes in
      let names = bytes.trimmed.split(separator: UInt8(ascii: ",")).map { printable($0, atMost: 64) }
      return names.isEmpty ? nil : .texts(names)
    }
    if host.root.isRunning, case .answer(let ids) = activeSecurityModules() {
      called = ids.map { Self.names[$0] ?? "lsm_\($0)" }
    } else {
      called = nil
    }
  }

  /// The active modules in the order in which the kernel asks them.
  var stack: Fact {
    if let called { return .observed(.texts(called), Self.systemCall) }
    return listed
  }

  /// The names in the stack; nil where it is not known.
  private var active: [String]? {
    if let called { return called }
    guard case .list(let values) = listed.value else { return nil }
    return values.map(\.description)
  }

  /// What one module is, with the source that decided.
  func state(of module: Module, on host: borrowing HostView) -> Fact {
    func observed(_ state: State, _ sources: [Source]) -> Fact { .observed(.text(state.rawValue), sources) }
    let stackSources = stack.sources
    if let active, active.contains(module.name) { return observed(.active, stackSources) }
    if let (state, source) = directEvidence(of: module, on: host) {
      return observed(state, state == .active ? [source] : [source] + buildSources(module))
    }
    if isStackComplete(for: module), active != nil {
      return observed(whenOff(module), stackSources + buildSources(module))
    }
    if isBuilt(module) == false { return observed(.notBuilt, buildSources(module)) }
    return unknown(module)
  }

  private func unknown(_ module: Module) -> Fact {
    let source = stack.sources.first ?? Self.systemCall
    let built = isBuilt(module) == true ? "it is built into the kernel; " : ""
    let (code, detail) =
      filesystem.obstacle ?? (.notVisible, "nothing shows whether \(module.name) is active")
    return .unreadable(code, detail: built + detail, source)
  }

  /// `integrity` has no hooks and is in no stack; IMA and EVM are in it since Linux 6.9 only.
  private func isStackComplete(for module: Module) -> Bool {
    !["integrity", "ima", "evm"].contains(module.name)
  }

  /// What a file that comes and goes with the module says, where one does.
  private func directEvidence(of module: Module, on host: borrowing HostView) -> (State, Source)? {
    if let path = module.evidence, case .observed(.flag(true), let sources) = host.root.existsFact(path),
      let source = sources.first
    {
      return (.active, source)
    }
    switch module.name {
    case "apparmor": return appArmor(host.root)
    case "selinux":
      // The kernel registers selinuxfs only where SELinux was not turned off at boot.
      let isRegistered = host.root.lists("selinuxfs", in: "proc/filesystems")
      return isRegistered.map { ($0 ? .active : whenOff(module), .file("/proc/filesystems")) }
    case "landlock": return host.root.isRunning ? landlock() : nil
    case "ima": return inSecurityFilesystem(module, ["integrity/ima", "ima"], host.root)
    case "evm": return inSecurityFilesystem(module, ["integrity/evm", "evm"], host.root)
    case "integrity": return inSecurityFilesystem(module, ["integrity"], host.root)
    default: return nil
    }
  }

  /// AppArmor's parameters are there in every kernel that has it, whether it is on or off.
  private func appArmor(_ root: borrowing HostRoot) -> (State, Source)? {
    let fact = root.flagFact("sys/module/apparmor/parameters/enabled")
    guard case .observed(.flag(let isOn), let sources) = fact, let source = sources.first else { return nil }
    return (isOn ? .active : .builtButOff, source)
  }

  private func landlock() -> (State, Source)? {
    let source = Source.systemCall("landlock_create_ruleset(2)")
    switch landlockABI() {
    case .answer: return (.active, source)
    case .disabled: return (.builtButOff, source)
    case .noSystemCall, .refused, .failed: return nil
    }
  }

  private func inSecurityFilesystem(_ module: Module, _ names: [FilePath], _ root: borrowing HostRoot)
    -> (State, Source)?
  {
    guard filesystem.obstacle == nil else { return nil }
    var looked = SecurityFilesystem.directory
    for name in names {
      let path = SecurityFilesystem.directory.appending(name.components)
      switch root.existsFact(path) {
      case .observed(.flag(true), _): return (.active, .inode(place(path)))
      case .observed: looked = path
      case .absent, .unreadable: return nil
      }
    }
    return (whenOff(module), .inode(place(looked)))
  }

  private func whenOff(_ module: Module) -> State {
    switch isBuilt(module) {
    case true: .builtButOff
    case false: .notBuilt
    case nil: .inactive
    }
  }

  private func isBuilt(_ module: Module) -> Bool? {
    guard case .found(let configuration, _) = configuration else { return nil }
    return configuration[module.option] == "y"
  }

  private func buildSources(_ module: Module) -> [Source] {
    guard case .found(_, let path) = configuration else { return [] }
    return [.file(place(path), key: module.option)]
  }
}
