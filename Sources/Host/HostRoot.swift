import CLinux
import Glibc
package import SystemPackage

/// The only door to a host.
///
/// It holds a directory descriptor and resolves every path beneath it in the kernel (openat2(2) with `RESOLVE_IN_ROOT` and
/// `RESOLVE_NO_MAGICLINKS`), so neither `..`, nor an absolute link, nor `/proc/PID/root` leads out of it. Two magic links are followed
/// by name, each from the kernel's own filesystem: a process's root (``root(of:)``) and AppArmor's policy. It never opens what is
/// not a regular file or a directory, bounds every read, and never writes. `/`, a container's `/host`, a mounted image and a
/// recorded tree are the same thing to it.
package struct HostRoot: ~Copyable, Sendable {
  /// How paths are resolved.
  package enum Resolution: Hashable, Sendable {
    /// By openat2(2), Linux 5.6: atomically, in the kernel.
    case kernel
    /// Component by component with O_NOFOLLOW: for kernels without openat2, and where a seccomp profile refuses it.
    /// As safe against leaving the root; not atomic against renames during the walk.
    case walk
  }

  /// The most that one file may hold, unless a caller says otherwise: 1 MiB.
  package static let defaultLimit = 1 << 20

  /// How the root was named on the way in, for messages.
  package let name: FilePath
  package let resolution: Resolution
  /// True where proc/ beneath the root is the kernel's own procfs: system calls about the running kernel then speak of this host.
  package let isRunning: Bool
  let directory: Descriptor
  /// The kernel's own procfs beneath the root; its number is -1 where there is none.
  let procfs: Descriptor
  let attributes: Attributes?
  /// What was taken hold of before the auditor's confinement closed it.
  package let held: HeldFiles
  /// What may still be asked; nil where there is no bound but each file's own.
  let budget: Budget?

  /// Opens a root.
  /// - Parameter attributes: Modes, owners, types and read errors that a recorded tree could not keep.
  /// - Throws: `HostError` if the path is not a directory that can be opened.
  package init(at path: FilePath, attributes: Attributes? = nil, resolution: Resolution? = nil)
    throws(HostError)
  {
    let number = path.withPlatformString {
      linux_openat(AT_FDCWD, $0, O_DIRECTORY | O_CLOEXEC | pathOnly)
    }
    guard number >= 0 else { throw HostError(path, errno: errno) }
    self.init(owning: Descriptor(owning: number), name: path, attributes: attributes, resolution: resolution)
  }

  init(
    owning directory: consuming Descriptor, name: FilePath, attributes: Attributes?, resolution: Resolution?,
    budget: Budget? = nil, held: HeldFiles = HeldFiles()
  ) {
    let chosen = resolution ?? (Self.kernelResolves(directory) ? .kernel : .walk)
    self.name = name
    self.attributes = attributes
    self.resolution = chosen
    let procfs = Self.procfs(beneath: directory)
    isRunning = procfs.number >= 0
    self.procfs = procfs
    self.directory = directory
    self.held = held
    self.budget = budget
  }

  /// Another door to the same root.
  /// - Parameters:
  ///   - budget: What may be asked through it; nil where that is not bounded.
  ///   - held: What was taken hold of by then; nil for what the other door holds.
  package init(_ other: borrowing HostRoot, within budget: Budget?, holding held: HeldFiles? = nil) {
    name = other.name
    resolution = other.resolution
    isRunning = other.isRunning
    attributes = other.attributes
    // Where no descriptor is left, each question says so.
    directory = Descriptor(owning: fcntl(other.directory.number, F_DUPFD_CLOEXEC, 0))
    procfs = Descriptor(owning: other.isRunning ? fcntl(other.procfs.number, F_DUPFD_CLOEXEC, 0) : -1)
    self.held = held ?? other.held
    self.budget = budget
  }

  /// The whole content of a regular file, read until its end: st_size is believed only where it is too much and on a disk.
  /// - Throws: `HostError`; `.tooLarge` past the limit, and then nothing of it is returned.
  package func bytes(_ path: FilePath, atMost limit: Int = defaultLimit) throws(HostError) -> [UInt8] {
    try budget?.begin(path, in: name)
    defer { budget?.end() }
    if let code = attributes?.error(reading: path) { throw HostError(path, errno: code) }
    if let content = held.contents[path] { return content }
    if let number = held.files[path] { return try read(again: number, path, atMost: limit) }
    let found = try resolve(path, following: true)
    let status = try status(of: found, path)
    guard status.type == .file else { throw HostError(path, .wrongType(status.type)) }
    if let recorded = attributes?.entry(path)?.type, recorded != .file, recorded != .symlink {
      throw HostError(path, .wrongType(recorded))
    }
    guard status.size <= limit || Self.mayBeLess(status) else {
      throw HostError(path, .tooLarge(limit: limit))
    }
    let opened = try reopen(found, O_RDONLY, path)
    return try read(opened, path, atMost: limit)
  }

  /// Whether a file may hold less than its size says: sysfs says a page, 4096 bytes or up to 64 KiB, of a file that holds 65 bytes, and
  /// has no blocks for it. A file of holes has none either, and would be read up to the bound.
  private static func mayBeLess(_ status: FileStatus) -> Bool {
    status.blocks == 0 && status.size <= 65_536
  }

  /// The names in a directory, sorted by their bytes, without `.` and `..`.
  /// - Throws: `HostError`; `.tooLarge` past the limit.
  package func names(in path: FilePath, atMost limit: Int = 65_536) throws(HostError) -> [FilePath.Component]
  {
    try entries(in: path, atMost: limit).map(\.name)
  }

  /// What is in a directory, sorted by the bytes of its names, without `.` and `..`.
  /// - Throws: `HostError`; `.tooLarge` past the limit.
  package func entries(in path: FilePath, atMost limit: Int = 65_536) throws(HostError) -> [DirectoryEntry] {
    try budget?.begin(path, in: name)
    defer { budget?.end() }
    if let code = attributes?.error(reading: path) { throw HostError(path, errno: code) }
    let entries = try list(try directory(path), path, atMost: limit)
    guard let attributes else { return entries }
    return entries.map {
      DirectoryEntry(name: $0.name, type: attributes.entry(path.appending($0.name))?.type ?? $0.type)
    }
  }

  /// A directory, open to be listed.
  func directory(_ path: FilePath) throws(HostError) -> Descriptor {
    let found = try resolve(path, following: true)
    let type = try status(of: found, path).type
    guard type == .directory else { throw HostError(path, .wrongType(type)) }
    return try reopen(found, O_RDONLY | O_DIRECTORY, path)
  }

  /// The metadata of what a path leads to, its last link followed.
  package func status(_ path: FilePath) throws(HostError) -> FileStatus {
    try budget?.begin(path, in: name)
    defer { budget?.end() }
    let found = try resolve(path, following: true)
    return apply(attributes?.entry(path), to: try status(of: found, path))
  }

  /// The metadata of the path itself: a link is a link.
  package func linkStatus(_ path: FilePath) throws(HostError) -> FileStatus {
    try budget?.begin(path, in: name)
    defer { budget?.end() }
    let found = try resolve(path, following: false)
    return apply(attributes?.entry(path), to: try status(of: found, path))
  }

  /// The metadata of some of a directory's names themselves, one system call each; those that are gone are left out.
  package func linkStatuses(
    of names: [FilePath.Component], in path: FilePath
  ) throws(HostError) -> [(name: FilePath.Component, status: FileStatus)] {
    try budget?.begin(path, in: name)
    defer { budget?.end() }
    let directory = try resolve(path, following: true)
    var found: [(name: FilePath.Component, status: FileStatus)] = []
    for name in names {
      try budget?.took(entries: 0, of: path)
      var status = stat()
      let result = name.withPlatformString { fstatat(directory.number, $0, &status, AT_SYMLINK_NOFOLLOW) }
      if result == 0 {
        let entry = attributes.flatMap { $0.entry(path.appending(name)) }
        found.append((name, apply(entry, to: FileStatus(status))))
      } else if errno != ENOENT {
        throw HostError(path.appending(name), errno: errno)
      }
    }
    return found
  }

  /// What a symbolic link says, not followed. Works on procfs' magic links, which are only ever read as text.
  package func linkText(_ path: FilePath) throws(HostError) -> FilePath {
    try budget?.begin(path, in: name)
    defer { budget?.end() }
    if let code = attributes?.error(reading: path) { throw HostError(path, errno: code) }
    if let text = held.links[path] { return text }
    let found = try resolve(path, following: false)
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let length = readlinkat(found.number, "", &buffer, buffer.count - 1)
    guard length >= 0 else {
      // EINVAL from readlinkat on a descriptor means that it is not a link.
      if errno == EINVAL || errno == ENOENT {
        throw HostError(path, .wrongType(try status(of: found, path).type))
      }
      throw HostError(path, errno: errno)
    }
    return FilePath(platformString: buffer)
  }

  /// Whether the kernel checks every read of a file against its fs-verity digest: STATX_ATTR_VERITY of statx(2), Linux 5.5. A
  /// filesystem that doesn't tell has no such files.
  package func hasVerity(_ path: FilePath) throws(HostError) -> Bool {
    try budget?.begin(path, in: name)
    defer { budget?.end() }
    let found = try resolve(path, following: true)
    if let recorded = attributes?.entry(path)?.hasVerity { return recorded }
    let bit: UInt64 = 0x10_0000
    var (attributes, mask): (UInt64, UInt64) = (0, 0)
    guard linux_statx_attributes(found.number, &attributes, &mask) == 0 else {
      throw HostError(path, errno: errno)
    }
    return mask & bit != 0 && attributes & bit != 0
  }

  /// An extended attribute, xattr(7); nil where the file has none of that name or its filesystem keeps none.
  package func extendedAttribute(_ name: String, of path: FilePath, atMost limit: Int = 65_536)
    throws(HostError) -> [UInt8]?
  {
    try budget?.begin(path, in: self.name)
    defer { budget?.end() }
    if let recorded = attributes?.entry(path)?.extendedAttributes[name] { return recorded }
    let found = try resolve(path, following: true)
    var buffer = [UInt8](repeating: 0, count: limit)
    // An O_PATH descriptor takes no fgetxattr; its own /proc entry leads to the same inode.
    let length = getxattr("/proc/self/fd/\(found.number)", name, &buffer, buffer.count)
    guard length >= 0 else {
      switch errno {
      case ENODATA, EOPNOTSUPP: return nil
      case ERANGE: throw HostError(path, .tooLarge(limit: limit))
      default: throw HostError(path, errno: errno)
      }
    }
    return Array(buffer.prefix(length))
  }

  /// Those of a directory's names whose own inode has an extended attribute, with what reading it gave. One system call a
  /// name: directories of programs hold thousands. Links are not followed.
  package func extendedAttributes(
    _ attribute: String, ofAtMost size: Int, of names: [FilePath.Component], in path: FilePath
  ) throws(HostError) -> [(FilePath.Component, Result<[UInt8], HostError>)] {
    try budget?.begin(path, in: name)
    defer { budget?.end() }
    let directory = try resolve(path, following: true)
    var found: [(FilePath.Component, Result<[UInt8], HostError>)] = []
    var buffer = [UInt8](repeating: 0, count: size)
    var isRecent = true
    for name in names {
      try budget?.took(entries: 0, of: path)
      if let attributes, let recorded = attributes.entry(path.appending(name))?.extendedAttributes[attribute]
      {
        found.append((name, .success(recorded)))
        continue
      }
      let length = linkAttribute(attribute, of: name, in: directory, &buffer, isRecent: &isRecent)
      if length >= 0 {
        found.append((name, .success(Array(buffer.prefix(length)))))
      } else if ![ENODATA, EOPNOTSUPP, ENOENT].contains(errno) {
        found.append((name, .failure(HostError(path.appending(name), errno: errno))))
      }
    }
    return found
  }

  /// The root directory that a process sees, as a door of its own: a component's flags name paths in *its* mount namespace.
  ///
  /// proc(5) puts the link behind a ptrace access check, so this may be denied even to root.
  package func root(of process: ProcessID) throws(HostError) -> HostRoot {
    let path = FilePath("proc/\(process)/root")
    try budget?.begin(path, in: name)
    defer { budget?.end() }
    if let code = attributes?.error(reading: path) { throw HostError(path, errno: code) }
    if !isRunning {
      // A recording: an ordinary link or directory, resolved as any other.
      return HostRoot(
        owning: try resolve(path, following: true), name: name.appending(path.components),
        attributes: attributes?.beneath(try resolvedRoot(path)), resolution: resolution, budget: budget)
    }
    if let number = held.roots[process] {
      return HostRoot(
        owning: try self.again(number, path), name: name.appending(path.components), attributes: nil,
        resolution: resolution, budget: budget)
    }
    let parent = try resolve(FilePath("proc/\(process)"), following: true)
    guard Self.isProcfs(parent) else { throw HostError(path, .escapes) }
    // From a directory that the kernel says is procfs.
    let number = linux_openat(parent.number, "root", pathOnly | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { throw HostError(path, errno: errno) }
    return HostRoot(
      owning: Descriptor(owning: number), name: name.appending(path.components), attributes: nil,
      resolution: resolution, budget: budget)
  }
}
