import CLinux
import Glibc

/// Something that a confined auditor must not be able to do, and what became of trying it.
package struct Attempt: Sendable, Hashable {
  package let name: String
  /// 0 where the kernel let it happen.
  package let errno: Int32
  /// Whether the filter counted it, as a report's `refusedCalls` has it.
  package let isCounted: Bool

  /// `EPERM`: the filter's answer; `EACCES`: Landlock's; `ok`: it happened.
  package var outcome: String {
    switch errno {
    case 0: "ok"
    case EPERM: "EPERM"
    case EACCES: "EACCES"
    default: String(cString: strerror(errno))
    }
  }
}

/// Tries everything that the confinement is there to refuse. Harmless where it is not refused.
package func attemptWhatIsRefused() -> [Attempt] {
  (0..<linux_attempt_count()).map { index in
    let one = linux_attempt_at(index)
    let before = countOfRefused()
    let errno = one.attempt()
    return Attempt(name: String(cString: one.name), errno: errno, isCounted: countOfRefused() > before)
  }
}

private func countOfRefused() -> Int { SystemCalls.refused().values.reduce(0, +) }
