import CLinux
import Fleet
import Foundation
import Glibc

/// Why a file could not be read.
struct FileProblem: Error, CustomStringConvertible {
  let description: String
}

/// A file's content, or standard input's for `-`; never more than a document may have.
/// - Throws: `FileProblem`.
func content(of path: String) throws -> [UInt8] {
  let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else { throw FileProblem(description: String(cString: strerror(errno))) }
  defer { if descriptor != 0 { close(descriptor) } }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else {
    throw FileProblem(description: String(cString: strerror(errno)))
  }
  guard path == "-" || status.st_mode & S_IFMT == S_IFREG else {
    throw FileProblem(description: "is no regular file")
  }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while bytes.count <= Intake.mostBytes {
    let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    guard count >= 0 else { throw FileProblem(description: String(cString: strerror(errno))) }
    if count == 0 { break }
    bytes += block[..<count]
  }
  return bytes
}

/// The files that are meant: a directory's regular files, all the way down, sorted; anything else as it is given.
/// - Throws: `FileProblem` where a directory can't be read.
func files(_ paths: [String]) throws -> [String] {
  try paths.flatMap { path -> [String] in
    var isDirectory: ObjCBool = false
    guard path != "-", FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
      isDirectory.boolValue
    else { return [path] }
    guard let names = FileManager.default.enumerator(atPath: path) else {
      throw FileProblem(description: "\(path): can't be listed")
    }
    return names.compactMap { $0 as? String }.map { path + "/" + $0 }.filter {
      var status = stat()
      return lstat($0, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }.sorted()
  }
}
