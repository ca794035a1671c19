import CLinux
import Glibc
import SystemPackage

let pathOnly = Int32(LINUX_O_PATH)

// openat2(2): linux/openat2.h.
private let resolveNoMagicLinks: UInt64 = 0x02
private let resolveInRoot: UInt64 = 0x10
// statfs(2): linux/magic.h.
private let procfsMagic = 0x9fa0
/// As many links as the kernel itself follows in one resolution; path_resolution(7).
private let mostLinks = 40

extension HostRoot {
  /// Opens what a path leads to with O_PATH, which neither reads nor acts on a device or a FIFO.
  func resolve(_ path: FilePath, following: Bool) throws(HostError) -> Descriptor {
    switch resolution {
    case .kernel: try resolveInKernel(path, following: following)
    case .walk: try Walk(root: directory.number, path: path, following: following).run()
    }
  }

  private func resolveInKernel(_ path: FilePath, following: Bool) throws(HostError) -> Descriptor {
    let flags = pathOnly | O_CLOEXEC | (following ? 0 : O_NOFOLLOW)
    // EAGAIN: a rename raced with `..`; the kernel asks to try again.
    for _ in 0..<16 {
      let number =
        path.isEmpty
        ? openSelf()
        : path.withPlatformString {
          linux_openat2(directory.number, $0, UInt64(flags), resolveInRoot | resolveNoMagicLinks)
        }
      if number >= 0 { return Descriptor(owning: number) }
      if errno != EAGAIN && errno != EINTR { break }
    }
    throw HostError(path, errno: errno)
  }

  private func openSelf() -> Int32 {
    linux_openat2(
      directory.number, ".", UInt64(pathOnly | O_CLOEXEC), resolveInRoot | resolveNoMagicLinks)
  }

  /// Opens a resolved inode for reading by the auditor's own descriptor table: the same inode, whatever happened to its name.
  func reopen(_ found: borrowing Descriptor, _ flags: Int32, _ path: FilePath) throws(HostError) -> Descriptor
  {
    let number = linux_openat(
      AT_FDCWD, "/proc/self/fd/\(found.number)", flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard number >= 0 else { throw HostError(path, errno: errno) }
    return Descriptor(owning: number)
  }

  func status(of found: borrowing Descriptor, _ path: FilePath) throws(HostError) -> FileStatus {
    var status = stat()
    guard fstat(found.number, &status) == 0 else { throw HostError(path, errno: errno) }
    return FileStatus(status)
  }

  /// lgetxattr(2) of a name in a resolved directory: the directory is the descriptor's, and the name has no slash.
  func linkAttribute(
    _ attribute: String, of name: FilePath.Component, in directory: borrowing Descriptor,
    _ buffer: inout [UInt8]
  ) -> Int {
    var path = Array("/proc/self/fd/\(directory.number)/".utf8CString.dropLast())
    name.withPlatformString { path.append(contentsOf: UnsafeBufferPointer(start: $0, count: strlen($0) + 1)) }
    return lgetxattr(path, attribute, &buffer, buffer.count)
  }

  func apply(_ entry: Attributes.Entry?, to status: FileStatus) -> FileStatus {
    guard let entry else { return status }
    var status = status
    status.type = entry.type ?? status.type
    status.mode = entry.mode ?? status.mode
    status.owner = entry.owner ?? status.owner
    status.group = entry.group ?? status.group
    status.modified = entry.modified ?? status.modified
    return status
  }

  func read(_ opened: borrowing Descriptor, _ path: FilePath, atMost limit: Int) throws(HostError) -> [UInt8]
  {
    var content: [UInt8] = []
    var chunk = 4096
    while true {
      var failure: Int32 = 0
      let wanted = min(chunk, limit + 1 - content.count)
      let part = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
        let got = Glibc.read(opened.number, buffer.baseAddress, wanted)
        failure = got < 0 ? errno : 0
        count = max(0, got)
      }
      if failure == EINTR { continue }
      guard failure == 0 else { throw HostError(path, errno: failure) }
      if part.isEmpty { return content }
      if content.isEmpty { content = part } else { content += part }
      guard content.count <= limit else { throw HostError(path, .tooLarge(limit: limit)) }
      chunk = min(chunk * 4, 1 << 18)
    }
  }

