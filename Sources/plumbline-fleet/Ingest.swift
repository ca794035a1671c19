import ArgumentParser
import Crypto
import Fleet
import Reports

struct Ingest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take reports and snapshots from files, directories or standard input.",
    discussion: """
      A document is taken whole or refused with a reason, and kept aside ('plumbline-fleet refused' lists those). The same report given \
      twice is counted once. With --trust, only reports are taken that are signed by a key that may speak for their node.
      """)

  @OptionGroup var place: StoreOptions
  @OptionGroup var nodes: InventoryOptions

  @Option(help: "A YAML list of 'nodes' (names, which may end in *) and 'key' (a public key in PEM).")
  var trust: String?

  @Argument(help: "Files and directories; - is standard input.")
  var paths: [String]

  private static let batch = 64

  func run() async throws {
    let intake = Intake(trust: try readTrust(), inventory: try nodes.read())
    let names: [String]
    do { names = try files(paths) } catch { throw ValidationError("\(error)") }
    let count = try await place.with { store in
      var count = Count()
      var batch: [Incoming] = []
      for name in names {
        let now = secondsNow()
        do {
          let bytes = try content(of: name)
          do {
            switch try intake.read(bytes, now: now) {
            case .report(let report): batch.append(report)
            case .snapshot(let snapshot):
              try await store.add([snapshot])
              count.snapshots += 1
            }
          } catch let refusal as Refusal {
            count.refused += 1
            complain("\(harmless(name)): \(refusal)")
            try await store.putAside(refused(bytes, name, refusal, now), bytes)
          }
        } catch let problem as FileProblem {
          count.refused += 1
          complain("\(harmless(name)): \(problem)")
        }
        if batch.count == Self.batch { try await add(&batch, to: store, &count) }
      }
      try await add(&batch, to: store, &count)
      return count
    }
    print(count)
    if count.refused > 0 { throw ExitCode(1) }
  }

  private func add(_ batch: inout [Incoming], to store: any Store, _ count: inout Count) async throws {
    guard !batch.isEmpty else { return }
    for addition in try await store.add(batch) {
      switch addition {
      case .stored: count.stored += 1
      case .known: count.known += 1
      }
    }
    batch.removeAll(keepingCapacity: true)
  }

  private func refused(_ bytes: [UInt8], _ name: String, _ refusal: Refusal, _ now: Int64) -> Refused {
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

  private struct Count: CustomStringConvertible {
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
