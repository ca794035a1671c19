import Collectors
import Facts
import Judge
import Profiles
import Reports
import Testing

/// One entity of which nothing is set but what is given, and the verdicts on it: what no recorded host need be made for.
struct Handmade {
  let subject: String
  var facts: [String: Value]
  private static let place = Source(.flag, "handmade[1]")

  func entity() throws -> Entity {
    let declared = try #require(allSubjects.first { $0.name == subject })
    var entity = Entity(declared, id: declared.isSingleton ? "" : "1")
    for fact in declared.facts { entity[fact.name] = .absent(Self.place) }
    for (name, value) in facts {
      #expect(declared.declaration(of: name)?.type == value.type, "\(subject) \(name)")
      entity[name] = .observed(value, Self.place)
    }
    return entity
  }

  /// The verdict of a check of the catalogue.
  func verdict(on slug: Slug, with others: [Handmade] = []) throws -> Verdict {
    let profiles = try profiles()
    let check = try #require(profiles.checks[slug])
    let recorded = try #require(RecordedHost.all.first).look()
    let snapshot = Snapshot(
      run: recorded.run, auditor: recorded.auditor, host: recorded.host,
      collectors: recorded.collectors.filter { $0.subjects.contains(subject) },
      entities: try [entity()] + others.map { try $0.entity() })
    return Judge.verdict(on: check, in: snapshot, defaults: profiles.defaults)
  }
}
