import Facts
import Host
import SystemPackage

/// The kernel: what it was built with, what it was told at boot, what it loaded, and what went wrong with it since.
struct KernelCollector: Collector {
  let name = "kernel"

  static let subject = Subject(
    "kernel", "The kernel that runs, its build, its boot parameters and its modules.", isSingleton: true,
    facts: state + KernelInstalled.declarations + BinaryFormats.declarations + KernelModules.declarations
      + commandLine
      + KernelParameters.known.map {
        .init(
          "parameter.\($0)", .text, "The boot parameter \($0), the last of its name; empty for a bare word.")
      }
      + KernelOptions.table.map {
        .init(
          "config.\($0.name)", .text, "\($0.meaning) y, m, a number, or n where the build does not set it.")
      })

  private static let state: [Declaration] = [
    .init("release", .text, "uname(2)'s release."),
    .init("version", .text, "uname(2)'s version: the build's number and date."),
    .init("taint", .list, "What taints the kernel.", values: KernelTaint.names + [KernelTaint.unknown]),
    .init("taint.bits", .number, "The same as the kernel's sum of bits."),
    .init("oopsCount", .number, "How often the kernel oopsed since boot; Linux 6.2."),
    .init("warnCount", .number, "How often the kernel warned since boot; Linux 6.2."),
    .init("kexec.loaded", .flag, "Whether another kernel is loaded to be started."),
    .init("kexec.crashLoaded", .flag, "Whether another kernel is loaded to be started by a crash."),
    .init(
      "corePattern.kind", .text,
      "Where core dumps go: to a program, a socket, one place, or wherever the process is.",
      values: ["pipe", "socket", "absolute", "relative"]),
    .init("ueventHelper", .text, "The program that the kernel starts for each device event; empty for none."),
    .init("releaseAgents", .list, "Programs that version 1 cgroup hierarchies start when a group empties."),
    .init("livePatches", .list, "Patches that were applied to the kernel while it ran, and are in force."),
    .init("iommu.groups", .number, "How many IOMMU groups keep devices apart; 0 where no IOMMU works."),
    .init("config.source", .text, "The file that says what the kernel was built with."),
  ]

