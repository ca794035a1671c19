import Facts
import Host
import SystemPackage

/// The kernel's security modules: which are active and in what order, which are only built, and how those stand that show their
/// state outside of a policy of their own. SELinux and AppArmor have collectors of their own.
struct LSMCollector: Collector {
  let name = "lsm"

  static let subject = Subject(
    "lsm", "The security modules of the running kernel.", isSingleton: true,
    facts: [
      .init("stack", .list, "The active modules in the order in which the kernel asks them."),
      .init(
        "stack.disagreement", .list,
        "Modules that only one of lsm_list_modules(2) and /sys/kernel/security/lsm names; absent where just one answered."
      ),
      .init(
        "securityfs", .text,
        "Whether securityfs can be read: mounted, mounted but not readable from here, not mounted, not in the kernel.",
        values: SecurityFilesystem.State.allCases.map(\.rawValue)),
      .init("order.commandLine", .list, "The modules that lsm= on the kernel's command line asks for."),
      .init("order.built", .list, "The modules that the kernel asks for by itself: CONFIG_LSM."),
      .init(
        "commandLine.disabling", .list,
        "Parameters on the kernel's command line that turn SELinux or AppArmor off, or SELinux's enforcement, or name modules without either."
      ),
      .init("yama.ptraceScope", .number, "kernel.yama.ptrace_scope, 0 to 3."),
      .init(
        "lockdown", .text, "The lockdown mode in force.", values: LockdownFacts.modes),
      .init(
        "lockdown.built", .text,
        "The mode that the kernel was built to force from its start; it can only be raised.",
        values: LockdownFacts.modes),
      .init(
        "lockdown.commandLine", .text, "The mode that lockdown= asks for.",
        values: ["integrity", "confidentiality"]),
      .init("landlock.abi", .number, "The version of Landlock's ABI."),
      .init("loadpin.enforce", .flag, "Whether LoadPin refuses kernel files from other filesystems."),
      .init("ipe.enforce", .flag, "Whether Integrity Policy Enforcement refuses, or only logs."),
    ] + IntegrityFacts.declarations
      + SecurityModules.all.map { module in
        .init(
          "module.\(module.name)", .text,
          "Whether \(module.name) is active, built but off, not built, or inactive with no telling whether it is built.",
          values: SecurityModules.State.allCases.map(\.rawValue))
      })

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    let modules = SecurityModules(of: host)
    var entity = Entity(Self.subject)
    entity["stack"] = modules.stack
    entity["stack.disagreement"] = Self.disagreement(modules)
    entity["securityfs"] = modules.filesystem.fact
    for module in SecurityModules.all {
      entity["module.\(module.name)"] = modules.state(of: module, on: host)
    }
    Self.addOrder(host.root, modules, to: &entity)
    entity["yama.ptraceScope"] = host.root.fromKernel(
      host.root.numberFact("proc/sys/kernel/yama/ptrace_scope"), beneath: kernelSettings)
    LockdownFacts.add(to: &entity, modules, host.root)
    entity["landlock.abi"] = Self.landlock(host.root)
    entity["loadpin.enforce"] = Self.loadPin(host.root)
    entity["ipe.enforce"] = modules.fact("ipe/enforce", whose: "module.ipe", in: entity, host.root, flagValue)
    IntegrityFacts.add(to: &entity, modules, host.root)
    record.add(entity)
  }

  private static func disagreement(_ modules: SecurityModules) -> Fact {
    guard let called = modules.called else { return .absent(SecurityModules.systemCall) }
    let sources = [SecurityModules.systemCall] + modules.listed.sources
    guard case .list(let values) = modules.listed.value else { return .absent(sources) }
    let listed = values.map(\.description)
    let different = Set(called).symmetricDifference(listed)
    return .observed(.texts(different.sorted()), sources)
  }

  private static func addOrder(
    _ root: borrowing HostRoot, _ modules: SecurityModules, to entity: inout Entity
  ) {
    let line = commandLine(root)
    entity["order.commandLine"] = line.fact("lsm") { words($0) }
    entity["commandLine.disabling"] = line.fact { .texts(disabling($0)) }
    switch modules.configuration.fact("CONFIG_LSM") {
    case .observed(.text("n"), let sources): entity["order.built"] = .absent(sources)
    case .observed(.text(let text), let sources): entity["order.built"] = .observed(words(text), sources)
    case let other: entity["order.built"] = other
    }
  }

  private static func words(_ text: String) -> Value { .texts(text.split(separator: ",").map(String.init)) }

  /// Smack and TOMOYO are such modules too, but no runtime puts containers under them.
  private static let mandatory: Set<String> = ["selinux", "apparmor"]

  /// Documentation/admin-guide/kernel-parameters.txt: `selinux=`, `apparmor=`, `enforcing=`, `security=`, `lsm=`. With `lsm=` the
  /// older `security=` is ignored.
  static func disabling(_ line: KernelCommandLine) -> [String] {
    var found: [String] = []
    for name in ["selinux", "apparmor", "enforcing"] {
      if let value = line.last(name)?.value, value.utf8.decimal == 0 { found.append("\(name)=\(value)") }
    }
    if let list = line.last("lsm")?.value {
      let names = Set(list.split(separator: ",").map(String.init))
      if names.isDisjoint(with: mandatory) { found.append("lsm=\(list)") }
    } else if let chosen = line.last("security")?.value, !mandatory.contains(chosen) {
      found.append("security=\(chosen)")
    }
    return found
  }

  private static func landlock(_ root: borrowing HostRoot) -> Fact {
    let source = Source.systemCall("landlock_create_ruleset(2)")
    guard root.isRunning else {
      return .unreadable(.needsRunningHost, detail: "only a running kernel tells its Landlock ABI", source)
    }
    switch landlockABI() {
    case .answer(let abi): return .observed(.number(Int64(abi)), source)
    case .disabled: return .absent(source)
    case .noSystemCall:
      return .unreadable(.unsupported, detail: "the kernel lacks it, or a seccomp filter hides it", source)
    case .refused: return .unreadable(.denied, detail: "the system call is refused", source)
    case .failed(let code): return .unreadable(.io, detail: "errno \(code)", source)
    }
  }

  /// `enforce` since Linux 5.0, `enabled` before.
  private static func loadPin(_ root: borrowing HostRoot) -> Fact {
    let fact = root.flagFact("proc/sys/kernel/loadpin/enforce")
    guard case .absent = fact else { return fact }
    return root.fromKernel(root.flagFact("proc/sys/kernel/loadpin/enabled"), beneath: kernelSettings)
  }
}

