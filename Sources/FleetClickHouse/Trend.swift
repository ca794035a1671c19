package import Fleet
import NIOCore

extension ClickHouseStore {
  /// Sums of what `daily` has. Most days have one row for each node by now, ClickHouse having merged the others away: those are
  /// summed as they are. Of the few that don't, the rows that are not a node's last are left out first, which takes longer.
  package func trend(since day: Int64) async throws(StoreProblem) -> [TrendPoint] {
    let days = "day >= toDate(\(literal(Moment.text(ofDay: max(0, day)))))"
    let sums = Self.columns.map { "toInt64(sum(\($0)))" }.joined(separator: ", ")
    let order = "GROUP BY day, benchmark, pool ORDER BY day, benchmark, pool"
    let all = try await points(
      "SELECT toInt64(toUInt16(day)), benchmark, pool, toInt64(count()), \(sums) FROM daily WHERE \(days) \(order)"
    )
    // Looked at after the sums were made: a day that had as many rows then as it has nodes now was summed with one row for each.
    let nodes = try await connection.rows(
      """
      SELECT toInt64(toUInt16(day)), toInt64(count()), toInt64(uniqExact(benchmark, host)) FROM daily
      WHERE \(days) GROUP BY day
      """
    ) { (cells) throws(StoreProblem) in
      (day: try cells.number(Int64.self), rows: try Reading.count(&cells), nodes: try Reading.count(&cells))
    }
    var summed: [Int64: Int] = [:]
    for point in all { summed[point.day, default: 0] += point.nodes }
    let plain = Set(nodes.filter { $0.rows == $0.nodes && summed[$0.day] == $0.rows }.map(\.day))
    let others = Set(nodes.map(\.day)).union(summed.keys).subtracting(plain)
    guard !others.isEmpty else { return all }
    let last = Self.columns.map { "argMax(\($0), rank) AS last_\($0)" }.joined(separator: ", ")
    let lastSums = Self.columns.map { "toInt64(sum(last_\($0)))" }.joined(separator: ", ")
    let points = try await points(
      """
      SELECT toInt64(toUInt16(day)), benchmark, last_pool, toInt64(count()), \(lastSums) FROM (
        SELECT day, benchmark, host, argMax(pool, rank) AS last_pool, \(last) FROM daily
        WHERE day IN (\(others.sorted().map { "toDate(\(literal(Moment.text(ofDay: $0))))" }.joined(separator: ", ")))
        GROUP BY day, benchmark, host)
      GROUP BY day, benchmark, last_pool
      """)
    return (all.filter { plain.contains($0.day) } + points).sorted {
      ($0.day, $0.benchmark, $0.pool) < ($1.day, $1.benchmark, $1.pool)
    }
  }

  private static let columns = [
    "passed", "total", "decided", "applicable", "failed", "critical", "high",
  ]

  private func points(_ statement: String) async throws(StoreProblem) -> [TrendPoint] {
    try await connection.rows(statement) { (cells) throws(StoreProblem) in
      TrendPoint(
        day: try cells.number(), benchmark: try cells.text(), pool: try cells.text(),
        nodes: try Reading.count(&cells), passed: try Reading.count(&cells), total: try Reading.count(&cells),
        decided: try Reading.count(&cells), applicable: try Reading.count(&cells),
        failed: try Reading.count(&cells), critical: try Reading.count(&cells),
        high: try Reading.count(&cells))
    }
  }
}
