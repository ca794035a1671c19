import ArgumentParser
import Fleet
import Reports

struct Summary: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "How the fleet stands: score, coverage and counts by pool, and their trend.")

  @OptionGroup var place: StoreOptions
  @OptionGroup var form: FormOptions

  @Option(help: "Only nodes judged by this benchmark.")
  var benchmark: String?

  @Option(help: "Days of trend.")
  var days: Int64 = 30

  func run() async throws {
    let today = Moment.day(of: secondsNow())
    form.show(
      try await place.with { store in
        SummaryAnswer(
          try await store.current(benchmark: benchmark),
          trend: try await store.trend(since: today - days).filter {
            $0.benchmark == benchmark ?? $0.benchmark
          })
      })
  }
}

struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Which nodes do not pass a check, since when, with evidence.")

  @OptionGroup var place: StoreOptions
  @OptionGroup var form: FormOptions

  @Argument(help: "The check's name, or its id in the benchmark where only one check has it: 4.2.1.")
  var check: String

  func run() async throws {
    let answer = try await place.with { store in
      let layouts = try await store.layouts()
      let slugs = CheckAnswer.slugs(check, in: layouts)
      guard let slug = slugs.first, slugs.count == 1 else {
        throw ValidationError(
          slugs.isEmpty
            ? "no node was asked '\(harmless(check))'"
            : "'\(harmless(check))' is several checks: \(slugs.joined(separator: ", "))")
      }
      return CheckAnswer(
        check: slug, current: try await store.current(benchmark: nil), layouts: layouts,
        changes: try await store.changes(ChangeQuery(check: slug)),
        findings: try await store.findings(check: slug, hosts: nil))
    }
    form.show(answer)
  }
}

struct NodeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "node", abstract: "One node: how it stands, what is not in order, what has changed.")

  @OptionGroup var place: StoreOptions
  @OptionGroup var form: FormOptions

  @Argument(help: "The node's name, or its key where several have the name.")
  var name: String

  func run() async throws {
    let answer = try await place.with { store in
      let hosts = Set(
        try await store.current(benchmark: nil).map(\.standing).filter { $0.name == name || $0.host == name }
          .map(\.host)
      ).sorted()
      guard let host = hosts.first, hosts.count == 1 else {
        throw ValidationError(
          hosts.isEmpty
            ? "no report is of '\(harmless(name))'"
            : "several nodes are called '\(harmless(name))': \(hosts.map(harmless).joined(separator: ", "))")
      }
      return NodeAnswer(
        name: name, current: try await store.current(host: host),
        findings: try await store.findings(host: host),
        changes: try await store.changes(ChangeQuery(host: host, limit: 1_000)))
    }
    form.show(answer)
  }
}

struct Drift: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "What has changed since a moment, by check.")

  @OptionGroup var place: StoreOptions
  @OptionGroup var form: FormOptions

  @Option(help: "A day (2026-01-31), a time (2026-01-31T12:00:00Z), or a span back from now (36h, 7d).")
  var since: Since

  func run() async throws {
    let start = since.seconds(now: secondsNow())
    form.show(
      try await place.with { DriftAnswer(since: start, try await $0.changes(ChangeQuery(since: start))) })
  }
}

struct Outliers: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Nodes that differ from their pool, the least probable first.",
    discussion: """
      For each check, a node's answer is as probable as it is common among the other nodes of its pool; the bits are the sum of what its \
      answers surprise, over the pool's median. An outlier is a node that a pool of this size would have by chance less than once in a \
      thousand, were checks independent.
      """)

  @OptionGroup var place: StoreOptions
  @OptionGroup var form: FormOptions

  @Option(help: "Nodes at most.")
  var limit: Int = 20

  func run() async throws {
    form.show(
      try await place.with { store in
        OutliersAnswer(
          try await store.current(benchmark: nil), layouts: try await store.layouts(), limit: max(1, limit))
      })
  }
}

struct Stale: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Nodes that should have reported and did not.",
    discussion: "With --inventory, its nodes are expected too; without, those that reported before.")

  @OptionGroup var place: StoreOptions
  @OptionGroup var form: FormOptions
  @OptionGroup var nodes: InventoryOptions

  @Option(help: "Hours that a node may be silent.")
  var hours: Int = 26

  func run() async throws {
    let now = secondsNow()
    let inventory = try nodes.read()
    form.show(
      try await place.with {
        StaleAnswer(try await $0.current(benchmark: nil), inventory, hours: hours, now: now)
      })
  }
}

struct Waivers: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The waivers that nodes were judged with: in use, expiring, expired, useless.")

  @OptionGroup var place: StoreOptions
  @OptionGroup var form: FormOptions

  @Option(help: "Days before its end that a waiver is called expiring.")
  var days: Int = 30

  func run() async throws {
    let today = Moment.day(of: secondsNow())
    form.show(
      try await place.with {
        WaiversAnswer(try await $0.current(benchmark: nil), today: today, expiringWithin: days)
      })
  }
}

struct Refusals: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refused", abstract: "Documents that were not taken, with the reason.")

  @OptionGroup var place: StoreOptions
  @OptionGroup var form: FormOptions

  func run() async throws {
    form.show(try await place.with { RefusalsAnswer(refused: try await $0.refusals(limit: 500)) })
  }
}
