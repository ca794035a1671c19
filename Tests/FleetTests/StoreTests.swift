import Facts
import Fleet
import Foundation
import Reports
import TestSupport
import Testing

/// What a store must answer, whichever it is. This file is of two targets, FleetTests and FleetClickHouseTests; each says with
/// `StoreKind` which stores it has.
@Suite(.enabled(if: !StoreKind.usable.isEmpty, "no server is installed: scripts/setup-ci.sh"))
struct StoreTests {
  /// Reports of four nodes over eight days, some of them several a day, with answers that come and go.
  private static func history(_ random: inout SeededGenerator) -> [Report] {
    (0..<4).flatMap { node in
      (0..<20).map { step in
        nodeReport(
          "node-\(node)", hour: Int64(step) * 9 + Int64(node),
          checks.map { _ in [.pass, .pass, .fail, .unknown, .waived].randomElement(using: &random) ?? .pass })
      }
    }
  }

  /// All that a store can be asked, in a form that can be compared.
  private struct Answers: Equatable {
    var current: [String] = []
    var changes: [Change] = []
    var trend: [TrendPoint] = []
    var findings: [String] = []
    var history: [String] = []
    var days: [Int64] = []
    var reports: [String] = []
  }

  private func answers(_ store: any Store) async throws -> Answers {
    var answers = Answers()
    answers.current = try await store.current(benchmark: nil).map { "\($0.standing.digest) \($0.firstAt)" }
    answers.changes = try await store.changes(ChangeQuery())
    answers.trend = try await store.trend(since: 0)
    for check in checks {
      answers.findings += try await store.findings(check: check, hosts: nil).map {
        "\($0.host) \($0.finding.id) \($0.finding.status) \($0.finding.evidence.first?.found ?? "")"
      }
    }
    answers.history = try await store.history(host: "node-1", limit: 100).map(\.digest)
    answers.days = try await store.days()
    let reports = Collected()
    for day in answers.days {
      try await store.eachReport(ofDay: day) { await reports.append($0.digest) }
    }
    answers.reports = await reports.texts
    return answers
  }

  private actor Collected {
    private(set) var texts: [String] = []
    func append(_ text: String) { texts.append(text) }
  }

  @Test(arguments: StoreKind.usable, 1...StoreKind.seeds)
  func `Neither order nor repetition changes an answer`(_ kind: StoreKind, _ seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let reports = try Self.history(&random).map { try taken($0) }
    let shuffled = (reports + reports.shuffled(using: &random).prefix(30)).shuffled(using: &random)
    try await kind.with { place in
      let ordered = try await place("ordered")
      let other = try await place("other")
      #expect(try await ordered.add(reports) == reports.map { _ in .stored })
      var stored = 0
      for part in stride(from: 0, to: shuffled.count, by: 7) {
        let added = try await other.add(Array(shuffled[part..<min(part + 7, shuffled.count)]))
        stored += added.count { $0 == .stored }
      }
      #expect(stored == reports.count)
      let expected = try await answers(ordered)
      #expect(try await answers(other) == expected)
      #expect(expected.trend.count > 5)
      #expect(expected.reports.count == reports.count)
      #expect(expected.findings.count > 5)
      await ordered.close()
      await other.close()
    }
  }

