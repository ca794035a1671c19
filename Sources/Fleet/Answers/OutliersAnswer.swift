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
  /// How many outliers there are, shown or not.
  package let outliers: Int
  /// Nodes in pools that are too small to have a usual answer.
  package let withoutPeers: Int

  /// Nodes that a pool must have.
  package static let smallestPool = 5
  private static let words = Double(Status.allCases.count)

  package init(_ latest: Latest, limit: Int = 20) {
    var without = 0
    var apart: [Apart] = []
    for peers in latest.peers {
      if peers.places.count < Self.smallestPool {
        without += peers.places.count
      } else {
        apart += Self.ranked(peers, latest.current)
      }
    }
    outliers = apart.count(where: \.isOutlier)
    apart.sort { left, right in
      guard left.excess == right.excess else { return left.excess > right.excess }
      let (left, right) = (latest.current[left.place].standing, latest.current[right.place].standing)
      return (left.host, left.benchmark) < (right.host, right.benchmark)
    }
    nodes = apart.prefix(limit).map { one in
      let standing = latest.current[one.place].standing
      return Node(
        name: standing.name, host: standing.host, pool: standing.pool, benchmark: standing.benchmark,
        excess: one.excess, isOutlier: one.isOutlier,
        differences: Self.differences(of: standing.statuses, from: one.peers))
    }
    withoutPeers = without
  }

  /// A node that differs from its peers, and by how much.
  private struct Apart {
    let peers: Peers
    let place: Int
    let excess: Double
    let isOutlier: Bool
  }

  /// The bits of an answer that so many of the peers give, the node itself counted among them: they are one fewer.
  private static func bits(_ count: Int, of nodes: Int) -> Double {
    -log2((Double(max(0, count - 1)) + 0.5) / (Double(nodes - 1) + 0.5 * words))
  }

  private static func ranked(_ peers: Peers, _ current: [Current]) -> [Apart] {
    let nodes = peers.places.count
    let bits = (0...nodes).map { Self.bits($0, of: nodes) }
    let surprisals = peers.places.map { place in
      let answers = current[place].standing.statuses
      var sum = 0.0
      for entry in 0..<min(answers.count, peers.layout.entries.count) {
        sum += bits[peers.counts[entry, answers[entry]]]
      }
      return sum
    }
    let median = surprisals.sorted()[nodes / 2]
    let threshold = log2(Double(nodes)) + 10
    return zip(peers.places, surprisals).compactMap { place, surprisal in
      guard surprisal > median else { return nil }
      let excess = surprisal - median
      return Apart(
        peers: peers, place: place, excess: (excess * 10).rounded() / 10, isOutlier: excess > threshold)
    }
  }

  private static func differences(of answers: [UInt8], from peers: Peers) -> [Node.Difference] {
    var differences: [Node.Difference] = []
    for (place, entry) in peers.layout.entries.enumerated() where place < answers.count {
      guard let status = Status(letter: answers[place]) else { continue }
      let own = peers.counts[place, status]
      let usual = peers.counts.usual(place)
      guard usual.nodes > own else { continue }
      differences.append(
        Node.Difference(
          id: entry.id, check: entry.check, status: status, usual: usual.status, peers: usual.nodes,
          bits: (bits(own, of: peers.places.count) * 10).rounded() / 10))
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
