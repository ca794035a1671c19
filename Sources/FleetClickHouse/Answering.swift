package import Fleet
import NIOCore
import Reports

extension ClickHouseStore {
  package func current(benchmark: String?) async throws(StoreProblem) -> [Current] {
    try await current(where: benchmark.map { "benchmark = \(literal($0))" } ?? "1")
  }

  package func current(host: String) async throws(StoreProblem) -> [Current] {
    try await current(where: "host = \(literal(host))")
  }

  private func current(where condition: String) async throws(StoreProblem) -> [Current] {
    struct Stream: Hashable { let host: String, benchmark: String }
    var first: [Stream: Int64] = [:]
    let origins = try await connection.rows(
      "SELECT host, benchmark, toUInt64(min(rank)) FROM origin WHERE \(condition) GROUP BY host, benchmark"
    ) { (cells) throws(StoreProblem) in
      (Stream(host: try cells.text(), benchmark: try cells.text()), try cells.number(UInt64.self))
    }
    for (stream, rank) in origins { first[stream] = seconds(ofRank: rank) }
    let standings = try await standings(
      """
      FROM latest WHERE \(condition) ORDER BY host, benchmark, rank DESC, received_at LIMIT 1 BY host, benchmark
      """)
    return standings.map {
      let key = Stream(host: $0.host, benchmark: $0.benchmark)
      return Current(standing: $0, firstAt: min(first[key] ?? $0.startedAt, $0.startedAt))
    }
  }

  func standings(_ rest: String) async throws(StoreProblem) -> [Standing] {
    var waivers: [String: [WaiverUse]] = [:]
    return try await connection.rows("SELECT \(Reading.standing) \(rest)") {
      (cells) throws(StoreProblem) in try Reading.standing(&cells, &waivers)
    }
  }

  package func layouts() async throws(StoreProblem) -> [String: Layout] {
    let layouts = try await connection.rows(Reading.layouts) {
      (cells) throws(StoreProblem) in try Reading.layout(&cells)
    }
    return Dictionary(layouts.map { ($0.digest, $0) }, uniquingKeysWith: { first, _ in first })
  }

  package func changes(_ query: ChangeQuery) async throws(StoreProblem) -> [Change] {
    let since = query.since ?? 0
    let fromDay = "day >= toDate(\(literal(Moment.text(ofDay: max(0, Moment.day(of: since))))))"
    var conditions: [String] = []
    if let host = query.host { conditions.append("host = \(literal(host))") }
    if let benchmark = query.benchmark { conditions.append("benchmark = \(literal(benchmark))") }
    let shared = ([fromDay] + conditions).joined(separator: " AND ")
    var own = shared + " AND started_at >= \(since)"
    if let until = query.until { own += " AND started_at < \(until)" }
    if let check = query.check { own += " AND slug = \(literal(check))" }
    return try await connection.rows(
      """
      SELECT host, benchmark, id, slug, started_at, was, became FROM (
        SELECT host, benchmark, rank, since, place, id, slug, started_at, was, became FROM change WHERE \(own)) AS one
      GLOBAL ANY LEFT JOIN (
        SELECT host, benchmark, rank, toUInt64(max(since)) AS truly FROM late WHERE \(shared) GROUP BY host, benchmark, rank) AS other
      USING (host, benchmark, rank)
      WHERE since >= truly
      ORDER BY started_at DESC, host, benchmark, id, slug, place LIMIT 1 BY host, benchmark, rank, place LIMIT \(max(0, query.limit))
      """
    ) { (cells) throws(StoreProblem) in
      Change(
        host: try cells.text(), benchmark: try cells.text(), id: try cells.text(), check: try cells.text(),
        at: try cells.number(), from: try Reading.status(&cells), to: try Reading.status(&cells))
    }
  }

  package func findings(check: String, hosts: Set<String>?) async throws(StoreProblem) -> [(
    host: String, benchmark: String, finding: Finding
  )] {
    if let hosts, hosts.isEmpty { return [] }
    var condition = "slug = \(literal(check))"
    // Many hosts would make a longer statement than a server takes; all that is asked for is read then.
    if let hosts, hosts.count <= 500 { condition += " AND host IN \(literals(hosts))" }
    let found = try await findings(where: condition, newestWhere: "1")
    return found.filter { hosts?.contains($0.host) ?? true }
  }

  package func findings(host: String) async throws(StoreProblem) -> [(benchmark: String, finding: Finding)] {
    let condition = "host = \(literal(host))"
    return try await findings(where: condition, newestWhere: condition).sorted {
      ($0.benchmark, $0.finding.id, $0.finding.check) < ($1.benchmark, $1.finding.id, $1.finding.check)
    }.map { ($0.benchmark, $0.finding) }
  }

