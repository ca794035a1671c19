import Crypto
import Facts
import Host
import SystemPackage

/// What PCRs 0 to 7 hold if everything was measured that the log tells, and nothing else. Registers from 8 on are the operating
/// system's, which extends them without the firmware's log.
struct TPMReplay {
  /// In hexadecimal, PCR 0 first; nil for one that an event without a digest of this bank was measured into.
  let registers: [String?]

  /// - Parameter bank: The kernel's name of it.
  /// - Returns: nil where the log tells nothing of that bank, or its algorithm is not known here.
  init?(of log: TPMEventLog, bank: String) {
    guard let place = log.algorithms.firstIndex(where: { $0.name == bank }) else { return nil }
    let values: [[UInt8]?]
    switch log.algorithms[place] {
    case .sha1: values = Self.extend(log, place, Insecure.SHA1.self)
    case .sha256: values = Self.extend(log, place, SHA256.self)
    case .sha384: values = Self.extend(log, place, SHA384.self)
    case .sha512: values = Self.extend(log, place, SHA512.self)
    default: return nil
    }
    registers = values.map { value in
      value.map { $0.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
    }
  }

  /// TPM2_PCR_Extend: the register becomes the hash of what it holds and the digest.
  private static func extend<Hash: HashFunction>(_ log: TPMEventLog, _ place: Int, _: Hash.Type) -> [[UInt8]?]
  {
    let zeros = [UInt8](repeating: 0, count: Hash.Digest.byteCount)
    var values: [[UInt8]?] = TPMRegisters.indices.map { _ in zeros }
    values[0] = zeros.dropLast() + [log.startupLocality]
    for event in log.events where event.isExtended && values.indices.contains(Int(event.register)) {
      let index = Int(event.register)
      guard let digest = event.digests[place], let value = values[index] else {
        values[index] = nil
        continue
      }
      var hash = Hash()
      hash.update(data: value)
      hash.update(data: digest)
      values[index] = Array(hash.finalize())
    }
    return values
  }
}

/// A bank of registers, and whether the log adds up to it.
enum TPMBank {
  enum Answer: String, CaseIterable {
    case matches, differs, malformed
  }

  static let subject = Subject(
    "tpm-bank", "A PCR bank whose registers are read: of several, not SHA-1's, unless the log has no other.",
    isSingleton: false,
    facts: [
      .init("bank", .text, "Its hash algorithm, by the kernel's name."),
      .init(
        "replay", .text,
        """
        Whether the event log adds up to PCRs 0 to 7. malformed: it can't be followed, so it adds up to nothing. Unreadable where \
        the log tells nothing of this bank or can't be read; absent where there is none.
        """, values: Answer.allCases.map(\.rawValue)),
      .init("comparedPCRs", .list, "The registers that the log and the TPM were compared in."),
      .init("differingPCRs", .list, "Those of them that hold something else than the log adds up to."),
      .init("firstDifference", .number, "The first of those."),
    ])

  static func entity(_ bank: String, _ registers: [TPMRegisters.Register], _ log: TPMLog) -> Entity {
    var entity = Entity(subject, id: bank)
    entity["bank"] = .observed(.text(bank), .inode(place(TPMCollector.device.appending("pcr-\(bank)"))))
    let facts = facts(bank, registers, log)
    for declaration in subject.facts where entity[declaration.name] == nil {
      entity[declaration.name] = facts[declaration.name] ?? facts["replay"] ?? .absent(log.source)
    }
    return entity
  }

  private static func facts(_ bank: String, _ registers: [TPMRegisters.Register], _ log: TPMLog) -> [String:
    Fact]
  {
    guard let parsed = log.parsed else {
      guard case .unreadable(.malformed, _, _) = log.format else { return ["replay": log.format] }
      let none = Fact.absent(log.source)
      return [
        "replay": .observed(.text(Answer.malformed.rawValue), log.source), "comparedPCRs": none,
        "differingPCRs": none, "firstDifference": none,
      ]
    }
    guard let replay = TPMReplay(of: parsed, bank: bank) else {
      return ["replay": .unreadable(.unsupported, detail: "the log has no digests of \(bank)", log.source)]
    }
    return compare(replay, registers, log)
  }

