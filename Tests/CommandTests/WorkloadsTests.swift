import Foundation
import Testing

@Suite("plumbline workloads")
struct WorkloadsTests {
  @Test("The table fits 80 columns, begins with the weakest pod, and has no escapes in a pipe")
  func table() throws {
    let outcome = try Program.run(
      ["workloads"] + recordedHost("containers"), environment: ["COLUMNS": "80"])
    #expect(outcome.status == 0)
    let lines = outcome.text.split(separator: "\n").map(String.init)
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines[1] == "debug/node-shell")
    #expect(!outcome.text.contains("\u{1b}"))
    #expect(lines.contains { $0.contains("calico-node") && $0.contains("default +NET_ADMIN") })
    #expect(lines.contains { $0.contains("builder") && $0.contains("mapped") })
    #expect(lines.contains("    · runtime socket: /run/containerd/containerd.sock"))
    #expect(outcome.text.contains("17 containers in 14 pods, 18 processes"))
    #expect(outcome.text.contains("Of 1 container not all could be read"))
  }

  @Test("A host without containers says so in a sentence")
  func none() throws {
    let outcome = try Program.run(["workloads"] + recordedHost("debian"))
    #expect(outcome.status == 0)
    #expect(outcome.text.hasPrefix("No container was found: 4 processes looked at"))
  }

  @Test("The JSON is a snapshot that judge takes")
  func judged() throws {
    let snapshot = try Program.run(["workloads", "--format", "json"] + recordedHost("containers"))
    let judged = try Program.run(
      ["judge", "-", "--benchmark", "node-baseline", "--only", "container", "--format", "json"],
      input: snapshot.output)
    let report = try #require(try JSONSerialization.jsonObject(with: judged.output) as? [String: Any])
    let results = try #require(report["results"] as? [[String: Any]])
    let failed = results.filter { $0["status"] as? String == "fail" }.compactMap { $0["check"] as? String }
    #expect(
      Set(failed).isSuperset(of: ["container-not-privileged", "container-apparmor-enforced"]),
      "\(judged.errors)")
  }

  @Test(
    "500 containers with 5,000 processes are all found, each confined as it was made",
    .enabled(if: Program.tool("python3") != nil))
  func manyContainers() throws {
    // Some 85,000 files: in memory where that can be.
    let memory = URL(fileURLWithPath: "/dev/shm")
    let place =
      FileManager.default.isWritableFile(atPath: memory.path)
      ? memory : FileManager.default.temporaryDirectory
    let directory = place.appendingPathComponent("plumbline-" + UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: directory) }
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("scripts/make-workload-host.py").path
    let made = try Program.run([script, directory.path], executable: try #require(Program.tool("python3")))
    #expect(made.status == 0, "\(made.errors)")
    let expected = try #require(
      try JSONSerialization.jsonObject(
        with: Data(contentsOf: directory.appendingPathComponent("expected.json"))) as? [String: Int])
    let outcome = try Program.run([
      "workloads", "--format", "json", "--root", directory.appendingPathComponent("root").path,
      "--attributes",
      directory.appendingPathComponent("attributes.tsv").path,
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    // A snapshot of 250 nodes' workloads is to be kept and sent: 6 KiB a container.
    #expect(outcome.output.count < 500 * 6 << 10, "\(outcome.output.count) bytes")
    #expect(try counts(outcome.output) == expected)
  }

  /// What the script counts, counted again from the facts.
  private func counts(_ snapshot: Data) throws -> [String: Int] {
    let object = try #require(try JSONSerialization.jsonObject(with: snapshot) as? [String: Any])
    let entities = try #require(object["entities"] as? [[String: Any]])
    func value(_ entity: [String: Any], _ fact: String) -> Any? {
      ((entity["facts"] as? [String: Any])?[fact] as? [String: Any])?["value"]
    }
    let containers = entities.filter { $0["subject"] as? String == "container" }
    let all = try #require(entities.first { $0["subject"] as? String == "workloads" })
    func text(_ fact: String, _ wanted: String) -> Int {
      containers.count { value($0, fact) as? String == wanted }
    }
    func flag(_ fact: String, _ wanted: Bool = true) -> Int {
      containers.count { value($0, fact) as? Bool == wanted }
    }
    func filled(_ fact: String) -> Int {
      containers.count { (value($0, fact) as? [String])?.isEmpty == false }
    }
    return [
      "containers": try #require(value(all, "containers") as? Int),
      "pods": try #require(value(all, "pods") as? Int),
      "processes": containers.reduce(0) { $0 + (value($1, "processes") as? Int ?? 0) },
      "unfiltered": text("seccomp.mode", "disabled"), "unconfined": text("label.mode", "unconfined"),
      "complaining": text("label.mode", "complain"),
      "allCapabilities": containers.count { value($0, "capabilities.permitted") as? [String] == ["all"] },
      "ownUserNamespace": flag("userNamespace.initial", false), "hostPID": flag("hostPID"),
      "hostNetwork": flag("hostNetwork"), "hostIPC": flag("hostIPC"), "hostMounts": flag("hostMounts"),
      "runtimeSockets": filled("runtimeSockets"), "kernelInterfaces": filled("kernelInterfaces.writable"),
      "blockDevices": filled("devices.block"),
      "named": containers.count { value($0, "name") is String },
    ]
  }
}
