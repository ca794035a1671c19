import ArgumentParser
import Fleet
import FleetDemo
import Foundation
import Glibc
import Profiles

struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make up a believable fleet, to look at or to measure with.",
    discussion: """
      The same seed makes the same fleet: pools of several systems and versions, a rollout that mends things pool by pool, a bad change that \
      was rolled back, slow decay, waivers, nodes that come and go, and a few that somebody set up by hand. It ends now. Its reports are \
      taken as any others are.
      """)

  @Option(help: "The fleet's file (SQLite); made where there is none.")
  var store: String?

  @Option(help: "How many machines.")
  var nodes: Int = 200

  @Option(help: "Days, of one report of each node.")
  var days: Int = 30

  @Option(help: "Another number makes another fleet.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Write the reports (gzipped) and the inventory here too.", valueName: "dir"))
  var write: String?

  @Option(help: ArgumentHelp("So many reports of each node, in place of --days.", visibility: .hidden))
  var rounds: Int?

  @Option(help: ArgumentHelp("Seconds between two reports of a node.", visibility: .hidden))
  var interval: Int64 = Moment.secondsPerDay

  @Option(help: ArgumentHelp("Only so many of the benchmark's checks.", visibility: .hidden))
  var checks: Int?

  @Option(help: ArgumentHelp("The moment it ends, in place of now.", visibility: .hidden))
  var until: Since?

  func validate() throws {
    guard (1...1_000_000).contains(nodes), (1...390).contains(days), (1...100_000).contains(interval),
      (1...100_000).contains(rounds ?? 1), checks ?? 1 > 0
    else { throw ValidationError("--nodes is 1 to 1000000, --days 1 to 390.") }
    if store == nil, write == nil { throw ValidationError("--store or --write says where to.") }
  }

  func run() async throws {
    let now = secondsNow()
    let plan = Plan(seed: seed, nodes: nodes, rounds: rounds ?? days, interval: interval)
    let fleet = try DemoFleet(plan, by: try benchmark(), until: until?.seconds(now: now) ?? now)
    if let write { try put(Array(fleet.inventory.utf8), at: "\(write)/inventory.csv") }
    let intake = Intake(trust: nil, inventory: try Inventory(Array(fleet.inventory.utf8)))
    let making = Making(fleet: fleet, intake: store == nil ? nil : intake, directory: write, now: now)
    let progress = Progress(of: nodes * plan.rounds)
    guard let store else {
      try await making.run {
        progress.show($0)
      } put: { _ in
      }
      return report(fleet, progress)
    }
    try await StoreOptions.parse(["--store=\(store)"]).with { store in
      try await making.run {
        progress.show($0)
      } put: {
        _ = try await store.add($0)
      }
    }
    report(fleet, progress)
  }

  private func report(_ fleet: DemoFleet, _ progress: Progress) {
    progress.end()
    print("\(progress.description)\nset up by hand: \(fleet.outliers.joined(separator: ", "))")
  }

  private func benchmark() throws -> Benchmark {
    let options = try ProfileOptions.parse([])
    let benchmark = try options.benchmark("node-baseline", in: try options.load(for: "node-baseline"))
    guard let checks, checks < benchmark.entries.count else { return benchmark }
    // Evenly from all of them, so that every area is there.
    let ids = (0..<checks).map { benchmark.entries[$0 * benchmark.entries.count / checks].id }
    return benchmark.narrowed(Narrowing(only: ids))
  }
}

/// Makes a fleet's reports, a few at a time, by all processors.
private struct Making: Sendable {
  let fleet: DemoFleet
  /// Nil where nothing is to be stored.
  let intake: Intake?
  let directory: String?
  let now: Int64

  private static let batch = 128

  /// While one batch is put away, the next one is made.
  func run(
    _ progress: (Int) -> Void, put: @escaping @Sendable ([Incoming]) async throws -> Void
  ) async throws {
    var looks = fleet.looks.makeIterator()
    var putting: Task<Void, any Error>?
    while true {
      var batch: [DemoFleet.Look] = []
      while batch.count < Self.batch, let look = looks.next() { batch.append(look) }
      guard !batch.isEmpty else { break }
      let made = try await inParallel(batch) { try self.made($0) }.compactMap(\.self)
      try await putting?.value
      putting = Task { try await put(made) }
      progress(batch.count)
    }
    try await putting?.value
  }

  private func made(_ look: DemoFleet.Look) throws -> Incoming? {
    let document = try Gzip.deflated(try fleet.document(look))
    if let directory {
      let day = Moment.text(ofDay: Moment.day(of: look.at))
      try plumbline_fleet.put(document, at: "\(directory)/\(day)/\(look.at)-\(look.node).json.gz")
    }
    guard let intake, case .report(let incoming) = try intake.read(document, now: now) else { return nil }
    return incoming
  }
}

/// Writes a file, and the directories above it.
/// - Throws: `FileProblem`.
private func put(_ bytes: [UInt8], at path: String) throws {
  let url = URL(filePath: path)
  do {
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  } catch {
    throw FileProblem(description: "\(path): \(error)")
  }
}

/// How far it is, for who waits at a terminal.
private final class Progress {
  private let whole: Int
  private var done = 0
  private let start = ContinuousClock.now
  private var shown = ContinuousClock.now
  private let isTerminal = isatty(2) == 1

  init(of whole: Int) { self.whole = whole }

  func show(_ more: Int) {
    done += more
    guard isTerminal, ContinuousClock.now - shown > .milliseconds(200) else { return }
    shown = .now
    FileHandle.standardError.write(Data("\r\(done * 100 / max(1, whole)) %  \(description)\u{1b}[K".utf8))
  }

  func end() {
    if isTerminal { FileHandle.standardError.write(Data("\r\u{1b}[K".utf8)) }
  }

  var description: String {
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return "\(done) reports in \(Int(seconds)) s, \(Int(Double(done) / max(seconds, 0.001))) a second"
  }
}
