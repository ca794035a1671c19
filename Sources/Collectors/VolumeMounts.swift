import Facts
import Host
import SystemPackage

/// Where pods' Secrets and tokens are kept while they run, and what the containers' files share a filesystem with.
enum VolumeMounts {
  static let declarations: [Declaration] = [
    .init(
      "secrets.mounted", .number, "How many volumes of Secrets and tokens the kubelet has mounted for pods."),
    .init("secrets.onDisk", .list, "Those of them that are not in memory (tmpfs), by their mount points."),
    .init(
      "secrets.swappable", .number,
      "How many of them are in memory that may be swapped out: a tmpfs without noswap, on a host with swap."),
    .init(
      "containers.ownFilesystem", .flag,
      "Whether images and containers are on another filesystem than the node's logs; not set where no runtime keeps any."
    ),
  ]

  /// The kubelet's plugins whose volumes hold secrets; pkg/volume/secret, pkg/volume/projected.
  private static let secretPlugins: Set<String> = ["kubernetes.io~secret", "kubernetes.io~projected"]

  /// `…/pods/UID/volumes/kubernetes.io~secret/NAME`, whatever the kubelet's root directory is.
  static func isSecret(_ point: FilePath) -> Bool {
    let parts = point.components.map(\.string)
    guard parts.count >= 5 else { return false }
    let tail = parts.suffix(5)
    return tail.first == "pods" && tail.dropFirst(2).first == "volumes"
      && secretPlugins.contains(tail.dropFirst(3).first ?? "")
  }

  static func add(_ table: MountTable, _ root: borrowing HostRoot, to entity: inout Entity) {
    let source = Source.file(table.place)
    let secrets = table.mounts.filter { isSecret($0.point) }
    let disk = secrets.filter { $0.type != "tmpfs" }
    entity["secrets.mounted"] = .observed(.number(Int64(secrets.count)), source)
    entity["secrets.onDisk"] = .observed(.texts(disk.prefix(20).map { place($0.point) }), source)
    let kept = secrets.filter { $0.type == "tmpfs" && !($0.options + $0.superOptions).contains("noswap") }
    entity["secrets.swappable"] = swappable(kept.count, source, root)
    entity["containers.ownFilesystem"] = ownFilesystem(table, root)
  }

  private static func swappable(_ count: Int, _ source: Source, _ root: borrowing HostRoot) -> Fact {
    let swaps = Source.file("/proc/swaps")
    do throws(HostError) {
      // The first line is a heading; proc_swaps(5).
      let isSwapping = try root.bytes("proc/swaps").lines.dropFirst().first { _ in true } != nil
      return .observed(.number(isSwapping ? Int64(count) : 0), [source, swaps])
    } catch {
      return .failed(error, swaps)
    }
  }

  private static let stores: [FilePath] = [
    "var/lib/containerd", "var/lib/containers", "var/lib/docker", "var/lib/rancher",
  ]

  private static func ownFilesystem(_ table: MountTable, _ root: borrowing HostRoot) -> Fact {
    // On a read-only root everything that grows is on another filesystem, and still on one.
    let logs = table.mount(holding: "/var/log")
    for store in stores {
      switch root.presence(store) {
      case .failure(let error): return .failed(error)
      case .success(false): continue
      case .success(true):
        let holder = table.mount(holding: FilePath("/").appending(store.components))
        return .observed(.flag(holder?.device != logs?.device), [.file(table.place), .inode(place(store))])
      }
    }
    return .absent(stores.map { .inode(place($0)) })
  }
}
