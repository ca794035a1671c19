import CCap

/// A set of capabilities, by the kernel's bit numbers; capabilities(7).
package struct CapabilitySet: Hashable, Sendable {
  package var bits: UInt64

  package init(bits: UInt64 = 0) { self.bits = bits }

  /// The set that holds these names; nil where libcap does not know one.
  package init?(names: [String]) {
    bits = 0
    for name in names {
      var number: cap_value_t = 0
      guard cap_from_name(name, &number) == 0, number < 64 else { return nil }
      bits |= 1 << UInt64(number)
    }
  }

  package var isEmpty: Bool { bits == 0 }

  package func intersection(_ other: CapabilitySet) -> CapabilitySet {
    CapabilitySet(bits: bits & other.bits)
  }

  /// Their names as libcap(3) spells them (`cap_sys_admin`), by number; a bit that it does not know is `cap_41`.
  package var names: [String] {
    (0..<64).filter { bits & (1 << UInt64($0)) != 0 }.map { Self.names[$0] }
  }

  private static let names = (0..<64).map(name)

  private static func name(_ number: Int) -> String {
    guard number <= Int(Int32.max), let text = cap_to_name(cap_value_t(number)) else {
      return "cap_\(number)"
    }
    defer { cap_free(text) }
    let name = String(cString: text)
    // libcap answers with the bare number for what it does not know.
    return name.allSatisfy(\.isNumber) ? "cap_\(name)" : name
  }
}
