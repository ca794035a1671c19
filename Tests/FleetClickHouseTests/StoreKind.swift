import Fleet
import FleetClickHouse
import Foundation
import Testing

/// The stores that the tests of all stores run over here.
enum StoreKind: CaseIterable {
  case oneServer, twoShards, todaysEngine

  static let usable = allCases.filter {
    $0 == .todaysEngine ? TodaysEngine.isInstalled : ClickHouseServers.isInstalled
  }
  static let seeds: UInt64 = 2

  func address(_ database: String) async throws -> Address {
    switch self {
    case .oneServer:
      Address(servers: [try await Started.shared.shards().servers[0]], database: database)
    case .twoShards:
      Address(servers: try await Started.shared.shards().servers, database: database, cluster: "fleet")
    case .todaysEngine: Address(servers: [try await Started.shared.todays().server], database: database)
    }
  }

  /// Gives stores by name, made where there is none of the name, and removes them when the test is over.
  func with(_ body: (_ place: (String) async throws -> any Store) async throws -> Void) async throws {
    let prefix = "t" + UUID().uuidString.replacing("-", with: "").lowercased()
    let used = Used()
    do {
      try await body { name in
        let address = try await address("\(prefix)_\(name)")
        if await used.insert(address) {
          for server in address.servers { try await ask(server, "CREATE DATABASE \(address.database)") }
        }
        return try await ClickHouseStore(address)
      }
    } catch {
      await used.drop()
      throw error
    }
    await used.drop()
  }

  private actor Used {
    private var addresses: Set<Address> = []
    func insert(_ address: Address) -> Bool { addresses.insert(address).inserted }
    func drop() async {
      for address in addresses {
        for server in address.servers { _ = try? await ask(server, "DROP DATABASE \(address.database)") }
      }
    }
  }
}

/// A database on one server of Debian's, for a test of that store alone.
func withDatabase(_ body: (Address) async throws -> Void) async throws {
  let database = "t" + UUID().uuidString.replacing("-", with: "").lowercased()
  let address = try await StoreKind.oneServer.address(database)
  try await ask(address.servers[0], "CREATE DATABASE \(database)")
  do { try await body(address) } catch {
    _ = try? await ask(address.servers[0], "DROP DATABASE \(database)")
    throw error
  }
  try await ask(address.servers[0], "DROP DATABASE \(database)")
}

/// Where a server is missing, the tests of all stores are not run over it; these say so.
@Suite struct EnginesTests {
  @Test(.enabled(if: ClickHouseServers.isInstalled, "no clickhouse-server: scripts/setup-ci.sh"))
  func `The oldest engine that is supported is Debian's`() async throws {
    let server = try await Started.shared.shards().servers[0]
    #expect(try await ask(server, "SELECT version()").hasPrefix("18.16."))
  }

  @Test(.enabled(if: TodaysEngine.isInstalled, "no chdb for python3: scripts/setup-ci.sh"))
  func `Today's engine syncs what it is given to the disk`() async throws {
    try await StoreKind.todaysEngine.with { place in await (try place("fleet")).close() }
    let server = try await Started.shared.todays().server
    let version = try await ask(server, "SELECT version() FORMAT TSV")
    #expect(Int(version.prefix { $0 != "." }) ?? 0 >= 25)
    let database = "t" + UUID().uuidString.replacing("-", with: "")
    try await ask(server, "CREATE DATABASE \(database)")
    let store = try await ClickHouseStore(Address(servers: [server], database: database))
    let tables = try await ask(
      server,
      """
      SELECT count() FROM system.tables WHERE database = '\(database)' AND engine = 'ReplacingMergeTree'
      AND create_table_query LIKE '%fsync_after_insert = 1, fsync_part_directory = 1%' FORMAT TSV
      """)
    #expect(tables == "13\n")
    await store.close()
    try await ask(server, "DROP DATABASE \(database)")
  }
}
