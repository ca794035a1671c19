/// Which nodes are listed, and in what order.
package struct NodesQuery: Hashable, Sendable {
  package enum Order: String, Codable, Hashable, Sendable, CaseIterable {
    case name, pool, level, score, coverage, failed, critical, high, at
  }

  /// Part of a name, in any case.
  package let text: String
  package let pool: String?
  package let benchmark: String?
  package let level: Int?
  /// Only those whose run did not see everything.
  package let onlyIncomplete: Bool
  package let order: Order
  package let isDescending: Bool
  package let offset: Int
  package let limit: Int

  package init(
    text: String = "", pool: String? = nil, benchmark: String? = nil, level: Int? = nil,
    onlyIncomplete: Bool = false, order: Order = .name, isDescending: Bool = false, offset: Int = 0,
    limit: Int = .max
  ) {
    self.text = text
    self.pool = pool
    self.benchmark = benchmark
    self.level = level
    self.onlyIncomplete = onlyIncomplete
    self.order = order
    self.isDescending = isDescending
    self.offset = max(0, offset)
    self.limit = max(0, limit)
  }
}

/// The nodes, a row for each benchmark that judges them.
package struct NodesAnswer: Answer {
  package struct Row: Codable, Hashable, Sendable {
    package let name: String
    /// The node's key.
    package let host: String
    package let pool: String
    package let benchmark: String
    package let level: Int
    /// Percent.
    package let score: Double?
    package let coverage: Double?
    package let failed: Int
    package let critical: Int
    package let high: Int
    package let complete: Bool
    package let at: String
  }

  package let rows: [Row]
  /// How many there are, listed or not.
  package let total: Int
  package let offset: Int
  /// All pools and benchmarks of the fleet, by which can be asked.
  package let pools: [String]
  package let benchmarks: [String]

  package init(_ latest: Latest, _ query: NodesQuery = NodesQuery()) {
    var pools: Set<String> = []
    var benchmarks: Set<String> = []
    var found: [Int] = []
    let text = query.text.lowercased()
    for place in latest.current.indices {
      let standing = latest.current[place].standing
      pools.insert(standing.pool)
      benchmarks.insert(standing.benchmark)
      guard query.pool == nil || standing.pool == query.pool,
        query.benchmark == nil || standing.benchmark == query.benchmark,
        query.level == nil || standing.tally.level == query.level,
        !query.onlyIncomplete || !standing.complete,
        text.isEmpty || standing.name.lowercased().contains(text) || standing.host.lowercased().contains(text)
      else { continue }
      found.append(place)
    }
    Self.sort(&found, latest.current, query)
    total = found.count
    offset = query.offset
    rows = found.dropFirst(query.offset).prefix(query.limit).map { Row(latest.current[$0].standing) }
    self.pools = pools.sorted()
    self.benchmarks = benchmarks.sorted()
  }

  /// By the order that is asked for, and within it by the order of `current`: by host and benchmark.
  private static func sort(_ found: inout [Int], _ current: [Current], _ query: NodesQuery) {
    func sort<Key: Comparable>(_ key: (Standing) -> Key) {
      var keyed = found.map { (key: key(current[$0].standing), place: $0) }
      keyed.sort { left, right in
        guard left.key != right.key else { return left.place < right.place }
        return query.isDescending ? left.key > right.key : left.key < right.key
      }
      found = keyed.map(\.place)
    }
    func share(_ part: Int, _ whole: Int) -> Double { whole > 0 ? Double(part) / Double(whole) : -1 }
    switch query.order {
    case .name: sort(\.name)
    case .pool: sort(\.pool)
    case .level: sort(\.tally.level)
    case .score: sort { share($0.tally.passed, $0.tally.total) }
    case .coverage: sort { share($0.tally.decided, $0.tally.applicable) }
    case .failed: sort(\.tally.failed)
    case .critical: sort(\.tally.critical)
    case .high: sort(\.tally.high)
    case .at: sort(\.startedAt)
    }
  }

  package var table: Table {
    Table(
      [
        .init("NODE"), .init("POOL"), .init("BENCHMARK"), .init("LEVEL", isNumber: true),
        .init("SCORE %", isNumber: true), .init("COVERAGE %", isNumber: true),
        .init("CRITICAL", isNumber: true), .init("HIGH", isNumber: true), .init("FAILED", isNumber: true),
        .init("COMPLETE"), .init("AT"), .init("KEY"),
      ],
      rows.map {
        [
          $0.name, $0.pool, $0.benchmark, "\($0.level)", shown($0.score), shown($0.coverage),
          "\($0.critical)", "\($0.high)", "\($0.failed)", $0.complete ? "yes" : "no", $0.at, $0.host,
        ]
      }, notes: ["\(rows.count) of \(total)."])
  }
}

extension NodesAnswer.Row {
  init(_ standing: Standing) {
    self.init(
      name: standing.name, host: standing.host, pool: standing.pool, benchmark: standing.benchmark,
      level: standing.tally.level, score: percent(standing.tally.passed, of: standing.tally.total),
      coverage: percent(standing.tally.decided, of: standing.tally.applicable),
      failed: standing.tally.failed, critical: standing.tally.critical, high: standing.tally.high,
      complete: standing.complete, at: Moment.text(standing.startedAt))
  }
}
