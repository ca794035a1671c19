import Foundation
import Testing

@Suite("kube-bench control files on the command line")
struct ImportTests {
  private static let text = """
    ---
    controls:
    version: "own-1"
    id: 4
    text: "The node"
    type: node
    groups:
      - id: "4.9"
        text: "The kubelet"
        checks:
          - id: "4.9.1"
            text: "No anonymous requests"
            audit: "/bin/ps -fC $kubeletbin"
            audit_config: "/bin/cat $kubeletconf"
            tests:
              test_items:
                - flag: "--anonymous-auth"
                  path: '{.authentication.anonymous.enabled}'
                  compare: { op: eq, value: false }
            remediation: "Turn it off."
            scored: true
          - id: "4.9.2"
            text: "Something else"
            audit: "kubectl get nodes"
            tests:
              test_items: [{ flag: "Ready" }]
            scored: false
    """

  /// The control file in a directory of its own, removed at the end.
  private func withFile(_ body: (_ file: String, _ directory: URL) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
      "plumbline-import-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: directory) }
    let file = directory.appendingPathComponent("node.yaml")
    try Self.text.write(to: file, atomically: true, encoding: .utf8)
    try body(file.path, directory)
  }

  private static let coverage =
    "1 of 2 controls (50 %) are answered from facts, 0 are left to a person by the file, 1 are refused"

  @Test("--benchmark takes a control file as it is, and says how much of it is answered")
  func asBenchmark() throws {
    try withFile { file, _ in
      let outcome = try Program.run(
        ["audit", "--benchmark", file, "--format", "json"] + recordedHost("kubeadm-control-plane"))
      #expect(outcome.errors.contains(Self.coverage))
      let report = try #require(try JSONSerialization.jsonObject(with: outcome.output) as? [String: Any])
      let results = try #require(report["results"] as? [[String: Any]])
      #expect(results.map { $0["id"] as? String } == ["4.9.1", "4.9.2"])
      #expect(results[0]["status"] as? String == "pass")
      #expect((results[0]["entity"] as? String)?.hasPrefix("kubelet[") == true)
      #expect(results[1]["status"] as? String == "manual")
    }
  }

  @Test("import writes profiles that --profiles takes, and names what it refuses")
  func asProfiles() throws {
    try withFile { file, directory in
      let output = directory.appendingPathComponent("out").path
      let made = try Program.run(["import", "kube-bench", file, "--output", output])
      #expect(made.status == 0)
      #expect(made.output.isEmpty)
      #expect(made.errors.contains("kube-bench-own-1: " + Self.coverage))
      #expect(made.errors.contains("refused 4.9.2: its command needs a shell: the command 'kubectl'"))
      let report = try Program.run(
        ["audit", "--profiles", output, "--benchmark", "kube-bench-own-1", "--format", "json"]
          + recordedHost("kubeadm-control-plane"))
      #expect(report.text.contains("kube-bench-4-9-1"))
      let printed = try Program.run(["import", "kube-bench", file])
      #expect(printed.text.contains("# catalogue/kube-bench.yaml"))
      #expect(printed.text.contains("# benchmarks/kube-bench-own-1.yaml"))
    }
  }

  @Test("What is no control file is refused with its name")
  func refused() throws {
    try withFile { file, _ in
      try "controls:\ngroups: 3\n".write(toFile: file, atomically: true, encoding: .utf8)
      let outcome = try Program.run(["import", "kube-bench", file])
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains("'groups' is a list"))
    }
  }
}
