import Facts
import TestSupport
import Testing

@testable import Collectors

@Suite("For any flags, drop-ins and file the value is what the precedence says")
struct KubeletMergeTests {
  /// What one place does to a key.
  private enum Step: Hashable {
    case silent, delete
    case number(Int64)
  }

  private static func step(_ random: inout SeededGenerator, mayDelete: Bool) -> Step {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: .number(Int64.random(in: 1...99, using: &random))
    case 1: mayDelete ? .delete : .silent
    default: .silent
    }
  }

  private static func document(_ steps: [String: Step]) -> String {
    var text = KubernetesHost.header
    for (key, step) in steps.sorted(by: { $0.key < $1.key }) {
      switch step {
      case .silent: continue
      case .delete: text += "\(key): null\n"
      case .number(let number): text += "\(key): \(number)\n"
      }
    }
    return text
  }

  private static let keys = [
    "podPidsLimit": "pod-max-pids", "eventRecordQPS": "event-qps", "readOnlyPort": "read-only-port",
    "healthzPort": "healthz-port",
  ]

  @Test("Numbers, deletions and repeated flags", arguments: 1...60)
  func precedence(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let base = Self.keys.mapValues { _ in Self.step(&random, mayDelete: false) }
    let drops = (0..<Int.random(in: 0...4, using: &random)).map { _ in
      Self.keys.mapValues { _ in Self.step(&random, mayDelete: true) }
    }
    var expected = base
    for drop in drops {
      for (key, step) in drop where step != .silent { expected[key] = step }
    }
    var flags = ["--config=/base.yaml", "--config-dir=/drops"]
    for (key, flag) in Self.keys.sorted(by: { $0.key < $1.key }) {
      for _ in 0..<Int.random(in: 0...2, using: &random) where Bool.random(using: &random) {
        let number = Int64.random(in: 100...199, using: &random)
        flags +=
          Bool.random(using: &random)
          ? ["--\(flag)=\(number)"] : ["--\(flag.replacing("-", with: "_"))", "\(number)"]
        expected[key] = .number(number)
      }
    }
    var files = ["base.yaml": Self.document(base), "drops/": ""]
    for (index, drop) in drops.enumerated() {
      files[index % 2 == 0 ? "drops/\(index).conf" : "drops/\(index)/x.conf"] = Self.document(drop)
    }
    let kubelet = try #require(try KubernetesHost(kubelet: flags, files: files).kubelet())
    for (key, step) in expected {
      switch step {
      case .silent, .delete: #expect(kubelet.isAbsent(key), "\(key) \(kubelet.chain(key))")
      case .number(let number): #expect(kubelet.value(key) == .number(number), "\(key) \(kubelet.chain(key))")
      }
    }
  }

  @Test("Without a file: drop-ins over the flags' own base, and what they unset is named", arguments: 1...40)
  func withoutFile(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var files = ["drops/": ""]
    var expected: [String: Step] = [:]
    for index in 0..<Int.random(in: 1...4, using: &random) {
      let drop = Self.keys.mapValues { _ in Self.step(&random, mayDelete: true) }
      files["drops/\(index).conf"] = Self.document(drop)
      for (key, step) in drop where step != .silent { expected[key] = step }
    }
    var flags = ["--config-dir=/drops"]
    for (key, flag) in Self.keys.sorted(by: { $0.key < $1.key })
    where Int.random(in: 0..<4, using: &random) == 0 {
      let number = Int64.random(in: 100...199, using: &random)
      flags.append("--\(flag)=\(number)")
      expected[key] = .number(number)
    }
    let kubelet = try #require(try KubernetesHost(kubelet: flags, files: files).kubelet())
    for key in Self.keys.keys {
      switch expected[key] ?? .silent {
      case .silent, .delete: #expect(kubelet.isAbsent(key), "\(key) \(kubelet.chain(key))")
      case .number(let number): #expect(kubelet.value(key) == .number(number), "\(key) \(kubelet.chain(key))")
      }
    }
    let cleared = expected.filter { $0.value == .delete }.keys.sorted()
    #expect(kubelet.value("configuration.cleared") == .texts(cleared))
    #expect(kubelet.value("configuration.base") == .text("dropins"))
  }

  @Test("Lists replace each other, gates merge", arguments: 1...40)
  func structures(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var suites: [String]?
    var gates: [String: Bool] = [:]
    var files: [String: String] = ["drops/": ""]
    for name in ["base.yaml", "drops/1.conf", "drops/2.conf", "drops/3.conf"] {
      var text = KubernetesHost.header
      if name != "base.yaml", Int.random(in: 0..<4, using: &random) == 0 {
        suites = nil
        text += "tlsCipherSuites: null\n"
      } else if Bool.random(using: &random) {
        let own = (0..<Int.random(in: 0...3, using: &random)).map { _ in
          "S\(Int.random(in: 0..<9, using: &random))"
        }
        suites = own
        text += "tlsCipherSuites: [\(own.joined(separator: ", "))]\n"
      }
      if name != "base.yaml", Int.random(in: 0..<5, using: &random) == 0 {
        gates = [:]
        text += "featureGates: null\n"
      } else if Bool.random(using: &random) {
        let gate = "G\(Int.random(in: 0..<3, using: &random))"
        gates[gate] = Bool.random(using: &random)
        text += "featureGates: {\(gate): \(gates[gate] == true)}\n"
      }
      files[name] = text
    }
    var flags = ["--config=/base.yaml", "--config-dir=/drops"]
    if Int.random(in: 0..<3, using: &random) == 0 {
      // Repeated list flags append to each other, and replace what files say.
      suites = ["F1", "F2", "F3"]
      flags += ["--tls-cipher-suites=F1,F2", "--tls-cipher-suites", "F3"]
    }
    if Int.random(in: 0..<3, using: &random) == 0 {
      gates.merge(["G1": true, "G9": false]) { $1 }
      flags += ["--feature-gates=G1=true", "--feature-gates=G9=false"]
    }
    let kubelet = try #require(try KubernetesHost(kubelet: flags, files: files).kubelet())
    #expect(kubelet.value("tlsCipherSuites") == suites.map { Value.texts($0) })
    #expect(kubelet.value("featureGates") == (gates.isEmpty ? nil : gateList(gates)))
  }
}
