import Facts

/// One page that needs nothing else: no script, no font, no image. Filters are CSS over check boxes, evidence and remediation are
/// folded, and it prints unfolded.
package func renderHTML(_ described: DescribedReport) -> [UInt8] {
  let page = HTMLPage(described: described)
  return Array(page.text.utf8)
}

private struct HTMLPage {
  let described: DescribedReport

  private var report: Report { described.report }

  var text: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
    <title>\(escaped(described.hostName)) · plumbline</title>
    <style>
    \(htmlStyle)\(areaRules)</style>
    </head>
    <body>
    \(header)
    <main>
    \(baseline)\(outside)
    \(score)
    \(areaTable)
    \(filters)
    \(results)
    \(outOfReach)
    </main>
    \(footer)
    </body>
    </html>

    """
  }

  private func escaped(_ text: String) -> String { XMLElement.escaped(text) }

  private var header: String {
    let host = report.host
    let parts = [
      host.os?.name, host.kernel.map { "Linux \($0)" }, host.kubeletVersion.map { "kubelet \($0)" },
      host.roles.isEmpty ? nil : host.roles.joined(separator: ", "),
    ].compactMap { $0 }.map(escaped).joined(separator: " · ")
    let benchmark = report.benchmark
    return """
      <header>
      <h1>\(escaped(described.hostName))</h1>
      <p>\(parts)</p>
      <p>Judged by <strong>\(escaped(benchmark.title)) \(escaped(benchmark.version))</strong> on \(escaped(report.day))\
      \(host.isRunning ? "" : ": a tree of files, not a running host")</p>
      </header>
      """
  }

  private var baseline: String {
    report.baseline.map { "<p class=\"baseline\"><strong>Baseline:</strong> \(escaped($0.summary)).</p>" }
      ?? ""
  }

  private var outside: String {
    report.origins.map {
      "<p>\($0.results) of the results are of <strong>\(escaped($0.name))</strong> and no part of the score.</p>"
    }.joined()
  }

  private var score: String {
    let node = report.score.node
    let percentage = node.percentage.value.map { "\($0) %" } ?? "withheld"
    let coverage = node.coverage.value.map { "\($0) %" } ?? "–"
    let points = node.percentage.withheld ?? "\(node.percentage.passed) of \(node.percentage.total) points"
    let counts = Status.allCases.map { status in
      let count = report.summary.statuses[status.rawValue] ?? 0
      return "<li><span class=\"mark \(status.rawValue)\">\(Self.word(status))</span> \(count)</li>"
    }
    return """
      <section class="score" aria-label="Score">
      <div><b>\(node.level)</b><span>level, of 4</span></div>
      <div><b>\(percentage)</b><span>\(escaped(points))</span></div>
      <div><b>\(coverage)</b><span>\(node.coverage.decided) of \(node.coverage.total) applicable checks decided</span></div>
      <ul>\(counts.joined())</ul>
      </section>
      """
  }

  private var areaTable: String {
    let rows = report.score.areas.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
      name, area in
      let percentage = area.percentage.value.map { "\($0) %" } ?? "–"
      let coverage = area.coverage.value.map { "\($0) %" } ?? "–"
      return "<tr><th scope=\"row\">\(escaped(name))</th><td class=\"l\(area.level)\">\(area.level)</td>"
        + "<td>\(percentage)</td><td>\(coverage)</td></tr>"
    }
    guard !rows.isEmpty else { return "" }
    return """
      <details class="areas"><summary>Areas</summary>
      <table><thead><tr><th scope="col">Area</th><th scope="col">Level</th><th scope="col">Percentage</th>\
      <th scope="col">Coverage</th></tr></thead><tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></details>
      """
  }

  /// The areas in the order of their numbers: names from a profile do not go into selectors.
  private var areas: [String] {
    Set(report.results.map(\.area)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private var areaRules: String {
    areas.indices.map { "body:has(#area option[value=a\($0)]:checked) .result:not(.a\($0)){display:none}\n" }
      .joined()
  }

  private var filters: String {
    func box(_ id: String, _ name: String, _ isOn: Bool) -> String {
      "<label><input type=\"checkbox\" id=\"\(id)\"\(isOn ? " checked" : "")> \(name)</label>"
    }
    let statuses = Status.allCases.map {
      box("s-\($0.rawValue)", Self.word($0), $0 != .notApplicable && $0 != .pass)
    }
    let severities = Severity.allCases.sorted(by: >).map { box("v-\($0.rawValue)", $0.rawValue, true) }
    let options = areas.enumerated().map { "<option value=\"a\($0)\">\(escaped($1))</option>" }
    return """
      <form class="filters" aria-label="Filter">
      <fieldset><legend>Status</legend>\(statuses.joined())</fieldset>
      <fieldset><legend>Severity</legend>\(severities.joined())</fieldset>
      <fieldset><legend>Area</legend><label for="area" class="hidden">Area</label>\
      <select id="area"><option value="all" selected>all</option>\(options.joined())</select></fieldset>
      </form>
      """
  }

  private var results: String {
    let numbers = Dictionary(uniqueKeysWithValues: areas.enumerated().map { ($1, $0) })
    let order: [Status] = [.fail, .unknown, .error, .manual, .waived, .pass, .notApplicable]
    let ranks = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    let sorted = report.results.enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      let (rankA, rankB) = (ranks[a.verdict.status] ?? 0, ranks[b.verdict.status] ?? 0)
      if rankA != rankB { return rankA < rankB }
      return a.severity == b.severity ? left.offset < right.offset : a.severity > b.severity
    }
    let items = sorted.map { item($0.element, numbers[$0.element.area] ?? 0) }
    return "<section aria-label=\"Results\">\n\(items.joined(separator: "\n"))\n</section>"
  }

  private func item(_ result: CheckResult, _ area: Int) -> String {
    let status = result.verdict.status
    let novelty = described.novelty(result).map { "<b>\($0)</b> " } ?? ""
    let need = report.needsRunningHost(result) ? "Only a running host can tell. " : ""
    var body = "<p>\(need)\(escaped(described.message(result)))</p>"
    if !result.verdict.evidence.isEmpty {
      let rows = result.verdict.evidence.map { evidence in
        "<tr><td>\(escaped(evidence.entity))</td><td>\(escaped(evidence.fact))</td><td>\(escaped(evidence.found))</td>"
          + "<td>\(escaped(evidence.expected))</td><td>\(evidence.sources.map(escaped).joined(separator: "<br>"))</td></tr>"
      }
      body += """
        <div class="wide"><table><thead><tr><th scope="col">Of</th><th scope="col">Fact</th><th scope="col">Found</th>\
        <th scope="col">Expected</th><th scope="col">From</th></tr></thead><tbody>\(rows.joined())</tbody></table></div>
        """
    }
    if result.evidenceDropped > 0 { body += "<p>and \(result.evidenceDropped) more</p>" }
    if let texts = described.texts(result) {
      body +=
        "<h3>Why</h3><p>\(escaped(texts.rationale))</p><h3>How to put it right</h3><p>\(escaped(texts.remediation))</p>"
      if !texts.references.isEmpty {
        body += "<h3>References</h3><ul>\(texts.references.map { "<li>\(escaped($0))</li>" }.joined())</ul>"
      }
    }
    return """
      <details class="result \(status.rawValue) \(result.severity.rawValue) a\(area)">
      <summary><span class="mark \(status.rawValue)">\(Self.word(status))</span>\
      <span class="severity \(result.severity.rawValue)">\(result.severity.rawValue)</span>\
      <code>\(escaped(result.id))</code> <span>\(novelty)\(escaped(described.title(result)))</span></summary>
      <div class="body">\(body)</div></details>
      """
  }

  private var outOfReach: String {
    let lines = report.collectors.filter { $0.state == .partial }.flatMap { run in
      run.problems.map { "<li><b>\(escaped(run.name))</b> \(escaped($0.place)): \(escaped($0.message))</li>" }
        + (run.problemsDropped > 0
          ? ["<li><b>\(escaped(run.name))</b> and \(run.problemsDropped) more</li>"] : [])
    }
    guard !lines.isEmpty else { return "" }
    return "<section><h2>Out of reach</h2><ul>\(lines.joined(separator: "\n"))</ul></section>"
  }

  private var footer: String {
    """
    <footer><p>plumbline \(escaped(report.auditor.version)) · run \(escaped(report.run.id)) of \(escaped(report.run.startedAt))<br>
    profiles sha256:\(escaped(report.benchmark.digest))</p></footer>
    """
  }

  private static func word(_ status: Status) -> String {
    status == .notApplicable ? "not applicable" : status.rawValue
  }
}
