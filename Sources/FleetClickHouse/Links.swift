import Fleet

/// What is announced before and after a batch's reports, of the same node and benchmark, and the changes from one to the next.
struct Links {
  /// One node judged by one benchmark.
  private struct Stream: Hashable {
    let host: String
    let benchmark: String
  }

  private struct Place: Hashable {
    let stream: Stream
    let rank: UInt64
  }

  private struct Answers {
    let layout: String
    let statuses: [UInt8]
  }

  private let reports: [Incoming]
  /// Each stream's ranks that are near the batch, in order.
  private var ranks: [Stream: [UInt64]] = [:]
  private var answers: [Place: Answers] = [:]
  private var layouts: [String: Layout] = [:]

  /// So many days before a batch's first are looked at before all that is older.
  private static let daysNear: Int64 = 2

  /// - Parameter reports: Must be announced.
  init(_ connection: Connection, around reports: [Incoming]) async throws(StoreProblem) {
    self.reports = reports
    for report in reports {
      layouts[report.layout.digest] = report.layout
      answers[Self.place(report)] = Answers(
        layout: report.standing.layout, statuses: report.standing.statuses)
    }
    let firstDay = (reports.map(\.standing.day).min() ?? 0) - Self.daysNear
    try await lookNear(connection, since: firstDay)
    try await lookBack(connection, before: firstDay)
    try await readAnswers(connection)
    try await readLayouts(connection)
  }

  private static func place(_ report: Incoming) -> Place {
    Place(
      stream: Stream(host: report.standing.host, benchmark: report.standing.benchmark), rank: report.rank)
  }

  private var hosts: Set<String> { Set(reports.map(\.standing.host)) }

  private mutating func lookNear(_ connection: Connection, since day: Int64) async throws(StoreProblem) {
    let found = try await connection.rows(
      """
      SELECT host, benchmark, rank FROM link
      WHERE day >= \(literal(Moment.text(ofDay: day))) AND host IN \(literals(hosts))
      GROUP BY host, benchmark, rank
      """
    ) { (cells) throws(StoreProblem) in try Self.place(&cells) }
    for place in found { ranks[place.stream, default: []].append(place.rank) }
    for report in reports where ranks[Self.place(report).stream]?.contains(report.rank) != true {
      // It was announced by a statement that was acknowledged.
      throw StoreProblem(
        "a row that was written can't be read: are there several servers, and no ?cluster=NAME?",
        isTemporary: true)
    }
    for stream in ranks.keys { ranks[stream]?.sort() }
  }

  private static func place(_ cells: inout Cells) throws(StoreProblem) -> Place {
    Place(stream: Stream(host: try cells.text(), benchmark: try cells.text()), rank: try cells.number())
  }

  /// Finds what is before a batch's first report of a node that has older ones, but none near.
  private mutating func lookBack(_ connection: Connection, before day: Int64) async throws(StoreProblem) {
    let alone = Set(
      reports.map { Self.place($0) }.filter { ranks[$0.stream]?.first == $0.rank }.map(\.stream))
    guard !alone.isEmpty else { return }
    let firsts = try await connection.rows(
      """
      SELECT host, benchmark, toUInt64(min(rank)) FROM origin WHERE host IN \(literals(Set(alone.map(\.host))))
      GROUP BY host, benchmark
      """
    ) { (cells) throws(StoreProblem) in try Self.place(&cells) }
    let older = firsts.filter { alone.contains($0.stream) && $0.rank < ranks[$0.stream]?.first ?? 0 }
    guard !older.isEmpty else { return }
    let hosts = literals(Set(older.map(\.stream.host)))
    let limit = literal(Moment.text(ofDay: day))
    let found = try await connection.rows(
      """
      SELECT host, benchmark, toUInt64(max(rank)) FROM (
        SELECT host, benchmark, rank FROM link WHERE day < \(limit) AND host IN \(hosts)
        UNION ALL SELECT host, benchmark, rank FROM latest WHERE day < \(limit) AND host IN \(hosts))
      GROUP BY host, benchmark
      """
    ) { (cells) throws(StoreProblem) in try Self.place(&cells) }
    for place in found where alone.contains(place.stream) { ranks[place.stream]?.insert(place.rank, at: 0) }
  }

