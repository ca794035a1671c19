import Fleet
import Reports

/// The first page: how the fleet stands, how it came there, and what needs somebody.
extension Site {
  func overview(_ parameters: inout Parameters, _ asking: Asking) async throws -> Page {
    let wanted = try parameters.text("benchmark")
    let days = try parameters.number("days", in: 2...395) ?? 30
    try parameters.end()
    let summary = try await asking.summary(days: Int64(days))
    let moment = try await asking.moment()
    guard let first = summary.benchmarks.first else { return empty(moment) }
    guard let whole = wanted == nil ? first : summary.benchmarks.first(where: { $0.benchmark == wanted })
    else {
      throw BadParameter(
        text: "The parameter 'benchmark' is one of: "
          + "\(summary.benchmarks.prefix(20).map(\.benchmark).joined(separator: ", ")).")
    }
    let part = Part(benchmark: whole.benchmark)
    let checks = try await asking.checks(of: part, limit: 10)
    let areas = try await asking.areas()
    let attention = try await attention(whole, asking)
    let pools = Pools(summary, whole.benchmark)
    let content: HTML = """
      \(tiles(whole, pools.rows.count, checks.failing, summary))
      <div class="beside">
      <section aria-labelledby="trend"><h2 id="trend">Score over \(days) days</h2>
      \(trend(summary, whole.benchmark))</section>
      <section aria-labelledby="attention"><h2 id="attention">Needs attention</h2>
      \(attention)</section>
      </div>
      <section aria-labelledby="failing"><h2 id="failing">What would gain most</h2>
      <p class="note">Failing checks, by the nodes that fail them times the weight of the severity.</p>
      \(ranking(checks))
      <p><a href="\(Address.to("checks", with: [("benchmark", whole.benchmark)]))">All \(counted(checks.failing, "failing check"))</a></p></section>
      <section aria-labelledby="areas"><h2 id="areas">Areas by pool</h2>
      \(pools.heat(areas))</section>
      <section aria-labelledby="pools"><h2 id="pools">Pools</h2>
      \(pools.table)</section>
      """
    return Frame(
      place: .overview, title: "The fleet", heading: benchmarks(summary, whole.benchmark),
      subtitle: "<p class=\"subtitle\">\(counted(moment.nodes, "node")), judged by \(whole.benchmark)</p>",
      json: "/api/v1/summary", moment: moment
    ).page(content)
  }

  private func empty(_ moment: AnswerMoment) -> Page {
    Frame(place: .overview, title: "The fleet", json: "/api/v1/summary", moment: moment).page(
      """
      <p class="empty">No node has reported yet. <code>plumbline-relay --push-url</code> on a node sends reports here, and \
      <code>plumbline-fleet ingest</code> takes them from files.</p>
      <p>What was sent and not taken is among the <a href="/refused">refused</a>.</p>
      """)
  }

  private func benchmarks(_ summary: SummaryAnswer, _ chosen: String) -> HTML {
    guard summary.benchmarks.count > 1 else { return "" }
    let links = summary.benchmarks.prefix(12).map { whole -> HTML in
      let current: HTML = whole.benchmark == chosen ? " aria-current=\"true\"" : ""
      return
        "<li><a href=\"\(Address.to(with: [("benchmark", whole.benchmark)]))\"\(current)>\(whole.benchmark)</a></li>"
    }
    return "<nav class=\"switch\" aria-label=\"Benchmark\"><ul>\(links)</ul></nav>"
  }

  private func tiles(_ whole: SummaryAnswer.Whole, _ pools: Int, _ failing: Int, _ summary: SummaryAnswer)
    -> HTML
  {
    let days = summary.trend.filter { $0.benchmark == whole.benchmark }
    var since: HTML = "of the points that could be had"
    if let first = days.first, let before = first.score, let now = whole.score, days.count > 1 {
      let change = Chart.text(now - before)
      since +=
        change == "0"
        ? "<br>as on \(first.day)" : "<br>\(change.hasPrefix("-") ? "" : "+")\(change) since \(first.day)"
    }
    let names = ["no open critical", "no open high", "no open medium", "nothing open"]
    let legend = whole.levels.enumerated().map { level, count -> HTML in
      let address = Address.to(
        "nodes", with: [("benchmark", whole.benchmark), ("level", String(level))])
      let name = level == 0 ? "a critical finding is open" : names[level - 1]
      return
        "<li class=\"level\(level)\"><a href=\"\(address)\" title=\"Level \(level): \(name)\">level \(level)</a>: \(grouped(count))</li>"
    }
    let parts = whole.levels.enumerated().map { (name: "level \($0)", count: $1, style: "level\($0)") }
    return """
      <section class="score" aria-label="Score">
      \(tile("\(percentage(whole.score))", since))
      \(tile("\(percentage(whole.coverage))", "of applicable checks<br>decided"))
      \(tile("\(grouped(whole.nodes))", "nodes, in<br><a href=\"#pools\">\(counted(pools, "pool"))</a>"))
      \(tile("\(grouped(whole.critical))", "critical findings<br>open", whole.critical > 0 ? "bad" : "good"))
      \(tile("\(grouped(whole.high))", "high findings<br>open"))
      <div class="many"><span>Nodes by level, of 4</span>\(Chart.stack(parts))<ul class="legend">\(legend)</ul></div>
      </section>
      """
  }

