import Facts

/// The listening sockets of /proc/PID/net/unix, by the names they were bound to; proc_pid_net(5), unix(7). One line a socket:
/// `Num RefCount Protocol Flags Type St Inode Path`. An abstract name begins with `@`.
package struct UnixSocketTable: Hashable, Sendable {
  package let listening: Set<String>

  /// `__SO_ACCEPTCON` of linux/net.h among the flags.
  private static let acceptsConnections: UInt64 = 1 << 16

  /// - Returns: nil for what is not such a table.
  package init?(parsing bytes: [UInt8]) {
    var lines = bytes.lines
    guard let head = lines.next(), head.starts(with: "Num ".utf8) else { return nil }
    var listening: Set<String> = []
    for line in lines {
      let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 7)
      // A socket without a name has no eighth field.
      guard fields.count >= 7, let flags = fields[3].hexadecimal else { return nil }
      guard fields.count == 8, flags & Self.acceptsConnections != 0 else { continue }
      listening.insert(printable(fields[7], atMost: 256))
    }
    self.listening = listening
  }
}
