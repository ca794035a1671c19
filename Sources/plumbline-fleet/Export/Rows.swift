import Facts
import Fleet
import Foundation
import Reports

/// One value of an exported row.
enum Cell: Hashable, Sendable {
  case text(String)
  case number(Int64)
  case flag(Bool)
  case none
}

/// What can be exported: each kind's columns stay as they are; new ones come at the end.
enum ExportKind: String, CaseIterable, Sendable {
  /// A row for each report.
  case reports
  /// A row for each answer of each report.
  case results
  /// A row for each answer that is not that of the report before.
  case changes

  var columns: [String] {
    switch self {
    case .reports:
      [
        "day", "digest", "host", "name", "pool", "os", "kernel", "architecture", "kubelet", "roles", "run",
        "sequence",
        "started_at", "received_at", "benchmark", "benchmark_version", "profile", "complete", "level",
        "passed", "total",
        "decided", "applicable", "failed", "critical", "high", "signer",
      ]
    case .results:
      [
        "day", "digest", "host", "name", "pool", "started_at", "benchmark", "id", "check", "area", "severity",
        "status",
      ]
    case .changes: ["day", "at", "host", "benchmark", "id", "check", "before", "after"]
    }
  }

  static func report(_ standing: Standing) -> [Cell] {
    let facts = standing.facts
    let tally = standing.tally
    return [
      .text(Moment.text(ofDay: standing.day)), .text(standing.digest), .text(standing.host),
      .text(standing.name),
      .text(standing.pool), .text(facts.os), .text(facts.kernel), .text(facts.architecture),
      .text(facts.kubelet),
      .text(facts.roles), .text(standing.run), .number(standing.sequence),
      .text(Moment.text(standing.startedAt)),
      .text(Moment.text(standing.receivedAt)), .text(standing.benchmark), .text(standing.benchmarkVersion),
      .text(standing.profile), .flag(standing.complete), .number(Int64(tally.level)),
      .number(Int64(tally.passed)),
      .number(Int64(tally.total)), .number(Int64(tally.decided)), .number(Int64(tally.applicable)),
      .number(Int64(tally.failed)), .number(Int64(tally.critical)), .number(Int64(tally.high)),
      standing.signer.map { .text($0) } ?? .none,
    ]
  }

  /// - Throws: `StoreProblem` where an answer is none.
  static func results(_ standing: Standing, _ layout: Layout) throws(StoreProblem) -> [[Cell]] {
    let head: [Cell] = [
      .text(Moment.text(ofDay: standing.day)), .text(standing.digest), .text(standing.host),
      .text(standing.name),
      .text(standing.pool), .text(Moment.text(standing.startedAt)), .text(standing.benchmark),
    ]
    var rows: [[Cell]] = []
    for (entry, letter) in zip(layout.entries, standing.statuses) {
      guard let status = Status(letter: letter) else {
        throw StoreProblem("report \(standing.digest) has an answer that is none", isTemporary: false)
      }
      rows.append(
        head + [
          .text(entry.id), .text(entry.check), .text(entry.area), .text(entry.severity.rawValue),
          .text(status.rawValue),
        ])
    }
    return rows
  }

  static func change(_ change: Change) -> [Cell] {
    [
      .text(Moment.text(ofDay: Moment.day(of: change.at))), .text(Moment.text(change.at)),
      .text(change.host),
      .text(change.benchmark), .text(change.id), .text(change.check), .text(change.from.rawValue),
      .text(change.to.rawValue),
    ]
  }
}

/// In which form rows are written.
enum ExportForm: String, CaseIterable, Sendable {
  case ndjson, csv

  /// What stands before the rows.
  func head(_ columns: [String]) -> String {
    self == .csv ? columns.joined(separator: ",") + "\r\n" : ""
  }

  func line(_ columns: [String], _ cells: [Cell]) -> String {
    switch self {
    case .csv: return cells.map(Self.csv).joined(separator: ",") + "\r\n"
    case .ndjson:
      return "{" + zip(columns, cells).map { "\"\($0)\":\(Self.json($1))" }.joined(separator: ",") + "}\n"
    }
  }

  private static func csv(_ cell: Cell) -> String {
    switch cell {
    case .text(let text): Table.cell(text, isNumber: false)
    case .number(let number): "\(number)"
    case .flag(let flag): flag ? "true" : "false"
    case .none: ""
    }
  }

  private static func json(_ cell: Cell) -> String {
    switch cell {
    case .text(let text): quoted(text)
    case .number(let number): "\(number)"
    case .flag(let flag): flag ? "true" : "false"
    case .none: "null"
    }
  }

  /// RFC 8259, 7: what must be escaped, is. Most texts have nothing of it.
  private static func quoted(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5c }) else { return "\"\(text)\"" }
    return "\""
      + text.unicodeScalars.map { scalar -> String in
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case _ where scalar.value < 0x20:
          "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        default: String(scalar)
        }
      }.joined() + "\""
  }
}
