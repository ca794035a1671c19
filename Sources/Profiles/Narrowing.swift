import Facts

/// Which of a benchmark's entries are asked for.
package struct Narrowing: Hashable, Sendable {
  /// The published level that is the highest asked for; nil for all. An entry without a level always counts.
  package let level: Int?
  /// Section ids, slugs, areas or severities; empty for all.
  package let only: [String]
  /// The same, for what is left out.
  package let skip: [String]

  package init(level: Int? = nil, only: [String] = [], skip: [String] = []) {
    self.level = level
    self.only = only
    self.skip = skip
  }

  package var isEverything: Bool { level == nil && only.isEmpty && skip.isEmpty }

  /// The first name that means nothing in the benchmark: a typo must not silently ask for nothing.
  package func unknownName(in benchmark: Benchmark) -> String? {
    let known = Set(Self.names(in: benchmark))
    return (only + skip).first { !known.contains($0) }
  }

  /// Every name that an entry of the benchmark goes by.
  package static func names(in benchmark: Benchmark) -> [String] {
    Set(benchmark.entries.flatMap { names(of: $0) }).union(Severity.allCases.map(\.rawValue)).sorted()
  }

  private static func names(of entry: Benchmark.Entry) -> [String] {
    [entry.id, entry.check.slug, entry.check.area, entry.check.severity.rawValue]
  }

  func asksFor(_ entry: Benchmark.Entry) -> Bool {
    let names = Self.names(of: entry)
    return (level.map { entry.level ?? 0 <= $0 } ?? true)
      && (only.isEmpty || only.contains(where: names.contains))
      && !skip.contains(where: names.contains)
  }

  /// For the report: a score over part of a benchmark must say so.
  var description: String {
    [
      level.map { "level \($0)" }, only.isEmpty ? nil : "only \(only.joined(separator: ", "))",
      skip.isEmpty ? nil : "without \(skip.joined(separator: ", "))",
    ].compactMap(\.self).joined(separator: "; ")
  }
}

extension Benchmark {
  /// The part of it that is asked for; the digest stays, since the rules are the same, and the title says what was left out.
  package func narrowed(_ narrowing: Narrowing) -> Benchmark {
    guard !narrowing.isEverything else { return self }
    return Benchmark(
      name: name, title: "\(title) (\(narrowing.description))", version: version, source: source,
      kubernetes: kubernetes, distribution: distribution, entries: entries.filter(narrowing.asksFor),
      digest: digest)
  }
}
