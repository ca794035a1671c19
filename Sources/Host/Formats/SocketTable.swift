import Facts

/// A table of /proc/PID/net/{tcp,tcp6,udp,udp6}; proc_pid_net(5). One line a socket, addresses in the machine's byte order.
package struct SocketTable: Hashable, Sendable {
  /// A socket that waits for whoever comes.
  package struct Listener: Hashable, Sendable {
    /// In the order of the network, 4 or 16 bytes.
    package let address: [UInt8]
    package let port: UInt16

    /// Of the loopback network, `::1`, or an IPv4 loopback address mapped into IPv6.
    package var isLoopback: Bool {
      if address.count == 4 { return address[0] == 127 }
      if address.dropLast().allSatisfy({ $0 == 0 }) { return address.last == 1 }
      return address.prefix(10).allSatisfy { $0 == 0 } && address[10] == 0xff && address[11] == 0xff
        && address[12] == 127
    }
  }

  package let listeners: [Listener]

  /// - Parameter isStream: TCP's state 0A is LISTEN; an unconnected UDP socket, state 07 without a peer, takes datagrams from all.
  /// - Returns: nil for what is not such a table.
  package init?(parsing bytes: [UInt8], isStream: Bool) {
    var lines = bytes.lines
    guard let head = lines.next(), head.trimmed.starts(with: "sl ".utf8) else { return nil }
    var listeners: [Listener] = []
    for line in lines {
      let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 4)
      guard fields.count >= 4, let state = fields[3].hexadecimal, state == (isStream ? 0x0a : 0x07) else {
        continue
      }
      guard let local = Self.endpoint(fields[1]), let peer = Self.endpoint(fields[2]) else { return nil }
      if peer.port == 0 { listeners.append(local) }
    }
    self.listeners = listeners
  }

  /// `0100007F:0016`: words of 32 bits as a little-endian machine prints them, and the port.
  private static func endpoint(_ field: ArraySlice<UInt8>) -> Listener? {
    let parts = field.split(separator: UInt8(ascii: ":"))
    guard parts.count == 2, parts[0].count == 8 || parts[0].count == 32,
      let port = parts[1].hexadecimal.flatMap({ UInt16(exactly: $0) })
    else { return nil }
    var address: [UInt8] = []
    for start in stride(from: 0, to: parts[0].count, by: 8) {
      guard let word = parts[0].dropFirst(start).prefix(8).hexadecimal.map({ UInt32(truncatingIfNeeded: $0) })
      else {
        return nil
      }
      withUnsafeBytes(of: word.littleEndian) { address += $0 }
    }
    return Listener(address: address, port: port)
  }
}
