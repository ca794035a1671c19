import Foundation
import Testing

/// Serialized: one audit must not see another test's etcd.
@Suite(
  "A real etcd on loopback is audited as it runs", .serialized,
  .enabled(if: EtcdFixture.obstacle == nil, "\(EtcdFixture.obstacle ?? "")"))
struct EtcdTests {
  private struct Report: Decodable {
    struct Result: Decodable {
      let id: String
      let status: String
      let entity: String?
      let sources: [String]?
    }

    let results: [Result]
  }

  /// The results of an audit by the command, by section.
  private func audited(_ etcd: EtcdFixture) throws -> [String: Report.Result] {
    let outcome = try Program.run([
      "audit", "--benchmark", "cis-kubernetes-1.12", "--only", "etcd", "--format", "json",
    ])
    let report = try JSONDecoder().decode(Report.self, from: outcome.output)
    return Dictionary(uniqueKeysWithValues: report.results.map { ($0.id, $0) })
  }

  @Test("Every verdict is that of what the process runs with", arguments: EtcdFixture.Setup.allCases)
  func verdicts(setup: EtcdFixture.Setup) throws {
    let etcd = try EtcdFixture(setup)
    defer { etcd.stop() }
    let results = try audited(etcd)
    let isGood: [String: Bool] =
      switch setup {
      case .hardened, .hardenedByFile, .hardenedByHiddenFile:
        ["2.1": true, "2.2": true, "2.3": true, "2.4": true, "2.5": true, "2.6": true]
      case .plain: ["2.1": false, "2.2": false, "2.3": true, "2.4": false, "2.5": false, "2.6": true]
      case .selfSigned: ["2.1": false, "2.2": false, "2.3": false, "2.4": false, "2.5": false, "2.6": false]
      }
    for (id, good) in isGood.sorted(by: { $0.key < $1.key }) {
      let result = try #require(results[id])
      #expect(result.status == (good ? "pass" : "fail"), "\(id)")
      #expect(result.entity == "etcd[\(etcd.process.processIdentifier)]", "\(id)")
    }
    // Where it was told so is what the evidence names: the flag, the variable, or the line of its file.
    let source = try #require(results["2.5"]?.sources?.first)
    switch setup {
    case .hardened: #expect(source.contains("ETCD_PEER_CLIENT_CERT_AUTH"))
    case .hardenedByFile, .hardenedByHiddenFile:
      #expect(source.contains("etcd.yaml:") && source.contains("peer-transport-security"))
    case .plain, .selfSigned: #expect(source.hasPrefix("default of"))
    }
  }
}
