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
    var sums: [Key: Sum] = [:]
    for peers in latest.peers {
      for (area, entries) in Dictionary(
        grouping: peers.layout.entries.indices, by: { peers.layout.entries[$0].area })
      {
        let key = Key(benchmark: peers.benchmark, pool: peers.pool, area: area)
        var sum = sums[key] ?? Sum()
        sum.nodes += peers.places.count
        for place in entries {
          let weight = peers.layout.entries[place].severity.weight
          let (passed, failed) = (peers.counts[place, .pass], peers.counts[place, .fail])
          sum.passed += passed * weight
          sum.total += (passed + failed) * weight
          sum.failed += failed
        }
        sums[key] = sum
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
