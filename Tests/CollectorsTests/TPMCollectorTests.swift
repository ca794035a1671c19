import Facts
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Collectors

@Suite("The TPM collector")
struct TPMCollectorTests {
  private static let zeros = String(repeating: "0", count: 64)
  private static let ones = String(repeating: "F", count: 64)
  private static let measured = String(repeating: "A5", count: 32)

  /// A host with firmware tables and a kernel configuration, and no TPM.
  private static let bare = [
    "sys/class/net/": "", "sys/firmware/acpi/tables/FACP": "", "proc/sys/kernel/osrelease": "6.1.0\n",
    "boot/config-6.1.0": "CONFIG_TCG_TPM=y\n",
  ]

  /// A TPM 2.0 with two banks, PCR 3 empty and PCR 7 never reset.
  private static func version2() -> [String: String] {
    var files = bare.merging([
      "sys/class/tpm/tpm0/tpm_version_major": "2\n", "sys/firmware/acpi/tables/TPM2": "",
      "sys/class/tpm/tpm0/device/description": "TPM 2.0 Device\n",
      "sys/class/tpm/tpm0/device/driver": "-> ../../../../bus/acpi/drivers/tpm_crb",
      "sys/kernel/security/lsm": "capability", "sys/kernel/security/tpm0/binary_bios_measurements": "x",
      "dev/tpm0": "", "dev/tpmrm0": "", "etc/passwd": "root:x:0:0::/:\n",
      "etc/group": "root:x:0:\ntss:x:110:\n",
    ]) { $1 }
    for index in 0...7 {
      let value = index == 3 ? zeros : index == 7 ? ones : measured
      files["sys/class/tpm/tpm0/pcr-sha256/\(index)"] = value + "\n"
      files["sys/class/tpm/tpm0/pcr-sha1/\(index)"] = String(repeating: "0", count: 40) + "\n"
    }
    return files
  }

  private static let devices = """
    /dev/tpm0\t0660\t0\t110\tcharacter device
    /dev/tpmrm0\t0666\t0\t0\tcharacter device

    """

  private func tpm(_ files: [String: String], attributes: String? = nil) throws -> Entity {
    let tree = try HostTree(files)
    return try singleton(TPMCollector.tpm, of: TPMCollector(), try tree.view(attributes: attributes))
  }

  @Test("A TPM 2.0 is told with its banks, its driver, its log and its device nodes")
  func present() throws {
    let tpm = try tpm(Self.version2(), attributes: Self.devices)
    #expect(tpm["presence"]?.value == .text("present"))
    #expect(tpm["firmwareTable"]?.value == .text("TPM2"))
    #expect(tpm["version"]?.value == .text("2.0"))
    #expect(tpm["driver"]?.value == .text("tpm_crb"))
    #expect(tpm["banks"]?.value == .texts(["sha1", "sha256"]))
    #expect(tpm["emptyPCRs"]?.value == .texts(["3"]))
    #expect(tpm["filledPCRs"]?.value == .texts(["7"]))
    #expect(tpm["eventLog"]?.value == .flag(true))
    #expect(tpm["device.tpm0.type"]?.value == .text("character device"))
    #expect(tpm["device.tpm0.mode"]?.value == .mode(0o660))
    #expect(tpm["device.tpm0.group"]?.value == .text("tss"))
    #expect(tpm["device.tpmrm0.mode"]?.value == .mode(0o666))
    #expect(tpm["enabled"].isAbsent)
  }

  @Test("Registers 0 to 7 are entities, those of SHA-1 only where there is no other bank")
  func registers() throws {
    let tree = try HostTree(Self.version2())
    let (all, _) = entities(TPMCollector(), try tree.view())
    expectContract(all, TPMCollector())
    let registers = all.filter { $0.subject == "tpm-pcr" }
    #expect(registers.map(\.id) == (0...7).map { "sha256/\($0)" })
    #expect(registers.first?["value"]?.value == .text(Self.measured.lowercased()))
  }

  @Test("A register that can't be read makes the judgement of all unknown")
  func unreadableRegister() throws {
    let attributes = "/sys/class/tpm/tpm0/pcr-sha256/5\t-\t-\t-\t-\terrno=EIO\n"
    #expect(try tpm(Self.version2(), attributes: attributes)["emptyPCRs"].obstacle == .io)
    let odd = Self.version2().merging(["sys/class/tpm/tpm0/pcr-sha256/5": "zz\n"]) { $1 }
    #expect(try tpm(odd)["emptyPCRs"].obstacle == .malformed)
  }

