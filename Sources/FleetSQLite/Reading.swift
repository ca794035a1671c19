import Fleet
import Foundation
import GRDB
import Reports

/// Rows read back as what they were.
enum Reading {
  static let standing = """
    r.digest, s.host, r.name, r.pool, r.os, r.kernel, r.architecture, r.kubelet, r.roles, r.run, r.sequence, r.started_at,
    r.received_at, s.benchmark, r.benchmark_version, r.profile, l.digest, r.statuses, r.complete, r.level, r.passed, r.total,
    r.decided, r.applicable, r.failed, r.critical, r.high, r.signer, r.waivers, s.first_at
    """

  /// - Parameter waivers: Waivers that were read before, by their text: a fleet has few sets of them.
  static func standing(_ row: Row, _ waivers: inout [String: [WaiverUse]]) throws -> Standing {
    let text: String = row[28]
    let uses =
      try waivers[text] ?? JSONDecoder().decode([WaiverUse].self, from: Data(text.utf8))
    waivers[text] = uses
    return Standing(
      digest: row[0], host: row[1], name: row[2], pool: row[3],
      facts: NodeFacts(os: row[4], kernel: row[5], architecture: row[6], kubelet: row[7], roles: row[8]),
      run: row[9], sequence: row[10], startedAt: row[11], receivedAt: row[12], benchmark: row[13],
      benchmarkVersion: row[14], profile: row[15], layout: row[16], statuses: Array(row[17] as Data),
      complete: row[18],
      tally: Tally(
        level: row[19], passed: row[20], total: row[21], decided: row[22], applicable: row[23],
        failed: row[24],
        critical: row[25], high: row[26]), signer: row[27], waivers: uses)
  }

  static func layout(_ row: Row) throws -> Layout {
    let entries: String = row["entries"]
    return Layout(
      benchmark: row["benchmark"], entries: try JSONDecoder().decode([Entry].self, from: Data(entries.utf8)))
  }

  static func finding(_ text: String) throws -> Finding {
    try JSONDecoder().decode(Finding.self, from: Data(text.utf8))
  }

  static func text(_ letter: UInt8) -> String { String(UnicodeScalar(letter)) }

  /// - Throws: `StoreProblem` where the letter is none: the file was written by something else.
  static func status(_ text: String) throws -> Status {
    guard let letter = text.utf8.first, let status = Status(letter: letter) else {
      throw StoreProblem("the store has an answer '\(text)', which is none", isTemporary: false)
    }
    return status
  }
}
