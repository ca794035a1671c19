import Facts
import Fleet
import Reports

/// One node: how it stands, with evidence, and how it came there.
extension Site {
  private static let findingsShown = 150
  private static let changesShown = 100

  func node(_ key: String, _ parameters: inout Parameters, _ asking: Asking) async throws -> Page {
    let page = try parameters.page()
    try parameters.end()
    let answer = try await asking.node(key)
    let moment = try await asking.moment()
    let host = answer.judged.first?.host ?? key
    let slice = Slice(page: page, size: Self.findingsShown, total: answer.findings.count)
    let several = answer.judged.count > 1
    return Frame(
      place: .nodes, title: answer.name, subtitle: facts(answer),
      json: Address.to("api", "v1", "nodes", host), moment: moment
    ).page(
      """
      \(answer.judged.map { standing($0, several) })
      <section aria-labelledby="history"><h2 id="history">History</h2>
      \(answer.judged.map { history($0.benchmark, answer, several) })</section>
      <section aria-labelledby="findings"><h2 id="findings">Not in order</h2>
      \(answer.findings.isEmpty ? "<p class=\"empty\">Everything is.</p>" : "")\
      \(answer.findings[slice.range].map { finding($0, several) })
      \(slice.links { Address.node(host) + Address.to(with: [("page", String($0))]).dropFirst() })</section>
      <section aria-labelledby="changes"><h2 id="changes">Changes</h2>
      \(changes(answer, several))</section>
      \(waivers(answer))
      """)
  }

  private func facts(_ answer: NodeAnswer) -> HTML {
    guard let judged = answer.judged.first else { return "" }
    let facts = judged.facts
    let parts = [
      facts.os, facts.kernel.isEmpty ? "" : "Linux \(facts.kernel)", facts.architecture,
      facts.kubelet.isEmpty ? "" : "kubelet \(facts.kubelet)", facts.roles,
    ].filter { !$0.isEmpty }.map { part -> HTML in "\(part)" }
    let pool: HTML =
      "pool <a href=\"\(Address.to("nodes", with: [("pool", judged.pool)]))\">\(judged.pool.isEmpty ? "(no name)" : judged.pool)</a>"
    return """
      <p class="subtitle">\(([pool] + parts).joined(" · "))</p>
      <p class="subtitle"><code>\(judged.host)</code></p>
      """
  }

  private func standing(_ judged: NodeAnswer.Judged, _ several: Bool) -> HTML {
    let tally = judged.tally
    let signer: HTML =
      judged.signer.map { "signed by <code>\(String($0.prefix(16)))</code>" } ?? "not checked for a signature"
    let complete: HTML =
      judged.complete ? "" : " · <span class=\"mark unknown\">incomplete</span> not everything could be seen"
    let score = tally.total > 0 ? percentage(percent(tally.passed, tally.total)) : "–"
    let coverage = tally.applicable > 0 ? percentage(percent(tally.decided, tally.applicable)) : "–"
    return """
      <section class="score" aria-label="Judged by \(judged.benchmark)">
      \(tile(level(tally.level), "level, of 4"))
      \(tile("\(score)", "\(grouped(tally.passed)) of \(counted(tally.total, "point"))"))
      \(tile("\(coverage)", "\(grouped(tally.decided)) of \(counted(tally.applicable, "applicable check"))<br>decided"))
      \(tile("\(grouped(tally.critical))", "critical", tally.critical > 0 ? "bad" : "good"))
      \(tile("\(grouped(tally.high))", "high"))
      \(tile("\(grouped(tally.failed))", "failed in all"))
      <ul><li><span>Judged by \(judged.benchmark) \(judged.version), report of \(when(judged.at)) UTC, \(signer)\(complete)</span></li></ul>
      </section>
      """
  }

  private func percent(_ part: Int, _ whole: Int) -> Double { Double(part * 1_000 / whole) / 10 }

