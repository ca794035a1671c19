import Facts
import Host
import Reports
import TOML
import YAML

@testable import Collectors

extension FuzzTarget {
  /// Small bounds, so that a fuzzer gets to them with small inputs.
  private static var limits: Limits {
    var limits = Limits()
    limits.depth = 12
    limits.nodes = 400
    limits.aliased = 100
    return limits
  }

  private static func check(_ node: Node) {
    let (depth, nodes) = node.measure
    // What aliases stand for is deeper than where they stand, and counts to a bound of its own.
    require(depth <= 2 * limits.depth + limits.aliased, "deeper than the bound")
    require(nodes <= limits.nodes + limits.aliased, "more values than the bound")
  }

  static func yaml(_ bytes: [UInt8]) {
    for document in (try? parseYAMLDocuments(bytes, limits: limits)) ?? [] {
      check(document)
      _ = document.at("a.b")?.number
      _ = document["spec"]?.flag
    }
    if let node = try? parseYAML(bytes) { _ = SeccompProfile(node) }
  }

  /// JSON is read as the YAML it is: what is not YAML must fail, what is must keep its numbers and nesting.
  static func json(_ bytes: [UInt8]) {
    guard let node = try? parseYAML(bytes, limits: limits) else { return }
    check(node)
    for entry in node.mapping ?? [] {
      _ = entry.value.number
      _ = entry.value.flag
      _ = entry.value.text.map { printable($0.utf8, atMost: 64) }
    }
  }

  static func toml(_ bytes: [UInt8]) {
    _ = try? parseTOML(bytes)
    guard let node = try? parseTOML(bytes, limits: limits) else { return }
    let (depth, nodes) = node.measure
    require(depth <= limits.depth + 1, "deeper than the bound")
    // Tables on the way to a table are not counted, and there are no more of them than the depth allows.
    require(nodes <= (limits.nodes + 1) * (limits.depth + 1), "more values than the bound")
  }

  static func seccomp(_ bytes: [UInt8]) {
    guard let root = try? parseYAML(bytes), let profile = SeccompProfile(root) else { return }
    var entity = Entity(SeccompProfileCollector().subjects[0], id: "fuzz")
    profile.add(to: &entity, root, "/fuzz")
    _ = profile.openCalls
  }

  /// What is read in one pass says nothing else than the general reader: a blank before it is all that keeps a document from the one,
  /// and means nothing to the other.
  static func report(_ bytes: [UInt8]) {
    guard CanonicalReport(bytes) != nil else { return }
    let quick = try? decodeReport(bytes)
    let general = try? decodeReport([UInt8(ascii: " ")] + bytes)
    require(quick == general, "read in one pass, a report says something else")
  }
}
