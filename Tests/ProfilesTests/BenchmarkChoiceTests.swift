import Collectors
import Facts
import Profiles
import Testing

@Suite("The benchmark that fits a host")
struct BenchmarkChoiceTests {
  private static let benchmarks: [Benchmark] = {
    var loader = ProfileLoader(subjects: allSubjects)
    loader.add(embeddedProfiles())
    do { return try loader.load().benchmarks.values.sorted { $0.name < $1.name } } catch { return [] }
  }()

  private func choice(_ distribution: String?, _ version: String?, isPresent: Bool? = true)
    -> BenchmarkChoice?
  {
    BenchmarkChoice.choose(
      from: Self.benchmarks,
      for: KubernetesIdentity(
        isPresent: isPresent, distribution: distribution, version: version.flatMap(Version.init)))
  }

  @Test(
    "The version decides among those for any distribution",
    arguments: [
      ("1.24", "1.24"), ("1.25", "1.7"), ("1.26", "1.8"), ("1.27", "1.9"), ("1.28", "1.10"), ("1.29", "1.11"),
      ("1.31", "1.11"), ("1.32", "1.12"), ("v1.33.4", "1.12"), ("1.34", "2.1"), ("1.35.1", "2.1"),
    ])
  func versions(kubernetes: String, benchmark: String) throws {
    let choice = try #require(self.choice("kubeadm", kubernetes))
    #expect(choice.benchmark.name == "cis-kubernetes-\(benchmark)")
    #expect(choice.note.contains("none for kubeadm alone; it is meant for Kubernetes"))
  }

  @Test(
    "A distribution's own benchmark goes before those for any",
    arguments: [
      ("k3s", "1.28", "cis-k3s-1.9"), ("rke2", "1.26", "cis-rke2-1.8"), ("eks", "1.33", "cis-eks-1.8"),
      ("gke", "1.31", "cis-gke-1.9"), ("aks", "1.32", "cis-aks-1.8"),
      ("openshift", "1.31", "cis-openshift-1.8"),
      ("microk8s", "1.32", "cis-microk8s-1.24"),
    ])
  func distributions(distribution: String, version: String, benchmark: String) throws {
    let choice = try #require(self.choice(distribution, version))
    #expect(choice.benchmark.name == benchmark)
    #expect(choice.note.hasPrefix("chosen for \(distribution); it is meant for"))
  }

  @Test("A version newer than any takes the newest, and the note says so")
  func newer() throws {
    let general = try #require(self.choice("talos", "1.99"))
    #expect(general.benchmark.name == "cis-kubernetes-2.1")
    #expect(general.note.contains("none for talos alone"))
    #expect(general.note.contains("Kubernetes 1.99 is newer than the 1.35 that it is meant for"))
    let own = try #require(self.choice("k3s", "1.36"))
    #expect(own.benchmark.name == "cis-k3s-1.9")
    #expect(own.note.contains("newer than the 1.29"))
  }

  @Test("A version older than any takes the oldest, and the note says so")
  func older() throws {
    let choice = try #require(self.choice("kubeadm", "1.19"))
    #expect(choice.benchmark.name == "cis-kubernetes-1.24")
    #expect(choice.note.contains("none is meant for Kubernetes 1.19; this one is for 1.24"))
  }

  @Test("A version between two takes the older of them")
  func between() throws {
    let gap = Self.benchmarks.filter { !["cis-kubernetes-1.10", "cis-kubernetes-1.11"].contains($0.name) }
    let host = KubernetesIdentity(isPresent: true, distribution: "kubeadm", version: Version("1.30"))
    let choice = try #require(BenchmarkChoice.choose(from: gap, for: host))
    #expect(choice.benchmark.name == "cis-kubernetes-1.9")
    #expect(choice.note.contains("the nearest"))
  }

