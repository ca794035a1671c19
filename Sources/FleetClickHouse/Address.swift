/// Where a fleet's ClickHouse answers, and which of its databases is the fleet's:
/// `clickhouse://[USER@]HOST[:PORT][,HOST[:PORT]…]/DATABASE[?cluster=NAME]`, or `clickhouses://` for HTTPS.
package struct Address: Hashable, Sendable {
  /// One server's HTTP interface.
  package struct Server: Hashable, Sendable, CustomStringConvertible {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
      self.host = host
      self.port = port
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
  }

  /// Why a text is no address.
  package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
  }

  /// All servers of the cluster, or the one that there is. Questions go to the first that answers.
  package let servers: [Server]
  package let database: String
  package let user: String?
  /// The cluster's name in the servers' `remote_servers`, where the tables are `Distributed` over it; nil for one server.
  package let cluster: String?
  package let isEncrypted: Bool

  package init(
    servers: [Server], database: String, user: String? = nil, cluster: String? = nil,
    isEncrypted: Bool = false
  ) {
    self.servers = servers
    self.database = database
    self.user = user
    self.cluster = cluster
    self.isEncrypted = isEncrypted
  }

  /// Whether a store's name is meant for this store.
  package static func isMeant(_ text: String) -> Bool {
    text.hasPrefix("clickhouse://") || text.hasPrefix("clickhouses://")
  }

  package init(_ text: String) throws(Problem) {
    guard Self.isMeant(text), let colon = text.firstIndex(of: ":") else {
      throw Problem(description: "does not begin with clickhouse:// or clickhouses://")
    }
    isEncrypted = text.hasPrefix("clickhouses")
    var rest = text[colon...].dropFirst(3)
    var cluster: String?
    if let mark = rest.firstIndex(of: "?") {
      for part in rest[mark...].dropFirst().split(separator: "&", omittingEmptySubsequences: false) {
        guard part.hasPrefix("cluster=") else {
          throw Problem(description: "'\(part)' is no setting of it; there is cluster=NAME")
        }
        cluster = String(part.dropFirst("cluster=".count))
      }
      rest = rest[..<mark]
    }
    if let at = rest.lastIndex(of: "@") {
      guard !rest[..<at].contains(":") else {
        throw Problem(
          description: "a password has no place in it, for other users of the machine could read it there")
      }
      user = String(rest[..<at])
      rest = rest[at...].dropFirst()
    } else {
      user = nil
    }
    guard let slash = rest.firstIndex(of: "/"), slash != rest.startIndex else {
      throw Problem(description: "is not clickhouse://HOST:PORT/DATABASE")
    }
    database = try Self.name(String(rest[slash...].dropFirst()), "a database")
    self.cluster = try cluster.map { (name) throws(Problem) in try Self.name(name, "a cluster") }
    var servers: [Server] = []
    for part in rest[..<slash].split(separator: ",", omittingEmptySubsequences: false) {
      servers.append(try Self.server(part, isEncrypted ? 8_443 : 8_123))
    }
    self.servers = servers
    guard servers.count == 1 || cluster != nil else {
      throw Problem(description: "names several servers: ?cluster=NAME must say of which cluster they are")
    }
  }

  private static func server(_ text: Substring, _ usual: Int) throws(Problem) -> Server {
    var host = text
    var port: Substring?
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[..<end].dropFirst()
      let rest = text[end...].dropFirst()
      if rest.hasPrefix(":") { port = rest.dropFirst() } else if !rest.isEmpty { port = "" }
    } else if let colon = text.firstIndex(of: ":") {
      host = text[..<colon]
      port = text[colon...].dropFirst()
    }
    let number = port.map { Int($0) } ?? usual
    let allowed = host.utf8.allSatisfy {
      isLetterOrDigit($0) || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":")].contains($0)
        || $0 == UInt8(ascii: "_")
    }
    guard !host.isEmpty, allowed, let number, (1...65_535).contains(number) else {
      throw Problem(description: "'\(text)' is no HOST or HOST:PORT")
    }
    return Server(host: String(host), port: number)
  }

  /// A name that may stand in a statement as it is.
  private static func name(_ text: String, _ what: String) throws(Problem) -> String {
    guard !text.isEmpty, text.utf8.count <= 64, !(0x30...0x39).contains(text.utf8.first ?? 0x30),
      text.utf8.allSatisfy({ isLetterOrDigit($0) || $0 == UInt8(ascii: "_") })
    else {
      throw Problem(description: "'\(text)' can be no name of \(what): letters, digits and _ are allowed")
    }
    return text
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}
