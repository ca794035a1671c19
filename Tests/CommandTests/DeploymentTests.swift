import Foundation
import TestSupport
import Testing

/// `Tests/Validators/deployment.py`, run as a program.
private func deployment(_ arguments: [String]) throws -> Program.Outcome {
  let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Validators/deployment.py").path
  return try Program.run(["python3", path] + arguments, executable: "/usr/bin/env")
}

/// What the validator can look at. Our own pod is judged as it is when it is confined, which no program with a sanitizer can be.
private let aspects =
  ["manifests", "privileges", "units", "deb", "seccomp"] + (Sanitizer.isOn ? [] : ["own-pod"])

private let hasTools = (try? deployment(["tools"]))?.status == 0
private let runsContainers =
  !Sanitizer.isOn && hasTools && Program.tool("buildah") != nil
  && (try? deployment(["runtime", Program.path]))?.status == 0

@Suite(
  "Deployment",
  .enabled(
    if: hasTools, "Kubernetes' validators, Kustomize, Helm or dpkg-deb are missing: scripts/setup-ci.sh"))
struct DeploymentTests {
  @Test(
    "What deploy/ has holds before the implementations of others",
    arguments: aspects)
  func holds(_ what: String) throws {
    let outcome = try deployment([what, Program.path])
    #expect(outcome.status == 0, "\(outcome.text.prefix(2000))\(outcome.errors.prefix(2000))")
  }

  @Test(
    "The image has two programs and nothing else",
    .enabled(if: Program.tool("buildah") != nil, "buildah is not installed: scripts/setup-ci.sh"))
  func image() throws {
    let outcome = try deployment(["image", Program.path])
    #expect(outcome.status == 0, "\(outcome.text.prefix(2000))\(outcome.errors.prefix(2000))")
  }

  @Test(
    "In a container as the DaemonSet has it, and by its own seccomp profile, the agent sees what it sees without",
    .enabled(
      if: runsContainers,
      "buildah is missing, or neither crun nor runc can start a container here: scripts/setup-ci.sh"))
  func container() throws {
    let outcome = try deployment(["run", Program.path])
    #expect(outcome.status == 0, "\(outcome.text.prefix(4000))\(outcome.errors.prefix(2000))")
  }
}
