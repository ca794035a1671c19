import Reports

/// Why a question has no answer.
package enum Unanswerable: Error, Hashable, Sendable, CustomStringConvertible {
  /// Nobody knows what is asked for.
  case unknown(String)
  /// It stands for several things.
  case ambiguous(String)

  package var description: String {
    switch self {
    case .unknown(let text), .ambiguous(let text): text
    }
  }
}

/// Every question that a fleet is asked, wherever it is asked: at the command line, in JSON, on a page.
package struct Asking: Sendable {
  private let store: any Store
  private let inventory: Inventory
  /// Seconds since 1970.
  package let now: Int64
  private let read: @Sendable () async throws -> Latest

  package init(
    _ store: any Store, inventory: Inventory = .none, now: Int64,
    latest: (@Sendable () async throws -> Latest)? = nil
  ) {
    self.store = store
    self.inventory = inventory
    self.now = now
    read = latest ?? { try await Latest(store) }
  }

  package func summary(benchmark: String? = nil, days: Int64 = 30) async throws -> SummaryAnswer {
    let latest = try await read()
    let start = Moment.day(of: now) - min(max(days, 0), 10_000)
    let trend = try await store.trend(since: start)
    return SummaryAnswer(
      latest.current.filter { benchmark == nil || $0.standing.benchmark == benchmark },
      trend: trend.filter { benchmark == nil || $0.benchmark == benchmark })
  }

  package func areas() async throws -> AreasAnswer { AreasAnswer(try await read()) }

  package func checks(of part: Part = Part(), limit: Int = .max) async throws -> ChecksAnswer {
    ChecksAnswer(try await read(), of: part, limit: limit)
  }

  package func nodes(_ query: NodesQuery = NodesQuery()) async throws -> NodesAnswer {
    NodesAnswer(try await read(), query)
  }

  /// Of when the answers are.
  package func moment() async throws -> AnswerMoment { AnswerMoment(try await read(), now: now) }

  /// - Parameter name: A check's slug, or an entry's id where only one check has it.
  /// - Throws: `Unanswerable`, `StoreProblem`.
  package func check(_ name: String, _ query: CheckQuery = CheckQuery()) async throws -> CheckAnswer {
    let latest = try await read()
    let slugs = CheckAnswer.slugs(name, in: latest.layouts)
    guard let slug = slugs.first else { throw Unanswerable.unknown("no node was asked '\(harmless(name))'") }
    guard slugs.count == 1 else {
      throw Unanswerable.ambiguous(
        "'\(harmless(name))' is several checks: \(slugs.map(harmless).joined(separator: ", "))")
    }
    var answer = CheckAnswer(
      check: slug, current: latest.current, layouts: latest.layouts,
      changes: try await store.changes(ChangeQuery(check: slug)), query: query)
    // Evidence costs most to read: only that of the nodes which are shown is.
    answer.show(
      try await store.findings(check: slug, hosts: query.isAll ? nil : Set(answer.nodes.map(\.host))))
    return answer
  }

  /// - Parameter name: A node's name, or its key where several have the name.
  /// - Throws: `Unanswerable`, `StoreProblem`.
  package func node(_ name: String) async throws -> NodeAnswer {
    let latest = try await read()
    // A node may call itself as another one's key is: the key wins.
    let keyed = latest.current.lazy.map(\.standing).filter { $0.host == name }
    let own = keyed.isEmpty ? latest.current.map(\.standing).filter { $0.name == name } : Array(keyed)
    let hosts = Set(own.map(\.host)).sorted()
    guard let host = hosts.first else { throw Unanswerable.unknown("no report is of '\(harmless(name))'") }
    guard hosts.count == 1 else {
      throw Unanswerable.ambiguous(
        "several nodes are called '\(harmless(name))': \(hosts.map(harmless).joined(separator: ", "))")
    }
    return NodeAnswer(
      name: own.first { $0.host == host }?.name ?? name, current: try await store.current(host: host),
      layouts: latest.layouts, findings: try await store.findings(host: host),
      changes: try await store.changes(ChangeQuery(host: host, limit: NodeAnswer.changesKept)),
      history: try await store.history(host: host, limit: NodeAnswer.historyKept))
  }

  package func drift(since: Int64) async throws -> DriftAnswer {
    DriftAnswer(since: since, try await store.drift(since: since))
  }

  package func outliers(limit: Int = 20) async throws -> OutliersAnswer {
    OutliersAnswer(try await read(), limit: min(max(1, limit), 100_000))
  }

  package func stale(hours: Int = StaleAnswer.usualHours) async throws -> StaleAnswer {
    StaleAnswer(try await read().current, inventory, hours: hours, now: now)
  }

  package func waivers(days: Int = WaiversAnswer.usualDays) async throws -> WaiversAnswer {
    WaiversAnswer(try await read().waivers, today: Moment.day(of: now), expiringWithin: days)
  }

  package func refusals() async throws -> RefusalsAnswer {
    RefusalsAnswer(refused: try await store.refusals(limit: 500))
  }
}
