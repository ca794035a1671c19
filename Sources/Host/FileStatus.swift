import CLinux
import Glibc

/// What kind of file an inode is; inode(7).
package enum FileType: String, Codable, Hashable, Sendable, CaseIterable {
  case file
  case directory
  case symlink
  case fifo
  case socket
  case character = "character device"
  case block = "block device"
  case unknown

  init(mode: mode_t) {
    self =
      switch mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .directory
      case S_IFLNK: .symlink
      case S_IFIFO: .fifo
      case S_IFSOCK: .socket
      case S_IFCHR: .character
      case S_IFBLK: .block
      default: .unknown
      }
  }
}

/// An inode's metadata, of what stat(2) tells.
package struct FileStatus: Hashable, Sendable {
  package var type: FileType
  /// Permission bits with set-user-ID, set-group-ID and sticky; 0 to 0o7777.
  package var mode: UInt16
  package var owner: UInt32
  package var group: UInt32
  /// In bytes, as stat says: procfs says 0 and sysfs 4096, so it is never a bound.
  package var size: Int64
  /// What it takes on its disk, in units of 512 bytes. Kernel filesystems say 0 whatever `size` they say.
  package var blocks: Int64
  package var device: UInt64
  package var inode: UInt64
  /// The device that a device node stands for.
  package var representedDevice: UInt64
  /// Last change of the content, seconds since the epoch.
  package var modified: Int64

  init(_ status: stat) {
    type = FileType(mode: status.st_mode)
    mode = UInt16(status.st_mode & 0o7777)
    owner = status.st_uid
    group = status.st_gid
    size = Int64(status.st_size)
    blocks = Int64(status.st_blocks)
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    representedDevice = UInt64(status.st_rdev)
    modified = Int64(status.st_mtim.tv_sec)
  }
}
