import Host
import SystemPackage

/// Which directories a walk of the disk does not enter: what is in them is a container's, another machine's, or the kernel's.
struct DiskPruning {
  /// Where /usr/lib has many files and no programs.
  static let plain: Set<String> = [
    "modules", "firmware", "python3", "locale", "x86_64-linux-gnu", "aarch64-linux-gnu", "debug",
    "containers",
  ]

  /// Where the runtimes keep images and containers by default, the kubelet its pods' volumes, and OSTree the system's other deployments:
  /// thousands of setuid programs and foreign owners, of which only a container sees any, or the next boot.
  private static let stores: [FilePath] = [
    "var/lib/containerd", "var/lib/containers", "var/lib/docker", "var/lib/buildkit", "var/lib/nerdctl",
    "var/lib/lxc", "var/lib/lxd", "var/lib/incus", "var/lib/machines",
    "var/lib/rancher/k3s/agent/containerd", "var/lib/rancher/rke2/agent/containerd", "var/lib/k0s/containerd",
    "var/snap/microk8s/common/var/lib/containerd", "var/snap/docker/common/var-lib-docker",
    "var/lib/kubelet/pods", "var/lib/kubelet/plugins", "var/lib/rancher/k3s/agent/kubelet/pods",
    "var/lib/k0s/kubelet/pods", "var/snap/microk8s/common/var/lib/kubelet/pods",
    "sysroot/ostree", "ostree",
  ]

  /// The kernel's own; nothing in them lies on a disk. A tmpfs is not among them: whoever may write there may leave a program.
  private static let made: Set<String> = [
    "proc", "sysfs", "devtmpfs", "devpts", "securityfs", "cgroup", "cgroup2", "debugfs", "tracefs", "bpf",
    "efivarfs", "configfs", "pstore", "mqueue", "hugetlbfs", "fusectl", "binfmt_misc", "autofs", "nsfs",
    "rpc_pipefs", "selinuxfs", "nfsd",
  ]

  /// Another machine's, or what may hang like one; filesystems(5). Every `fuse.NAME` too.
  private static let remote: Set<String> = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "glusterfs", "lustre", "gpfs", "beegfs", "afs", "coda",
    "ncpfs", "9p", "virtiofs", "ocfs2", "gfs2", "orangefs", "pvfs2", "fuse", "fuseblk",
  ]

  /// Images that nobody writes to: snaps and installers.
  private static let sealed: Set<String> = ["squashfs", "iso9660", "erofs", "udf"]

  private let left: Set<FilePath>

  /// - Parameter mounts: The host's. Where they are not known, only the places that are the same everywhere are left out.
  init(_ mounts: Result<MountTable, HostError>) {
    var left = Set(Self.stores)
    if case .success(let table) = mounts {
      for mount in table.mounts {
        let path = FilePath(root: nil, mount.point.components)
        // The host's own root may be any of these, where it is an image or a container's.
        guard !path.components.isEmpty, path != "usr" else { continue }
        if Self.isForeign(mount.type) { left.insert(path) }
        // An overlay may also be the host's own /etc or /opt, above an image.
        if let store = Self.store(ofLayer: mount) { left.formUnion([path, store]) }
      }
    }
    self.left = left
  }

  func leavesOut(_ path: FilePath) -> Bool { left.contains(path) }

  private static func isForeign(_ type: String) -> Bool {
    made.contains(type) || remote.contains(type) || sealed.contains(type) || type.hasPrefix("fuse.")
  }

  /// Where a runtime keeps its layers, wherever that was put: overlay's upper directory is STORE/NUMBER/fs or STORE/ID/diff
  /// (containerd's snapshotter, containers/storage, Docker's overlay2).
  private static func store(ofLayer mount: Mount) -> FilePath? {
    guard mount.type == "overlay",
      let option = mount.superOptions.first(where: { $0.hasPrefix("upperdir=/") })
    else { return nil }
    let upper = FilePath(String(option.dropFirst("upperdir=".count)))
    guard ["fs", "diff"].contains(upper.lastComponent?.string), upper.components.count > 3 else { return nil }
    return FilePath(root: nil, upper.components.dropLast(2))
  }
}
