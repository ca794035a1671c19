import Facts
import Host
import TestSupport
import Testing

@testable import Collectors

@Suite("etcd's authority is told from the cluster's by key, not by name")
struct EtcdAuthorityTests {
  private func shared(cluster: String?, etcd: String = authorityPEM) throws -> Fact? {
    var host = KubernetesHost(kubelet: cluster == nil ? [] : ["--client-ca-file=/pki/ca.crt"])
    host.run(
      70, ["/usr/bin/etcd", "--trusted-ca-file=/pki/etcd.crt"], executable: "/usr/bin/etcd",
      cgroup: "/system.slice/etcd.service")
    host.files["pki/etcd.crt"] = etcd
    host.files["pki/ca.crt"] = cluster
    return try host.collected(by: EtcdCollector()).entities.first?["trusted-ca-file.sharedWith"]
  }

  @Test("The same key under another name is shared; another key is not")
  func compared() throws {
    #expect(try shared(cluster: sameKeyPEM)?.value == .texts(["/pki/ca.crt"]))
    #expect(try shared(cluster: otherAuthorityPEM + "\n" + sameKeyPEM)?.value == .texts(["/pki/ca.crt"]))
    #expect(try shared(cluster: otherAuthorityPEM)?.value == .list([]))
  }

  @Test("With nothing to compare with it is not known")
  func alone() throws {
    guard case .unreadable(.notVisible, _, _) = try shared(cluster: nil) else {
      Issue.record("expected unreadable")
      return
    }
  }

  @Test(
    "A file that holds no certificate is malformed",
    arguments: [
      "", "-----BEGIN CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
      "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    ])
  func malformed(_ text: String) throws {
    guard case .unreadable(.malformed, _, _) = try shared(cluster: otherAuthorityPEM, etcd: text) else {
      Issue.record("expected malformed")
      return
    }
  }

  @Test("No mutation of a certificate stops the parser")
  func mutations() {
    var random = SeededGenerator(seed: 7)
    let bytes = Array(otherAuthorityPEM.utf8)
    for _ in 0..<2000 {
      var copy = bytes
      for _ in 0..<3 {
        copy[Int(random.next() % UInt64(copy.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      let keys = CertificateKeys.parse(pem: Array(copy.prefix(Int(random.next() % UInt64(copy.count + 1)))))
      #expect(keys.map { !$0.isEmpty } ?? true)
    }
  }
}
