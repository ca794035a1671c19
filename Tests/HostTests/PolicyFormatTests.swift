import Facts
import Host
import TestSupport
import Testing

@Suite("Files of a host's own services")
struct PolicyFormatTests {
  @Test(
    "A line of sshd's configuration is split as the server splits it",
    arguments: [
      ("PermitRootLogin no", "permitrootlogin", ["no"]), ("  Port=22", "port", ["22"]),
      ("Port = 22 # why", "port", ["22"]),
      ("Match User \"a b\" Host c", "match", ["User", "a b", "Host", "c"]),
      ("Banner \"open", "banner", ["open"]),
      ("UsePAM", "usepam", []),
    ])
  func sshLine(_ text: String, _ keyword: String, _ words: [String]) {
    let lines = SSHConfiguration(parsing: Array(text.utf8)).lines
    #expect(lines.map(\.keyword) == [keyword])
    #expect(lines.first?.words == words)
  }

  @Test(
    "Comments, empty lines and what has no keyword say nothing", arguments: ["", "# x", "   ", "=", "\"\""])
  func sshNothing(_ text: String) {
    #expect(SSHConfiguration(parsing: Array(text.utf8)).lines.isEmpty)
  }

  @Test(
    "Patterns of * and ?",
    arguments: [
      ("50-site.conf", "*.conf", true), ("conf", "*.conf", false), ("a.conf.bak", "*.conf", false),
      ("ab", "a?", true), ("a", "a?", false),
      ("", "*", true), ("aes128-cbc", "*-cbc", true),
      (String(repeating: "a", count: 5000), String(repeating: "*a", count: 500) + "b", false),
    ])
  func patterns(_ text: String, _ pattern: String, _ holds: Bool) {
    #expect(matches(text, pattern: pattern) == holds)
  }

  @Test("Listening sockets of both families, and those of the loopback network")
  func sockets() throws {
    let head = "  sl  local_address rem_address   st\n"
    let four = """
         0: 00000000:0016 00000000:0000 0A 0 0
         1: 0100007F:2808 00000000:0000 0A 0 0
         2: 0A00020F:0016 0A000203:C001 01 0 0
      """
    let listeners = try #require(SocketTable(parsing: Array((head + four).utf8), isStream: true)).listeners
    #expect(listeners.map(\.port) == [22, 10248])
    #expect(listeners.map(\.isLoopback) == [false, true])
    let six =
      "   0: 00000000000000000000000001000000:0CEA 00000000000000000000000000000000:0000 0A 0\n"
      + "   1: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A 0\n"
    let mapped = try #require(SocketTable(parsing: Array((head + six).utf8), isStream: true)).listeners
    #expect(mapped.map(\.isLoopback) == [true, true])
    #expect(SocketTable(parsing: Array("junk".utf8), isStream: true) == nil)
    #expect(SocketTable(parsing: Array((head + "0: ZZ:1 0:0 0A\n").utf8), isStream: true) == nil)
  }

  @Test("Modules that are kept from loading, whichever dash they are written with")
  func modprobe() {
    var lines = ModprobeLines()
    lines.add(
      Array(
        "blacklist usb-storage\ninstall dccp \\\n /bin/false\ninstall rds /sbin/modprobe rds\n#blacklist udf\ninstall"
          .utf8))
    #expect(lines.blacklisted == ["usb_storage"])
    #expect(lines.replaced == ["dccp"])
    let dependencies = "kernel/a/usb-storage.ko.xz: b\nkernel/net/dccp/dccp.ko:\nno colon\n:\n"
    #expect(
      ModprobeLines.available(["usb_storage", "dccp", "rds"], in: Array(dependencies.utf8)) == [
        "usb_storage", "dccp",
      ])
  }

  @Test("Rules of PAM, their brackets and includes")
  func pam() {
    let (rules, includes) = PAMRule.all(
      parsing: Array(
        "auth [success=1 default=ignore] pam_unix.so nullok # c\n-session optional /lib/security/pam_x.so\n@include common-auth\nauth include system\nauth\n"
          .utf8))
    #expect(rules.map(\.module) == ["pam_unix", "pam_x"])
    #expect(rules.map(\.kind) == ["auth", "session"])
    #expect(rules.first?.arguments == ["nullok"])
    #expect(includes == ["common-auth", "system"])
  }

  @Test("Lines of sudoers")
  func sudoers() {
    let lines = SudoersLine.all(
      parsing: Array(
        "Defaults use_pty, logfile=\"/a,b\"\nDefaults:bob !authenticate\n%ops ALL = (ALL) \\\n NOPASSWD: ALL\nroot ALL=(ALL) ALL\n#includedir /etc/sudoers.d\n@include x\n# note\nUser_Alias A = NOPASSWD:b\n"
          .utf8))
    #expect(
      lines.map(\.meaning) == [
        .defaults(scope: "", settings: ["use_pty", "logfile=\"/a,b\""]),
        .defaults(scope: ":bob", settings: ["!authenticate"]),
        .rule(who: "%ops", isSparedPassword: true), .rule(who: "root", isSparedPassword: false),
        .includeDirectory("/etc/sudoers.d"),
        .include("x"),
      ])
  }

  @Test("One package of dpkg's status, and sources that ask for no signature")
  func packages() {
    let status =
      "Package: a\nVersion: 1\n\nPackage: openssh-server\nStatus: install ok installed\nVersion: 1:9.2p1-2\n\nPackage: z\n"
    #expect(ControlRecords.package("openssh-server", in: Array(status.utf8))?["version"] == "1:9.2p1-2")
    #expect(ControlRecords.package("openssh", in: Array(status.utf8)) == nil)
    #expect(ControlRecords.package("z", in: Array(status.utf8)) != nil)
    let lines = AptSource.lines(
      parsing: Array(
        "deb [ arch=amd64 trusted=yes ] http://a x y\ndeb http://b x\n# deb [trusted=yes] c d\ndeb [trusted=yes"
          .utf8))
    #expect(lines.map(\.isTrustedUnsigned) == [true, false])
    let records = AptSource.records(
      parsing: Array(
        "URIs: http://a\n http://b\nTrusted: yes\n\nURIs: http://c\nEnabled: no\nTrusted: yes\n".utf8))
    #expect(records.map(\.uri) == ["http://a", "http://b"])
    #expect(records.map(\.isTrustedUnsigned) == [true, true])
  }

  @Test("No bytes make a parser fail", arguments: 0..<64)
  func hostile(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let letters =
      Array("deb [=]\"\\\n#@include Match Package: 0A:ff\u{0}\u{9} install blacklist Defaults".utf8) + [
        0xff, 0xc3, 0x80,
      ]
    let bytes = (0..<600).map { _ in letters.randomElement(using: &generator) ?? 0 }
    _ = SSHConfiguration(parsing: bytes)
    _ = SocketTable(parsing: Array("  sl\n".utf8) + bytes, isStream: false)
    var lines = ModprobeLines()
    lines.add(bytes)
    #expect(ModprobeLines.available([], in: bytes).isEmpty)
    _ = PAMRule.all(parsing: bytes)
    _ = SudoersLine.all(parsing: bytes)
    _ = AptSource.lines(parsing: bytes)
    _ = AptSource.records(parsing: bytes)
    #expect(ControlRecords.package("no such package", in: bytes) == nil)
  }
}
