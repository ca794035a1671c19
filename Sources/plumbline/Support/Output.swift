import Glibc
import SystemPackage

/// Where a command's data goes.
enum Output {
  case standardOutput
  case file(FilePath)

  init(_ path: String?) {
    self = path.map { $0 == "-" ? .standardOutput : .file(FilePath($0)) } ?? .standardOutput
  }

  /// Writes all of it or none: a file is written beside its place and renamed, so that a reader sees the old one or the new.
  /// - Throws: `Failure` with the path and the reason.
  func write(_ bytes: [UInt8]) throws {
    switch self {
    case .standardOutput:
      let code = writeAll(bytes, to: STDOUT_FILENO)
      guard code == 0 else { throw Failure("standard output: \(Errno(rawValue: code))") }
    case .file(let path): try replace(path, with: bytes)
    }
  }

  private func replace(_ path: FilePath, with bytes: [UInt8]) throws {
    let beside = FilePath("\(path.string).\(getpid()).new")
    do {
      let file = try FileDescriptor.open(
        beside, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec, .noFollow],
        permissions: [.ownerReadWrite])
      try file.closeAfter {
        _ = try file.writeAll(bytes)
        guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
      }
      guard rename(beside.string, path.string) == 0 else { throw Errno(rawValue: errno) }
    } catch {
      unlink(beside.string)
      throw Failure("\(path): \(error); nothing was written there")
    }
  }
}
