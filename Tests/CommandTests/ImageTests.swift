import Foundation
import Reports
import TestSupport
import Testing

@Suite("An image that is unpacked, and no host that runs")
struct ImageTests {
  static let images = ["image-hardened", "image-loose", "image-worker"]

  @Test(
    "Files are judged; of the rest it is said that it needs a running host, and nothing else is undecided",
    arguments: images)
  func told(_ image: String) throws {
    let report = try decodeReport(
      Array(try Program.run(["audit", "--format", "json"] + recordedHost(image)).output))
    let undecided = report.results.filter { [.unknown, .error].contains($0.verdict.status) }
    let decided = report.results.count { [.pass, .fail].contains($0.verdict.status) }
    #expect(!undecided.isEmpty && decided > 50, "\(decided)")
    for result in undecided { #expect(report.needsRunningHost(result), "\(result.id): \(result.verdict)") }
    // What files tell is among what was judged.
    let judged = Set(report.results.filter { [.pass, .fail].contains($0.verdict.status) }.map(\.area))
    #expect(judged.isSuperset(of: ["accounts", "certificate", "disk", "files"]), "\(judged)")
  }

  @Test("The table names what waits for a kernel once, without a line of reasons for each", arguments: images)
  func table(_ image: String) throws {
    let text = try Program.run(["audit"] + recordedHost(image)).text
    #expect(text.contains("\nNEEDS A RUNNING HOST  ") && text.contains("\n  critical: "))
    #expect(!text.contains("\nUNKNOWN") && !text.contains("processes can't be listed"))
    #expect(text.contains("\n  only of a running host: /proc, "))
    #expect(text.contains("a tree of files was judged, not a running host"))
  }

  @Test("A running host's gaps stay gaps")
  func running() throws {
    let text = try Program.run(["audit"] + recordedHost("kubeadm-worker")).text
    #expect(text.contains("\nUNKNOWN  ") && text.contains("permission denied"))
  }

  @Test("No form takes it for an error of the build", arguments: images)
  func forms(_ image: String) throws {
    let junit = try Program.run(["audit", "--format", "junit"] + recordedHost(image)).text
    #expect(junit.contains("errors=\"0\"") && junit.contains("needs a running host: "))
    let sarif = try Program.run(["audit", "--format", "sarif"] + recordedHost(image)).text
    #expect(!sarif.contains("\"level\":\"warning\",\"message\":{\"text\":\"unknown: "))
  }

  /// The job of docs/ci.md, as it stands there.
  @Test(
    "The recipe for a pipeline gates as it says",
    .enabled(if: !Sanitizer.isOn, "it is a user's, who confines the program"),
    arguments: [("image-loose", 1), ("image-worker", 0)])
  func recipe(_ image: String, _ status: Int32) throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/ci.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let job = try #require(
      text.components(separatedBy: "```sh\nset -eu\n").last?.components(separatedBy: "```").first)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ci-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let host = recordedHost(image)
    // The image lies where the recipe has it, and the tree's attributes are those that were recorded.
    try FileManager.default.createSymbolicLink(
      atPath: folder.appendingPathComponent("root").path, withDestinationPath: host[1])
    let script =
      "set -eu\ncd '\(folder.path)'\n"
      + "plumbline() { command '\(Program.path)' \"$@\"; }\n"
      + job.replacingOccurrences(of: "--root root", with: "--root root --attributes '\(host[3])'")
    let outcome = try Program.run(["-c", script], executable: "/bin/sh")
    #expect(outcome.status == status, "\(outcome.errors)")
    for form in ["sarif", "junit.xml", "html"] {
      let file = folder.appendingPathComponent("plumbline.\(form)")
      #expect((try Data(contentsOf: file)).count > 10_000, "\(form)")
    }
  }
}