  private static let commandLine: [Declaration] = [
    .init(
      "commandLine.parameters", .list,
      "The boot parameters in order; values that are not known to be harmless withheld."),
    .init("commandLine.mitigationsOff", .list, "Boot parameters that switch a processor mitigation off."),
    .init("commandLine.protectionsOff", .list, "Boot parameters that switch a protection of the kernel off."),
    .init(
      "commandLine.auditBacklog", .number,
      "How many audit records may wait before auditd takes them: audit_backlog_limit=, 64 without it."),
    .init("commandLine.tampering", .list, "Boot parameters that give a root shell or start another system."),
  ]

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.subject)
    let configuration = host.kernelConfiguration
    entity["config.source"] = configuration.place
    for option in KernelOptions.table {
      entity["config.\(option.name)"] = configuration.fact("CONFIG_\(option.name)")
    }
    Self.addCommandLine(host.root, to: &entity)
    Self.addSys(host.root, to: &entity)
    if let missing = host.root.missingKernelFilesystem("proc/sys/kernel") {
      let names =
        ["release", "version", "taint", "taint.bits", "corePattern.kind"]
        + (KernelModules.declarations + BinaryFormats.declarations).map(\.name)
      for name in names { entity[name] = missing }
      if case .unreadable(let obstacle, let detail, let source) = missing {
        record.problem(obstacle, source.place, detail)
      }
    } else {
      Self.addProc(host.root, to: &entity)
      KernelModules.add(host.root, configuration, to: &entity)
      BinaryFormats.add(host, to: &entity)
    }
    KernelInstalled.add(host.root, release: entity["release"] ?? .absent([]), to: &entity)
    record.add(entity)
  }

  private static func addProc(_ root: borrowing HostRoot, to entity: inout Entity) {
    entity["release"] = root.textFact("proc/sys/kernel/osrelease")
    entity["version"] = root.textFact("proc/sys/kernel/version")
    let bits = root.numberFact("proc/sys/kernel/tainted")
    entity["taint.bits"] = bits
    entity["taint"] = bits.map { value in
      if case .number(let bits) = value { .texts(KernelTaint.words(bits)) } else { value }
    }
    entity["corePattern.kind"] = root.fact("proc/sys/kernel/core_pattern") { bytes in
      switch bytes.trimmed.first {
      case UInt8(ascii: "|"): .text("pipe")
      case UInt8(ascii: "@"): .text("socket")
      case UInt8(ascii: "/"): .text("absolute")
      default: .text("relative")
      }
    }
  }

  private static func addSys(_ root: borrowing HostRoot, to entity: inout Entity) {
    let missing = root.missingKernelFilesystem("sys/kernel")
    entity["oopsCount"] = missing ?? root.numberFact("sys/kernel/oops_count")
    entity["warnCount"] = missing ?? root.numberFact("sys/kernel/warn_count")
    entity["kexec.loaded"] = missing ?? root.flagFact("sys/kernel/kexec_loaded")
    entity["kexec.crashLoaded"] = missing ?? root.flagFact("sys/kernel/kexec_crash_loaded")
    entity["ueventHelper"] = missing ?? root.textFact("sys/kernel/uevent_helper")
    entity["iommu.groups"] = missing ?? iommuGroups(root)
    entity["releaseAgents"] = releaseAgents(root)
    entity["livePatches"] = missing ?? livePatches(root)
  }

  /// Documentation/ABI/testing/sysfs-kernel-livepatch; the directory is there where the kernel was built for it.
  private static func livePatches(_ root: borrowing HostRoot) -> Fact {
    let directory: FilePath = "sys/kernel/livepatch"
    let source = Source.inode(place(directory))
    do throws(HostError) {
      var enabled: [String] = []
      for name in try root.names(in: directory, atMost: 1024) {
        let path = directory.appending(name).appending("enabled")
        if try root.bytes(path, atMost: 16).trimmed.elementsEqual("1".utf8) {
          enabled.append(printable(name.string.utf8, atMost: 64))
        }
      }
      return .observed(.texts(enabled), source)
    } catch {
      return .failed(error, source)
    }
  }

  private static func iommuGroups(_ root: borrowing HostRoot) -> Fact {
    let path: FilePath = "sys/kernel/iommu_groups"
    let source = Source.inode(place(path))
    do throws(HostError) {
      return .observed(.number(Int64(try root.names(in: path).count)), source)
    } catch {
      return .failed(error, source)
    }
  }

  /// Each hierarchy of cgroup v1 has one at its top: cgroups(7). Version 2 has none.
  private static func releaseAgents(_ root: borrowing HostRoot) -> Fact {
    let top: FilePath = "sys/fs/cgroup"
    let source = Source.inode(place(top))
    if let missing = root.missingKernelFilesystem(top) { return missing }
    var agents: [String] = []
    do throws(HostError) {
      for name in try root.names(in: top, atMost: 4096) {
        let path = top.appending(name).appending("release_agent")
        let bytes: [UInt8]
        do throws(HostError) {
          bytes = try root.bytes(path, atMost: 8192)
        } catch {
          if error.reason == .absent { continue }
          throw error
        }
        let program = bytes.trimmed
        if !program.isEmpty { agents.append("\(place(path)): \(printable(program))") }
      }
      return .observed(.texts(agents), source)
    } catch {
      return .failed(error, .file(error.place))
    }
  }

  private static func addCommandLine(_ root: borrowing HostRoot, to entity: inout Entity) {
    let source = Source.file("/proc/cmdline")
    let line: KernelCommandLine
    do throws(HostError) {
      line = KernelCommandLine(parsing: try root.bytes("proc/cmdline", atMost: 65_536))
    } catch {
      // Every kernel has one: where the file is not there, it is not shown to us.
      let failed =
        error.reason == .absent
        ? root.missingKernelFilesystem("proc/sys/kernel")
          ?? .unreadable(.notVisible, detail: error.description, source)
        : Fact.failed(error, source)
      for name in commandLine.map(\.name) + KernelParameters.known.map({ "parameter.\($0)" }) {
        entity[name] = failed
      }
      return
    }
    entity["commandLine.parameters"] = .observed(.texts(KernelParameters.list(line)), source)
    entity["commandLine.mitigationsOff"] = .observed(
      .texts(KernelParameters.switchedOff(KernelParameters.mitigations, line)), source)
    entity["commandLine.protectionsOff"] = .observed(
      .texts(KernelParameters.switchedOff(KernelParameters.protections, line)), source)
    entity["commandLine.tampering"] = .observed(.texts(KernelParameters.tampering(line)), source)
    let backlog = Source.file("/proc/cmdline", key: "audit_backlog_limit")
    entity["commandLine.auditBacklog"] =
      line.last("audit_backlog_limit")?.value.flatMap { $0.utf8.decimal }.map {
        .observed(.number($0), backlog)
      }
      ?? .absent(backlog)
    for name in KernelParameters.known {
      let place = Source.file("/proc/cmdline", key: name)
      entity["parameter.\(name)"] =
        line.last(name).map { .observed(.text($0.value ?? ""), place) } ?? .absent(place)
    }
  }
}
