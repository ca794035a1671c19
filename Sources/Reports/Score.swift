import Facts

/// The three numbers of a report: for the node, and for each area. docs/score.md explains them.
package struct Score: Codable, Hashable, Sendable {
  /// The whole node; its level is the weakest area's.
  package let node: AreaScore
  package let areas: [String: AreaScore]
  /// The node as it would stand without any waiver; only where a waiver is in use.
  package let unwaived: AreaScore?
}

/// Level, percentage and coverage of some results.
package struct AreaScore: Codable, Hashable, Sendable {
  /// 0 to 4, a gate: 1 means no open critical finding, 2 no high either, 3 no medium, 4 none at all.
  package let level: Int
  package let percentage: Percentage
  package let coverage: Coverage
  /// Results that a person must judge: part of none of the three numbers.
  package let manual: Int
  package let waived: Int
}

/// The weights of what passed over the weights of what passed or failed.
package struct Percentage: Codable, Hashable, Sendable {
  /// 0 to 100, one decimal; nil where it is withheld.
  package let value: Double?
  package let passed: Int
  package let total: Int
  /// Why there is no value.
  package let withheld: String?
}

/// How much of what applies could be decided.
package struct Coverage: Codable, Hashable, Sendable {
  /// 0 to 100, one decimal; nil where nothing applies.
  package let value: Double?
  package let decided: Int
  package let total: Int

  /// Below this many percent, no percentage is shown.
  package static let floor = 80
}

extension Score {
  /// The score of these results, and of nothing else: whoever has the results of a report can compute it again. Those from outside are
  /// no part of it.
  package init(_ results: [CheckResult]) {
    var node = Tally()
    var unwaived = Tally(countsWaived: true)
    var areas: [String: Tally] = [:]
    for result in results where result.origin == nil {
      node.add(result)
      unwaived.add(result)
      areas[result.area, default: Tally()].add(result)
    }
    self.node = AreaScore(node)
    self.areas = areas.mapValues { AreaScore($0) }.filter {
      $0.value.coverage.total > 0 || $0.value.manual > 0 || $0.value.waived > 0
    }
    self.unwaived = node.waived > 0 ? AreaScore(unwaived) : nil
  }
}

/// What a score is made of, counted in one pass over the results.
private struct Tally {
  private(set) var passed = 0
  private(set) var total = 0
  private(set) var decided = 0
  private(set) var undecided = 0
  private(set) var manual = 0
  private(set) var waived = 0
  private(set) var worstOpen: Severity?
  /// True where a waived failure counts as the failure that it is.
  private let countsWaived: Bool

  init(countsWaived: Bool = false) { self.countsWaived = countsWaived }

  mutating func add(_ result: CheckResult) {
    let severity = result.severity
    switch result.verdict.status {
    case .pass:
      passed += severity.weight
      total += severity.weight
      decided += 1
    case .waived where !countsWaived: waived += 1
    case .fail, .waived:
      total += severity.weight
      decided += 1
      worstOpen = max(worstOpen ?? .low, severity)
    case .unknown, .error:
      undecided += 1
      // What could not be seen may be as bad as it can be: a critical or high one holds the gate shut.
      if severity >= .high { worstOpen = max(worstOpen ?? .low, severity) }
    case .manual: manual += 1
    case .notApplicable: break
    }
  }
}

extension AreaScore {
  fileprivate init(_ tally: Tally) {
    level = tally.decided == 0 ? 0 : Self.level(tally.worstOpen)
    coverage = Coverage(decided: tally.decided, total: tally.decided + tally.undecided)
    percentage = Percentage(passed: tally.passed, total: tally.total, coverage: coverage)
    manual = tally.manual
    waived = tally.waived
  }

  private static func level(_ worstOpen: Severity?) -> Int {
    switch worstOpen {
    case .critical: 0
    case .high: 1
    case .medium: 2
    case .low: 3
    case nil: 4
    }
  }
}

extension Coverage {
  init(decided: Int, total: Int) {
    self.decided = decided
    self.total = total
    value = percent(decided, of: total)
  }

  var isEnough: Bool { decided * 100 >= total * Self.floor }
}

extension Percentage {
  init(passed: Int, total: Int, coverage: Coverage) {
    self.passed = passed
    self.total = total
    let isShown = total > 0 && coverage.isEnough
    value = isShown ? percent(passed, of: total) : nil
    withheld =
      isShown
      ? nil
      : total == 0
        ? "nothing was decided"
        : "only \(coverage.decided) of \(coverage.total) applicable checks could be decided, under \(Coverage.floor) %"
  }
}

/// One decimal, rounded down: 99.96 is not 100.
private func percent(_ part: Int, of whole: Int) -> Double? {
  guard whole > 0 else { return nil }
  return Double(part * 1000 / whole) / 10
}
