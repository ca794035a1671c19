package import Reports

/// Who does not pass a check, since when, and why.
package struct CheckAnswer: Answer {
  package struct Node: Codable, Hashable, Sendable {
    package let name: String
    package let host: String
    package let pool: String
    package let benchmark: String
    package let id: String
    package let status: Status
    /// When the node first looked and found it so, in this unbroken run of answers.
    package let since: String
    /// True where that is the first report known of the node: it may have been so before.
    package let sinceFirstReport: Bool
    package let evidence: [Evidence]
    package let reason: Reason?
  }

  package let check: String
  /// How many nodes gave each answer.
  package let statuses: [String: Int]
  package let nodes: [Node]

  /// - Parameter check: A check's slug, or an entry's id in its benchmark.
  package init(
    check: String, current: [Current], layouts: [String: Layout], changes: [Change],
    findings: [(host: String, benchmark: String, finding: Finding)]
  ) {
    struct Key: Hashable { let host: String, benchmark: String, id: String }
    var since: [Key: Int64] = [:]
    for change in changes {
      let key = Key(host: change.host, benchmark: change.benchmark, id: change.id)
      since[key] = max(since[key] ?? .min, change.at)
    }
    let shown = Dictionary(
      findings.map { (Key(host: $0.host, benchmark: $0.benchmark, id: $0.finding.id), $0.finding) },
      uniquingKeysWith: { first, _ in first })
    let places = layouts.mapValues { layout in
      layout.entries.indices.filter { layout.entries[$0].check == check }
    }
    var statuses: [String: Int] = [:]
    var nodes: [Node] = []
    for node in current {
      let standing = node.standing
      for place in places[standing.layout] ?? [] {
        guard let status = Status(letter: standing.statuses[place]), let layout = layouts[standing.layout]
        else {
          continue
        }
        statuses[status.rawValue, default: 0] += 1
        guard status != .pass, status != .notApplicable else { continue }
        let key = Key(host: standing.host, benchmark: standing.benchmark, id: layout.entries[place].id)
        let changed = since[key]
        let finding = shown[key]
        nodes.append(
          Node(
            name: standing.name, host: standing.host, pool: standing.pool, benchmark: standing.benchmark,
            id: key.id, status: status, since: Moment.text(changed ?? node.firstAt),
            sinceFirstReport: changed == nil, evidence: finding?.evidence ?? [], reason: finding?.reason))
      }
    }
    self.check = check
    self.statuses = statuses
    let order = Dictionary(
      uniqueKeysWithValues: [Status.fail, .error, .unknown, .waived, .manual].enumerated().map { ($1, $0) })
    self.nodes = nodes.sorted {
      (order[$0.status] ?? 9, $0.pool, $0.name, $0.benchmark, $0.id)
        < (order[$1.status] ?? 9, $1.pool, $1.name, $1.benchmark, $1.id)
    }
  }

  /// The slugs that a name stands for: itself, or those of the entries with this id.
  package static func slugs(_ name: String, in layouts: [String: Layout]) -> [String] {
    let entries = layouts.values.flatMap(\.entries)
    if entries.contains(where: { $0.check == name }) { return [name] }
    return Set(entries.filter { $0.id == name }.map(\.check)).sorted()
  }

  package var table: Table {
    let rows = nodes.map { node in
      let first = node.evidence.first
      let found = first.map { "\($0.entity.isEmpty ? "" : "\($0.entity) ")\($0.fact) is \($0.found)" }
      return [
        node.name, node.pool, node.status.rawValue, (node.sinceFirstReport ? "≤ " : "") + node.since,
        found ?? node.reason?.message ?? node.reason?.code.meaning ?? "",
      ]
    }
    let counts = statuses.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    return Table(
      [.init("NODE"), .init("POOL"), .init("STATUS"), .init("SINCE"), .init("FOUND")], rows,
      notes: ["\(check): \(counts.isEmpty ? "no node was asked" : counts)."])
  }
}
