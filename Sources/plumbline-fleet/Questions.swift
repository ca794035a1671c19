import ArgumentParser
import Fleet

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
    form.show(try await place.ask { try await $0.summary(benchmark: benchmark, days: days) })
  }
}

struct Checks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The checks that nodes fail, ranked by nodes times severity.")

  @OptionGroup var place: StoreOptions
  @OptionGroup var form: FormOptions

  func run() async throws { form.show(try await place.ask { try await $0.checks() }) }
}

struct Areas: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Each area's score by pool.")

  @OptionGroup var place: StoreOptions
  @OptionGroup var form: FormOptions

  func run() async throws { form.show(try await place.ask { try await $0.areas() }) }
}

struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Which nodes do not pass a check, since when, with evidence.")

  @OptionGroup var place: StoreOptions
  @OptionGroup var form: FormOptions

  @Argument(help: "The check's name, or its id in the benchmark where only one check has it: 4.2.1.")
  var check: String

  func run() async throws {
    form.show(try await place.ask { try await $0.check(check) })
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
    form.show(try await place.ask { try await $0.node(name) })
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
    form.show(try await place.ask { try await $0.drift(since: start) })
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
    form.show(try await place.ask { try await $0.outliers(limit: limit) })
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
  var hours: Int = StaleAnswer.usualHours

  func run() async throws {
    let inventory = try nodes.read()
    form.show(try await place.ask(inventory) { try await $0.stale(hours: hours) })
  }
}

struct Waivers: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The waivers that nodes were judged with: in use, expiring, expired, useless.")

  @OptionGroup var place: StoreOptions
  @OptionGroup var form: FormOptions

  @Option(help: "Days before its end that a waiver is called expiring.")
  var days: Int = WaiversAnswer.usualDays

  func run() async throws {
    form.show(try await place.ask { try await $0.waivers(days: days) })
  }
}

struct Refusals: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refused", abstract: "Documents that were not taken, with the reason.")

  @OptionGroup var place: StoreOptions
  @OptionGroup var form: FormOptions

  func run() async throws {
    form.show(try await place.ask { try await $0.refusals() })
  }
}
