import Facts

/// What /proc/PID/status says of a process, as far as it bears on confinement; proc_pid_status(5).
package struct ProcessStatus: Hashable, Sendable {
  /// The command name, escaped for printing.
  package var name = ""
  package var parent: Int32 = 0
  /// Real, effective, saved and filesystem user ids, in the reader's user namespace.
  package var users: [UInt32] = []
  package var groups: [UInt32] = []
  package var supplementaryGroups: [UInt32] = []
  package var inheritable = CapabilitySet()
  package var permitted = CapabilitySet()
  package var effective = CapabilitySet()
  package var bounding = CapabilitySet()
  package var ambient = CapabilitySet()
  /// Nil where the kernel has no such line (before Linux 4.10).
  package var noNewPrivileges: Bool?
  /// 0 disabled, 1 strict, 2 filter; nil where the kernel was built without CONFIG_SECCOMP.
  package var seccompMode: Int?
  /// Nil before Linux 5.9.
  package var seccompFilters: Int?
  /// Whether the five capability lines were all there.
  package var hasCapabilities = false
  /// The one-letter state: `Z` for a zombie.
  package var state: UInt8?
  package var threads: Int?

  /// Whether it has ended and only waits to be reaped. A first thread that ended while others run on is a `Z` too, and no zombie.
  package var isZombie: Bool { state == UInt8(ascii: "Z") && threads ?? 1 <= 1 }

  /// - Returns: nil where no line of the format is found.
  package init?(parsing bytes: [UInt8]) {
    var capabilityLines = 0
    for line in bytes.lines {
      // Most of its sixty lines are of no interest here, and there are as many files as processes.
      guard let first = line.first, Self.initials.contains(first) else { continue }
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let value = line[line.index(after: colon)...].trimmed
      switch String(decoding: line[..<colon], as: UTF8.self) {
      case "Name": name = printable(value)
      case "State": state = value.first
      case "Threads": threads = value.decimal.map { Int(clamping: $0) }
      case "PPid": parent = Int32(clamping: value.decimal ?? 0)
      case "Uid": users = Self.ids(value)
      case "Gid": groups = Self.ids(value)
      case "Groups": supplementaryGroups = Self.ids(value)
      case "CapInh": inheritable = Self.capabilities(value, &capabilityLines)
      case "CapPrm": permitted = Self.capabilities(value, &capabilityLines)
      case "CapEff": effective = Self.capabilities(value, &capabilityLines)
      case "CapBnd": bounding = Self.capabilities(value, &capabilityLines)
      case "CapAmb": ambient = Self.capabilities(value, &capabilityLines)
      case "NoNewPrivs": noNewPrivileges = value.decimal.map { $0 != 0 }
      case "Seccomp": seccompMode = value.decimal.map { Int(clamping: $0) }
      case "Seccomp_filters": seccompFilters = value.decimal.map { Int(clamping: $0) }
      default: continue
      }
    }
    guard !users.isEmpty else { return nil }
    hasCapabilities = capabilityLines == 5
  }

  private static let initials = Array("NPUGCST".utf8)

  private static func ids(_ value: ArraySlice<UInt8>) -> [UInt32] {
    value.split { $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ") }
      .compactMap { $0.decimal.flatMap { UInt32(exactly: $0) } }
  }

  private static func capabilities(_ value: ArraySlice<UInt8>, _ count: inout Int) -> CapabilitySet {
    guard let bits = value.hexadecimal else { return CapabilitySet() }
    count += 1
    return CapabilitySet(bits: bits)
  }
}
