import Fleet

/// The pools of one benchmark: what each is like, and where it is weak.
struct Pools {
  /// By name.
  let rows: [SummaryAnswer.Pool]
  private let benchmark: String
  private let days: [String: [Chart.Point]]

  /// Pools that a page shows; a fleet may have one for each node.
  private static let shown = 60
  /// Columns that a heat map has.
  private static let columns = 16
  private static let areas = 60

  init(_ summary: SummaryAnswer, _ benchmark: String) {
    self.benchmark = benchmark
    rows = summary.pools.filter { $0.benchmark == benchmark }
    let calendar = summary.trend.filter { $0.benchmark == benchmark }.map(\.day)
    var scores: [String: [String: Double?]] = [:]
    for day in summary.poolTrend where day.benchmark == benchmark {
      scores[day.pool, default: [:]][day.day] = day.score
    }
    days = scores.mapValues { own in calendar.map { ($0, own[$0] ?? nil) } }
  }

  /// The largest pools, by name.
  private func largest(_ count: Int) -> [SummaryAnswer.Pool] {
    guard rows.count > count else { return rows }
    return rows.sorted { $0.nodes != $1.nodes ? $0.nodes > $1.nodes : $0.pool < $1.pool }.prefix(count)
      .sorted { $0.pool < $1.pool }
  }

  private func left(_ count: Int) -> HTML {
    rows.count > count
      ? "<p class=\"note\">The \(count) largest of \(grouped(rows.count)) pools; <a href=\"/api/v1/summary\">JSON</a> has all of them.</p>"
      : ""
  }

  var table: HTML {
    let lines = largest(Self.shown).map { pool -> [HTML] in
      let parts = pool.levels.enumerated().map { (name: "level \($0)", count: $1, style: "level\($0)") }
      return [
        "<a href=\"\(Address.to("nodes", with: [("pool", pool.pool), ("benchmark", benchmark)]))\">\(pool.pool.isEmpty ? "(no name)" : pool.pool)</a>",
        "\(grouped(pool.nodes))", level(pool.level), Chart.stack(parts), "\(percentage(pool.score))",
        Chart.spark(days[pool.pool] ?? [], unit: " %"), "\(percentage(pool.coverage))",
        "\(grouped(pool.critical))", "\(grouped(pool.high))", "\(grouped(pool.failed))",
        "\(grouped(pool.incomplete))",
      ]
    }
    return """
      \(Grid(
        caption: "Each pool: a pool's level is its weakest node's", captionIsHidden: false,
        columns: [
          .text("Pool"), .number("Nodes"), .number("Level"), .text("Nodes by level"), .number("Score"),
          .text("Its trend"), .number("Coverage"), .number("Critical"), .number("High"), .number("Failed"),
          .number("Incomplete"),
        ], rows: lines).html)
      \(left(Self.shown))
      """
  }

  /// Areas down, pools across; a cell leads to what fails there.
  func heat(_ answer: AreasAnswer) -> HTML {
    struct Key: Hashable { let pool: String, area: String }
    let own = answer.rows.filter { $0.benchmark == benchmark }
    let cells = Dictionary(
      own.map { (Key(pool: $0.pool, area: $0.area), $0) }, uniquingKeysWith: { first, _ in first })
    let pools = largest(Self.columns)
    let areas = Set(own.map(\.area)).sorted().prefix(Self.areas)
    let heads = pools.map { pool -> HTML in
      "<th scope=\"col\">\(pool.pool.isEmpty ? "(no name)" : pool.pool)</th>"
    }
    let lines = areas.map { area -> HTML in
      let line = pools.map { pool -> HTML in
        guard let cell = cells[Key(pool: pool.pool, area: area)], let score = cell.score else {
          return "<td><span>–</span></td>"
        }
        let address = Address.to(
          "checks", with: [("benchmark", benchmark), ("pool", pool.pool), ("area", area)])
        return cell.failed > 0
          ? "<td class=\"h\(step(score))\"><a href=\"\(address)\">\(Chart.text(score))</a></td>"
          : "<td class=\"h0\"><span>\(Chart.text(score))</span></td>"
      }
      return "<tr><th scope=\"row\">\(area)</th>\(line)</tr>\n"
    }
    return """
      <div class="wide" tabindex="0" role="group" aria-label="Table"><table class="heat">
      <caption>Score in percent; the stronger the colour, the weaker the area. A number leads to what fails there.</caption>
      <thead><tr><th scope="col">Area</th>\(heads)</tr></thead>
      <tbody>
      \(lines)</tbody></table></div>
      \(left(Self.columns))
      """
  }

  /// 0 strong to 5 weak.
  private func step(_ score: Double) -> Int { [99, 95, 85, 70, 50].firstIndex { score >= $0 } ?? 5 }
}
