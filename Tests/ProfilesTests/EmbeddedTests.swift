import Collectors
import Profiles
import Testing

@Suite("The profiles that the program carries")
struct EmbeddedTests {
  private func loaded() throws -> Profiles {
    var loader = ProfileLoader(subjects: allSubjects)
    loader.add(embeddedProfiles())
    return try loader.load()
  }

  @Test("They load without a problem against every subject that is collected")
  func load() throws {
    let profiles = try loaded()
    #expect(profiles.benchmarks["node-baseline"] != nil)
    #expect(!profiles.checks.isEmpty)
    for benchmark in profiles.benchmarks.values { #expect(!benchmark.entries.isEmpty, "\(benchmark.name)") }
  }

  @Test("Loaded for one benchmark alone, that benchmark is the same, its digest included")
  func one() throws {
    for (name, benchmark) in try loaded().benchmarks {
      var loader = ProfileLoader(subjects: allSubjects)
      loader.add(embeddedProfiles(), for: name)
      let profiles = try loader.load()
      #expect(profiles.benchmarks[name] == benchmark)
      #expect(Set(benchmark.entries.map(\.check.slug)).isSubset(of: profiles.checks.keys), "\(name)")
      #expect(profiles.benchmarks.count < 10, "\(name): more was read than it extends")
    }
  }

  @Test("Every check says why it matters and what to change, and its title has no full stop")
  func texts() throws {
    for check in try loaded().checks.values {
      #expect(!check.texts.rationale.isEmpty && !check.texts.remediation.isEmpty, "\(check.slug)")
      #expect(check.title == check.texts.title)
      #expect(!check.title.hasSuffix("."), "\(check.slug): a title is not a sentence with a full stop")
    }
  }
}
