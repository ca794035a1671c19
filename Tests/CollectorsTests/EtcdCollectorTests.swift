import Facts
import TestSupport
import Testing

@testable import Collectors

@Suite("An etcd member's values")
struct EtcdCollectorTests {
  private func etcd(
    _ arguments: [String], environment: [String] = [], files: [String: String] = [:], refuse: String? = nil
  ) throws -> Entity {
    var host = KubernetesHost()
    host.run(
      70, ["/usr/bin/etcd"] + arguments, executable: "/usr/bin/etcd", cgroup: "/system.slice/etcd.service",
      uid: 104,
      environment: environment)
    host.files.merge(files) { $1 }
    if let refuse { host.refuse(refuse) }
    return try #require(try host.collected(by: EtcdCollector()).entities.first)
  }

  @Test("Flags win over the environment, with one dash or two")
  func flagsOverEnvironment() throws {
    let entity = try etcd(
      ["-cert-file", "/a.crt", "--auto-tls"],
      environment: [
        "ETCD_CERT_FILE=/b.crt", "ETCD_KEY_FILE=/b.key", "ETCD_INITIAL_CLUSTER_TOKEN=hunter2",
        "AWS_SECRET=hunter2",
      ])
    #expect(entity.value("cert-file") == .text("/a.crt"))
    #expect(entity.chain("cert-file") == ["etcd[70] --cert-file", "etcd[70] ETCD_CERT_FILE (said /b.crt)"])
    #expect(entity.value("key-file") == .text("/b.key"))
    #expect(entity.value("auto-tls") == .flag(true))
    #expect(entity.isAbsent("peer-auto-tls"))
    #expect(!"\(entity)".contains("hunter2"))
  }

  @Test("With a configuration file every flag and variable is ignored")
  func fileAlone() throws {
    let file =
      "client-transport-security:\n  client-cert-auth: true\n  cert-file: /f.crt\nlisten-client-urls: https://a:1,https://b:2\n"
    for (arguments, environment) in [
      (["--config-file=/etc/etcd.yaml", "--key-file=/x.key"], [String]()),
      (["--key-file=/x.key"], ["ETCD_CONFIG_FILE=/etc/etcd.yaml", "ETCD_PEER_KEY_FILE=/y.key"]),
    ] {
      let entity = try etcd(arguments, environment: environment, files: ["etc/etcd.yaml": file])
      #expect(entity.value("configuration.file") == .text("/etc/etcd.yaml"))
      #expect(entity.value("client-cert-auth") == .flag(true))
      #expect(entity.chain("cert-file") == ["/etc/etcd.yaml:3 client-transport-security.cert-file"])
      #expect(entity.value("listen-client-urls") == .texts(["https://a:1", "https://b:2"]))
      #expect(entity.isAbsent("key-file"))
      #expect(entity.isAbsent("peer-key-file"))
    }
  }

  @Test("An environment that can't be read may name a file, so nothing is known")
  func unreadableEnvironment() throws {
    let entity = try etcd(["--key-file=/x.key"], refuse: "proc/70/environ")
    #expect(entity.obstacle("configuration.file") == .denied)
    #expect(entity.obstacle("key-file") == .denied)
  }

  @Test("A file that can't be read leaves every value unknown")
  func unreadableFile() throws {
    let entity = try etcd(["--config-file=/etc/etcd.yaml"], files: ["etc/etcd.yaml": "[1"])
    #expect(entity.obstacle("client-cert-auth") == .malformed)
  }

  @Test("A static pod's files are read in its own root")
  func processRoot() throws {
    var host = KubernetesHost()
    let group = "/kubepods/burstable/pod20c2385bed0d2119410233c4a8371a39/x"
    host.run(
      70, ["etcd", "--config-file=/etc/etcd.yaml"], executable: "/usr/local/bin/etcd", cgroup: group,
      namespaces: ["mnt": 99], root: "/run/rootfs")
    host.files["run/rootfs/etc/etcd.yaml"] = "data-dir: /inside\n"
    host.files["etc/etcd.yaml"] = "data-dir: /outside\n"
    let entity = try #require(try host.collected(by: EtcdCollector()).entities.first)
    #expect(entity.value("data-dir") == .text("/inside"))
    #expect(entity.chain("data-dir") == ["/proc/70/root/etc/etcd.yaml:1 data-dir"])
  }

  @Test("Every entity states every fact of its subject")
  func contract() throws {
    #expect(Set(try etcd([]).facts.keys) == Set(EtcdCollector.subject.facts.map(\.name)))
  }
}
