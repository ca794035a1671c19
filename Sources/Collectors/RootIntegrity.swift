import Facts
import Host
import SystemPackage

/// Whether the filesystems that the system's programs are on can be changed, and whether what is read of them is checked:
/// dm-verity for blocks, fs-verity and composefs for files.
enum RootIntegrity {
  private static let mounted: [Declaration] = [
    .init("root.readOnly", .flag, "Whether the root filesystem is mounted read-only."),
    .init("usr.readOnly", .flag, "Whether the filesystem of /usr is mounted read-only."),
    .init(
      "verity", .flag,
      "Whether device-mapper checks every block of the root filesystem or of /usr (dm-verity)."),
    .init("composefs", .flag, "Whether the root filesystem is a composefs."),
    .init(
      "composefs.verity", .flag,
      "Whether that composefs takes only files whose fs-verity digest is the one in its image (verity=require)."
    ),
    .init(
      "sysroot.readOnly", .flag,
      "Whether the physical root with all deployments, /sysroot, is mounted read-only; ostree(1)."),
  ]

  static let declarations: [Declaration] =
    mounted + [
      .init("ostree", .flag, "Whether the system was booted from an OSTree deployment."),
      .init(
        "verity.commandLine", .list,
        "Boot parameters that name what dm-verity or composefs has to find: a root hash, a device, a digest."),
      .init(
        "verity.disabling", .list,
        "Boot parameters that switch dm-verity or composefs off, or let corrupted blocks through."),
      .init(
        "fsverity.programs", .list,
        "Those of the programs that a node rests on (init, kubelet, runtimes) whose file fs-verity checks."),
    ]

  static func add(_ host: borrowing HostView, to entity: inout Entity) {
    addMounts(host, to: &entity)
    entity["ostree"] = host.root.existsFact("run/ostree-booted")
    let line = commandLine(host.root)
    entity["verity.commandLine"] = line.fact { .texts(naming($0)) }
    entity["verity.disabling"] = line.fact { .texts(disabling($0)) }
    entity["fsverity.programs"] = programs(host.root)
  }

  private static func addMounts(_ host: borrowing HostView, to entity: inout Entity) {
    let table: MountTable
    switch host.mounts {
    case .success(let mounts): table = mounts
    case .failure(let error):
      for declaration in mounted { entity[declaration.name] = host.unseenMounts(error) }
      return
    }
    let source = Source.file(table.place)
    guard let top = table.mount(at: "/"), let programs = table.mount(holding: "/usr") else {
      for declaration in mounted { entity[declaration.name] = .absent(source) }
      return
    }
    // ostree names its mount composefs, whose type is overlay over EROFS; ostree-prepare-root(1).
    let required = top.superOptions.contains("verity=require")
    let isComposefs = top.source == "composefs" || top.type == "composefs" || required
    entity["root.readOnly"] = .observed(.flag(top.isReadOnly), source)
    entity["usr.readOnly"] = .observed(.flag(programs.isReadOnly), source)
    entity["composefs"] = .observed(.flag(isComposefs), source)
    entity["composefs.verity"] = isComposefs ? .observed(.flag(required), source) : .absent(source)
    entity["sysroot.readOnly"] =
      table.mount(at: "/sysroot").map { .observed(.flag($0.isReadOnly), source) } ?? .absent(source)
    entity["verity"] = verity([top, programs], source, host.root)
  }

  /// Device-mapper's unique id says what made a device; veritysetup(8) and the kernel's own `dm-mod.create=` begin it so.
  private static func verity(_ mounts: [Mount], _ source: Source, _ root: borrowing HostRoot) -> Fact {
    for mount in mounts {
      let path = FilePath("sys/dev/block/\(mount.device)/dm/uuid")
      do throws(HostError) {
        if try root.bytes(path, atMost: 4096).starts(with: "CRYPT-VERITY-".utf8) {
          return .observed(.flag(true), .file(place(path)))
        }
      } catch {
        if error.reason != .absent { return .failed(error) }
      }
    }
    return .observed(.flag(false), source)
  }

  // MARK: The command line

  /// systemd-veritysetup-generator(8), Flatcar's and COS' own, dm-init.rst, ostree-prepare-root(1).
  private static let names: Set<String> = [
    "roothash", "usrhash", "systemd.verity_root_data", "systemd.verity_root_hash", "systemd.verity_usr_data",
    "systemd.verity_usr_hash", "verity.usr", "verity.usrhash", "dm-mod.create", "composefs",
    "composefs.digest",
  ]

  static func naming(_ line: KernelCommandLine) -> [String] {
    Array(Set(line.parameters.map(\.name).filter { names.contains($0) })).sorted()
  }

  static func disabling(_ line: KernelCommandLine) -> [String] {
    let no: Set<String> = ["0", "no", "n", "off", "false", "f"]
    var found: [String] = []
    for name in ["systemd.verity", "rd.systemd.verity", "ostree.prepare-root.composefs"] {
      if let value = line.last(name)?.value, no.contains(value.lowercased()) {
        found.append("\(name)=\(value)")
      }
    }
    // verity.rst: what a target does with a block that is not what it was.
    let loose = ["ignore-corruption", "ignore_corruption"]
    for name in ["systemd.verity_root_options", "systemd.verity_usr_options", "dm-mod.create"] {
      guard let value = line.last(name)?.value else { continue }
      let words = value.split { $0 == "," || $0 == " " || $0 == ";" }
      found += loose.filter { word in words.contains { $0 == word } }.map { "\(name)=…\($0)" }
    }
    return found
  }

  // MARK: fs-verity

  private static let nodePrograms: [FilePath] = [
    "usr/lib/systemd/systemd", "usr/bin/kubelet", "usr/local/bin/kubelet", "usr/bin/containerd",
    "usr/bin/crio", "usr/bin/runc", "usr/bin/crun",
  ]

  private static func programs(_ root: borrowing HostRoot) -> Fact {
    var sources: [Source] = []
    var found: [String] = []
    for path in nodePrograms {
      do throws(HostError) {
        let isChecked = try root.hasVerity(path)
        sources.append(.inode(place(path)))
        if isChecked { found.append(place(path)) }
      } catch {
        if error.reason != .absent { return .failed(error, .inode(place(path))) }
      }
    }
    return sources.isEmpty
      ? .absent(nodePrograms.prefix(3).map { .inode(place($0)) })
      : .observed(.texts(found), Array(sources.prefix(3)))
  }
}
