import CLinux
import CSeccomp
import Facts
import Glibc

/// The seccomp filter: what is on the list is allowed, all else is answered with EPERM and counted; seccomp(2), libseccomp.
struct SystemCalls {
  private static let allow: UInt32 = 0x7fff_0000
  private static let trap: UInt32 = 0x0003_0000
  private static func refuse(_ code: Int32) -> UInt32 { 0x0005_0000 | UInt32(code) }

  let list: CallList
  /// Whether a file is put in place at the end.
  let writes: Bool

  /// Takes effect for this thread and all that it starts, and cannot be undone.
  func restrict() -> ConfinementRecord.Step {
    guard linux_count_refused_calls() == 0, let filter = seccomp_init(Self.trap) else {
      return missing(errno)
    }
    defer { seccomp_release(filter) }
    // Calls of a foreign architecture (32-bit, x32) would otherwise kill.
    guard seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, Self.refuse(EPERM)) == 0 else {
      return missing(EINVAL)
    }
    var allowed = 0
    for call in list.calls {
      guard call.condition != .output || writes, let number = call.native else { continue }
      let code = add(call.condition, number, to: filter)
      guard code == 0 else {
        return .init(.seccomp, .missing, "\(call.name): \(String(cString: strerror(-code)))")
      }
      allowed += 1
    }
    let code = seccomp_load(filter)
    guard code == 0 else { return missing(-code) }
    guard linux_is_filtered() == 1 else {
      return .init(
        .seccomp, .missing, "the kernel took the filter, and a call that is not on the list works still")
    }
    linux_forget_refused_calls()
    return .init(
      .seccomp, .held, "\(allowed) system calls; any other is refused with EPERM and counted")
  }

  private func add(_ condition: CallList.Condition, _ number: Int32, to filter: scmp_filter_ctx) -> Int32 {
    switch condition {
    case .always, .output: return seccomp_rule_add_array(filter, Self.allow, number, 0, nil)
    case .absent: return seccomp_rule_add_array(filter, Self.refuse(ENOSYS), number, 0, nil)
    // One comparison a call: libseccomp 2.5.4 merges several of one call wrongly.
    case .readOnly: return allow(filter, number, argument: 2, mask: linux_writing_flags(), equals: 0)
    case .noCode: return allow(filter, number, argument: 2, mask: UInt64(PROT_EXEC), equals: 0)
    case .thread:
      return allow(
        filter, number, argument: 0, mask: linux_thread_flags(), equals: linux_thread_flags())
    }
  }

  private func allow(
    _ filter: scmp_filter_ctx, _ number: Int32, argument: UInt32, mask: UInt64, equals value: UInt64
  ) -> Int32 {
    var comparison = [scmp_arg_cmp(arg: argument, op: SCMP_CMP_MASKED_EQ, datum_a: mask, datum_b: value)]
    return seccomp_rule_add_array(filter, Self.allow, number, 1, &comparison)
  }

  private func missing(_ code: Int32) -> ConfinementRecord.Step {
    .init(.seccomp, .missing, String(cString: strerror(code)))
  }

  /// What was refused since the filter took effect, by name.
  static func refused() -> [String: Int] {
    var counts: [String: Int] = [:]
    for number in 0..<Int32(1_024) {
      let count = linux_refused_calls(number)
      guard count > 0 else { continue }
      let name = seccomp_syscall_resolve_num_arch(seccomp_arch_native(), number)
      counts[name.map { String(cString: $0) } ?? "\(number)", default: 0] += Int(count)
      free(name)
    }
    return counts
  }
}
