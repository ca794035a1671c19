import Facts
import Fleet
import FleetClickHouse
import Foundation
import Testing

/// A store that can't be used says why, and whether waiting may help.
@Suite struct FaultsTests {
  private func problem(_ port: Int, patience: Duration = .seconds(30)) async -> StoreProblem? {
    let address = Address(servers: [Address.Server(host: "127.0.0.1", port: port)], database: "fleet")
    do {
      let store = try await ClickHouseStore(address, Access(patience: patience))
      await store.close()
      return nil
    } catch { return error }
  }

  private func problem(answer: String) async throws -> StoreProblem? {
    let server = try CannedServer(Array(answer.utf8))
    defer { server.stop() }
    return await problem(server.port)
  }

  @Test func `A store that is down may be up later`() async throws {
    let found = try #require(await problem(try freePort()))
    #expect(found.isTemporary)
    #expect(found.description.contains("can't be reached"))
  }

  @Test func `A store that does not answer in time may later`() async throws {
    let server = try CannedServer(nil)
    defer { server.stop() }
    let found = try #require(await problem(server.port, patience: .milliseconds(300)))
    #expect(found.isTemporary)
    #expect(found.description.contains("has not answered within"))
  }

  @Test(arguments: [
    "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy",
    "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 52\r\n\r\nCode: 241. DB::Exception: Memory limit exceeded, etc.",
    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n\u{6}18.1",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n\u{6}18.16\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\u{6}18", "nonsense", "",
  ]) func `An error of the server, or an answer cut in its middle, is temporary`(_ answer: String)
    async throws
  {
    let found = try #require(try await problem(answer: answer))
    #expect(found.isTemporary, "\(found)")
  }

  @Test(arguments: [
    ("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot found", "not as ClickHouse does"),
    (
      "HTTP/1.1 403 Forbidden\r\nContent-Length: 48\r\n\r\nCode: 516. DB::Exception: bob: Authentication fai",
      "PASSWORD"
    ),
    ("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n\u{7}17.12.1", "needs ClickHouse 18.16"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\u{2}Ok", "its version is Ok"),
  ]) func `What no waiting mends says what to do`(_ answer: String, _ words: String) async throws {
    let found = try #require(try await problem(answer: answer))
    #expect(!found.isTemporary)
    #expect(found.description.lowercased().contains(words.lowercased()), "\(found)")
  }

  @Test(.enabled(if: ClickHouseServers.isInstalled, "no clickhouse-server: scripts/setup-ci.sh"))
  func `A database that is not there, a cluster, a user and a stranger's table are no matter of time`()
    async throws
  {
    let server = try await Started.shared.shards().servers[0]
    func problem(_ address: Address, _ access: Access = Access()) async throws -> StoreProblem? {
      do {
        let store = try await ClickHouseStore(address, access)
        await store.close()
        return nil
      } catch { return error }
    }
    let missing = try #require(try await problem(Address(servers: [server], database: "nowhere")))
    #expect(!missing.isTemporary && missing.description.contains("CREATE DATABASE nowhere"))
    let user = try #require(
      try await problem(
        Address(servers: [server], database: "default", user: "guarded"), Access(password: "x")))
    #expect(!user.isTemporary && user.description.contains("the user or the password"))
    try await withDatabase { address in
      let right = Address(servers: [server], database: address.database, user: "guarded")
      #expect(try await problem(right, Access(password: "s3cret'")) == nil)
      let cluster = try #require(
        try await problem(Address(servers: [server], database: address.database, cluster: "none")))
      #expect(!cluster.isTemporary && cluster.description.contains("no cluster 'none'"))
      let layout = try #require(
        try await problem(Address(servers: [server], database: address.database, cluster: "fleet")))
      #expect(!layout.isTemporary && layout.description.contains("not of a cluster"))
      try await ask(server, "INSERT INTO \(address.database).schema (version, program) VALUES (99, 'later')")
      let newer = try #require(try await problem(address))
      #expect(!newer.isTemporary && newer.description.contains("version 99"))
    }
    try await withDatabase { address in
      try await ask(server, "CREATE TABLE \(address.database).report (x UInt8) ENGINE = Memory")
      let stranger = try #require(try await problem(address))
      #expect(!stranger.isTemporary && stranger.description.contains("not the fleet's"))
    }
  }
}
