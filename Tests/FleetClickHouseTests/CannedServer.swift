import Foundation
import Glibc

/// A server on loopback that answers every connection with the same bytes, and then closes it: what a broken one may send.
final class CannedServer: @unchecked Sendable {
  let port: Int
  private let listener: Int32

  /// - Parameter answer: nil never answers and never closes.
  init(_ answer: [UInt8]?) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isListening = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 && getsockname(listener, address, &length) == 0
          && listen(listener, 16) == 0
      }
    }
    guard listener >= 0, isListening else { throw ServerProblem(description: "can't listen") }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread {
      var open: [Int32] = []
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { break }
        guard let answer else {
          open.append(connection)
          continue
        }
        // The head of the request is enough to answer it.
        var request: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4_096)
        while request.firstRange(of: Array("\r\n\r\n".utf8)) == nil {
          let count = read(connection, &block, block.count)
          guard count > 0 else { break }
          request += block[..<count]
        }
        _ = answer.withUnsafeBytes {
          send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        shutdown(connection, Int32(SHUT_WR))
        while read(connection, &block, block.count) > 0 {}
        close(connection)
      }
      for connection in open { close(connection) }
    }
  }

  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }
}
