import CLinux
package import Facts
import Glibc

/// The auditor's own process, after it gave up what it does not need.
///
/// Two steps, because of one trap: a process with a Landlock domain is refused every ptrace access check on processes outside of it
/// (`hook_ptrace_access_check` in the kernel's security/landlock/task.c), and with it their executables, namespaces and roots in
/// /proc. So all else is given up first; then the process table, which is link texts and a few numbers, is read; then Landlock closes
/// the files before the content of any other is looked at. An AppArmor profile is taken then too, for the same reason: the module
/// asks the profile of the other process as well, and a container's default one lets nobody in.
package struct ConfinedProcess: Sendable {
  private var steps: [ConfinementRecord.Step]
  private let profile: ProfileChange

  /// Gives up capabilities, the gain of any, resources and system calls, in this order, each verified. Call it before any other
  /// thread exists: capabilities, Landlock and seccomp are a thread's own, and inherited.
  /// - Parameters:
  ///   - kept: What stays, where it was given.
  ///   - calls: What may be asked of the kernel.
  ///   - writes: Whether a file will be put in place at the end.
  package static func enter(
    keeping kept: [Privilege], allowing calls: CallList, writes: Bool
  ) -> ConfinedProcess {
    var steps: [ConfinementRecord.Step] = []
    let profile = ProfileChange()
    steps.append(
      linux_prctl(Int32(LINUX_PR_SET_DUMPABLE), 0) == 0
        ? .init(.dumpable, .held, "no")
        : .init(.dumpable, .missing, String(cString: strerror(errno))))
    steps += Capabilities(kept: kept).drop()
    _ = linux_prctl(Int32(LINUX_PR_SET_NO_NEW_PRIVS), 1)
    steps.append(
      linux_prctl(Int32(LINUX_PR_GET_NO_NEW_PRIVS), 0) == 1
        ? .init(.noNewPrivs, .held, "set") : .init(.noNewPrivs, .missing, String(cString: strerror(errno))))
    steps.append(ResourceLimits.set())
    steps.append(SystemCalls(list: calls, writes: writes).restrict())
    return ConfinedProcess(steps: steps, profile: profile)
  }

  /// Closes the files: from here on only what lies beneath these directories can be read. Call it once, on the same thread.
  /// - Parameters:
  ///   - readable: Open directories, the root first.
  ///   - writable: The open directory of the output, if there is one.
  package mutating func close(to readable: [Int32], writable: Int32?) {
    steps.append(profile.enter())
    steps.append(Landlock(readable: readable, writable: writable).restrict())
  }

  /// What holds, and what was refused up to now.
  package func record() -> ConfinementRecord {
    ConfinementRecord(steps: steps, refusedCalls: SystemCalls.refused())
  }
}
