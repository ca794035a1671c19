import YAML

/// The problems found so far, shared by the readers of one load.
final class ProblemList {
  var problems: [ProfileProblem] = []
}

/// One profile file while it is read: collects what is wrong instead of stopping at the first.
struct DocumentReader {
  let file: String
  let list: ProblemList

  func problem(_ line: Int, _ reason: String) {
    list.problems.append(ProfileProblem(file: file, line: line, reason: reason))
  }

  /// `; did you mean 'expect'?`, or nothing.
  func hint(_ name: String, among known: some Sequence<String>) -> String {
    nearest(name, among: known).map { "; did you mean '\($0)'?" } ?? ""
  }

  func parse(_ bytes: [UInt8]) -> Node? {
    do throws(YAMLError) {
      return try parseYAML(bytes)
    } catch {
      problem(error.line, error.description)
      return nil
    }
  }

  /// A mapping with no keys but these.
  func mapping(_ node: Node, _ what: String, keys: [String]) -> [String: Node]? {
    guard let entries = node.mapping else {
      problem(node.line, "\(what) is a mapping, found \(node.kind)")
      return nil
    }
    var values: [String: Node] = [:]
    for entry in entries {
      guard keys.contains(entry.key) else {
        problem(entry.keyLine, "unknown key '\(entry.key)' in \(what)" + hint(entry.key, among: keys))
        continue
      }
      values[entry.key] = entry.value
    }
    return values
  }

  func text(_ node: Node?, _ what: String, line: Int) -> String? {
    guard let node else {
      problem(line, "\(what) is missing")
      return nil
    }
    guard let text = node.text, !text.isEmpty else {
      problem(node.line, "\(what) is a text, found \(node.kind)")
      return nil
    }
    return text
  }

  func texts(_ node: Node?, _ what: String) -> [String]? {
    guard let node else { return [] }
    guard let items = node.sequence else {
      problem(node.line, "\(what) is a list of texts, found \(node.kind)")
      return nil
    }
    return items.compactMap { text($0, what, line: $0.line) }
  }
}
