import CLinux
import Facts
import Glibc
import SystemPackage

// openat2(2): linux/openat2.h.
private let resolveNoMountCrossing: UInt64 = 0x01
private let resolveNoLinks: UInt64 = 0x04
private let resolveBeneath: UInt64 = 0x08

/// The files of /proc/PID, of which an audit reads a dozen for every process.
///
/// procfs itself holds no FIFO and no device, so what is reached from its root without crossing into another mount and without
/// a link may be opened at once; whatever is not reached so (a recording, a file that somebody mounted there, a kernel without
/// openat2) goes the long way through the door, which also says what is wrong.
extension HostRoot {
  /// The content of a process's file.
  /// - Parameter name: Beneath the process's directory: `status`, `attr/current`.
  /// - Throws: `HostError`; `.tooLarge` past the limit, and then nothing of it is returned.
  package func bytes(of process: ProcessID, _ name: String, atMost limit: Int = defaultLimit)
    throws(HostError) -> [UInt8]
  {
    try budget?.begin(Self.path(process, name), in: self.name)
    defer { budget?.end() }
    if procfs.number >= 0, resolution == .kernel {
      let flags = UInt64(O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
      let number = "\(process)/\(name)".withCString {
        linux_openat2(procfs.number, $0, flags, resolveNoMountCrossing | resolveNoLinks | resolveBeneath)
      }
      if number >= 0 {
        return try read(Descriptor(owning: number), Self.path(process, name), atMost: limit)
      }
    }
    return try bytes(Self.path(process, name), atMost: limit)
  }

  /// The numbers of all processes, in order. As many as the kernel can have (`PID_MAX_LIMIT`, linux/threads.h) are no burden.
  func processIDs() throws(HostError) -> [ProcessID] {
    let path: FilePath = "proc"
    if let code = attributes?.error(reading: path) { throw HostError(path, errno: code) }
    try budget?.begin(path, in: name)
    defer { budget?.end() }
    let opened = try directory(path)
    var ids: [ProcessID] = []
    try visit(opened, path, atMost: 1 << 22) { name, _ in
      let digits = UnsafeRawBufferPointer(start: name, count: strlen(name))
      guard digits.first.map({ $0 > UInt8(ascii: "0") }) == true, digits.count <= 10 else { return }
      if let id = digits.decimal.flatMap({ ProcessID(exactly: $0) }) { ids.append(id) }
    }
    return ids.sorted()
  }

  /// What a link of a process says: `exe`, `ns/net`. Never followed.
  package func linkBytes(of process: ProcessID, _ name: String) throws(HostError) -> [UInt8] {
    try budget?.begin(Self.path(process, name), in: self.name)
    defer { budget?.end() }
    if procfs.number >= 0 {
      let text = "\(process)/\(name)".withCString { path in
        Self.link { readlinkat(procfs.number, path, $0, $1) }
      }
      if let text { return text }
    }
    let text = try linkText(Self.path(process, name))
    return text.withPlatformString { Array(UnsafeRawBufferPointer(start: $0, count: text.length)) }
  }

  /// - Returns: nil where the call fails.
  private static func link(_ call: (UnsafeMutablePointer<CChar>, Int) -> Int) -> [UInt8]? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      guard let start = buffer.baseAddress else { return nil }
      let length = call(start, buffer.count)
      guard length >= 0 else { return nil }
      return Array(UnsafeRawBufferPointer(start: start, count: length))
    }
  }

  private static func path(_ process: ProcessID, _ name: String) -> FilePath {
    FilePath("proc/\(process)/\(name)")
  }
}
