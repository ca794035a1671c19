import Facts
import Host
import SystemPackage
import TestSupport
import Testing
import YAML

@testable import Collectors

@Suite("Hardware that keeps keys")
struct HSMCollectorTests {
  private func look(_ files: [String: String], attributes: String? = nil) throws -> [Entity] {
    let tree = try HostTree(files)
    let (all, _) = entities(HSMCollector(), try tree.view(attributes: attributes))
    expectContract(all, HSMCollector())
    return all
  }

  private func hsm(_ files: [String: String], attributes: String? = nil) throws -> Entity {
    try #require(try look(files, attributes: attributes).first { $0.subject == "hsm" })
  }

  @Test("Known devices on USB; one without numbers is passed over, and another product of the maker is none")
  func usb() throws {
    let usb = "sys/bus/usb/devices/"
    let entity = try hsm([
      "sys/kernel/notes": "", usb + "1-2/idVendor": "1050\n", usb + "1-2/idProduct": "0030\n",
      usb + "1-3/idVendor": "1050\n", usb + "1-3/idProduct": "0407\n", usb + "usb1/": "",
      usb + "1-2:1.0/idVendor": "20a0\n",
    ])
    #expect(entity["usb"]?.value == .texts(["YubiHSM 2 (1050:0030)"]))
    #expect(try hsm(["sys/kernel/notes": ""])["usb"]?.value == .texts([]))
    #expect(try hsm(["etc/": ""])["usb"].obstacle == .needsRunningHost)
  }

  @Test("Device nodes, and those that all may open; a file of the name is no device")
  func nodes() throws {
    let entity = try hsm(
      ["dev/sev-guest": "", "dev/tdx_guest": "", "dev/nsm": ""],
      attributes:
        "/dev/sev-guest\t0666\t0\t0\tcharacter device\n/dev/tdx_guest\t0600\t0\t0\tcharacter device\n")
    #expect(entity["devices"]?.value == .texts(["/dev/sev-guest", "/dev/tdx_guest"]))
    #expect(entity["devices.open"]?.value == .texts(["/dev/sev-guest"]))
    #expect(try hsm(["dev/": ""])["devices"].obstacle == .notVisible)
    #expect(try hsm(["etc/": ""])["devices"].obstacle == .notVisible)
  }

  @Test("A PIN counts where it is written itself, in a section of PKCS#11 alone, and is not stated")
  func pins() throws {
    let path = "etc/ssl/openssl.cnf"
    func pins(_ text: String) throws -> Value? { try hsm([path: text])["openssl.pins"]?.value }
    let section = "[ pkcs11_sect ]\npkcs11-module-path = /lib/a.so\npkcs11-module-token-pin = "
    #expect(try pins(section + "1234\n") == .texts(["/etc/ssl/openssl.cnf:3 pkcs11-module-token-pin"]))
    #expect(try pins(section + "file:/run/pin\n") == .texts([]))
    #expect(try pins(section + "$ENV::PIN\n") == .texts([]))
    #expect(try pins("[ req ]\nPIN = 1234\n") == .texts([]))
    #expect(
      try pins("[ engine ]\nMODULE_PATH = a.so\nPIN = 1234\n") == .texts(["/etc/ssl/openssl.cnf:3 PIN"]))
    #expect(try hsm(["etc/": ""])["openssl.pins"].isAbsent)
  }

  @Test("Modules of p11-kit, an administrator's setting over a package's, and names without a directory")
  func modules() throws {
    let all = try look(
      [
        "usr/share/p11-kit/modules/a.module": "# a\nmodule: a.so\ntrust-policy: yes\n",
        "etc/pkcs11/modules/a.module": "trust-policy: no\n",
        "etc/pkcs11/modules/b.module": "module: /opt/b.so\n",
        "etc/pkcs11/modules/ignored.conf": "module: c.so\n",
        "usr/lib64/pkcs11/a.so": "", "opt/b.so": "",
      ],
      attributes: "/opt/b.so\t0777\t0\t0\tfile\n/**\t0755\t0\t0\t-\n"
    ).filter { $0.subject == "pkcs11-module" }
    #expect(all.map(\.id) == ["/opt/b.so", "a.so"])
    #expect(all.first?["writableBy"]?.value == .texts(["everyone"]))
    #expect(all.last?["present"]?.value == .flag(true))
    #expect(all.last?["trustPolicy"]?.value == .flag(false))
    #expect(all.last?["writableBy"]?.value == .texts([]))
  }

  @Test("A module that is nowhere is not there")
  func missing() throws {
    let all = try look(["etc/pkcs11/modules/a.module": "module: a.so\n"])
    let module = try #require(all.first { $0.subject == "pkcs11-module" })
    #expect(module["present"]?.value == .flag(false))
    #expect(module["writableBy"].isAbsent)
  }
}

