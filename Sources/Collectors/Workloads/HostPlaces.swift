/// Places of a host that its own programs trust: who writes there becomes root on the node, or undoes what the node keeps.
enum HostPlaces {
  /// Everything beneath these counts.
  private static let trees = [
    "/bin", "/boot", "/dev", "/etc", "/etc/cni", "/etc/kubernetes", "/home", "/lib", "/lib64", "/opt/cni",
    "/root",
    "/sbin", "/usr", "/var/lib/containerd", "/var/lib/containers", "/var/lib/docker", "/var/lib/kubelet",
    "/var/log/containers", "/var/log/pods", "/var/spool/cron",
  ]

  /// Only the whole of these counts: beneath them is what workloads may have.
  private static let tops = ["/", "/opt", "/run", "/var", "/var/lib", "/var/log"]

  static let all = (trees + tops).sorted()

  /// The places that someone reaches who may write beneath a path: the path itself, the tree it is in, or, where it is neither, those
  /// beneath it.
  static func places(of path: String) -> [String] {
    if all.contains(path) { return [path] }
    let above = trees.filter { isWithin(path, $0) }.max { $0.utf8.count < $1.utf8.count }
    if let above { return [above] }
    return trees.filter { isWithin($0, path) }
  }
}

/// Whether an absolute path is another one or is beneath it. Lexically: both are the kernel's own words.
func isWithin(_ path: String, _ directory: String) -> Bool {
  guard path.utf8.starts(with: directory.utf8) else { return false }
  return path.utf8.count == directory.utf8.count || directory.utf8.last == UInt8(ascii: "/")
    || path.utf8.dropFirst(directory.utf8.count).first == UInt8(ascii: "/")
}
