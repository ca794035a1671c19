import CLinux
import FoundationEssentials
import Glibc
package import SystemPackage

/// Writes a document as JSON with sorted keys: whole under its name, or not at all. What a crash leaves is `.NAME.new`.
/// - Throws: `Errno`, or what encoding throws.
package func writeDocument(_ document: some Encodable, to file: FilePath, mode: UInt32 = 0o600) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  try writeWhole(Array(try encoder.encode(document)) + [UInt8(ascii: "\n")], to: file, mode: mode)
}

/// Replaces a file as a whole, by way of `.NAME.new` beside it.
/// - Throws: `Errno`.
package func writeWhole(_ bytes: [UInt8], to file: FilePath, mode: UInt32 = 0o600) throws {
  let beside = file.removingLastComponent().appending(".\(file.lastComponent?.string ?? "").new")
  unlink(beside.string)
  let descriptor = try FileDescriptor.open(
    beside, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
    permissions: FilePermissions(rawValue: mode))
  do {
    try descriptor.closeAfter {
      try descriptor.writeAll(bytes)
      // Whatever the umask took away.
      guard fchmod(descriptor.rawValue, mode) == 0, fsync(descriptor.rawValue) == 0 else {
        throw Errno(rawValue: errno)
      }
    }
    guard rename(beside.string, file.string) == 0 else { throw Errno(rawValue: errno) }
  } catch {
    unlink(beside.string)
    throw error
  }
}

extension Spool {
  /// A regular file's content, nil where there is none of the name.
  static func content(of file: FilePath) throws(SpoolProblem) -> [UInt8]? {
    let descriptor = linux_openat(
      AT_FDCWD, file.string, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw SpoolProblem(file, errno: errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw SpoolProblem(file, "is no regular file")
    }
    let size = Int(status.st_size)
    guard size <= mostReportBytes else {
      throw SpoolProblem(file, "larger than \(mostReportBytes >> 20) MiB")
    }
    var filled = 0
    var code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while filled < size {
        let part = read(descriptor, buffer.baseAddress?.advanced(by: filled), size - filled)
        if part < 0, errno == EINTR { continue }
        if part < 0 { code = errno }
        if part <= 0 { break }
        filled += part
      }
      count = filled
    }
    guard code == 0 else { throw SpoolProblem(file, errno: code) }
    return bytes
  }

  func names(in directory: FilePath) throws(SpoolProblem) -> [String] {
    guard let stream = opendir(directory.string) else { throw SpoolProblem(directory, errno: errno) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
