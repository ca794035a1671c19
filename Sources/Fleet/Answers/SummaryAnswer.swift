/// How the fleet stands, by benchmark and pool, and how it came there.
package struct SummaryAnswer: Answer {
  package struct Pool: Codable, Hashable, Sendable {
    package let benchmark: String
    package let pool: String
    package let nodes: Int
    /// Points over points of all nodes, in percent.
    package let score: Double?
    /// Decided over applicable checks of all nodes, in percent.
    package let coverage: Double?
    /// The weakest node's level, and how many nodes there are at each of 0 to 4.
    package let level: Int
    package let levels: [Int]
    package let failed: Int
    package let critical: Int
    package let high: Int
    /// Reports whose run did not see everything.
    package let incomplete: Int
  }

  package struct Day: Codable, Hashable, Sendable {
    package let day: String
    package let benchmark: String
    package let nodes: Int
    package let score: Double?
    package let coverage: Double?
    package let failed: Int
    package let critical: Int
  }

  package let nodes: Int
  package let pools: [Pool]
  package let trend: [Day]

  package init(_ current: [Current], trend points: [TrendPoint]) {
    nodes = Set(current.map(\.standing.host)).count
    struct Key: Hashable { let benchmark: String, pool: String }
    let groups = Dictionary(grouping: current.map(\.standing)) { Key(benchmark: $0.benchmark, pool: $0.pool) }
    pools =
      groups.map { key, standings in
        func sum(_ part: KeyPath<Tally, Int>) -> Int { standings.reduce(0) { $0 + $1.tally[keyPath: part] } }
        return Pool(
          benchmark: key.benchmark, pool: key.pool, nodes: standings.count,
          score: percent(sum(\.passed), of: sum(\.total)),
          coverage: percent(sum(\.decided), of: sum(\.applicable)),
          level: standings.map(\.tally.level).min() ?? 0,
          levels: (0...4).map { level in standings.count { $0.tally.level == level } }, failed: sum(\.failed),
          critical: sum(\.critical), high: sum(\.high), incomplete: standings.count { !$0.complete })
      }.sorted { ($0.benchmark, $0.pool) < ($1.benchmark, $1.pool) }
    struct DayKey: Hashable { let day: Int64, benchmark: String }
    trend = Dictionary(grouping: points) { DayKey(day: $0.day, benchmark: $0.benchmark) }
      .sorted { ($0.key.day, $0.key.benchmark) < ($1.key.day, $1.key.benchmark) }
      .map { key, points in
        func sum(_ part: KeyPath<TrendPoint, Int>) -> Int { points.reduce(0) { $0 + $1[keyPath: part] } }
        return Day(
          day: Moment.text(ofDay: key.day), benchmark: key.benchmark, nodes: sum(\.nodes),
          score: percent(sum(\.passed), of: sum(\.total)),
          coverage: percent(sum(\.decided), of: sum(\.applicable)),
          failed: sum(\.failed), critical: sum(\.critical))
      }
  }

  package var table: Table {
    let rows = pools.map {
      [
        $0.benchmark, $0.pool, "\($0.nodes)", "\($0.level)", shown($0.score), shown($0.coverage),
        "\($0.critical)",
        "\($0.high)", "\($0.failed)", "\($0.incomplete)",
      ]
    }
    let days = trend.map {
      "\($0.day)  \($0.benchmark): \(shown($0.score)) % of points, \($0.failed) failures, on \($0.nodes) nodes"
    }
    return Table(
      [
        .init("BENCHMARK"), .init("POOL"), .init("NODES", isNumber: true), .init("LEVEL", isNumber: true),
        .init("SCORE %", isNumber: true), .init("COVERAGE %", isNumber: true),
        .init("CRITICAL", isNumber: true),
        .init("HIGH", isNumber: true), .init("FAILED", isNumber: true), .init("INCOMPLETE", isNumber: true),
      ], rows,
      notes: nodes == 0
        ? ["No node has reported: 'plumbline-fleet ingest FILE' takes reports."]
        : ["\(nodes) nodes. A pool's level is its weakest node's."] + days)
  }
}
