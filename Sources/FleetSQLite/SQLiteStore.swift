package import Fleet
import Foundation
import GRDB
import Reports

/// A fleet in one file: SQLite in write-ahead mode, every commit synced to the disk (sqlite.org/wal.html, pragma synchronous).
package struct SQLiteStore: Store {
  /// Documents that were refused and are kept, at most; the oldest go first.
  static let refusalsKept = 500
  /// Bytes of a refused document that are kept.
  static let refusedBytesKept = 1 << 18

  /// Reports that are read at once where all of a day are asked for.
  static let page = 500

  private let pool: DatabasePool

  /// Opens a store, and makes it where there is none.
  /// - Throws: `StoreProblem`.
  package init(path: String) throws(StoreProblem) {
    do {
      var configuration = Configuration()
      configuration.busyMode = .timeout(15)
      configuration.maximumReaderCount = 4
      configuration.prepareDatabase { db in
        try db.execute(
          sql: "PRAGMA synchronous = FULL; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY")
      }
      pool = try DatabasePool(path: path, configuration: configuration)
      try Schema.migrator.migrate(pool)
    } catch {
      throw Self.problem(error, path)
    }
  }

  static func problem(_ error: any Error, _ path: String? = nil) -> StoreProblem {
    if let problem = error as? StoreProblem { return problem }
    let place = path.map { "\($0): " } ?? ""
    guard let error = error as? DatabaseError else {
      return StoreProblem("\(place)\(error)", isTemporary: error is CancellationError)
    }
    let temporary: [ResultCode] = [
      .SQLITE_BUSY, .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_LOCKED, .SQLITE_NOMEM,
    ]
    return StoreProblem(
      "\(place)\(error.message ?? "SQLite: \(error.resultCode)")",
      isTemporary: temporary.contains(error.resultCode))
  }

  func read<Answer: Sendable>(_ body: @escaping @Sendable (Database) throws -> Answer)
    async throws(StoreProblem)
    -> Answer
  {
    do { return try await pool.read(body) } catch { throw Self.problem(error) }
  }

  func write<Answer: Sendable>(_ body: @escaping @Sendable (Database) throws -> Answer)
    async throws(StoreProblem) -> Answer
  {
    do { return try await pool.write(body) } catch { throw Self.problem(error) }
  }

  package func add(_ reports: [Incoming]) async throws(StoreProblem) -> [Addition] {
    try await write { db in
      var adding = Adding(db)
      return try reports.map { try adding.add($0) }
    }
  }

  package func add(_ snapshots: [StoredSnapshot]) async throws(StoreProblem) {
    try await write { db in
      for snapshot in snapshots {
        try db.execute(
          sql: """
            INSERT INTO snapshot (host, digest, name, pool, started_at, bytes) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (host) DO UPDATE SET digest = excluded.digest, name = excluded.name, pool = excluded.pool,
              started_at = excluded.started_at, bytes = excluded.bytes
            WHERE (excluded.started_at, excluded.digest) > (started_at, digest)
            """,
          arguments: [
            snapshot.host, snapshot.digest, snapshot.name, snapshot.pool, snapshot.startedAt,
            Data(snapshot.document),
          ])
      }
    }
  }

  package func putAside(_ refused: Refused, _ bytes: [UInt8]) async throws(StoreProblem) {
    try await write { db in
      try db.execute(
        sql:
          "INSERT OR REPLACE INTO refused (digest, at, source, reason, size, bytes) VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [
          refused.digest, refused.at, refused.from, refused.reason, refused.size,
          Data(bytes.prefix(Self.refusedBytesKept)),
        ])
      try db.execute(
        sql:
          "DELETE FROM refused WHERE digest NOT IN (SELECT digest FROM refused ORDER BY at DESC, digest LIMIT ?)",
        arguments: [Self.refusalsKept])
    }
  }

  package func expire(_ retention: Retention, now: Int64) async throws(StoreProblem) {
    let documents = retention.documentsSince(now) * Moment.secondsPerDay
    let history = retention.historySince(now) * Moment.secondsPerDay
    try await write { db in
      // A node's latest report stays with its document, however long the node has been silent.
      try db.execute(
        sql: """
          DELETE FROM document WHERE report IN (SELECT id FROM report WHERE started_at < ?)
            AND report NOT IN (SELECT latest FROM stream);
          """, arguments: [documents])
      let old = "SELECT id FROM report WHERE started_at < ? AND id NOT IN (SELECT latest FROM stream)"
      try db.execute(sql: "DELETE FROM document WHERE report IN (\(old))", arguments: [history])
      try db.execute(
        sql: "DELETE FROM change WHERE report IN (\(old)) OR at < ?", arguments: [history, history])
      try db.execute(
        sql: "DELETE FROM report WHERE started_at < ? AND id NOT IN (SELECT latest FROM stream)",
        arguments: [history])
      try db.execute(sql: "DELETE FROM trend WHERE day < ?", arguments: [retention.historySince(now)])
    }
  }

  package func ping() async throws(StoreProblem) {
    _ = try await read { try Int.fetchOne($0, sql: "SELECT 1") }
  }

  package func close() async { try? pool.close() }
}
