import YAML

/// A finding that somebody answers for, on some hosts, until a day.
package struct Waiver: Hashable, Sendable {
  package let check: Slug
  /// Globs over the host's name and node name; empty for every host.
  package let hosts: [String]
  /// Node labels that the host must have, as `name` or `name=value`; empty for every host.
  package let labels: [String]
  /// Globs over the entities that fail (`process[812]`): it holds only if all of them match; empty for any.
  package let entities: [String]
  package let reason: String
  package let owner: String
  /// The last day it holds, `YYYY-MM-DD`.
  package let expires: String

  package func isExpired(on day: String) -> Bool { expires < day }

  package func covers(host names: [String], labels present: [String]) -> Bool {
    let named = hosts.isEmpty || hosts.contains { pattern in names.contains { glob(pattern, matches: $0) } }
    return named
      && labels.allSatisfy { wanted in
        present.contains { $0 == wanted || !wanted.contains("=") && $0.hasPrefix(wanted + "=") }
      }
  }

  package func covers(entities failing: [String]) -> Bool {
    entities.isEmpty || failing.allSatisfy { entity in entities.contains { glob($0, matches: entity) } }
  }
}

/// Reads a waiver file: `waivers:` with a list.
/// - Throws: `ProfileError` with every problem; a malformed waiver stops the run, since it may hide or reveal a finding.
package func readWaivers(_ file: ProfileFile, for profiles: Profiles) throws(ProfileError) -> [Waiver] {
  let list = ProblemList()
  let reader = DocumentReader(file: file.path, list: list)
  var waivers: [Waiver] = []
  if let document = reader.parse(file.bytes),
    let fields = reader.mapping(document, "a waiver file", keys: ["waivers"])
  {
    if let items = fields["waivers"]?.sequence {
      waivers = items.compactMap { WaiverReader(reader: reader, profiles: profiles).waiver($0) }
    } else {
      reader.problem(document.line, "'waivers' is a list of waivers")
    }
  }
  guard list.problems.isEmpty else { throw ProfileError(list.problems) }
  return waivers
}

private struct WaiverReader {
  let reader: DocumentReader
  let profiles: Profiles

  private static let keys = ["check", "hosts", "labels", "entities", "reason", "owner", "expires"]

  func waiver(_ node: Node) -> Waiver? {
    guard let fields = reader.mapping(node, "a waiver", keys: Self.keys) else { return nil }
    let check = reader.text(fields["check"], "'check' of a waiver", line: node.line)
    let reason = reader.text(fields["reason"], "'reason' of a waiver", line: node.line)
    let owner = reader.text(fields["owner"], "'owner' of a waiver", line: node.line)
    let expires = reader.text(fields["expires"], "'expires' of a waiver", line: node.line)
    let hosts = reader.texts(fields["hosts"], "'hosts' of a waiver")
    let labels = reader.texts(fields["labels"], "'labels' of a waiver")
    let entities = reader.texts(fields["entities"], "'entities' of a waiver")
    guard let check, let reason, let owner, let expires, let hosts, let labels, let entities else {
      return nil
    }
    guard profiles.checks[check] != nil else {
      let hint = reader.hint(check, among: profiles.checks.keys)
      reader.problem(fields["check"]?.line ?? node.line, "no check '\(check)'\(hint)")
      return nil
    }
    guard Self.isDay(expires) else {
      reader.problem(
        fields["expires"]?.line ?? node.line, "'expires' is a day, YYYY-MM-DD, found '\(expires)'")
      return nil
    }
    return Waiver(
      check: check, hosts: hosts, labels: labels, entities: entities, reason: reason, owner: owner,
      expires: expires)
  }

  private static func isDay(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard parts.map(\.utf8.count) == [4, 2, 2], let month = Int(parts[1]), let day = Int(parts[2]),
      Int(parts[0]) != nil
    else { return false }
    return (1...12).contains(month) && (1...31).contains(day)
  }
}

/// Whether a text matches a pattern in which `*` stands for any run of characters and `?` for one. Takes time in proportion to
/// both lengths multiplied, whatever the pattern.
package func glob(_ pattern: String, matches text: String) -> Bool {
  let (pattern, text) = (Array(pattern.unicodeScalars), Array(text.unicodeScalars))
  var (p, t) = (0, 0)
  var star: (pattern: Int, text: Int)?
  while t < text.count {
    if p < pattern.count, pattern[p] == "*" {
      star = (p, t)
      p += 1
    } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
      p += 1
      t += 1
    } else if let last = star {
      star = (last.pattern, last.text + 1)
      (p, t) = (last.pattern + 1, last.text + 1)
    } else {
      return false
    }
  }
  return pattern[p...].allSatisfy { $0 == "*" }
}
