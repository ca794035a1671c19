import Facts

/// What /proc/PID/stat says beyond status: kernel threads and the start time; proc_pid_stat(5).
package struct ProcessStat: Hashable, Sendable {
  /// PF_KTHREAD is set: a thread of the kernel, which has no executable and no confinement of its own.
  package let isKernelThread: Bool
  /// Field 22, in clock ticks (100 a second on every architecture) after boot.
  package let startTicks: UInt64

  private static let kernelThreadFlag: Int64 = 0x0020_0000

  package init?(parsing bytes: [UInt8]) {
    // The name in parentheses may hold spaces and parentheses: the last `)` ends it.
    guard let close = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
    let fields = bytes[(close + 1)...].trimmed.split(separator: UInt8(ascii: " "))
    guard fields.count >= 20, let flags = fields[6].decimal, let ticks = fields[19].decimal, ticks >= 0 else {
      return nil
    }
    isKernelThread = flags & Self.kernelThreadFlag != 0
    startTicks = UInt64(ticks)
  }
}
