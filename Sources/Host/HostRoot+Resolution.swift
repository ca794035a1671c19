import CLinux
import Facts
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

  /// An attribute of a name in a resolved directory: the directory is the descriptor's, and the name has no slash.
  /// - Parameter isRecent: Whether to ask getxattrat(2), which looks nothing else up; false once the kernel, or a seccomp profile
  ///   that does not know it, has refused it.
  func linkAttribute(
    _ attribute: String, of name: FilePath.Component, in directory: borrowing Descriptor,
    _ buffer: inout [UInt8], isRecent: inout Bool
  ) -> Int {
    name.withPlatformString { name in
      if isRecent {
        let length = linux_getxattrat(directory.number, name, attribute, &buffer, UInt32(buffer.count))
        if length >= 0 || (errno != ENOSYS && errno != EPERM) { return length }
        isRecent = false
      }
      let prefix = "/proc/self/fd/\(directory.number)/"
      return lgetxattr(prefix + String(cString: name), attribute, &buffer, buffer.count)
    }
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
    var chunk = 1 << 14
    while true {
      let wanted = min(chunk, limit + 1 - content.count)
      let got = withUnsafeTemporaryAllocation(byteCount: wanted, alignment: 1) { buffer in
        let got = Glibc.read(opened.number, buffer.baseAddress, wanted)
        if got > 0 { content.append(contentsOf: buffer.prefix(got)) }
        return got
      }
      if got == 0 { return content }
      if got < 0 {
        if errno == EINTR { continue }
        throw HostError(path, errno: errno)
      }
      guard content.count <= limit else { throw HostError(path, .tooLarge(limit: limit)) }
      try budget?.took(bytes: got, of: path)
      chunk = min(chunk * 4, 1 << 18)
    }
  }

  /// A descriptor of its own for what is held.
  func again(_ number: Int32, _ path: FilePath) throws(HostError) -> Descriptor {
    let copy = fcntl(number, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw HostError(path, errno: errno) }
    return Descriptor(owning: copy)
  }

  /// A held file from its beginning.
  func read(again number: Int32, _ path: FilePath, atMost limit: Int) throws(HostError) -> [UInt8] {
    let opened = try again(number, path)
    guard lseek(opened.number, 0, SEEK_SET) == 0 else { throw HostError(path, errno: errno) }
    return try read(opened, path, atMost: limit)
  }

  func list(_ opened: consuming Descriptor, _ path: FilePath, atMost limit: Int)
    throws(HostError) -> [DirectoryEntry]
  {
    var entries: [(name: [CChar], type: FileType?)] = []
    try visit(opened, path, atMost: limit) { name, type in
      entries.append((Array(UnsafeBufferPointer(start: name, count: strlen(name) + 1)), type))
    }
    // By bytes, as strcmp(3) has it: the same order in every locale.
    entries.sort { left, right in strcmp(left.name, right.name) < 0 }
    return entries.compactMap { entry in
      FilePath.Component(platformString: entry.name).map { DirectoryEntry(name: $0, type: entry.type) }
    }
  }

  /// Each name in a directory but `.` and `..`, in the filesystem's order.
  func visit(
    _ opened: consuming Descriptor, _ path: FilePath, atMost limit: Int,
    _ take: (UnsafePointer<CChar>, FileType?) -> Void
  ) throws(HostError) {
    // fdopendir takes its descriptor over, so it gets one of its own.
    let duplicate = fcntl(opened.number, F_DUPFD_CLOEXEC, 0)
    guard duplicate >= 0 else { throw HostError(path, errno: errno) }
    guard let stream = fdopendir(duplicate) else {
      let code = errno
      close(duplicate)
      throw HostError(path, errno: code)
    }
    defer { closedir(stream) }
    var count = 0
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw HostError(path, errno: errno) }
        return
      }
      let isOwn = withUnsafePointer(to: &entry.pointee.d_name) { bytes in
        bytes.withMemoryRebound(to: CChar.self, capacity: 256) { name in
          let isOwn = strcmp(name, ".") == 0 || strcmp(name, "..") == 0
          if !isOwn, count < limit { take(name, FileType(directoryEntry: entry.pointee.d_type)) }
          return isOwn
        }
      }
      if isOwn { continue }
      guard count < limit else { throw HostError(path, .tooLarge(limit: limit)) }
      count += 1
      try budget?.took(entries: 1, of: path)
    }
  }

  static func isProcfs(_ descriptor: borrowing Descriptor) -> Bool {
    var filesystem = statfs()
    return fstatfs(descriptor.number, &filesystem) == 0 && Int(filesystem.f_type) == procfsMagic
  }

  /// The root's proc/; its number is -1 where that is not the kernel's own.
  static func procfs(beneath directory: borrowing Descriptor) -> Descriptor {
    let found = Descriptor(
      owning: linux_openat(directory.number, "proc", pathOnly | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW))
    return !isElse(found) && isProcfs(found) ? found : Descriptor(owning: -1)
  }

  /// Whether a directory is of another filesystem than procfs, maybe one that somebody answers for by FUSE or over a network: asked itself (fstatfs(2)), it may
  /// never answer, and this is asked before anybody watches. The auditor's own kernel tells it without asking: proc_pid_fdinfo(5),
  /// proc_pid_mountinfo(5). False where that can't be told.
  private static func isElse(_ directory: borrowing Descriptor) -> Bool {
    guard directory.number >= 0, let information = ownFile("fdinfo/\(directory.number)", atMost: 4096),
      let mount = information.lines.first(where: { $0.starts(with: "mnt_id:".utf8) }),
      let id = Array(mount.dropFirst("mnt_id:".utf8.count)).trimmed.decimal,
      let table = ownFile("mountinfo", atMost: 16 << 20)
    else { return false }
    let beginning = Array("\(id) ".utf8)
    guard let line = table.lines.first(where: { $0.starts(with: beginning) }), let mount = Mount(line: line)
    else { return false }
    return mount.type != "proc"
  }

  /// A file of the auditor's own process, which no filesystem but procfs is asked for.
  private static func ownFile(_ name: String, atMost limit: Int) -> [UInt8]? {
    let opened = Descriptor(
      owning: linux_openat(AT_FDCWD, "/proc/self/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW))
    guard opened.number >= 0, isProcfs(opened) else { return nil }
    var content: [UInt8] = []
    while content.count < limit {
      let part = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        count = max(0, Glibc.read(opened.number, buffer.baseAddress, buffer.count))
      }
      if part.isEmpty { break }
      content += part
    }
    return content
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
