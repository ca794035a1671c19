import AsyncHTTPClient
import Fleet
import Foundation
import NIOCore
import NIOSSL

/// What to do where two ends do not come to speak with each other.
enum Handshake {
  static func problem(_ error: NIOSSLError, _ server: Address.Server) -> StoreProblem {
    let text = "\(error)"
    let words =
      if text.contains("CERTIFICATE_VERIFY_FAILED") {
        // The library does not say which of the two.
        "its certificate leads to no authority that is trusted here, or its time is over; --store-ca FILE (PEM) names "
          + "the authorities to trust"
      } else if text.contains("WRONG_VERSION_NUMBER") {
        "it does not speak TLS there; its port for HTTP goes with clickhouse://, that for HTTPS with clickhouses://"
      } else {
        "TLS failed: \(text)"
      }
    return StoreProblem("\(server): \(words)", isTemporary: false)
  }

  static func problem(_ error: NIOSSLExtraError, _ server: Address.Server) -> StoreProblem {
    let words =
      error == .failedToValidateHostname
      ? "its certificate is for other names; the store's address must have one of them"
      : "TLS failed: \(error)"
    return StoreProblem("\(server): \(words)", isTemporary: false)
  }

  /// A server of HTTPS hangs up on who does not greet it so; who is going down does the same.
  static func problem(_ error: any Error, _ server: Address.Server, isEncrypted: Bool) -> StoreProblem {
    let isHungUp =
      (error as? IOError)?.errnoCode == ECONNRESET || error as? HTTPClientError == .remoteConnectionClosed
    let hint =
      isHungUp && !isEncrypted ? "; if it speaks HTTPS there, the address begins with clickhouses://" : ""
    return StoreProblem("\(server): it can't be reached: \(error)\(hint)", isTemporary: true)
  }
}
