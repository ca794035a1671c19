import Foundation
import Testing

@Suite(
  "diff and --baseline",
  .enabled(if: Program.hasReaders, "readers of the formats are not installed: scripts/setup-ci.sh"))
struct DiffTests {
  /// A recorded host, and the same with an account more that is root, one sysctl better, and one file more open.
  private func withHosts(_ body: (URL, [String], [String]) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("diff-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let before = recordedHost("permissive-worker")
    let copy = folder.appendingPathComponent("host")
    try FileManager.default.copyItem(
      at: URL(fileURLWithPath: before[1]).deletingLastPathComponent(), to: copy)
    let root = copy.appendingPathComponent("root")
    let passwd = root.appendingPathComponent("etc/passwd")
    let accounts = try String(contentsOf: passwd, encoding: .utf8)
    try (accounts + "toor:x:0:0::/root:/bin/sh\n").write(to: passwd, atomically: false, encoding: .utf8)
    try body(
      folder,
      before, ["--root", root.path, "--attributes", copy.appendingPathComponent("attributes.tsv").path])
  }

  private func write(_ arguments: [String], to folder: URL, _ name: String) throws -> String {
    let file = folder.appendingPathComponent(name).path
    let outcome = try Program.run(arguments + ["--output", file])
    #expect(outcome.status != 2, "\(outcome.errors)")
    return file
  }

  @Test(
    "Reports and snapshots: worse is 1, the other way round and the same is 0",
    arguments: ["audit", "collect"])
  func statuses(_ command: String) throws {
    try withHosts { folder, before, after in
      let form = command == "audit" ? ["--format", "json"] : []
      let old = try write([command] + form + before, to: folder, "a.json")
      let new = try write([command] + form + after, to: folder, "b.json")
      let worse = try Program.run(["diff", old, new])
      #expect(worse.status == 1)
      #expect(worse.text.contains("accounts-only-root-is-zero") && worse.text.contains("Worse: "))
      #expect(worse.text.contains("FACTS") == (command == "collect"))
      let better = try Program.run(["diff", new, old])
      #expect(better.status == 0 && better.text.contains("BETTER"))
      let same = try Program.run(["diff", old, old])
      #expect(same.status == 0 && same.text.contains("Same or better"))

      let json = try Program.run(["diff", old, new, "--format", "json"])
      #expect(json.status == 1)
      let file = folder.appendingPathComponent("diff.json")
      try json.output.write(to: file)
      let schema = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs/diff-v1.schema.json").path
      let valid = try Program.run(
        ["check-jsonschema", "--schemafile", schema, file.path], executable: "/usr/bin/env")
      #expect(valid.status == 0, "\(valid.text)")
      let spoilt = json.text.replacing("\"direction\":\"worse\"", with: "\"direction\":\"bad\"")
      try Data(spoilt.utf8).write(to: file)
      #expect(
        try Program.run(["check-jsonschema", "--schemafile", schema, file.path], executable: "/usr/bin/env")
          .status != 0)
    }
  }

  @Test("What can't be compared is 2, with the reason")
  func refused() throws {
    try withHosts { folder, before, _ in
      let report = try write(["audit", "--format", "json"] + before, to: folder, "a.json")
      let other = try write(
        ["audit", "--format", "json", "--benchmark", "cis-kubernetes-1.12"] + before, to: folder, "b.json")
      let snapshot = try write(["collect"] + before, to: folder, "c.json")
      for (left, right, reason) in [
        (report, snapshot, "can't be compared"), (report, other, "can't be compared"),
        (report, "/nowhere", "No such file"), (report, "/etc/passwd", "not JSON"),
        ("-", "-", "standard input"),
      ] {
        let outcome = try Program.run(["diff", left, right])
        #expect(outcome.status == 2 && outcome.errors.contains(reason), "\(outcome.errors)")
      }
    }
  }

  @Test("With a baseline only what is new gives 1, and it is said")
  func baseline() throws {
    try withHosts { folder, before, after in
      let file = try write(["audit", "--format", "json"] + before, to: folder, "a.json")
      let same = try Program.run(["audit", "--baseline", file] + before)
      // This host can't be told whole: the rest of the statuses is as ever.
      #expect(same.status == 3 && same.text.contains("BASELINE  0 new findings since"))
      let worse = try Program.run(["audit", "--baseline", file, "--format", "ocsf"] + after)
      #expect(worse.status == 1)
      #expect(worse.errors.contains("new finding") && !worse.text.contains("BASELINE"))
      // What is new and less grave than --fail-on does not count.
      #expect(try Program.run(["audit", "--fail-on", "none", "--baseline", file] + after).status == 3)
      let wrong = try Program.run(
        ["audit", "--baseline", file, "--benchmark", "cis-kubernetes-1.12"] + before)
      #expect(wrong.status == 2 && wrong.errors.contains("--baseline"))
      #expect(try Program.run(["audit", "--baseline", "/nowhere"] + before).status == 2)
    }
  }
}
