import Fleet
import Reports

/// The list of nodes.
extension Site {
  /// Whether a filter is on.
  private enum Switch: String, CaseIterable { case yes }

  func nodes(_ parameters: inout Parameters, _ asking: Asking) async throws -> Page {
    let text = try parameters.text("q")
    let pool = try parameters.text("pool")
    let benchmark = try parameters.text("benchmark")
    let level = try parameters.number("level", in: 0...4)
    let incomplete: Switch? = try parameters.choice("incomplete")
    let sort = try parameters.text("sort") ?? "name"
    let page = try parameters.page()
    try parameters.end()
    let isDescending = sort.hasPrefix("-")
    guard let order = NodesQuery.Order(rawValue: String(sort.drop { $0 == "-" })) else {
      throw BadParameter(
        text: "The parameter 'sort' is one of: "
          + NodesQuery.Order.allCases.map(\.rawValue).joined(separator: ", ")
          + "; with a minus before it, the greatest first.")
    }
    let size = 100
    func ask(_ page: Int) async throws -> NodesAnswer {
      try await asking.nodes(
        NodesQuery(
          text: text ?? "", pool: pool, benchmark: benchmark, level: level, onlyIncomplete: incomplete != nil,
          order: order, isDescending: isDescending, offset: (page - 1) * size, limit: size))
    }
    var answer = try await ask(page)
    let slice = Slice(page: page, size: size, total: answer.total)
    if slice.page != page { answer = try await ask(slice.page) }
    let moment = try await asking.moment()
    func address(_ sort: String, _ page: Int) -> String {
      Address.to(
        "nodes",
        with: [
          ("q", text), ("pool", pool), ("benchmark", benchmark), ("level", level.map(String.init)),
          ("incomplete", incomplete?.rawValue), ("sort", sort == "name" ? nil : sort),
          ("page", page == 1 ? nil : String(page)),
        ])
    }
    let form: HTML = """
      <form action="/nodes" method="get" role="search" aria-label="Nodes">
      <label>Name <input type="search" name="q" value="\(text ?? "")"></label>
      \(choice("pool", "Pool", Self.options(answer.pools), pool))
      \(answer.benchmarks.count > 1 ? choice("benchmark", "Benchmark", Self.options(answer.benchmarks), benchmark) : "")
      \(choice("level", "Level", (0...4).map { (String($0), "level \($0)") }, level.map(String.init)))
      \(choice("incomplete", "Reports", [("yes", "that did not see everything")], incomplete?.rawValue))
      \(sort == "name" ? "" : "<input type=\"hidden\" name=\"sort\" value=\"\(sort)\">" as HTML)
      <button type="submit">Show</button>
      </form>
      """
    let list = list(answer, order, isDescending) { address($0, 1) }
    return Frame(
      place: .nodes, title: "Nodes",
      subtitle:
        "<p class=\"subtitle\">\(answer.total == moment.nodes ? counted(moment.nodes, "node") : "\(counted(answer.total, "report")) of \(counted(moment.nodes, "node"))")</p>",
      json: "/api/v1/nodes", moment: moment
    ).page("\(form)\n\(list)\n\(slice.links { address(sort, $0) })")
  }

  private func list(
    _ answer: NodesAnswer, _ order: NodesQuery.Order, _ isDescending: Bool, _ address: (String) -> String
  ) -> HTML {
    guard !answer.rows.isEmpty else { return "<p class=\"empty\">No node is so.</p>" }
    func column(_ title: String, _ own: NodesQuery.Order, isNumber: Bool = true, greatestFirst: Bool = false)
      -> Grid.Column
    {
      // A second look turns the order round.
      let descending = own == order ? !isDescending : greatestFirst
      let link = address((descending ? "-" : "") + own.rawValue)
      return Grid.Column(
        title: "<a href=\"\(link)\">\(title)</a>", isNumber: isNumber,
        order: own == order ? (isDescending ? "descending" : "ascending") : nil)
    }
    let several = answer.benchmarks.count > 1
    let rows = answer.rows.map { row -> [HTML] in
      let benchmark: [HTML] = several ? ["\(row.benchmark)"] : []
      let incomplete: HTML = row.complete ? "" : "<br><span class=\"mark unknown\">incomplete</span>"
      return ["\(nodeLink(row.name, row.host))\(incomplete)", "\(row.pool)"] + benchmark + [
        level(row.level), "\(percentage(row.score))", "\(percentage(row.coverage))",
        "\(grouped(row.critical))", "\(grouped(row.high))", "\(grouped(row.failed))", when(row.at),
      ]
    }
    return Grid(
      caption: "Nodes by their latest reports",
      columns: [column("Node", .name, isNumber: false), column("Pool", .pool, isNumber: false)]
        + (several ? [.text("Benchmark")] : []) + [
          column("Level", .level), column("Score", .score), column("Coverage", .coverage),
          column("Critical", .critical, greatestFirst: true), column("High", .high, greatestFirst: true),
          column("Failed", .failed, greatestFirst: true),
          column("Last report (UTC)", .at, isNumber: false),
        ], rows: rows
    ).html
  }
}
