import Facts
import Fleet
import FleetSQLite
import Foundation
import Reports
import TestSupport
import Testing

/// What a store must answer, whichever it is.
@Suite struct StoreTests {
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
    return answers
  }

  private func store(_ directory: String, _ name: String) throws -> SQLiteStore {
    try SQLiteStore(path: "\(directory)/\(name).db")
  }

  @Test(arguments: 1...8) func `Neither order nor repetition changes an answer`(_ seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let reports = try Self.history(&random).map { try taken($0) }
    let shuffled = (reports + reports.shuffled(using: &random).prefix(30)).shuffled(using: &random)
    try await withDirectory { directory in
      let ordered = try store(directory, "ordered")
      let other = try store(directory, "other")
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
      await ordered.close()
      await other.close()
    }
  }

  @Test func `Changes are those between successive reports, and no others`() async throws {
    var random = SeededGenerator(seed: 42)
    let reports = Self.history(&random)
    try await withDirectory { directory in
      let store = try store(directory, "fleet")
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
      #expect(
        try await store.changes(ChangeQuery(host: "node-2", check: "beta")).count
          == expected.count { $0.host == "node-2" && $0.check == "beta" })
      await store.close()
    }
  }

  @Test func `A day counts a node once, by its last report of that day`() async throws {
    try await withDirectory { directory in
      let store = try store(directory, "fleet")
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

  @Test func `What is dropped with age is never a node's latest report`() async throws {
    try await withDirectory { directory in
      let store = try store(directory, "fleet")
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

  @Test func `What was stored is there when the store is opened again`() async throws {
    try await withDirectory { directory in
      let first = try store(directory, "fleet")
      let report = try taken(nodeReport("a", hour: 1, [.fail, .manual, .pass, .pass, .error]))
      _ = try await first.add([report])
      try await first.putAside(Refused(digest: "d", at: 1, from: "x", reason: "y", size: 2), [1, 2])
      await first.close()
      let again = try store(directory, "fleet")
      #expect(try await again.add([report]) == [.known])
      #expect(try await again.current(host: "a").map(\.standing) == [report.standing])
      #expect(try await again.layouts() == [report.layout.digest: report.layout])
      #expect(try await again.refusals(limit: 5).map(\.reason) == ["y"])
      await again.close()
    }
  }

  @Test func `A file that is no store is said to be none`() async throws {
    try await withDirectory { directory in
      let path = "\(directory)/text.db"
      try #require(
        try? "no database, but text that is long enough to be read".write(
          toFile: path, atomically: true, encoding: .utf8))
      #expect(throws: StoreProblem.self) { try SQLiteStore(path: path) }
    }
  }
}
