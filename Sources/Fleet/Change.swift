package import Reports

/// One check of one node that answered otherwise than in the report before.
package struct Change: Hashable, Sendable {
  package let host: String
  package let benchmark: String
  /// The entry's id in the benchmark.
  package let id: String
  package let check: String
  /// When the node looked that found it so, in seconds since 1970.
  package let at: Int64
  package let from: Status
  package let to: Status

  package init(
    host: String, benchmark: String, id: String, check: String, at: Int64, from: Status, to: Status
  ) {
    self.host = host
    self.benchmark = benchmark
    self.id = id
    self.check = check
    self.at = at
    self.from = from
    self.to = to
  }
}

/// The places in `later` that answer otherwise than the same entry of `earlier` did, with what that was. An entry that only one of
/// the benchmarks' versions has is no change of the node.
package func differences(
  from earlier: (layout: Layout, statuses: [UInt8]), to later: (layout: Layout, statuses: [UInt8])
) -> [(place: Int, from: UInt8)] {
  if earlier.layout.digest == later.layout.digest {
    guard earlier.statuses != later.statuses else { return [] }
    return later.statuses.indices.compactMap { place in
      earlier.statuses[place] == later.statuses[place] ? nil : (place, earlier.statuses[place])
    }
  }
  struct Key: Hashable { let id: String, check: String }
  let before = Dictionary(
    zip(earlier.layout.entries, earlier.statuses).map { (Key(id: $0.id, check: $0.check), $1) },
    uniquingKeysWith: { first, _ in first })
  return later.layout.entries.enumerated().compactMap { place, entry in
    guard let was = before[Key(id: entry.id, check: entry.check)], was != later.statuses[place] else {
      return nil
    }
    return (place, was)
  }
}
