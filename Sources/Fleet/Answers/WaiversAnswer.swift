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
  ///   - current: A node's reports next to each other.
  ///   - today: Days since 1970-01-01.
  ///   - days: So soon it must end to be called expiring.
  package init(_ current: [Current], today: Int64, expiringWithin days: Int) {
    struct Key: Hashable { let check: String, owner: String, expires: String, reason: String }
    struct Use {
      var nodes = 0
      var inUse = 0
      /// A node's reports are next to each other: this is who was counted last.
      var last: String?
      var lastInUse: String?
    }
    var uses: [Key: Use] = [:]
    for node in current {
      let host = node.standing.host
      for waiver in node.standing.waivers {
        let key = Key(
          check: waiver.check, owner: waiver.owner, expires: waiver.expires, reason: waiver.reason)
        var use = uses[key] ?? Use()
        if use.last != host { use.nodes += 1 }
        use.last = host
        if waiver.state == .inUse {
          if use.lastInUse != host { use.inUse += 1 }
          use.lastInUse = host
        }
        uses[key] = use
      }
    }
    self.days = days
    rows = uses.map { key, use in
      let state: State
      if let end = Moment.day(key.expires), end < today {
        state = .expired
      } else if use.inUse == 0 {
        state = .useless
      } else if let end = Moment.day(key.expires), end <= today + Int64(days) {
        state = .expiring
      } else {
        state = .inUse
      }
      return Row(
        check: key.check, state: state, owner: key.owner, expires: key.expires, reason: key.reason,
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
