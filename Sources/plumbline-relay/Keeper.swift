import Agent
import FoundationEssentials
import Logging
import Relay
import SystemPackage

/// How far the relay has come, on the disk, and the reports that the collector would not take.
struct Keeper: Sendable {
  private static let mostRefused: UInt64 = 10

  let directory: FilePath
  let log: Logger

  private var file: FilePath { directory.appending("relay.json") }

  func load() -> RelayState {
    guard let bytes = try? content(of: file.string, atMost: 1 << 16) else { return RelayState() }
    guard let state = try? JSONDecoder().decode(RelayState.self, from: Data(bytes)),
      state.schema == RelayState.format
    else {
      log.error("the state can't be read, and begins anew", metadata: ["file": "\(file)"])
      return RelayState()
    }
    return state
  }

  func save(_ state: RelayState) {
    do {
      try writeDocument(state, to: file)
    } catch {
      log.error("the state can't be written", metadata: ["file": "\(file)", "reason": "\(error)"])
    }
  }

  /// Keeps a report that the collector would not take: the last ten of them.
  func putAside(_ bytes: [UInt8], count: Int) {
    let slot = UInt64(clamping: count) % Self.mostRefused
    let file = directory.appending("refused-\(slot).json")
    do {
      try writeWhole(bytes, to: file)
      log.error("a report was put aside", metadata: ["file": "\(file)"])
    } catch {
      log.error("a refused report can't be put aside", metadata: ["file": "\(file)", "reason": "\(error)"])
    }
  }
}
