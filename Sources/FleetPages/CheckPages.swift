import Facts
import Fleet
import Reports

/// Failing checks, and one of them.
extension Site {
  func checks(_ parameters: inout Parameters, _ asking: Asking) async throws -> Page {
    let benchmark = try parameters.text("benchmark")
    let pool = try parameters.text("pool")
    let area = try parameters.text("area")
    let severity: Severity? = try parameters.choice("severity")
    let page = try parameters.page()
    try parameters.end()
    let size = 100
    let all = try await asking.checks(
      of: Part(benchmark: benchmark, pool: pool, area: area, severity: severity))
    let slice = Slice(page: page, size: size, total: all.failing)
    let fleet = try await asking.areas()
    let moment = try await asking.moment()
    let form: HTML = """
      <form action="/checks" method="get" aria-label="Filter">
      \(choice("benchmark", "Benchmark", Self.options(fleet.rows.map(\.benchmark)), benchmark))
      \(choice("pool", "Pool", Self.options(fleet.rows.map(\.pool)), pool))
      \(choice("area", "Area", Self.options(fleet.rows.map(\.area)), area))
      \(choice("severity", "Severity", Severity.allCases.sorted(by: >).map { ($0.rawValue, $0.rawValue) }, severity?.rawValue))
      <button type="submit">Show</button>
      </form>
      """
    let ranked: HTML =
      all.rows.isEmpty
      ? "<p class=\"empty\">No node fails a check of this part of the fleet.</p>"
      : ranking(all, shown: slice.range, withBenchmark: Set(all.rows.map(\.benchmark)).count > 1)
    return Frame(
      place: .checks, title: "Failing checks",
      subtitle:
        "<p class=\"subtitle\">\(counted(all.failing, "check")) that some node fails, by the nodes times the weight of the severity (critical 10, high 5, medium 3, low 1)</p>",
      json: "/api/v1/checks", moment: moment
    ).page(
      """
      \(form)
      \(ranked)
      \(slice.links { number in
        Address.to(
          "checks",
          with: [
            ("benchmark", benchmark), ("pool", pool), ("area", area), ("severity", severity?.rawValue),
            ("page", String(number)),
          ])
      })
      """)
  }

  /// Different texts as a form's choices, as many as one can look through.
  static func options(_ texts: [String]) -> [(value: String, text: String)] {
    Set(texts).sorted().prefix(200).filter { !$0.isEmpty }.map { ($0, harmlessLabel($0)) }
  }

  private static func harmlessLabel(_ text: String) -> String {
    text.count <= 60 ? text : String(text.prefix(59)) + "…"
  }

  func check(_ slug: String, _ parameters: inout Parameters, _ asking: Asking) async throws -> Page {
    let pool = try parameters.text("pool")
    let status: Status? = try parameters.choice("status")
    let page = try parameters.page()
    try parameters.end()
    let size = 50
    var answer = try await asking.check(
      slug, CheckQuery(pool: pool, status: status, offset: (page - 1) * size, limit: size))
    let slice = Slice(page: page, size: size, total: answer.total)
    if slice.page != page {
      answer = try await asking.check(
        slug, CheckQuery(pool: pool, status: status, offset: slice.range.lowerBound, limit: size))
    }
    let moment = try await asking.moment()
    let texts = texts[answer.check]
    let asked = answer.entries.prefix(12).map { entry -> HTML in
      "\(mark(entry.severity)) in <a href=\"\(Address.to("checks", with: [("benchmark", entry.benchmark), ("area", entry.area)]))\">\(entry.area)</a>, asked by \(entry.benchmark)\(entry.id == answer.check ? "" : " as \(entry.id)" as HTML)"
    }
    return Frame(
      place: .checks, title: texts?.title ?? answer.check,
      name: texts == nil ? "<code>\(answer.check)</code>" : nil,
      subtitle:
        "<p class=\"subtitle\">\(texts == nil ? "" : "<code>\(answer.check)</code> · " as HTML)\(asked.joined("; "))</p>",
      json: Address.to("api", "v1", "checks", answer.check), moment: moment
    ).page(
      """
      \(counts(answer))
      \(words(texts))
      <section aria-labelledby="pools"><h2 id="pools">By pool</h2>
      \(byPool(answer))</section>
      <section aria-labelledby="nodes"><h2 id="nodes">Nodes that do not pass</h2>
      \(filter(answer, pool, status))
      \(nodes(answer))
      \(slice.links { number in
        Address.check(answer.check)
          + Address.to(with: [("pool", pool), ("status", status?.rawValue), ("page", String(number))]).dropFirst()
      })</section>
      """)
  }

