import Facts
import Host
import SystemPackage

/// PCRs 0 to 7, which firmware extends. Each read in sysfs is a TPM2_PCR_Read and takes up to 30 ms, so each register is read
/// once, and the SHA-1 bank only where there is no other, or none that the event log can be compared with.
struct TPMRegisters {
  struct Register {
    let bank: String
    let index: Int
    let value: Fact
    let source: Source
  }

  static let indices = 0...7

  let banks: Fact
  private(set) var all: [Register] = []

  /// The banks that registers were read of.
  var readBanks: [String] { Set(all.map(\.bank)).sorted() }

  init(reading root: borrowing HostRoot, version: Value?, of log: TPMEventLog?) {
    let directory = TPMCollector.device
    let source = Source.inode(place(directory))
    let names: [String]
    do throws(HostError) {
      names = try root.names(in: directory).map(\.string)
    } catch {
      banks = .failed(error, source)
      return
    }
    let found = names.filter { $0.hasPrefix("pcr-") }.map { String($0.dropFirst(4)) }
    guard found.isEmpty else {
      banks = .observed(.texts(found.map { printable($0.utf8, atMost: 32) }), source)
      let onlySHA1 = log.map { !$0.algorithms.contains { $0 != .sha1 && found.contains($0.name) } } ?? false
      for bank in found where bank != "sha1" || found.count == 1 || onlySHA1 {
        for index in Self.indices { all.append(Self.register(bank, index, root)) }
      }
      return
    }
    guard version == .text("1.2") else {
      banks = .unreadable(.unsupported, detail: "the kernel shows no PCRs; Linux 5.12 and newer do", source)
      return
    }
    // Version 1.2 knows SHA-1 alone, and one file has them all.
    banks = .observed(.texts(["sha1"]), source)
    all = Self.legacyRegisters(root)
  }

  /// The registers, of the bank that is trusted most, that hold what `matches` says.
  func judged(_ matches: (String) -> Bool) -> Fact {
    if case .unreadable = banks { return banks }
    let held =
      ["sha256", "sha384", "sha512"].first { bank in all.contains { $0.bank == bank } } ?? all.first?.bank
    var found: [String] = []
    var sources: [Source] = []
    for register in all where register.bank == held {
      guard case .observed(.text(let value), _) = register.value else { return register.value }
      sources.append(register.source)
      if matches(value) { found.append(String(register.index)) }
    }
    return sources.isEmpty ? .absent(banks.sources) : .observed(.texts(found), sources)
  }

  private static func register(_ bank: String, _ index: Int, _ root: borrowing HostRoot) -> Register {
    let path = FilePath("\(TPMCollector.device.string)/pcr-\(bank)/\(index)")
    let fact = root.fact(path, atMost: 256) { hexadecimal($0.trimmed).map { .text($0) } }
    // The kernel lists every register of an allocated bank: one that is not there is kept from us.
    let source = Source.file(place(path))
    let value: Fact =
      if case .absent = fact { .unreadable(.notVisible, detail: "the bank is there without it", source) } else
      { fact }
    return Register(bank: printable(bank.utf8, atMost: 32), index: index, value: value, source: source)
  }

  /// `PCR-00: 3A 3F 78 …`, a line each.
  private static func legacyRegisters(_ root: borrowing HostRoot) -> [Register] {
    var last: (Source, Fact)?
    for path in TPMVersion.legacyPaths("pcrs") {
      let source = Source.file(place(path))
      do throws(HostError) {
        let lines = try root.bytes(path, atMost: 65_536).lines.map { Array($0) }
        return indices.map { index in
          let prefix = "PCR-0\(index):"
          let digits = lines.first { $0.starts(with: prefix.utf8) }?
            .dropFirst(prefix.utf8.count).filter { $0 != UInt8(ascii: " ") }
          let value: Fact =
            digits.flatMap { hexadecimal($0) }.map { .observed(.text($0), source) }
            ?? .unreadable(.malformed, detail: "no line for PCR \(index)", source)
          return Register(bank: "sha1", index: index, value: value, source: source)
        }
      } catch {
        if error.reason != .absent || last == nil {
          last = (source, .unreadable(error.obstacle, detail: error.description, source))
        }
      }
    }
    guard let (source, value) = last else { return [] }
    return indices.map { Register(bank: "sha1", index: $0, value: value, source: source) }
  }

  /// Lower-case digits of at least a SHA-1 hash and at most a SHA-512 hash; nil for anything else.
  private static func hexadecimal(_ bytes: some Collection<UInt8>) -> String? {
    guard (40...128).contains(bytes.count), bytes.allSatisfy({ [$0].hexadecimal != nil }) else { return nil }
    return String(decoding: bytes, as: UTF8.self).lowercased()
  }
}
