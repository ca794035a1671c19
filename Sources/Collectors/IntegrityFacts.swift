import Facts
import Host
import SystemPackage

/// What the integrity subsystem shows in securityfs: IMA's measurements and policy, EVM's keys;
/// Documentation/ABI/testing/ima_policy and evm.
enum IntegrityFacts {
  static let declarations: [Declaration] = [
    .init(
      "ima.measurements", .number,
      "How many measurements IMA has made since boot; 1 is the boot aggregate alone."),
    .init("ima.violations", .number, "How many measurements IMA could not make safely since boot."),
    .init(
      "ima.rules", .number,
      "How many rules IMA's policy has; only kernels with CONFIG_IMA_READ_POLICY show it."),
    .init("ima.appraises", .flag, "Whether a rule of IMA's policy appraises files."),
    .init(
      "ima.appraise", .text, "What ima_appraise= asks for on a file that does not match.",
      values: ["enforce", "fix", "log", "off"]),
    .init(
      "ima.commandLine.hash", .text,
      "The hash that ima_hash= asks for; the kernel's build decides without it."),
    .init(
      "ima.policyFile", .flag,
      "Whether /etc/ima/ima-policy is there, which systemd loads as IMA's policy at boot."),
    .init("ima.commandLine.policy", .list, "The built-in policies that ima_policy= asks for."),
    .init(
      "evm.commandLine", .text, "What evm= asks for: fix lets any change through and writes a new HMAC.",
      values: ["fix"]),
    .init(
      "evm.state", .list,
      "What EVM has: an HMAC key, a signature key, leave to change protected metadata; empty before a key is loaded.",
      values: ["hmac", "signature", "metadataWrites"]),
  ]

  static func add(to entity: inout Entity, _ modules: SecurityModules, _ root: borrowing HostRoot) {
    func ima(_ name: FilePath, _ parse: ([UInt8]) -> Value?) -> Fact {
      modules.fact(FilePath("ima").appending(name.components), whose: "module.ima", in: entity, root, parse)
    }
    let measurements = ima("runtime_measurements_count") { $0.trimmed.decimal.map { .number($0) } }
    let violations = ima("violations") { $0.trimmed.decimal.map { .number($0) } }
    let rules = ima("policy") { .number(Int64(policyRules($0).count)) }
    let appraises = ima("policy") { .flag(policyRules($0).contains { $0.starts(with: "appraise".utf8) }) }
    entity["ima.measurements"] = measurements
    entity["ima.violations"] = violations
    entity["ima.rules"] = rules
    entity["ima.appraises"] = appraises
    let line = commandLine(root)
    entity["ima.appraise"] = line.fact("ima_appraise", among: ["enforce", "fix", "log", "off"])
    entity["ima.commandLine.hash"] = line.fact("ima_hash") { .text($0) }
    entity["ima.policyFile"] = root.existsFact("etc/ima/ima-policy")
    entity["evm.commandLine"] = line.fact("evm", among: ["fix"])
    entity["ima.commandLine.policy"] = line.fact("ima_policy") { text in
      .texts(text.split { $0 == "|" || $0 == " " }.map(String.init))
    }
    entity["evm.state"] = evm(entity, modules, root)
  }

  /// The rules of a policy, without comments and empty lines.
  private static func policyRules(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    bytes.lines.lazy.map(\.trimmed).filter { !$0.isEmpty && $0.first != UInt8(ascii: "#") }
  }

  /// `integrity/evm/evm` since Linux 4.17, `evm` before.
  private static func evm(_ entity: Entity, _ modules: SecurityModules, _ root: borrowing HostRoot) -> Fact {
    let fact = modules.fact("integrity/evm/evm", whose: "module.evm", in: entity, root, evmValue)
    guard case .absent = fact, entity["module.evm"]?.value == .text("active") else { return fact }
    return modules.fact("evm", whose: "module.evm", in: entity, root, evmValue)
  }

  private static func evmValue(_ bytes: [UInt8]) -> Value? {
    guard let number = bytes.trimmed.decimal, number >= 0 else { return nil }
    let bits: [(Int64, String)] = [(1, "hmac"), (2, "signature"), (4, "metadataWrites")]
    return .texts(bits.filter { number & $0.0 != 0 }.map(\.1))
  }
}