  /// Without a last day in which too few of the nodes have reported so far: they are not the fleet, and its line would jump.
  private func drawn(_ days: [SummaryAnswer.Day]) -> ArraySlice<SummaryAnswer.Day> {
    guard days.count > 2, let last = days.last, last.nodes * 10 < days[days.count - 2].nodes * 9 else {
      return days[...]
    }
    return days.dropLast()
  }

  private func trend(_ summary: SummaryAnswer, _ benchmark: String) -> HTML {
    let days = summary.trend.filter { $0.benchmark == benchmark }
    let grid = Grid(
      caption: "Score of each day, every node by its last report of that day",
      columns: [
        .text("Day (UTC)"), .number("Nodes"), .number("Score"), .number("Coverage"), .number("Failed"),
        .number("Critical"),
      ],
      rows: days.reversed().map {
        [
          "\($0.day)", "\(grouped($0.nodes))", "\(percentage($0.score))", "\(percentage($0.coverage))",
          "\(grouped($0.failed))", "\(grouped($0.critical))",
        ]
      })
    return """
      \(Chart.line(drawn(days).map { ($0.day, $0.score) }, name: "Score", unit: " %", within: 0...100))
      <details class="numbers"><summary>The numbers as a table</summary>
      \(grid.html)</details>
      """
  }

  private func attention(_ whole: SummaryAnswer.Whole, _ asking: Asking) async throws -> HTML {
    let stale = try await asking.stale()
    let waivers = try await asking.waivers()
    let apart = try await asking.outliers(limit: 1).outliers
    let refused = try await asking.refusals().refused.count
    let expired = waivers.rows.count { $0.state == .expired }
    let expiring = waivers.rows.count { $0.state == .expiring }
    let of = [("benchmark", String?.some(whole.benchmark))]
    func item(_ count: Int, _ one: String, _ many: String, _ address: String, urgent: Bool = false) -> HTML {
      let style = count == 0 ? "none" : urgent ? "urgent" : "some"
      return
        "<li class=\"\(style)\"><b>\(grouped(count))</b><a href=\"\(address)\">\(count == 1 ? one : many)</a></li>\n"
    }
    return """
      <ul class="attention">
      \(item(whole.levels[0], "node with a critical finding", "nodes with a critical finding", Address.to("nodes", with: of + [("level", "0"), ("sort", "-critical")]), urgent: true))\
      \(item(stale.nodes.count, "node silent for over \(stale.hours) hours", "nodes silent for over \(stale.hours) hours", "/stale", urgent: true))\
      \(item(apart, "node unlike its pool", "nodes unlike their pool", "/outliers"))\
      \(item(whole.incomplete, "report that did not see everything", "reports that did not see everything", Address.to("nodes", with: of + [("incomplete", "yes")])))\
      \(item(expired, "waiver has expired", "waivers have expired", "/waivers", urgent: true))\
      \(item(expiring, "waiver expires within \(waivers.days) days", "waivers expire within \(waivers.days) days", "/waivers"))\
      \(item(refused, "document was refused", "documents were refused", "/refused"))</ul>
      """
  }

  /// Failing checks with what each costs as a bar.
  func ranking(_ answer: ChecksAnswer, shown: Range<Int>? = nil, withBenchmark: Bool = false) -> HTML {
    guard !answer.rows.isEmpty else { return "<p class=\"empty\">No node fails a check.</p>" }
    let most = answer.rows.map(\.cost).max() ?? 0
    let rows = answer.rows[shown ?? answer.rows.indices].map { row -> [HTML] in
      let benchmark: [HTML] = withBenchmark ? ["\(row.benchmark)<br><code>\(row.id)</code>"] : []
      return [link(to: row.check), mark(row.severity), "\(row.area)"] + benchmark + [
        "\(grouped(row.failed)) of \(grouped(row.nodes)) \(Chart.bar(Double(row.failed), of: Double(row.nodes), "fail"))",
        "\(grouped(row.undecided))",
        "\(grouped(row.cost)) \(Chart.bar(Double(row.cost), of: Double(most)))",
      ]
    }
    let benchmark: [Grid.Column] = withBenchmark ? [.text("Asked by")] : []
    return Grid(
      caption: "Failing checks, those first that would gain most",
      columns: [.text("Check"), .text("Severity"), .text("Area")] + benchmark + [
        .number("Nodes that fail"), .number("Undecided"), .number("Weight"),
      ], rows: rows
    ).html
  }
}
