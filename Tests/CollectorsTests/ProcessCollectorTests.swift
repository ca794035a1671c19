import Facts
import Host
import TestSupport
import Testing

@testable import Collectors

@Suite("Processes")
struct ProcessCollectorTests {
  private static let base = [
    "proc/sys/kernel/cap_last_cap": "40\n",
    "etc/passwd": "root:x:0:0::/root:/bin/sh\nweb:x:33:33::/:/bin/false\n",
    "etc/group": "root:x:0:\n",
  ]

  private func look(
    _ processes: [ProcessFiles], _ more: [String: String] = [:], attributes: String? = nil
  ) throws -> SecurityLook {
    var files = Self.base.merging(more) { $1 }
    for process in processes { files.merge(process.files) { $1 } }
    return try SecurityLook(ProcessCollector(), HostTree(files), attributes: attributes)
  }

  private static let pod = ProcessFiles(
    812, name: "nginx", user: 33, capabilities: "0000000000000400", seccomp: 2, filters: 1,
    noNewPrivileges: 1,
    group: ProcessFiles.podGroup, label: "cri-containerd.apparmor.d (enforce)\n",
    namespaces: ["pid": 50, "net": 40, "ipc": 20])

  @Test("A process in a pod states its pod, its container and what confines it")
  func inPod() throws {
    let facts = try look([ProcessFiles(1), Self.pod]).entity("812")
    #expect(facts["name"]?.value == .text("nginx"))
    #expect(facts["executable"]?.value == .text("/usr/bin/nginx"))
    #expect(facts["user"]?.value == .number(33))
    #expect(facts["userName"]?.value == .text("web"))
    #expect(facts["seccomp.mode"]?.value == .text("filter"))
    #expect(facts["seccomp.filters"]?.value == .number(1))
    #expect(facts["noNewPrivileges"]?.value == .flag(true))
    #expect(facts["capabilities.effective"]?.value == .texts(["cap_net_bind_service"]))
    #expect(facts["capabilities.ambient"]?.value == .list([]))
    #expect(facts["label"]?.value == .text("cri-containerd.apparmor.d"))
    #expect(facts["label.mode"]?.value == .text("enforce"))
    #expect(facts["label.type"].isAbsent)
    #expect(facts["inPod"]?.value == .flag(true))
    #expect(facts["pod.uid"]?.value == .text("11111111-2222-3333-4444-555555555555"))
    #expect(
      facts["container.id"]?.value
        == .text("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"))
    #expect(facts["userNamespace.initial"]?.value == .flag(true))
    #expect(facts["hostPID"]?.value == .flag(false))
    #expect(facts["hostNetwork"]?.value == .flag(false))
    #expect(facts["hostIPC"]?.value == .flag(false))
  }

  @Test("A process of the host has all capabilities, no pod, and the host's namespaces")
  func onHost() throws {
    let facts = try look([ProcessFiles(1, label: "unconfined\n")]).entity("1")
    #expect(facts["capabilities.effective"]?.value == .texts(["all"]))
    #expect(facts["inPod"]?.value == .flag(false))
    #expect(facts["pod.uid"].isAbsent)
    #expect(facts["seccomp.mode"]?.value == .text("disabled"))
    #expect(facts["hostPID"]?.value == .flag(true))
    #expect(facts["label.mode"]?.value == .text("unconfined"))
  }

  @Test("Without the kernel's last capability the names are listed, not taken for all")
  func unknownLast() throws {
    let files = ProcessFiles(1).files
    let facts = try SecurityLook(ProcessCollector(), HostTree(files)).entity("1")
    guard case .list(let names) = facts["capabilities.effective"]?.value else {
      Issue.record("no capabilities")
      return
    }
    #expect(names.count == 41)
    #expect(names.contains(.text("cap_sys_admin")))
    #expect(facts["userName"].isAbsent)
  }

  @Test("Kernel threads are left out")
  func kernelThreads() throws {
    let look = try look([ProcessFiles(1), ProcessFiles(2, name: "kthreadd", isKernelThread: true)])
    #expect(look.entities.map(\.id) == ["1"])
    #expect(look.problems.isEmpty)
  }

  @Test("An SELinux context gives its type and no mode")
  func seLinux() throws {
    let context = "system_u:system_r:container_t:s0:c1,c2\0"
    let facts = try look([ProcessFiles(1)], ["proc/1/attr/current": context]).entity("1")
    #expect(facts["label"]?.value == .text("system_u:system_r:container_t:s0:c1,c2"))
    #expect(facts["label.type"]?.value == .text("container_t"))
    #expect(facts["label.mode"].isAbsent)
  }

  @Test("SELinux's label is read on a kernel that has AppArmor too, whose own file then answers EINVAL")
  func seLinuxBesideAppArmor() throws {
    let context = "system_u:system_r:init_t:s0\0"
    let look = try look(
      [ProcessFiles(1, label: ""), ProcessFiles(7, name: "sshd", label: "")],
      ["proc/1/attr/current": context, "proc/7/attr/current": context],
      attributes: "proc/1/attr/apparmor/current\t-\t-\t-\t-\terrno=EINVAL\n"
        + "proc/7/attr/apparmor/current\t-\t-\t-\t-\terrno=EINVAL\n")
    for process in ["1", "7"] {
      #expect(look.entity(process)["label"]?.value == .text("system_u:system_r:init_t:s0"))
      #expect(look.entity(process)["label.type"]?.value == .text("init_t"))
      #expect(look.entity(process)["label.mode"].isAbsent)
    }
  }

  @Test("EINVAL for a label means that no module labels, EACCES that it is not known")
  func labelErrors() throws {
    let more = ["proc/1/attr/current": ""]
    let none = try look(
      [ProcessFiles(1)], more, attributes: "proc/1/attr/current\t-\t-\t-\t-\terrno=EINVAL\n")
    #expect(none.entity("1")["label"].isAbsent)
    let denied = try look(
      [ProcessFiles(1)], more, attributes: "proc/1/attr/current\t-\t-\t-\t-\terrno=EACCES\n")
    #expect(denied.entity("1")["label"].obstacle == .denied)
    #expect(denied.entity("1")["label.mode"].obstacle == .denied)
  }

  @Test("Namespaces that may not be read are unknown, never shared")
  func namespacesDenied() throws {
    let look = try look(
      [ProcessFiles(1), Self.pod], attributes: "proc/812/ns/**\t-\t-\t-\t-\terrno=EACCES\n")
    for fact in ["hostPID", "hostNetwork", "hostIPC", "userNamespace.initial"] {
      #expect(look.entity("812")[fact].obstacle == .denied)
      #expect(look.entity("1")[fact]?.value == .flag(true))
    }
  }

  @Test("Without PID 1 nothing is said of shared namespaces")
  func noFirstProcess() throws {
    let look = try look([Self.pod])
    #expect(look.entity("812")["hostPID"].obstacle == .notVisible)
    #expect(look.problems.map(\.place) == ["/proc"])
  }

  @Test("Processes that can't be listed or read leave the look incomplete")
  func incomplete() throws {
    let unlisted = try look([ProcessFiles(1)], attributes: "proc\t-\t-\t-\t-\terrno=EACCES\n")
    #expect(unlisted.entities.isEmpty)
    #expect(unlisted.problems.map(\.code) == [.denied])
    let one = try look(
      [ProcessFiles(1), Self.pod], attributes: "proc/812/status\t-\t-\t-\t-\terrno=EACCES\n")
    #expect(one.entities.map(\.id) == ["1"])
    #expect(one.problems.map(\.place) == ["/proc/812/status"])
  }

  @Test(
    "An image with an empty /proc, or none, is not a host without processes", arguments: ["proc/", "etc/"])
  func image(directory: String) throws {
    let look = try SecurityLook(ProcessCollector(), HostTree([directory: ""]))
    #expect(look.entities.isEmpty)
    #expect(look.problems.map(\.code) == [.needsRunningHost])
  }

  @Test("A status without capabilities or with a mode that does not exist is malformed, not none")
  func malformedStatus() throws {
    let status = "Name:\tx\nUid:\t0\nSeccomp:\t7\nCapEff:\tzz\n"
    let facts = try look([ProcessFiles(1, status: status)]).entity("1")
    #expect(facts["capabilities.effective"].obstacle == .malformed)
    #expect(facts["seccomp.mode"].obstacle == .malformed)
    #expect(facts["user"].obstacle == .malformed)
    #expect(facts["noNewPrivileges"].isAbsent)
  }
}
