import ArgumentParser
import Facts
import Fleet
import Judge
import Profiles
import Reports

struct Rejudge: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judge the stored snapshots by another benchmark, without touching a node.",
    discussion: """
      The latest snapshot of each host ('plumbline collect', taken by 'plumbline-fleet ingest') is judged as on the day it was taken, as \
      'plumbline judge' does it. The reports are kept beside the nodes' own, so that every question can be asked of that benchmark too.
      """)

  @OptionGroup var place: StoreOptions
  @OptionGroup var form: FormOptions
  @OptionGroup var profileOptions: ProfileOptions

  @Option(help: "The benchmark by name: cis-kubernetes-1.12.")
  var benchmark: String

  @Option(help: "A YAML file of waivers, as 'plumbline audit' takes it.")
  var waivers: String?

  @Flag(help: "Keep nothing; only print how the fleet would stand.")
  var dryRun = false

  func run() async throws {
    // A waiver may be for a check of any benchmark.
    let profiles = try profileOptions.load(for: waivers == nil ? benchmark : nil)
    let judging = Rejudging(
      benchmark: try profileOptions.benchmark(benchmark, in: profiles), defaults: profiles.defaults,
      waivers: try loadWaivers(for: profiles))
    let outcome = try await place.with { store in
      try await judging.run(over: store, keeping: !dryRun, now: secondsNow()) { host, problem in
        complain("\(harmless(host)): \(problem)")
      }
    }
    form.show(outcome.summary)
    complain("\(outcome)\(dryRun ? "; nothing was kept" : "")")
    if outcome.refused > 0 { throw ExitCode(1) }
  }

  private func loadWaivers(for profiles: Profiles) throws -> [Waiver] {
    guard let waivers else { return [] }
    do {
      return try readWaivers(ProfileFile(path: waivers, bytes: try content(of: waivers)), for: profiles)
    } catch {
      throw ValidationError("--waivers \(waivers) is refused, nothing was done:\n\(error)")
    }
  }
}

/// Stored snapshots judged again, one after another: never more than one of them is held.
struct Rejudging: Sendable {
  let benchmark: Benchmark
  let defaults: Defaults
  let waivers: [Waiver]

  /// What came of it.
  struct Outcome: Sendable, CustomStringConvertible {
    var standings: [Standing] = []
    var stored = 0
    var known = 0
    var refused = 0

    /// How the fleet stands by that benchmark, of those hosts.
    var summary: SummaryAnswer {
      SummaryAnswer(standings.map { Current(standing: $0, firstAt: $0.startedAt) }, trend: [])
    }

    var description: String {
      "\(standings.count) judged: \(stored) stored, \(known) known already; \(refused) refused"
    }
  }

  /// - Throws: `StoreProblem`.
  func run(
    over store: any Store, keeping: Bool, now: Int64, complain: @escaping @Sendable (String, String) -> Void
  ) async throws -> Outcome {
    let tally = Tallying()
    try await store.eachSnapshot { snapshot in
      do {
        let incoming = try judged(snapshot, now: now)
        let addition = keeping ? try await store.add([incoming]).first : nil
        await tally.add(incoming.standing, addition)
      } catch let problem as StoreProblem {
        throw problem
      } catch {
        complain(snapshot.name, "\(error)")
        await tally.refuse()
      }
    }
    return await tally.outcome
  }

  private func judged(_ stored: StoredSnapshot, now: Int64) throws -> Incoming {
    let snapshot = try decodeSnapshot(try Gzip.inflated(stored.document, atMost: Intake.mostInflated))
    let report = judge(
      snapshot, by: benchmark, defaults: defaults, waiving: waivers, on: snapshot.run.day)
    return try Intake(trust: nil, inventory: .none).judged(report, pool: stored.pool, now: now)
  }

  private actor Tallying {
    private(set) var outcome = Outcome()

    func add(_ standing: Standing, _ addition: Addition?) {
      outcome.standings.append(standing)
      switch addition {
      case .stored: outcome.stored += 1
      case .known: outcome.known += 1
      case nil: break
      }
    }

    func refuse() { outcome.refused += 1 }
  }
}
