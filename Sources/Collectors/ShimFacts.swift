import Facts
import Host
import SystemPackage

/// What shim, the first program that Secure Boot starts on most distributions, leaves for the system to read: runtime copies of
/// the owner's keys (MOK) and its revocation level; shim's MokVars.txt and SBAT.md. systemd-stub leaves its name the same way.
enum ShimFacts {
  static let declarations: [Declaration] =
    lists.flatMap(\.declarations) + [
      .init(
        "shim.trustsOwnerKeys", .flag,
        "Whether shim lets the kernel take the owner's keys (MOK) for its own: MokListTrustedRT."),
      .init(
        "shim.sbatLevel", .number,
        "The generation of the revocations that shim enforces, a date followed by a counter: SbatLevelRT."),
      .init(
        "stub", .text,
        "The EFI stub that started and measured the kernel with its command line and initramfs as one file: StubInfo of systemd-stub(7)."
      ),
    ]

  /// shim copies `MokList`, which only boot programs see, with its vendor's certificate to `MokListRT`, and the owner's
  /// revocations to `MokListXRT`.
  private static let lists = [
    EFIKeys(
      name: "MokListRT", guid: BootCollector.shimGUID,
      meaning: "what shim starts beyond db, the vendor's certificate and the owner's keys"),
    EFIKeys(
      name: "MokListXRT", guid: BootCollector.shimGUID, meaning: "what shim refuses beyond dbx"),
  ]

  static func add(_ root: borrowing HostRoot, to entity: inout Entity) {
    for list in lists { list.add(root, to: &entity) }
    entity["shim.trustsOwnerKeys"] = fact("MokListTrustedRT", BootCollector.shimGUID, root) { data in
      data.count == 1 ? .flag(data[0] == 1) : nil
    }
    entity["shim.sbatLevel"] = fact("SbatLevelRT", BootCollector.shimGUID, root, sbatLevel)
    entity["stub"] = fact("StubInfo", "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f", root, utf16)
  }

  private static func fact(
    _ name: String, _ guid: String, _ root: borrowing HostRoot, _ value: ([UInt8]) -> Value?
  ) -> Fact {
    root.fact(BootCollector.variables.appending("\(name)-\(guid)"), atMost: 4096) {
      EFIVariable(parsing: $0).flatMap { value($0.data) }
    }
  }

  /// `sbat,1,2023012900`, the first of lines with comma-separated fields.
  static func sbatLevel(_ data: [UInt8]) -> Value? {
    let fields = data.prefix { $0 != 0x0a && $0 != 0 }.split(
      separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard fields.count >= 3, fields[0].elementsEqual("sbat".utf8) else { return nil }
    return fields[2].trimmed.decimal.map { .number($0) }
  }

  /// Text of UTF-16 in little-endian with a final NUL, as EFI variables hold it.
  static func utf16(_ data: [UInt8]) -> Value? {
    guard data.count.isMultiple(of: 2) else { return nil }
    var units: [UInt16] = []
    for index in stride(from: 0, to: data.count, by: 2) {
      let unit = UInt16(data[index]) | UInt16(data[index + 1]) << 8
      if unit == 0 { break }
      units.append(unit)
    }
    let text = String(decoding: units, as: UTF16.self)
    return text.isEmpty ? nil : .text(printable(Array(text.utf8), atMost: 200))
  }
}

/// The kernel's own keyrings, which decide whose signatures it takes on modules, kernels and files: how many keys are in each;
/// keyrings(7), proc_keys(5), Documentation/security/keys and Documentation/admin-guide/module-signing.rst. No key's name is kept.
enum KernelKeyrings {
  private static let known: [(fact: String, name: String, meaning: String)] = [
    ("keyring.builtin", ".builtin_trusted_keys", "were built into the kernel: the vendor's"),
    (
      "keyring.secondary", ".secondary_trusted_keys",
      "were added to those while it ran, signed by one of them"
    ),
    ("keyring.machine", ".machine", "are the owner's (MOK), and are trusted as the vendor's are"),
    ("keyring.platform", ".platform", "are the firmware's and verify kernels for kexec only"),
    ("keyring.ima", ".ima", "IMA appraises files with"),
    ("keyring.blacklist", ".blacklist", "and hashes are refused whoever signed them"),
  ]

  static let declarations: [Declaration] = known.map {
    .init($0.fact, .number, "How many keys \($0.meaning): the kernel's keyring \($0.name).")
  }

  static func add(_ root: borrowing HostRoot, to entity: inout Entity) {
    let source = Source.file("/proc/keys")
    let counts: [String: Int64]
    do throws(HostError) {
      counts = sizes(try root.bytes("proc/keys", atMost: 4 << 20))
    } catch {
      // A kernel without CONFIG_KEYS has no such file, and a tree without any of proc/ says nothing.
      let failed = root.fromKernel(.failed(error, source), beneath: kernelSettings)
      for keyring in known { entity[keyring.fact] = failed }
      return
    }
    for keyring in known {
      let place = Source(.file, "/proc/keys", key: keyring.name)
      // The kernel's keyrings are root's: another reader is not shown them.
      entity[keyring.fact] =
        counts[keyring.name].map { .observed(.number($0), place) }
        ?? (counts.isEmpty
          ? .unreadable(.denied, detail: "only root is shown the kernel's keyrings", place)
          : .absent(place))
    }
  }

  /// `1f0b0000 I------ 1 perm 1f0b0000 0 0 keyring .ima: 2`: of the kernel's own keyrings (their names begin with a dot) the
  /// number of keys; `empty` for none.
  static func sizes(_ bytes: [UInt8]) -> [String: Int64] {
    var sizes: [String: Int64] = [:]
    for line in bytes.lines {
      let fields = line.split { $0 == 0x20 || $0 == 0x09 }
      guard fields.count >= 10, fields[7].elementsEqual("keyring".utf8),
        fields[5].elementsEqual("0".utf8), fields[8].first == UInt8(ascii: "."),
        fields[8].last == UInt8(ascii: ":")
      else { continue }
      let name = printable(fields[8].dropLast(), atMost: 64)
      sizes[name] = fields[9].elementsEqual("empty".utf8) ? 0 : fields[9].decimal
    }
    return sizes
  }
}
