import CLinux
import Facts
import Glibc

/// Bounds on what the auditor may use of the host; getrlimit(2). Soft and hard limits alike, so that nothing raises them again.
enum ResourceLimits {
  /// Files open at once: a door to each container's root is held while it is looked at.
  static let files: UInt64 = 4_096
  /// Bytes that one file may grow to; a snapshot of 5,000 processes is some 20 MB.
  static let fileSize: UInt64 = 1 << 30
  /// Bytes of address space: many times what an audit of the largest host takes.
  static let addressSpace: UInt64 = 2 << 30

  static func set() -> ConfinementRecord.Step {
    var missing: [String] = []
    // EFBIG instead of a signal, so that the error is said.
    signal(SIGXFSZ, SIG_IGN)
    for (name, resource, value) in [
      ("core", LINUX_RLIMIT_CORE, 0), ("nofile", LINUX_RLIMIT_NOFILE, files),
      ("fsize", LINUX_RLIMIT_FSIZE, fileSize), ("msgqueue", LINUX_RLIMIT_MSGQUEUE, 0),
      ("memlock", LINUX_RLIMIT_MEMLOCK, 0),
    ] {
      let resource = Int32(resource)
      let value = min(value, linux_hard_limit(resource))
      if linux_limit(resource, value) != 0 || linux_hard_limit(resource) != value { missing.append(name) }
    }
    if !limitAddressSpace() { missing.append("as") }
    return missing.isEmpty
      ? .init(.resourceLimits, .held, "core 0, nofile \(files), fsize 1 GiB, as 2 GiB, memlock 0, msgqueue 0")
      : .init(.resourceLimits, .missing, "not set: \(missing.joined(separator: ", "))")
  }

  /// A program built with a sanitizer has terabytes of address space mapped before it starts: it would not live on under a bound,
  /// so the bound is tried on one page first.
  private static func limitAddressSpace() -> Bool {
    let resource = Int32(LINUX_RLIMIT_AS)
    let value = min(addressSpace, linux_hard_limit(resource))
    guard linux_soft_limit(resource, value) == 0 else { return false }
    let page = mmap(nil, 4_096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard page != MAP_FAILED else {
      _ = linux_soft_limit(resource, linux_hard_limit(resource))
      return false
    }
    munmap(page, 4_096)
    return linux_limit(resource, value) == 0
  }
}