  private func history(_ benchmark: String, _ answer: NodeAnswer, _ several: Bool) -> HTML {
    // The last report of each day, as many days as there are.
    var days: [(day: String, tally: Tally)] = []
    for point in answer.history where point.benchmark == benchmark {
      let day = String(point.at.prefix(10))
      if days.last?.day != day { days.append((day, point.tally)) }
    }
    let name: HTML = several ? "<h3>\(benchmark)</h3>" : ""
    guard days.count > 1 else { return "\(name)<p class=\"empty\">There is one day of reports so far.</p>" }
    let points = days.reversed().map { day, tally -> Chart.Point in
      (day, tally.total > 0 ? percent(tally.passed, tally.total) : nil)
    }
    let levels = days.reversed().map { day, tally -> Chart.Point in (day, Double(tally.level)) }
    let rows = days.prefix(60).map { day, tally -> [HTML] in
      [
        "\(day)", level(tally.level),
        "\(tally.total > 0 ? percentage(percent(tally.passed, tally.total)) : "–")",
        "\(grouped(tally.critical))", "\(grouped(tally.high))", "\(grouped(tally.failed))",
      ]
    }
    return """
      \(name)<div class="beside"><div><h3>Score</h3>\(Chart.line(points, name: "Score", unit: " %", within: 0...100))</div>
      <div><h3>Level</h3>\(Chart.line(levels, name: "Level", unit: "", within: 0...4, isWhole: true))</div></div>
      <details class="numbers"><summary>The numbers as a table</summary>
      \(Grid(
        caption: "The last report of each day",
        columns: [
          .text("Day (UTC)"), .number("Level"), .number("Score"), .number("Critical"), .number("High"),
          .number("Failed"),
        ], rows: rows).html)</details>
      """
  }

  private func finding(_ item: NodeAnswer.Item, _ several: Bool) -> HTML {
    let texts = texts[item.check]
    let title: HTML = texts.map { "\($0.title)" } ?? "<code>\(item.check)</code>"
    let asked: HTML = several ? "Asked by \(item.benchmark) as <code>\(item.id)</code>. " : ""
    let since: HTML = """
      <p>\(item.sinceFirstReport ? "So since at least" : "So since") \(when(item.since)) UTC. \(asked)\
      <a href="\(Address.check(item.check))">Who else<span class="hidden"> does not pass \(item.check)</span></a></p>
      """
    let fix: HTML =
      texts.map { "<h3>How to put it right</h3><p>\($0.remediation)</p>" } ?? ""
    return """
      <details class="result"\(item.status == .fail && item.severity == .critical ? " open" : "" as HTML)>
      <summary>\(mark(item.status)) \(mark(item.severity)) <span>\(title)</span></summary>
      <div class="body">\(found(item.evidence, dropped: item.evidenceDropped, item.reason))\(since)\(fix)</div></details>

      """
  }

  private func changes(_ answer: NodeAnswer, _ several: Bool) -> HTML {
    guard !answer.changes.isEmpty else {
      return "<p class=\"empty\">Nothing has changed since its first report.</p>"
    }
    let rows = answer.changes.prefix(Self.changesShown).map { change -> [HTML] in
      let benchmark: HTML = several ? " <span class=\"note\">\(change.benchmark)</span>" : ""
      return [
        when(change.at), "\(link(to: change.check))\(benchmark)",
        "\(mark(change.from)) <span aria-hidden=\"true\">→</span><span class=\"hidden\">to</span> \(mark(change.to))",
      ]
    }
    let more: HTML =
      answer.changes.count > Self.changesShown
      ? "<p class=\"note\">The latest \(Self.changesShown) of \(grouped(answer.changes.count))\(answer.changes.count == NodeAnswer.changesKept ? " or more" : "").</p>"
      : ""
    return """
      \(Grid(
        caption: "Changes, the latest first", columns: [.text("When (UTC)"), .text("Check"), .text("Change")],
        rows: Array(rows)).html)
      \(more)
      """
  }

  private func waivers(_ answer: NodeAnswer) -> HTML {
    let uses = answer.judged.flatMap(\.waivers)
    guard !uses.isEmpty else { return "" }
    let rows = uses.prefix(100).map { use -> [HTML] in
      let words =
        switch use.state {
        case .inUse: "in use"
        case .expired: "expired"
        case .matchesNothing: "matches nothing"
        }
      return [link(to: use.check), "\(words)", "\(use.expires)", "\(use.owner)", "\(use.reason)"]
    }
    return """
      <section aria-labelledby="waivers"><h2 id="waivers">Waivers</h2>
      \(Grid(
        caption: "Waivers it was judged with",
        columns: [.text("Check"), .text("State"), .text("Expires"), .text("Owner"), .text("Reason")],
        rows: Array(rows)).html)</section>
      """
  }
}
