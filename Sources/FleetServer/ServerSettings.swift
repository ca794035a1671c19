package import Fleet

/// Where and to whom the server answers.
package struct ServerSettings: Sendable {
  /// One port. What it asks of those who come is required of all of them: the certificate, the token, or both.
  package struct Listener: Sendable {
    package let host: String
    package let port: Int
    /// Certificates of the authorities, in PEM, by one of which a client's own must be signed; nil asks for none.
    package let clientAuthorities: NamedFile?
    /// See `Tokens`; nil asks for none.
    package let tokens: NamedFile?

    package init(host: String, port: Int, clientAuthorities: NamedFile?, tokens: NamedFile?) {
      self.host = host
      self.port = port
      self.clientAuthorities = clientAuthorities
      self.tokens = tokens
    }

    /// Only this machine reaches it (RFC 1122, 3.2.1.3; RFC 4291, 2.5.3).
    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
  }

  package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
  }

  /// Pages and answers; nil has none.
  package let reading: Listener?
  /// Where nodes send reports; nil takes none.
  package let ingest: Listener?
  /// The server's certificate with its chain, and the key, in PEM.
  package let identity: (certificate: NamedFile, key: NamedFile)?
  package let trust: NamedFile?
  package let inventory: NamedFile?
  package let retention: Retention
  package let limits: Limits

  /// - Throws: `Problem` where it would let in whom nobody meant.
  package init(
    reading: Listener?, ingest: Listener?, identity: (certificate: NamedFile, key: NamedFile)?,
    trust: NamedFile?, inventory: NamedFile?, retention: Retention, limits: Limits = Limits()
  ) throws(Problem) {
    guard reading != nil || ingest != nil else {
      throw Problem(description: "both --listen and --ingest-listen are 'none': there is nothing to serve")
    }
    for (name, listener) in [("", reading), ("ingest-", ingest)] {
      guard let listener else { continue }
      let place = "--\(name)listen \(listener.host):\(listener.port)"
      if listener.clientAuthorities != nil, identity == nil {
        throw Problem(
          description: "--\(name)client-ca asks for certificates, which needs --tls-cert and --tls-key")
      }
      guard !listener.isLoopback else { continue }
      if identity == nil {
        throw Problem(
          description:
            "\(place): others than this machine are served by TLS only; give --tls-cert and --tls-key")
      }
      if listener.clientAuthorities == nil, listener.tokens == nil {
        throw Problem(
          description:
            "\(place): anybody could come; give --\(name)token-file or --\(name)client-ca, or listen on 127.0.0.1"
        )
      }
    }
    self.reading = reading
    self.ingest = ingest
    self.identity = identity
    self.trust = trust
    self.inventory = inventory
    self.retention = retention
    self.limits = limits
  }
}
