import Facts
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Collectors

@Suite("Seccomp")
struct SeccompCollectorTests {
  private func facts(_ files: [String: String], attributes: String? = nil) throws -> [String: Fact] {
    try SecurityLook(SeccompCollector(), HostTree(files), attributes: attributes).facts
  }

  @Test("A kernel with filters names its actions")
  func supported() throws {
    let facts = try facts([
      "proc/sys/kernel/seccomp/actions_avail": "kill_process kill_thread errno allow\n",
      "proc/sys/kernel/seccomp/actions_logged": "kill_process\n",
    ])
    #expect(facts["supported"]?.value == .flag(true))
    #expect(facts["actions.available"]?.value == .texts(["kill_process", "kill_thread", "errno", "allow"]))
    #expect(facts["actions.logged"]?.value == .texts(["kill_process"]))
    #expect(facts["api.level"].obstacle == .needsRunningHost)
  }

  @Test("A process without a seccomp line shows a kernel without seccomp")
  func notBuilt() throws {
    var files = ProcessFiles(1, status: "Name:\tinit\nUid:\t0\t0\t0\t0\n").files
    files["proc/sys/kernel/osrelease"] = "6.12.0\n"
    let facts = try facts(files)
    #expect(facts["supported"]?.value == .flag(false))
    #expect(facts["actions.available"].isAbsent)
  }

  @Test("Before Linux 4.14 the kernel's configuration decides, and without it nothing does")
  func oldKernel() throws {
    var files = ProcessFiles(1).files
    files["proc/sys/kernel/osrelease"] = "4.9.0\n"
    #expect(try facts(files)["supported"].obstacle == .notVisible)
    files["boot/config-4.9.0"] = "CONFIG_SECCOMP=y\n# CONFIG_SECCOMP_FILTER is not set\n"
    #expect(try facts(files)["supported"]?.value == .flag(false))
    files["boot/config-4.9.0"] = "CONFIG_SECCOMP_FILTER=y\n"
    #expect(try facts(files)["supported"]?.value == .flag(true))
  }

  @Test("An image leaves the kernel's filters unknown")
  func image() throws {
    let facts = try facts(["etc/passwd": ""])
    #expect(facts["supported"].obstacle == .notVisible)
    #expect(facts["actions.logged"].obstacle == .needsRunningHost)
  }

  @Test("Actions that may not be read are denied")
  func denied() throws {
    let facts = try facts(
      ["proc/sys/kernel/seccomp/actions_logged": "kill_process\n"],
      attributes: "proc/sys/kernel/seccomp/actions_logged\t-\t-\t-\t-\terrno=EACCES\n")
    #expect(facts["actions.logged"].obstacle == .denied)
  }

  @Test("On the running host libseccomp tells its level")
  func running() throws {
    var record = Recorder()
    let view = HostView(try HostRoot(at: "/"))
    let isRunning = view.root.isRunning
    try #require(isRunning)
    SeccompCollector().collect(from: view, into: &record)
    guard case .number(let level) = record.entities.first?["api.level"]?.value else {
      Issue.record("no level")
      return
    }
    #expect((0...7).contains(level))
  }
}
