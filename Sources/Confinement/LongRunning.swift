import CLinux
import CSeccomp
package import Facts
import Glibc

/// What the two programs give up that run for months; each step verified, and taken before any other thread exists.
package enum LongRunning {
  /// Why a call is refused.
  private enum Reach {
    case network, programs, others, kernel, mounts
  }

  private static func calls(_ reach: Reach) -> [String] {
    switch reach {
    case .network: ["socket", "socketpair", "connect", "bind", "listen", "accept", "accept4"]
    case .programs: ["execve", "execveat", "fork", "vfork"]
    // io_uring makes sockets and opens files past any filter.
    case .others:
      [
        "io_uring_setup", "io_uring_enter", "io_uring_register", "ptrace", "process_vm_readv",
        "process_vm_writev", "pidfd_getfd", "kcmp", "open_by_handle_at",
        "userfaultfd", "perf_event_open", "add_key", "request_key", "keyctl",
      ]
    case .kernel:
      [
        "bpf", "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot",
        "swapon", "swapoff", "acct", "quotactl", "settimeofday", "clock_settime", "stime", "syslog", "iopl",
        "ioperm", "sethostname", "setdomainname",
      ]
    case .mounts:
      [
        "mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "open_tree", "move_mount", "fsopen",
        "fsmount", "fsconfig", "fspick", "mount_setattr",
      ]
    }
  }

  /// The agent, which starts audits and nothing else, and never has a socket. The filter is inherited: an audit adds its own.
  /// - Parameter kept: What the audits need, where it was given.
  package static func enterAgent(keeping kept: [Privilege]) -> [ConfinementRecord.Step] {
    prepare(Capabilities(kept: kept, isForChildren: true)) + [
      refuse([.network, .others, .kernel, .mounts])
    ]
  }

  /// The relay, which has sockets, and of the files what it is told.
  /// - Parameters:
  ///   - directories: What it may read beneath.
  ///   - files: Single files that it may read.
  ///   - writable: Where it keeps its own state.
  package static func enterRelay(
    reading directories: [Int32], files: [Int32], writing writable: Int32?
  ) -> [ConfinementRecord.Step] {
    let closed = Landlock(
      readable: directories, writable: writable, files: files, hasNetwork: true, writesOften: true)
    return prepare(Capabilities(kept: [])) + [
      closed.restrict(), refuse([.programs, .others, .kernel, .mounts]),
    ]
  }

  private static func prepare(_ capabilities: Capabilities) -> [ConfinementRecord.Step] {
    let dumpable: ConfinementRecord.Step =
      linux_prctl(Int32(LINUX_PR_SET_DUMPABLE), 0) == 0
      ? .init(.dumpable, .held, "no") : .init(.dumpable, .missing, String(cString: strerror(errno)))
    let dropped = capabilities.drop()
    _ = linux_prctl(Int32(LINUX_PR_SET_NO_NEW_PRIVS), 1)
    let locked: ConfinementRecord.Step =
      linux_prctl(Int32(LINUX_PR_GET_NO_NEW_PRIVS), 0) == 1
      ? .init(.noNewPrivs, .held, "set") : .init(.noNewPrivs, .missing, String(cString: strerror(errno)))
    return [dumpable] + dropped + [locked]
  }

  /// Refuses calls with EPERM, and new user namespaces by clone(2); clone3(2), whose flags no filter sees, is answered with ENOSYS,
  /// and the C library then asks for clone.
  private static func refuse(_ reach: [Reach]) -> ConfinementRecord.Step {
    func missing(_ code: Int32) -> ConfinementRecord.Step {
      .init(.seccomp, .missing, String(cString: strerror(code)))
    }
    guard let filter = seccomp_init(0x7fff_0000) else { return missing(ENOMEM) }
    defer { seccomp_release(filter) }
    let denied = UInt32(0x0005_0000) | UInt32(EPERM)
    guard seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, denied) == 0 else { return missing(EINVAL) }
    var count = 0
    for name in reach.flatMap(calls) {
      let number = seccomp_syscall_resolve_name(name)
      // Calls of other architectures, and those that libseccomp does not know.
      guard number >= 0 else { continue }
      let code = seccomp_rule_add_array(filter, denied, number, 0, nil)
      guard code == 0 else { return missing(-code) }
      count += 1
    }
    let newUser: UInt64 = 0x1000_0000  // CLONE_NEWUSER
    var flag = [scmp_arg_cmp(arg: 0, op: SCMP_CMP_MASKED_EQ, datum_a: newUser, datum_b: newUser)]
    var code = seccomp_rule_add_array(filter, denied, seccomp_syscall_resolve_name("clone"), 1, &flag)
    guard code == 0 else { return missing(-code) }
    code = seccomp_rule_add_array(
      filter, 0x0005_0000 | UInt32(ENOSYS), seccomp_syscall_resolve_name("clone3"), 0, nil)
    guard code == 0 else { return missing(-code) }
    code = seccomp_load(filter)
    guard code == 0 else { return missing(-code) }
    // unshare(2) of nothing succeeds wherever it is not refused.
    guard linux_call(Int(seccomp_syscall_resolve_name("unshare")), 0) == -1, errno == EPERM else {
      return .init(.seccomp, .missing, "the kernel took the filter, and a refused call works still")
    }
    return .init(.seccomp, .held, "\(count) system calls are refused with EPERM")
  }
}
