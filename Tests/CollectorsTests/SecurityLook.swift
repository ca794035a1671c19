import Facts
import Host
import TestSupport
import Testing

@testable import Collectors

/// One collector's look at a tree, for the tests of the security collectors.
struct SecurityLook {
  let entities: [Entity]
  let problems: [Problem]

  init(_ collector: any Collector, _ tree: HostTree, attributes: String? = nil) throws {
    var record = Recorder()
    let view = try tree.view(attributes: attributes)
    collector.collect(from: view, into: &record)
    entities = record.entities
    problems = record.run(of: collector).problems
    for entity in entities { Self.expectWhole(entity, collector) }
  }

  /// The facts of a singleton.
  var facts: [String: Fact] { entities.first?.facts ?? [:] }

  func entity(_ id: String) -> [String: Fact] { entities.first { $0.id == id }?.facts ?? [:] }

  /// Every declared fact is stated, of its type and among its values; nothing else is.
  private static func expectWhole(_ entity: Entity, _ collector: any Collector) {
    guard let subject = collector.subjects.first(where: { $0.name == entity.subject }) else {
      Issue.record("\(entity.subject) is not a subject of \(collector.name)")
      return
    }
    #expect(Set(entity.facts.keys) == Set(subject.facts.map(\.name)), "\(entity.label)")
    for declaration in subject.facts {
      guard let value = entity[declaration.name]?.value else { continue }
      #expect(value.type == declaration.type, "\(declaration.name)")
      guard let known = declaration.values else { continue }
      let texts: [Value]
      if case .list(let values) = value { texts = values } else { texts = [value] }
      for text in texts { #expect(known.contains(text.description), "\(declaration.name)") }
    }
  }
}

extension Fact? {
  /// Why it is unreadable; nil for a fact that is not.
  var obstacle: Obstacle? {
    if case .some(.unreadable(let obstacle, _, _)) = self { obstacle } else { nil }
  }

  var isAbsent: Bool {
    if case .some(.absent) = self { true } else { false }
  }
}