  /// Those that the latest report of their node has; by host, benchmark and id. A report's findings are written before the report, and
  /// take the place of the former's: those from after the latest report are of one that is just being taken, and count.
  private func findings(where condition: String, newestWhere streams: String) async throws(StoreProblem) -> [(
    host: String, benchmark: String, finding: Finding
  )] {
    try await connection.rows(
      """
      SELECT host, benchmark, document FROM (
        SELECT host, benchmark, rank, slug, id, document FROM finding WHERE \(condition)) AS one
      GLOBAL ANY LEFT JOIN (
        SELECT host, benchmark, toUInt64(max(rank)) AS newest FROM latest WHERE \(streams) GROUP BY host, benchmark) AS other
      USING (host, benchmark)
      WHERE rank >= newest
      ORDER BY host, benchmark, id, slug, rank DESC LIMIT 1 BY host, benchmark, id, slug
      """
    ) { (cells) throws(StoreProblem) in (try cells.text(), try cells.text(), try Reading.finding(&cells)) }
  }

  package func history(host: String, limit: Int) async throws(StoreProblem) -> [Standing] {
    try await standings(
      """
      FROM (\(Self.taken("host = \(literal(host))", streams: "host = \(literal(host))")))
      ORDER BY started_at DESC, benchmark, digest DESC, received_at LIMIT 1 BY digest LIMIT \(max(0, limit))
      """)
  }

  /// The reports that there are, some of them twice. A silent node's latest is there even when its day was dropped.
  /// - Parameter streams: Which nodes and benchmarks, of all their reports.
  private static func taken(_ condition: String, streams: String) -> String {
    """
    SELECT \(Reading.standing) FROM report WHERE \(condition)
    UNION ALL SELECT \(Reading.standing) FROM (
      SELECT \(Reading.standing), day FROM latest WHERE \(streams)
      ORDER BY host, benchmark, rank DESC LIMIT 1 BY host, benchmark)
    WHERE \(condition)
    """
  }

  package func document(digest: String) async throws(StoreProblem) -> [UInt8]? {
    let digest = literal(digest)
    return try await connection.rows(
      """
      SELECT bytes FROM (
        SELECT bytes FROM document WHERE digest = \(digest)
        UNION ALL SELECT bytes FROM kept WHERE digest = \(digest) AND digest GLOBAL IN (
          SELECT digest FROM (
            SELECT host, benchmark, digest, rank FROM latest ORDER BY host, benchmark, rank DESC LIMIT 1 BY host, benchmark)))
      LIMIT 1
      """
    ) { (cells) throws(StoreProblem) in try cells.bytes() }.first
  }

  package func eachSnapshot(_ body: @Sendable (StoredSnapshot) async throws -> Void) async throws {
    let hosts = try await connection.rows("SELECT host FROM snapshot GROUP BY host ORDER BY host") {
      (cells) throws(StoreProblem) in try cells.text()
    }
    for host in hosts {
      let found = try await connection.rows(
        """
        SELECT digest, host, name, pool, started_at, bytes FROM snapshot WHERE host = \(literal(host)) ORDER BY rank DESC LIMIT 1
        """
      ) { (cells) throws(StoreProblem) in
        StoredSnapshot(
          digest: try cells.text(), host: try cells.text(), name: try cells.text(), pool: try cells.text(),
          startedAt: try cells.number(), document: try cells.bytes())
      }
      for snapshot in found { try await body(snapshot) }
    }
  }

  package func eachReport(ofDay day: Int64, _ body: @Sendable (Standing) async throws -> Void) async throws {
    let condition = "day = toDate(\(literal(Moment.text(ofDay: max(0, day)))))"
    let counts = try await connection.rows(
      """
      SELECT started_at, toInt64(count()) FROM (
        SELECT started_at FROM report WHERE \(condition) UNION ALL SELECT started_at FROM latest WHERE \(condition))
      GROUP BY started_at ORDER BY started_at
      """
    ) { (cells) throws(StoreProblem) in (try cells.number(Int64.self), try Reading.count(&cells)) }
    var index = 0
    while index < counts.count {
      let start = counts[index].0
      var end = start
      var count = 0
      repeat {
        end = counts[index].0
        count += counts[index].1
        index += 1
      } while index < counts.count && count + counts[index].1 <= Self.page
      let page = try await standings(
        """
        FROM (\(Self.taken("\(condition) AND started_at >= \(start) AND started_at <= \(end)", streams: "1")))
        ORDER BY started_at, host, benchmark, digest, received_at LIMIT 1 BY digest
        """)
      for standing in page { try await body(standing) }
    }
  }

  /// Reports that are read at once.
  private static let page = 5_000

  package func days() async throws(StoreProblem) -> [Int64] {
    try await connection.rows(
      """
      SELECT toInt64(toUInt16(day)) FROM (
        SELECT day FROM report UNION ALL SELECT day FROM (
          SELECT day, host, benchmark, rank FROM latest ORDER BY host, benchmark, rank DESC LIMIT 1 BY host, benchmark))
      GROUP BY day ORDER BY day
      """
    ) { (cells) throws(StoreProblem) in try cells.number(Int64.self) }
  }
}
