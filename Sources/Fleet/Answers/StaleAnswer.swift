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
    // By name, since the inventory has names: where in `current` the latest report of each is.
    var latest: [String: Int] = [:]
    latest.reserveCapacity(current.count)
    for place in current.indices {
      let name = current[place].standing.name
      if let other = latest[name], current[other].standing.startedAt >= current[place].standing.startedAt {
        continue
      }
      latest[name] = place
    }
    let oldest = now - Int64(hours) * 3_600
    var nodes = latest.values.filter { current[$0].standing.startedAt < oldest }.map { place in
      let standing = current[place].standing
      return Node(
        name: standing.name, host: standing.host, pool: standing.pool,
        lastReport: Moment.text(standing.startedAt), hoursSilent: Int((now - standing.startedAt) / 3_600))
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
