import CAppArmor
import Facts

/// What a security module calls a process: the content of /proc/PID/attr/current or attr/apparmor/current.
///
/// AppArmor writes `profile (mode)` or `unconfined`, SELinux `user:role:type:level`, Smack one word. attr/current belongs to
/// the first module that labels processes, so the form decides whose it is.
package struct SecurityLabel: Hashable, Sendable {
  /// The whole label without AppArmor's mode: `cri-containerd.apparmor.d`, `system_u:system_r:container_t:s0:c1,c2`.
  package let name: String
  /// AppArmor's mode in the kernel's words (`enforce`, `complain`, `kill`, `unconfined`, `mixed`, `user`); `unconfined` for a
  /// process without a profile; nil for a label of another module.
  package let mode: String?

  /// The third field of an SELinux context; nil for a label that is not one.
  package var type: String? {
    guard mode == nil else { return nil }
    let fields = name.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
    guard fields.count >= 3, fields.prefix(3).allSatisfy({ !$0.isEmpty }) else { return nil }
    return String(fields[2])
  }

  /// The level of an SELinux context, `s0:c1,c2`; nil for a label without one.
  package var level: String? {
    guard type != nil else { return nil }
    let fields = name.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
    return fields.count == 4 && !fields[3].isEmpty ? String(fields[3]) : nil
  }

  /// - Returns: nil for an empty label and for one with a NUL within, which no module writes.
  package init?(parsing bytes: [UInt8]) {
    let text = bytes.trimmed
    guard !text.isEmpty, !text.contains(0) else { return nil }
    if let (label, mode) = Self.split(text) {
      name = printable(label, atMost: 4096)
      self.mode = mode.map { printable($0) } ?? "unconfined"
    } else {
      name = printable(text, atMost: 4096)
      mode = nil
    }
  }

  /// libapparmor's own parser, which only edits the buffer it is given; aa_splitcon(3).
  /// - Returns: The label and its mode, nil for `unconfined`; nil where the text is not AppArmor's.
  private static func split(_ text: ArraySlice<UInt8>) -> (label: [UInt8], mode: [UInt8]?)? {
    var buffer = text.map { CChar(bitPattern: $0) } + [0]
    return buffer.withUnsafeMutableBufferPointer { buffer in
      var mode: UnsafeMutablePointer<CChar>?
      guard let base = buffer.baseAddress, let label = aa_splitcon(base, &mode) else { return nil }
      return (bytes(label), mode.map { bytes($0) })
    }
  }

  private static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
    var bytes: [UInt8] = []
    var place = text
    while place.pointee != 0 {
      bytes.append(UInt8(bitPattern: place.pointee))
      place += 1
    }
    return bytes
  }
}
