import ArgumentParser
import Crypto
import Fleet
import Reports

struct Ingest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take reports and snapshots from files, directories or standard input.",
    discussion: """
      A document is taken whole or refused with a reason, and kept aside ('plumbline-fleet refused' lists those). Of a directory the files \
      are read that end in .json or .gz; any other can be named. The same report given twice is counted once. With --trust, only reports are taken that are signed by a key that may speak for their node.
      """)

  @OptionGroup var place: StoreOptions
  @OptionGroup var nodes: InventoryOptions

  @Option(help: "A YAML list of 'nodes' (names, which may end in *) and 'key' (a public key in PEM).")
  var trust: String?

  @Argument(help: "Files and directories; - is standard input.")
  var paths: [String]

  private static let batch = 128

  func run() async throws {
    let intake = Intake(trust: try readTrust(), inventory: try nodes.read())
    let documents: NamedDocuments
    do { documents = try NamedDocuments(paths) } catch { throw ValidationError("\(error)") }
    let names = documents.paths
    if let first = documents.passedOver.first {
      let others = documents.passedOver.count - 1
      complain(
        "passed over a file in a directory, for its name ends neither in .json nor in .gz: \(harmless(first))"
          + (others > 0 ? ", and \(others) more" : ""))
    }
    let count = try await place.with { store in
      let count = Counting()
      var putting: Task<Void, any Error>?
      for start in stride(from: 0, to: names.count, by: Self.batch) {
        let part = Array(names[start..<min(start + Self.batch, names.count)])
        // While one batch is being synced to the disk, the next one is read.
        let outcomes = try await inParallel(part) { Self.read($0, by: intake) }
        try await putting?.value
        putting = Task { try await Self.put(outcomes, into: store, count) }
      }
      try await putting?.value
      return await count.count
    }
    print(count)
    if count.refused > 0 { throw ExitCode(1) }
  }

  private enum Outcome: Sendable {
    case taken(Intake.Taken)
    case refused(Refused, [UInt8])
    case unread(name: String, problem: String)
  }

  private static func read(_ name: String, by intake: Intake) -> Outcome {
    let now = secondsNow()
    do {
      let bytes = try content(of: name)
      do {
        return .taken(try intake.read(bytes, now: now))
      } catch {
        return .refused(refused(bytes, name, error, now), bytes)
      }
    } catch {
      return .unread(name: name, problem: "\(error)")
    }
  }

  private static func put(_ outcomes: [Outcome], into store: any Store, _ count: Counting) async throws {
    var reports: [Incoming] = []
    for outcome in outcomes {
      switch outcome {
      case .taken(.report(let report)): reports.append(report)
      case .taken(.snapshot(let snapshot)):
        try await store.add([snapshot])
        await count.change { $0.snapshots += 1 }
      case .refused(let refused, let bytes):
        complain("\(harmless(refused.from)): \(refused.reason)")
        try await store.putAside(refused, bytes)
        await count.change { $0.refused += 1 }
      case .unread(let name, let problem):
        complain("\(harmless(name)): \(problem)")
        await count.change { $0.refused += 1 }
      }
    }
    guard !reports.isEmpty else { return }
    let additions = try await store.add(reports)
    await count.change { count in
      count.stored += additions.count { $0 == .stored }
      count.known += additions.count { $0 == .known }
    }
  }

  private static func refused(_ bytes: [UInt8], _ name: String, _ refusal: Refusal, _ now: Int64) -> Refused {
    let digest = SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return Refused(digest: digest, at: now, from: name, reason: "\(refusal)", size: bytes.count)
  }

  private func readTrust() throws -> Trust? {
    guard let trust else { return nil }
    do {
      return try Trust(try content(of: trust))
    } catch {
      throw ValidationError("--trust \(trust): \(error)")
    }
  }

  private actor Counting {
    private(set) var count = Count()

    func change(_ body: @Sendable (inout Count) -> Void) { body(&count) }
  }

  private struct Count: CustomStringConvertible, Sendable {
    var stored = 0
    var known = 0
    var snapshots = 0
    var refused = 0

    var description: String {
      var parts = ["\(stored) stored", "\(known) known already", "\(refused) refused"]
      if snapshots > 0 { parts.insert("\(snapshots) snapshots", at: 1) }
      return parts.joined(separator: ", ")
    }
  }
}