  private static func compare(_ replay: TPMReplay, _ registers: [TPMRegisters.Register], _ log: TPMLog)
    -> [String: Fact]
  {
    var compared: [TPMRegisters.Register] = []
    var differing: [TPMRegisters.Register] = []
    var missing: Fact?
    for register in registers {
      guard case .observed(.text(let held), _) = register.value else {
        missing = missing ?? register.value
        continue
      }
      guard let expected = replay.registers[register.index] else {
        let detail = "an event of PCR \(register.index) has no digest of \(register.bank)"
        missing = missing ?? .unreadable(.unsupported, detail: detail, log.source)
        continue
      }
      compared.append(register)
      if held != expected { differing.append(register) }
    }
    func numbers(_ registers: [TPMRegisters.Register]) -> Value { .texts(registers.map { String($0.index) }) }
    let sources = [log.source] + differing.prefix(1).map(\.source)
    var facts: [String: Fact] = [
      "comparedPCRs": .observed(numbers(compared), log.source),
      "differingPCRs": .observed(numbers(differing), sources),
      "firstDifference": differing.first.map { .observed(.number(Int64($0.index)), sources) }
        ?? .absent(log.source),
    ]
    // One that differs is enough to know; all must have been compared to know that none does.
    facts["replay"] =
      differing.isEmpty
      ? missing ?? .observed(.text(Answer.matches.rawValue), log.source)
      : .observed(.text(Answer.differs.rawValue), sources)
    return facts
  }
}

/// The firmware's log of what it measured, in securityfs; the kernel's Documentation/security/tpm/tpm_event_log.rst.
struct TPMLog {
  static let declarations: [Declaration] = [
    .init("eventLog", .flag, "Whether the firmware's log of what it measured is there."),
    .init(
      "eventLog.format", .text, "How the log is written: with SHA-1 digests alone, or with one of each bank.",
      values: TPMEventLog.Format.allCases.map(\.rawValue)),
    .init("eventLog.banks", .list, "The hash algorithms that the log has digests of."),
    .init("eventLog.events", .number, "How many events it has."),
    .init(
      "userspaceLog", .flag,
      "Whether systemd keeps a log of its own of what it measured; systemd-pcrphase(8)."),
  ]

  static let path: FilePath = "sys/kernel/security/tpm0/binary_bios_measurements"

  let source = Source.file(place(path))
  let presence: Fact
  let format: Fact
  let userspace: Fact
  let parsed: TPMEventLog?

  init(reading root: borrowing HostRoot) {
    presence = Self.presence(root)
    userspace = root.existsFact("run/log/systemd/tpm2-measure.log")
    guard case .observed(.flag(true), _) = presence else {
      format = if case .unreadable = presence { presence } else { .absent(source) }
      parsed = nil
      return
    }
    do throws(HostError) {
      (parsed, format) = Self.parse(try root.bytes(Self.path, atMost: TPMEventLog.mostBytes), source)
    } catch {
      parsed = nil
      format = .failed(error, source)
    }
  }

  init(_ parsed: (TPMEventLog?, Fact)) {
    (self.parsed, format) = parsed
    presence = .observed(.flag(true), source)
    userspace = .absent(source)
  }

  static func parse(_ bytes: [UInt8], _ source: Source) -> (TPMEventLog?, Fact) {
    do throws(TPMEventLog.Failure) {
      let log = try TPMEventLog(parsing: bytes)
      return (log, .observed(.text(log.format.rawValue), source))
    } catch {
      return (nil, .unreadable(.malformed, detail: error.description, source))
    }
  }

  func add(to entity: inout Entity) {
    entity["eventLog"] = presence
    entity["eventLog.format"] = format
    entity["userspaceLog"] = userspace
    entity["eventLog.banks"] =
      parsed.map { .observed(.texts($0.algorithms.map(\.name)), source) } ?? format
    entity["eventLog.events"] = parsed.map { .observed(.number(Int64($0.events.count)), source) } ?? format
  }

  /// In securityfs, which may not be mounted where the auditor looks.
  private static func presence(_ root: borrowing HostRoot) -> Fact {
    let mount: FilePath = "sys/kernel/security"
    let source = Source.inode(place(mount))
    do throws(HostError) {
      if try root.names(in: mount).isEmpty {
        return .unreadable(.notMounted, detail: "securityfs is not mounted here", source)
      }
    } catch {
      return error.reason == .absent
        ? .unreadable(.notMounted, detail: "securityfs is not mounted here", source) : .failed(error, source)
    }
    return root.existsFact(path)
  }
}
