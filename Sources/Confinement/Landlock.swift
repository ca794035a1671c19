import CLinux
import Facts
import Glibc

/// Reading beneath some directories and nothing else; landlock(7). What a kernel's ABI does not know is not asked of it.
struct Landlock {
  /// linux/landlock.h, LANDLOCK_ACCESS_FS_*.
  private enum Access {
    static let execute: UInt64 = 1 << 0
    static let writeFile: UInt64 = 1 << 1
    static let readFile: UInt64 = 1 << 2
    static let readDirectory: UInt64 = 1 << 3
    static let removeFile: UInt64 = 1 << 5
    static let makeFile: UInt64 = 1 << 8
    /// ABI 1 has bits 0 to 12; 2 adds REFER, 3 TRUNCATE, 5 IOCTL_DEV.
    static func known(to abi: Int) -> UInt64 {
      var all: UInt64 = (1 << 13) - 1
      if abi >= 2 { all |= 1 << 13 }
      if abi >= 3 { all |= 1 << 14 }
      if abi >= 5 { all |= 1 << 15 }
      return all
    }
  }

  /// Directories that may be read, with all beneath them.
  let readable: [Int32]
  /// A directory where a file may be made and replaced.
  let writable: Int32?
  /// Single files that may be read.
  var files: [Int32] = []
  /// Whether TCP is none of its business: a program that serves and sends.
  var hasNetwork = false
  /// Whether files are made and written there at any time, not only what was opened before.
  var writesOften = false

  /// Takes effect for this thread and all that it starts, and cannot be undone.
  func restrict() -> ConfinementRecord.Step {
    let abi = linux_landlock_abi()
    guard abi > 0 else {
      return missing(
        errno == EOPNOTSUPP ? "built into the kernel, and off at boot (lsm=)" : "not in this kernel")
    }
    var ruleset = linux_landlock_ruleset(
      handled_access_fs: Access.known(to: abi),
      handled_access_net: abi >= 4 && !hasNetwork ? 0b11 : 0,  // BIND_TCP, CONNECT_TCP
      scoped: abi >= 6 ? 0b11 : 0)  // abstract UNIX sockets, signals
    let size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8
    let rules = linux_landlock_create(&ruleset, size)
    guard rules >= 0 else { return missing(String(cString: strerror(errno))) }
    defer { close(rules) }
    var refused = 0
    for directory in readable
    where linux_landlock_allow(rules, directory, Access.readFile | Access.readDirectory) != 0 { refused += 1 }
    for file in files where linux_landlock_allow(rules, file, Access.readFile) != 0 { refused += 1 }
    let replacing = Access.makeFile | Access.removeFile
    let writing = replacing | Access.writeFile | Access.readFile | Access.readDirectory
    if let writable, linux_landlock_allow(rules, writable, writesOften ? writing : replacing) != 0 {
      refused += 1
    }
    guard refused == 0 else { return missing("\(refused) of its rules: \(String(cString: strerror(errno)))") }
    guard linux_landlock_restrict(rules) == 0 else { return missing(String(cString: strerror(errno))) }
    guard linux_may_write_null() == 0 else {
      return missing("the kernel took it, and writing is possible still")
    }
    guard !hasNetwork else {
      return .init(
        .landlock, .held,
        "ABI \(abi): reads beneath \(readable.count) directories and \(files.count) files"
          + (writable == nil ? "" : ", writes in one directory"))
    }
    let roots =
      readable.count == 1 ? "the root" : "the root and \(readable.count - 1) of other mount namespaces"
    return .init(
      .landlock, .held,
      "ABI \(abi): reads beneath \(roots)"
        + (writable == nil ? "" : ", replaces files in the output's directory"))
  }

  private func missing(_ reason: String) -> ConfinementRecord.Step { .init(.landlock, .missing, reason) }
}
