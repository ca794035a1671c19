import Facts
import Host
import Testing

@testable import Collectors

/// What one collector states of a host.
func entities(_ collector: any Collector, _ view: borrowing HostView) -> (
  entities: [Entity], run: CollectorRun
) {
  var recorder = Recorder()
  collector.collect(from: view, into: &recorder)
  return (recorder.entities, recorder.run(of: collector))
}

/// The one entity of a singleton, after checking that every entity states every declared fact, with values of its type.
func singleton(_ subject: Subject, of collector: any Collector, _ view: borrowing HostView) throws -> Entity {
  let (all, _) = entities(collector, view)
  expectContract(all, collector)
  let found = all.filter { $0.subject == subject.name }
  #expect(found.count == 1)
  #expect(found.first?.id == "")
  return try #require(found.first)
}

/// Every entity is of a declared subject and states every fact of it, with its type and among its values; nothing else.
func expectContract(_ entities: [Entity], _ collector: any Collector) {
  for entity in entities {
    guard let subject = collector.subjects.first(where: { $0.name == entity.subject }) else {
      Issue.record("\(collector.name) stated \(entity.label), which it does not declare")
      continue
    }
    #expect(Set(entity.facts.keys) == Set(subject.facts.map(\.name)), "\(entity.label)")
    for declaration in subject.facts {
      guard let value = entity[declaration.name]?.value else { continue }
      #expect(value.type == declaration.type, "\(entity.label) \(declaration.name)")
      guard let known = declaration.values else { continue }
      let texts: [Value] = if case .list(let values) = value { values } else { [value] }
      for text in texts { #expect(known.contains(text.description), "\(entity.label) \(declaration.name)") }
    }
  }
}

extension Fact? {
  var isAbsent: Bool { if case .absent? = self { true } else { false } }

  /// Why it is unreadable; nil for a fact that is not.
  var obstacle: Obstacle? { if case .unreadable(let obstacle, _, _)? = self { obstacle } else { nil } }
}
