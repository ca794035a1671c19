import Fleet
import Foundation
import Reports

/// Puts a batch of reports where they belong, beside any number of others who do the same.
///
/// 1. Each report is announced: its answers go into `link`, its node's first report into `origin`.
/// 2. Then what is announced before and after it is looked up, and the changes from one to the next are written. Of two who write
///    neighbours at once, at least one announces before the other looks, and so at least one writes the changes between them. Who did
///    not see a report in between wrote changes over it; who puts it in between says so in `late`.
/// 3. Everything that is asked for is written, and at last the row in `report`: whoever finds that finds all.
///
/// Nothing is acknowledged before the end. After a failure anywhere the same report can be given again, and makes the same rows.
struct Adding {
  private let connection: Connection
  private let known: KnownLayouts
  private let encoder: JSONEncoder

  init(_ connection: Connection, _ known: KnownLayouts) {
    self.connection = connection
    self.known = known
    encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  func add(_ reports: [Incoming]) async throws(StoreProblem) -> [Addition] {
    guard !reports.isEmpty else { return [] }
    var seen = try await digestsKnown(reports)
    var additions: [Addition] = []
    var new: [Incoming] = []
    for report in reports {
      let isNew = seen.insert(report.standing.digest).inserted
      additions.append(isNew ? .stored : .known)
      if isNew { new.append(report) }
    }
    guard !new.isEmpty else { return additions }
    try await announce(new)
    let links = try await Links(connection, around: new)
    let changes = links.changes()
    try await together([
      ("change", changes.changes), ("late", changes.late),
      ("finding", try rows(new) { (report) throws(StoreProblem) in try findings(report) }),
      ("document", new.map(document)), ("daily", new.map(daily)),
    ])
    // Findings before what makes them the latest: at no moment is one hidden that there was before.
    try await connection.insert(
      try rows(new) { (report) throws(StoreProblem) in [try standing(report)] }, into: "latest")
    try await connection.insert(
      try rows(new) { (report) throws(StoreProblem) in [try taken(report)] }, into: "report")
    return additions
  }

  /// The digests among these that a report was taken with, or that are a silent node's latest.
  private func digestsKnown(_ reports: [Incoming]) async throws(StoreProblem) -> Set<String> {
    let standings = reports.map(\.standing)
    let hosts = literals(Set(standings.map(\.host)))
    let digests = literals(Set(standings.map(\.digest)))
    let days = literals(Set(standings.map { Moment.text(ofDay: $0.day) }))
    return Set(
      try await connection.rows(
        """
        SELECT digest FROM (
          SELECT digest FROM report WHERE day IN \(days) AND host IN \(hosts) AND digest IN \(digests)
          UNION ALL
          SELECT digest FROM latest WHERE host IN \(hosts) AND digest IN \(digests)
            AND digest GLOBAL IN (SELECT digest FROM kept WHERE host IN \(hosts)))
        """
      ) { (cells) throws(StoreProblem) in try cells.text() })
  }

  private func announce(_ reports: [Incoming]) async throws(StoreProblem) {
    let layouts = await known.unknown(reports.map(\.layout))
    try await together([
      ("layout", try layouts.map { (layout) throws(StoreProblem) in try row(of: layout) }),
      ("link", reports.map(link)), ("origin", reports.map(origin)),
    ])
    await known.note(layouts)
  }

  /// Independent tables at once.
  private func together(_ parts: [(table: String, rows: [JSONRow])]) async throws(StoreProblem) {
    let connection = connection
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for part in parts where !part.rows.isEmpty {
          group.addTask { try await connection.insert(part.rows, into: part.table) }
        }
        try await group.waitForAll()
      }
    } catch let problem as StoreProblem {
      throw problem
    } catch {
      throw StoreProblem("\(error)", isTemporary: true)
    }
  }

  private func rows(_ reports: [Incoming], _ rows: (Incoming) throws(StoreProblem) -> [JSONRow])
    throws(StoreProblem) -> [JSONRow]
  {
    var all: [JSONRow] = []
    for report in reports { all += try rows(report) }
    return all
  }

  private func json(_ value: some Encodable) throws(StoreProblem) -> String {
    do { return String(decoding: try encoder.encode(value), as: UTF8.self) } catch {
      throw StoreProblem("a report can't be written: \(error)", isTemporary: false)
    }
  }
}

