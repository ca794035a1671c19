import NIOCore
import NIOSSL

/// The server's certificate with its chain, and its key.
struct Identity: Sendable {
  let chain: [NIOSSLCertificate]
  let key: NIOSSLPrivateKey

  static func live(_ certificate: NamedFile, _ key: NamedFile) throws -> Live<Identity> {
    try Live([certificate, key]) { contents in
      let chain = try NIOSSLCertificate.fromPEMBytes(contents[0])
      guard !chain.isEmpty else { throw NamedFileProblem("\(certificate.label): no certificate in it") }
      return Identity(chain: chain, key: try NIOSSLPrivateKey(bytes: contents[1], format: .pem))
    }
  }

  /// TLS 1.2 or later. Every handshake takes the certificate that is in force then, so that a renewal needs no restart.
  /// - Parameter clients: Whoever can't show a certificate by one of these is turned away in the handshake.
  static func configuration(_ identity: Live<Identity>, clients: NamedFile?) throws -> TLSConfiguration {
    let first = identity.value
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: first.chain.map { .certificate($0) }, privateKey: .privateKey(first.key))
    configuration.minimumTLSVersion = .tlsv12
    configuration.sslContextCallback = { _, promise in
      let now = identity.value
      var change = NIOSSLContextConfigurationOverride()
      change.certificateChain = now.chain.map { .certificate($0) }
      change.privateKey = .privateKey(now.key)
      promise.succeed(change)
    }
    if let clients {
      do {
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(try clients.content()))
      } catch {
        throw NamedFileProblem("\(clients.label): \(error)")
      }
      configuration.certificateVerification = .noHostnameVerification
    }
    return configuration
  }
}
