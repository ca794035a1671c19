import AsyncHTTPClient
import Fleet
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// How a store is spoken to, beside where it is.
package struct Access: Sendable {
  package let password: String?
  /// Certificates in PEM that a server's must lead to; nil trusts the system's.
  package let authorities: [UInt8]?
  /// How long one statement may take.
  package let patience: Duration

  package init(password: String? = nil, authorities: [UInt8]? = nil, patience: Duration = .seconds(60)) {
    self.password = password
    self.authorities = authorities
    self.patience = patience
  }
}

/// Statements and rows over ClickHouse's HTTP interface.
///
/// A statement is done when its 200 has come: `wait_end_of_query` holds the answer back until then, so that an error in its middle is
/// an error. Every statement can be given twice without harm, so that one whose answer was lost is asked again, of the next server.
struct Connection: Sendable {
  let address: Address
  private let access: Access
  private let owner: Owner
  /// What only newer versions know; see `settings(of:)`.
  var settings: [(String, String)] = []

  /// An answer longer than this is none that was asked for.
  private static let longestAnswer = 1 << 29
  /// Rows go in parts of about so many bytes: the server takes a part whole or not at all, and holds it in memory.
  private static let largestPart = 1 << 24

  /// - Throws: `StoreProblem` where the certificates can't be read.
  init(_ address: Address, _ access: Access) throws(StoreProblem) {
    self.address = address
    self.access = access
    var configuration = HTTPClient.Configuration()
    configuration.timeout.connect = .seconds(5)
    // ClickHouse drops idle connections after 3 seconds (keep_alive_timeout): be the first to.
    configuration.connectionPool.idleTimeout = .seconds(2)
    configuration.redirectConfiguration = .disallow
    if address.isEncrypted {
      var tls = TLSConfiguration.makeClientConfiguration()
      if let authorities = access.authorities {
        do {
          tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authorities))
        } catch {
          throw StoreProblem(
            "what --store-ca names is no certificate in PEM: \(error)", isTemporary: false)
        }
      }
      configuration.tlsConfiguration = tls
    }
    owner = Owner(HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration))
  }

  func close() async { try? await owner.client.shutdown() }

  /// Settings that ClickHouse may not have: 18.16 refuses a name it does not know.
  static func settings(of version: Version) -> [(String, String)] {
    guard version >= Version(21, 11) else { return [] }
    // Today's servers gather inserts by themselves unless told not to; here they come gathered. A batch may be of many days.
    return [("async_insert", "0"), ("max_partitions_per_insert_block", "0")]
  }

  /// Asks for rows, which `read` takes from the answer; the statement has no FORMAT.
  func rows<Row>(_ statement: String, _ read: (inout Cells) throws(StoreProblem) -> Row)
    async throws(StoreProblem) -> [Row]
  {
    let answer = try await anywhere(
      [], ByteBuffer(string: statement + "\nFORMAT RowBinary"))
    var cells = Cells(answer)
    var rows: [Row] = []
    while !cells.isAtEnd { rows.append(try read(&cells)) }
    return rows
  }

  /// Puts rows into a table. Each is there, or the statement fails and it may be.
  func insert(_ rows: [JSONRow], into table: String) async throws(StoreProblem) {
    var part = ByteBuffer()
    func send() async throws(StoreProblem) {
      guard part.readableBytes > 0 else { return }
      _ = try await anywhere(
        [("query", "INSERT INTO \(table) FORMAT JSONEachRow"), ("insert_distributed_sync", "1")], part)
      part.clear()
    }
    for row in rows {
      part.writeBytes(row.line)
      if part.readableBytes > Self.largestPart { try await send() }
    }
    try await send()
  }

  /// Gives one server a statement that has no answer.
  func run(_ statement: String, on server: Address.Server) async throws(StoreProblem) {
    _ = try await ask(server, [], ByteBuffer(string: statement))
  }

  /// Asks one server for one column of texts.
  func texts(_ statement: String, on server: Address.Server, withDatabase: Bool = true)
    async throws(StoreProblem) -> [String]
  {
    let answer = try await ask(
      server, [], ByteBuffer(string: statement + "\nFORMAT RowBinary"), withDatabase: withDatabase)
    var cells = Cells(answer)
    var texts: [String] = []
    while !cells.isAtEnd { texts.append(try cells.text()) }
    return texts
  }

  /// The first server that can be reached answers; one that says what is wrong has answered.
  private func anywhere(_ query: [(String, String)], _ body: ByteBuffer) async throws(StoreProblem)
    -> ByteBuffer
  {
    var last = StoreProblem("\(address.servers): no server answers", isTemporary: true)
    // A connection that was closed while it idled is found out by using it: the last server is asked once more.
    for (turn, server) in (address.servers + address.servers.suffix(1)).enumerated() {
      // Each attempt takes as long as connecting may: not for what no waiting mends.
      if turn == address.servers.count && !last.isTemporary { break }
      do {
        return try await send(server, query, body, withDatabase: true)
      } catch {
        switch error {
        case .answered(let problem): throw problem
        case .unreachable(let problem): last = problem
        }
        if Task.isCancelled { break }
      }
    }
    throw last
  }

  private func ask(
    _ server: Address.Server, _ query: [(String, String)], _ body: ByteBuffer, withDatabase: Bool = true
  ) async throws(StoreProblem) -> ByteBuffer {
    do {
      return try await send(server, query, body, withDatabase: withDatabase)
    } catch {
      switch error {
      case .answered(let problem), .unreachable(let problem): throw problem
      }
    }
  }

  private enum Failure: Error {
    case answered(StoreProblem)
    case unreachable(StoreProblem)
  }

  private func send(
    _ server: Address.Server, _ query: [(String, String)], _ body: ByteBuffer, withDatabase: Bool
  ) async throws(Failure) -> ByteBuffer {
    var parts = query + [("wait_end_of_query", "1")] + settings
    if withDatabase { parts.append(("database", address.database)) }
    var url = URLComponents()
    url.queryItems = parts.map { URLQueryItem(name: $0, value: $1) }
    let scheme = address.isEncrypted ? "https" : "http"
    // A plus would be read as a space.
    let encoded = (url.percentEncodedQuery ?? "").replacing("+", with: "%2B")
    var request = HTTPClientRequest(url: "\(scheme)://\(server)/?\(encoded)")
    request.method = .POST
    if let user = address.user { request.headers.add(name: "X-ClickHouse-User", value: user) }
    if let password = access.password {
      if address.user == nil { request.headers.add(name: "X-ClickHouse-User", value: "default") }
      request.headers.add(name: "X-ClickHouse-Key", value: password)
    }
    request.body = .bytes(body)
    let status: HTTPResponseStatus
    let answer: ByteBuffer
    do {
      let response = try await owner.client.execute(request, timeout: TimeAmount(access.patience))
      status = response.status
      answer = try await response.body.collect(upTo: Self.longestAnswer)
    } catch is NIOTooManyBytesError {
      throw .answered(StoreProblem("\(server): its answer is over 512 MB", isTemporary: false))
    } catch let error as NIOSSLError {
      throw .unreachable(Handshake.problem(error, server))
    } catch let error as NIOSSLExtraError {
      throw .unreachable(Handshake.problem(error, server))
    } catch let error as HTTPClientError where error == .deadlineExceeded {
      // Asking again would take as long again.
      throw .answered(
        StoreProblem("\(server): it has not answered within \(access.patience)", isTemporary: true))
    } catch {
      throw .unreachable(Handshake.problem(error, server, isEncrypted: address.isEncrypted))
    }
    guard status == .ok else {
      throw .answered(Said(String(buffer: answer), status: status.code).problem(server, address))
    }
    return answer
  }
}

/// A client must be shut down before it goes: also that of a store that nobody closed.
private final class Owner: Sendable {
  let client: HTTPClient

  init(_ client: HTTPClient) { self.client = client }

  deinit {
    let client = client
    Task { try? await client.shutdown() }
  }
}

/// A version of ClickHouse: `18.16.1`, `26.9.2.1`.
struct Version: Comparable, CustomStringConvertible {
  let major: Int
  let minor: Int

  init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
  }

  init?(_ text: String) {
    let parts = text.split(separator: ".").prefix(2).map { Int($0) }
    guard parts.count == 2, let major = parts[0], let minor = parts[1] else { return nil }
    self.init(major, minor)
  }

  static func < (one: Version, other: Version) -> Bool {
    (one.major, one.minor) < (other.major, other.minor)
  }

  var description: String { "\(major).\(minor)" }
}
