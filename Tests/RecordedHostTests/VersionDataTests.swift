import Facts
import Profiles
import Reports
import Testing

@Suite("What a version does by itself is data, and judged as if it were set")
struct VersionDataTests {
  private func apiserver(_ version: String, _ facts: [String: Value] = [:]) -> Handmade {
    Handmade(
      subject: "kube-apiserver", facts: facts.merging(["version": .text(version)]) { first, _ in first })
  }

  @Test(
    "Plugins that a version turns on count, those that are turned off don't",
    arguments: ["v1.24.17", "v1.26.0", "v1.29.3", "v1.32.1", "v1.33.2", "v1.35.0", "v1.36.1", "v1.37.0"])
  func admission(version: String) throws {
    let off: [String: Value] = ["disable-admission-plugins": .texts(["ServiceAccount"])]
    let slug = "apiserver-admission-service-account"
    #expect(try apiserver(version).verdict(on: slug).status == .pass)
    let disabled = try apiserver(version, off).verdict(on: slug)
    #expect(disabled.status == .fail)
    #expect(disabled.evidence.first?.sources.first?.hasPrefix("default of v1.") == true)
    // The old flag replaces the whole set.
    let old: [String: Value] = [
      "admission-control": .texts(["NodeRestriction"]), "admission.plugins": .texts(["NodeRestriction"]),
    ]
    #expect(try apiserver(version, old).verdict(on: slug).status == .fail)
    #expect(try apiserver(version).verdict(on: "apiserver-admission-node-restriction").status == .fail)
    let on: [String: Value] = ["enable-admission-plugins": .texts(["NodeRestriction", "AlwaysAdmit"])]
    #expect(try apiserver(version, on).verdict(on: "apiserver-admission-node-restriction").status == .pass)
    #expect(try apiserver(version, on).verdict(on: "apiserver-no-always-admit").status == .fail)
  }

  @Test("Each version has just the plugins that it came with")
  func growth() throws {
    let first = [
      "ValidatingAdmissionPolicy": 26, "ClusterTrustBundleAttest": 27, "MutatingAdmissionPolicy": 32,
      "PodTopologyLabels": 33, "NodeDeclaredFeatureValidator": 35, "PodResizeValidator": 36,
    ]
    let profiles = try profiles()
    let defaults = profiles.defaults["kube-apiserver", "admission.plugins"]
    for minor in 24...37 {
      let version = try #require(Version("1.\(minor)"))
      let fitting = defaults.filter { $0.versions.contains(version) }
      #expect(fitting.count == 1, "v\(version)")
      guard case .list(let plugins)? = fitting.first?.value else { continue }
      for (name, since) in first {
        #expect(plugins.contains(.text(name)) == (minor >= since), "\(name) in v\(version)")
      }
      #expect(plugins.contains(.text("NodeRestriction")) == false)
    }
  }

  @Test(
    "An unset list of cipher suites is what Go offers for that version",
    arguments: [
      ("v1.29.0", "TLS_RSA_WITH_3DES_EDE_CBC_SHA"), ("v1.30.0", "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"),
      ("v1.32.0", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
    ])
  func ciphers(version: String, weakest: String) throws {
    let verdict = try apiserver(version).verdict(on: "apiserver-tls-cipher-suites")
    #expect(verdict.status == .fail)
    let evidence = try #require(verdict.evidence.first { $0.fact == "tls-cipher-suites" })
    #expect(evidence.found.contains(weakest))
    #expect(evidence.sources.first?.hasPrefix("default of v1.") == true)
    let newest: [String: Value] = ["tls-min-version": .text("VersionTLS13")]
    #expect(try apiserver(version, newest).verdict(on: "apiserver-tls-cipher-suites").status == .pass)
  }

  @Test("k3s gives its API server strong suites; its other components have Go's")
  func k3s() throws {
    let embedded: [String: Value] = ["embeddedIn": .text("k3s")]
    #expect(try apiserver("v1.33.1", embedded).verdict(on: "apiserver-tls-cipher-suites").status == .pass)
    let facts: [String: Value] = ["embeddedIn": .text("k3s"), "version": .text("v1.33.1")]
    let kubelet = Handmade(subject: "kubelet", facts: facts)
    #expect(try kubelet.verdict(on: "kubelet-tls-cipher-suites").status == .fail)
    let scheduler = Handmade(subject: "kube-scheduler", facts: facts)
    #expect(try scheduler.verdict(on: "scheduler-tls-cipher-suites").status == .fail)
  }

  @Test(
    "etcd's unset list is Go's too, and within v3.5 one of three", arguments: ["3.4.27", "3.5.12", "3.6.4"])
  func etcd(version: String) throws {
    let verdict = try Handmade(subject: "etcd", facts: ["version": .text(version)]).verdict(
      on: "etcd-tls-cipher-suites")
    #expect(verdict.status == .fail)
    #expect(verdict.evidence.first { $0.fact == "cipher-suites" }?.found.contains("CBC") == true)
  }
}

@Suite("Anonymous requests are judged by who takes them, and on which paths")
struct AnonymousTests {
  private static let health: Value = .texts(["/livez", "/readyz", "/healthz"])

