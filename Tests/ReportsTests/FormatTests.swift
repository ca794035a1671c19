import Facts
import Foundation
import Reports
import TestSupport
import Testing

/// Tests/Validators/validate.py: other people's readers of each format, from Debian and PyPI; scripts/setup-ci.sh installs them.
enum FormatValidator {
  static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Validators/validate.py").path

  /// Whether every reader is installed; else what to do, for the tests that are skipped.
  static let isReady: Bool = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script, "tools"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()
  static let whatToDo: Comment = "readers of the formats are not installed: scripts/setup-ci.sh"

  /// - Returns: A line for each problem; empty where the readers take every file.
  static func problems(_ format: ReportFormat, _ reports: [(name: String, bytes: [UInt8])]) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("format-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var arguments = ["python3", script, format.rawValue]
    for (name, bytes) in reports {
      let file = folder.appendingPathComponent("\(name).\(format.rawValue)")
      try Data(bytes).write(to: file)
      arguments.append(file.path)
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    return process.terminationStatus == 0 ? "" : text.isEmpty ? "no problem is named" : text
  }
}

/// Whatever a host may call itself and its files, all at once. The first part is what validate.py looks for.
private let bad =
  "<img src=x onerror=alert(1)>]]>&amp;'\"\u{301}`\u{301}|*_[a](https://evil.example) @root \u{1b}[31m\u{9b}2J\u{202e}\\xff\r\n"
  + "# HELP forged x\r\nforged 1\n## forged\n<forged/>"

/// A report in which every text that a host has a say in is hostile.
private func hostileReport() -> Report {
  let host = HostIdentity(
    id: bad, hostname: bad, nodeName: bad, bootID: bad,
    os: OperatingSystem(id: bad, version: bad, name: bad),
    kernel: bad, architecture: bad, roles: [], kubeletVersion: bad, isRunning: false)
  let piece = Evidence(
    entity: bad, fact: bad, expected: bad, found: bad, sources: ["/etc/\(bad):12 \(bad)", bad])
  var results = Status.allCases.enumerated().map { number, status in
    result(status, .high, id: "1.\(number)", check: "a-check-\(number)", evidence: [piece, piece])
  }
  results.append(
    CheckResult(
      id: "2.1", check: "b", area: "kernel", severity: .critical, level: nil,
      verdict: .unknown(Reason(.unreadable, bad), [piece])))
  let partial = CollectorRun(
    name: "kernel", subjects: ["kernel"], state: .partial, problems: [Problem(.denied, bad, bad)],
    problemsDropped: 1)
  let texts = Report.Texts(title: bad, rationale: bad, remediation: bad, references: [bad])
  return report(results, collectors: [partial], host: host, texts: ["a-check-1": texts])
}

private let nameless = HostIdentity(
  id: nil, hostname: nil, nodeName: nil, bootID: nil, os: nil, kernel: nil, architecture: nil, roles: [],
  kubeletVersion: nil, isRunning: false)

private func rendered(_ report: Report, _ format: ReportFormat) throws -> [UInt8] {
  try format.render(report, texts: [:], withTexts: true)
}

/// Why a report is refused in a form; nil where it isn't.
private func refusal(_ report: Report, _ format: ReportFormat) -> DocumentError? {
  do throws(DocumentError) {
    _ = try format.render(report, texts: [:])
    return nil
  } catch {
    return error
  }
}

@Suite(
  "Every format is taken by those who read it",
  .enabled(if: FormatValidator.isReady, FormatValidator.whatToDo))
struct FormatTests {
  static let validated = ReportFormat.allCases.filter { $0 != .table }

  @Test("A full report, a typical one, one of a nameless host, and a hostile one", arguments: validated)
  func valid(_ format: ReportFormat) throws {
    var documents = try [
      ("full", rendered(fullReport(), format)), ("typical", rendered(report(typicalResults()), format)),
      ("other", rendered(report([result(.pass)], host: nameless), format)),
    ]
    // JSON carries a hostile text as it is: its schema has no words for it.
    if format != .json { documents.append(("hostile", try rendered(hostileReport(), format))) }
    // The textfile collector takes one report of a host and benchmark; `other` is parsed and left out there.
    if format == .prometheus { documents = documents.map { ($0 == "full" ? $0 : "other-\($0)", $1) } }
    let problems = try FormatValidator.problems(format, documents)
    #expect(problems.isEmpty, "\(problems)")
  }

