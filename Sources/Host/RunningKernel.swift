import CLinux
import CSeccomp
import Glibc

// Questions about the kernel that runs the auditor. They are answers about the audited host only where `HostRoot.isRunning`.

/// uname(2)'s machine: `x86_64`.
package func machineName() -> String? {
  var name = utsname()
  guard uname(&name) == 0 else { return nil }
  return withUnsafeBytes(of: name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}

/// What a system call that may not exist answered.
package enum KernelAnswer<Value: Sendable & Hashable>: Sendable, Hashable {
  case answer(Value)
  /// ENOSYS: the kernel does not have it, or a seccomp profile hides it.
  case noSystemCall
  /// EPERM or EACCES: something, a seccomp profile mostly, refuses it.
  case refused
  /// EOPNOTSUPP: built, and turned off at boot.
  case disabled
  case failed(errno: Int32)

  init(errno code: Int32) {
    self =
      switch code {
      case ENOSYS: .noSystemCall
      case EPERM, EACCES: .refused
      case EOPNOTSUPP: .disabled
      default: .failed(errno: code)
      }
  }
}

/// The ids of the active security modules in the order the kernel asks them, LSM_ID_* of linux/lsm.h; lsm_list_modules(2),
/// Linux 6.8.
package func activeSecurityModules() -> KernelAnswer<[UInt64]> {
  var ids = [UInt64](repeating: 0, count: 64)
  var size = UInt64(ids.count * MemoryLayout<UInt64>.size)
  let count = linux_lsm_list_modules(&ids, &size)
  guard count >= 0 else { return KernelAnswer(errno: errno) }
  return .answer(Array(ids.prefix(Int(count))))
}

/// Whether the kernel takes its clock to be in step with a reference: STA_UNSYNC of adjtimex(2), which changes nothing and needs no
/// privilege. Containers' seccomp profiles refuse it.
package func clockIsSynchronized() -> KernelAnswer<Bool> {
  let answer = linux_clock_is_synchronized()
  return answer >= 0 ? .answer(answer == 1) : KernelAnswer(errno: errno)
}

/// Landlock's ABI version; landlock_create_ruleset(2), Linux 5.13.
package func landlockABI() -> KernelAnswer<Int> {
  let abi = linux_landlock_abi()
  return abi >= 0 ? .answer(abi) : KernelAnswer(errno: errno)
}

/// The level of the seccomp API that libseccomp finds in the running kernel, 0 to 7; seccomp_api_get(3).
package func seccompAPILevel() -> Int { Int(seccomp_api_get()) }

/// libseccomp's own version: `2.5.4`.
package func seccompLibraryVersion() -> String? {
  guard let version = seccomp_version()?.pointee else { return nil }
  return "\(version.major).\(version.minor).\(version.micro)"
}

/// Whether libseccomp knows a system call of that name on any architecture; seccomp_syscall_resolve_name(3). It is libseccomp's own
/// table, whatever kernel runs.
package func seccompKnows(systemCall name: String) -> Bool {
  !name.utf8.contains(0) && seccomp_syscall_resolve_name(name) != -1
}

/// Whether libseccomp knows an architecture by the name that profiles give it (`SCMP_ARCH_X86_64`); seccomp_arch_resolve_name(3).
package func seccompKnows(architecture name: String) -> Bool {
  let prefix = "SCMP_ARCH_"
  guard name.hasPrefix(prefix), !name.utf8.contains(0) else { return false }
  return seccomp_arch_resolve_name(name.dropFirst(prefix.count).lowercased()) != 0
}
