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
    expectContract(entities, collector)
  }

  /// The facts of a singleton.
  var facts: [String: Fact] { entities.first?.facts ?? [:] }

  func entity(_ id: String) -> [String: Fact] { entities.first { $0.id == id }?.facts ?? [:] }
}
