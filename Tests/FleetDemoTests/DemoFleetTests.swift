import Facts
import Fleet
import FleetSQLite
import Profiles
import Reports
import Testing

@testable import FleetDemo
@testable import Judge

struct DemoFleetTests {
  private func fleet(nodes: Int = 100, days: Int = 2, seed: UInt64 = 1) throws -> DemoFleet {
    try DemoFleet(Plan(seed: seed, nodes: nodes, days: days), by: try baseline(), until: end)
  }

  @Test func `the same plan makes the same bytes, and another seed others`() throws {
    let first = try fleet()
    let looks = Array(first.looks)
    let some = stride(from: 0, to: looks.count, by: 37).map { looks[$0] }
    let again = try fleet()
    #expect(looks == Array(again.looks))
    #expect(first.inventory == again.inventory && first.outliers == again.outliers)
    for look in some { #expect(try first.document(look) == again.document(look)) }
    let other = try fleet(seed: 2)
    let theirs = try #require(Array(other.looks).first)
    #expect(try first.document(some[0]) != other.document(theirs))
  }

  @Test func `looks come in the order of time, none at the end or after it`() throws {
    let times = try fleet().looks.map(\.at)
    #expect(times == times.sorted())
    #expect(times.allSatisfy { $0 < end && $0 >= end - 2 * Moment.secondsPerDay })
  }

  @Test func `a document put together from parts is what the program writes of the report`() throws {
    let fleet = try fleet()
    let looks = Array(fleet.looks)
    for index in stride(from: 0, to: looks.count, by: 61) {
      let document = try fleet.document(looks[index])
      #expect(try encodeReport(fleet.report(looks[index])) == document)
      #expect(try decodeReport(document) == fleet.report(looks[index]))
    }
  }

  @Test func `no report is refused, and every pool of the inventory has reports`() throws {
    let fleet = try fleet()
    let intake = Intake(trust: nil, inventory: try Inventory(Array(fleet.inventory.utf8)))
    var pools: Set<String> = []
    for look in fleet.looks { pools.insert(try taken(look, of: fleet, by: intake).standing.pool) }
    #expect(pools.sorted() == Pool.all.map(\.name).sorted())
  }

  @Test func `made-up proof is what the judge would decide so`() throws {
    var asked = 0
    for check in try profiles().checks.values {
      guard let expectation = check.expectation else { continue }
      for holds in [true, false] {
        for guess in Guess.all(expectation, holds: holds) {
          let truth =
            guess.value.map { guess.test.holds(for: $0, on: Day("2026-03-04")) } ?? guess.test.holdsForAbsent
          let wanted = guess.denials.isMultiple(of: 2) == holds
          #expect(truth == wanted, "\(check.slug): \(guess)")
          asked += 1
        }
      }
    }
    #expect(asked > 500)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `the planted outliers are ranked first, all of them`(seed: UInt64) async throws {
    try await withDirectory { directory in
      let fleet = try fleet(nodes: 200, days: 1, seed: seed)
      let intake = Intake(trust: nil, inventory: try Inventory(Array(fleet.inventory.utf8)))
      let store = try SQLiteStore(path: directory + "/fleet.db")
      let reports = try fleet.looks.map { try taken($0, of: fleet, by: intake) }
      #expect(try await store.add(reports).allSatisfy { $0 == .stored })
      let answer = try await Asking(store, now: end).outliers(limit: 20)
      #expect(fleet.outliers.count == 5)
      #expect(answer.nodes.prefix(5).map(\.name).sorted() == fleet.outliers)
      #expect(answer.nodes.prefix(5).allSatisfy { $0.isOutlier })
      await store.close()
    }
  }

  @Test func `there is something to see: drift both ways, waivers of every kind, silence and gaps`()
    async throws
  {
    try await withDirectory { directory in
      let fleet = try fleet(nodes: 100, days: 30)
      let inventory = try Inventory(Array(fleet.inventory.utf8))
      let intake = Intake(trust: nil, inventory: inventory)
      let store = try SQLiteStore(path: directory + "/fleet.db")
      var incomplete = 0
      // One report of six keeps the story and saves time.
      let looks = fleet.looks.filter { $0.round % 6 == 5 }
      for start in stride(from: 0, to: looks.count, by: 200) {
        let reports = try looks[start..<min(start + 200, looks.count)].map {
          try taken($0, of: fleet, by: intake)
        }
        incomplete += reports.count { !$0.standing.complete }
        #expect(try await store.add(reports).allSatisfy { $0 == .stored })
      }
      let asking = Asking(store, inventory: inventory, now: end)
      #expect(Set(try await asking.waivers().rows.map(\.state)) == Set(WaiversAnswer.State.allCases))
      let changes = try await store.changes(ChangeQuery())
      #expect(changes.count { $0.from == .fail && $0.to == .pass } > 100)
      #expect(changes.count { $0.from == .pass && $0.to == .fail } > 10)
      let stale = try await asking.stale(hours: 26).nodes
      #expect(stale.contains { $0.lastReport == nil } && stale.contains { $0.lastReport != nil })
      let summary = try await asking.summary()
      #expect(summary.pools.count == 8 && incomplete > 0)
      // Days of drift do not hide who was set up by hand.
      let apart = try await asking.outliers(limit: 20).nodes
      #expect(apart.prefix(fleet.outliers.count).map(\.name).sorted() == fleet.outliers)
      let scores = Set(summary.pools.compactMap(\.score))
      #expect(scores.count == 8)
      await store.close()
    }
  }
}