  func list(_ opened: consuming Descriptor, _ path: FilePath, atMost limit: Int)
    throws(HostError) -> [FilePath.Component]
  {
    // fdopendir takes its descriptor over, so it gets one of its own.
    let duplicate = fcntl(opened.number, F_DUPFD_CLOEXEC, 0)
    guard duplicate >= 0, let stream = fdopendir(duplicate) else { throw HostError(path, errno: errno) }
    defer { closedir(stream) }
    var names: [[CChar]] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw HostError(path, errno: errno) }
        break
      }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        Array(bytes.bindMemory(to: CChar.self).prefix { $0 != 0 })
      }
      if name == [0x2e] || name == [0x2e, 0x2e] { continue }
      guard names.count < limit else { throw HostError(path, .tooLarge(limit: limit)) }
      names.append(name + [0])
    }
    // By bytes, as strcmp(3) has it: the same order in every locale.
    names.sort { left, right in strcmp(left, right) < 0 }
    return names.compactMap { FilePath.Component(platformString: $0) }
  }

  static func isProcfs(_ descriptor: borrowing Descriptor) -> Bool {
    var filesystem = statfs()
    return fstatfs(descriptor.number, &filesystem) == 0 && Int(filesystem.f_type) == procfsMagic
  }

  static func holdsProcfs(_ directory: borrowing Descriptor, _ resolution: Resolution) -> Bool {
    let number = linux_openat(directory.number, "proc", pathOnly | O_CLOEXEC | O_NOFOLLOW)
    guard number >= 0 else { return false }
    return isProcfs(Descriptor(owning: number))
  }

  /// Whether openat2 works here: ENOSYS before Linux 5.6, EPERM under seccomp profiles older than it.
  static func kernelResolves(_ directory: borrowing Descriptor) -> Bool {
    let number = linux_openat2(
      directory.number, ".", UInt64(pathOnly | O_CLOEXEC), resolveInRoot | resolveNoMagicLinks)
    guard number >= 0 else { return false }
    _ = close(number)
    return true
  }

  /// Where a recorded process root lies beneath this root, for the attributes that speak of it.
  func resolvedRoot(_ path: FilePath) throws(HostError) -> FilePath {
    do {
      return try linkText(path)
    } catch  where error.reason == .wrongType(.directory) {
      return path
    }
  }
}

/// Path resolution in user space: each component is opened with O_NOFOLLOW beneath the last, links are read and resolved by
/// hand, `..` never climbs above the root.
struct Walk {
  let root: Int32
  let path: FilePath
  let following: Bool

  func run() throws(HostError) -> Descriptor {
    var pending = Array(path.components.reversed())
    var trail: [FilePath.Component] = []
    var links = 0
    while let component = pending.popLast() {
      switch component.kind {
      case .currentDirectory: continue
      case .parentDirectory: _ = trail.popLast()
      case .regular:
        let found = try open(trail + [component])
        guard pending.isEmpty ? following : true, let text = try link(found) else {
          trail.append(component)
          continue
        }
        links += 1
        guard links <= mostLinks else { throw HostError(path, .escapes) }
        // procfs' magic links read as absolute paths or as "type:[inode]"; its ordinary ones are relative.
        if HostRoot.isProcfs(found), text.isAbsolute || text.string.contains(":[") {
          throw HostError(path, .escapes)
        }
        if text.isAbsolute { trail = [] }
        pending += text.components.reversed()
      }
    }
    return try open(trail)
  }

  private func open(_ components: [FilePath.Component]) throws(HostError) -> Descriptor {
    var current = linux_openat(root, ".", pathOnly | O_DIRECTORY | O_CLOEXEC)
    guard current >= 0 else { throw HostError(path, errno: errno) }
    for component in components {
      let parent = Descriptor(owning: current)
      current = component.withPlatformString {
        linux_openat(parent.number, $0, pathOnly | O_NOFOLLOW | O_CLOEXEC)
      }
      guard current >= 0 else { throw HostError(path, errno: errno) }
    }
    return Descriptor(owning: current)
  }

  private func link(_ found: borrowing Descriptor) throws(HostError) -> FilePath? {
    var status = stat()
    guard fstat(found.number, &status) == 0 else { throw HostError(path, errno: errno) }
    guard FileType(mode: status.st_mode) == .symlink else { return nil }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let length = readlinkat(found.number, "", &buffer, buffer.count - 1)
    guard length >= 0 else { throw HostError(path, errno: errno) }
    return FilePath(platformString: buffer)
  }
}
