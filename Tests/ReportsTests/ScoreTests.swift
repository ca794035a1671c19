import Facts
import Reports
import TestSupport
import Testing

/// Results at random: few areas, so that each has several.
private func results(_ random: inout SeededGenerator, atMost most: Int = 30) -> [CheckResult] {
  // Some reports have little that is undecided and some much, so that both sides of the coverage floor are met.
  let decided = Int.random(in: 0...9, using: &random)
  return (0..<Int.random(in: 0...most, using: &random)).map { number in
    let isDecided = Int.random(in: 0..<10, using: &random) <= decided
    let statuses: [Status] = isDecided ? [.pass, .pass, .fail] : Status.allCases
    return one(statuses.randomElement(using: &random) ?? .pass, number, &random)
  }
}

private func one(
  _ status: Status, _ number: Int, _ random: inout SeededGenerator, _ severity: Severity? = nil
)
  -> CheckResult
{
  result(
    status, severity ?? Severity.allCases.randomElement(using: &random) ?? .low, id: "\(number)",
    area: ["kernel", "kubelet", "files"].randomElement(using: &random) ?? "kernel")
}

private func changed(_ old: CheckResult, to status: Status) -> CheckResult {
  result(status, old.severity, id: old.id, area: old.area)
}

/// The node's score and each area's, so that every property is asked of both.
private func scores(_ results: [CheckResult]) -> [String: AreaScore] {
  let score = Score(results)
  return score.areas.merging(["": score.node]) { first, _ in first }
}

/// Whether a number that both show has risen.
private func hasRisen(_ old: Double?, _ new: Double?) -> Bool {
  if let old, let new { new > old } else { false }
}

private func hasRisen(_ old: AreaScore, _ new: AreaScore) -> Bool {
  new.level > old.level
    || hasRisen(old.percentage.value, new.percentage.value)
    || hasRisen(old.coverage.value, new.coverage.value)
}

@Suite("The score's three numbers keep their promises")
struct ScoreTests {
  private static let seeds = (0..<2_000).map { UInt64($0) }

  /// Runs a property over many reports; it gives what went wrong, if anything.
  private func always(_ property: (inout SeededGenerator, [CheckResult]) -> String?) {
    for seed in Self.seeds {
      var random = SeededGenerator(seed: seed)
      let results = results(&random)
      if let wrong = property(&random, results) {
        Issue.record("seed \(seed): \(wrong)")
        return
      }
    }
  }

  @Test("One failure more never raises level or percentage once something was decided")
  func oneFailure() {
    always { random, before in
      let failure = one(.fail, 99, &random)
      let (old, new) = (scores(before), scores(before + [failure]))
      for (area, old) in old {
        guard let new = new[area] else { return "area \(area) went away" }
        let hasPercentageRisen = hasRisen(old.percentage.value, new.percentage.value)
        let hasLevelRisen = old.coverage.decided > 0 && new.level > old.level
        if hasPercentageRisen || hasLevelRisen { return "\(area): \(old) -> \(new)" }
        if new.percentage.passed != old.percentage.passed { return "a failure earned points" }
      }
      return nil
    }
  }

  @Test("One unknown or error more never raises any number")
  func oneUnknown() {
    always { random, before in
      for status in [Status.unknown, .error] {
        let (old, new) = (scores(before), scores(before + [one(status, 99, &random)]))
        for (area, old) in old {
          guard let new = new[area] else { return "area \(area) went away" }
          if hasRisen(old, new) { return "\(area): \(old) -> \(new)" }
          if old.percentage.value == nil, new.percentage.value != nil {
            return "\(area): a percentage appeared"
          }
        }
      }
      return nil
    }
  }

  @Test("A critical or high failure that becomes unknown never raises the level")
  func hiddenFailure() {
    always { _, before in
      for index in before.indices
      where before[index].verdict.status == .fail && before[index].severity >= .high {
        for status in [Status.unknown, .error] {
          var after = before
          after[index] = changed(before[index], to: status)
          let (old, new) = (scores(before), scores(after))
          for (area, old) in old where (new[area]?.level ?? 0) > old.level {
            return "\(area): \(old.level) rose"
          }
        }
      }
      return nil
    }
  }

  @Test("A pass that becomes anything else never raises any number")
  func lostPass() {
    always { _, before in
      for index in before.indices where before[index].verdict.status == .pass {
        for status in Status.allCases where status != .pass {
          var after = before
          after[index] = changed(before[index], to: status)
          let (old, new) = (scores(before), scores(after))
          for (area, old) in old {
            if let new = new[area], hasRisen(old, new) {
              return "\(area), pass to \(status): \(old) -> \(new)"
            }
          }
        }
      }
      return nil
    }
  }

