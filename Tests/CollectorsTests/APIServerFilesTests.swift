import Facts
import TestSupport
import Testing

@testable import Collectors

@Suite("What the API server's files say beyond its flags")
struct APIServerFilesTests {
  private func entity(_ arguments: [String], _ files: [String: String]) throws -> Entity {
    var host = KubernetesHost()
    host.run(
      90, ["kube-apiserver"] + arguments, executable: "/usr/local/bin/kube-apiserver",
      cgroup: "/kubepods/burstable/pod20c2385bed0d2119410233c4a8371a39/x", namespaces: ["mnt": 99],
      root: "/rootfs")
    host.files["rootfs/"] = ""
    for (path, text) in files { host.files["rootfs/\(path)"] = text }
    let found = try host.collected(by: APIServerCollector()).entities
    expectContract(found, APIServerCollector())
    return try #require(found.first)
  }

  private func policy(_ rules: String, more: String = "") throws -> Entity {
    try entity(["--audit-policy-file=/p.yaml"], ["p.yaml": "kind: Policy\n\(more)\nrules: \(rules)\n"])
  }

  @Test("The plugins in force are those the old flag names; without it the version knows them")
  func admissionPlugins() throws {
    #expect(
      try entity(["--admission-control=NodeRestriction,PodSecurity"], [:]).value("admission.plugins")
        == .texts(["NodeRestriction", "PodSecurity"]))
    let new = try entity(["--enable-admission-plugins=NodeRestriction"], [:])
    #expect(new.isAbsent("admission.plugins"))
    #expect(new.chain("admission.plugins") == ["kube-apiserver[90] --admission-control"])
  }

  private static let careful = """
    [{level: None, users: ['system:kube-proxy'], verbs: [watch]},
     {level: Metadata, resources: [{group: '', resources: [secrets, configmaps, serviceaccounts/token]},
       {group: authentication.k8s.io, resources: [tokenreviews]}]},
     {level: RequestResponse, resources: [{group: rbac.authorization.k8s.io}]},
     {level: Metadata, omitStages: [RequestReceived]}]
    """

  @Test("A careful policy logs everything and no bodies of secrets")
  func carefulPolicy() throws {
    let server = try policy(Self.careful)
    #expect(server.value("audit.rules") == .number(4))
    #expect(server.value("audit.bodies") == .list([]))
    #expect(server.value("audit.unlogged") == .list([]))
    #expect(server.value("audit.catchAll.level") == .text("Metadata"))
    #expect(server.value("audit.omitStages") == .texts(["RequestReceived"]))
  }

  @Test(
    "The first rule that matches decides",
    arguments: [
      ("[{level: Metadata}, {level: RequestResponse}]", []),
      (
        "[{level: RequestResponse}, {level: Metadata}]",
        ["secrets", "configmaps", "tokenreviews", "serviceaccounts/token"]
      ),
      // A rule for some callers logs for those.
      (
        "[{level: Request, verbs: [get]}, {level: Metadata}]",
        ["secrets", "configmaps", "tokenreviews", "serviceaccounts/token"]
      ),
      (
        "[{level: Request, resources: [{group: '', resources: ['*']}]}]",
        ["secrets", "configmaps", "serviceaccounts/token"]
      ),
      ("[{level: Request, resources: [{group: '', resources: ['*/token']}]}]", ["serviceaccounts/token"]),
      ("[{level: Request, resources: [{group: '', resources: ['secrets/*']}]}]", ["secrets"]),
      ("[{level: Request, resources: [{group: apps, resources: [secrets]}]}]", []),
      ("[{level: Request, resources: [{group: '', resources: [secrets], resourceNames: [a]}]}]", ["secrets"]),
      ("[{level: Request, nonResourceURLs: ['/version']}, {level: Metadata}]", []),
    ])
  func bodies(_ rules: String, _ expected: [String]) throws {
    #expect(try policy(rules).value("audit.bodies") == .texts(expected))
  }

  @Test("What no rule holds for, or a rule of level None, is not logged")
  func unlogged() throws {
    let some = try policy(
      "[{level: None, resources: [{group: '', resources: [pods/exec]}]}, {level: Metadata}]")
    #expect(some.value("audit.unlogged") == .texts(["pods/exec"]))
    let narrow = try policy("[{level: Metadata, users: [a]}]")
    guard case .list(let values)? = narrow.value("audit.unlogged") else {
      Issue.record("expected a list")
      return
    }
    #expect(values.count == 15)
    #expect(narrow.isAbsent("audit.catchAll.level"))
  }

  @Test("Stages that a policy or a logging rule omits are stated")
  func stages() throws {
    let server = try policy(
      "[{level: None, omitStages: [Panic]}, {level: Metadata, omitStages: [RequestReceived]}]",
      more: "omitStages: [ResponseComplete]")
    #expect(server.value("audit.omitStages") == .texts(["RequestReceived", "ResponseComplete"]))
  }

  @Test(
    "A rule without a level that there is leaves all unknown", arguments: ["[{level: All}]", "[7]", "[{}]"])
  func malformed(_ rules: String) throws {
    #expect(try policy(rules).obstacle("audit.bodies") == .malformed)
  }

  private static let admission = """
    kind: AdmissionConfiguration
    plugins:
    - name: PodSecurity
      configuration:
        kind: PodSecurityConfiguration
        defaults: {enforce: baseline, audit: restricted}
        exemptions: {namespaces: [kube-system, monitoring], usernames: []}
    - {name: EventRateLimit, path: limits.yaml}
    - {name: ImagePolicyWebhook, path: /etc/image.json}
    """

  @Test("AdmissionConfiguration is read with the files it names, relative ones from its own directory")
  func admissionFiles() throws {
    let server = try entity(
      ["--admission-control-config-file=/etc/adm/a.yaml"],
      [
        "etc/adm/a.yaml": Self.admission, "etc/adm/limits.yaml": "limits: [{type: Server, qps: 5}]\n",
        "etc/image.json": "{\"imagePolicy\": {\"defaultAllow\": true}}",
      ])
    #expect(
      server.value("admission.configured") == .texts(["PodSecurity", "EventRateLimit", "ImagePolicyWebhook"]))
    #expect(server.value("admission.podSecurity.enforce") == .text("baseline"))
    #expect(server.value("admission.podSecurity.exempt.namespaces") == .texts(["kube-system", "monitoring"]))
    #expect(server.value("admission.podSecurity.exempt.usernames") == .list([]))
    #expect(server.value("admission.eventRateLimit.limits") == .texts(["Server"]))
    #expect(server.value("admission.imagePolicy.defaultAllow") == .flag(true))
  }

  @Test("A file that it names and that can't be read leaves its own facts unknown")
  func admissionUnreadable() throws {
    let server = try entity(["--admission-control-config-file=/a.yaml"], ["a.yaml": Self.admission])
    #expect(server.obstacle("admission.eventRateLimit.limits") == .notVisible)
    #expect(server.value("admission.podSecurity.enforce") == .text("baseline"))
    let wrong = try entity(
      ["--admission-control-config-file=/a.yaml"],
      ["a.yaml": "plugins: [{name: PodSecurity, configuration: {defaults: {enforce: strict}}}]\n"])
    #expect(wrong.obstacle("admission.podSecurity.enforce") == .malformed)
    #expect(wrong.isAbsent("admission.imagePolicy.defaultAllow"))
  }

  @Test("A KMS provider's version is v1 unless it says otherwise")
  func kms() throws {
    func versions(_ provider: String) throws -> Value? {
      try entity(
        ["--encryption-provider-config=/e.yaml"],
        ["e.yaml": "resources: [{resources: [secrets], providers: [{kms: \(provider)}, {identity: {}}]}]\n"]
      ).value("encryption.secrets.kms.versions")
    }
    #expect(try versions("{name: a}") == .texts(["v1"]))
    #expect(try versions("{name: a, apiVersion: v2}") == .texts(["v2"]))
  }
}