  /// The places from which and to which changes are to be found.
  private var pairs: Set<[Place]> {
    var pairs: Set<[Place]> = []
    for report in reports {
      let own = Self.place(report)
      guard let ranks = ranks[own.stream], let index = ranks.firstIndex(of: own.rank) else { continue }
      let around = ranks[max(0, index - 1)...min(index + 1, ranks.count - 1)].map {
        Place(stream: own.stream, rank: $0)
      }
      for pair in zip(around, around.dropFirst()) { pairs.insert([pair.0, pair.1]) }
    }
    return pairs
  }

  private mutating func readAnswers(_ connection: Connection) async throws(StoreProblem) {
    let missing = Set(pairs.flatMap { $0 }).filter { answers[$0] == nil }
    guard !missing.isEmpty else { return }
    let days = literals(Set(missing.map { Moment.text(ofDay: Moment.day(of: seconds(ofRank: $0.rank))) }))
    let hosts = literals(Set(missing.map(\.stream.host)))
    let places =
      "("
      + missing.map { "(\(literal($0.stream.host)),\(literal($0.stream.benchmark)),\($0.rank))" }.joined(
        separator: ",") + ")"
    let found = try await connection.rows(
      """
      SELECT host, benchmark, rank, layout, statuses FROM (
        SELECT host, benchmark, rank, layout, statuses FROM link
        WHERE day IN \(days) AND host IN \(hosts) AND (host, benchmark, rank) IN \(places)
        UNION ALL SELECT host, benchmark, rank, layout, statuses FROM latest
        WHERE host IN \(hosts) AND (host, benchmark, rank) IN \(places))
      """
    ) { (cells) throws(StoreProblem) in
      (try Self.place(&cells), Answers(layout: try cells.text(), statuses: try cells.bytes()))
    }
    for (place, read) in found { answers[place] = read }
  }

  private mutating func readLayouts(_ connection: Connection) async throws(StoreProblem) {
    let missing = Set(answers.values.map(\.layout)).subtracting(layouts.keys)
    guard !missing.isEmpty else { return }
    let found = try await connection.rows(Reading.layouts + " WHERE digest IN \(literals(missing))") {
      (cells) throws(StoreProblem) in try Reading.layout(&cells)
    }
    for layout in found { layouts[layout.digest] = layout }
  }

  /// The rows of `change` and of `late` that the batch makes.
  func changes() -> (changes: [JSONRow], late: [JSONRow]) {
    var changes: [JSONRow] = []
    var late: [JSONRow] = []
    for report in reports {
      let own = Self.place(report)
      guard let ranks = ranks[own.stream], let index = ranks.firstIndex(of: own.rank) else { continue }
      guard index > 0, index + 1 < ranks.count else { continue }
      var row = start(Place(stream: own.stream, rank: ranks[index + 1]), since: own.rank)
      row.put("day", Moment.text(ofDay: Moment.day(of: seconds(ofRank: ranks[index + 1]))))
      late.append(row)
    }
    for pair in pairs {
      guard let before = answers[pair[0]], let after = answers[pair[1]],
        let first = layouts[before.layout], let second = layouts[after.layout],
        before.statuses.count == first.entries.count, after.statuses.count == second.entries.count
      else { continue }
      let at = seconds(ofRank: pair[1].rank)
      for (place, from) in differences(from: (first, before.statuses), to: (second, after.statuses)) {
        var row = start(pair[1], since: pair[0].rank)
        row.put("slug", second.entries[place].check)
        row.put("place", place)
        row.put("day", Moment.text(ofDay: Moment.day(of: at)))
        row.put("started_at", at)
        row.put("id", second.entries[place].id)
        row.put("was", bytes: CollectionOfOne(from))
        row.put("became", bytes: CollectionOfOne(after.statuses[place]))
        changes.append(row)
      }
    }
    return (changes, late)
  }

  private func start(_ place: Place, since: UInt64) -> JSONRow {
    var row = JSONRow()
    row.put("host", place.stream.host)
    row.put("benchmark", place.stream.benchmark)
    row.put("rank", place.rank)
    row.put("since", since)
    return row
  }
}
