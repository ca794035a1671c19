import Foundation
import TestSupport
import Testing

/// What the running program has given up, seen from outside and tried from inside.
@Suite(
  "The auditor's own confinement",
  .enabled(if: !Sanitizer.isOn, "a sanitizer and the confinement exclude each other"))
struct ConfinementTests {
  private struct Document: Decodable {
    struct Auditor: Decodable {
      struct Confinement: Decodable {
        struct Step: Decodable {
          let step: String
          let state: String
          let detail: String
        }

        let steps: [Step]
        let refusedCalls: [String: Int]
      }

      let confinement: Confinement?
    }

    struct Result: Decodable {
      let id: String
      let status: String
    }

    let auditor: Auditor
    let results: [Result]?
  }

  private func document(_ arguments: [String]) throws -> Document {
    try JSONDecoder().decode(Document.self, from: try Program.run(arguments).output)
  }

  @Test("Every step is in the report, and nothing that an audit asks for is refused")
  func recorded() throws {
    let confinement = try #require(try document(["audit", "--format", "json"]).auditor.confinement)
    #expect(
      confinement.steps.map(\.step) == [
        "dumpable", "boundingSet", "ambientSet", "capabilities", "noNewPrivs", "resourceLimits", "seccomp",
        "apparmor", "landlock",
      ])
    #expect(confinement.refusedCalls.isEmpty, "\(confinement.refusedCalls)")
    for name in ["noNewPrivs", "seccomp", "dumpable"] {
      #expect(confinement.steps.first { $0.step == name }?.state == "held", "\(name)")
    }
  }

  @Test("Stopped in the middle, the status file of each of its threads says so")
  func seenFromOutside() throws {
    let threads = try stoppedStatuses()
    #expect(threads.count > 1, "none looks while another watches")
    for status in threads { check(status) }
  }

  private func check(_ status: [String: String]) {
    #expect(status["Seccomp"] == "2")
    #expect(status["NoNewPrivs"] == "1")
    for set in ["CapInh", "CapAmb"] { #expect(status[set] == "0000000000000000", "\(set)") }
    if geteuid() == 0 {
      #expect(status["CapBnd"] == "0000000000000000")
      // cap_dac_read_search is bit 2, cap_sys_ptrace is bit 19: linux/capability.h.
      for set in ["CapEff", "CapPrm"] { #expect(status[set] == "0000000000080004", "\(set)") }
    } else {
      for set in ["CapEff", "CapPrm"] { #expect(status[set] == "0000000000000000", "\(set)") }
    }
  }

  /// `/proc/PID/task/TID/status` of an audit that is stopped once its first collector is done.
  private func stoppedStatuses() throws -> [[String: String]] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Program.path)
    process.arguments = ["audit", "--verbose", "--format", "json"]
    process.standardOutput = FileHandle.nullDevice
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    defer {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    _ = errors.fileHandleForReading.availableData
    kill(process.processIdentifier, SIGSTOP)
    let directory = "/proc/\(process.processIdentifier)/task"
    return try FileManager.default.contentsOfDirectory(atPath: directory).map { thread in
      fields(try String(contentsOfFile: "\(directory)/\(thread)/status", encoding: .utf8))
    }
  }

  private func fields(_ text: String) -> [String: String] {
    let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
      let parts = line.split(separator: ":", maxSplits: 1)
      return parts.count == 2 ? (String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces)) : nil
    }
    return Dictionary(pairs) { first, _ in first }
  }

  @Test(
    "It can't fork, start a program, connect, trace, signal, mount or write, lives on, and counts each try")
  func attempts() throws {
    let outcome = try Program.run(["self-test"])
    let lines = outcome.text.split(separator: "\n").map { line in
      let parts = line.components(separatedBy: "  ").map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty }
      return (
        name: parts.first ?? "", isCounted: parts.dropFirst().first == "counted",
        outcome: parts.last ?? ""
      )
    }
    #expect(lines.count > 15)
    for line in lines where line.name != "openat2 for writing" {
      #expect(line.outcome == "EPERM", "\(line.name)")
      #expect(line.isCounted, "\(line.name)")
    }
    let landlock = try document(["audit", "--format", "json"]).auditor.confinement?.steps
      .first { $0.step == "landlock" }
    let openat2 = lines.first { $0.name == "openat2 for writing" }?.outcome
    #expect(openat2 == (landlock?.state == "held" ? "EACCES" : "ok"))
    #expect(outcome.status == (landlock?.state == "held" ? 0 : 1))
  }

  @Test("The same attempts succeed or fail otherwise where nothing was given up: the test can fail")
  func attemptsUnconfined() throws {
    let outcome = try Program.run(["self-test", "--unconfined"])
    #expect(outcome.status == 1)
    #expect(outcome.text.contains("ok"))
    #expect(!outcome.text.contains("counted"))
  }

  @Test("What can be decided without the confinement can be decided under it")
  func losesNothing() throws {
    let arguments = ["audit", "--format", "json", "--fail-on", "none"]
    let free = try #require(try document(arguments + ["--unconfined"]).results)
    let confined = try #require(try document(arguments).results)
    let undecided = Set(confined.filter { $0.status == "unknown" }.map(\.id))
    let lost = free.filter { $0.status != "unknown" && undecided.contains($0.id) }.map(\.id)
    #expect(lost.isEmpty, "\(lost)")
  }

  @Test(
    "A step that must hold and does not ends the program before it looks",
    .enabled(if: geteuid() == 0 && Program.tool("setpriv") != nil, "needs root and setpriv"))
  func required() throws {
    let setpriv = try #require(Program.tool("setpriv"))
    // An ordinary user can't empty the bounding set; the program must be where that user can start it.
    let copy = FileManager.default.temporaryDirectory.appendingPathComponent("plumbline-\(UUID().uuidString)")
    try FileManager.default.copyItem(atPath: Program.path, toPath: copy.path)
    defer { try? FileManager.default.removeItem(at: copy) }
    let user =
      ["--reuid", "65534", "--regid", "65534", "--clear-groups", copy.path, "collect"]
      + recordedHost("debian")
    let refused = try Program.run(user + ["--require-confinement"], executable: setpriv)
    #expect(refused.status == 2)
    #expect(refused.errors.contains("boundingSet"), "\(refused.errors)")
    #expect(refused.output.isEmpty)
  }

  @Test("With every step in force --require-confinement changes nothing", .enabled(if: geteuid() == 0))
  func requiredAndHeld() throws {
    let steps = try #require(try document(["audit", "--format", "json"]).auditor.confinement?.steps)
    let outcome = try Program.run(["collect", "--require-confinement"] + recordedHost("debian"))
    #expect(outcome.status == (steps.contains { $0.state == "missing" } ? 2 : 0))
  }
}
