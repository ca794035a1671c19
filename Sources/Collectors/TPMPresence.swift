import Facts
import Host
import SystemPackage

/// Whether there is a TPM: "no TPM", "a disabled TPM" and "a container that can't see it" are three answers.
enum TPMPresence: String, Hashable, Sendable, CaseIterable {
  case present, disabled, noDriver, none, noKernelSupport

  private func fact(_ sources: [Source]) -> Fact { .observed(.text(rawValue), sources) }

  /// The presence of one that the kernel drives. One of version 2.0 has no such switches.
  static func driven(_ entity: Entity) -> Fact {
    for (name, off) in [("enabled", false), ("active", false), ("temporarilyDeactivated", true)] {
      if case .observed(.flag(off), let sources)? = entity[name] { return disabled.fact(sources) }
    }
    return present.fact([.inode(place(TPMCollector.device))])
  }

  /// The presence where the kernel drives none.
  /// - Parameters:
  ///   - seen: Why the kernel's list can't be read, if it can't.
  ///   - table: What the firmware announces.
  static func fact(_ seen: Fact, _ table: Fact, _ host: borrowing HostView) -> Fact {
    if case .unreadable = seen { return seen }
    let directory = Source.inode("/sys/class/tpm")
    let hasSubsystem: Bool
    switch host.root.presence("sys/class/tpm") {
    case .success(let isThere): hasSubsystem = isThere
    case .failure(let error): return .failed(error, directory)
    }
    let isBuilt = hasSubsystem ? nil : builtIn(host.kernelConfiguration)
    switch table {
    case .observed(_, let sources):
      return (isBuilt == false ? noKernelSupport : noDriver).fact([directory] + sources)
    case .absent(let sources):
      return (hasSubsystem || isBuilt == true ? none : noKernelSupport).fact([directory] + sources)
    case .unreadable:
      // No driver's fault or no TPM: only the firmware's tables could tell, and they are kept from us.
      return isBuilt == false ? noKernelSupport.fact([directory]) : table
    }
  }

  /// Whether the kernel was built with TPM support, as a module or not; nil where its configuration can't be read.
  private static func builtIn(_ configuration: KernelConfigurationAnswer) -> Bool? {
    guard case .text(let value)? = configuration.fact("CONFIG_TCG_TPM").value else { return nil }
    return value != "n"
  }

  /// TCG ACPI Specification: `TPM2` announces one of version 2.0, `TCPA` one of 1.2.
  static func firmwareTable(_ root: borrowing HostRoot) -> Fact {
    if let missing = root.missingFirmware() { return missing }
    let path: FilePath = "sys/firmware/acpi/tables"
    let source = Source.inode(place(path))
    do throws(HostError) {
      let names = try root.names(in: path).map(\.string)
      let table = ["TPM2", "TCPA"].first(where: names.contains)
      return table.map { .observed(.text($0), source) } ?? .absent(source)
    } catch {
      return .failed(error, source)
    }
  }
}

/// Which specification a TPM follows, and what only 1.2 shows.
enum TPMVersion {
  static func fact(_ root: borrowing HostRoot) -> Fact {
    // Linux 5.6 and newer say it.
    let path = TPMCollector.device.appending("tpm_version_major")
    let stated = root.fact(path) { bytes in
      switch bytes.trimmed.decimal {
      case 1: .text("1.2")
      case 2: .text("2.0")
      default: nil
      }
    }
    guard case .absent = stated else { return stated }
    for name in ["caps", "pcrs", "owned"] {
      for file in legacyPaths(name) {
        if case .success(true) = root.presence(file) { return .observed(.text("1.2"), .inode(place(file))) }
      }
    }
    for path: FilePath in ["sys/class/tpmrm/tpmrm0", "dev/tpmrm0"] {
      if case .success(true) = root.presence(path) { return .observed(.text("2.0"), .inode(place(path))) }
    }
    return .unreadable(
      .unsupported, detail: "a kernel before Linux 5.6 does not say the version", .file(place(path)))
  }

  /// `enabled`, `active`, `temp_deactivated`: absent for version 2.0.
  static func legacyFlag(_ name: String, _ root: borrowing HostRoot) -> Fact {
    var fact = Fact.absent(Source.inode(place(TPMCollector.device)))
    for path in legacyPaths(name) {
      fact = root.flagFact(path)
      if case .absent = fact { continue }
      return fact
    }
    return fact
  }

  /// Attributes of version 1.2 are the character device's, and were its parent's before Linux 4.0.
  static func legacyPaths(_ name: String) -> [FilePath] {
    [TPMCollector.device.appending(name), TPMCollector.device.appending("device/\(name)")]
  }
}

/// A device node: `tpm0`, which one process at a time may open, or `tpmrm0`, the kernel's resource manager. It is never opened.
struct TPMDevice {
  static let names = ["tpm0", "tpmrm0"]
  let name: String

  static func declarations(_ name: String) -> [Declaration] {
    [
      .init("device.\(name).type", .text, "What /dev/\(name) is.", values: FileType.allCases.map(\.rawValue)),
      .init("device.\(name).mode", .mode, "The permissions of /dev/\(name)."),
      .init("device.\(name).owner", .text, "The owner of /dev/\(name)."),
      .init("device.\(name).group", .text, "The group of /dev/\(name)."),
    ]
  }

  func add(_ host: borrowing HostView, version: Fact, to entity: inout Entity) {
    let path = FilePath("dev/\(name)")
    let source = Source.inode(place(path))
    let prefix = "device.\(name)."
    do throws(HostError) {
      let status = try host.root.status(path)
      entity[prefix + "type"] = .observed(.text(status.type.rawValue), source)
      entity[prefix + "mode"] = .observed(.mode(status.mode), source)
      entity[prefix + "owner"] = .observed(.text(host.accounts.user(status.owner)), source)
      entity[prefix + "group"] = .observed(.text(host.accounts.group(status.group)), source)
    } catch {
      let failed = failure(error, version, source)
      for declaration in Self.declarations(name) { entity[declaration.name] = failed }
    }
  }

  /// devtmpfs makes the nodes as soon as the kernel drives the device, so a /dev without them is not the host's. Only version
  /// 2.0 has a resource manager.
  private func failure(_ error: HostError, _ version: Fact, _ source: Source) -> Fact {
    guard error.reason == .absent else { return .failed(error, source) }
    if name == "tpmrm0", version.value == .text("1.2") { return .absent(source) }
    return .unreadable(.notVisible, detail: "the kernel drives a TPM, and this /dev does not show it", source)
  }
}
