import Facts
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Collectors

@Suite("The boot collector")
struct BootCollectorTests {
  private static let efivars = "sys/firmware/efi/efivars/"
  private static let global = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
  private static let database = "d719b2cb-3d3a-4596-a3bc-dad00e67656f"

  private func write(_ variable: String, _ data: [UInt8], _ tree: HostTree) throws {
    try tree.write([6, 0, 0, 0] + data, to: FilePath(Self.efivars + variable))
  }

  private func boot(_ tree: HostTree, attributes: String? = nil) throws -> Entity {
    try singleton(BootCollector.subject, of: BootCollector(), try tree.view(attributes: attributes))
  }

  /// Of `count` SHA-256 hashes.
  private func list(_ count: Int) -> [UInt8] {
    func little(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
    return [UInt8](repeating: 0x26, count: 16) + little(28 + 48 * count) + little(0) + little(48)
      + [UInt8](repeating: 1, count: 48 * count)
  }

  private func secure() throws -> HostTree {
    let tree = try HostTree(["sys/firmware/efi/fw_platform_size": "64\n", "sys/kernel/notes": ""])
    try write("SecureBoot-\(Self.global)", [1], tree)
    try write("SetupMode-\(Self.global)", [0], tree)
    try write("PK-\(Self.global)", list(1), tree)
    try write("KEK-\(Self.global)", list(2), tree)
    try write("db-\(Self.database)", list(1) + list(3), tree)
    try write("dbx-\(Self.database)", list(371), tree)
    return tree
  }

  @Test("Secure Boot with its keys")
  func secureBoot() throws {
    let tree = try secure()
    try tree.write([UInt8](repeating: 0, count: 0x1ec) + [3, 0, 0], to: "sys/kernel/boot_params/data")
    let boot = try boot(tree)
    #expect(boot["firmware"]?.value == .text("uefi"))
    #expect(boot["efivarfs"]?.value == .flag(true))
    #expect(boot["secureBoot.enabled"]?.value == .flag(true))
    #expect(boot["secureBoot.setupMode"]?.value == .flag(false))
    #expect(boot["secureBoot.kernelView"]?.value == .text("enabled"))
    #expect(boot["shim.validationDisabled"].isAbsent)
    #expect(boot["PK.present"]?.value == .flag(true))
    #expect(boot["db.entries"]?.value == .number(4))
    #expect(boot["dbx.entries"]?.value == .number(371))
    #expect(boot["platformKey.isTestKey"]?.value == .flag(false))
  }

  @Test("shim that was told not to check, and a vendor's sample key")
  func nominal() throws {
    let tree = try secure()
    try write("MokSBStateRT-605dab50-e046-4300-abb6-3dd810dd8b23", [1], tree)
    try write("PK-\(Self.global)", list(1) + Array("CN=DO NOT TRUST - AMI Test PK".utf8), tree)
    let boot = try boot(tree)
    #expect(boot["shim.validationDisabled"]?.value == .flag(true))
    #expect(boot["platformKey.isTestKey"]?.value == .flag(true))
  }

  @Test(
    "Truncated variables and lists that contradict themselves are malformed, and a firmware's read error is one"
  )
  func broken() throws {
    let tree = try secure()
    try tree.write([6, 0, 0], to: FilePath("\(Self.efivars)SecureBoot-\(Self.global)"))
    try write("SetupMode-\(Self.global)", [0, 1], tree)
    try write("dbx-\(Self.database)", Array(list(2).dropLast()), tree)
    let boot = try boot(tree, attributes: "/\(Self.efivars)KEK-\(Self.global)\t-\t-\t-\t-\terrno=EIO\n")
    #expect(boot["secureBoot.enabled"].obstacle == .malformed)
    #expect(boot["secureBoot.setupMode"].obstacle == .malformed)
    #expect(boot["dbx.present"]?.value == .flag(true))
    #expect(boot["dbx.entries"].obstacle == .malformed)
    #expect(boot["KEK.present"].obstacle == .io)
  }

  @Test("UEFI without its variables mounted leaves Secure Boot unknown")
  func notMounted() throws {
    let boot = try boot(try HostTree([Self.efivars: "", "sys/firmware/efi/fw_platform_size": "64\n"]))
    #expect(boot["firmware"]?.value == .text("uefi"))
    #expect(boot["efivarfs"]?.value == .flag(false))
    #expect(boot["secureBoot.enabled"].obstacle == .notMounted)
  }

  @Test("A host without UEFI has no variables; a masked /sys/firmware says nothing")
  func otherFirmware() throws {
    let bios = try boot(try HostTree(["sys/firmware/memmap/0/type": "System RAM\n"]))
    #expect(bios["firmware"]?.value == .text("notUEFI"))
    #expect(bios["secureBoot.enabled"].isAbsent)
    #expect(bios["PK.present"].isAbsent)
    let masked = try HostTree(["sys/firmware/": ""])
    #expect(try boot(masked)["firmware"].obstacle == .notVisible)
    #expect(try boot(masked)["secureBoot.enabled"].obstacle == .notVisible)
    #expect(try boot(try HostTree(["etc/": ""]))["firmware"].obstacle == .needsRunningHost)
  }

  @Test("A firmware without keys has none, and that is an answer")
  func noKeys() throws {
    let tree = try HostTree(["sys/firmware/efi/fw_platform_size": "64\n"])
    try write("SetupMode-\(Self.global)", [1], tree)
    let boot = try boot(tree)
    #expect(boot["PK.present"]?.value == .flag(false))
    #expect(boot["dbx.entries"].isAbsent)
    #expect(boot["secureBoot.enabled"].isAbsent)
    #expect(boot["secureBoot.setupMode"]?.value == .flag(true))
  }
}
