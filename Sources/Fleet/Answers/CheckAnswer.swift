package import Facts
package import Reports

/// Which of the nodes that do not pass a check are shown.
package struct CheckQuery: Hashable, Sendable {
  package let pool: String?
  package let status: Status?
  package let offset: Int
  package let limit: Int

  package init(pool: String? = nil, status: Status? = nil, offset: Int = 0, limit: Int = .max) {
    self.pool = pool
    self.status = status
    self.offset = max(0, offset)
    self.limit = max(0, limit)
  }

  var isAll: Bool { pool == nil && status == nil && offset == 0 && limit == .max }
}

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
    package fileprivate(set) var evidence: [Evidence]
    package fileprivate(set) var reason: Reason?
  }

  /// Where a benchmark asks it.
  package struct Asked: Codable, Hashable, Sendable {
    package let benchmark: String
    package let id: String
    package let area: String
    package let severity: Severity
  }

  package struct Pool: Codable, Hashable, Sendable {
    package let pool: String
    /// Answers that are failures, could not be had, and are wanted at all.
    package internal(set) var failed: Int
    package internal(set) var undecided: Int
    package internal(set) var asked: Int
  }

  package let check: String
  package let entries: [Asked]
  /// How many nodes gave each answer.
  package let statuses: [String: Int]
  /// Those with most failures first.
  package let pools: [Pool]
  package private(set) var nodes: [Node]
  /// How many nodes the question's pool and status leave, shown or not.
  package let total: Int

  /// - Parameters:
  ///   - changes: The check's; a node's latest one says since when.
  ///   - findings: What was found; those of the nodes that are shown are enough.
  package init(
    check: String, current: [Current], layouts: [String: Layout], changes: [Change],
    query: CheckQuery = CheckQuery(),
    findings: [(host: String, benchmark: String, finding: Finding)] = []
  ) {
    let places = layouts.mapValues { layout in
      layout.entries.indices.filter { layout.entries[$0].check == check }
    }
    var statuses: [String: Int] = [:]
    var pools: [String: Pool] = [:]
    var candidates: [Candidate] = []
    var asked: Set<Asked> = []
    for node in current.indices {
      let standing = current[node].standing
      for place in places[standing.layout] ?? [] {
        guard place < standing.statuses.count, let status = Status(letter: standing.statuses[place]),
          let entry = layouts[standing.layout]?.entries[place]
        else { continue }
        asked.insert(
          Asked(benchmark: standing.benchmark, id: entry.id, area: entry.area, severity: entry.severity))
        statuses[status.rawValue, default: 0] += 1
        pools[standing.pool, default: Pool(pool: standing.pool, failed: 0, undecided: 0, asked: 0)]
          .count(status)
        guard let order = Self.order(status), query.pool == nil || query.pool == standing.pool,
          query.status == nil || query.status == status
        else { continue }
        candidates.append(Candidate(node: node, id: entry.id, status: status, order: order))
      }
    }
    self.check = check
    self.statuses = statuses
    entries = asked.sorted { ($0.benchmark, $0.id) < ($1.benchmark, $1.id) }
    self.pools = pools.values.sorted {
      $0.failed != $1.failed ? $0.failed > $1.failed : $0.pool < $1.pool
    }
    total = candidates.count
    candidates.sort { left, right in
      guard left.order == right.order else { return left.order < right.order }
      let (one, other) = (current[left.node].standing, current[right.node].standing)
      return (one.pool, one.name, one.benchmark, left.id) < (
        other.pool, other.name, other.benchmark, right.id
      )
    }
    nodes = Self.nodes(candidates.dropFirst(query.offset).prefix(query.limit), current, changes)
    show(findings)
  }

  /// A node that does not pass, before it is known whether it is shown: most of a fleet may be.
  private struct Candidate {
    let node: Int
    let id: String
    let status: Status
    let order: Int
  }

  /// Which come first; nil for what needs nobody.
  private static func order(_ status: Status) -> Int? {
    switch status {
    case .fail: 0
    case .error: 1
    case .unknown: 2
    case .waived: 3
    case .manual: 4
    case .pass, .notApplicable: nil
    }
  }

  private static func nodes(_ shown: ArraySlice<Candidate>, _ current: [Current], _ changes: [Change])
    -> [Node]
  {
    var since: [Key: Int64] = [:]
    for change in changes {
      let key = Key(host: change.host, benchmark: change.benchmark, id: change.id)
      since[key] = max(since[key] ?? .min, change.at)
    }
    return shown.map { candidate in
      let node = current[candidate.node]
      let standing = node.standing
      let changed = since[Key(host: standing.host, benchmark: standing.benchmark, id: candidate.id)]
      return Node(
        name: standing.name, host: standing.host, pool: standing.pool, benchmark: standing.benchmark,
        id: candidate.id, status: candidate.status, since: Moment.text(changed ?? node.firstAt),
        sinceFirstReport: changed == nil, evidence: [], reason: nil)
    }
  }

  private struct Key: Hashable { let host: String, benchmark: String, id: String }

  /// Puts what was found to the nodes that are there.
  mutating func show(_ findings: [(host: String, benchmark: String, finding: Finding)]) {
    guard !findings.isEmpty else { return }
    let shown = Dictionary(
      findings.map { (Key(host: $0.host, benchmark: $0.benchmark, id: $0.finding.id), $0.finding) },
      uniquingKeysWith: { first, _ in first })
    for place in nodes.indices {
      let node = nodes[place]
      guard let finding = shown[Key(host: node.host, benchmark: node.benchmark, id: node.id)] else {
        continue
      }
      nodes[place].evidence = finding.evidence
      nodes[place].reason = finding.reason
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
      notes: ["\(check): \(counts.isEmpty ? "no node was asked" : counts)."]
        + (nodes.count < total ? ["\(nodes.count) of \(total) nodes are shown."] : []))
  }
}

extension CheckAnswer.Pool {
  fileprivate mutating func count(_ status: Status) {
    asked += 1
    switch status {
    case .fail: failed += 1
    case .unknown, .error: undecided += 1
    case .pass, .manual, .notApplicable, .waived: break
    }
  }
}
