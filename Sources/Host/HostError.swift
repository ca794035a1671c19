import Glibc
package import SystemPackage

/// Why the door did not give what was asked of it.
package struct HostError: Error, Hashable, Sendable {
  package enum Reason: Hashable, Sendable {
    /// ENOENT, ENOTDIR, or ENXIO: it is not there.
    case absent
    /// EACCES or EPERM.
    case denied
    /// It is there, but not a regular file (or not a directory, where names were asked for).
    case wrongType(FileType)
    /// More than this many bytes, or names.
    case tooLarge(limit: Int)
    /// Resolving would leave the root, follow a magic link, or loop.
    case escapes
    /// ESRCH, or ENOENT under a process that was there: it went away while it was read.
    case vanished
    /// Reading took longer than the audit may wait for it.
    case outOfTime
    /// The whole audit has read as much as it may: this many bytes, or names.
    case spent(limit: Int)
    /// Any other errno.
    case io(Errno)
  }

  package let path: FilePath
  package let reason: Reason

  package init(_ path: FilePath, _ reason: Reason) {
    self.path = path
    self.reason = reason
  }

  init(_ path: FilePath, errno code: Int32) {
    self.path = path
    reason =
      switch code {
      case ENOENT, ENOTDIR, ENXIO: .absent
      case EACCES, EPERM: .denied
      case ELOOP, EXDEV: .escapes
      case ESRCH: .vanished
      default: .io(Errno(rawValue: code))
      }
  }
}

extension HostError: CustomStringConvertible {
  package var description: String {
    switch reason {
    case .absent: "it is not there"
    case .denied: "permission denied"
    case .wrongType(let type): "it is a \(type.rawValue), which is not read"
    case .tooLarge(let limit): "larger than the bound of \(limit)"
    case .escapes: "its links leave the root, loop, or go through a magic link"
    case .vanished: "it went away while it was read"
    case .outOfTime: "reading it took too long"
    case .spent(let limit): "the whole audit's bound of \(limit) is used up"
    case .io(let errno): "\(errno)"
    }
  }
}
