import Facts
import Host
import SystemPackage

/// The Trusted Platform Module as the kernel shows it; ABI/stable/sysfs-class-tpm. No command is sent to it but the reads of
/// eight PCRs, and no device node is opened.
struct TPMCollector: Collector {
  let name = "tpm"

  static let tpm = Subject(
    "tpm", "The Trusted Platform Module.", isSingleton: true,
    facts: [
      .init(
        "presence", .text,
        """
        present: the kernel drives one. disabled: one of version 1.2 that is switched off. noDriver: the firmware announces one \
        that the kernel does not drive. none: neither the firmware nor the kernel knows one; one that is hidden in the \
        firmware's setup looks the same. noKernelSupport: the kernel was built without TPM support. Unreadable where sysfs or \
        the firmware's tables are kept from the reader.
        """, values: TPMPresence.allCases.map(\.rawValue)),
      .init("firmwareTable", .text, "The ACPI table that announces one.", values: ["TPM2", "TCPA"]),
      .init("version", .text, "The specification that it follows.", values: ["1.2", "2.0"]),
      .init("description", .text, "What the firmware calls the device."),
      .init(
        "driver", .text,
        "The kernel's driver: tpm_tis is mostly a chip of its own, tpm_crb the processor's firmware."),
      .init("banks", .list, "The hash algorithms whose PCR banks are allocated: sha1, sha256."),
      .init("emptyPCRs", .list, "Of PCRs 0 to 7 those that are all zeros: firmware did not measure."),
      .init("filledPCRs", .list, "Of PCRs 0 to 7 those that are all ones: they were never reset."),
      .init("enabled", .flag, "Whether it is enabled; version 1.2."),
      .init("active", .flag, "Whether it is active; version 1.2."),
      .init("temporarilyDeactivated", .flag, "Whether it is switched off until the next boot; version 1.2."),
    ] + TPMLog.declarations + ["tpm0", "tpmrm0"].flatMap(TPMDevice.declarations))

  static let register = Subject(
    "tpm-pcr", "A platform configuration register that firmware extends, 0 to 7.", isSingleton: false,
    facts: [
      .init("bank", .text, "The hash algorithm of its bank."),
      .init("index", .number, "Which register it is."),
      .init("value", .text, "What it holds, in hexadecimal."),
    ])

  var subjects: [Subject] { [Self.tpm, Self.register, TPMBank.subject] }

  static let device: FilePath = "sys/class/tpm/tpm0"

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.tpm)
    let table = TPMPresence.firmwareTable(host.root)
    entity["firmwareTable"] = table
    let seen = host.root.missingKernelFilesystem("sys/class") ?? Self.listed(host.root)
    guard case .observed(.flag(true), _) = seen else {
      entity["presence"] = TPMPresence.fact(seen, table, host)
      // Without a device that the kernel drives nothing of it is set; where that can't be told, nor can these.
      let rest: Fact = if case .unreadable = seen { seen } else { .absent(Source.inode(place(Self.device))) }
      for fact in Self.tpm.facts where entity[fact.name] == nil { entity[fact.name] = rest }
      if case .unreadable(let obstacle, let detail, let source) = seen {
        record.problem(obstacle, source.place, detail)
      }
      record.add(entity)
      return
    }
    addDevice(host, to: &entity)
    entity["presence"] = TPMPresence.driven(entity)
    let log = TPMLog(reading: host.root)
    log.add(to: &entity)
    addRegisters(host.root, log, to: &entity, &record)
    record.add(entity)
  }

  /// Whether the kernel drives a first TPM.
  private static func listed(_ root: borrowing HostRoot) -> Fact {
    let source = Source.inode(place(device))
    switch root.presence(device) {
    case .success(let isThere): return .observed(.flag(isThere), source)
    case .failure(let error): return .failed(error, source)
    }
  }

  private func addDevice(_ host: borrowing HostView, to entity: inout Entity) {
    entity["description"] = host.root.textFact(Self.device.appending("device/description"))
    entity["driver"] = Self.driver(host.root)
    for (fact, file) in Self.legacyFlags { entity[fact] = TPMVersion.legacyFlag(file, host.root) }
    let version = TPMVersion.fact(host.root)
    entity["version"] = version
    for node in TPMDevice.names { TPMDevice(name: node).add(host, version: version, to: &entity) }
  }

  private static let legacyFlags = [
    "enabled": "enabled", "active": "active", "temporarilyDeactivated": "temp_deactivated",
  ]

  private static func driver(_ root: borrowing HostRoot) -> Fact {
    let path = device.appending("device/driver")
    let source = Source.inode(place(path))
    do throws(HostError) {
      let name = try root.linkText(path).lastComponent
      return name.map { .observed(.text(printable($0.string.utf8, atMost: 64)), source) } ?? .absent(source)
    } catch {
      return .failed(error, source)
    }
  }

  private func addRegisters(
    _ root: borrowing HostRoot, _ log: TPMLog, to entity: inout Entity, _ record: inout Recorder
  ) {
    let registers = TPMRegisters(reading: root, version: entity["version"]?.value, of: log.parsed)
    entity["banks"] = registers.banks
    entity["emptyPCRs"] = registers.judged { $0.allSatisfy { $0 == "0" } }
    entity["filledPCRs"] = registers.judged { $0.allSatisfy { $0 == "f" } }
    if case .unreadable(let obstacle, let detail, let source) = registers.banks {
      record.problem(obstacle, source.place, detail)
    }
    for register in registers.all {
      var one = Entity(Self.register, id: "\(register.bank)/\(register.index)")
      one["bank"] = .observed(.text(register.bank), register.source)
      one["index"] = .observed(.number(Int64(register.index)), register.source)
      one["value"] = register.value
      record.add(one)
    }
    for bank in registers.readBanks {
      record.add(TPMBank.entity(bank, registers.all.filter { $0.bank == bank }, log))
    }
  }
}
