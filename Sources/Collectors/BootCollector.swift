import Facts
import Host
import SystemPackage

/// What started the host and whether it checked what it started: UEFI, Secure Boot and its keys; the kernel's
/// Documentation/filesystems/efivarfs.rst, UEFI specification chapters 8 and 32.
struct BootCollector: Collector {
  let name = "boot"

  static let subject = Subject(
    "boot", "What started the host, and whether it checked what it started.", isSingleton: true,
    facts: [
      .init(
        "firmware", .text, "uefi, or notUEFI: a legacy BIOS, a device tree or a microVM.",
        values: ["uefi", "notUEFI"]),
      .init("efivarfs", .flag, "Whether the firmware's variables are mounted."),
      .init("secureBoot.enabled", .flag, "Whether the firmware starts signed programs only."),
      .init("secureBoot.setupMode", .flag, "Whether the firmware takes new keys from anyone."),
      .init(
        "secureBoot.kernelView", .text, "What the kernel's boot loader told it of Secure Boot; x86.",
        values: ["unset", "unknown", "disabled", "enabled"]),
      .init("shim.validationDisabled", .flag, "Whether shim was told to start programs that are not signed."),
      .init(
        "platformKey.isTestKey", .flag,
        "Whether the platform key is a vendor's sample that anyone can sign with."),
    ] + EFIKeys.all.flatMap(\.declarations) + ShimFacts.declarations + KernelKeyrings.declarations)

  var subjects: [Subject] { [Self.subject] }

  private static let globalGUID = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
  static let shimGUID = "605dab50-e046-4300-abb6-3dd810dd8b23"
  static let variables: FilePath = "sys/firmware/efi/efivars"

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.subject)
    let firmware = Self.firmware(host.root)
    let mounted = Self.mounted(firmware, host.root)
    entity["firmware"] = firmware
    entity["efivarfs"] = mounted
    entity["secureBoot.kernelView"] = Self.kernelView(host.root)
    KernelKeyrings.add(host.root, to: &entity)
    if let obstacle = Self.noVariables(firmware, mounted) {
      for fact in Self.subject.facts where entity[fact.name] == nil { entity[fact.name] = obstacle }
      if case .unreadable(let code, let detail, let source) = obstacle {
        record.problem(code, source.place, detail)
      }
    } else {
      entity["secureBoot.enabled"] = Self.flag("SecureBoot", Self.globalGUID, host.root)
      entity["secureBoot.setupMode"] = Self.flag("SetupMode", Self.globalGUID, host.root)
      entity["shim.validationDisabled"] = Self.flag("MokSBStateRT", Self.shimGUID, host.root)
      entity["platformKey.isTestKey"] = EFIKeys.isTestKey(host.root)
      for keys in EFIKeys.all { keys.add(host.root, to: &entity) }
      ShimFacts.add(host.root, to: &entity)
    }
    record.add(entity)
  }

  private static func firmware(_ root: borrowing HostRoot) -> Fact {
    if let missing = root.missingFirmware() { return missing }
    let source = Source.inode("/sys/firmware/efi")
    switch root.presence("sys/firmware/efi") {
    case .success(let isThere): return .observed(.text(isThere ? "uefi" : "notUEFI"), source)
    case .failure(let error): return .failed(error, source)
    }
  }

  /// efivarfs is mounted on a directory that the kernel leaves empty.
  private static func mounted(_ firmware: Fact, _ root: borrowing HostRoot) -> Fact {
    guard case .observed(.text(let kind), let sources) = firmware else { return firmware }
    guard kind == "uefi" else { return .absent(sources) }
    let source = Source.inode(place(variables))
    do throws(HostError) {
      return .observed(.flag(!(try root.names(in: variables).isEmpty)), source)
    } catch {
      return error.reason == .absent ? .observed(.flag(false), source) : .failed(error, source)
    }
  }

  /// Why no variable can be read; absent where there is no UEFI, so that there are none.
  private static func noVariables(_ firmware: Fact, _ mounted: Fact) -> Fact? {
    switch (firmware, mounted) {
    case (.unreadable, _): firmware
    case (_, .unreadable), (_, .absent): mounted
    case (_, .observed(.flag(false), let sources)):
      .unreadable(
        .notMounted, detail: "efivarfs is not mounted, or the kernel runs without EFI runtime services",
        sources.first ?? .inode(place(variables)))
    case (_, .observed), (.absent, _): nil
    }
  }

  private static func flag(_ name: String, _ guid: String, _ root: borrowing HostRoot) -> Fact {
    root.fact(variables.appending("\(name)-\(guid)"), atMost: 64) {
      EFIVariable(parsing: $0)?.flag.map { .flag($0) }
    }
  }

  /// `secure_boot` of struct boot_params, at 0x1ec; x86/zero-page.rst and enum efi_secureboot_mode.
  private static func kernelView(_ root: borrowing HostRoot) -> Fact {
    let missing = root.missingKernelFilesystem("sys/kernel")
    return missing
      ?? root.fact("sys/kernel/boot_params/data") { bytes in
        guard bytes.count > 0x1ec else { return nil }
        switch bytes[0x1ec] {
        case 0: return .text("unset")
        case 1: return .text("unknown")
        case 2: return .text("disabled")
        case 3: return .text("enabled")
        default: return nil
        }
      }
  }
}

