/// What fleet is made up: the same plan and the same seed make the same reports.
package struct Plan: Hashable, Sendable {
  package var seed: UInt64
  package var nodes: Int
  package var days: Int

  package init(seed: UInt64, nodes: Int, days: Int) {
    self.seed = seed
    self.nodes = nodes
    self.days = days
  }
}
