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

/// The files that are meant by some paths.
struct NamedDocuments {
  /// Those in a directory sorted, anything else as it is given.
  private(set) var paths: [String] = []
  /// Files in directories whose names say that they are no documents: an inventory beside the reports, a note.
  private(set) var passedOver: [String] = []

  private static let endings = [".json", ".gz"]

  /// Looks into directories all the way down, for regular files.
  /// - Throws: `FileProblem` where a directory can't be read.
  init(_ given: [String]) throws {
    for path in given {
      var isDirectory: ObjCBool = false
      guard path != "-", FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
        isDirectory.boolValue
      else {
        paths.append(path)
        continue
      }
      guard let names = FileManager.default.enumerator(atPath: path) else {
        throw FileProblem(description: "\(path): can't be listed")
      }
      let files = names.compactMap { $0 as? String }.map { path + "/" + $0 }.filter {
        var status = stat()
        return lstat($0, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
      }.sorted()
      for file in files {
        if Self.endings.contains(where: file.hasSuffix) {
          paths.append(file)
        } else {
          passedOver.append(file)
        }
      }
    }
  }
}
