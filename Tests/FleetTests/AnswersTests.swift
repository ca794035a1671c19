import Fleet
import Foundation
import Reports
import TestSupport
import Testing

func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

@Suite struct AnswersTests {
  private func current(_ report: Report) throws -> Current {
    let standing = try taken(report).standing
    return Current(standing: standing, firstAt: standing.startedAt)
  }

  private func layouts(_ report: Report) throws -> [String: Layout] {
    let layout = try taken(report).layout
    return [layout.digest: layout]
  }

  @Test(arguments: 1...20) func `Planted outliers lead, and nobody else is called one`(_ seed: UInt64) throws
  {
    var random = SeededGenerator(seed: seed)
    let planted: Set<String> = ["node-17", "node-61"]
    let reports = (0..<100).map { number -> Report in
      let name = "node-\(number)"
      let statuses: [Status] =
        planted.contains(name)
        ? [.fail, .fail, .unknown, .fail, .pass]
        : [.pass, .pass, .pass, .pass, Bool.random(using: &random) ? .pass : .fail]
      return nodeReport(name, hour: 1, statuses)
    }
    let answer = OutliersAnswer(Latest(try reports.map(current), layouts: try layouts(reports[0])))
    #expect(Set(answer.nodes.filter(\.isOutlier).map(\.name)) == planted)
    #expect(Set(answer.nodes.prefix(2).map(\.name)) == planted)
    #expect(answer.nodes.first?.differences.first?.usual == .pass)
  }

  @Test func `Nodes of a pool that all say the same are no outliers, nor is who has no peers`() throws {
    let reports = (0..<9).map { nodeReport("n\($0)", hour: 1, checks.map { _ in .fail }) }
    let alone = nodeReport("alone", hour: 1, checks.map { _ in .pass }, roles: ["control-plane"])
    let answer = OutliersAnswer(Latest(try (reports + [alone]).map(current), layouts: try layouts(alone)))
    #expect(answer.nodes.isEmpty)
    #expect(answer.withoutPeers == 1)
  }

  @Test func `A summary counts what reports say`() throws {
    let reports = [
      nodeReport("a", hour: 1, [.fail, .pass, .pass, .pass, .notApplicable]),
      nodeReport("b", hour: 1, [.pass, .unknown, .pass, .pass, .pass]),
    ]
    let pool = try #require(SummaryAnswer(try reports.map(current), trend: []).pools.first)
    #expect(pool.nodes == 2)
    #expect(pool.level == 0)
    // 9 of 19 points, and 19 of 19; of 9 applicable checks 8 were decided.
    #expect(pool.score == 73.6)
    #expect(pool.coverage == 88.8)
    #expect(pool.critical == 1)
  }

  @Test func `Since when is the latest change, or else the first report`() throws {
    let report = nodeReport("a", hour: 5, [.fail, .fail, .pass, .pass, .pass])
    let node = try current(report)
    let change = Change(
      host: "a", benchmark: "node-baseline", id: "1.0", check: "alpha", at: start + 7_200, from: .pass,
      to: .fail)
    func answer(_ check: String) throws -> CheckAnswer {
      CheckAnswer(
        check: check, current: [node], layouts: try layouts(report),
        changes: [change].filter { $0.check == check })
    }
    #expect(try answer("alpha").nodes.map(\.since) == ["2026-03-04T02:00:00Z"])
    #expect(try answer("beta").nodes.map(\.sinceFirstReport) == [true])
    #expect(try answer("gamma").nodes.isEmpty)
    #expect(try answer("gamma").statuses == ["pass": 1])
  }

  @Test func `A check's nodes come by status, and in parts`() throws {
    let reports = [
      nodeReport("a", hour: 1, [.unknown]), nodeReport("b", hour: 1, [.fail]),
      nodeReport("c", hour: 1, [.fail]),
      nodeReport("d", hour: 1, [.pass]), nodeReport("e", hour: 1, [.fail], roles: ["control-plane"]),
    ]
    func answer(_ query: CheckQuery) throws -> CheckAnswer {
      CheckAnswer(
        check: "alpha", current: try reports.map(current), layouts: try layouts(reports[0]), changes: [],
        query: query)
    }
    let whole = try answer(CheckQuery())
    #expect(whole.nodes.map(\.name) == ["e", "b", "c", "a"])
    #expect(whole.total == 4)
    let part = try answer(CheckQuery(offset: 1, limit: 2))
    #expect(part.nodes == Array(whole.nodes[1...2]))
    #expect(part.total == 4)
    #expect(part.statuses == whole.statuses)
    #expect(part.table.notes.contains("2 of 4 nodes are shown."))
    #expect(try answer(CheckQuery(status: .unknown)).nodes.map(\.name) == ["a"])
    let pool = try #require(whole.nodes.first?.pool)
    #expect(try answer(CheckQuery(pool: pool)).nodes.map(\.name) == ["e"])
    #expect(try answer(CheckQuery(status: .pass)).total == 0)
  }

  @Test func `Who is silent or never came is stale`() throws {
    let nodes = try [nodeReport("old", hour: 0, [.pass]), nodeReport("new", hour: 48, [.pass])].map(current)
    let inventory = try Inventory(Array("old,blue # a remark\nnever,green\n\nnew\nx-*,red\n".utf8))
    let answer = StaleAnswer(nodes, inventory, hours: 26, now: start + 50 * 3_600)
    #expect(answer.nodes.map(\.name) == ["never", "old"])
    #expect(answer.nodes.map(\.hoursSilent) == [nil, 50])
    #expect(answer.reporting == 1)
    #expect(inventory.pool(of: "x-9") == "red")
    #expect(inventory.pool(of: "new") == nil)
  }

  @Test(arguments: [("a,b,c", 1), ("a\na,b", 2), ("*", 1), (",b", 1)])
  func `A wrong inventory is refused with its line`(_ text: String, _ line: Int) {
    do throws(Inventory.Problem) {
      _ = try Inventory(Array(text.utf8))
      Issue.record("'\(text)' was taken")
    } catch { #expect(error.line == line) }
  }

  @Test func `Moments are those of another calendar`() throws {
    let formatter = ISO8601DateFormatter()
    var random = SeededGenerator(seed: 9)
    for _ in 0..<2_000 {
      let seconds = Int64.random(in: -2_000_000_000...20_000_000_000, using: &random)
      let text = formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
      #expect(Moment.text(seconds) == text)
      #expect(Moment.seconds(text) == seconds)
    }
    for wrong in [
      "2026-02-30T00:00:00Z", "2026-03-04 00:00:00", "", "2026-03-04T25:00:00Z", "2026-13-01T00:00:00Z",
    ] {
      #expect(Moment.seconds(wrong) == nil)
    }
  }

  @Test func `What a node calls itself obeys no spreadsheet and no terminal`() {
    let table = Table([.init("A"), .init("B")], [["=cmd|' /C calc'!A0", "x\u{1b}[31m,\"y\""]])
    #expect(table.csv == "A,B\r\n'=cmd|' /C calc'!A0,\"x\u{1b}[31m,\"\"y\"\"\"\r\n")
    #expect(!table.text.contains("\u{1b}"))
  }
}
