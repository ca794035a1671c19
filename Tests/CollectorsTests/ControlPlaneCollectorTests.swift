import Facts
import TestSupport
import Testing

@testable import Collectors

@Suite("The control plane's values")
struct ControlPlaneCollectorTests {
  private static let group = "/kubepods/burstable/pod20c2385bed0d2119410233c4a8371a39/x"

  private func entity(
    _ collector: any Collector, _ arguments: [String], files: [String: String] = [:], refuse: String? = nil
  ) throws -> Entity {
    var host = KubernetesHost()
    host.run(
      90, arguments, executable: "/usr/local/bin/\(arguments[0])", cgroup: Self.group,
      namespaces: ["mnt": 99], root: "/rootfs")
    host.files.merge(files) { $1 }
    host.files["rootfs/"] = ""
    if let refuse { host.refuse(refuse) }
    return try #require(try host.collected(by: collector).entities.first)
  }

  @Test("The API server's flags are stated as kubeadm writes them")
  func kubeadm() throws {
    let server = try entity(
      APIServerCollector(),
      [
        "kube-apiserver", "--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction",
        "--profiling=false",
        "--audit_log_maxage", "30", "--request-timeout=1m30s", "--service-account-key-file=/a",
        "--service-account-key-file=/b",
      ])
    #expect(server.value("authorization-mode") == .texts(["Node", "RBAC"]))
    #expect(server.value("enable-admission-plugins") == .texts(["NodeRestriction"]))
    #expect(server.value("profiling") == .flag(false))
    #expect(server.value("audit-log-maxage") == .number(30))
    #expect(server.value("request-timeout") == .seconds(90))
    #expect(server.value("service-account-key-file") == .texts(["/a", "/b"]))
    #expect(server.isAbsent("token-auth-file"))
  }

  @Test("Who encrypts Secrets is stated, and no key")
  func encryption() throws {
    let file = """
      apiVersion: apiserver.config.k8s.io/v1
      kind: EncryptionConfiguration
      resources:
      - resources: [configmaps]
        providers: [{identity: {}}]
      - resources: [secrets]
        providers:
        - aescbc: {keys: [{name: key1, secret: aHVudGVyMg==}]}
        - identity: {}
      """
    let server = try entity(
      APIServerCollector(), ["kube-apiserver", "--encryption-provider-config=/etc/e.yaml"],
      files: ["rootfs/etc/e.yaml": file])
    #expect(server.value("encryption.secrets.providers") == .texts(["aescbc", "identity"]))
    #expect(server.value("encryption.secrets.first") == .text("aescbc"))
    #expect(!"\(server)".contains("aHVudGVyMg"))
  }

  @Test("Structured authentication and authorization say what flags would not")
  func structured() throws {
    let server = try entity(
      APIServerCollector(),
      ["kube-apiserver", "--authentication-config=/n.yaml", "--authorization-config=/z.yaml"],
      files: [
        "rootfs/n.yaml":
          "kind: AuthenticationConfiguration\nanonymous: {enabled: true, conditions: [{path: /livez}]}\n",
        "rootfs/z.yaml":
          "kind: AuthorizationConfiguration\nauthorizers: [{type: Node, name: n}, {type: RBAC, name: r}]\n",
      ])
    #expect(server.value("authentication.anonymous.enabled") == .flag(true))
    #expect(server.value("authentication.anonymous.paths") == .texts(["/livez"]))
    #expect(server.value("authorization.types") == .texts(["Node", "RBAC"]))
  }

