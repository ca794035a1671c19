import Glibc
package import Host
package import SystemPackage

/// A host made of plain files in a temporary directory, removed when the last reference goes.
///
/// A path that ends in `/` is a directory, a value that begins with `-> ` a symbolic link's text; anything else is a file.
/// Parents are made as needed.
package final class HostTree {
  /// The directory that stands for the host's root.
  package let path: FilePath

  /// A tree that could not be made, with the call and its errno.
  package struct Failure: Error, Hashable {
    package let call: String
    package let path: String
    package let errno: Int32

    package init(call: String, path: String, errno: Int32) {
      self.call = call
      self.path = path
      self.errno = errno
    }
  }

  package init(_ files: [String: String] = [:]) throws {
    var template = Array("/tmp/plumbline-tree-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure(call: "mkdtemp", path: "/tmp", errno: errno) }
    path = FilePath(platformString: template)
    for (name, content) in files.sorted(by: { $0.key < $1.key }) {
      if name.hasSuffix("/") {
        try makeDirectories(FilePath(name))
      } else if content.hasPrefix("-> ") {
        try link(FilePath(name), to: FilePath(String(content.dropFirst(3))))
      } else {
        try write(Array(content.utf8), to: FilePath(name))
      }
    }
  }

  deinit { Self.remove(path) }

  /// Writes a file's bytes, over what was there.
  package func write(_ bytes: [UInt8], to name: FilePath) throws {
    try makeDirectories(name.removingLastComponent())
    let place = beneath(name)
    let number = place.withPlatformString { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644) }
    guard number >= 0 else { throw Failure(call: "open", path: name.string, errno: errno) }
    defer { close(number) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
      guard count > 0 else { throw Failure(call: "write", path: name.string, errno: errno) }
      rest = rest.dropFirst(count)
    }
  }

  /// Makes a symbolic link that says `target`.
  package func link(_ name: FilePath, to target: FilePath) throws {
    try makeDirectories(name.removingLastComponent())
    let place = beneath(name)
    let result = target.withPlatformString { text in place.withPlatformString { symlink(text, $0) } }
    guard result == 0 else { throw Failure(call: "symlink", path: name.string, errno: errno) }
  }

  /// Sets a file's or directory's permission bits.
  package func chmod(_ name: FilePath, _ mode: UInt16) throws {
    let result = beneath(name).withPlatformString { Glibc.chmod($0, mode_t(mode)) }
    guard result == 0 else { throw Failure(call: "chmod", path: name.string, errno: errno) }
  }

  /// The door to it.
  /// - Parameter attributes: Lines as a recorded tree's attributes have them: owners, read errors, extended attributes.
  package func root(attributes: String? = nil) throws -> HostRoot {
    guard let attributes else { return try HostRoot(at: path) }
    return try HostRoot(at: path, attributes: Attributes(parsing: attributes))
  }

  /// What a collector sees of it.
  package func view(attributes: String? = nil) throws -> HostView {
    HostView(try root(attributes: attributes))
  }

  private func beneath(_ name: FilePath) -> FilePath { path.appending(name.components) }

  private func makeDirectories(_ name: FilePath) throws {
    var place = path
    for component in name.components {
      place.append(component)
      let result = place.withPlatformString { mkdir($0, 0o755) }
      guard result == 0 || errno == EEXIST else {
        throw Failure(call: "mkdir", path: name.string, errno: errno)
      }
    }
  }

  /// Removes what this tree made; links are removed, never followed. By descriptors and bytes: trees of attackers hold hundred
  /// thousands of names, some of them no text.
  private static func remove(_ path: FilePath) {
    let directory = path.withPlatformString { open($0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
    if directory >= 0 { empty(owning: directory) }
    _ = path.withPlatformString { rmdir($0) }
  }

  private static func empty(owning directory: Int32) {
    guard let stream = fdopendir(directory) else {
      close(directory)
      return
    }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { name in
          guard strcmp(name, ".") != 0, strcmp(name, "..") != 0, unlinkat(directory, name, 0) != 0 else {
            return
          }
          let beneath = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
          if beneath >= 0 { empty(owning: beneath) }
          unlinkat(directory, name, AT_REMOVEDIR)
        }
      }
    }
  }
}
