import Facts
import Host
import TestSupport
import Testing

@testable import Collectors

@Suite("seccomp profiles in files are judged by what their rules let through")
struct SeccompProfileCollectorTests {
  private func profiles(_ files: [String: String]) throws -> [Entity] {
    let collector = SeccompProfileCollector()
    let tree = try HostTree(files)
    let found = entities(collector, try tree.view()).entities
    expectContract(found, collector)
    return found
  }

  private func profile(_ text: String) throws -> Entity {
    let found = try profiles(["var/lib/kubelet/seccomp/p.json": text])
    #expect(found.map(\.id) == ["/var/lib/kubelet/seccomp/p.json"])
    return try #require(found.first)
  }

  @Test("An allowed call counts unless its arguments or a capability are asked for")
  func conditions() throws {
    let entity = try profile(
      """
      {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
        {"names": ["ptrace", "read"], "action": "SCMP_ACT_ALLOW"},
        {"name": "bpf", "action": "SCMP_ACT_LOG"},
        {"names": ["unshare"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]},
        {"names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
        {"names": ["keyctl"], "action": "SCMP_ACT_ERRNO", "args": []}]}
      """)
    #expect(entity.value("calls.dangerous") == .texts(["bpf", "ptrace"]))
    #expect(entity["calls.dangerous"]?.sources.map(\.line) == [3, 2])
    #expect(entity.value("defaultAction") == .text("SCMP_ACT_ERRNO"))
    #expect(entity.value("rules") == .number(5))
  }

  @Test("Calls that came after the running kernel's release are told apart from slips")
  func newerCalls() throws {
    let profile = """
      {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
        {"names": ["read", "openat2", "close_range", "mseal", "raed"], "action": "SCMP_ACT_ALLOW"}]}
      """
    let files = ["var/lib/kubelet/seccomp/p.json": profile]
    func newer(_ release: String) throws -> Fact? {
      let more = ["proc/sys/kernel/osrelease": release + "\n"]
      return try profiles(files.merging(more) { $1 }).first?["calls.newer"]
    }
    #expect(try newer("5.8.0-53-generic")?.value == .texts(["close_range", "mseal"]))
    #expect(try newer("6.10.3")?.value == .texts([]))
    #expect(try newer("unknown").obstacle == .malformed)
    #expect(try #require(profiles(files).first).value("calls.newer") == nil)
  }

  @Test("Where the default allows, only what is refused whatever its arguments is refused")
  func open() throws {
    let entity = try profile(
      """
      {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
        {"names": ["bpf", "mount"], "action": "SCMP_ACT_ERRNO"},
        {"names": ["ptrace"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]}]}
      """)
    let expected = SeccompProfile.dangerous.filter { !["bpf", "mount"].contains($0) }
    #expect(entity.value("calls.dangerous") == .texts(expected))
  }

