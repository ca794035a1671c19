package import Fleet
import Foundation
import GRDB
import Reports

extension SQLiteStore {
  package func current(benchmark: String?) async throws(StoreProblem) -> [Current] {
    try await current("(?1 IS NULL OR s.benchmark = ?1)", benchmark)
  }

  package func current(host: String) async throws(StoreProblem) -> [Current] {
    try await current("s.host = ?1", host)
  }

  private func current(_ condition: String, _ argument: String?) async throws(StoreProblem) -> [Current] {
    try await read { db in
      var waivers: [String: [WaiverUse]] = [:]
      var answer: [Current] = []
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT \(Reading.standing) FROM stream s JOIN report r ON r.id = s.latest JOIN layout l ON l.id = r.layout
          WHERE \(condition) ORDER BY s.host, s.benchmark
          """, arguments: [argument])
      while let row = try rows.next() {
        answer.append(Current(standing: try Reading.standing(row, &waivers), firstAt: row[29]))
      }
      return answer
    }
  }

  package func layouts() async throws(StoreProblem) -> [String: Layout] {
    try await read { db in
      let rows = try Row.fetchAll(db, sql: "SELECT digest, benchmark, entries FROM layout")
      return Dictionary(uniqueKeysWithValues: try rows.map { ($0["digest"], try Reading.layout($0)) })
    }
  }

  package func trend(since day: Int64) async throws(StoreProblem) -> [TrendPoint] {
    try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM trend WHERE day >= ? AND nodes > 0 ORDER BY day, benchmark, pool",
        arguments: [day]
      ).map {
        TrendPoint(
          day: $0[0], benchmark: $0[1], pool: $0[2], nodes: $0[3], passed: $0[4], total: $0[5],
          decided: $0[6],
          applicable: $0[7], failed: $0[8], critical: $0[9], high: $0[10])
      }
    }
  }

  package func changes(_ query: ChangeQuery) async throws(StoreProblem) -> [Change] {
    try await read { db in
      var conditions = ["c.at >= ?", "c.at < ?"]
      var values: [(any DatabaseValueConvertible)?] = [query.since ?? 0, query.until ?? .max]
      for (column, value) in [
        ("s.host", query.host), ("s.benchmark", query.benchmark), ("c.\"check\"", query.check),
      ] {
        guard let value else { continue }
        conditions.append("\(column) = ?")
        values.append(value)
      }
      values.append(query.limit)
      return try Row.fetchAll(
        db,
        sql: """
          SELECT s.host, s.benchmark, c.id, c."check", c.at, c.before, c.after FROM change c JOIN stream s ON s.id = c.stream
          WHERE \(conditions.joined(separator: " AND "))
          ORDER BY c.at DESC, s.host, s.benchmark, c.id, c."check" LIMIT ?
          """, arguments: StatementArguments(values)
      ).map {
        Change(
          host: $0[0], benchmark: $0[1], id: $0[2], check: $0[3], at: $0[4], from: try Reading.status($0[5]),
          to: try Reading.status($0[6]))
      }
    }
  }

  package func drift(since: Int64) async throws(StoreProblem) -> DriftTally {
    try await read { db in
      var tally = DriftTally()
      // Whose a change is says a number: its name would be read once for each change.
      var streams: [Int64: (host: Int, benchmark: String)] = [:]
      let known = try Row.fetchCursor(db, sql: "SELECT id, host, benchmark FROM stream")
      while let row = try known.next() { streams[row[0]] = (tally.place(of: row[1]), row[2]) }
      let changes = try Row.fetchCursor(
        db, sql: "SELECT stream, at, id, \"check\", before, after FROM change WHERE at >= ?",
        arguments: [since])
      while let row = try changes.next() {
        guard let stream = streams[row[0]] else { continue }
        tally.add(
          DriftTally.Kind(
            benchmark: stream.benchmark, id: row[2], check: row[3], from: try Reading.status(row[4]),
            to: try Reading.status(row[5])),
          stream.host, at: row[1])
      }
      return tally
    }
  }

  package func findings(check: String, hosts: Set<String>?) async throws(StoreProblem) -> [(
    host: String, benchmark: String, finding: Finding
  )] {
    try await read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT s.host, s.benchmark, f.document FROM finding f JOIN stream s ON s.id = f.stream WHERE f."check" = ?
          ORDER BY s.host, s.benchmark, f.id
          """, arguments: [check]
      ).compactMap { row in
        let host: String = row[0]
        guard hosts?.contains(host) ?? true else { return nil }
        return (host, row[1], try Reading.finding(row[2]))
      }
    }
  }

  package func findings(host: String) async throws(StoreProblem) -> [(benchmark: String, finding: Finding)] {
    try await read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT s.benchmark, f.document FROM stream s JOIN finding f ON f.stream = s.id WHERE s.host = ?
          ORDER BY s.benchmark, f.id, f."check"
          """, arguments: [host]
      ).map { ($0[0], try Reading.finding($0[1])) }
    }
  }

  package func history(host: String, limit: Int) async throws(StoreProblem) -> [Standing] {
    try await standings(
      "s.host = ? ORDER BY r.started_at DESC, s.benchmark, r.digest DESC LIMIT ?", [host, limit])
  }

  private func standings(_ condition: String, _ arguments: [any DatabaseValueConvertible & Sendable])
    async throws(StoreProblem) -> [Standing]
  {
    try await read { db in
      var waivers: [String: [WaiverUse]] = [:]
      return try Row.fetchAll(
        db,
        sql: """
          SELECT \(Reading.standing) FROM report r JOIN stream s ON s.id = r.stream JOIN layout l ON l.id = r.layout
          WHERE \(condition)
          """, arguments: StatementArguments(arguments.map { $0 as (any DatabaseValueConvertible)? })
      ).map { try Reading.standing($0, &waivers) }
    }
  }

  package func document(digest: String) async throws(StoreProblem) -> [UInt8]? {
    try await read { db in
      try Data.fetchOne(
        db, sql: "SELECT d.bytes FROM document d JOIN report r ON r.id = d.report WHERE r.digest = ?",
        arguments: [digest]
      ).map { Array($0) }
    }
  }

  package func eachSnapshot(_ body: @Sendable (StoredSnapshot) async throws -> Void) async throws {
    let hosts = try await read { try String.fetchAll($0, sql: "SELECT host FROM snapshot ORDER BY host") }
    for host in hosts {
      let snapshot = try await read { db in
        try Row.fetchOne(
          db, sql: "SELECT digest, host, name, pool, started_at, bytes FROM snapshot WHERE host = ?",
          arguments: [host]
        ).map {
          StoredSnapshot(
            digest: $0[0], host: $0[1], name: $0[2], pool: $0[3], startedAt: $0[4],
            document: Array($0[5] as Data))
        }
      }
      if let snapshot { try await body(snapshot) }
    }
  }

  package func refusals(limit: Int) async throws(StoreProblem) -> [Refused] {
    try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT digest, at, source, reason, size FROM refused ORDER BY at DESC, digest LIMIT ?",
        arguments: [limit]
      ).map { Refused(digest: $0[0], at: $0[1], from: $0[2], reason: $0[3], size: $0[4]) }
    }
  }

  package func eachReport(ofDay day: Int64, _ body: @Sendable (Standing) async throws -> Void) async throws {
    let start = day * Moment.secondsPerDay
    // A day may have more reports than fit the memory: page by page, each after the last one's place in the order.
    var last: [any DatabaseValueConvertible & Sendable] = [start - 1, "", "", ""]
    while true {
      let page = try await standings(
        """
        r.started_at >= ? AND r.started_at < ? AND (r.started_at, s.host, s.benchmark, r.digest) > (?, ?, ?, ?)
        ORDER BY r.started_at, s.host, s.benchmark, r.digest LIMIT \(Self.page)
        """,
        [max(start, (last[0] as? Int64) ?? start), start + Moment.secondsPerDay] + last)
      for report in page { try await body(report) }
      guard page.count == Self.page, let end = page.last else { return }
      last = [end.startedAt, end.host, end.benchmark, end.digest]
    }
  }

  package func days() async throws(StoreProblem) -> [Int64] {
    try await read {
      // Not those of the trend: a silent node's latest report outlives its day there.
      try Int64.fetchAll(
        $0, sql: "SELECT DISTINCT started_at / \(Moment.secondsPerDay) FROM report ORDER BY started_at")
    }
  }
}
