import Facts
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Collectors

@Suite("SELinux")
struct SELinuxCollectorTests {
  private static let enforcing = [
    "proc/cmdline": "quiet\n",
    "proc/filesystems": "nodev\tselinuxfs\n",
    "proc/1/mountinfo": "22 1 0:7 / /sys/fs/selinux rw - selinuxfs selinuxfs rw\n",
    "proc/1/attr/current": "system_u:system_r:init_t:s0\0",
    "etc/selinux/config": "# the mode\nSELINUX=enforcing\nSELINUXTYPE=targeted\n",
    "sys/fs/selinux/enforce": "1", "sys/fs/selinux/policyvers": "33", "sys/fs/selinux/mls": "1",
    "sys/fs/selinux/deny_unknown": "0", "sys/fs/selinux/reject_unknown": "0",
    "sys/fs/selinux/checkreqprot": "0",
    "sys/fs/selinux/booleans/httpd_execmem": "0 0", "sys/fs/selinux/booleans/selinuxuser_execheap": "1 1",
    "sys/fs/selinux/booleans/mmap_low_allowed": "0 1",
    "sys/fs/selinux/booleans/httpd_can_network_connect": "1 1",
  ]

  private func facts(_ changes: [String: String?] = [:], attributes: String? = nil) throws -> [String: Fact] {
    var files = Self.enforcing
    for (path, content) in changes { files[path] = content }
    return try SecurityLook(SELinuxCollector(), HostTree(files), attributes: attributes).facts
  }

  @Test("Enforcing now and at boot, with its policy and the booleans that loosen it")
  func setWell() throws {
    let facts = try facts()
    #expect(facts["state"]?.value == .text("enforcing"))
    #expect(facts["mode.configured"]?.value == .text("enforcing"))
    #expect(facts["mode.boot"]?.value == .text("enforcing"))
    #expect(facts["mode.boot"]?.sources == [.file("/etc/selinux/config", line: 2, key: "SELINUX")])
    #expect(facts["policy.name"]?.value == .text("targeted"))
    #expect(facts["policy.version"]?.value == .number(33))
    #expect(facts["mls"]?.value == .flag(true))
    #expect(facts["denyUnknown"]?.value == .flag(false))
    #expect(facts["checkreqprot"]?.value == .flag(false))
    #expect(facts["booleans.loosening"]?.value == .texts(["selinuxuser_execheap"]))
    #expect(
      facts["booleans.loosening.pending"]?.value == .texts(["mmap_low_allowed", "selinuxuser_execheap"]))
  }

  @Test("Permissive now, whatever is configured")
  func permissive() throws {
    #expect(try facts(["sys/fs/selinux/enforce": "0"])["state"]?.value == .text("permissive"))
  }

  @Test("Active without a policy is a state of its own")
  func noPolicy() throws {
    #expect(try facts(["proc/1/attr/current": "kernel\0"])["state"]?.value == .text("noPolicy"))
  }

  @Test("A kernel that did not register selinuxfs has SELinux off")
  func inactive() throws {
    let tree = try HostTree(["proc/filesystems": "nodev\tproc\n", "proc/cmdline": "quiet\n"])
    let facts = try SecurityLook(SELinuxCollector(), tree).facts
    #expect(facts["state"]?.value == .text("inactive"))
    #expect(facts["policy.version"].isAbsent)
    #expect(facts["permissiveDomains"].isAbsent)
    #expect(facts["mode.configured"].isAbsent)
  }

  @Test("Registered, and not mounted or not visible, is unknown for that reason")
  func hidden() throws {
    let tree = try HostTree([
      "proc/filesystems": "nodev\tselinuxfs\n", "proc/1/mountinfo": "22 1 0:7 / /sys rw - sysfs sysfs rw\n",
    ])
    #expect(try SecurityLook(SELinuxCollector(), tree).facts["state"].obstacle == .notMounted)
    let hidden = try HostTree([
      "proc/filesystems": "nodev\tselinuxfs\n",
      "proc/1/mountinfo": "22 1 0:7 / /sys/fs/selinux rw - selinuxfs selinuxfs rw\n",
    ])
    #expect(try SecurityLook(SELinuxCollector(), hidden).facts["state"].obstacle == .notVisible)
  }

  @Test("Files that may not be read are denied, not off")
  func denied() throws {
    let attributes = """
      sys/fs/selinux/enforce\t-\t-\t-\t-\terrno=EACCES
      sys/fs/selinux/booleans\t-\t-\t-\t-\terrno=EPERM
      etc/selinux/config\t-\t-\t-\t-\terrno=EACCES
      """
    let facts = try facts(attributes: attributes)
    #expect(facts["state"].obstacle == .denied)
    #expect(facts["booleans.loosening"].obstacle == .denied)
    #expect(facts["mode.configured"].obstacle == .denied)
    #expect(facts["mode.boot"].obstacle == .denied)
  }

  @Test(
    "The kernel's command line goes over the file, and a disabled file over enforcing=",
    arguments: [
      ("enforcing=0", "enforcing", "permissive"), ("enforcing=1", "permissive", "enforcing"),
      ("selinux=0 enforcing=1", "enforcing", "disabled"), ("enforcing=1", "disabled", "disabled"),
      ("selinux=1", "permissive", "permissive"),
    ])
  func boot(line: String, configured: String, expected: String) throws {
    let facts = try facts(["proc/cmdline": line, "etc/selinux/config": "SELINUX=\(configured)\n"])
    #expect(facts["mode.boot"]?.value == .text(expected))
  }

  @Test("A mode that SELinux does not have is malformed")
  func malformed() throws {
    let facts = try facts([
      "etc/selinux/config": "SELINUX=on\n", "sys/fs/selinux/booleans/httpd_execmem": "maybe",
    ])
    #expect(facts["mode.configured"].obstacle == .malformed)
    #expect(facts["policy.name"].isAbsent)
    #expect(facts["booleans.loosening"].obstacle == .malformed)
  }

  @Test("Permissive domains are counted from the policy's head, and a file that is none is malformed")
  func permissiveDomains() throws {
    let tree = try HostTree(Self.enforcing)
    try tree.write(SELinuxPolicyBytes.policy(permissive: [5, 70, 71]), to: "sys/fs/selinux/policy")
    #expect(try SecurityLook(SELinuxCollector(), tree).facts["permissiveDomains"]?.value == .number(3))
    try tree.write(Array("hello".utf8), to: "sys/fs/selinux/policy")
    #expect(try SecurityLook(SELinuxCollector(), tree).facts["permissiveDomains"].obstacle == .malformed)
  }
}

/// Makes the head of a binary policy.
enum SELinuxPolicyBytes {
  static func policy(permissive: [UInt32]) -> [UInt8] {
    var nodes: [UInt32: UInt64] = [:]
    for bit in permissive { nodes[bit / 64 * 64, default: 0] |= 1 << UInt64(bit % 64) }
    let words: [UInt32] = [33, 1, 8, 9, 64, 0, 0, 64, 128, UInt32(nodes.count)]
    let body = nodes.sorted { $0.key < $1.key }.flatMap { start, bits in
      bytes(start) + bytes(UInt32(truncatingIfNeeded: bits)) + bytes(UInt32(bits >> 32))
    }
    return bytes(0xf97c_ff8c) + bytes(8) + Array("SE Linux".utf8) + words.flatMap(bytes) + body
  }

  private static func bytes(_ word: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
  }
}
