import Facts
import Host
import TestSupport
import Testing

@testable import Collectors

@Suite("Capabilities")
struct CapabilitiesCollectorTests {
  /// Revision 2, effective, permitted cap_net_raw (13).
  private static let netRaw = "0100000200200000000000000000000000000000"

  private func look(_ files: [String: String], attributes: String? = nil) throws -> SecurityLook {
    try SecurityLook(CapabilitiesCollector(), HostTree(files), attributes: attributes)
  }

  private func line(_ path: String, _ attribute: String, owner: String = "0") -> String {
    "\(path)\t0755\t\(owner)\t0\tfile\txattr:security.capability=\(attribute)\n"
  }

  @Test("The first process's bounding set is all, or the names that are left")
  func bounding() throws {
    var files = ProcessFiles(1).files
    files["proc/sys/kernel/cap_last_cap"] = "40\n"
    files["proc/sys/kernel/usermodehelper/bset"] = "4294967295\t511\n"
    let facts = try look(files).facts
    #expect(facts["last"]?.value == .number(40))
    #expect(facts["init.bounding"]?.value == .texts(["all"]))
    #expect(facts["usermodehelper.bounding"]?.value == .texts(["all"]))
    #expect(facts["auditor.effective"].obstacle == .needsRunningHost)
    let few = ProcessFiles(1, capabilities: "0000000000000003").files
    #expect(try look(few).facts["init.bounding"]?.value == .texts(["cap_chown", "cap_dac_override"]))
  }

  @Test("Unset, unreadable and malformed sets are three answers")
  func unknown() throws {
    #expect(try look(["etc/passwd": ""]).facts["init.bounding"].obstacle == .needsRunningHost)
    #expect(try look(["etc/passwd": ""]).facts["last"].obstacle == .needsRunningHost)
    #expect(try look(["proc/sys/kernel/": ""]).facts["usermodehelper.bounding"].isAbsent)
    let denied = try look(ProcessFiles(1).files, attributes: "proc/1/status\t-\t-\t-\t-\terrno=EACCES\n")
    #expect(denied.facts["init.bounding"].obstacle == .denied)
    let malformed = try look([
      "proc/1/status": "Uid:\t0\t0\t0\t0\n", "proc/sys/kernel/usermodehelper/bset": "1\n",
      "proc/sys/kernel/cap_last_cap": "99999999999999999999\n",
    ])
    #expect(malformed.facts["init.bounding"].obstacle == .malformed)
    #expect(malformed.facts["usermodehelper.bounding"].obstacle == .malformed)
    #expect(malformed.facts["last"].obstacle == .malformed)
  }

  @Test("An executable with capabilities is found once, under its own name")
  func found() throws {
    let files = [
      "usr/bin/ping": "x", "usr/bin/cat": "x", "usr/bin/ping4": "-> ping", "bin": "-> usr/bin",
      "usr/libexec/a/b/helper": "x", "usr/lib/snapd/snap-confine": "x", "usr/lib/snapd/x.so.1": "x",
      "etc/passwd": "root:x:0:0::/:/bin/sh\n",
    ]
    let attributes =
      line("usr/bin/ping", Self.netRaw) + line("usr/libexec/a/b/helper", Self.netRaw, owner: "1000")
      + line("usr/lib/snapd/snap-confine", Self.netRaw) + line("usr/lib/snapd/x.so.1", Self.netRaw)
    let look = try look(files, attributes: attributes)
    let found = look.entities.filter { $0.subject == "file-capability" }
    #expect(found.map(\.id) == ["/usr/bin/ping", "/usr/libexec/a/b/helper", "/usr/lib/snapd/snap-confine"])
    let ping = look.entity("/usr/bin/ping")
    #expect(ping["path"]?.value == .text("/usr/bin/ping"))
    #expect(ping["permitted"]?.value == .texts(["cap_net_raw"]))
    #expect(ping["inheritable"]?.value == .list([]))
    #expect(ping["effective"]?.value == .flag(true))
    #expect(ping["rootID"]?.value == .number(0))
    #expect(ping["owner"]?.value == .text("root"))
    #expect(look.entity("/usr/libexec/a/b/helper")["owner"]?.value == .text("1000"))
    #expect(look.problems.isEmpty)
  }

  @Test("A capability for another user namespace shows whose, and a broken attribute is malformed")
  func odd() throws {
    let attributes =
      line("usr/bin/a", "010000030020000000000000000000000000000001000100")
      + line("usr/bin/b", "0100000900200000")
    let look = try look(["usr/bin/a": "x", "usr/bin/b": "x"], attributes: attributes)
    #expect(look.entity("/usr/bin/a")["rootID"]?.value == .number(65537))
    #expect(look.entity("/usr/bin/b")["permitted"].obstacle == .malformed)
    #expect(look.entity("/usr/bin/b")["path"]?.value == .text("/usr/bin/b"))
  }

  @Test("A directory that can't be listed leaves the look incomplete; one that isn't there does not")
  func incomplete() throws {
    let look = try look(
      ["usr/bin/ping": "x", "usr/sbin/x": "x"], attributes: "usr/sbin\t-\t-\t-\t-\terrno=EACCES\n")
    #expect(look.problems.map(\.place) == ["/usr/sbin"])
    #expect(try self.look(["usr/bin/ping": "x"]).problems.isEmpty)
  }

  @Test("A loop of links and a dangling one are passed by")
  func links() throws {
    let look = try look([
      "usr/bin/gone": "-> /nowhere", "usr/bin/a": "-> b", "usr/bin/b": "-> a", "usr/bin/c": "x",
    ])
    #expect(look.entities.count == 1)
    #expect(look.problems.isEmpty)
  }
}