@Suite("Key management plugins")
struct KMSPluginTests {
  @Test(
    "Addresses as the API server takes them",
    arguments: [
      ("unix:///run/kms.sock", "/run/kms.sock"), ("unix:/run/kms.sock", "/run/kms.sock"),
      ("unix:///@kms", "@kms"), ("unix://@kms", "@kms"), ("tcp://127.0.0.1:1", nil), ("unix://kms.sock", nil),
      ("", nil),
    ])
  func addresses(_ endpoint: String, _ address: String?) {
    let plugin = KMSPlugin(name: "a", version: "v2", endpoint: endpoint, source: .file("/e"))
    #expect(plugin.address == address)
  }

  @Test("A plugin that several resources name is one; other providers are none")
  func several() throws {
    let root = try parseYAML(
      Array(
        """
        resources:
        - resources: [secrets]
          providers: [{kms: {name: a, endpoint: "unix:///a"}}, {identity: {}}]
        - resources: [configmaps]
          providers: [{kms: {name: a, endpoint: "unix:///a"}}, {kms: {apiVersion: v2, name: b, endpoint: "unix:///b"}}]
        """.utf8))
    let plugins = KMSPlugin.all(in: root, place: "/e")
    #expect(plugins.map(\.name) == ["a", "b"])
    #expect(plugins.map(\.version) == ["v1", "v2"])
  }

  private static let head = "Num       RefCount Protocol Flags    Type St Inode Path\n"

  private func line(_ flags: String, _ path: String) -> String {
    "0000000000000000: 00000002 00000000 \(flags) 0001 01 30100 \(path)\n"
  }

  private func listening(_ table: String, _ address: String) throws -> Fact? {
    let tree = try HostTree(
      ProcessFiles(1).files.merging(["proc/1/net/unix": table]) { $1 })
    let view = try tree.view()
    return UnixListeners.all(of: view).fact(of: address)
  }

  @Test("A listener is one that takes connections, whichever of the two names of /run is used")
  func listeners() throws {
    let table = Self.head + line("00010000", "/run/kms/a.sock") + line("00000000", "/run/kms/b.sock")
    #expect(try listening(table, "/run/kms/a.sock")?.value == .flag(true))
    #expect(try listening(table, "/var/run/kms/a.sock")?.value == .flag(true))
    #expect(try listening(table, "/run/kms/b.sock")?.value == .flag(false))
    // It may be bound under another directory in its own container.
    #expect(try listening(table, "/srv/a.sock").obstacle == .notVisible)
    #expect(try listening("nonsense\n", "/run/kms/a.sock").obstacle == .malformed)
  }

  @Test("A tree that recorded no sockets says nothing of listeners")
  func noTable() throws {
    let tree = try HostTree(["etc/": ""])
    let fact: Fact? = UnixListeners.all(of: try tree.view()).fact(of: "/run/kms.sock")
    #expect(fact.obstacle == .needsRunningHost)
  }
}
