import Fleet
import Foundation
import GRDB
import Reports

/// One transaction's work: puts reports where they belong.
struct Adding {
  let db: Database
  private var layouts: [String: (id: Int64, layout: Layout)] = [:]

  init(_ db: Database) { self.db = db }

  /// What comes before or after a report, of the same node and benchmark.
  private struct Neighbour {
    let id: Int64
    let startedAt: Int64
    let layout: Int64
    let statuses: [UInt8]
  }

  mutating func add(_ incoming: Incoming) throws -> Addition {
    let standing = incoming.standing
    guard
      try Int64.fetchOne(
        db.cachedStatement(sql: "SELECT id FROM report WHERE digest = ?"), arguments: [standing.digest])
        == nil
    else { return .known }
    let layout = try id(of: incoming.layout)
    let stream = try self.stream(standing)
    let earlier = try neighbour(stream, standing, "<", "DESC")
    let later = try neighbour(stream, standing, ">", "ASC")
    let before = try lastOfDay(stream, standing.day)
    let report = try insert(standing, stream, layout)
    try db.cachedStatement(sql: "INSERT INTO document (report, bytes) VALUES (?, ?)")
      .execute(arguments: [report, Data(incoming.document)])

    let own = Neighbour(
      id: report, startedAt: standing.startedAt, layout: layout, statuses: standing.statuses)
    if let earlier { try note(from: earlier, to: own, stream) }
    if let later {
      try db.cachedStatement(sql: "DELETE FROM change WHERE report = ?").execute(arguments: [later.id])
      try note(from: own, to: later, stream)
    } else {
      try db.cachedStatement(sql: "UPDATE stream SET latest = ? WHERE id = ?").execute(
        arguments: [report, stream])
      try replaceFindings(stream, incoming.findings)
    }
    try count(standing, before, try lastOfDay(stream, standing.day))
    return .stored
  }

  private mutating func id(of layout: Layout) throws -> Int64 {
    if let known = layouts[layout.digest] { return known.id }
    let find = try db.cachedStatement(sql: "SELECT id FROM layout WHERE digest = ?")
    if let id = try Int64.fetchOne(find, arguments: [layout.digest]) {
      layouts[layout.digest] = (id, layout)
      return id
    }
    let entries = String(decoding: try JSONEncoder().encode(layout.entries), as: UTF8.self)
    try db.execute(
      sql: "INSERT INTO layout (digest, benchmark, entries) VALUES (?, ?, ?)",
      arguments: [layout.digest, layout.benchmark, entries])
    layouts[layout.digest] = (db.lastInsertedRowID, layout)
    return db.lastInsertedRowID
  }

  private mutating func layout(_ id: Int64) throws -> Layout? {
    if let known = layouts.values.first(where: { $0.id == id }) { return known.layout }
    guard
      let row = try Row.fetchOne(
        db, sql: "SELECT benchmark, entries FROM layout WHERE id = ?", arguments: [id])
    else { return nil }
    let layout = try Reading.layout(row)
    layouts[layout.digest] = (id, layout)
    return layout
  }

  private func stream(_ standing: Standing) throws -> Int64 {
    let find = try db.cachedStatement(sql: "SELECT id FROM stream WHERE host = ? AND benchmark = ?")
    if let id = try Int64.fetchOne(find, arguments: [standing.host, standing.benchmark]) {
      try db.cachedStatement(sql: "UPDATE stream SET first_at = ? WHERE id = ? AND first_at > ?")
        .execute(arguments: [standing.startedAt, id, standing.startedAt])
      return id
    }
    try db.cachedStatement(sql: "INSERT INTO stream (host, benchmark, first_at, latest) VALUES (?, ?, ?, 0)")
      .execute(arguments: [standing.host, standing.benchmark, standing.startedAt])
    return db.lastInsertedRowID
  }

  private func neighbour(_ stream: Int64, _ standing: Standing, _ side: String, _ order: String) throws
    -> Neighbour?
  {
    let statement = try db.cachedStatement(
      sql: """
        SELECT id, started_at, layout, statuses FROM report
        WHERE stream = ? AND (started_at, digest) \(side) (?, ?)
        ORDER BY started_at \(order), digest \(order) LIMIT 1
        """)
    return try Row.fetchOne(statement, arguments: [stream, standing.startedAt, standing.digest]).map {
      Neighbour(id: $0[0], startedAt: $0[1], layout: $0[2], statuses: Array($0[3] as Data))
    }
  }

