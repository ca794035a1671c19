import Facts
import Foundation
import Reports
import TestSupport
import Testing

private func piece(_ entity: String, _ found: String = "0644", _ expected: String = "within 0600") -> Evidence
{
  Evidence(entity: entity, fact: "mode", expected: expected, found: found, sources: ["/etc/x:1"])
}

private func directions(_ before: [CheckResult], _ after: [CheckResult]) throws -> [ResultChange.Direction] {
  try Comparison(report(before), report(after)).results.map(\.direction)
}

@Suite("What changed between two reports")
struct ComparisonTests {
  /// The table of docs/diff.md.
  private static func expected(_ before: Status, _ after: Status) -> ResultChange.Direction? {
    switch (before, after) {
    case _ where before == after: nil
    case (_, .fail): .worse
    case (.pass, .unknown), (.pass, .error), (.notApplicable, .unknown), (.notApplicable, .error): .worse
    case (.fail, .pass), (.unknown, .pass), (.error, .pass), (.waived, .pass): .better
    case (.fail, .notApplicable), (.unknown, .notApplicable), (.error, .notApplicable),
      (.waived, .notApplicable):
      .better
    default: .changed
    }
  }

  @Test("Every change of a verdict has its direction", arguments: Status.allCases, Status.allCases)
  func verdicts(_ before: Status, _ after: Status) throws {
    let found = try directions([result(before)], [result(after)])
    #expect(found == [Self.expected(before, after)].compactMap { $0 })
  }

  /// Evidence of a failure before and after.
  static let failures: [([Evidence], [Evidence], ResultChange.Direction?)] = [
    ([piece("file[/a]")], [piece("file[/a]")], nil),
    // One more, another one, one less.
    ([piece("file[/a]")], [piece("file[/a]"), piece("file[/b]")], .worse),
    ([piece("file[/a]")], [piece("file[/b]")], .worse),
    ([piece("file[/a]"), piece("file[/b]")], [piece("file[/a]")], .better),
    // Processes by number.
    ([piece("process[1]"), piece("process[2]")], [piece("process[7]"), piece("process[8]")], nil),
    ([piece("process[1]")], [piece("process[1]"), piece("process[8]")], .worse),
    // A mode with more bits and with fewer.
    ([piece("file[/a]", "0640")], [piece("file[/a]", "0660")], .worse),
    ([piece("file[/a]", "0660")], [piece("file[/a]", "0640")], .better),
    ([piece("", "0", "at least 2")], [piece("", "1", "at least 2")], .better),
    ([piece("", "9", "at most 2")], [piece("", "10", "at most 2")], .worse),
    // Lists of offenders, and a list that something is missing in.
    ([piece("", "[a]", "empty")], [piece("", "[a, b]", "empty")], .worse),
    ([piece("", "[a, b]", "has none of a, b")], [piece("", "[b]", "has none of a, b")], .better),
    ([piece("", "[a]", "has nothing but x")], [piece("", "[b]", "has nothing but x")], .worse),
    ([piece("", "[a]", "has x, y")], [piece("", "[a, x]", "has x, y")], .changed),
    // Other words, without an order.
    ([piece("", "permissive", "enforcing")], [piece("", "disabled", "enforcing")], .changed),
  ]

  @Test("A failure that stays is worse only for what is new in it", arguments: failures)
  func evidence(_ before: [Evidence], _ after: [Evidence], _ direction: ResultChange.Direction?) throws {
    let found = try directions([result(.fail, evidence: before)], [result(.fail, evidence: after)])
    #expect(found == [direction].compactMap { $0 })
  }

  @Test("Of more evidence than is listed, the number counts")
  func many() throws {
    func failing(_ count: Int) -> CheckResult {
      result(.fail, evidence: (0..<count).map { piece("file[/etc/\($0)]") })
    }
    #expect(try directions([failing(30)], [failing(31)]) == [.worse])
    #expect(try directions([failing(31)], [failing(30)]) == [.better])
    #expect(try directions([failing(30)], [failing(30)]) == [])
  }

  @Test("Where something was read is no change")
  func places() throws {
    let moved = Evidence(
      entity: "", fact: "mode", expected: "within 0600", found: "0644", sources: ["/etc/x:2"])
    #expect(try directions([result(.fail, evidence: [piece("")])], [result(.fail, evidence: [moved])]) == [])
  }

  @Test("A check that only one of them has")
  func comings() throws {
    let changes = try Comparison(
      report([result(.fail, id: "1"), result(.pass, id: "2")]),
      report([result(.pass, id: "2"), result(.fail, id: "3"), result(.unknown, id: "4")])
    ).results
    #expect(changes.map(\.id) == ["3", "4", "1"])
    #expect(changes.map(\.direction) == [.worse, .changed, .changed])
    #expect(changes.map(\.before) == [nil, nil, .fail] && changes.map(\.after) == [.fail, .unknown, nil])
  }

