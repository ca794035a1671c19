import Fleet
import Profiles
import Reports

/// A waiver that the fleet's nodes are judged with.
struct MadeWaiver: Hashable, Sendable {
  /// The entry's place in the benchmark.
  let entry: Int
  let check: String
  let reason: String
  let owner: String
  /// `YYYY-MM-DD`.
  let expires: String

  /// What became of it on a node, that day.
  func use(fails: Bool, on day: String) -> WaiverUse {
    let state: WaiverUse.State = expires < day ? .expired : fails ? .inUse : .matchesNothing
    return WaiverUse(
      check: check, reason: reason, owner: owner, expires: expires, state: state,
      results: state == .inUse ? 1 : 0)
  }
}

extension MadeWaiver {
  /// Two in use, one about to end, one that ended within the fleet's time, and one that nothing needs: as far as there are checks.
  static func all(_ entries: [Benchmark.Entry], _ story: Story, until end: Int64, lasting seconds: Int64)
    -> [MadeWaiver]
  {
    let failing = entries.indices.filter { entry in
      story.courses.contains { $0[entry].kind == .fails && $0[entry].mendedAt == nil }
    }.sorted { pools($0, story) > pools($1, story) }
    let quiet = entries.indices.first { entry in
      story.courses.contains { $0[entry].isQuiet && $0[entry].kind == .passes }
    }
    let today = Moment.day(of: end)
    let ended = Moment.day(of: end - max(Moment.secondsPerDay, seconds / 6))
    let terms: [(reason: String, owner: String, expires: Int64)] = [
      ("The vendor's driver needs it until release 14", "platform@example.com", today + 120),
      ("Accepted by the risk board, RB-2291", "security@example.com", today + 210),
      ("Waits for the new base image", "images@example.com", today + 11),
      ("Until the datacenter move is over", "infra@example.com", ended),
    ]
    func waiver(_ entry: Int, _ reason: String, _ owner: String, _ expires: Int64) -> MadeWaiver {
      MadeWaiver(
        entry: entry, check: entries[entry].check.slug, reason: reason, owner: owner,
        expires: Moment.text(ofDay: expires))
    }
    return zip(failing, terms).map { waiver($0, $1.reason, $1.owner, $1.expires) }
      + (quiet.map {
        [waiver($0, "Left from the old proxies", "infra@example.com", today + 60)]
      } ?? [])
  }

  private static func pools(_ entry: Int, _ story: Story) -> Int {
    story.courses.count { $0[entry].kind == .fails && $0[entry].mendedAt == nil }
  }
}
