import Foundation
import Reports
import Testing

/// What Tests/Validators has, run as a program.
private func script(_ name: String, _ arguments: [String], environment: [String: String]? = nil) throws
  -> Program.Outcome
{
  let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Validators/\(name)").path
  return try Program.run(
    ["python3", path] + arguments, executable: "/usr/bin/env", environment: environment)
}

@Suite("Reports of recorded hosts in every format")
struct FormatsTests {
  @Test(
    "Their readers take them",
    .enabled(if: Program.hasReaders, "readers of the formats are not installed: scripts/setup-ci.sh"),
    arguments: ReportFormat.allCases.filter { $0 != .table })
  func valid(_ format: ReportFormat) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var files: [String] = []
    for (host, benchmark) in [
      ("permissive-worker", "node-baseline"), ("kubeadm-control-plane", "cis-kubernetes-1.12"),
      ("image-loose", "node-baseline"),
    ] {
      // node_exporter takes a host's benchmark once.
      let prefix = format == .prometheus && host == "image-loose" ? "other-" : ""
      let file = folder.appendingPathComponent("\(prefix)\(host)").path
      let outcome = try Program.run(
        [
          "audit", "--benchmark", benchmark, "--format", format.rawValue, "--output", file, "--fail-on",
          "none",
        ]
          + recordedHost(host))
      #expect(outcome.status != 2 && outcome.output.isEmpty, "\(outcome.errors)")
      files.append(file)
    }
    let outcome = try script("validate.py", [format.rawValue] + files)
    #expect(outcome.status == 0, "\(outcome.text.prefix(2000))\(outcome.errors.prefix(2000))")
  }

  @Test(
    "A browser shows the page, filters it without a script, and asks for nothing else",
    .enabled(
      if: (try? script("browser.py", ["tools"]))?.status == 0,
      "chromium is not installed: scripts/setup-ci.sh"))
  func browser() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).html").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    let outcome = try Program.run(
      ["audit", "--format", "html", "--output", file, "--fail-on", "none"]
        + recordedHost("permissive-worker"))
    #expect(outcome.status != 2, "\(outcome.errors)")
    let seen = try script("browser.py", [file])
    #expect(seen.status == 0, "\(seen.text)\(seen.errors.suffix(1000))")
  }

  @Test("Only JSON is signed", arguments: ReportFormat.allCases.filter { $0 != .json })
  func signed(_ format: ReportFormat) throws {
    let outcome = try Program.run(
      ["audit", "--format", format.rawValue, "--sign", "/nowhere"] + recordedHost("debian"))
    #expect(outcome.status == 2 && outcome.errors.contains("--sign signs JSON"))
  }
}

@Suite("On a terminal", .enabled(if: Program.hasReaders, "python3 is not there: scripts/setup-ci.sh"))
struct TerminalTests {
  private struct Seen: Decodable {
    let status: Int32
    let output: String
    let errors: String
  }

  private func seen(_ columns: Int, _ environment: [String: String] = [:]) throws -> Seen {
    var all = ProcessInfo.processInfo.environment.filter { $0.key != "NO_COLOR" && $0.key != "COLUMNS" }
    all["TERM"] = "xterm"
    let outcome = try script(
      "terminal.py",
      [String(columns), Program.path, "audit", "--fail-on", "none"] + recordedHost("permissive-worker"),
      environment: all.merging(environment) { _, new in new })
    return try JSONDecoder().decode(Seen.self, from: outcome.output)
  }

  @Test("The table is as wide as the terminal allows, and coloured", arguments: [80, 200])
  func width(_ columns: Int) throws {
    let seen = try seen(columns)
    #expect(seen.output.contains("\u{1b}[1;31m"))
    let plain = seen.output.replacing(/\u{1b}\[[0-9;]*m/, with: "")
    let widest = plain.split(separator: "\n").map(\.count).max() ?? 0
    #expect(widest <= columns && widest > columns / 2)
  }

  @Test("NO_COLOR and a terminal that is dumb turn colour off", arguments: ["NO_COLOR=1", "TERM=dumb"])
  func plain(_ setting: String) throws {
    let parts = setting.split(separator: "=").map(String.init)
    let seen = try seen(80, [parts[0]: parts[1]])
    #expect(!seen.output.contains("\u{1b}") && seen.output.contains("FAILED"))
  }

  @Test("Progress is shown on a terminal, names what is read, and is gone at the end")
  func progress() throws {
    let errors = try seen(80).errors
    #expect(errors.contains("  reading 1/") && errors.contains(" kubelet"))
    #expect(errors.hasSuffix("\r\u{1b}[K"))
    #expect(!errors.contains("\n"))
    // In a pipe there is none, and the table is plain.
    let piped = try Program.run(["audit", "--fail-on", "none"] + recordedHost("permissive-worker"))
    #expect(piped.errors.isEmpty && !piped.text.contains("\u{1b}"))
  }
}
