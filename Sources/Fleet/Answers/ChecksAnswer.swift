package import Facts
import Reports

/// Which part of a fleet is asked about; nil is all of it.
package struct Part: Hashable, Sendable {
  package let benchmark: String?
  package let pool: String?
  package let area: String?
  package let severity: Severity?

  package init(
    benchmark: String? = nil, pool: String? = nil, area: String? = nil, severity: Severity? = nil
  ) {
    self.benchmark = benchmark
    self.pool = pool
    self.area = area
    self.severity = severity
  }

  func has(_ peers: Peers) -> Bool {
    (benchmark == nil || peers.benchmark == benchmark) && (pool == nil || peers.pool == pool)
  }

  func has(_ entry: Entry) -> Bool {
    (area == nil || entry.area == area) && (severity == nil || entry.severity == severity)
  }
}

/// The checks that nodes fail, those first that would gain most: nodes times the weight of the severity.
package struct ChecksAnswer: Answer {
  package struct Row: Codable, Hashable, Sendable {
    package let check: String
    package let benchmark: String
    package let id: String
    package let area: String
    package let severity: Severity
    /// Nodes that fail it, could not tell, and were asked.
    package let failed: Int
    package let undecided: Int
    package let nodes: Int
    package var cost: Int { failed * severity.weight }
  }

  package let rows: [Row]
  /// How many there are, shown or not.
  package let failing: Int

  package init(_ latest: Latest, of part: Part = Part(), limit: Int = .max) {
    struct Key: Hashable { let benchmark: String, entry: Entry }
    struct Sum {
      var failed = 0
      var undecided = 0
      var nodes = 0
    }
    var sums: [Key: Sum] = [:]
    for peers in latest.peers where part.has(peers) {
      for (place, entry) in peers.layout.entries.enumerated() where part.has(entry) {
        let key = Key(benchmark: peers.benchmark, entry: entry)
        var sum = sums[key] ?? Sum()
        sum.failed += peers.counts[place, .fail]
        sum.undecided += peers.counts[place, .unknown] + peers.counts[place, .error]
        sum.nodes += peers.places.count
        sums[key] = sum
      }
    }
    let failing = sums.filter { $0.value.failed > 0 }.map { key, sum in
      Row(
        check: key.entry.check, benchmark: key.benchmark, id: key.entry.id, area: key.entry.area,
        severity: key.entry.severity, failed: sum.failed, undecided: sum.undecided, nodes: sum.nodes)
    }.sorted {
      $0.cost != $1.cost
        ? $0.cost > $1.cost : ($0.check, $0.benchmark, $0.id) < ($1.check, $1.benchmark, $1.id)
    }
    self.failing = failing.count
    rows = Array(failing.prefix(limit))
  }

  package var table: Table {
    Table(
      [
        .init("CHECK"), .init("BENCHMARK"), .init("ID"), .init("SEVERITY"), .init("FAIL", isNumber: true),
        .init("UNDECIDED", isNumber: true), .init("NODES", isNumber: true),
      ],
      rows.map {
        [
          $0.check, $0.benchmark, $0.id, $0.severity.rawValue, "\($0.failed)", "\($0.undecided)",
          "\($0.nodes)",
        ]
      },
      notes: [
        rows.count < failing
          ? "\(rows.count) of \(failing) checks that some node fails, ranked by nodes times severity."
          : "\(failing) checks that some node fails, ranked by nodes times severity."
      ])
  }
}
