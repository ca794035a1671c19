import SystemPackage

/// Places of a host that its own programs trust: who writes there becomes root on the node, or undoes what the node keeps.
enum HostPlaces {
  /// Everything beneath these counts.
  private static let trees = [
    "/bin", "/boot", "/dev", "/etc", "/etc/cni", "/etc/kubernetes", "/home", "/lib", "/lib64", "/opt/cni", "/root",
    "/sbin", "/usr", "/var/lib/containerd", "/var/lib/containers", "/var/lib/docker", "/var/lib/kubelet",
    "/var/log/containers", "/var/log/pods", "/var/spool/cron",
  ]

  /// Only the whole of these counts: beneath them is what workloads may have.
  private static let tops = ["/", "/opt", "/run", "/var", "/var/lib", "/var/log"]

  static let all = (trees + tops).sorted()

  private static let treePaths = trees.map { FilePath($0) }
  private static let topPaths = tops.map { FilePath($0) }

  /// The places that someone reaches who may write beneath a path: the path itself, the tree it is in, or, where it is neither, those
  /// beneath it.
  static func places(of path: FilePath) -> [String] {
    if let same = (treePaths + topPaths).first(where: { $0 == path }) { return [same.string] }
    let above = treePaths.filter { path.starts(with: $0) }.max { $0.length < $1.length }
    if let above { return [above.string] }
    return treePaths.filter { $0.starts(with: path) }.map(\.string)
  }
}
