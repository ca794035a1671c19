import CCap
import CLinux
import Facts
import Glibc

/// Gives up every capability but those kept, in every set; capabilities(7), libcap(3). Sets are a thread's own, so this comes before
/// any other thread exists.
struct Capabilities {
  let kept: [Privilege]
  /// Whether programs that it starts get what is kept: by the bounding set where root starts them, else by the inheritable and the
  /// ambient set, as far as they were filled.
  var isForChildren = false

  /// Bounding set first: emptying it takes CAP_SETPCAP, which goes with the rest.
  func drop() -> [ConfinementRecord.Step] { [dropBounding(), dropAmbient(), dropOthers()] }

  private func dropBounding() -> ConfinementRecord.Step {
    var left: [String] = []
    var value: cap_value_t = 0
    let spared = isForChildren ? kept.compactMap(\.value) : []
    // cap_get_bound answers -1 past the last that the kernel knows.
    while true {
      let state = cap_get_bound(value)
      if state < 0 { break }
      if state == 1, !spared.contains(value), cap_drop_bound(value) != 0 || cap_get_bound(value) != 0 {
        left.append(Self.name(value))
      }
      value += 1
    }
    if left.isEmpty {
      return .init(
        .boundingSet, .held, spared.isEmpty ? "empty" : spared.map(Self.name).joined(separator: ", "))
    }
    return .init(
      .boundingSet, .missing,
      "\(left.count) are left: emptying it takes CAP_SETPCAP (with no_new_privs they cannot be gained)")
  }

  private func dropAmbient() -> ConfinementRecord.Step {
    // What is not inheritable any more leaves the ambient set by itself.
    if isForChildren { return .init(.ambientSet, .held, "at most what is kept") }
    // EINVAL: a kernel before 4.3 has no ambient set.
    if cap_reset_ambient() == 0 || errno == EINVAL { return .init(.ambientSet, .held, "empty") }
    return .init(.ambientSet, .missing, String(cString: strerror(errno)))
  }

  private func dropOthers() -> ConfinementRecord.Step {
    guard let before = cap_get_proc(), let wanted = cap_init() else {
      return .init(.capabilities, .missing, String(cString: strerror(errno)))
    }
    defer {
      cap_free(UnsafeMutableRawPointer(before))
      cap_free(UnsafeMutableRawPointer(wanted))
    }
    let had = kept.filter { Self.has($0, in: before, CAP_PERMITTED) }
    var values = had.compactMap(\.value)
    for flag in [CAP_PERMITTED, CAP_EFFECTIVE] where !values.isEmpty {
      cap_set_flag(wanted, flag, Int32(values.count), &values, CAP_SET)
    }
    var inherited =
      isForChildren ? had.filter { Self.has($0, in: before, CAP_INHERITABLE) }.compactMap(\.value) : []
    if !inherited.isEmpty {
      cap_set_flag(wanted, CAP_INHERITABLE, Int32(inherited.count), &inherited, CAP_SET)
    }
    guard cap_set_proc(wanted) == 0 else {
      return .init(.capabilities, .missing, String(cString: strerror(errno)))
    }
    guard let now = cap_get_proc() else {
      return .init(.capabilities, .missing, String(cString: strerror(errno)))
    }
    defer { cap_free(UnsafeMutableRawPointer(now)) }
    guard cap_compare(now, wanted) == 0 else {
      return .init(.capabilities, .missing, "the kernel kept others than were asked for")
    }
    let names = had.isEmpty ? "none" : had.map(\.name).joined(separator: ", ")
    let lacking = kept.filter { one in !had.contains(one) }.map(\.name)
    return .init(
      .capabilities, .held,
      "kept: \(names)" + (lacking.isEmpty ? "" : "; not given: \(lacking.joined(separator: ", "))"))
  }

  private static func has(_ privilege: Privilege, in set: cap_t, _ flag: cap_flag_t) -> Bool {
    guard let value = privilege.value else { return false }
    var state = CAP_CLEAR
    return cap_get_flag(set, value, flag, &state) == 0 && state == CAP_SET
  }

  private static func name(_ value: cap_value_t) -> String {
    guard let text = cap_to_name(value) else { return String(value) }
    defer { cap_free(text) }
    return String(cString: text)
  }
}
