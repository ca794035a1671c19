import Facts
import Host
import TOML
import YAML

@testable import Collectors

/// A reader of what attackers may write, as a fuzzer calls it: any bytes at all, and it must come back.
///
/// It is shared by the fuzzer (Fuzz/) and by the ordinary tests, which replay the corpus (Tests/FuzzTests/Corpus).
package enum FuzzTarget: String, CaseIterable, Sendable {
  case yaml, json, toml, seccomp
  case flags, systemd, sshd
  case process, mountinfo, sockets, kernel
  case eventlog, efivars, certificate
  case apparmor, accounts, policies, packages, binary
  case report

  package func run(_ bytes: [UInt8]) {
    switch self {
    case .yaml: Self.yaml(bytes)
    case .json: Self.json(bytes)
    case .toml: Self.toml(bytes)
    case .seccomp: Self.seccomp(bytes)
    case .flags: Self.flags(bytes)
    case .systemd: Self.systemd(bytes)
    case .sshd: Self.sshd(bytes)
    case .process: Self.process(bytes)
    case .mountinfo: Self.mountinfo(bytes)
    case .sockets: Self.sockets(bytes)
    case .kernel: Self.kernel(bytes)
    case .eventlog: _ = try? TPMEventLog(parsing: bytes)
    case .efivars: Self.efivars(bytes)
    case .certificate: Self.certificate(bytes)
    case .apparmor: Self.apparmor(bytes)
    case .accounts: Self.accounts(bytes)
    case .policies: Self.policies(bytes)
    case .packages: Self.packages(bytes)
    case .binary: Self.binary(bytes)
    case .report: Self.report(bytes)
    }
  }
}

/// A bound that did not hold: fuzzers and tests alike see the process end.
func require(_ condition: Bool, _ what: String) {
  guard !condition else { return }
  preconditionFailure(what)
}

extension Node {
  /// How deep it is, and how many values it holds.
  var measure: (depth: Int, nodes: Int) {
    let parts: [Node] =
      switch content {
      case .scalar: []
      case .sequence(let nodes): nodes
      case .mapping(let entries): entries.map(\.value)
      }
    return parts.map(\.measure).reduce((1, 1)) { (max($0.0, $1.depth + 1), $0.1 + $1.nodes) }
  }
}