  @Test(
    "An audit policy that logs the bodies of Secrets is told from one that doesn't",
    arguments: [
      (
        "[{level: Metadata, resources: [{group: '', resources: [secrets]}]}, {level: RequestResponse}]", true
      ),
      ("[{level: RequestResponse}]", true), ("[{level: Metadata}]", false),
      ("[{level: None, users: [a]}, {level: Request, resources: [{group: ''}]}]", true),
      ("[{level: Request, resources: [{group: '', resources: [pods]}]}, {level: Metadata}]", false),
    ])
  func audit(_ rules: String, _ bodies: Bool) throws {
    let server = try entity(
      APIServerCollector(), ["kube-apiserver", "--audit-policy-file=/p.yaml"],
      files: ["rootfs/p.yaml": "kind: Policy\nrules: \(rules)\n"])
    #expect(server.value("audit.secrets.bodies") == .flag(bodies))
  }

  @Test("A file that can't be read leaves its facts unknown, not absent")
  func unreadable() throws {
    let server = try entity(
      APIServerCollector(), ["kube-apiserver", "--encryption-provider-config=/e.yaml"],
      files: ["rootfs/e.yaml": "x: 1"],
      refuse: "rootfs/e.yaml")
    #expect(server.obstacle("encryption.secrets.first") == .denied)
    #expect(server.isAbsent("audit.rules"))
  }

  @Test("A scheduler's file decides what it has a key for, its flags the rest")
  func scheduler() throws {
    let scheduler = try entity(
      SchedulerCollector(),
      ["kube-scheduler", "--config=/s.yaml", "--profiling=true", "--bind-address=127.0.0.1"],
      files: ["rootfs/s.yaml": "enableProfiling: false\n"])
    #expect(scheduler.value("profiling") == .flag(false))
    #expect(scheduler.chain("profiling") == ["/proc/90/root/s.yaml:1 enableProfiling"])
    #expect(scheduler.value("bind-address") == .text("127.0.0.1"))
  }

  @Test("A DaemonSet's kube-proxy is accepted for the host's network, and read from its file")
  func proxy() throws {
    var host = KubernetesHost()
    let pod = "/kubepods/besteffort/pod46451299-d86a-4014-ae35-db2da3568fee/x"
    host.run(
      95,
      [
        "/usr/local/bin/kube-proxy", "--config=/var/lib/kube-proxy/config.conf",
        "--metrics-bind-address=0.0.0.0:1",
      ],
      executable: "/usr/local/bin/kube-proxy", cgroup: pod, namespaces: ["mnt": 99], root: "/rootfs")
    host.run(96, ["kube-proxy"], executable: "/kube-proxy", cgroup: pod, namespaces: ["mnt": 99, "net": 77])
    host.files["rootfs/var/lib/kube-proxy/config.conf"] = "metricsBindAddress: \"\"\nmode: ipvs\n"
    let entities = try host.collected(by: KubeProxyCollector()).entities
    #expect(entities.map(\.id) == ["95"])
    #expect(entities.first?.isAbsent("metrics-bind-address") == true)
    #expect(entities.first?.value("proxy-mode") == .text("ipvs"))
  }

  @Test("The controller manager's flags are stated")
  func controllerManager() throws {
    let manager = try entity(
      ControllerManagerCollector(),
      [
        "kube-controller-manager", "--leader-elect", "--use-service-account-credentials", "--feature-gates",
        "RotateKubeletServerCertificate=false",
      ])
    #expect(manager.value("use-service-account-credentials") == .flag(true))
    #expect(manager.value("feature-gates.RotateKubeletServerCertificate") == .flag(false))
    #expect(manager.isAbsent("profiling"))
  }

  @Test("Every entity states every fact of its subject, and with its type")
  func contract() throws {
    let collectors: [any Collector] = [
      APIServerCollector(), ControllerManagerCollector(), SchedulerCollector(), KubeProxyCollector(),
    ]
    for collector in collectors {
      let found = try entity(collector, [collector.name, "--config=/nowhere"])
      let subject = try #require(collector.subjects.first)
      #expect(Set(found.facts.keys) == Set(subject.facts.map(\.name)))
      for declaration in subject.facts {
        if let value = found.value(declaration.name) { #expect(value.type == declaration.type) }
      }
    }
  }
}