  private func counts(_ answer: CheckAnswer) -> HTML {
    let asked = answer.statuses.values.reduce(0, +)
    let failed = answer.statuses[Status.fail.rawValue] ?? 0
    let list = Status.allCases.map { status -> HTML in
      "<li>\(mark(status)) \(grouped(answer.statuses[status.rawValue] ?? 0))</li>"
    }
    return """
      <section class="score" aria-label="Answers">
      \(tile("\(grouped(failed))", "\(counted(asked, "node")) asked:<br>so many fail", failed > 0 ? "bad" : "good"))
      <ul>\(list)</ul>
      </section>
      """
  }

  private func words(_ texts: Report.Texts?) -> HTML {
    guard let texts else { return "" }
    let references = texts.references.map { text -> HTML in "<li>\(text)</li>" }
    let list: HTML = references.isEmpty ? "" : "<h3>References</h3><ul>\(references)</ul>"
    return """
      <section class="prose" aria-labelledby="why"><h2 id="why">Why, and what to do</h2>
      <p>\(texts.rationale)</p><h3>How to put it right</h3><p>\(texts.remediation)</p>\(list)</section>
      """
  }

  private func byPool(_ answer: CheckAnswer) -> HTML {
    let shown = 40
    let rows = answer.pools.prefix(shown).map { pool -> [HTML] in
      let address =
        Address.check(answer.check) + Address.to(with: [("pool", pool.pool)]).dropFirst()
      let name: HTML = "\(pool.pool.isEmpty ? "(no name)" : pool.pool)"
      return [
        pool.pool.isEmpty ? name : "<a href=\"\(address)#nodes\">\(name)</a>",
        "\(grouped(pool.failed)) \(Chart.bar(Double(pool.failed), of: Double(pool.asked), "fail"))",
        "\(grouped(pool.undecided))", "\(grouped(pool.asked))",
      ]
    }
    let more: HTML =
      answer.pools.count > shown
      ? "<p class=\"note\">The \(shown) with most failures of \(grouped(answer.pools.count)) pools.</p>" : ""
    return """
      \(Grid(
        caption: "Answers by pool", columns: [.text("Pool"), .number("Fail"), .number("Undecided"), .number("Asked")],
        rows: Array(rows)).html)
      \(more)
      """
  }

  private func filter(_ answer: CheckAnswer, _ pool: String?, _ status: Status?) -> HTML {
    let states: [Status] = [.fail, .error, .unknown, .waived, .manual]
    return """
      <form action="\(Address.check(answer.check))" method="get" aria-label="Filter">
      \(choice("pool", "Pool", Self.options(answer.pools.map(\.pool)), pool))
      \(choice("status", "Status", states.map { ($0.rawValue, $0.rawValue) }, status?.rawValue))
      <button type="submit">Show</button>
      </form>
      """
  }

  private func nodes(_ answer: CheckAnswer) -> HTML {
    guard !answer.nodes.isEmpty else { return "<p class=\"empty\">There is none.</p>" }
    let rows = answer.nodes.map { node -> [HTML] in
      [
        nodeLink(node.name, node.host), mark(node.status), "\(node.pool)",
        "\(node.sinceFirstReport ? "<span title=\"Since the first report that is known\">at least</span> " : "" as HTML)\(when(node.since))",
        found(node.evidence, node.reason),
      ]
    }
    return Grid(
      caption: "Nodes that do not pass, with what was found",
      columns: [.text("Node"), .text("Status"), .text("Pool"), .text("Since (UTC)"), .text("Found")],
      rows: rows
    ).html
  }
}