  @Test(
    "The API server's flag, its structured file and its authorizers together decide",
    arguments: [
      // Unset: on with RBAC, and turned off by the API server itself under AlwaysAllow.
      ([:], .pass), (["authorization-mode": .texts(["Node", "RBAC"])], .fail),
      (["authorization-mode": .texts(["AlwaysAllow"])], .pass),
      // What is said is what is judged, also where the API server would overrule it.
      (["anonymous-auth": .flag(true), "authorization-mode": .texts(["AlwaysAllow"])], .fail),
      (["anonymous-auth": .flag(true), "authorization-mode": .texts(["Node", "RBAC"])], .fail),
      (["anonymous-auth": .flag(false), "authorization-mode": .texts(["Node", "RBAC"])], .pass),
      (
        [
          "authorization-mode": .texts(["RBAC"]), "authentication.anonymous.enabled": .flag(true),
          "authentication.anonymous.paths": health,
        ], .pass
      ),
      (
        [
          "authorization-mode": .texts(["RBAC"]), "authentication.anonymous.enabled": .flag(true),
          "authentication.anonymous.paths": .texts(["/livez", "/api"]),
        ], .fail
      ),
      (["authorization-mode": .texts(["RBAC"]), "authentication.anonymous.enabled": .flag(true)], .fail),
      (["authorization-mode": .texts(["RBAC"]), "authentication.anonymous.enabled": .flag(false)], .pass),
    ] as [([String: Value], Reports.Status)])
  func apiserver(facts: [String: Value], expected: Reports.Status) throws {
    let server = Handmade(
      subject: "kube-apiserver", facts: facts.merging(["version": .text("v1.33.1")]) { first, _ in first })
    #expect(try server.verdict(on: "apiserver-anonymous-auth").status == expected)
  }

  @Test(
    "A kubelet that is told to take them takes them, whoever authorizes",
    arguments: ["AlwaysAllow", "Webhook"])
  func kubelet(mode: String) throws {
    let facts: [String: Value] = [
      "authentication.anonymous.enabled": .flag(true), "authorization.mode": .text(mode),
      "configuration.base": .text("file"), "version": .text("v1.33.1"),
    ]
    #expect(
      try Handmade(subject: "kubelet", facts: facts).verdict(on: "kubelet-anonymous-auth").status == .fail)
  }
}

@Suite("Which network enforces NetworkPolicy is in the catalogue")
struct NetworkPolicyTests {
  @Test(
    "By the plugins in the chain, and unknown where they don't tell",
    arguments: [
      (["flannel", "portmap"], .fail), (["bridge", "portmap", "istio-cni"], .fail),
      (["calico", "bandwidth"], .pass), (["cilium-cni"], .pass), (["antrea", "portmap"], .pass),
      (["weave-net"], .pass), (["multus", "calico"], .pass), (["aws-cni", "portmap"], .unknown),
    ] as [([String], Reports.Status)])
  func plugins(types: [String], expected: Reports.Status) throws {
    let verdict = try network("/etc/cni/net.d", "10-x.conflist", types)
    #expect(verdict.status == expected)
    #expect(verdict.evidence.contains { $0.fact == "plugins" })
  }

  @Test("kube-router is known by its file, and k3s's own agent can't be seen from the chain")
  func agents() throws {
    #expect(try network("/etc/cni/net.d", "10-kuberouter.conf", ["bridge"]).status == .pass)
    let k3s = try network("/var/lib/rancher/k3s/agent/etc/cni/net.d", "10-flannel.conflist", ["flannel"])
    #expect(k3s.status == .unknown)
    #expect(k3s.reason?.code == .needsPerson)
    let none = try Handmade(subject: "cni", facts: [:]).verdict(on: "cni-network-policy")
    #expect(none.status == .notApplicable)
  }

  private func network(_ directory: String, _ file: String, _ types: [String]) throws -> Verdict {
    try Handmade(
      subject: "cni",
      facts: [
        "directory": .text(directory), "configuration": .text("\(directory)/\(file)"),
        "plugins": .texts(types),
        "files": .texts([file]), "serviceMesh": .texts([]),
      ]
    ).verdict(on: "cni-network-policy")
  }
}
