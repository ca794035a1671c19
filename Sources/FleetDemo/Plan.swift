/// What fleet is made up: the same plan, benchmark and end make the same reports.
package struct Plan: Hashable, Sendable {
  package var seed: UInt64
  /// Machines in all; some come late, and some leave.
  package var nodes: Int
  /// How often each node reports.
  package var rounds: Int
  /// Seconds between two reports of a node.
  package var interval: Int64

  package init(seed: UInt64, nodes: Int, rounds: Int, interval: Int64) {
    self.seed = seed
    self.nodes = max(0, nodes)
    self.rounds = max(0, rounds)
    self.interval = max(1, interval)
  }

  /// One report a day.
  package init(seed: UInt64, nodes: Int, days: Int) {
    self.init(seed: seed, nodes: nodes, rounds: days, interval: 86_400)
  }
}
