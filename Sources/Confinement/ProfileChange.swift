import CAppArmor
import CLinux
import Facts
import Glibc

/// The auditor's AppArmor profile, which it takes by itself where an administrator loaded it; aa_change_profile(2).
///
/// Not by the program's path: a profile that held from the start would hide every confined container's executable and namespaces,
/// and the journal's socket would be the profile's to allow.
struct ProfileChange: Sendable {
  /// As profiles/confinement/apparmor.profile names it.
  static let name = "plumbline"

  /// Where the kernel takes and tells the label; opened here, while opening for writing is not refused yet. -1 for none.
  private let file: Int32
  /// What it was started under; nil where AppArmor labels nothing.
  private let before: Label?

  init() {
    before = Label.current()
    // Only where it is AppArmor that answers, and nobody chose a profile: other modules read other things in what is written there.
    file = before?.name == "unconfined" ? linux_apparmor_open() : -1
  }

  /// Takes effect for this thread and all that it starts.
  func enter() -> ConfinementRecord.Step {
    guard let before else { return .init(.apparmor, .optional, "no AppArmor label") }
    guard file >= 0 else { return before.step }
    defer { close(file) }
    if linux_apparmor_change(file, Self.name) != 0 {
      let reason = errno
      guard reason == ENOENT else {
        return .init(.apparmor, .missing, "the profile \(Self.name): \(String(cString: strerror(reason)))")
      }
      return .init(.apparmor, .optional, "\(before.name); no profile \(Self.name) is loaded")
    }
    guard let after = Label(of: file) else {
      return .init(.apparmor, .missing, "the kernel took the profile, and tells no label")
    }
    return after.step
  }
}

/// A label of this process and its mode; aa_getcon(2), aa_splitcon(3).
private struct Label: Sendable {
  let name: String
  /// nil for a process without a profile.
  let mode: String?

  var step: ConfinementRecord.Step {
    guard let mode else { return .init(.apparmor, .optional, name) }
    return .init(.apparmor, mode == "enforce" ? .held : .optional, "\(name) (\(mode))")
  }

  /// - Returns: nil where AppArmor is not on.
  static func current() -> Label? {
    var label: UnsafeMutablePointer<CChar>?
    var mode: UnsafeMutablePointer<CChar>?
    guard aa_getcon(&label, &mode) >= 0, let label else { return nil }
    defer { free(label) }
    return Label(name: String(cString: label), mode: mode.map { String(cString: $0) })
  }

  /// What the open file of a label says now.
  init?(of file: Int32) {
    var buffer = [CChar](repeating: 0, count: 4096)
    let label: Label? = buffer.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress, pread(file, base, buffer.count - 1, 0) > 0 else { return nil }
      var mode: UnsafeMutablePointer<CChar>?
      guard let name = aa_splitcon(base, &mode) else { return nil }
      return Label(name: String(cString: name), mode: mode.map { String(cString: $0) })
    }
    guard let label else { return nil }
    self = label
  }

  private init(name: String, mode: String?) {
    self.name = name
    self.mode = mode
  }
}