// The rows that a report makes.
extension Adding {
  private func row(of layout: Layout) throws(StoreProblem) -> JSONRow {
    var row = JSONRow()
    row.put("digest", layout.digest)
    row.put("benchmark", layout.benchmark)
    row.put("entries", try json(layout.entries))
    return row
  }

  /// The columns that say which report it is.
  private func start(_ report: Incoming) -> JSONRow {
    var row = JSONRow()
    row.put("host", report.standing.host)
    row.put("benchmark", report.standing.benchmark)
    row.put("rank", report.rank)
    return row
  }

  private func link(_ report: Incoming) -> JSONRow {
    var row = start(report)
    row.put("day", Moment.text(ofDay: report.standing.day))
    row.put("layout", report.standing.layout)
    row.put("statuses", bytes: report.standing.statuses)
    return row
  }

  private func origin(_ report: Incoming) -> JSONRow {
    var row = start(report)
    row.put("least", UInt64.max - report.rank)
    return row
  }

  private func document(_ report: Incoming) -> JSONRow {
    var row = JSONRow()
    row.put("digest", report.standing.digest)
    row.put("host", report.standing.host)
    row.put("day", Moment.text(ofDay: report.standing.day))
    row.put("bytes", bytes: report.document)
    return row
  }

  private func findings(_ report: Incoming) throws(StoreProblem) -> [JSONRow] {
    try report.findings.map { (finding) throws(StoreProblem) in
      var row = start(report)
      row.put("slug", finding.check)
      row.put("id", finding.id)
      row.put("document", try json(finding))
      return row
    }
  }

  private func daily(_ report: Incoming) -> JSONRow {
    var row = start(report)
    row.put("day", Moment.text(ofDay: report.standing.day))
    row.put("pool", report.standing.pool)
    put(report.standing.tally, into: &row)
    return row
  }

  private func put(_ tally: Tally, into row: inout JSONRow) {
    row.put("passed", tally.passed)
    row.put("total", tally.total)
    row.put("decided", tally.decided)
    row.put("applicable", tally.applicable)
    row.put("failed", tally.failed)
    row.put("critical", tally.critical)
    row.put("high", tally.high)
  }

  private func standing(_ report: Incoming) throws(StoreProblem) -> JSONRow {
    let standing = report.standing
    var row = start(report)
    row.put("day", Moment.text(ofDay: standing.day))
    row.put("digest", standing.digest)
    row.put("started_at", standing.startedAt)
    row.put("received_at", standing.receivedAt)
    row.put("name", standing.name)
    row.put("pool", standing.pool)
    row.put("os", standing.facts.os)
    row.put("kernel", standing.facts.kernel)
    row.put("architecture", standing.facts.architecture)
    row.put("kubelet", standing.facts.kubelet)
    row.put("roles", standing.facts.roles)
    row.put("run", standing.run)
    row.put("sequence", standing.sequence)
    row.put("benchmark_version", standing.benchmarkVersion)
    row.put("profile", standing.profile)
    row.put("layout", standing.layout)
    row.put("statuses", bytes: standing.statuses)
    row.put("complete", standing.complete)
    row.put("level", standing.tally.level)
    put(standing.tally, into: &row)
    row.put("signer", standing.signer)
    row.put("waivers", try json(standing.waivers))
    return row
  }

  private func taken(_ report: Incoming) throws(StoreProblem) -> JSONRow {
    var row = try standing(report)
    row.put("earliness", UInt32.max - UInt32(clamping: report.standing.receivedAt))
    return row
  }
}

extension Incoming {
  var rank: UInt64 { FleetClickHouse.rank(startedAt: standing.startedAt, digest: standing.digest) }
}
