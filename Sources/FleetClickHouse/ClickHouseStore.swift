package import Fleet
import Foundation
import NIOCore
import Reports

/// A fleet in ClickHouse, on one server or on the shards of a cluster. It holds nothing of the fleet itself: any number of collectors
/// may have one on the same database.
package struct ClickHouseStore: Store {
  /// Documents that were refused and are shown, at most.
  static let refusalsKept = 500
  /// Bytes of a refused document that are kept.
  static let refusedBytesKept = 1 << 18
  /// The oldest version that the statements are made for.
  private static let oldest = Version(18, 16)

  let connection: Connection
  private let known = KnownLayouts()

  /// Reaches the servers, and makes the tables where there are none.
  /// - Throws: `StoreProblem`.
  package init(_ address: Address, _ access: Access = Access()) async throws(StoreProblem) {
    var connection = try Connection(address, access)
    do {
      let version = try await Self.version(connection)
      connection.settings = Connection.settings(of: version)
      for server in address.servers { try await Self.prepare(connection, server, version) }
      self.connection = connection
    } catch {
      await connection.close()
      throw error
    }
  }

  /// What `init` would run on a server without tables, for one who makes them with other rights than the program has.
  /// - Parameter version: ClickHouse's, as it says it: `18.16.1`.
  package static func statements(_ address: Address, version: String) -> [String]? {
    Version(version).map { Schema.statements(address, $0) }
  }

  /// The oldest of the servers' versions.
  private static func version(_ connection: Connection) async throws(StoreProblem) -> Version {
    var oldest: Version?
    for server in connection.address.servers {
      let text =
        try await connection.texts("SELECT version()", on: server, withDatabase: false).first ?? "nothing"
      guard let version = Version(text), version >= Self.oldest else {
        throw StoreProblem(
          "\(server): its version is \(harmless(text)); this program needs ClickHouse \(Self.oldest) or newer",
          isTemporary: false)
      }
      oldest = min(oldest ?? version, version)
    }
    return oldest ?? Self.oldest
  }

  private static func prepare(_ connection: Connection, _ server: Address.Server, _ version: Version)
    async throws(StoreProblem)
  {
    let address = connection.address
    if let cluster = address.cluster {
      let found = try await connection.texts(
        "SELECT DISTINCT cluster FROM system.clusters WHERE cluster = \(literal(cluster))", on: server)
      guard !found.isEmpty else {
        throw StoreProblem(
          "\(server): it has no cluster '\(cluster)' in its remote_servers", isTemporary: false)
      }
    }
    let database = literal(address.database)
    let tables = try await connection.texts(
      "SELECT name FROM system.tables WHERE database = \(database) AND name IN ('schema', 'report')",
      on: server)
    if tables.contains("schema") {
      let versions = try await connection.texts("SELECT toString(max(version)) FROM schema", on: server)
      let found = versions.first.flatMap { Int($0) } ?? 0
      guard found <= Schema.version else {
        throw StoreProblem(
          "\(server): the tables are of version \(found), this program's of \(Schema.version): it is too old for them",
          isTemporary: false)
      }
      if found == Schema.version {
        return try await checkLayout(connection, server)
      }
    } else if tables.contains("report") {
      throw StoreProblem(
        "\(server): the database '\(address.database)' has a table 'report' that is not the fleet's",
        isTemporary: false)
    }
    for statement in Schema.statements(address, version) {
      try await connection.run(statement, on: server)
    }
  }

  /// Tables that were made for one server can't become a cluster's by another address.
  private static func checkLayout(_ connection: Connection, _ server: Address.Server)
    async throws(StoreProblem)
  {
    let engine = try await connection.texts(
      """
      SELECT engine FROM system.tables WHERE database = \(literal(connection.address.database)) AND name = 'report'
      """, on: server)
    let isDistributed = engine == ["Distributed"]
    guard isDistributed == (connection.address.cluster != nil) else {
      throw StoreProblem(
        connection.address.cluster == nil
          ? "\(server): its tables are a cluster's: name it in the address (?cluster=NAME) with all its servers"
          : "\(server): its tables are of one server, and not of a cluster", isTemporary: false)
    }
  }

  package func add(_ reports: [Incoming]) async throws(StoreProblem) -> [Addition] {
    try await Adding(connection, known).add(reports)
  }

  package func add(_ snapshots: [StoredSnapshot]) async throws(StoreProblem) {
    let rows = snapshots.map { snapshot in
      var row = JSONRow()
      row.put("host", snapshot.host)
      row.put("rank", rank(startedAt: snapshot.startedAt, digest: snapshot.digest))
      row.put("digest", snapshot.digest)
      row.put("name", snapshot.name)
      row.put("pool", snapshot.pool)
      row.put("started_at", snapshot.startedAt)
      row.put("bytes", bytes: snapshot.document)
      return row
    }
    try await connection.insert(rows, into: "snapshot")
  }

  package func ping() async throws(StoreProblem) {
    _ = try await connection.rows("SELECT toUInt64(count()) FROM layout") { (cells) throws(StoreProblem) in
      try cells.number(UInt64.self)
    }
  }

  package func close() async { await connection.close() }
}

/// Layouts that are in the store for certain: a fleet has few, and every report names one.
actor KnownLayouts {
  private var digests: Set<String> = []
  private static let most = 10_000

  func unknown(_ layouts: [Layout]) -> [Layout] {
    var seen: Set<String> = []
    return layouts.filter { !digests.contains($0.digest) && seen.insert($0.digest).inserted }
  }

  func note(_ layouts: [Layout]) {
    guard digests.count < Self.most else { return }
    digests.formUnion(layouts.map(\.digest))
  }
}
