import Collectors
import Facts
import Profiles
import Testing

@Suite("The Kubernetes profiles hold together")
struct KubernetesProfilesTests {
  private static let components: Set<String> = [
    "kubelet", "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy",
  ]

  private func loaded() throws -> Profiles {
    var loader = ProfileLoader(subjects: allSubjects)
    loader.add(embeddedProfiles())
    return try loader.load()
  }

  @Test("CIS Kubernetes 1.12 has every id that the components decide")
  func benchmark() throws {
    let benchmark = try #require(try loaded().benchmarks["cis-kubernetes-1.12"])
    let ids = Set(benchmark.entries.map(\.id))
    let wanted =
      (1...7).map { "2.\($0)" } + (1...30).map { "1.2.\($0)" } + (1...7).map { "1.3.\($0)" } + [
        "1.4.1", "1.4.2",
      ]
      + ["3.1.1", "3.1.2", "3.1.3", "3.2.1", "3.2.2"] + (1...14).map { "4.2.\($0)" } + ["4.3.1"]
    #expect(Set(wanted).subtracting(ids).isEmpty)
    let manual = benchmark.entries.filter { $0.check.manual != nil }.map(\.id)
    #expect(Set(manual).isSubset(of: ["3.1.1", "3.1.2", "3.1.3"]))
  }

  /// Of every benchmark its ids, and how many of them a person must look at.
  private static let counts: [(name: String, ids: Int, manual: Int)] = [
    ("cis-aks-1.8", 27, 14), ("cis-eks-1.8", 27, 14), ("cis-gke-1.9", 37, 31), ("cis-k3s-1.9", 95, 3),
    ("cis-kubernetes-1.10", 95, 3), ("cis-kubernetes-1.11", 98, 4), ("cis-kubernetes-1.12", 97, 3),
    ("cis-kubernetes-1.24", 94, 1), ("cis-kubernetes-1.7", 96, 3), ("cis-kubernetes-1.8", 95, 3),
    ("cis-kubernetes-1.9", 95, 3), ("cis-kubernetes-2.0", 97, 3), ("cis-kubernetes-2.1", 98, 3),
    ("cis-microk8s-1.24", 94, 3), ("cis-openshift-1.8", 90, 9), ("cis-rke2-1.8", 95, 3),
    ("eks-stig-v1r6", 90, 10),
  ]

  @Test("Every published id has its entry, and no more of them than these are left to a person")
  func counts() throws {
    let benchmarks = try loaded().benchmarks
    #expect(Set(Self.counts.map(\.name)).union(["node-baseline"]) == Set(benchmarks.keys))
    for (name, ids, manual) in Self.counts {
      let entries = try #require(benchmarks[name]).entries
      #expect(entries.count == ids, "\(name)")
      #expect(entries.count { $0.check.manual != nil } == manual, "\(name)")
    }
  }

  @Test("A version says only what it changes of the one it extends")
  func changes() throws {
    let benchmarks = try loaded().benchmarks
    func ids(_ version: String) throws -> Set<String> {
      Set(try #require(benchmarks["cis-kubernetes-\(version)"]).entries.map(\.id))
    }
    #expect(try ids("2.0") == ids("1.12"))
    #expect(try ids("2.1").subtracting(ids("2.0")) == ["4.1.11"])
    #expect(try ids("1.11").subtracting(ids("1.12")) == ["4.2.15"])
    #expect(try ids("1.11").subtracting(ids("1.10")) == ["1.2.30", "4.2.14", "4.2.15"])
    #expect(try ids("1.9").subtracting(ids("1.8")) == ["4.3.1"])
    #expect(try ids("1.7").subtracting(ids("1.8")) == ["1.2.31"])
    #expect(try ids("1.7").subtracting(ids("1.24")) == ["3.1.2", "3.1.3"])
  }

  @Test("What two benchmarks ask alike is one check, with the number that each asks for")
  func shared() throws {
    let benchmarks = try loaded().benchmarks
    func check(_ benchmark: String, _ id: String) throws -> Check {
      try #require(benchmarks[benchmark]?.entries.first { $0.id == id }).check
    }
    let (newer, older) = (try check("cis-kubernetes-1.12", "1.1.20"), try check("cis-kubernetes-1.10", "1.1.20"))
    #expect(newer.slug == older.slug && newer.expectation != older.expectation)
    #expect(newer.expectation == .fact(FactName("mode"), .within(0o644)))
    #expect(older.expectation == .fact(FactName("mode"), .within(0o600)))
    #expect(try check("cis-eks-1.8", "3.2.4") == check("cis-kubernetes-1.12", "4.2.4"))
    #expect(try check("cis-kubernetes-1.8", "1.2.18").slug == check("cis-kubernetes-1.9", "1.2.17").slug)
  }

  @Test("A benchmark for a distribution names one that a node can be told to be of")
  func distributions() throws {
    let named = try loaded().benchmarks.values.compactMap(\.distribution)
    #expect(Set(named) == ["aks", "eks", "gke", "k3s", "microk8s", "openshift", "rke2"])
  }

  @Test("Every documented default names what documents it")
  func defaults() throws {
    let defaults = try loaded().defaults
    for component in Self.components {
      let facts = try #require(defaults.bySubject[component])
      for documented in facts.values.flatMap(\.self) { #expect(documented.source.hasPrefix("https://")) }
    }
  }

  @Test("A kubelet's open and closed defaults hang on its base")
  func kubeletBases() throws {
    let documented = try loaded().defaults["kubelet", "readOnlyPort"]
    #expect(Set(documented.map(\.value)) == [.number(0), .number(10255)])
    // A single binary that has a kubelet in it closes the port itself, whatever the base.
    #expect(
      documented.allSatisfy {
        $0.condition?.facts.contains(FactName("configuration.base")) == true
          || $0.condition?.facts == [FactName("embeddedIn")]
      })
  }
}
