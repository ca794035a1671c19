/// Nodes that should have reported and did not.
package struct StaleAnswer: Answer {
  /// A day, and some delay.
  package static let usualHours = 26

  package struct Node: Codable, Hashable, Sendable {
    package let name: String
    /// Its key; nil where it never reported.
    package let host: String?
    package let pool: String
    /// Nil where it never did.
    package let lastReport: String?
    package let hoursSilent: Int?
  }

  package let nodes: [Node]
  package let reporting: Int
  package let hours: Int

  /// - Parameters:
  ///   - hours: So long a node may be silent.
  ///   - now: Seconds since 1970.
  package init(_ current: [Current], _ inventory: Inventory, hours: Int, now: Int64) {
    var latest: [String: Standing] = [:]
    for standing in current.map(\.standing)
    where (latest[standing.name]?.startedAt ?? .min) < standing.startedAt {
      latest[standing.name] = standing
    }
    let oldest = now - Int64(hours) * 3_600
    var nodes = latest.values.filter { $0.startedAt < oldest }.map {
      Node(
        name: $0.name, host: $0.host, pool: $0.pool, lastReport: Moment.text($0.startedAt),
        hoursSilent: Int((now - $0.startedAt) / 3_600))
    }
    reporting = latest.count - nodes.count
    nodes += inventory.expected.filter { latest[$0] == nil }.map {
      Node(name: $0, host: nil, pool: inventory.pool(of: $0) ?? "", lastReport: nil, hoursSilent: nil)
    }
    self.nodes = nodes.sorted {
      ($0.lastReport ?? "", $0.name) < ($1.lastReport ?? "", $1.name)
    }
    self.hours = hours
  }

  package var table: Table {
    Table(
      [.init("NODE"), .init("POOL"), .init("LAST REPORT"), .init("HOURS SILENT", isNumber: true)],
      nodes.map { [$0.name, $0.pool, $0.lastReport ?? "never", $0.hoursSilent.map(String.init) ?? ""] },
      notes: ["\(nodes.count) stale; \(reporting) reported within \(hours) hours."])
  }
}
