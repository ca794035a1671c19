package import Fleet
import NIOCore
import Reports

// What is kept for a time, or in small number.
extension ClickHouseStore {
  package func expire(_ retention: Retention, now: Int64) async throws(StoreProblem) {
    for server in connection.address.servers {
      try await keepLatest(on: server, before: retention.documentsSince(now))
      try await drop(["document"], before: retention.documentsSince(now), on: server)
      try await drop(
        ["document", "link", "change", "late", "daily", "report"], before: retention.historySince(now),
        on: server)
    }
  }

  private func stored(_ name: String) -> String {
    connection.address.cluster == nil ? name : "\(name)_shard"
  }

  /// A node's latest report stays with its document, however long the node has been silent: it is put where no day is dropped.
  private func keepLatest(on server: Address.Server, before day: Int64) async throws(StoreProblem) {
    let old = "day < toDate(\(literal(Moment.text(ofDay: max(0, day)))))"
    let lasting = """
      SELECT host, benchmark, rank, digest FROM (
        SELECT host, benchmark, rank, digest, day FROM \(stored("latest"))
        ORDER BY host, benchmark, rank DESC LIMIT 1 BY host, benchmark)
      WHERE \(old)
      """
    try await connection.run(
      """
      INSERT INTO \(stored("kept")) (host, benchmark, rank, digest, bytes)
      SELECT host, benchmark, rank, digest, bytes FROM (SELECT digest, bytes FROM \(stored("document")) WHERE \(old)) AS one
      ANY INNER JOIN (\(lasting)) AS other USING (digest)
      """, on: server)
  }

  /// Whole days are dropped, without a row being read.
  private func drop(_ tables: [String], before day: Int64, on server: Address.Server)
    async throws(StoreProblem)
  {
    let limit = Moment.text(ofDay: max(0, day))
    for table in tables.map(stored) {
      let days = try await connection.texts(
        """
        SELECT DISTINCT partition FROM system.parts
        WHERE database = \(literal(connection.address.database)) AND table = \(literal(table)) AND active
          AND partition < \(literal(limit))
        """, on: server)
      for day in days where Moment.day(day) != nil {
        try await connection.run("ALTER TABLE \(table) DROP PARTITION \(literal(day))", on: server)
      }
    }
  }

  package func putAside(_ refused: Refused, _ bytes: [UInt8]) async throws(StoreProblem) {
    var row = JSONRow()
    row.put("digest", refused.digest)
    row.put("at", refused.at)
    row.put("source", refused.from)
    row.put("reason", refused.reason)
    row.put("size", refused.size)
    row.put("bytes", bytes: bytes.prefix(Self.refusedBytesKept))
    try await connection.insert([row], into: "refused")
    try await trim()
  }

  /// Deletes what is not shown, when there is much of it: ClickHouse writes whole parts again to delete a row.
  private func trim() async throws(StoreProblem) {
    let many = try await connection.rows("SELECT toInt64(count()) FROM refused") {
      (cells) throws(StoreProblem) in try Reading.count(&cells)
    }
    guard many.first ?? 0 > 2 * Self.refusalsKept else { return }
    let last = try await connection.rows(
      """
      SELECT at, digest FROM refused ORDER BY at DESC, digest LIMIT 1 BY digest LIMIT \(Self.refusalsKept - 1), 1
      """
    ) { (cells) throws(StoreProblem) in (try cells.number(Int64.self), try cells.text()) }.first
    guard let (at, digest) = last else { return }
    for server in connection.address.servers {
      let busy = try await connection.texts(
        """
        SELECT command FROM system.mutations WHERE database = \(literal(connection.address.database))
          AND table = \(literal(stored("refused"))) AND NOT is_done
        """, on: server)
      guard busy.isEmpty else { continue }
      try await connection.run(
        """
        ALTER TABLE \(stored("refused")) DELETE WHERE at < \(at) OR (at = \(at) AND digest > \(literal(digest)))
        """, on: server)
    }
  }

  package func refusals(limit: Int) async throws(StoreProblem) -> [Refused] {
    try await connection.rows(
      """
      SELECT digest, at, source, reason, size FROM refused ORDER BY at DESC, digest LIMIT 1 BY digest
      LIMIT \(min(max(0, limit), Self.refusalsKept))
      """
    ) { (cells) throws(StoreProblem) in
      Refused(
        digest: try cells.text(), at: try cells.number(), from: try cells.text(), reason: try cells.text(),
        size: try Reading.count(&cells))
    }
  }
}