  @Test("Reports by different benchmarks are refused")
  func benchmarks() throws {
    let text = String(decoding: try encodeReport(report([])), as: UTF8.self)
    let other = try decodeReport(Array(text.replacing("\"node-baseline\"", with: "\"mine\"").utf8))
    #expect(throws: DocumentError.self) { try Comparison(report([]), other) }
  }

  @Test("Snapshots: values and obstacles count, sources do not; entities come and go")
  func facts() {
    func entity(_ id: String, _ facts: [String: Fact]) -> Entity {
      Entity(subject: "file", id: id, facts: facts)
    }
    let denied = Fact.unreadable(.denied, detail: "d", .inode("/a"))
    let before = snapshot([
      entity("/a", ["mode": .observed(.mode(0o600), .inode("/a")), "owner": .absent([]), "x": denied]),
      entity("/b", [:]),
    ])
    let after = snapshot([
      entity(
        "/a",
        [
          "mode": .observed(.mode(0o600), .inode("/elsewhere")),
          "owner": .observed(.text("root"), .inode("/a")),
          "x": .unreadable(.io, detail: "d", .inode("/a")),
        ]), entity("/c", [:]),
    ])
    let comparison = FactComparison(before, after)
    #expect(comparison.changed.map(\.fact) == ["owner", "x"])
    #expect(comparison.added == ["file[/c]"] && comparison.removed == ["file[/b]"])
  }

  @Test("No byte of a comparison steers the terminal, and no line is too wide", arguments: [72, 80, 200])
  func hostile(_ width: Int) throws {
    let bad = "\u{1b}[2J\u{9b}31m\u{202e}\r\nforged " + String(repeating: "x", count: 300)
    let after = Status.allCases.map { result($0, id: "\($0)", check: bad, evidence: [piece(bad, bad, bad)]) }
    let before = after.map { result(.pass, id: $0.id, check: bad) }
    let text = renderComparison(try Comparison(report(before), report(after)), width: width, color: false)
    let unsafe = text.unicodeScalars.filter { $0 != "\n" && $0.properties.generalCategory == .control }
    #expect(unsafe.isEmpty && !text.contains("\nforged"))
    for line in text.split(separator: "\n") { #expect(line.count <= min(width, 120), "\(line)") }
  }
}

@Suite("A report against its baseline")
struct BaselineTests {
  @Test("What fails is new or known, and what failed may be gone")
  func sorted() throws {
    let earlier = report([result(.fail, id: "1"), result(.fail, id: "2"), result(.pass, id: "3")])
    let now = report([
      result(.fail, id: "1"), result(.pass, id: "2"), result(.fail, id: "3"), result(.fail, id: "4"),
    ])
    let baseline = try Baseline(now, since: earlier)
    #expect(baseline.new == ["3", "4"] && baseline.known == ["1"] && baseline.gone == ["2"])
    #expect(
      baseline.summary
        == "2 new findings since the baseline of 2026-03-04T05:06:07Z; 1 known one does not count, 1 is gone")
  }

  @Test(
    "Every format that gates by itself says which failures are new, and stays valid",
    .enabled(if: FormatValidator.isReady, FormatValidator.whatToDo))
  func formats() throws {
    let earlier = report([result(.fail, id: "1"), result(.pass, id: "2")])
    var now = report([result(.fail, id: "1"), result(.fail, id: "2")])
    now.baseline = try Baseline(now, since: earlier)
    let expected: [(ReportFormat, [String])] = [
      (.json, ["\"baseline\":{\"gone\":[],\"known\":[\"1\"],\"new\":[\"2\"],"]),
      (.ndjson, ["\"baseline\":\"known\"", "\"baseline\":\"new\""]),
      (.junit, ["failures=\"1\"", "skipped=\"1\"", "known since the baseline: "]),
      (.sarif, ["\"baselineState\":\"new\"", "\"baselineState\":\"unchanged\""]),
      (.markdown, ["1 new finding since", "(known)", "(new)"]),
      (.html, ["1 new finding since", "<b>known</b>"]),
      (.table, ["BASELINE  1 new finding since", "  new: 2\n"]),
    ]
    for (format, texts) in expected {
      let bytes = try format.render(now, texts: [:])
      let text = String(decoding: bytes, as: UTF8.self)
      for wanted in texts { #expect(text.contains(wanted), "\(format): \(wanted)") }
      if format != .table {
        let problems = try FormatValidator.problems(format, [("full", bytes)])
        #expect(problems.isEmpty, "\(problems)")
      }
    }
    #expect(try decodeReport(encodeReport(now)) == now)
  }
}
