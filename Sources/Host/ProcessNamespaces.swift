import Facts

/// Which namespaces a process is in, by inode number; namespaces(7), /proc/PID/ns.
package struct ProcessNamespaces: Hashable, Sendable {
  static let kinds = ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"]

  private var inodes = [UInt64](repeating: 0, count: kinds.count)
  /// Why some are missing.
  package private(set) var error: HostError?

  /// - Parameter kind: `mnt`, `pid`, `net`, `user`, `ipc`, `uts` or `cgroup`.
  /// - Returns: nil where it could not be read.
  package subscript(_ kind: String) -> UInt64? {
    guard let index = Self.kinds.firstIndex(of: kind), inodes[index] != 0 else { return nil }
    return inodes[index]
  }

  init(reading process: ProcessID, _ root: borrowing HostRoot) {
    for (index, kind) in Self.kinds.enumerated() {
      do throws(HostError) {
        // `net:[4026531833]`
        let text = try root.linkBytes(of: process, "ns/\(kind)")
        guard let open = text.firstIndex(of: UInt8(ascii: "[")), text.last == UInt8(ascii: "]") else {
          continue
        }
        inodes[index] = text[(open + 1)...].dropLast().decimal.map { UInt64(clamping: $0) } ?? 0
      } catch {
        self.error = error
        break
      }
    }
  }
}