/// `0` or `1`, `N` or `Y`.
func flagValue(_ bytes: [UInt8]) -> Value? {
  switch bytes.trimmed.validText {
  case "1", "Y": .flag(true)
  case "0", "N": .flag(false)
  default: nil
  }
}

/// What lockdown=, the kernel's build and /sys/kernel/security/lockdown say; kernel_lockdown(7).
enum LockdownFacts {
  static let modes = ["none", "integrity", "confidentiality"]

  static func add(to entity: inout Entity, _ modules: SecurityModules, _ root: borrowing HostRoot) {
    entity["lockdown"] = modules.fact("lockdown", whose: "module.lockdown", in: entity, root) { bytes in
      BracketedChoice(parsing: bytes).flatMap { modes.contains($0.chosen) ? .text($0.chosen) : nil }
    }
    entity["lockdown.commandLine"] = commandLine(root).fact("lockdown", among: Array(modes.dropFirst()))
    entity["lockdown.built"] = built(modules.configuration)
  }

  private static func built(_ configuration: KernelConfigurationAnswer) -> Fact {
    let forced = configuration.fact("CONFIG_LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY")
    if case .observed(.text("y"), let sources) = forced {
      return .observed(.text("confidentiality"), sources)
    }
    return configuration.fact("CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY").map { value in
      .text(value == .text("y") ? "integrity" : "none")
    }
  }
}

extension SecurityModules {
  /// A fact from a file that a module has in securityfs. A module that isn't active has none, however that is known.
  func fact(
    _ name: FilePath, whose state: String, in entity: Entity, _ root: borrowing HostRoot,
    _ parse: ([UInt8]) -> Value?
  ) -> Fact {
    if let value = entity[state]?.value, value != .text(State.active.rawValue) {
      return .absent(entity[state]?.sources ?? [])
    }
    return filesystem.fact(name, of: root, parse)
  }
}
