import Glibc
package import SystemPackage

/// A filesystem that never answers: FUSE without anybody at its other end, as one is left when its server hangs. Every read and
/// lookup in it waits until it is let go.
package final class HungFilesystem {
  private let point: FilePath
  /// Goes after what hangs in it: removing a tree looks into it.
  private let tree: HostTree
  private let device: Int32

  /// Whether this machine can have one: it takes root, and /dev/fuse.
  package static let isPossible: Bool = {
    guard geteuid() == 0, let tree = try? HostTree(["hung/": ""]) else { return false }
    return HungFilesystem(at: "hung", in: tree) != nil
  }()

  /// - Returns: nil where it can't be mounted; mount(2), fuse(4).
  package init?(at name: FilePath, in tree: HostTree) {
    self.tree = tree
    point = tree.path.appending(name.components)
    device = open("/dev/fuse", O_RDWR | O_CLOEXEC)
    guard device >= 0 else { return nil }
    let options = "fd=\(device),rootmode=40000,user_id=\(geteuid()),group_id=\(getegid())"
    // What is returned from here on is closed by deinit, whichever it is.
    guard mount("hung", point.string, "fuse", 0, options) == 0 else { return nil }
  }

  /// Those who wait get an error: with its last descriptor the connection ends.
  deinit {
    guard device >= 0 else { return }
    umount2(point.string, Int32(MNT_DETACH))
    close(device)
  }
}
