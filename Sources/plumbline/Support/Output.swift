import Glibc
import SystemPackage

/// Where a command's data goes, opened before the auditor gives up opening files.
///
/// A regular file is replaced whole or not at all: the data goes to a file without a name in the same directory, which gets the
/// name when all of it is on the disk; open(2), O_TMPFILE. Whatever ends the program before that (a signal, a full disk) leaves the
/// old file, or none. A device, a FIFO or a socket is written to as it is: replacing /dev/null would be no service.
struct Output: ~Copyable {
  /// The directory that a file is put in place in, for those who must allow it.
  struct Place {
    let directory: Int32
    /// Another user's directory, which root can only write to by overriding its mode.
    let isForeign: Bool
  }

  private enum Target {
    case stream
    /// Beside the file's place: `temporary` is the name of the new file where the filesystem has no files without one.
    case replacing(directory: Int32, name: String, temporary: String?)
  }

  private let target: Target
  private let file: Int32
  private let shown: String
  private var isDone = false

  /// What the directory must allow; nil where nothing is put in place.
  let place: Place?

  /// - Parameter path: A path; nil and `-` are standard output.
  /// - Throws: `Failure` with the path and the reason: nothing was written there.
  init(_ path: String?) throws {
    shown = path.map { $0 == "-" ? "standard output" : $0 } ?? "standard output"
    (file, target, place) = try Self.opened(path)
  }

  private static func opened(_ path: String?) throws -> (Int32, Target, Place?) {
    guard let path, path != "-" else { return (STDOUT_FILENO, .stream, nil) }
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      guard status.st_mode & S_IFMT != S_IFDIR else {
        throw Failure("\(path): is a directory; name a file in it")
      }
      return (try open(FilePath(path), [], path).rawValue, .stream, nil)
    }
    return try replacing(FilePath(path), path)
  }

  private static func replacing(_ path: FilePath, _ shown: String) throws -> (Int32, Target, Place?) {
    guard let name = path.lastComponent?.string, path.lastComponent?.kind == .regular else {
      throw Failure("\(shown): names no file")
    }
    let parent = path.removingLastComponent()
    let directory: Int32
    do {
      directory = try FileDescriptor.open(
        parent.isEmpty ? "." : parent, .readOnly, options: [.directory, .closeOnExec]
      ).rawValue
    } catch {
      throw Failure("\(shown): \(error); nothing was written there")
    }
    var status = stat()
    fstat(directory, &status)
    let place = Place(directory: directory, isForeign: isForeign(status))
    // By the descriptor: the directory may be renamed in the meantime.
    let beside = FilePath("/proc/self/fd/\(directory)")
    // __O_TMPFILE with O_DIRECTORY, of asm-generic/fcntl.h.
    let unnamed = FileDescriptor.OpenOptions(rawValue: 0o20_200_000)
    if let file = try? FileDescriptor.open(
      beside, .writeOnly, options: [unnamed, .closeOnExec], permissions: [.ownerReadWrite])
    {
      return (file.rawValue, .replacing(directory: directory, name: name, temporary: nil), place)
    }
    let temporary = ".\(name).\(getpid()).new"
    do {
      let file = try open(beside.appending(temporary), [.create, .exclusiveCreate, .noFollow], shown)
      return (file.rawValue, .replacing(directory: directory, name: name, temporary: temporary), place)
    } catch {
      close(directory)
      throw error
    }
  }

  private static func open(_ path: FilePath, _ options: FileDescriptor.OpenOptions, _ shown: String) throws
    -> FileDescriptor
  {
    do {
      return try FileDescriptor.open(
        path, .writeOnly, options: options.union(.closeOnExec),
        permissions: options.contains(.create) ? [.ownerReadWrite] : nil)
    } catch {
      throw Failure("\(shown): \(error); nothing was written there")
    }
  }

  private static func isForeign(_ status: stat) -> Bool {
    let mode = status.st_mode
    let isOwn =
      status.st_uid == geteuid() && mode & 0o200 != 0 || status.st_gid == getegid() && mode & 0o020 != 0
    return geteuid() == 0 && !isOwn && mode & 0o002 == 0
  }

  deinit {
    guard case .replacing(let directory, _, let temporary) = target else {
      if file > STDERR_FILENO { close(file) }
      return
    }
    close(file)
    if !isDone, let temporary { unlinkat(directory, temporary, 0) }
    close(directory)
  }

  /// Writes all of it, and puts it in place.
  /// - Throws: `Failure` with the path and the reason; a file that was there is as it was.
  consuming func write(_ bytes: [UInt8]) throws {
    let code = writeAll(bytes, to: file)
    guard case .replacing(let directory, let name, let temporary) = target else {
      guard code == 0 else { throw Failure("\(shown): \(Errno(rawValue: code))") }
      return
    }
    guard code == 0 else { throw failure(code) }
    guard fsync(file) == 0 else { throw failure(errno) }
    let beside = temporary ?? ".\(name).\(getpid()).new"
    if temporary == nil {
      guard linkat(AT_FDCWD, "/proc/self/fd/\(file)", directory, beside, AT_SYMLINK_FOLLOW) == 0 else {
        throw failure(errno)
      }
    }
    guard renameat(directory, beside, directory, name) == 0 else {
      let code = errno
      unlinkat(directory, beside, 0)
      isDone = true
      throw failure(code)
    }
    isDone = true
    // The name itself is on the disk too; a filesystem that can't say so has said all it can.
    _ = fsync(directory)
  }

  private func failure(_ code: Int32) -> Failure {
    Failure("\(shown): \(Errno(rawValue: code)); nothing was written there")
  }
}
