import Fleet
import Reports

/// What has changed, by check.
extension Site {
  private static let driftShown = 100
  private static let spanForms =
    "a day (2026-01-31), a time in UTC (2026-01-31T12:00:00Z), or a span back from now (36h, 7d)"

  func drift(_ parameters: inout Parameters, _ asking: Asking) async throws -> Page {
    let text = try parameters.text("since") ?? "7d"
    let page = try parameters.page()
    try parameters.end()
    guard let since = Moment.since(text, now: asking.now) else {
      throw BadParameter(text: "The parameter 'since' is \(Self.spanForms).")
    }
    let answer = try await asking.drift(since: since)
    let moment = try await asking.moment()
    // The answer has failures first; what could be decided and no longer can is worse too.
    let worse = answer.rows.filter { Self.isTrouble($0.to) && !Self.isTrouble($0.from) }
    let other = answer.rows.filter { !(Self.isTrouble($0.to) && !Self.isTrouble($0.from)) }
    let slice = Slice(page: page, size: Self.driftShown, total: max(worse.count, other.count))
    func rows(_ all: [DriftAnswer.Row]) -> [DriftAnswer.Row] {
      Array(all.dropFirst(slice.range.lowerBound).prefix(Self.driftShown))
    }
    return Frame(
      place: .drift, title: "Drift", heading: spans(text),
      subtitle:
        "<p class=\"subtitle\">\(counted(answer.changes, "change")) since \(when(answer.since)) UTC</p>",
      json: Address.to("api", "v1", "drift", with: [("since", text)]), moment: moment
    ).page(
      """
      <form action="/drift" method="get" aria-label="Filter">
      <label>Since <input type="text" name="since" value="\(text)" aria-describedby="forms"></label>
      <button type="submit">Show</button>
      </form>
      <p class="note" id="forms">From when on: \(Self.spanForms).</p>
      <section aria-labelledby="worse"><h2 id="worse">Got worse</h2>
      \(table(rows(worse), "Answers that got worse, on most nodes first", "Nothing has."))</section>
      <section aria-labelledby="other"><h2 id="other">Got better, or otherwise different</h2>
      \(table(rows(other), "Answers that got better or only different", "Nothing has."))</section>
      \(slice.links { Address.to("drift", with: [("since", text), ("page", String($0))]) })
      """)
  }

  private static func isTrouble(_ status: Status) -> Bool {
    switch status {
    case .fail, .unknown, .error: true
    case .pass, .manual, .notApplicable, .waived: false
    }
  }

  private func spans(_ chosen: String) -> HTML {
    let links = [("24h", "a day"), ("7d", "a week"), ("30d", "30 days")].map { span, name -> HTML in
      let current: HTML = span == chosen ? " aria-current=\"true\"" : ""
      return "<li><a href=\"\(Address.to("drift", with: [("since", span)]))\"\(current)>\(name)</a></li>"
    }
    return "<nav class=\"switch\" aria-label=\"Span\"><ul>\(links)</ul></nav>"
  }

  private func table(_ rows: [DriftAnswer.Row], _ caption: HTML, _ none: HTML) -> HTML {
    guard !rows.isEmpty else { return "<p class=\"empty\">\(none)</p>" }
    let lines = rows.map { row -> [HTML] in
      let examples = row.examples.map { nodeLink(shortened($0), $0) }
      let more: HTML = row.nodes > row.examples.count ? " …" : ""
      return [
        "\(link(to: row.check))",
        "\(mark(row.from)) <span aria-hidden=\"true\">→</span><span class=\"hidden\">to</span> \(mark(row.to))",
        "\(grouped(row.nodes))", when(row.first), when(row.last), "\(examples.joined(", "))\(more)",
      ]
    }
    return Grid(
      caption: caption,
      columns: [
        .text("Check"), .text("Change"), .number("Nodes"), .text("First (UTC)"), .text("Last (UTC)"),
        .text("Nodes such as"),
      ], rows: lines
    ).html
  }
}
