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

  /// All nodes that one benchmark judged.
  package struct Whole: Codable, Hashable, Sendable {
    package let benchmark: String
    package let nodes: Int
    /// As a pool's.
    package let score: Double?
    package let coverage: Double?
    package let level: Int
    package let levels: [Int]
    package let failed: Int
    package let critical: Int
    package let high: Int
    package let incomplete: Int
  }

  /// One pool's sums of one day.
  package struct PoolDay: Codable, Hashable, Sendable {
    package let day: String
    package let benchmark: String
    package let pool: String
    package let nodes: Int
    package let score: Double?
    package let failed: Int
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
  /// The benchmark that judged most nodes comes first.
  package let benchmarks: [Whole]
  package let pools: [Pool]
  package let trend: [Day]
  package let poolTrend: [PoolDay]

  package init(_ current: [Current], trend points: [TrendPoint]) {
    nodes = Set(current.map(\.standing.host)).count
    let sums = Self.sums(current)
    pools = sums.map { key, sum in
      Pool(
        benchmark: key.benchmark, pool: key.pool, nodes: sum.nodes,
        score: percent(sum.passed, of: sum.total), coverage: percent(sum.decided, of: sum.applicable),
        level: sum.weakest, levels: sum.levels, failed: sum.failed, critical: sum.critical, high: sum.high,
        incomplete: sum.incomplete)
    }.sorted { ($0.benchmark, $0.pool) < ($1.benchmark, $1.pool) }
    benchmarks = Dictionary(grouping: sums, by: \.key.benchmark).map { benchmark, parts in
      let sum = parts.reduce(into: Sum()) { $0.add($1.value) }
      return Whole(
        benchmark: benchmark, nodes: sum.nodes, score: percent(sum.passed, of: sum.total),
        coverage: percent(sum.decided, of: sum.applicable), level: sum.weakest, levels: sum.levels,
        failed: sum.failed, critical: sum.critical, high: sum.high, incomplete: sum.incomplete)
    }.sorted { $0.nodes != $1.nodes ? $0.nodes > $1.nodes : $0.benchmark < $1.benchmark }
    poolTrend = points.map {
      PoolDay(
        day: Moment.text(ofDay: $0.day), benchmark: $0.benchmark, pool: $0.pool, nodes: $0.nodes,
        score: percent($0.passed, of: $0.total), failed: $0.failed)
    }.sorted { ($0.benchmark, $0.pool, $0.day) < ($1.benchmark, $1.pool, $1.day) }
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

  private struct Key: Hashable { let benchmark: String, pool: String }

  private struct Sum {
    var nodes = 0
    var passed = 0
    var total = 0
    var decided = 0
    var applicable = 0
    var levels = [0, 0, 0, 0, 0]
    var failed = 0
    var critical = 0
    var high = 0
    var incomplete = 0

    var weakest: Int { levels.firstIndex { $0 > 0 } ?? 0 }

    mutating func add(_ tally: Tally, complete: Bool) {
      nodes += 1
      passed += tally.passed
      total += tally.total
      decided += tally.decided
      applicable += tally.applicable
      levels[min(max(tally.level, 0), 4)] += 1
      failed += tally.failed
      critical += tally.critical
      high += tally.high
      incomplete += complete ? 0 : 1
    }

    mutating func add(_ other: Sum) {
      nodes += other.nodes
      passed += other.passed
      total += other.total
      decided += other.decided
      applicable += other.applicable
      for level in levels.indices { levels[level] += other.levels[level] }
      failed += other.failed
      critical += other.critical
      high += other.high
      incomplete += other.incomplete
    }
  }

  private static func sums(_ current: [Current]) -> [Key: Sum] {
    var sums: [Key: Sum] = [:]
    for node in current {
      let key = Key(benchmark: node.standing.benchmark, pool: node.standing.pool)
      sums[key, default: Sum()].add(node.standing.tally, complete: node.standing.complete)
    }
    return sums
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
