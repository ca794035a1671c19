import Fleet
import Reports

/// What differs, what is silent, what is waived and what was refused.
extension Site {
  private static let size = 100

  func outliers(_ parameters: inout Parameters, _ asking: Asking) async throws -> Page {
    let page = try parameters.page()
    try parameters.end()
    let answer = try await asking.outliers(limit: 1_000)
    let moment = try await asking.moment()
    let slice = Slice(page: page, size: 50, total: answer.nodes.count)
    let most = answer.nodes.first?.excess ?? 0
    let rows = answer.nodes[slice.range].map { node -> [HTML] in
      let differences = node.differences.map { difference -> HTML in
        """
        <li>\(mark(difference.status)) \(link(to: difference.check)) \
        <span class="from">\(counted(difference.peers, "peer")): \(difference.usual == .notApplicable ? "not applicable" : difference.usual.rawValue); \(Chart.text(difference.bits)) bits</span></li>
        """
      }
      return [
        "\(nodeLink(node.name, node.host))\(node.isOutlier ? "<br><span class=\"mark fail\">outlier</span>" : "" as HTML)",
        "\(node.pool)",
        "\(Chart.text(node.excess)) \(Chart.bar(node.excess, of: most, node.isOutlier ? "fail" : ""))",
        "<ul class=\"evidence\">\(differences)</ul>",
      ]
    }
    let without: HTML =
      answer.withoutPeers > 0
      ? "<p class=\"note\">\(counted(answer.withoutPeers, "report")) of pools under \(OutliersAnswer.smallestPool) nodes: they have no peers to be held against.</p>"
      : ""
    let list: HTML =
      rows.isEmpty
      ? "<p class=\"empty\">No node answers otherwise than its pool.</p>"
      : Grid(
        caption: "Nodes unlike their pool, the least probable first",
        columns: [.text("Node"), .text("Pool"), .number("Bits"), .text("Differs by")], rows: rows
      ).html
    return Frame(
      place: .outliers, title: "Outliers",
      subtitle:
        "<p class=\"subtitle\">\(counted(answer.outliers, "outlier")); the nodes below answer least as their pools do</p>",
      json: "/api/v1/outliers", moment: moment
    ).page(
      """
      <p class="prose note">Bits say how improbable a node's answers are among the other nodes of its pool, over the pool's usual. \
      An outlier is a node that a pool of this size would have by chance less than once in a thousand, were checks independent. \
      Trust the order before the number.</p>
      \(list)
      \(slice.links { Address.to("outliers", with: [("page", String($0))]) })
      \(without)
      """)
  }

  func stale(_ parameters: inout Parameters, _ asking: Asking) async throws -> Page {
    let hours = try parameters.number("hours", in: 1...100_000) ?? StaleAnswer.usualHours
    let page = try parameters.page()
    try parameters.end()
    let answer = try await asking.stale(hours: hours)
    let moment = try await asking.moment()
    let slice = Slice(page: page, size: Self.size, total: answer.nodes.count)
    let rows = answer.nodes[slice.range].map { node -> [HTML] in
      let silent = node.hoursSilent.map { $0 < 72 ? "\(grouped($0)) hours" : "\(grouped($0 / 24)) days" }
      return [
        node.host.map { nodeLink(node.name, $0) } ?? "\(node.name)", "\(node.pool)",
        node.lastReport.map { when($0) } ?? "<span class=\"mark fail\">never</span>", "\(silent ?? "–")",
      ]
    }
    let list: HTML =
      rows.isEmpty
      ? "<p class=\"empty\">None is.</p>"
      : Grid(
        caption: "Silent nodes, the longest silent first",
        columns: [.text("Node"), .text("Pool"), .text("Last report (UTC)"), .number("Silent for")], rows: rows
      ).html
    return Frame(
      place: .stale, title: "Stale nodes",
      subtitle:
        "<p class=\"subtitle\">\(counted(answer.nodes.count, "node")) silent for over \(counted(hours, "hour")); \(grouped(answer.reporting)) reported</p>",
      json: Address.to(
        "api", "v1", "stale", with: [("hours", hours == StaleAnswer.usualHours ? nil : String(hours))]),
      moment: moment
    ).page(
      """
      <form action="/stale" method="get" aria-label="Filter">
      <label>Hours of silence <input type="number" name="hours" min="1" max="100000" value="\(hours)"></label>
      <button type="submit">Show</button>
      </form>
      \(list)
      \(slice.links { Address.to("stale", with: [("hours", String(hours)), ("page", String($0))]) })
      """)
  }

  func waivers(_ parameters: inout Parameters, _ asking: Asking) async throws -> Page {
    let days = try parameters.number("days", in: 0...3_650) ?? WaiversAnswer.usualDays
    let state: WaiversAnswer.State? = try parameters.choice("state")
    let page = try parameters.page()
    try parameters.end()
    let answer = try await asking.waivers(days: days)
    let moment = try await asking.moment()
    let found = answer.rows.filter { state == nil || $0.state == state }
    let slice = Slice(page: page, size: Self.size, total: found.count)
    let rows = found[slice.range].map { row -> [HTML] in
      [
        link(to: row.check), "<span class=\"mark \(row.state.rawValue)\">\(Self.words(row.state))</span>",
        "\(row.expires)", "\(row.owner)", "\(row.reason)", "\(grouped(row.nodes))", "\(grouped(row.inUse))",
      ]
    }
    let counts = WaiversAnswer.State.allCases.map { state -> HTML in
      "\(Self.words(state)): \(grouped(answer.rows.count { $0.state == state }))"
    }
    let list: HTML =
      rows.isEmpty
      ? "<p class=\"empty\">No report names \(state == nil ? "a waiver" : "such a waiver").</p>"
      : Grid(
        caption: "Waivers that nodes were judged with, what is urgent first",
        columns: [
          .text("Check"), .text("State"), .text("Expires"), .text("Owner"), .text("Reason"),
          .number("Nodes"), .number("In use on"),
        ], rows: rows
      ).html
    return Frame(
      place: .waivers, title: "Waivers", subtitle: "<p class=\"subtitle\">\(counts.joined(" · "))</p>",
      json: Address.to(
        "api", "v1", "waivers", with: [("days", days == WaiversAnswer.usualDays ? nil : String(days))]),
      moment: moment
    ).page(
      """
      <form action="/waivers" method="get" aria-label="Filter">
      \(choice("state", "State", WaiversAnswer.State.allCases.map { ($0.rawValue, Self.words($0)) }, state?.rawValue))
      <label>Expiring within days <input type="number" name="days" min="0" max="3650" value="\(days)"></label>
      <button type="submit">Show</button>
      </form>
      \(list)
      \(slice.links {
        Address.to("waivers", with: [("state", state?.rawValue), ("days", String(days)), ("page", String($0))])
      })
      """)
  }

  private static func words(_ state: WaiversAnswer.State) -> String {
    switch state {
    case .expired: "expired"
    case .expiring: "expiring"
    case .useless: "useless"
    case .inUse: "in use"
    }
  }

  func refused(_ parameters: inout Parameters, _ asking: Asking) async throws -> Page {
    let page = try parameters.page()
    try parameters.end()
    let answer = try await asking.refusals()
    let moment = try await asking.moment()
    let slice = Slice(page: page, size: Self.size, total: answer.refused.count)
    let rows = answer.refused[slice.range].map { refused -> [HTML] in
      [
        when(Moment.text(refused.at), seconds: true), "\(refused.from)", "\(refused.reason)",
        "\(grouped(refused.size))", "<code>\(String(refused.digest.prefix(16)))</code>",
      ]
    }
    let list: HTML =
      rows.isEmpty
      ? "<p class=\"empty\">Everything that came was taken.</p>"
      : Grid(
        caption: "Documents that were not taken, the latest first",
        columns: [.text("When (UTC)"), .text("From"), .text("Why"), .number("Bytes"), .text("SHA-256")],
        rows: rows
      ).html
    return Frame(
      place: .refused, title: "Refused",
      subtitle: "<p class=\"subtitle\">What came and was not taken; the latest 500 are kept</p>",
      json: "/api/v1/refused", moment: moment
    ).page("\(list)\n\(slice.links { Address.to("refused", with: [("page", String($0))]) })")
  }
}