/// One of the firmware's key stores.
struct EFIKeys: Sendable {
  /// `PK`, `KEK`, `db`, `dbx`.
  let name: String
  let guid: String
  let meaning: String

  static let all = [
    EFIKeys(name: "PK", guid: "8be4df61-93ca-11d2-aa0d-00e098032b8c", meaning: "the platform's owner"),
    EFIKeys(name: "KEK", guid: "8be4df61-93ca-11d2-aa0d-00e098032b8c", meaning: "who may change db and dbx"),
    EFIKeys(name: "db", guid: "d719b2cb-3d3a-4596-a3bc-dad00e67656f", meaning: "what may start"),
    EFIKeys(name: "dbx", guid: "d719b2cb-3d3a-4596-a3bc-dad00e67656f", meaning: "what was revoked"),
  ]

  var declarations: [Declaration] {
    [
      .init("\(name).present", .flag, "Whether the firmware has \(name): \(meaning)."),
      .init("\(name).entries", .number, "How many keys, certificates or hashes \(name) holds."),
    ]
  }

  private var path: FilePath { BootCollector.variables.appending("\(name)-\(guid)") }

  func add(_ root: borrowing HostRoot, to entity: inout Entity) {
    let source = Source.file(place(path))
    do throws(HostError) {
      let bytes = try root.bytes(path)
      guard let variable = EFIVariable(parsing: bytes) else {
        return fill(&entity, .unreadable(.malformed, detail: "shorter than a variable's attributes", source))
      }
      entity["\(name).present"] = .observed(.flag(!variable.data.isEmpty), source)
      entity["\(name).entries"] = entries(variable, source)
    } catch {
      guard error.reason == .absent else { return fill(&entity, .failed(error, source)) }
      entity["\(name).present"] = .observed(.flag(false), source)
      entity["\(name).entries"] = .absent(source)
    }
  }

  private func entries(_ variable: EFIVariable, _ source: Source) -> Fact {
    do throws(EFISignatureDatabase.Failure) {
      return .observed(.number(Int64(try EFISignatureDatabase(parsing: variable.data).entries)), source)
    } catch {
      switch error {
      case .malformed(let list):
        return .unreadable(.malformed, detail: "signature list \(list) contradicts itself", source)
      case .tooMany(let limit):
        return .unreadable(.tooLarge, detail: "more than \(limit) signatures", source)
      }
    }
  }

  private func fill(_ entity: inout Entity, _ fact: Fact) {
    for declaration in declarations { entity[declaration.name] = fact }
  }

  /// Whether the platform key's certificate says of itself what AMI's and Insyde's samples say: their private halves are public
  /// (CERT/CC VU#455367, CVE-2024-8105).
  static func isTestKey(_ root: borrowing HostRoot) -> Fact {
    guard let platform = all.first else { return .absent([]) }
    return root.fact(platform.path, atMost: HostRoot.defaultLimit) { bytes in
      guard let variable = EFIVariable(parsing: bytes) else { return nil }
      return .flag(["DO NOT TRUST", "DO NOT SHIP"].contains { variable.data.contains($0) })
    }
  }
}

extension [UInt8] {
  /// Whether the text stands somewhere in it, byte for byte.
  fileprivate func contains(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard let first = wanted.first, count >= wanted.count else { return false }
    return indices.dropLast(wanted.count - 1).contains {
      self[$0] == first && self[$0...].starts(with: wanted)
    }
  }
}
