import Facts
import Host
import SystemPackage

/// Modules that few hosts need: whether they could be loaded by somebody who has use for one of their holes.
struct ModprobeCollector: Collector {
  let name = "modprobe"

  private static let protocols = ["ax25", "can", "dccp", "netrom", "rds", "rose", "sctp", "tipc", "x25"]
  private static let filesystems = [
    "afs", "ceph", "cifs", "cramfs", "freevxfs", "gfs2", "hfs", "hfsplus", "jffs2", "ksmbd", "udf",
  ]
  private static let storage = ["firewire_core", "firewire_ohci", "firewire_sbp2", "uas", "usb_storage"]
  private static var wanted: Set<String> { Set(protocols + filesystems + storage) }

  static let subject = Subject(
    "modprobe", "What modprobe.d(5) keeps from being loaded, of the modules that this kernel has on disk.",
    isSingleton: true,
    facts: [
      .init(
        "available", .list, "Rarely needed modules that the running kernel could load from its directory."),
      .init(
        "denied", .list,
        "Those that modprobe.d keeps from loading by need (blacklist) or at all (install /bin/false)."),
      .init(
        "autoloadable.protocols", .list,
        "Rare network protocols that any process gets loaded by opening a socket."),
      .init(
        "autoloadable.filesystems", .list, "Rare filesystems that a mount or a plugged-in disk gets loaded."),
      .init("autoloadable.storage", .list, "Drivers of pluggable storage that plugging it in gets loaded."),
    ])

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.subject)
    let (available, source) = Self.available(host.root)
    var set = FileSet()
    set.addDropIns(
      [
        "etc/modprobe.d", "run/modprobe.d", "usr/local/lib/modprobe.d", "usr/lib/modprobe.d",
        "lib/modprobe.d",
      ], ending: ".conf",
      host.root)
    var lines = ModprobeLines()
    for file in set.files { lines.add(file.bytes) }
    let kept = lines.blacklisted.union(lines.replaced)
    entity["denied"] =
      set.failure.map { .failed($0) }
      ?? .observed(
        .texts(kept.intersection(Self.wanted).sorted()),
        set.files.isEmpty ? [.inode("/etc/modprobe.d")] : set.files.prefix(5).map { $0.source() })
    entity["available"] = available.map { .texts($0.sorted()) }.fact(source)
    for (kind, names) in [
      ("protocols", Self.protocols), ("filesystems", Self.filesystems), ("storage", Self.storage),
    ] {
      let fact: Fact
      switch available {
      case .failure(let error): fact = .failed(error, source)
      case .success(let available):
        let open = available.intersection(names).subtracting(kept).sorted()
        // A file that can't be read may deny what seems open.
        if let failure = set.failure, !open.isEmpty {
          fact = .failed(failure)
        } else {
          fact = .observed(.texts(open), [source] + set.files.prefix(3).map { $0.source() })
        }
      }
      entity["autoloadable.\(kind)"] = fact
    }
    record.add(entity)
  }

  /// modules.dep(5) of the running release: what is not in it can't be loaded by name or need.
  private static func available(_ root: borrowing HostRoot) -> (Result<Set<String>, HostError>, Source) {
    var place: Source = .file("/proc/sys/kernel/osrelease")
    do throws(HostError) {
      guard let release = try root.bytes("proc/sys/kernel/osrelease").trimmed.validText,
        !release.contains("/")
      else {
        return (.failure(HostError("proc/sys/kernel/osrelease", .absent)), place)
      }
      let directory = FilePath("lib/modules/\(release)")
      place = .file("/lib/modules/\(release)/modules.dep")
      let bytes = try root.bytes(directory.appending("modules.dep"), atMost: 16 << 20)
      return (.success(ModprobeLines.available(wanted, in: bytes)), place)
    } catch {
      return (.failure(error), place)
    }
  }
}

extension Result where Success == Value, Failure == HostError {
  func fact(_ source: Source) -> Fact {
    switch self {
    case .success(let value): .observed(value, source)
    case .failure(let error): .failed(error, source)
    }
  }
}
