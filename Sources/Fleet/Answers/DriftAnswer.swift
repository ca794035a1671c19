package import Reports

/// What has changed since a moment, by check.
package struct DriftAnswer: Answer {
  package struct Row: Codable, Hashable, Sendable {
    package let check: String
    package let id: String
    package let benchmark: String
    package let from: Status
    package let to: Status
    package let nodes: Int
    /// A few of the nodes, by name of host.
    package let examples: [String]
    package let first: String
    package let last: String
  }

  package let since: String
  package let changes: Int
  package let rows: [Row]

  package init(since: Int64, _ changes: [Change]) {
    self.since = Moment.text(since)
    self.changes = changes.count
    struct Key: Hashable { let benchmark: String, id: String, check: String, from: Status, to: Status }
    let groups = Dictionary(grouping: changes) {
      Key(benchmark: $0.benchmark, id: $0.id, check: $0.check, from: $0.from, to: $0.to)
    }
    rows = groups.map { key, changes in
      let hosts = Set(changes.map(\.host)).sorted()
      let times = changes.map(\.at)
      return Row(
        check: key.check, id: key.id, benchmark: key.benchmark, from: key.from, to: key.to,
        nodes: hosts.count,
        examples: Array(hosts.prefix(5)), first: Moment.text(times.min() ?? 0),
        last: Moment.text(times.max() ?? 0))
    }.sorted { left, right in
      let worse = (left.to == .fail ? 0 : 1, right.to == .fail ? 0 : 1)
      if worse.0 != worse.1 { return worse.0 < worse.1 }
      if left.nodes != right.nodes { return left.nodes > right.nodes }
      return (left.benchmark, left.id, left.check, left.from.rawValue, left.to.rawValue)
        < (right.benchmark, right.id, right.check, right.from.rawValue, right.to.rawValue)
    }
  }

  package var table: Table {
    Table(
      [
        .init("CHECK"), .init("FROM"), .init("TO"), .init("NODES", isNumber: true), .init("FIRST"),
        .init("LAST"),
        .init("NODES SUCH AS"),
      ],
      rows.map {
        [
          $0.check, $0.from.rawValue, $0.to.rawValue, "\($0.nodes)", $0.first, $0.last,
          $0.examples.joined(separator: " "),
        ]
      }, notes: ["\(changes) changes since \(since)."])
  }
}