  @Test(arguments: StoreKind.usable, 11...(10 + StoreKind.seeds))
  func `Two collectors that take the same reports at once make no other fleet than one`(
    _ kind: StoreKind, _ seed: UInt64
  ) async throws {
    var random = SeededGenerator(seed: seed)
    let reports = try Self.history(&random).map { try taken($0) }
    let orders = [reports.shuffled(using: &random), reports.shuffled(using: &random)]
    try await kind.with { place in
      let alone = try await place("alone")
      _ = try await alone.add(reports)
      let expected = try await answers(alone)
      await alone.close()
      let stores = [try await place("together"), try await place("together")]
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (store, order) in zip(stores, orders) {
          group.addTask {
            for part in stride(from: 0, to: order.count, by: 4) {
              _ = try await store.add(Array(order[part..<min(part + 4, order.count)]))
            }
          }
        }
        try await group.waitForAll()
      }
      for store in stores {
        #expect(try await answers(store) == expected)
        await store.close()
      }
    }
  }

  @Test(arguments: StoreKind.usable) func `Changes are those between successive reports, and no others`(
    _ kind: StoreKind
  ) async throws {
    var random = SeededGenerator(seed: 42)
    let reports = Self.history(&random)
    try await kind.with { place in
      let store = try await place("fleet")
      _ = try await store.add(try reports.shuffled(using: &random).map { try taken($0) })
      var expected: Set<Change> = []
      for (host, own) in Dictionary(grouping: reports, by: { $0.host.hostname ?? "" }) {
        let sorted = own.sorted { $0.run.sequence < $1.run.sequence }
        for (earlier, later) in zip(sorted, sorted.dropFirst()) {
          for (before, after) in zip(earlier.results, later.results)
          where before.verdict.status != after.verdict.status {
            expected.insert(
              Change(
                host: host, benchmark: "node-baseline", id: after.id, check: after.check,
                at: try #require(Moment.seconds(later.run.startedAt)), from: before.verdict.status,
                to: after.verdict.status))
          }
        }
      }
      let found = try await store.changes(ChangeQuery())
      #expect(Set(found) == expected)
      #expect(found.count == expected.count)
      #expect(found.map(\.at) == found.map(\.at).sorted(by: >))
      let since = start + 80 * 3_600
      #expect(try await store.changes(ChangeQuery(since: since)).count == expected.count { $0.at >= since })
      let drift = DriftAnswer(since: since, try await store.drift(since: since))
      #expect(drift.changes == expected.count { $0.at >= since } && drift.changes > 0)
      #expect(drift.rows == DriftAnswer(since: since, DriftTally(expected.filter { $0.at >= since })).rows)
      for row in drift.rows {
        let own = expected.filter {
          $0.at >= since && $0.check == row.check && $0.from == row.from && $0.to == row.to
        }
        #expect(row.nodes == Set(own.map(\.host)).count)
        #expect(row.examples == Array(Set(own.map(\.host)).sorted().prefix(5)))
        #expect(
          row.first == Moment.text(own.map(\.at).min() ?? 0)
            && row.last == Moment.text(own.map(\.at).max() ?? 0))
      }
      #expect(
        try await store.changes(ChangeQuery(host: "node-2", check: "beta")).count
          == expected.count { $0.host == "node-2" && $0.check == "beta" })
      await store.close()
    }
  }

  @Test(arguments: StoreKind.usable) func `A day counts a node once, by its last report of that day`(
    _ kind: StoreKind
  ) async throws {
    try await kind.with { place in
      let store = try await place("fleet")
      let failing: [Status] = [.fail, .fail, .pass, .pass, .pass]
      let passing = checks.map { _ in Status.pass }
      _ = try await store.add([
        try taken(nodeReport("a", hour: 2, failing)), try taken(nodeReport("a", hour: 20, passing)),
        try taken(nodeReport("a", hour: 5, failing)), try taken(nodeReport("b", hour: 3, failing)),
        try taken(nodeReport("b", hour: 30, passing)),
      ])
      let trend = try await store.trend(since: 0)
      #expect(trend.map(\.nodes) == [2, 1])
      #expect(trend.map(\.failed) == [2, 0])
      #expect(trend.map(\.critical) == [1, 0])
      #expect(trend.first?.pool == "worker debian 12")
      await store.close()
    }
  }

  @Test(arguments: StoreKind.usable) func `What is dropped with age is never a node's latest report`(
    _ kind: StoreKind
  ) async throws {
    try await kind.with { place in
      let store = try await place("fleet")
      let old = try taken(nodeReport("a", hour: 0, [.fail, .pass, .pass, .pass, .pass]))
      let new = try taken(nodeReport("a", hour: 24 * 20, [.pass, .pass, .pass, .pass, .pass]))
      let silent = try taken(nodeReport("silent", hour: 0, [.fail, .pass, .pass, .pass, .pass]))
      _ = try await store.add([old, new, silent])
      try await store.expire(Retention(documents: 10, history: 30), now: start + 21 * 86_400)
      #expect(try await store.document(digest: old.standing.digest) == nil)
      #expect(try await store.document(digest: silent.standing.digest) == silent.document)
      #expect(try await store.history(host: "a", limit: 9).count == 2)
      try await store.expire(Retention(documents: 10, history: 15), now: start + 21 * 86_400)
      #expect(try await store.history(host: "a", limit: 9).map(\.digest) == [new.standing.digest])
      #expect(try await store.current(benchmark: nil).count == 2)
      await store.close()
    }
  }

  @Test(arguments: StoreKind.usable) func `What was stored is there when the store is opened again`(
    _ kind: StoreKind
  ) async throws {
    try await kind.with { place in
      let first = try await place("fleet")
      let report = try taken(nodeReport("a", hour: 1, [.fail, .manual, .pass, .pass, .error]))
      _ = try await first.add([report])
      try await first.putAside(Refused(digest: "d", at: 1, from: "x", reason: "y", size: 2), [1, 2])
      await first.close()
      let again = try await place("fleet")
      #expect(try await again.add([report]) == [.known])
      #expect(try await again.current(host: "a").map(\.standing) == [report.standing])
      #expect(try await again.layouts() == [report.layout.digest: report.layout])
      #expect(try await again.refusals(limit: 5).map(\.reason) == ["y"])
      await again.close()
    }
  }

  @Test(arguments: StoreKind.usable) func `A finding is gone with the report that no longer has it`(
    _ kind: StoreKind
  ) async throws {
    try await kind.with { place in
      let store = try await place("fleet")
      let bad = try taken(nodeReport("a", hour: 1, [.fail, .fail, .pass, .pass, .pass]))
      let good = try taken(nodeReport("a", hour: 3, [.pass, .fail, .pass, .pass, .pass]))
      let late = try taken(nodeReport("a", hour: 2, [.fail, .fail, .fail, .pass, .pass]))
      _ = try await store.add([bad])
      #expect(try await store.findings(host: "a").map(\.finding) == bad.findings)
      _ = try await store.add([good])
      _ = try await store.add([late])
      #expect(try await store.findings(host: "a").map(\.finding) == good.findings)
      #expect(try await store.findings(check: "alpha", hosts: nil).isEmpty)
      #expect(try await store.findings(check: "beta", hosts: ["b"]).isEmpty)
      #expect(try await store.findings(check: "beta", hosts: ["a"]).map(\.finding) == good.findings)
      await store.close()
    }
  }

  @Test(arguments: StoreKind.usable) func `Of each host the latest snapshot is kept, whatever came last`(
    _ kind: StoreKind
  ) async throws {
    func snapshot(_ host: String, _ at: Int64, _ digest: String) -> StoredSnapshot {
      StoredSnapshot(
        digest: digest, host: host, name: host, pool: "p", startedAt: start + at,
        document: Array(digest.utf8) + Array(0...255))
    }
    let snapshots = [
      snapshot("a", 1, "11"), snapshot("a", 3, "aa"), snapshot("a", 3, "bb"), snapshot("a", 2, "cc"),
      snapshot("b", 1, "ee"),
    ]
    var random = SeededGenerator(seed: 3)
    let orders = [snapshots, snapshots.reversed(), snapshots.shuffled(using: &random)]
    try await kind.with { place in
      for (index, order) in orders.enumerated() {
        let store = try await place("fleet\(index)")
        for snapshot in order { try await store.add([snapshot]) }
        let found = Collected()
        try await store.eachSnapshot {
          #expect($0.document == Array($0.digest.utf8) + Array(0...255))
          await found.append("\($0.host) \($0.digest) \($0.startedAt - start)")
        }
        #expect(await found.texts == ["a bb 3", "b ee 1"])
        await store.close()
      }
    }
  }

  @Test(arguments: StoreKind.usable) func `A hostile name is a name`(_ kind: StoreKind) async throws {
    let names = [
      "x'); DROP TABLE report; --", "a\\'b", "\\", "'", "\u{1}\u{7F}\t\n\r", "\"]}\n{\"host\":\"y\"}",
      "ü\u{202E}😀", "${x} {x:String} ?1 %s",
      "\\x41",
    ]
    try await kind.with { place in
      let store = try await place("fleet")
      let reports = try names.map {
        try taken(nodeReport($0, hour: 1, [.fail, .pass, .pass, .pass, .pass], roles: [$0]))
      }
      _ = try await store.add(reports)
      for report in reports {
        let host = report.standing.host
        #expect(try await store.current(host: host).map(\.standing) == [report.standing])
        #expect(try await store.history(host: host, limit: 9) == [report.standing])
        #expect(try await store.findings(host: host).map(\.finding) == report.findings)
        #expect(try await store.document(digest: report.standing.digest) == report.document)
      }
      for name in names {
        #expect(try await store.changes(ChangeQuery(host: name, benchmark: name, check: name)).isEmpty)
        #expect(try await store.current(benchmark: name).isEmpty)
        #expect(try await store.findings(check: name, hosts: [name]).isEmpty)
        #expect(try await store.document(digest: name) == nil)
        try await store.putAside(
          Refused(digest: name, at: 1, from: name, reason: name, size: 1), Array(name.utf8))
      }
      #expect(Set(try await store.refusals(limit: 99).map(\.reason)) == Set(names))
      #expect(try await store.current(benchmark: nil).count == names.count)
      await store.close()
    }
  }

  @Test(arguments: StoreKind.usable)
  func `A report may be of another version of its benchmark than the one before`(
    _ kind: StoreKind
  ) async throws {
    let first = nodeReport("a", hour: 1, [.fail, .pass, .pass, .pass, .pass])
    let second = nodeReport("a", hour: 2, [.pass, .fail])
    let third = nodeReport("a", hour: 3, [.pass, .pass, .fail, .pass, .pass])
    try await kind.with { place in
      let store = try await place("fleet")
      for report in [first, third, second] { _ = try await store.add([try taken(report)]) }
      #expect(
        try await store.changes(ChangeQuery()).map { "\($0.check) \(($0.at - start) / 3_600)" } == [
          "beta 3", "alpha 2", "beta 2",
        ])
      #expect(try await store.layouts().count == 2)
      await store.close()
    }
  }

  @Test(arguments: StoreKind.usable) func `Of what is refused the latest are shown, and some hundreds kept`(
    _ kind: StoreKind
  ) async throws {
    try await kind.with { place in
      let store = try await place("fleet")
      for at in 0..<3 {
        try await store.putAside(
          Refused(digest: "d\(at)", at: Int64(at), from: "f", reason: "r\(at)", size: at), [])
      }
      try await store.putAside(Refused(digest: "d0", at: 9, from: "f", reason: "again", size: 0), [1])
      #expect(try await store.refusals(limit: 9).map(\.reason) == ["again", "r2", "r1"])
      #expect(try await store.refusals(limit: 2).map(\.reason) == ["again", "r2"])
      await store.close()
    }
  }

  @Test(arguments: StoreKind.usable) func `A silent node that comes back is compared with what it said last`(
    _ kind: StoreKind
  ) async throws {
    try await kind.with { place in
      let store = try await place("fleet")
      let old = try taken(nodeReport("a", hour: 0, [.fail, .pass, .pass, .pass, .pass]))
      _ = try await store.add([old])
      try await store.expire(Retention(documents: 5, history: 10), now: start + 21 * 86_400)
      #expect(try await store.add([old]) == [.known])
      #expect(try await store.history(host: "a", limit: 9) == [old.standing])
      #expect(try await store.days() == [old.standing.day])
      #expect(try await store.trend(since: 0).isEmpty)
      _ = try await store.add([
        try taken(nodeReport("a", hour: 24 * 21, [.pass, .pass, .pass, .pass, .pass]))
      ])
      #expect(try await store.changes(ChangeQuery()).map(\.check) == ["alpha"])
      #expect(try await store.current(host: "a").map(\.firstAt) == [start])
      try await store.expire(Retention(documents: 5, history: 10), now: start + 22 * 86_400)
      #expect(try await store.document(digest: old.standing.digest) == nil)
      await store.close()
    }
  }
}
