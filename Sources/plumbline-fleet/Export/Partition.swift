import Fleet
import Foundation
import Glibc

/// One file of an export. It is there whole or not at all: until it is finished it has another name.
final class Partition {
  private let path: String
  private let temporary: String
  private let isCompressed: Bool
  private let descriptor: Int32
  private var block: [UInt8] = []
  private(set) var rows = 0

  /// Bytes that are gathered before they are compressed and written.
  private static let blockSize = 1 << 20

  /// - Throws: `FileProblem`.
  init(_ path: String, isCompressed: Bool) throws {
    self.path = path
    self.isCompressed = isCompressed
    let directory = (path as NSString).deletingLastPathComponent
    // Hidden, and with an end that no day's file has: some globs see hidden files.
    temporary = "\(directory)/\(Self.mark)\((path as NSString).lastPathComponent).\(getpid())"
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw FileProblem(description: "\(directory): can't be made: \(error)")
    }
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.problem(temporary) }
    // Says to other runs that somebody is at it; where a filesystem knows no locks, they leave it alone too.
    flock(descriptor, LOCK_EX | LOCK_NB)
  }

  /// What the names of unfinished files begin with.
  private static let mark = ".unfinished-"

  /// Whether a file's name is one that `init` gives to what is not finished, and no other.
  private static func isUnfinished(_ name: String) -> Bool {
    guard name.hasPrefix(mark), let dot = name.lastIndex(of: ".") else { return false }
    let process = name[name.index(after: dot)...]
    let isNumber = !process.isEmpty && process.utf8.allSatisfy { (0x30...0x39).contains($0) }
    return isNumber && names.contains(String(name[..<dot].dropFirst(mark.count)))
  }

  /// What a day's file may be called.
  private static let names = Set(
    ExportForm.allCases.flatMap { ["part.\($0.rawValue)", "part.\($0.rawValue).gz"] })

  /// Removes what a run that was killed left in a directory: unfinished files that nobody holds.
  static func sweep(_ directory: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    where isUnfinished(name) {
      let descriptor = open("\(directory)/\(name)", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink("\(directory)/\(name)") }
    }
  }

  deinit {
    close(descriptor)
    // Nothing is there by this name once the file is finished.
    unlink(temporary)
  }

  private static func problem(_ path: String) -> FileProblem {
    FileProblem(description: "\(path): \(String(cString: strerror(errno)))")
  }

  /// - Throws: `FileProblem`.
  func add(_ text: String, isRow: Bool = true) throws {
    block += text.utf8
    if isRow { rows += 1 }
    if block.count >= Self.blockSize { try flush() }
  }

  /// Each block is a gzip member of its own: members one after another are a gzip file (RFC 1952, 2.2).
  private func flush() throws {
    guard !block.isEmpty else { return }
    let bytes: [UInt8]
    do {
      bytes = isCompressed ? try Gzip.deflated(block) : block
    } catch {
      throw FileProblem(description: "\(temporary): \(error)")
    }
    block.removeAll(keepingCapacity: true)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw Self.problem(temporary) }
      written += count
    }
  }

  /// Gives it its name, once it is on the disk.
  /// - Throws: `FileProblem`.
  func finish() throws {
    try flush()
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw Self.problem(temporary) }
    let directory = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { return }
    fsync(directory)
    close(directory)
  }
}