  @Test("Names are libseccomp's to know, and all of those called dangerous are")
  func names() throws {
    let entity = try profile(
      """
      {"defaultAction": "SCMP_ACT_ERRNO", "archMap": [{"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": ["SCMP_ARCH_NO"]}],
       "architectures": ["SCMP_ARCH_X86_64", "x86_64"], "syscalls": [
        {"names": ["read", "raed", "", "a\\u0000b"], "action": "SCMP_ACT_ALLOW"}]}
      """)
    #expect(entity.value("calls.unknown") == .texts(["", "a\\x00b", "raed"]))
    #expect(entity.value("architectures.unknown") == .texts(["SCMP_ARCH_NO", "x86_64"]))
    for name in SeccompProfile.dangerous { #expect(seccompKnows(systemCall: name), "\(name)") }
  }

  @Test(
    "What is no profile is unknown and not taken for an empty one",
    arguments: ["", "{", "[]", "{}", "{\"defaultAction\": \"X\", \"syscalls\": [{}]}"])
  func malformed(_ text: String) throws {
    let entity = try profile(text)
    #expect(entity["calls.dangerous"].obstacle == .malformed)
    #expect(entity["defaultAction"].obstacle == .malformed)
    #expect(entity.value("origin") == .text("kubelet"))
  }

  @Test("A kubelet's root directory is where its profiles are; Docker's is the one that it is told")
  func places() throws {
    var host = KubernetesHost(kubelet: ["--root-dir=/srv/kubelet"])
    host.files["srv/kubelet/seccomp/a/b.json"] = "{\"defaultAction\": \"SCMP_ACT_ERRNO\"}"
    host.files["etc/docker/daemon.json"] = "{\"seccomp-profile\": \"/etc/docker/s.json\"}"
    let found = try profiles(host.files)
    #expect(found.map(\.id) == ["/srv/kubelet/seccomp/a/b.json", "/etc/docker/s.json"])
    #expect(found.map { $0.value("origin") } == [.text("kubelet"), .text("docker")])
    #expect(found.last?["calls.unknown"].isAbsent == true)
  }
}

@Suite("AppArmor's files declare profiles")
struct AppArmorFilesTests {
  @Test(
    "Names with and without the word profile, quoted, with flags; not those within others, nor of variables")
  func declared() {
    let text = """
      # profile no {
      abi <abi/4.0>,
      @{x} = /usr/{bin,sbin}
      profile one /usr/bin/{a,b} flags=(complain) {
        profile child {
        }
        ^hat {
        }
      }
      "/usr/bin/with blank" {
      }
      /usr/bin/two { # comment
      }
      profile "three 3" {
      }
      profile @{x}/y {
      }
      """
    let found = AppArmorFiles.declared(in: Array(text.utf8))
    #expect(found.map(\.name) == ["one", "/usr/bin/with blank", "/usr/bin/two", "three 3"])
    #expect(found.map(\.line) == [4, 10, 12, 14])
    #expect(found.map(\.attachment) == ["/usr/bin/{a,b}", "/usr/bin/with blank", "/usr/bin/two", nil])
  }
}

@Suite("Engines that watch a node are seen by their processes, pods, units and files")
struct DetectionCollectorTests {
  private func look(_ host: KubernetesHost) throws -> [Entity] {
    let collector = DetectionCollector()
    let tree = try HostTree(host.files)
    let found = entities(collector, try tree.view()).entities
    expectContract(found, collector)
    return found
  }

  @Test("A unit without a process is dead; a masked one is nothing; a process counts by its executable only")
  func states() throws {
    var host = KubernetesHost()
    host.files["usr/lib/systemd/system/falco.service"] = "[Service]\nExecStart=/usr/bin/falco\n"
    host.files["etc/systemd/system/tetragon.service"] = "-> /dev/null"
    host.files["usr/lib/systemd/system/tetragon.service"] = "[Service]\n"
    host.run(50, ["falco"], executable: "/usr/bin/sleep")
    host.run(51, ["x"], executable: "/usr/sbin/auditd")
    let found = try look(host)
    #expect(found.map(\.id) == ["falco", "auditd", ""])
    #expect(found[0].value("isRunning") == .flag(false))
    #expect(found[0].value("configured") == .texts(["/usr/lib/systemd/system/falco.service"]))
    #expect(found[1].value("isRunning") == .flag(true))
    #expect(found[2].value("detecting") == .texts([]) && found[2].value("auditing") == .texts(["auditd"]))
  }

  @Test("A pod's processes tell that it runs, whatever its image calls them; its logs alone that it does not")
  func pods() throws {
    var host = KubernetesHost()
    let uid = "11111111-2222-3333-4444-555555555555"
    host.files["var/log/pods/kyverno_kyverno-admission-1_\(uid)/kyverno/0.log"] = ""
    host.files["var/log/pods/default_falco-x_\(uid.replacing("1", with: "9"))/falco/0.log"] = ""
    host.files["var/log/pods/default_falconry_\(uid.replacing("1", with: "8"))/f/0.log"] = ""
    host.run(
      70, ["/manager"], executable: "/manager", cgroup: String(ProcessFiles.podGroup.dropFirst(3).dropLast()))
    let found = try look(host)
    #expect(found.map(\.id) == ["falco", "kyverno", ""])
    #expect(
      found[0].value("pods") == .texts(["default/falco-x"]) && found[0].value("isRunning") == .flag(false))
    #expect(found[1].value("isRunning") == .flag(true))
    #expect(found[2].value("admitting") == .texts(["kyverno"]))
  }
}
