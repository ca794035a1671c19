import Crypto
package import Facts
import YAML

/// One profile file: its path below `profiles/` and its content.
package struct ProfileFile: Hashable, Sendable {
  package let path: String
  package let bytes: [UInt8]

  /// What kind of profile it is: the directory it lies in.
  var folder: String? { path.split(separator: "/").dropLast().last.map(String.init) }
  /// The file's name without its extension: an area, or by convention a benchmark's name.
  var stem: String {
    let name = path.split(separator: "/").last ?? ""
    return String(name.lastIndex(of: ".").map { name[..<$0] } ?? name)
  }

  package init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }
}

/// Every check, benchmark and default that a run may use, loaded and type-checked.
package struct Profiles: Sendable {
  /// By slug, with the parameters' own values.
  package let checks: [Slug: Check]
  /// By name.
  package let benchmarks: [String: Benchmark]
  package let defaults: Defaults
}

/// Loads profiles. Files given later replace checks by slug, benchmarks by name and defaults by fact.
package struct ProfileLoader {
  private let subjects: [String: Subject]
  private let problems = ProblemList()
  private var declarations: [Slug: CheckDeclaration] = [:]
  private var benchmarks: [String: BenchmarkDeclaration] = [:]
  private var defaults: [String: [String: [DocumentedDefault]]] = [:]
  private var content: [(String, SHA256.Digest)] = []
  /// Checks that are bound only if the wanted benchmark needs them.
  private var unbound: Set<Slug> = []

  package init(subjects: [Subject]) {
    self.subjects = Dictionary(subjects.map { ($0.name, $0) }) { first, _ in first }
  }

  /// Adds the built-in files where a run is by one benchmark: of all others and of the checks they alone name, only the digest
  /// is taken. That all of them are sound is for the tests to say, not for every audit of every node.
  package mutating func add(_ files: [ProfileFile], for wanted: String) {
    let offered = files.filter { $0.folder == "benchmarks" }
    guard offered.contains(where: { $0.stem == wanted }) else {
      add(files)
      return
    }
    var deferred = Dictionary(offered.map { ($0.stem, $0) }) { $1 }
    content += offered.map { ($0.path, SHA256.hash(data: $0.bytes)) }
    add(files.filter { $0.folder != "benchmarks" })
    unbound = Set(declarations.keys)
    var next: String? = wanted
    while let name = next, let file = deferred.removeValue(forKey: name) {
      let reader = DocumentReader(file: file.path, list: problems)
      let benchmark = reader.parse(file.bytes).flatMap { BenchmarkReader(reader: reader).declaration($0) }
      benchmarks[name] = benchmark
      next = benchmark?.extends
    }
  }

  /// Adds files of one origin: within it a slug, a benchmark or a default may stand only once.
  /// - Returns: The names of the benchmarks that the files declare.
  @discardableResult
  package mutating func add(_ files: [ProfileFile]) -> [String] {
    var slugs: [Slug: DocumentReader] = [:]
    var names: [String: DocumentReader] = [:]
    var defaulted: [String: DocumentReader] = [:]
    for file in files.sorted(by: { $0.path < $1.path }) {
      let reader = DocumentReader(file: file.path, list: problems)
      guard let document = reader.parse(file.bytes) else { continue }
      content.append((file.path, SHA256.hash(data: file.bytes)))
      switch file.folder {
      case "catalogue":
        for check in CatalogueReader(reader: reader, area: file.stem, subjects: subjects).declarations(
          document)
        {
          if let other = slugs.updateValue(reader, forKey: check.slug) {
            reader.problem(check.node.line, "check '\(check.slug)' stands in \(other.file) too")
          }
          declarations[check.slug] = check
          unbound.remove(check.slug)
        }
      case "benchmarks":
        guard let benchmark = BenchmarkReader(reader: reader).declaration(document) else { continue }
        if let other = names.updateValue(reader, forKey: benchmark.name) {
          reader.problem(document.line, "benchmark '\(benchmark.name)' stands in \(other.file) too")
        }
        benchmarks[benchmark.name] = benchmark
      case "defaults":
        guard let (subject, facts) = DefaultsReader(reader: reader, subjects: subjects).defaults(document)
        else {
          continue
        }
        for fact in facts.keys.sorted() {
          if let other = defaulted.updateValue(reader, forKey: "\(subject)/\(fact)") {
            reader.problem(
              document.line, "the default of '\(fact)' of '\(subject)' stands in \(other.file) too")
          }
        }
        defaults[subject, default: [:]].merge(facts) { $1 }
      default:
        reader.problem(
          1, "a profile lies in catalogue/, benchmarks/ or defaults/; this path says none of them")
      }
    }
    return names.keys.sorted()
  }

  /// Checks everything against everything.
  /// - Throws: `ProfileError` with every problem found, if there is any.
  package func load() throws(ProfileError) -> Profiles {
    let binders = declarations.mapValues { CheckBinder(declaration: $0, subjects: subjects) }
    let listed = benchmarks.mapValues { ($0, resolved($0, seen: []) ?? []) }
    let wanted = Set(listed.values.flatMap { $1.map(\.slug) })
    let checks = binders.filter { !unbound.contains($0.key) || wanted.contains($0.key) }
      .compactMapValues { $0.check() }
    let loaded = listed.mapValues { benchmark($0, $1, binders, checks) }
    guard problems.problems.isEmpty else {
      throw ProfileError(
        Set(problems.problems).sorted { ($0.file, $0.line, $0.reason) < ($1.file, $1.line, $1.reason) })
    }
    return Profiles(checks: checks, benchmarks: loaded, defaults: Defaults(defaults))
  }

  /// - Parameter checks: Those with their own parameters, which most entries take as they are.
  private func benchmark(
    _ declaration: BenchmarkDeclaration, _ entries: [BenchmarkDeclaration.Entry],
    _ binders: [Slug: CheckBinder], _ checks: [Slug: Check]
  ) -> Benchmark {
    let bound = entries.compactMap { entry -> Benchmark.Entry? in
      guard let binder = binders[entry.slug] else {
        entry.reader.problem(
          entry.line,
          "entry \(entry.id) names no check: '\(entry.slug)'"
            + entry.reader.hint(entry.slug, among: binders.keys))
        return nil
      }
      for name in entry.parameters.keys.sorted() where !binder.parameterNames.contains(name) {
        entry.reader.problem(
          entry.line,
          "check '\(entry.slug)' has no parameter '\(name)'"
            + entry.reader.hint(name, among: binder.parameterNames))
      }
      let check = entry.parameters.isEmpty ? checks[entry.slug] : binder.check(with: entry.parameters)
      return check.map {
        Benchmark.Entry(id: entry.id, check: $0, level: entry.level)
      }
    }
    let sorted = bound.map { (id: SectionID($0.id), entry: $0) }.sorted { $0.id < $1.id }.map(\.entry)
    return Benchmark(
      name: declaration.name, title: declaration.title, version: declaration.version,
      source: declaration.source,
      kubernetes: declaration.kubernetes, distribution: declaration.distribution, entries: sorted,
      digest: digest(declaration.name))
  }

  /// The entries with those of what it extends, its own winning.
  private func resolved(_ declaration: BenchmarkDeclaration, seen: [String]) -> [BenchmarkDeclaration.Entry]?
  {
    var inherited: [BenchmarkDeclaration.Entry] = []
    if let parent = declaration.extends {
      guard !seen.contains(declaration.name), let base = benchmarks[parent] else {
        let reason =
          benchmarks[parent] == nil
          ? "no benchmark '\(parent)'" + declaration.reader.hint(parent, among: benchmarks.keys)
          : "'\(declaration.name)' extends itself"
        declaration.reader.problem(declaration.line, reason)
        return nil
      }
      guard let entries = resolved(base, seen: seen + [declaration.name]) else { return nil }
      let ids = Set(entries.map(\.id))
      for id in declaration.without where !ids.contains(id) {
        declaration.reader.problem(declaration.line, "'without' names \(id), which '\(parent)' does not have")
      }
      let own = Set(declaration.entries.map(\.id)).union(declaration.without)
      inherited = entries.filter { !own.contains($0.id) }
    }
    return inherited + declaration.entries
  }

  /// Over the name and every file that was loaded: whatever decided is in it.
  private func digest(_ name: String) -> String {
    var hash = SHA256()
    hash.update(data: Array(name.utf8))
    for (path, digest) in content.sorted(by: { $0.0 < $1.0 }) {
      hash.update(data: [0] + Array(path.utf8) + [0])
      digest.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }
    return hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