  @Test("The order of the results does not matter")
  func order() {
    always { random, results in
      let shuffled = results.shuffled(using: &random)
      return Score(shuffled) == Score(results) && Summary(shuffled) == Summary(results) ? nil : "it does"
    }
  }

  @Test("Results of other programs change neither the score nor the counts")
  func outside() {
    always { random, results in
      let others = Status.allCases.filter { $0 != .waived }.enumerated().map { number, status in
        let other = one(status, number, &random)
        return CheckResult(
          id: "opa/\(number)", check: "opa/\(number)", area: other.area, severity: other.severity, level: nil,
          verdict: other.verdict, origin: "opa")
      }
      let isSame = Score(results + others) == Score(results) && Summary(results + others) == Summary(results)
      return isSame ? nil : "they count"
    }
  }

  @Test("The weakest area gives the node's level, and areas add up to the node")
  func areas() {
    always { _, results in
      let score = Score(results)
      let decided = score.areas.values.filter { $0.coverage.decided > 0 }
      for area in decided where score.node.level > area.level { return "the node is above an area" }
      let isCertain = score.areas.values.allSatisfy { $0.coverage.decided > 0 }
      if isCertain, let weakest = decided.map(\.level).min(), score.node.level != weakest {
        return "node \(score.node.level), weakest area \(weakest)"
      }
      let sums = [
        (score.node.coverage.total, \AreaScore.coverage.total),
        (score.node.coverage.decided, \.coverage.decided),
        (score.node.percentage.passed, \.percentage.passed),
        (score.node.percentage.total, \.percentage.total),
        (score.node.manual, \.manual), (score.node.waived, \.waived),
      ]
      for (whole, part) in sums where score.areas.values.reduce(0, { $0 + $1[keyPath: part] }) != whole {
        return "\(part) does not add up"
      }
      return nil
    }
  }

  @Test("A report that was written and read again gives the same score from its results alone")
  func recomputed() throws {
    for seed in Self.seeds.prefix(300) {
      var random = SeededGenerator(seed: seed)
      let written = report(results(&random))
      let read = try decodeReport(encodeReport(written))
      #expect(Score(read.results) == written.score)
      #expect(Summary(read.results) == read.summary)
    }
  }

  private static let levels: [([(Status, Severity)], Int)] = [
    ([], 0), ([(.manual, .low)], 0), ([(.unknown, .low)], 0), ([(.pass, .low)], 4),
    ([(.pass, .low), (.fail, .low)], 3), ([(.pass, .low), (.fail, .medium)], 2),
    ([(.pass, .low), (.fail, .high)], 1),
    ([(.pass, .low), (.fail, .critical)], 0), ([(.pass, .low), (.unknown, .critical)], 0),
    ([(.pass, .low), (.error, .high)], 1), ([(.pass, .low), (.unknown, .medium)], 4),
    ([(.pass, .low), (.waived, .critical)], 4), ([(.pass, .low), (.notApplicable, .critical)], 4),
    ([(.fail, .low), (.fail, .high), (.fail, .medium)], 1),
  ]

  @Test("The level is the gate that docs/score.md says", arguments: levels)
  func level(_ given: [(Status, Severity)], _ expected: Int) {
    #expect(Score(given.map { result($0.0, $0.1) }).node.level == expected)
  }

  @Test("The percentage is weighed, rounded down, and withheld under the floor of coverage")
  func percentage() {
    let weighed = Score([
      result(.pass, .critical), result(.fail, .high), result(.pass, .medium), result(.fail, .low),
    ])
    #expect(weighed.node.percentage.passed == 13 && weighed.node.percentage.total == 19)
    #expect(weighed.node.percentage.value == 68.4)
    let almost = Score((0..<9_999).map { _ in result(.pass, .low) } + [result(.fail, .low)])
    #expect(almost.node.percentage.value == 99.9)
    let four = (0..<4).map { _ in result(.pass) }
    #expect(Score(four + [result(.unknown)]).node.percentage.value == 100)
    let under = Score(four + [result(.unknown), result(.error)]).node
    #expect(under.percentage.value == nil && under.coverage.value == 66.6)
    #expect(under.percentage.withheld == "only 4 of 6 applicable checks could be decided, under 80 %")
    #expect(Score([result(.manual)]).node.percentage.withheld == "nothing was decided")
    #expect(Score([result(.manual)]).node.coverage.value == nil)
  }

  @Test("A waiver takes a failure out of the numbers, and the score says how the node stands without it")
  func waivers() {
    let score = Score([result(.pass, .low), result(.waived, .critical)])
    #expect(score.node.level == 4 && score.node.percentage.value == 100 && score.node.waived == 1)
    #expect(score.unwaived?.level == 0)
    #expect(score.unwaived?.percentage.value == 9.0)
    #expect(Score([result(.pass)]).unwaived == nil)
  }
}
