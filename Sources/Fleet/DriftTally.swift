package import Reports

/// Changes counted by what changed, and not kept: a week of ten thousand nodes has tens of thousands, of a few hundred kinds.
package struct DriftTally: Sendable {
  /// What changed, from what to what.
  package struct Kind: Hashable, Sendable {
    package let benchmark: String
    package let id: String
    package let check: String
    package let from: Status
    package let to: Status

    package init(benchmark: String, id: String, check: String, from: Status, to: Status) {
      self.benchmark = benchmark
      self.id = id
      self.check = check
      self.from = from
      self.to = to
    }
  }

  /// All changes of one kind.
  struct Group: Sendable {
    /// Places in ``DriftTally/hosts``, one for each change.
    var hosts: [Int] = []
    /// Seconds since 1970.
    var first: Int64 = .max
    var last: Int64 = .min
  }

  private(set) var groups: [Kind: Group] = [:]
  private(set) var changes = 0
  private(set) var hosts: [String] = []
  private var places: [String: Int] = [:]

  package init() {}

  package init(_ changes: some Sequence<Change>) {
    for change in changes {
      add(
        Kind(
          benchmark: change.benchmark, id: change.id, check: change.check, from: change.from, to: change.to),
        place(of: change.host), at: change.at)
    }
  }

  /// The number by which a host is named to ``add(_:_:at:)``.
  package mutating func place(of host: String) -> Int {
    if let known = places[host] { return known }
    places[host] = hosts.count
    hosts.append(host)
    return hosts.count - 1
  }

  /// - Parameters:
  ///   - host: From ``place(of:)``.
  ///   - at: Seconds since 1970.
  package mutating func add(_ kind: Kind, _ host: Int, at: Int64) {
    changes += 1
    groups[kind, default: Group()].note(host, at)
  }
}

extension DriftTally.Group {
  fileprivate mutating func note(_ host: Int, _ at: Int64) {
    hosts.append(host)
    first = min(first, at)
    last = max(last, at)
  }
}
