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
