import Glibc
package import Reports

/// Nodes that differ from their pool, ranked by how improbable their answers are among their peers.
///
/// The statistic is surprisal. For each check, a node's answer has the probability that its peers give it: of n peers, c gave the same
/// answer, and p = (c + ½) / (n + ½·k), k being the seven words an answer can be (Jeffreys' prior: what no peer says is improbable, not
/// impossible). A node's surprisal is the sum of −log₂ p over its checks, in bits, as if checks were independent; its excess is that less
/// the median of its pool. A node is called an outlier where the excess is over log₂(n + 1) + 10 bits: were checks independent, fewer than
/// one pool in a thousand would have such a node by chance. They are not quite, so the rank means more than the bits.
package struct OutliersAnswer: Answer {
  package struct Node: Codable, Hashable, Sendable {
    package struct Difference: Codable, Hashable, Sendable {
      package let id: String
      package let check: String
      package let status: Status
      /// What most of its peers say, and how many of them.
      package let usual: Status
      package let peers: Int
      package let bits: Double
    }

    package let name: String
    package let host: String
    package let pool: String
    package let benchmark: String
    /// Bits over the pool's median, one decimal.
    package let excess: Double
    package let isOutlier: Bool
    /// What sets it apart most, at most five.
    package let differences: [Difference]
  }

  package let nodes: [Node]
  /// Nodes in pools that are too small to have a usual answer.
  package let withoutPeers: Int

  /// Nodes that a pool must have.
  package static let smallestPool = 5
  private static let words = Double(Status.allCases.count)

  package init(_ current: [Current], layouts: [String: Layout], limit: Int = 20) {
    struct Key: Hashable { let benchmark: String, pool: String, layout: String }
    let pools = Dictionary(grouping: current.map(\.standing)) {
      Key(benchmark: $0.benchmark, pool: $0.pool, layout: $0.layout)
    }
    var without = 0
    var found: [Node] = []
    for (key, standings) in pools {
      guard standings.count >= Self.smallestPool, let layout = layouts[key.layout] else {
        without += standings.count
        continue
      }
      found += Self.ranked(standings, layout, limit)
    }
    nodes = Array(
      found.sorted {
        $0.excess != $1.excess ? $0.excess > $1.excess : ($0.host, $0.benchmark) < ($1.host, $1.benchmark)
      }.prefix(limit))
    withoutPeers = without
  }

  private static func ranked(_ standings: [Standing], _ layout: Layout, _ limit: Int) -> [Node] {
    let words = Status.allCases.count
    let indices = (0...255).map { Status(letter: UInt8($0))?.index ?? 0 }
    var counts = [Int](repeating: 0, count: layout.entries.count * words)
    for standing in standings {
      for (place, letter) in standing.statuses.enumerated() {
        counts[place * words + indices[Int(letter)]] += 1
      }
    }
    // Of an answer that the node itself is counted among: its peers are one fewer.
    let peers = standings.count - 1
    let bits = (0...standings.count).map { count in
      -log2((Double(max(0, count - 1)) + 0.5) / (Double(peers) + 0.5 * Self.words))
    }
    let surprisals = standings.map { standing in
      standing.statuses.enumerated().reduce(0.0) { sum, answer in
        sum + bits[counts[answer.offset * words + indices[Int(answer.element)]]]
      }
    }
    let median = surprisals.sorted()[surprisals.count / 2]
    let threshold = log2(Double(standings.count)) + 10
    var apart = zip(standings, surprisals).filter { $0.1 > median }
    apart.sort { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0.host < $1.0.host }
    return apart.prefix(limit).map { standing, surprisal in
      let excess = surprisal - median
      return Node(
        name: standing.name, host: standing.host, pool: standing.pool, benchmark: standing.benchmark,
        excess: (excess * 10).rounded() / 10, isOutlier: excess > threshold,
        differences: differences(of: standing, layout, counts, bits))
    }
  }

  private static func differences(of standing: Standing, _ layout: Layout, _ counts: [Int], _ bits: [Double])
    -> [Node.Difference]
  {
    let words = Status.allCases.count
    var differences: [Node.Difference] = []
    for (place, letter) in standing.statuses.enumerated() {
      guard let status = Status(letter: letter) else { continue }
      let row = Array(counts[(place * words)..<((place + 1) * words)])
      let own = row[status.index]
      guard let most = row.max(), most > own, let usual = row.firstIndex(of: most) else { continue }
      let entry = layout.entries[place]
      differences.append(
        Node.Difference(
          id: entry.id, check: entry.check, status: status, usual: Status.allCases[usual], peers: most,
          bits: (bits[own] * 10).rounded() / 10))
    }
    differences.sort { $0.bits != $1.bits ? $0.bits > $1.bits : $0.id < $1.id }
    return Array(differences.prefix(5))
  }

  package var table: Table {
    Table(
      [
        .init("NODE"), .init("POOL"), .init("BITS", isNumber: true), .init("OUTLIER"), .init("DIFFERS BY"),
      ],
      nodes.map { node in
        let differences = node.differences.map {
          "\($0.check) \($0.status.rawValue) (\($0.peers) peers: \($0.usual.rawValue))"
        }
        return [
          node.name, node.pool, "\(node.excess)", node.isOutlier ? "yes" : "no",
          differences.joined(separator: "; "),
        ]
      },
      notes: ["Bits: how improbable a node's answers are among its peers, over its pool's median."]
        + (withoutPeers > 0
          ? ["\(withoutPeers) reports are of pools with fewer than \(Self.smallestPool) nodes: no peers."]
          : []))
  }
}
