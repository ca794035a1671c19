import Facts
import Host
import SystemPackage

/// How sets of capabilities are stated: `[all]` for every one that the kernel has, so that root's sets stay short.
struct KnownCapabilities {
  /// The number of the kernel's last one, /proc/sys/kernel/cap_last_cap; nil where it is not known.
  let last: Int64?

  init(_ root: borrowing HostRoot) {
    if case .number(let last) = root.numberFact("proc/sys/kernel/cap_last_cap").value, (0..<64).contains(last)
    {
      self.last = last
    } else {
      last = nil
    }
  }

  /// Every capability of the kernel; nil where the last one is not known.
  var all: CapabilitySet? {
    last.map { CapabilitySet(bits: $0 == 63 ? .max : (1 << UInt64($0 + 1)) - 1) }
  }

  func value(_ set: CapabilitySet) -> Value { .texts(set == all ? ["all"] : set.names) }
}
