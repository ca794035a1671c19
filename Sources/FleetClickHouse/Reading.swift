import Fleet
import Foundation
import Reports

/// Rows read back as what they were. What a column is read as is its type in `Schema`.
enum Reading {
  static let layouts = "SELECT digest, benchmark, entries FROM layout"

  /// The columns of a report, in the order in which `standing` reads them.
  static let standing = """
    host, benchmark, digest, started_at, received_at, name, pool, os, kernel, architecture, kubelet, roles, run, sequence,
    benchmark_version, profile, layout, statuses, complete, level, passed, total, decided, applicable, failed, critical, high,
    signer, waivers
    """

  /// - Parameter waivers: Waivers that were read before, by their text: a fleet has few sets of them.
  static func standing(_ cells: inout Cells, _ waivers: inout [String: [WaiverUse]]) throws(StoreProblem)
    -> Standing
  {
    let host = try cells.text()
    let benchmark = try cells.text()
    let digest = try cells.text()
    let startedAt = try cells.number(Int64.self)
    let receivedAt = try cells.number(Int64.self)
    let name = try cells.text()
    let pool = try cells.text()
    let facts = NodeFacts(
      os: try cells.text(), kernel: try cells.text(), architecture: try cells.text(),
      kubelet: try cells.text(), roles: try cells.text())
    let run = try cells.text()
    let sequence = try cells.number(Int64.self)
    let benchmarkVersion = try cells.text()
    let profile = try cells.text()
    let layout = try cells.text()
    let statuses = try cells.bytes()
    let complete = try cells.number(UInt8.self) == 1
    let tally = Tally(
      level: Int(try cells.number(UInt8.self)), passed: try count(&cells), total: try count(&cells),
      decided: try count(&cells), applicable: try count(&cells), failed: try count(&cells),
      critical: try count(&cells), high: try count(&cells))
    let signer = try cells.textOrNull()
    let text = try cells.text()
    let uses: [WaiverUse]
    if let read = waivers[text] { uses = read } else { uses = try json(text) }
    waivers[text] = uses
    return Standing(
      digest: digest, host: host, name: name, pool: pool, facts: facts, run: run, sequence: sequence,
      startedAt: startedAt, receivedAt: receivedAt, benchmark: benchmark, benchmarkVersion: benchmarkVersion,
      profile: profile, layout: layout, statuses: statuses, complete: complete, tally: tally, signer: signer,
      waivers: uses)
  }

  static func count(_ cells: inout Cells) throws(StoreProblem) -> Int { Int(try cells.number(Int64.self)) }

  static func layout(_ cells: inout Cells) throws(StoreProblem) -> Layout {
    _ = try cells.text()
    return Layout(benchmark: try cells.text(), entries: try json(try cells.text()))
  }

  static func finding(_ cells: inout Cells) throws(StoreProblem) -> Finding { try json(try cells.text()) }

  static func status(_ cells: inout Cells) throws(StoreProblem) -> Status {
    let letters = try cells.bytes()
    guard letters.count == 1, let status = Status(letter: letters[0]) else {
      throw StoreProblem("the store has an answer that is none", isTemporary: false)
    }
    return status
  }

  private static func json<Value: Decodable>(_ text: String) throws(StoreProblem) -> Value {
    do { return try JSONDecoder().decode(Value.self, from: Data(text.utf8)) } catch {
      throw StoreProblem("the store has a row that is none of this program's: \(error)", isTemporary: false)
    }
  }
}
