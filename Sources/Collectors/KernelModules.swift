import Facts
import Host
import SystemPackage

/// What can be said of modules: whether the kernel can have any, which are loaded, and what they brought with them.
struct KernelModules {
  static let declarations: [Declaration] = [
    .init("modules.loadable", .flag, "Whether the kernel was built to load modules at all."),
    .init("modules.loaded", .list, "The names of the loaded modules."),
    .init("modules.loadingLocked", .flag, "Whether loading is switched off until the next boot."),
    .init(
      "modules.signatureEnforced", .flag, "Whether the kernel refuses modules without a valid signature."),
    .init(
      "modules.tainting", .list, "Loaded modules that taint the kernel, with their letters: nvidia (POE)."),
    .init("modules.outOfTree", .list, "Loaded modules that are not part of the kernel's source."),
    .init("modules.unsigned", .list, "Loaded modules without a valid signature, on a kernel that checks it."),
    .init("modules.forced", .list, "Modules that were loaded against the kernel's checks."),
  ]

  static func add(
    _ root: borrowing HostRoot, _ configuration: KernelConfigurationAnswer, to entity: inout Entity
  ) {
    entity["modules.loadable"] = loadable(root, configuration)
    entity["modules.loadingLocked"] = root.flagFact("proc/sys/kernel/modules_disabled")
    entity["modules.signatureEnforced"] =
      root.missingKernelFilesystem("sys/module") ?? root.flagFact("sys/module/module/parameters/sig_enforce")
    let source = Source.file("/proc/modules")
    let modules: [ModuleList.Module]
    do throws(HostError) {
      let bytes = try root.bytes("proc/modules", atMost: 4 << 20)
      guard let list = ModuleList(parsing: bytes) else {
        fill(&entity, .unreadable(.malformed, detail: "not a list of modules", source))
        return
      }
      modules = list.modules
    } catch {
      fill(&entity, .failed(error, source))
      return
    }
    func names(with letter: Character) -> Fact {
      .observed(.texts(modules.filter { $0.taint.contains(letter) }.map(\.name)), source)
    }
    entity["modules.loaded"] = .observed(.texts(modules.map(\.name)), source)
    entity["modules.tainting"] = .observed(
      .texts(modules.filter { !$0.taint.isEmpty }.map { "\($0.name) (\($0.taint))" }), source)
    entity["modules.outOfTree"] = names(with: "O")
    entity["modules.unsigned"] = names(with: "E")
    entity["modules.forced"] = names(with: "F")
  }

  private static func fill(_ entity: inout Entity, _ fact: Fact) {
    for name in ["loaded", "tainting", "outOfTree", "unsigned", "forced"] { entity["modules.\(name)"] = fact }
  }

  /// /proc/modules exists exactly where the kernel can load modules (kernel/module/procfs.c); the configuration confirms its
  /// absence, or says that the file is kept from us.
  private static func loadable(_ root: borrowing HostRoot, _ configuration: KernelConfigurationAnswer) -> Fact
  {
    let list = Source.inode("/proc/modules")
    do throws(HostError) {
      _ = try root.status("proc/modules")
      return .observed(.flag(true), list)
    } catch {
      guard error.reason == .absent else { return .failed(error, list) }
    }
    switch configuration.fact("CONFIG_MODULES") {
    case .observed(.text("y"), let sources):
      return .unreadable(
        .notVisible,
        detail: "/proc/modules is not there, though \(sources.first?.place ?? "the build") has modules", list)
    case .observed(_, let sources): return .observed(.flag(false), sources + [list])
    case .absent, .unreadable: return .observed(.flag(false), list)
    }
  }
}
