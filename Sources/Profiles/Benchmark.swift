import Facts

/// A published list of what to check: section ids, the check behind each, and its parameters.
package struct Benchmark: Hashable, Sendable {
  /// One section of the benchmark, bound to a check.
  package struct Entry: Hashable, Sendable {
    /// The benchmark's own id: `4.2.1`.
    package let id: String
    /// The check with this benchmark's parameters filled in.
    package let check: Check
    /// The published profile level, 1 or 2; nil where the benchmark has none.
    package let level: Int?
  }

  package let name: String
  package let title: String
  package let version: String
  package let source: String
  /// Kubernetes versions it is meant for (`1.32`), both included; nil where it is not about Kubernetes.
  package let kubernetes: VersionRange?
  /// The distribution of Kubernetes that it is written for (`k3s`, `eks`); nil for any.
  package let distribution: String?
  /// Sorted by id, numbers as numbers.
  package let entries: [Entry]
  /// SHA-256, in hexadecimal, of everything that decides: checks, parameters, defaults.
  package let digest: String
}

/// A `MAJOR.MINOR[.PATCH]` version, as Kubernetes has them; a leading `v` and what follows the numbers are left out.
package struct Version: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let major: Int
  package let minor: Int

  package init?(_ text: String) {
    let digits = text.hasPrefix("v") ? text.dropFirst() : text[...]
    let parts = digits.split(separator: ".", maxSplits: 2)
    func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }
    guard parts.count >= 2, parts[0].allSatisfy(isDigit), let major = Int(parts[0]),
      let minor = Int(parts[1].prefix(while: isDigit))
    else { return nil }
    self.major = major
    self.minor = minor
  }

  package static func < (left: Version, right: Version) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }

  package var description: String { "\(major).\(minor)" }
}

/// Versions from one to another; either end may be open.
package struct VersionRange: Hashable, Sendable, CustomStringConvertible {
  package let from: Version?
  /// The last one included.
  package let through: Version?

  package func contains(_ version: Version) -> Bool {
    (from.map { version >= $0 } ?? true) && (through.map { version <= $0 } ?? true)
  }

  package var description: String {
    switch (from, through) {
    case (let from?, let through?): from == through ? "\(from)" : "\(from) to \(through)"
    case (let from?, nil): "\(from) and newer"
    case (nil, let through?): "\(through) and older"
    case (nil, nil): "any"
    }
  }
}

/// A section id as readers order it: `4.2.9` before `4.2.10`.
package struct SectionID: Comparable {
  private let parts: [(number: Int, text: Substring)]

  package init(_ text: String) {
    parts = text.split(separator: ".", omittingEmptySubsequences: false).map { (Int($0) ?? Int.max, $0) }
  }

  package static func == (left: SectionID, right: SectionID) -> Bool {
    left.parts.elementsEqual(right.parts) { $0 == $1 }
  }

  package static func < (left: SectionID, right: SectionID) -> Bool {
    for (x, y) in zip(left.parts, right.parts) where x != y { return x < y }
    return left.parts.count < right.parts.count
  }
}
