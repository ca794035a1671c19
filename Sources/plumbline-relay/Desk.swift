import Agent
import Glibc
import Logging
import Relay
import Reports
import SystemPackage

/// What is known of the spool and of the way to the collector; the server asks it, the pusher tells it.
actor Desk {
  private let spool: Spool
  private var digest: Digest?
  private(set) var relay: RelayState?

  init(spool: Spool, relay: RelayState?) {
    self.spool = spool
    self.relay = relay
  }

  func note(_ relay: RelayState) { self.relay = relay }

  /// What there is to say of the last report; nil where there is none.
  func latest() throws -> Digest? {
    guard let newest = try spool.entries().last else { return nil }
    if let digest, digest.number == newest.number { return digest }
    guard let bytes = try spool.bytes(of: newest.number) else { return digest }
    digest = Digest(try ReportFile(bytes).report, number: newest.number)
    return digest
  }

  func report() throws -> [UInt8]? {
    guard let newest = try spool.entries().last else { return nil }
    return try spool.bytes(of: newest.number)
  }

  func metrics() throws -> String {
    Metrics.text(digest: try latest(), agent: try spool.state(), relay: relay, entries: try spool.entries())
  }

  /// Why the node is not ready; nil where it is.
  func obstacle() throws -> String? {
    guard let digest = try latest() else { return "there is no report yet" }
    let interval = try spool.state()?.intervalSeconds ?? 3_600
    let wall = World.system.wall()
    if digest.isFresh(at: wall, interval: .seconds(interval)) { return nil }
    let age = Int((wall - digest.began) / .seconds(1))
    return "the last report is \(age) s old, more than 2.5 intervals of \(Int(interval)) s"
  }
}
