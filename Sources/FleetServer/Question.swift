import Fleet
import Foundation
import Reports

/// What stands behind `/api/v1/`: the same questions as the command's, under the same names.
struct Question {
  struct Problem: Error, CustomStringConvertible {
    /// There is no such question.
    let isUnknown: Bool
    let description: String
  }

  private let words: [String]
  private let query: [String: String]
  private let now: Int64

  /// - Parameter path: Percent-encoded, what follows `/api/v1/`.
  init(_ path: String, _ query: [(name: String, value: String)], now: Int64) throws {
    words = try path.split(separator: "/").map { word in
      guard let text = word.removingPercentEncoding else {
        throw Problem(isUnknown: true, description: "the address is not percent-encoded UTF-8")
      }
      return text
    }
    self.query = Dictionary(query.map { ($0.name, $0.value) }) { first, _ in first }
    self.now = now
  }

  func ask(_ asking: Asking) async throws -> any Answer {
    switch (words.first, words.count) {
    case ("summary", 1):
      return try await asking.summary(
        benchmark: try only(["benchmark", "days"])["benchmark"],
        days: Int64(try number("days", 1...3_650) ?? 30))
    case ("areas", 1): return try await asking.areas()
    case ("checks", 1): return try await asking.checks(limit: try number("limit", 1...100_000) ?? .max)
    case ("checks", 2):
      return try await asking.check(
        words[1],
        CheckQuery(
          pool: query["pool"], status: try status(), offset: try number("offset", 0...10_000_000) ?? 0,
          limit: try number("limit", 1...100_000) ?? 1_000))
    case ("nodes", 1):
      return try await asking.nodes(
        NodesQuery(
          text: query["q"] ?? "", pool: query["pool"], benchmark: query["benchmark"],
          level: try number("level", 0...4), offset: try number("offset", 0...10_000_000) ?? 0,
          limit: try number("limit", 1...100_000) ?? 1_000))
    case ("nodes", 2): return try await asking.node(words[1])
    case ("drift", 1):
      guard let since = Moment.since(query["since"] ?? "7d", now: now) else {
        throw Problem(isUnknown: false, description: "'since' is a day, a moment in UTC, or a span: 36h, 7d")
      }
      return try await asking.drift(since: since)
    case ("outliers", 1): return try await asking.outliers(limit: try number("limit", 1...100_000) ?? 20)
    case ("stale", 1):
      return try await asking.stale(hours: try number("hours", 1...87_600) ?? StaleAnswer.usualHours)
    case ("waivers", 1):
      return try await asking.waivers(days: try number("days", 1...36_500) ?? WaiversAnswer.usualDays)
    case ("refused", 1): return try await asking.refusals()
    default:
      throw Problem(
        isUnknown: true,
        description:
          "there is: summary, areas, checks, checks/NAME, nodes, nodes/NAME, drift, outliers, stale, waivers, refused"
      )
    }
  }

  private func only(_ names: Set<String>) throws -> [String: String] {
    if let other = query.keys.first(where: { !names.contains($0) }) {
      throw Problem(
        isUnknown: false,
        description:
          "'\(harmless(other))' is not asked here; there is \(names.sorted().joined(separator: ", "))")
    }
    return query
  }

  private func status() throws -> Status? {
    guard let text = query["status"] else { return nil }
    guard let status = Status(rawValue: text) else {
      let words = Status.allCases.map(\.rawValue).joined(separator: ", ")
      throw Problem(isUnknown: false, description: "'status' is one of \(words)")
    }
    return status
  }

  private func number(_ name: String, _ range: ClosedRange<Int>) throws -> Int? {
    guard let text = query[name] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw Problem(
        isUnknown: false, description: "'\(name)' is a number from \(range.lowerBound) to \(range.upperBound)"
      )
    }
    return number
  }
}
