import Foundation
import Testing

@Suite("The command, as a user runs it")
struct CommandTests {
  /// A report without its run object, which is all that may differ between two looks at the same host.
  private func stable(_ data: Data) throws -> NSDictionary {
    var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    object["run"] = nil
    return object as NSDictionary
  }

  @Test("audit is collect and judge in a row", arguments: ["debian", "kubeadm-control-plane"])
  func sameBytes(host: String) throws {
    let audit = try Program.run(["audit", "--format", "json"] + recordedHost(host))
    let snapshot = try Program.run(["collect"] + recordedHost(host))
    #expect(snapshot.status == 0)
    let judged = try Program.run(["judge", "-", "--format", "json"], input: snapshot.output)
    #expect(audit.status == judged.status)
    #expect(try stable(audit.output) == stable(judged.output))
    // The same snapshot judged twice: the same bytes, run object and all.
    let again = try Program.run(["judge", "-", "--format", "json"], input: snapshot.output)
    #expect(judged.output == again.output)
  }

  @Test("Standard output is data only, whatever is logged")
  func dataOnly() throws {
    let outcome = try Program.run(["audit", "--verbose", "--format", "json"] + recordedHost("debian"))
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: outcome.output) }
    #expect(outcome.errors.contains("kernel: "))
  }

  @Test(
    "Wrong use ends with 2 and says what to do",
    arguments: [
      (["audit", "--benchmark", "node-basline"], "did you mean 'node-baseline'?"),
      (["audit", "--root", "/nonexistent"], "/nonexistent"),
      (["audit", "--nonsense"], "--nonsense"),
      (["audit", "--min-score", "101"], "0 to 100"),
      (["audit", "--fail-on", "worst"], "critical"),
      (["judge", "/nonexistent.json"], "/nonexistent.json"),
      (["judge", "-"], "-"),
      (["explain", "host-is-identifed"], "did you mean 'host-is-identified'?"),
      (["list", "facts", "kernle"], "did you mean 'kernel'?"),
      (["audit", "--output", "/nonexistent/report.json"], "/nonexistent/report.json"),
    ])
  func wrongUse(arguments: [String], hint: String) throws {
    let arguments = arguments.contains("--output") ? arguments + recordedHost("debian") : arguments
    let outcome = try Program.run(arguments)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(hint), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test(
    "Help and version end with 0 and go to standard output",
    arguments: ["--help", "--version", "audit --help"])
  func help(arguments: String) throws {
    let outcome = try Program.run(arguments.split(separator: " ").map(String.init))
    #expect(outcome.status == 0)
    #expect(!outcome.output.isEmpty)
    #expect(outcome.errors.isEmpty)
  }

  @Test("Where a node departs from a general rule is listed with the rule's id, and explained with the check")
  func departures() throws {
    let listed = try Program.run(["list", "departures"])
    #expect(listed.status == 0)
    let lines = String(decoding: listed.output, as: UTF8.self).split(separator: "\n")
    let rule = try #require(lines.first { $0.hasPrefix("CIS Debian 12 3.3.1 ") })
    #expect(lines.contains { $0.contains("sysctl-packets-forwarded") })
    #expect(rule.contains("router"))
    let explained = try Program.run(["explain", "sysctl-packets-forwarded"])
    #expect(String(decoding: explained.output, as: UTF8.self).contains("Departs from CIS Debian 12 3.3.1"))
    // By the rule itself, as somebody asks who has the other list in hand.
    let byRule = try Program.run(["explain", "CIS Distribution Independent Linux 3.1.1"])
    #expect(byRule.output == explained.output)
    let several = try Program.run(["explain", "CIS Debian 12 3.3.1"])
    #expect(several.status == 2 && several.errors.contains("sysctl-ipv6-packets-forwarded"))
  }

  @Test("The exit status follows the threshold")
  func threshold() throws {
    let host = recordedHost("kubeadm-worker")
    let findings = try Program.run(["audit", "--fail-on", "low"] + host)
    #expect(findings.status == 1)
    // Nothing counts as a finding then: what is left is whether everything could be seen.
    let open = try Program.run(["audit", "--fail-on", "none"] + host)
    #expect(open.status == 0 || open.status == 3)
    let score = try Program.run(["audit", "--fail-on", "none", "--min-score", "100"] + host)
    #expect(score.status == 1)
  }

  @Test("A tree without proc is judged as far as files can tell, and is not complete")
  func imageOnly() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let etc = folder.appendingPathComponent("etc")
    try FileManager.default.createDirectory(at: etc, withIntermediateDirectories: true)
    try Data("root:x:0:0:root:/root:/bin/bash\n".utf8).write(to: etc.appendingPathComponent("passwd"))
    let outcome = try Program.run(["audit", "--root", folder.path, "--format", "json", "--fail-on", "none"])
    #expect(outcome.status == 3)
    let report = try #require(try JSONSerialization.jsonObject(with: outcome.output) as? [String: Any])
    let results = try #require(report["results"] as? [[String: Any]])
    let statuses = Set(results.compactMap { $0["status"] as? String })
    #expect(statuses.contains("unknown"))
  }

  @Test("A profile with a mistake is refused with file, line and the nearest name, and nothing runs")
  func refusedProfile() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let catalogue = folder.appendingPathComponent("catalogue")
    try FileManager.default.createDirectory(at: catalogue, withIntermediateDirectories: true)
    let text = """
      my-check:
        title: A title
        severity: high
        about: kernel
        expect: { relase: "6" }
        why: Because.
        fix: Do.
        references: [none]
      """
    try Data(text.utf8).write(to: catalogue.appendingPathComponent("mine.yaml"))
    let outcome = try Program.run(["audit", "--profiles", folder.path])
    #expect(outcome.status == 2)
    #expect(
      outcome.errors.contains("catalogue/mine.yaml:5: 'kernel' has no fact 'relase'"), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test("Output to a file replaces it whole and leaves nothing beside it")
  func outputFile() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appendingPathComponent("report.json")
    try Data("old".utf8).write(to: file)
    let arguments = ["audit", "--format", "json", "--output", file.path] + recordedHost("debian")
    let outcome = try Program.run(arguments)
    #expect(outcome.output.isEmpty)
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(contentsOf: file)) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["report.json"])
  }

  @Test("Shell completions are made for the common shells", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let outcome = try Program.run(["--generate-completion-script", shell])
    #expect(outcome.status == 0)
    #expect(outcome.text.contains("benchmark"))
  }
}