  @Test(
    "No TPM, a kernel without TPM support, and one that is not driven are three answers",
    arguments: [
      (["sys/class/tpm/": ""], "none"),
      ([:], "none"),
      (["boot/config-6.1.0": "CONFIG_EFI=y\n"], "noKernelSupport"),
      (["sys/class/tpm/": "", "sys/firmware/acpi/tables/TPM2": ""], "noDriver"),
      (["sys/firmware/acpi/tables/TCPA": ""], "noDriver"),
      (["boot/config-6.1.0": "CONFIG_EFI=y\n", "sys/firmware/acpi/tables/TPM2": ""], "noKernelSupport"),
    ] as [([String: String], String)])
  func absent(_ files: [String: String], _ presence: String) throws {
    let tpm = try tpm(Self.bare.merging(files) { $1 })
    #expect(tpm["presence"]?.value == .text(presence))
    #expect(tpm["version"].isAbsent)
    #expect(tpm["device.tpm0.type"].isAbsent)
  }

  @Test(
    "Without any kernel configuration a missing subsystem is the kernel's, not proof that there is no TPM")
  func unknownConfiguration() throws {
    var files = Self.bare
    files["boot/config-6.1.0"] = nil
    #expect(try tpm(files)["presence"]?.value == .text("noKernelSupport"))
  }

  @Test("A container that masks the firmware's tables can't tell no TPM from one without driver")
  func masked() throws {
    let files = ["sys/class/tpm/": "", "sys/firmware/": ""]
    #expect(try tpm(files)["presence"].obstacle == .notVisible)
  }

  @Test("Without sysfs nothing is said")
  func noSysfs() throws {
    let tree = try HostTree(["etc/": ""])
    let tpm = try singleton(TPMCollector.tpm, of: TPMCollector(), try tree.view())
    #expect(tpm["presence"].obstacle == .needsRunningHost)
    #expect(tpm["device.tpm0.type"].obstacle == .needsRunningHost)
    #expect(entities(TPMCollector(), try tree.view()).run.state == .partial)
  }

  @Test(
    "A /dev that does not show a TPM the kernel drives is not the host's; its registers are read all the same"
  )
  func container() throws {
    var files = Self.version2()
    files["dev/tpm0"] = nil
    files["dev/tpmrm0"] = nil
    files["sys/kernel/security/lsm"] = nil
    files["sys/kernel/security/tpm0/binary_bios_measurements"] = nil
    let tpm = try tpm(files)
    #expect(tpm["presence"]?.value == .text("present"))
    #expect(tpm["device.tpm0.mode"].obstacle == .notVisible)
    #expect(tpm["emptyPCRs"]?.value == .texts(["3"]))
    #expect(tpm["eventLog"].obstacle == .notMounted)
  }

  @Test("A TPM 1.2 that is switched off is there and disabled", arguments: ["", "device/"])
  func version1(_ place: String) throws {
    let line = String(repeating: " 00", count: 20)
    let pcrs = (0...23).map {
      "PCR-\($0 < 10 ? "0" : "")\($0):\($0 == 2 ? String(repeating: " A1", count: 20) : line)\n"
    }
    let directory = "sys/class/tpm/tpm0/" + place
    let files = [
      directory + "enabled": "1\n", directory + "active": "0\n", directory + "temp_deactivated": "0\n",
      directory + "pcrs": pcrs.joined(), directory + "caps": "Manufacturer: 0x49465800\n", "dev/tpm0": "",
    ]
    let tpm = try tpm(Self.bare.merging(files) { $1 })
    #expect(tpm["presence"]?.value == .text("disabled"))
    #expect(tpm["version"]?.value == .text("1.2"))
    #expect(tpm["banks"]?.value == .texts(["sha1"]))
    #expect(tpm["emptyPCRs"]?.value == .texts(["0", "1", "3", "4", "5", "6", "7"]))
    #expect(tpm["device.tpmrm0.type"].isAbsent)
  }

  @Test("A kernel that shows no registers leaves them unknown")
  func olderKernel() throws {
    let files = Self.bare.merging(["sys/class/tpm/tpm0/tpm_version_major": "2\n"]) { $1 }
    let tpm = try tpm(files)
    #expect(tpm["banks"].obstacle == .unsupported)
    #expect(tpm["emptyPCRs"].obstacle == .unsupported)
    let older = Self.bare.merging(["sys/class/tpm/tpm0/": ""]) { $1 }
    #expect(try self.tpm(older)["version"].obstacle == .unsupported)
  }
}
