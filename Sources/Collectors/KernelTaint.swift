import Facts

/// The bits of /proc/sys/kernel/tainted, in order from bit 0, by the names of the kernel's `TAINT_*`;
/// admin-guide/tainted-kernels.
enum KernelTaint {
  static let names = [
    "proprietary-module", "forced-module", "cpu-out-of-spec", "forced-rmmod", "machine-check", "bad-page",
    "user", "die",
    "overridden-acpi-table", "warn", "crap", "firmware-workaround", "oot-module", "unsigned-module",
    "softlockup",
    "livepatch", "aux", "randstruct", "test", "fwctl",
  ]
  /// A bit that kernels newer than this table set.
  static let unknown = "unknown-bit"

  static func words(_ bits: Int64) -> [String] {
    let known = names.enumerated().filter { bits >> Int64($0.offset) & 1 == 1 }.map(\.element)
    return bits >> Int64(names.count) == 0 ? known : known + [unknown]
  }
}
