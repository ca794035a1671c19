import Reports

/// The waivers that nodes were judged with: in use, about to end, ended, or good for nothing.
package struct WaiversAnswer: Answer {
  /// Before its end that a waiver is called expiring.
  package static let usualDays = 30

  package enum State: String, Codable, Hashable, Sendable, CaseIterable {
    case expired, expiring, useless, inUse
  }

  package struct Row: Codable, Hashable, Sendable {
    package let check: String
    package let state: State
    package let owner: String
    package let expires: String
    package let reason: String
    /// Nodes whose reports name it, and those on which it keeps a failure from counting.
    package let nodes: Int
    package let inUse: Int
  }

  package let rows: [Row]
  package let days: Int

  /// - Parameters:
  ///   - uses: Of all nodes' waivers.
  ///   - today: Days since 1970-01-01.
  ///   - days: So soon it must end to be called expiring.
  init(_ uses: [WaiverUses], today: Int64, expiringWithin days: Int) {
    self.days = days
    rows = uses.map { use in
      let state: State
      if let end = Moment.day(use.expires), end < today {
        state = .expired
      } else if use.inUse == 0 {
        state = .useless
      } else if let end = Moment.day(use.expires), end <= today + Int64(days) {
        state = .expiring
      } else {
        state = .inUse
      }
      return Row(
        check: use.check, state: state, owner: use.owner, expires: use.expires, reason: use.reason,
        nodes: use.nodes, inUse: use.inUse)
    }.sorted {
      let order = State.allCases
      let places = (order.firstIndex(of: $0.state) ?? 0, order.firstIndex(of: $1.state) ?? 0)
      return places.0 != places.1
        ? places.0 < places.1 : ($0.expires, $0.check, $0.owner) < ($1.expires, $1.check, $1.owner)
    }
  }

  package var table: Table {
    Table(
      [
        .init("CHECK"), .init("STATE"), .init("EXPIRES"), .init("OWNER"), .init("NODES", isNumber: true),
        .init("IN USE ON", isNumber: true), .init("REASON"),
      ],
      rows.map {
        [$0.check, $0.state.rawValue, $0.expires, $0.owner, "\($0.nodes)", "\($0.inUse)", $0.reason]
      },
      notes: rows.isEmpty ? ["No report names a waiver."] : ["Expiring: within \(days) days."])
  }
}

/// One waiver, and on how many nodes it is.
struct WaiverUses: Sendable {
  let check: String
  let owner: String
  let expires: String
  let reason: String
  private(set) var nodes = 0
  private(set) var inUse = 0
  /// A node's reports are next to each other: this is who was counted last.
  private var last: String?
  private var lastInUse: String?

  private init(_ waiver: WaiverUse) {
    check = waiver.check
    owner = waiver.owner
    expires = waiver.expires
    reason = waiver.reason
  }

  private mutating func add(_ host: String, isInUse: Bool) {
    if last != host { nodes += 1 }
    last = host
    guard isInUse else { return }
    if lastInUse != host { inUse += 1 }
    lastInUse = host
  }

  /// - Parameter current: A node's reports next to each other.
  static func all(_ current: [Current]) -> [WaiverUses] {
    struct Key: Hashable { let check: String, owner: String, expires: String, reason: String }
    var places: [Key: Int] = [:]
    var all: [WaiverUses] = []
    for node in current where !node.standing.waivers.isEmpty {
      for waiver in node.standing.waivers {
        let key = Key(
          check: waiver.check, owner: waiver.owner, expires: waiver.expires, reason: waiver.reason)
        let place = places[key] ?? all.count
        if place == all.count {
          places[key] = place
          all.append(WaiverUses(waiver))
        }
        all[place].add(node.standing.host, isInUse: waiver.state == .inUse)
      }
    }
    return all
  }
}
