import Facts
import Reports

/// Where a fleet is weak: each area of each pool, weighed as a node's own score is (passed over passed and failed).
package struct AreasAnswer: Answer {
  package struct Row: Codable, Hashable, Sendable {
    package let benchmark: String
    package let pool: String
    package let area: String
    package let nodes: Int
    /// Percent; nil where nothing of the area was decided.
    package let score: Double?
    package let failed: Int
  }

  /// By benchmark, pool and area.
  package let rows: [Row]

  package init(_ latest: Latest) {
    struct Key: Hashable { let benchmark: String, pool: String, area: String }
    struct Sum {
      var nodes = 0
      var passed = 0
      var total = 0
      var failed = 0
    }
    struct Pool: Hashable { let pool: String, layout: String }
    var sums: [Key: Sum] = [:]
    let groups = Dictionary(grouping: latest.current.map(\.standing)) {
      Pool(pool: $0.pool, layout: $0.layout)
    }
    for (group, standings) in groups {
      guard let layout = latest.layouts[group.layout] else { continue }
      let counts = AnswerCounts(standings, entries: layout.entries.count)
      for (place, entry) in layout.entries.enumerated() {
        let key = Key(benchmark: layout.benchmark, pool: group.pool, area: entry.area)
        let (passed, failed) = (counts[place, .pass], counts[place, .fail])
        sums[key, default: Sum()].passed += passed * entry.severity.weight
        sums[key, default: Sum()].total += (passed + failed) * entry.severity.weight
        sums[key, default: Sum()].failed += failed
      }
      for area in Set(layout.entries.map(\.area)) {
        sums[Key(benchmark: layout.benchmark, pool: group.pool, area: area), default: Sum()].nodes +=
          standings.count
      }
    }
    rows = sums.map { key, sum in
      Row(
        benchmark: key.benchmark, pool: key.pool, area: key.area, nodes: sum.nodes,
        score: percent(sum.passed, of: sum.total), failed: sum.failed)
    }.sorted { ($0.benchmark, $0.pool, $0.area) < ($1.benchmark, $1.pool, $1.area) }
  }

  package var table: Table {
    Table(
      [
        .init("BENCHMARK"), .init("POOL"), .init("AREA"), .init("NODES", isNumber: true),
        .init("SCORE %", isNumber: true), .init("FAILED", isNumber: true),
      ],
      rows.map { [$0.benchmark, $0.pool, $0.area, "\($0.nodes)", shown($0.score), "\($0.failed)"] })
  }
}

/// How often each answer was given to each entry of a layout.
struct AnswerCounts {
  private static let words = Status.allCases.count
  private static let indices = (0...255).map { Status(letter: UInt8($0))?.index ?? 0 }
  private var counts: [Int]

  init(_ standings: [Standing], entries: Int) {
    var counts = [Int](repeating: 0, count: entries * Self.words)
    let indices = Self.indices
    for standing in standings {
      for (place, letter) in standing.statuses.prefix(entries).enumerated() {
        counts[place * Self.words + indices[Int(letter)]] += 1
      }
    }
    self.counts = counts
  }

  subscript(place: Int, status: Status) -> Int { counts[place * Self.words + status.index] }
}
