import Facts
import Host
import SystemPackage

/// The host's own mounts and their options, swap, and what is encrypted beneath them.
struct MountsCollector: Collector {
  let name = "mounts"

  /// Places that anyone or many may write to.
  static let places: [(name: String, path: String)] = [
    ("tmp", "/tmp"), ("varTmp", "/var/tmp"), ("shm", "/dev/shm"), ("home", "/home"),
    ("var", "/var"),
    ("log", "/var/log"), ("auditLog", "/var/log/audit"),
  ]

  static let subject = Subject(
    "mounts",
    "Where filesystems are mounted on the host and with which options, and its swap; proc_pid_mountinfo(5).",
    isSingleton: true,
    facts: places.map {
      .init(
        "\($0.name).options", .list,
        "The options of what is mounted at \($0.path); not set where it is part of another filesystem.")
    } + [
      .init("proc.options", .list, "The options of /proc, with those of its superblock."),
      .init("debugfs.reachable", .flag, "Whether others than root may enter a mounted debugfs."),
      .init("cgroup.version", .number, "2 where the unified hierarchy is mounted at /sys/fs/cgroup, else 1."),
      .init("swap.devices", .list, "Files and devices that memory is swapped to."),
      .init(
        "swap.unencrypted", .list,
        "Those of them on a disk without dm-crypt beneath; zram keeps pages in memory, and a file is as its filesystem."
      ),
      .init(
        "state.encrypted", .flag,
        "Whether the filesystems of /var/lib, and of /var/lib/kubelet and /var/lib/etcd where these have their own, are on dm-crypt."
      ),
    ] + VolumeMounts.declarations)

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.subject)
    switch host.mounts {
    case .success(let table):
      let source = Source.file(table.place)
      for place in Self.places {
        let mount = table.mount(at: FilePath(place.path))
        entity["\(place.name).options"] =
          mount.map { .observed(.texts($0.options), source) } ?? .absent(source)
      }
      let proc = table.mount(at: "/proc")
      entity["proc.options"] =
        proc.map { .observed(.texts(Array(Set($0.options + $0.superOptions)).sorted()), source) }
        ?? .absent(source)
      let version: Int64 = table.mount(at: "/sys/fs/cgroup")?.type == "cgroup2" ? 2 : 1
      entity["cgroup.version"] =
        table.mounts.contains { $0.type.hasPrefix("cgroup") }
        ? .observed(.number(version), source) : .absent(source)
      entity["debugfs.reachable"] = Self.debugFilesystem(table, host.root)
      entity["state.encrypted"] = Self.stateIsEncrypted(table, host.root)
      VolumeMounts.add(table, host.root, to: &entity)
    case .failure(let error):
      let unseen = host.unseenMounts(error)
      for place in Self.places { entity["\(place.name).options"] = unseen }
      for name in ["proc.options", "cgroup.version", "debugfs.reachable", "state.encrypted"]
        + VolumeMounts.declarations.map(\.name)
      {
        entity[name] = unseen
      }
      if error.reason != .absent { record.problem(error) }
    }
    Self.addSwap(host, to: &entity)
    record.add(entity)
  }

  /// Its own mode is 0700 unless the mount says otherwise; Documentation/filesystems/debugfs.rst.
  private static func debugFilesystem(_ table: MountTable, _ root: borrowing HostRoot) -> Fact {
    let source = Source.file(table.place)
    guard let mount = table.mounts(ofType: "debugfs").last else { return .observed(.flag(false), source) }
    let mode = mount.superOptions.first { $0.hasPrefix("mode=") }.flatMap {
      UInt16($0.dropFirst(5), radix: 8)
    }
    if let mode { return .observed(.flag(mode & 0o077 != 0), source) }
    let path = FilePath(String(mount.point.string.drop { $0 == "/" }))
    do throws(HostError) {
      return .observed(.flag(try root.status(path).mode & 0o077 != 0), .inode(place(path)))
    } catch {
      // A recorded tree need not have what is in it.
      return error.reason == .absent ? .observed(.flag(false), source) : .failed(error)
    }
  }

  private static func stateIsEncrypted(_ table: MountTable, _ root: borrowing HostRoot) -> Fact {
    guard let mount = table.mount(holding: "/var/lib") else { return .absent(.file(table.place)) }
    guard mount.source.hasPrefix("/dev/") else {
      return .absent(Source(.file, table.place, key: mount.source))
    }
    let own = ["/var/lib/kubelet", "/var/lib/etcd"].compactMap { table.mount(at: $0) }
    let answers = ([mount] + own.filter { $0.source.hasPrefix("/dev/") }).map { isEncrypted($0, root) }
    // One that is open decides; one that can't be told leaves it open.
    return answers.first { $0.value == .flag(false) } ?? answers.first { $0.value == nil } ?? answers[0]
  }

  private static func isEncrypted(_ mount: Mount, _ root: borrowing HostRoot) -> Fact {
    // Names of device-mapper's devices are links to dm-N; the number is the mount's own.
    deviceIsEncrypted(FilePath("sys/dev/block/\(mount.device)"), root)
  }

  /// What cryptsetup makes that bears its name and encrypts nothing.
  private static let onlyVerified = ["CRYPT-VERITY-", "CRYPT-INTEGRITY-"]

  /// Device-mapper's unique id says what made a device; the devices beneath it are its slaves.
  static func deviceIsEncrypted(_ device: FilePath, depth: Int = 0, _ root: borrowing HostRoot) -> Fact {
    let path = device.appending("dm/uuid")
    let source = Source.file(place(path))
    do throws(HostError) {
      let id = try root.bytes(path, atMost: 4096)
      if id.starts(with: "CRYPT-".utf8), !onlyVerified.contains(where: { id.starts(with: $0.utf8) }) {
        return .observed(.flag(true), source)
      }
    } catch {
      guard error.reason == .absent else { return .failed(error) }
      do throws(HostError) {
        _ = try root.status(device)
        // A partition or a disk: no device-mapper.
        return .observed(.flag(false), .inode(place(device)))
      } catch {
        return error.reason == .absent
          ? .unreadable(.notVisible, detail: "sysfs has no such block device", .inode(place(device)))
          : .failed(error)
      }
    }
    guard depth < 4 else { return .observed(.flag(false), source) }
    do throws(HostError) {
      let slaves = try root.names(in: device.appending("slaves"), atMost: 64)
      var isAll = !slaves.isEmpty
      for name in slaves {
        let beneath = deviceIsEncrypted(FilePath("sys/class/block").appending(name), depth: depth + 1, root)
        if case .unreadable = beneath { return beneath }
        isAll = isAll && beneath.value == .flag(true)
      }
      return .observed(.flag(isAll), source)
    } catch {
      return error.reason == .absent ? .observed(.flag(false), source) : .failed(error)
    }
  }

  /// proc_swaps(5): name, type, size, used, priority.
  private static func addSwap(_ host: borrowing HostView, to entity: inout Entity) {
    let source = Source.file("/proc/swaps")
    let rows: [[String]]
    do throws(HostError) {
      rows = try host.root.bytes("proc/swaps").lines.dropFirst().map { line in
        printable(line, atMost: 4096).split { $0 == " " || $0 == "\t" }.map(String.init)
      }.filter { $0.count >= 2 }
    } catch {
      // A kernel that can't swap has no such file; a host whose mounts aren't shown either doesn't show that.
      let fact: Fact =
        if case .failure(let mounts) = host.mounts { host.unseenMounts(mounts) } else {
          .failed(error, source)
        }
      entity["swap.devices"] = fact
      entity["swap.unencrypted"] = fact
      return
    }
    entity["swap.devices"] = .observed(.texts(rows.map { $0[0] }), source)
    var open: [String] = []
    for row in rows {
      let encrypted: Fact
      if row[1] == "file" {
        guard case .success(let table) = host.mounts, let mount = table.mount(holding: FilePath(row[0]))
        else { continue }
        encrypted = isEncrypted(mount, host.root)
      } else {
        guard let device = FilePath(row[0]).lastComponent, !device.string.hasPrefix("zram") else { continue }
        encrypted = deviceIsEncrypted(FilePath("sys/class/block").appending(device), host.root)
      }
      switch encrypted {
      case .unreadable:
        entity["swap.unencrypted"] = encrypted
        return
      case .observed(.flag(true), _): continue
      case .observed, .absent: open.append(row[0])
      }
    }
    entity["swap.unencrypted"] = .observed(.texts(open), source)
  }
}
