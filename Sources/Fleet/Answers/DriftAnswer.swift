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

  /// A few of a kind's nodes are named.
  private static let shown = 5

  /// - Parameter since: Seconds since 1970; the tally has what changed from then on.
  package init(since: Int64, _ tally: DriftTally) {
    self.since = Moment.text(since)
    changes = tally.changes
    // Numbers that are in the names' order: most hosts are in many groups, and names are slow to compare.
    let names = tally.hosts.sorted()
    let order = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    let ranks = tally.hosts.map { order[$0] ?? 0 }
    rows = tally.groups.map { kind, group in
      let hosts = Set(group.hosts).map { ranks[$0] }.sorted()
      return Row(
        check: kind.check, id: kind.id, benchmark: kind.benchmark, from: kind.from, to: kind.to,
        nodes: hosts.count, examples: hosts.prefix(Self.shown).map { names[$0] },
        first: Moment.text(group.first), last: Moment.text(group.last))
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