  /// A change to a good document that its readers must refuse: else they would take anything.
  static let spoilt: [(ReportFormat, String, String)] = [
    (.json, "\"status\":\"pass\"", "\"status\":\"fine\""),
    (.ndjson, "\"type\":\"summary\"", "\"type\":\"result\""),
    (.junit, "</testsuites>", ""), (.junit, "failures=\"2\"", "failures=\"3\""),
    (.sarif, "\"version\":\"2.1.0\"", "\"version\":\"2.0.0\""),
    (.sarif, "\"level\":\"error\"", "\"level\":\"grave\""),
    (.sarif, "\"ruleIndex\":1", "\"ruleIndex\":0"),
    (.ocsf, "\"severity_id\":4", "\"severity_id\":44"), (.ocsf, "\"time\":", "\"when\":"),
    (.policyreport, "\"nanos\":0", "\"nanos\":4294967296"),
    (.policyreport, "\"result\":\"fail\"", "\"result\":\"FAIL\""),
    (.openreports, "\"source\":\"plumbline\"", "\"sauce\":\"plumbline\""),
    (.openreports, "\"name\":\"plumbline-node", "\"name\":\"Plumbline-node"),
    (.prometheus, "plumbline_level{", "plumbline_level{benchmark=\"a\","),
    (.prometheus, "} 1\n", "} one\n"),
    (.xccdf, "<result>pass</result>", "<result>passed</result>"),
    (.xccdf, "idref=\"xccdf_plumbline_rule_1.0\"", "idref=\"xccdf_plumbline_rule_9.9\""),
    (.markdown, "# `", "<script>x</script>\n# `"),
    (.html, "</main>", "<script>x</script></main>"), (.html, "</details>", "</p>"),
  ]

  @Test("The readers refuse what is wrong", arguments: spoilt)
  func refused(_ format: ReportFormat, _ text: String, _ replacement: String) throws {
    let good = String(decoding: try rendered(fullReport(), format), as: UTF8.self)
    #expect(good.contains(text), "\(text)")
    let wrong = good.replacing(text, with: replacement, maxReplacements: 1)
    #expect(
      !(try FormatValidator.problems(format, [("full", Array(wrong.utf8))])).isEmpty, "\(format): \(text)")
  }

  @Test("The same report gives the same bytes", arguments: ReportFormat.allCases)
  func repeatable(_ format: ReportFormat) throws {
    #expect(try rendered(fullReport(), format) == rendered(fullReport(), format))
  }

  @Test("A run without a time is refused by what is dated", arguments: ReportFormat.allCases)
  func undated(_ format: ReportFormat) throws {
    let text = String(decoding: try encodeReport(fullReport()), as: UTF8.self)
    let undated = text.replacing(
      "\"startedAt\":\"2026-03-04T05:06:07Z\"", with: "\"startedAt\":\"yesterday\"")
    let report = try decodeReport(Array(undated.utf8))
    let isDated = format != .json && format != .table
    let refused = DocumentError.malformed(path: "run.startedAt", reason: "'yesterday' is no UTC time")
    #expect(refusal(report, format) == (isDated ? refused : nil))
  }

  @Test("However many failures there are, a Kubernetes object fits into etcd and says what it leaves out")
  func bounded() throws {
    let piece = evidence(found: String(repeating: "x", count: 3_000))
    let results = (0..<900).map {
      result(.fail, $0 == 899 ? .critical : .low, id: "1.\($0)", evidence: [piece])
    }
    for format in [ReportFormat.policyreport, .openreports] {
      let bytes = try rendered(report(results), format)
      #expect(bytes.count <= 1 << 20)
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.contains("\"plumbline/results-omitted\":\"") && text.contains("\"fail\":900"))
      // The worst is kept.
      #expect(text.contains("\"rule\":\"1.899\""))
      #expect(try FormatValidator.problems(format, [("full", bytes)]).isEmpty)
    }
  }

  @Test("Nodes of one name as the API takes it are told from each other, and so are benchmarks")
  func objectNames() throws {
    func name(_ node: String) throws -> Substring {
      let host = HostIdentity(
        id: nil, hostname: node, nodeName: nil, bootID: nil, os: nil, kernel: nil, architecture: nil,
        roles: [],
        kubeletVersion: nil, isRunning: true)
      let text = String(decoding: try rendered(report([], host: host), .openreports), as: UTF8.self)
      return try #require(text.firstMatch(of: /"metadata":\{.*?"name":"([^"]*)"/)).1
    }
    #expect(try name("worker-1.example") == "plumbline-node-baseline-worker-1.example")
    let odd = [
      "Worker", "worker_", "worker-", "worker.", "wörker", String(repeating: "w", count: 300), "w..x",
    ]
    #expect(Set(try odd.map(name)).count == odd.count)
    for name in try odd.map(name) { #expect(name.wholeMatch(of: /[a-z0-9]([-a-z0-9]*[a-z0-9])?/) != nil) }
  }
}
