/// One thing that is wrong in a profile: where, what, and what to do.
package struct ProfileProblem: Hashable, Sendable, CustomStringConvertible {
  package let file: String
  package let line: Int
  package let reason: String

  package init(file: String, line: Int, reason: String) {
    self.file = file
    self.line = line
    self.reason = reason
  }

  /// `catalogue/kubelet.yaml:12: unknown key 'expects'; did you mean 'expect'?`
  package var description: String { "\(file):\(line): \(reason)" }
}

/// Profiles that are refused, with every problem found in them. Nothing runs on a profile with a problem.
package struct ProfileError: Error, Hashable, Sendable, CustomStringConvertible {
  package let problems: [ProfileProblem]

  package init(_ problems: [ProfileProblem]) { self.problems = problems }

  package var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// The nearest of the known names, for "did you mean"; nil where none is near.
package func nearest(_ name: String, among known: some Sequence<String>) -> String? {
  let limit = max(2, name.count / 3)
  return known.map { ($0, distance(name, $0, limit: limit)) }
    .filter { $0.1 <= limit }
    .min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
}

/// Levenshtein's edit distance; anything over the limit is `limit + 1`.
private func distance(_ left: String, _ right: String, limit: Int) -> Int {
  let (left, right) = (Array(left.utf8), Array(right.utf8))
  guard abs(left.count - right.count) <= limit else { return limit + 1 }
  var row = Array(0...right.count)
  for (i, a) in left.enumerated() {
    var previous = row[0]
    row[0] = i + 1
    for (j, b) in right.enumerated() {
      let substituted = previous + (a == b ? 0 : 1)
      previous = row[j + 1]
      row[j + 1] = min(substituted, previous + 1, row[j] + 1)
    }
  }
  return min(row[right.count], limit + 1)
}
