import Glibc
package import SystemPackage

/// What a directory says of one name in it; readdir(3).
package struct DirectoryEntry: Hashable, Sendable {
  package let name: FilePath.Component
  /// Nil where the filesystem does not keep types in its directories: stat(2) tells.
  package let type: FileType?
}

extension FileType {
  init?(directoryEntry type: UInt8) {
    switch Int(type) {
    case Int(DT_REG): self = .file
    case Int(DT_DIR): self = .directory
    case Int(DT_LNK): self = .symlink
    case Int(DT_FIFO): self = .fifo
    case Int(DT_SOCK): self = .socket
    case Int(DT_CHR): self = .character
    case Int(DT_BLK): self = .block
    default: return nil
    }
  }
}
