import Facts
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Collectors

private func look(_ collector: any Collector, _ files: [String: String], attributes: String? = nil) throws
  -> Entity
{
  let tree = try HostTree(files)
  return try withExtendedLifetime(tree) {
    let subject = try #require(collector.subjects.first)
    return try singleton(subject, of: collector, try tree.view(attributes: attributes))
  }
}

@Suite("The SSH server's configuration in force")
struct SSHServerCollectorTests {
  @Test("The first value wins, of an included file too; a Match block's is no global value")
  func order() throws {
    let entity = try look(
      SSHServerCollector(),
      [
        "usr/sbin/sshd": "",
        "etc/ssh/sshd_config": "Include sshd_config.d/*.conf\nPermitRootLogin yes\nX11Forwarding yes\n",
        "etc/ssh/sshd_config.d/10.conf":
          "permitrootlogin without-password\nMatch User a\nX11Forwarding no\nPasswordAuthentication yes\n",
        "etc/ssh/sshd_config.d/20.conf":
          "PermitRootLogin no\nLoginGraceTime 1m30s\nAllowUsers a\nAllowUsers b\nCiphers -*-cbc\n",
        "etc/ssh/sshd_config.d/30.conf.off": "MaxAuthTries 99\n",
      ])
    #expect(entity["PermitRootLogin"]?.value == .text("prohibit-password"))
    #expect(entity["X11Forwarding"]?.value == .flag(true))
    #expect(entity["LoginGraceTime"]?.value == .seconds(90))
    #expect(entity["AllowUsers"]?.value == .texts(["a", "b"]))
    #expect(entity["MaxAuthTries"].isAbsent)
    #expect(entity["matchLoosens"]?.value == .texts(["PasswordAuthentication yes (User a)"]))
    guard case .list(let removed)? = entity["Ciphers.removed"]?.value else {
      Issue.record("no ciphers are removed")
      return
    }
    #expect(removed.contains(.text("aes128-cbc")) && !removed.contains(.text("aes128-ctr")))
  }

  @Test("A file that can't be read leaves unknown what it may say first")
  func denied() throws {
    let entity = try look(
      SSHServerCollector(),
      ["etc/ssh/sshd_config": "Include /etc/ssh/a.conf\nUsePAM yes\n", "etc/ssh/a.conf": "UsePAM no\n"],
      attributes: "/etc/ssh/a.conf\t0600\t0\t0\tfile\terrno=EACCES\n")
    #expect(entity["MaxAuthTries"].obstacle == .denied)
  }

  @Test("Includes that go round end", arguments: ["Include /etc/ssh/sshd_config\n", "Include *\n"])
  func round(_ text: String) throws {
    let entity = try look(SSHServerCollector(), ["etc/ssh/sshd_config": text])
    #expect(entity["UsePAM"].obstacle == .tooLarge)
  }

  @Test("Lengths of time", arguments: [("90", 90), ("2m", 120), ("1h30m", 5400), ("0", 0)])
  func seconds(_ text: String, _ seconds: Int64) {
    #expect(SSHServerSettings.seconds(text) == seconds)
  }

  @Test("What is no length of time", arguments: ["", "m", "5x", "99999999999999999999", "1m2"])
  func noSeconds(_ text: String) {
    #expect(SSHServerSettings.seconds(text) == (text == "1m2" ? 62 : nil))
  }
}

@Suite("The host's own services, files and modes")
struct HostServicesTests {
  @Test("Drop-ins of all directories are merged as systemd merges them")
  func dropIns() throws {
    let entity = try look(
      ServicesCollector(),
      [
        "etc/systemd/journald.conf": "[Journal]\nStorage=volatile\n[Other]\nStorage=none\n",
        "usr/lib/systemd/journald.conf.d/10.conf": "[Journal]\nStorage=none\n",
        "etc/systemd/journald.conf.d/10.conf": "[Journal]\nStorage=persistent\n",
        "run/systemd/journald.conf.d/20.conf": "-> /dev/null",
        "usr/lib/systemd/journald.conf.d/20.conf": "[Journal]\nStorage=none\n",
      ])
    #expect(entity["journald.Storage"]?.value == .text("persistent"))
  }

  @Test("Nothing listens on what is not shown")
  func hidden() throws {
    #expect(
      try look(NetworkCollector(), ["proc/1/status": "Name:\tinit\n"])["tcp.listening"].obstacle
        == .notVisible)
  }

  @Test("A password in a source's address is not stated")
  func address() {
    #expect(PackagesCollector.withoutPassword("https://a:PLUMBLINE-CANARY@h/p@q") == "https://…@h/p@q")
    #expect(PackagesCollector.withoutPassword("cdrom:[x]/") == "cdrom:[x]/")
  }

  @Test(
    "Systems by their own names",
    arguments: [
      ("talos", "", "talos"), ("fedora", "coreos", "fedora-coreos"), ("rhcos", "", "rhel-coreos"),
      ("rhel", "coreos", "rhel-coreos"),
      ("mariner", "", "azure-linux"), ("amzn", "", "amazon-linux"),
      ("bottlerocket", "aws-k8s-1.31", "bottlerocket"),
      ("flatcar", "", "flatcar"), ("cos", "", "cos"), ("rocky", "", "rhel"), ("plan9", "", "other"),
    ])
  func families(_ id: String, _ variant: String, _ family: String) {
    #expect(SystemCollector.family(id, variant, "") == family)
  }

  @Test("A disk is encrypted where device-mapper says so, of it or of all beneath it")
  func encrypted() throws {
    let tree = try HostTree([
      "sys/dev/block/253:0/dm/uuid": "LVM-x\n", "sys/dev/block/253:0/slaves/dm-1/": "",
      "sys/class/block/dm-1/dm/uuid": "CRYPT-LUKS2-y\n",
      "sys/dev/block/8:1/partition": "1\n",
      "sys/dev/block/253:1/dm/uuid": "CRYPT-VERITY-x-usr\n", "sys/dev/block/253:1/slaves/": "",
    ])
    let root = try tree.root()
    let layered: Fact? = MountsCollector.deviceIsEncrypted("sys/dev/block/253:0", root)
    let verified: Fact? = MountsCollector.deviceIsEncrypted("sys/dev/block/253:1", root)
    #expect(verified?.value == .flag(false))
    let partition: Fact? = MountsCollector.deviceIsEncrypted("sys/dev/block/8:1", root)
    let missing: Fact? = MountsCollector.deviceIsEncrypted("sys/dev/block/9:9", root)
    #expect(layered?.value == .flag(true))
    #expect(partition?.value == .flag(false))
    #expect(missing.obstacle == .notVisible)
  }
}
