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
  package private(set) var total: Int

  package init(
    check: String, current: [Current], layouts: [String: Layout], changes: [Change],
    findings: [(host: String, benchmark: String, finding: Finding)]
  ) {
    var since: [Key: Int64] = [:]
    for change in changes {
      let key = Key(host: change.host, benchmark: change.benchmark, id: change.id)
      since[key] = max(since[key] ?? .min, change.at)
    }
    let places = layouts.mapValues { layout in
      layout.entries.indices.filter { layout.entries[$0].check == check }
    }
    var statuses: [String: Int] = [:]
    var pools: [String: Pool] = [:]
    var nodes: [Node] = []
    var asked: Set<Asked> = []
    for node in current {
      let standing = node.standing
      for place in places[standing.layout] ?? [] {
        guard place < standing.statuses.count, let status = Status(letter: standing.statuses[place]),
          let entry = layouts[standing.layout]?.entries[place]
        else { continue }
        asked.insert(
          Asked(benchmark: standing.benchmark, id: entry.id, area: entry.area, severity: entry.severity))
        statuses[status.rawValue, default: 0] += 1
        pools[standing.pool, default: Pool(pool: standing.pool, failed: 0, undecided: 0, asked: 0)]
          .count(status)
        guard status != .pass, status != .notApplicable else { continue }
        let changed = since[Key(host: standing.host, benchmark: standing.benchmark, id: entry.id)]
        nodes.append(
          Node(
            name: standing.name, host: standing.host, pool: standing.pool, benchmark: standing.benchmark,
            id: entry.id, status: status, since: Moment.text(changed ?? node.firstAt),
            sinceFirstReport: changed == nil, evidence: [], reason: nil))
      }
    }
    self.check = check
    self.statuses = statuses
    entries = asked.sorted { ($0.benchmark, $0.id) < ($1.benchmark, $1.id) }
    self.pools = pools.values.sorted {
      $0.failed != $1.failed ? $0.failed > $1.failed : $0.pool < $1.pool
    }
    let order = Dictionary(
      uniqueKeysWithValues: [Status.fail, .error, .unknown, .waived, .manual].enumerated().map { ($1, $0) })
    self.nodes = nodes.sorted {
      (order[$0.status] ?? 9, $0.pool, $0.name, $0.benchmark, $0.id)
        < (order[$1.status] ?? 9, $1.pool, $1.name, $1.benchmark, $1.id)
    }
    total = nodes.count
    show(findings)
  }

  private struct Key: Hashable { let host: String, benchmark: String, id: String }

  /// Leaves only the nodes that are asked for.
  mutating func narrow(to query: CheckQuery) {
    let found = nodes.filter {
      (query.pool == nil || $0.pool == query.pool) && (query.status == nil || $0.status == query.status)
    }
    total = found.count
    nodes = Array(found.dropFirst(query.offset).prefix(query.limit))
  }

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
      notes: ["\(check): \(counts.isEmpty ? "no node was asked" : counts)."])
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