  private func insert(_ standing: Standing, _ stream: Int64, _ layout: Int64) throws -> Int64 {
    let tally = standing.tally
    let facts = standing.facts
    let waivers = String(decoding: try JSONEncoder().encode(standing.waivers), as: UTF8.self)
    let values: [(any DatabaseValueConvertible)?] = [
      standing.digest, stream, standing.startedAt, standing.receivedAt, standing.name, standing.pool,
      facts.os,
      facts.kernel, facts.architecture, facts.kubelet, facts.roles, standing.run, standing.sequence,
      standing.benchmarkVersion, standing.profile, layout, Data(standing.statuses), standing.complete,
      tally.level, tally.passed, tally.total, tally.decided, tally.applicable, tally.failed, tally.critical,
      tally.high, standing.signer, waivers,
    ]
    try db.cachedStatement(
      sql: """
        INSERT INTO report (digest, stream, started_at, received_at, name, pool, os, kernel, architecture, kubelet, roles, run,
          sequence, benchmark_version, profile, layout, statuses, complete, level, passed, total, decided, applicable, failed,
          critical, high, signer, waivers)
        VALUES (\(values.map { _ in "?" }.joined(separator: ", ")))
        """
    ).execute(arguments: StatementArguments(values))
    return db.lastInsertedRowID
  }

  private mutating func note(from earlier: Neighbour, to later: Neighbour, _ stream: Int64) throws {
    if earlier.layout == later.layout, earlier.statuses == later.statuses { return }
    guard let first = try layout(earlier.layout), let second = try layout(later.layout) else { return }
    let insert = try db.cachedStatement(
      sql: """
        INSERT INTO change (report, stream, at, id, "check", before, after) VALUES (?, ?, ?, ?, ?, ?, ?)
        """)
    for (place, from) in differences(from: (first, earlier.statuses), to: (second, later.statuses)) {
      let entry = second.entries[place]
      try insert.execute(arguments: [
        later.id, stream, later.startedAt, entry.id, entry.check, Reading.text(from),
        Reading.text(later.statuses[place]),
      ])
    }
  }

  private func replaceFindings(_ stream: Int64, _ findings: [Finding]) throws {
    struct Key: Hashable { let check: String, id: String }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var old: [Key: String] = [:]
    let known = try db.cachedStatement(sql: "SELECT \"check\", id, document FROM finding WHERE stream = ?")
    for row in try Row.fetchAll(known, arguments: [stream]) { old[Key(check: row[0], id: row[1])] = row[2] }
    let put = try db.cachedStatement(
      sql: "INSERT OR REPLACE INTO finding (\"check\", stream, id, document) VALUES (?, ?, ?, ?)")
    for finding in findings {
      let document = String(decoding: try encoder.encode(finding), as: UTF8.self)
      guard old.removeValue(forKey: Key(check: finding.check, id: finding.id)) != document else { continue }
      try put.execute(arguments: [finding.check, stream, finding.id, document])
    }
    let drop = try db.cachedStatement(
      sql: "DELETE FROM finding WHERE \"check\" = ? AND stream = ? AND id = ?")
    for key in old.keys { try drop.execute(arguments: [key.check, stream, key.id]) }
  }

  private static let summed = [
    "passed", "total", "decided", "applicable", "failed", "critical", "high",
  ]

  private func lastOfDay(_ stream: Int64, _ day: Int64) throws -> Row? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT id, pool, \(Self.summed.joined(separator: ", ")) FROM report
        WHERE stream = ? AND started_at >= ? AND started_at < ? ORDER BY started_at DESC, digest DESC LIMIT 1
        """)
    let start = day * Moment.secondsPerDay
    return try Row.fetchOne(statement, arguments: [stream, start, start + Moment.secondsPerDay])
  }

  /// Counts a node once a day: what its last report of the day says.
  private func count(_ standing: Standing, _ before: Row?, _ after: Row?) throws {
    if let before, let after, before[0] as Int64 == after[0] as Int64 { return }
    let sums = Self.summed
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO trend (day, benchmark, pool, nodes, \(sums.joined(separator: ", ")))
        VALUES (?, ?, ?, ?, \(sums.map { _ in "?" }.joined(separator: ", ")))
        ON CONFLICT DO UPDATE SET nodes = nodes + excluded.nodes,
          \(sums.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", "))
        """)
    for (row, sign) in [(before, -1), (after, 1)] {
      guard let row else { continue }
      var values: [(any DatabaseValueConvertible)?] = [
        standing.day, standing.benchmark, row[1] as String, sign,
      ]
      values += sums.indices.map { sign * (row[2 + $0] as Int) }
      try statement.execute(arguments: StatementArguments(values))
    }
  }
}
