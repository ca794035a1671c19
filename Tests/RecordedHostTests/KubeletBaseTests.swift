import Collectors
import Facts
import Judge
import Profiles
import Reports
import Testing

@Suite("Which defaults hold for a kubelet depends on what it starts from")
struct KubeletBaseTests {
  /// A kubelet of which nothing is set but what is given.
  private func snapshot(base: String, cleared: [String]) throws -> Snapshot {
    let subject = try #require(allSubjects.first { $0.name == "kubelet" })
    let place = Source(.flag, "kubelet[1]")
    var entity = Entity(subject, id: "1")
    for fact in subject.facts { entity[fact.name] = .absent(place) }
    entity["version"] = .observed(.text("v1.33.1"), place)
    entity["configuration.base"] = .observed(.text(base), place)
    entity["configuration.cleared"] = .observed(.texts(cleared), place)
    let recorded = try #require(RecordedHost.all.first).look()
    return Snapshot(
      run: recorded.run, auditor: recorded.auditor, host: recorded.host,
      collectors: recorded.collectors.filter { $0.name == "kubelet" }, entities: [entity])
  }

  @Test(
    "Without a file the four open defaults hold, but not for a key that a drop-in unset",
    arguments: ["flags", "dropins", "file"])
  func bases(base: String) throws {
    var loader = ProfileLoader(subjects: allSubjects)
    loader.add(embeddedProfiles())
    let profiles = try loader.load()
    let slugs = [
      "authentication.anonymous.enabled": "kubelet-anonymous-auth",
      "authorization.mode": "kubelet-authorization-webhook",
      "readOnlyPort": "kubelet-read-only-port",
    ]
    for (fact, slug) in slugs {
      let check = try #require(profiles.checks[slug])
      let silent = verdict(on: check, in: try snapshot(base: base, cleared: []), defaults: profiles.defaults)
      #expect(silent.status == (base == "file" ? .pass : .fail), "\(slug)")
      guard base != "flags" else { continue }
      let unset = verdict(
        on: check, in: try snapshot(base: base, cleared: [fact]), defaults: profiles.defaults)
      #expect(unset.status == .pass, "\(slug)")
      #expect(unset.evidence.first?.sources.first?.contains("kubelet-config.v1beta1") == true)
    }
  }
}