  @Test("Without a version the newest is taken, and the note says why")
  func unknownVersion() throws {
    let choice = try #require(self.choice("kubeadm", nil))
    #expect(choice.benchmark.name == "cis-kubernetes-2.1")
    #expect(choice.note.contains("the version of Kubernetes is not known"))
  }

  @Test("A distribution that could not be told takes one for any")
  func unknownDistribution() throws {
    let choice = try #require(self.choice(nil, "1.33"))
    #expect(choice.benchmark.name == "cis-kubernetes-1.12")
    #expect(choice.note.contains("could not be told which this is"))
  }

  @Test("Without Kubernetes, or where that could not be told, it is the node's baseline")
  func none() throws {
    let absent = try #require(self.choice(nil, nil, isPresent: false))
    #expect(absent.benchmark.name == "node-baseline")
    #expect(absent.note == "chosen because no Kubernetes was found on this host")
    let unclear = try #require(self.choice(nil, nil, isPresent: nil))
    #expect(unclear.benchmark.name == "node-baseline")
    #expect(unclear.note.contains("could not be told"))
  }

  @Test("Where nothing comes into question nothing is chosen")
  func nothing() {
    let stig = Self.benchmarks.filter { $0.name == "eks-stig-v1r6" }
    #expect(stig.count == 1)
    for isPresent in [true, false, nil] {
      let host = KubernetesIdentity(isPresent: isPresent, distribution: "eks", version: Version("1.33"))
      #expect(BenchmarkChoice.choose(from: stig, for: host) == nil)
    }
  }

  @Test("The order in which benchmarks are given changes nothing")
  func order() {
    for (distribution, version) in [("kubeadm", "1.34"), ("eks", "1.20"), ("talos", "1.50")] {
      let host = KubernetesIdentity(isPresent: true, distribution: distribution, version: Version(version))
      #expect(
        BenchmarkChoice.choose(from: Self.benchmarks.reversed(), for: host)
          == BenchmarkChoice.choose(from: Self.benchmarks, for: host))
    }
  }

  private func snapshot(
    roles: [String] = [], kubelet: String? = nil, node: [String: Fact]? = nil
  ) -> Snapshot {
    Snapshot(
      run: Run(id: "r", sequence: 1, startedAt: "2026-11-23T12:00:00Z"),
      auditor: Auditor(name: "a", version: "1"),
      host: HostIdentity(
        id: nil, hostname: "h", nodeName: nil, bootID: nil, os: nil, kernel: nil, architecture: nil,
        roles: roles,
        kubeletVersion: kubelet, isRunning: false),
      collectors: [], entities: node.map { [Entity(subject: "node", id: "", facts: $0)] } ?? [])
  }

  private let place = Source.file("/place")

  @Test("What a host is to Kubernetes comes from its node facts, else from its identity")
  func identity() {
    #expect(
      KubernetesIdentity(snapshot()) == KubernetesIdentity(isPresent: false, distribution: nil, version: nil))
    #expect(
      KubernetesIdentity(snapshot(roles: ["worker"], kubelet: "v1.33.1"))
        == KubernetesIdentity(isPresent: true, distribution: nil, version: Version("1.33")))
    let node: [String: Fact] = [
      "distribution": .observed(.text("k3s"), place),
      "kubernetes.version": .observed(.text("v1.31.2+k3s1"), place),
    ]
    #expect(
      KubernetesIdentity(snapshot(node: node))
        == KubernetesIdentity(isPresent: true, distribution: "k3s", version: Version("1.31")))
    #expect(
      KubernetesIdentity(snapshot(node: ["distribution": .observed(.text("none"), place)]))
        == KubernetesIdentity(isPresent: false, distribution: nil, version: nil))
    let denied = Fact.unreadable(.denied, detail: "permission denied", place)
    #expect(
      KubernetesIdentity(snapshot(node: ["distribution": denied, "kubernetes.version": denied]))
        == KubernetesIdentity(isPresent: nil, distribution: nil, version: nil))
  }
}
