import Facts
import Fleet
import FleetPages
import Foundation
import Reports
import Testing

/// A table's cells as texts, by rows, of the first table after a place in a page.
private func rows(_ page: Page, after place: String = "<main") -> [[String]] {
  guard let start = page.body.firstRange(of: place)?.upperBound,
    let body = page.body[start...].firstMatch(of: /<tbody>([\s\S]*?)<\/tbody>/)
  else { return [] }
  return body.1.split(separator: "<tr>").dropFirst(0).map { row in
    row.matches(of: /<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/).map { cell in
      String(cell.1).replacing(/<[^>]*>/, with: "").trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }.filter { !$0.isEmpty }
}

@Suite struct ContentTests {
  @Test func `The first page has the numbers of the answers`() async throws {
    try await withFleet { asked in
      let page = try await asked.page("/")
      let summary = try await asked.asking.summary()
      let whole = try #require(summary.benchmarks.first)
      #expect(whole.nodes == 70 && summary.pools.count == 5)
      #expect(page.body.contains("<b>\(try #require(whole.score)) %</b>"))
      let pools = rows(page, after: "id=\"pools\"")
      #expect(pools.map { $0[0] } == summary.pools.map(\.pool))
      #expect(pools.map { $0[4] } == summary.pools.map { "\($0.score ?? 0) %" })
      let days = rows(page, after: "id=\"trend\"")
      #expect(days.count == summary.trend.count && days.first?[0] == summary.trend.last?.day)
      let stale = try await asked.asking.stale()
      #expect(Set(stale.nodes.map(\.name)) == Set(MadeFleet.silent + ["workers-blue-99"]))
      #expect(page.body.contains("<b>3</b><a href=\"/stale\">"))
    }
  }

  @Test func `A whole's sums are those of its pools`() async throws {
    try await withFleet { asked in
      let summary = try await asked.asking.summary()
      let whole = try #require(summary.benchmarks.first)
      #expect(whole.failed == summary.pools.reduce(0) { $0 + $1.failed })
      #expect(whole.levels == (0...4).map { level in summary.pools.reduce(0) { $0 + $1.levels[level] } })
      for day in summary.trend.suffix(3) {
        let own = summary.poolTrend.filter { $0.day == day.day }
        #expect(own.reduce(0) { $0 + $1.nodes } == day.nodes)
        #expect(own.reduce(0) { $0 + $1.failed } == day.failed)
      }
    }
  }

  @Test func `Planted outliers come first`() async throws {
    try await withFleet { asked in
      let found = rows(try await asked.page("/outliers"))
      #expect(Set(found.prefix(3).map { $0[0].replacing("outlier", with: "") }) == Set(MadeFleet.outliers))
      #expect(found.prefix(3).allSatisfy { $0[0].hasSuffix("outlier") })
    }
  }

  @Test func `A cell of the heat map leads to what fails there`() async throws {
    try await withFleet { asked in
      let page = try await asked.page("/checks", [("pool", "edge"), ("area", "sysctl")])
      let answer = try await asked.asking.checks(of: Part(pool: "edge", area: "sysctl"))
      #expect(
        answer.failing > 0 && answer.rows.allSatisfy { $0.area == "sysctl" && $0.nodes <= MadeFleet.perPool })
      #expect(rows(page).map { $0[0] } == answer.rows.map(\.check))
      let areas = try await asked.asking.areas()
      let cell = try #require(areas.rows.first { $0.pool == "edge" && $0.area == "sysctl" })
      #expect(cell.failed == answer.rows.reduce(0) { $0 + $1.failed })
    }
  }

  @Test func `Nodes are searched, sorted and paged`() async throws {
    try await withFleet { asked in
      let found = rows(try await asked.page("/nodes", [("q", "GPU-1"), ("sort", "-failed")]))
      #expect(found.count == 6 && found.allSatisfy { $0[0].hasPrefix("gpu-1") })
      let failed = found.map { Int($0[7]) ?? 0 }
      #expect(failed == failed.sorted(by: >))
      let first = try await asked.asking.nodes(NodesQuery(order: .score, limit: 30))
      let rest = try await asked.asking.nodes(NodesQuery(order: .score, offset: 30, limit: 100))
      #expect(first.total == 70 && Set((first.rows + rest.rows).map(\.host)).count == 70)
      let scores = (first.rows + rest.rows).map { $0.score ?? -1 }
      #expect(scores == scores.sorted())
    }
  }

  @Test func `A page after the last is the last`() async throws {
    try await withFleet { asked in
      let slug = "kernel-lockdown"
      let answer = try await asked.asking.check(slug)
      let page = try await asked.page("/checks/\(slug)", [("page", "999")])
      #expect(rows(page, after: "id=\"nodes\"").last?[0] == answer.nodes.last?.name)
    }
  }

  @Test func `A check's page has each node once over its parts, with what was found`() async throws {
    try await withFleet { asked in
      let answer = try await asked.asking.check("mounts-tmp-noexec")
      let one = try await asked.asking.check("mounts-tmp-noexec", CheckQuery(offset: 3, limit: 5))
      #expect(one.nodes == Array(answer.nodes[3..<8]) && one.total == answer.nodes.count)
      #expect(one.nodes.allSatisfy { $0.evidence.first?.found == "false" })
      let page = try await asked.page("/checks/mounts-tmp-noexec", [("pool", "edge")])
      let own = answer.nodes.filter { $0.pool == "edge" }
      #expect(rows(page, after: "id=\"nodes\"").map { $0[0] } == own.map(\.name))
      #expect(page.body.contains("/etc/mounts.conf:12"))
      #expect(try await asked.page("/checks/kernel-lockdown").body.contains("Lockdown keeps root"))
    }
  }

  @Test func `A node's page has its findings, the gravest first, and its days`() async throws {
    try await withFleet { asked in
      let answer = try await asked.asking.node("edge-11")
      let page = try await asked.page("/nodes/edge-11")
      let severities = answer.findings.filter { $0.status == .fail }.map(\.severity)
      #expect(severities == severities.sorted(by: >) && severities.first == .critical)
      #expect(page.body.matches(of: /<details class="result"/).count == answer.findings.count)
      #expect(rows(page, after: "id=\"history\"").count == days)
      let broken = try #require(answer.changes.first { $0.to == .fail })
      #expect(answer.findings.contains { $0.check == broken.check && !$0.sinceFirstReport })
    }
  }

  @Test func `A node that calls itself as another's key is does not hide it`() async throws {
    try await withHostileFleet { asked in
      let nodes = try await asked.asking.nodes()
      for node in nodes.rows {
        #expect(try await asked.asking.node(node.host).judged.first?.host == node.host)
      }
    }
  }

  @Test func `Drift that is worse is told from other drift`() async throws {
    try await withFleet { asked in
      let page = try await asked.page("/drift", [("since", "12d")])
      #expect(rows(page, after: "id=\"worse\"").allSatisfy { $0[1].contains("to fail") })
      #expect(rows(page, after: "id=\"other\"").allSatisfy { !$0[1].contains("to fail") })
      #expect(!rows(page, after: "id=\"worse\"").isEmpty && !rows(page, after: "id=\"other\"").isEmpty)
    }
  }
}
