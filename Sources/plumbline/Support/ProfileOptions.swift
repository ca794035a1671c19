import ArgumentParser
import Collectors
import Facts
import Glibc
import Profiles
import SystemPackage

/// By what a host is judged.
struct ProfileOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Profiles beside the built-in ones: a directory with catalogue/, benchmarks/ and defaults/.",
      discussion: "A check, a benchmark or a default of the same name replaces the built-in one.",
      valueName: "dir"),
    completion: .directory)
  var profiles: String?

  /// Loads everything, type-checked.
  /// - Parameters:
  ///   - extra: The files of a benchmark given by itself.
  ///   - wanted: The one benchmark that is needed, if that is known, with the checks that it names.
  /// - Returns: The profiles, and the names of the benchmarks that the extra file declares.
  /// - Throws: `Failure` that lists every problem with its file and line.
  func load(extra: [ProfileFile] = [], for wanted: String? = nil) throws -> (
    profiles: Profiles, extra: [String]
  ) {
    var loader = ProfileLoader(subjects: allSubjects)
    // A directory's benchmark may extend any other.
    if let wanted, profiles == nil, extra.isEmpty {
      loader.add(embeddedProfiles(), for: wanted)
    } else {
      loader.add(embeddedProfiles())
    }
    if let profiles { loader.add(try Self.files(below: FilePath(profiles))) }
    let names = extra.isEmpty ? [] : loader.add(extra)
    do throws(ProfileError) {
      return (try loader.load(), names)
    } catch {
      throw Failure("the profiles are refused, nothing was run:\n\(error)")
    }
  }

  private static func files(below directory: FilePath) throws -> [ProfileFile] {
    var files: [ProfileFile] = []
    for folder in ["catalogue", "benchmarks", "defaults"] {
      for name in try names(in: directory.appending(folder))
      where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
        let path = directory.appending(folder).appending(name)
        files.append(ProfileFile(path: path.string, bytes: try readInput(path.string, atMost: 4 << 20)))
      }
    }
    guard !files.isEmpty else {
      throw Failure("--profiles \(directory): no YAML file in its catalogue/, benchmarks/ or defaults/")
    }
    return files
  }

  /// The names in a directory that the user named; none where it isn't there.
  private static func names(in directory: FilePath) throws -> [String] {
    guard let stream = opendir(directory.string) else {
      if errno == ENOENT { return [] }
      throw Failure("\(directory): \(Errno(rawValue: errno))")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { names.append(String(cString: $0)) }
      }
    }
    return names.sorted()
  }
}

/// Which benchmark, and how the outcome gates.
struct JudgingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A benchmark by name (see 'plumbline list benchmarks'), a benchmark file, or 'auto' for the one that fits the host.",
      valueName: "name|file|auto"),
    completion: .file())
  var benchmark = "node-baseline"

  @OptionGroup var profileOptions: ProfileOptions

  @Option(help: ArgumentHelp("Only what the benchmark asks at this level or below.", valueName: "1|2"))
  var level: Int?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Only these: section ids, slugs, areas or severities.", valueName: "what"))
  var only: [String] = []

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("All but these, named in the same way.", valueName: "what"))
  var skip: [String] = []

  func validate() throws {
    if let level, !(1...2).contains(level) { throw ValidationError("--level is 1 or 2.") }
  }

  @Option(
    help: ArgumentHelp(
      "Findings that somebody answers for until a day: a YAML file of waivers.", valueName: "file"),
    completion: .file())
  var waivers: String?

  /// The waivers, if any were given.
  /// - Throws: `Failure` that lists every problem with its line: a malformed waiver stops the run.
  func loadWaivers(for profiles: Profiles) throws -> [Waiver] {
    guard let waivers else { return [] }
    let file = ProfileFile(path: waivers, bytes: try readInput(waivers, atMost: 4 << 20))
    do throws(ProfileError) {
      return try readWaivers(file, for: profiles)
    } catch {
      throw Failure("the waivers are refused, nothing was run:\n\(error)")
    }
  }

  /// A benchmark file by itself; kube-bench's control files are translated.
  private static func files(of benchmark: String) throws -> [ProfileFile] {
    let name = FilePath(benchmark).lastComponent?.string ?? benchmark
    let file = ProfileFile(path: "benchmarks/\(name)", bytes: try readInput(benchmark))
    guard KubeBench.isControlFile(file.bytes) else { return [file] }
    let translated = try translateKubeBench([file])
    printError("\(benchmark): \(translated.coverage); 'plumbline import kube-bench' says why")
    return translated.files
  }

  /// The profiles, and the benchmark that was named; none for `auto`, which hangs on the host.
  func load() throws -> JudgingBasis {
    let isFile = benchmark.contains("/") || benchmark.hasSuffix(".yaml") || benchmark.hasSuffix(".yml")
    // A waiver may be for a check of any benchmark.
    let wanted = isFile || waivers != nil ? nil : benchmark
    let (profiles, names) = try profileOptions.load(
      extra: isFile ? try Self.files(of: benchmark) : [], for: wanted)
    let narrowing = Narrowing(level: level, only: only, skip: skip)
    let name = names.first ?? benchmark
    if name == Self.automatic, profiles.benchmarks[name] == nil {
      let all = profiles.benchmarks.values.sorted { $0.name < $1.name }
      let known = all.flatMap { Narrowing.names(in: $0) }
      if let unknown = (only + skip).first(where: { !known.contains($0) }) {
        throw Self.unknown(unknown, among: known, of: "any benchmark")
      }
      return JudgingBasis(profiles: profiles, named: nil, narrowing: narrowing)
    }
    guard let chosen = profiles.benchmarks[name] else {
      let known = profiles.benchmarks.keys.sorted() + [Self.automatic]
      let hint = nearest(name, among: known).map { "; did you mean '\($0)'?" } ?? ""
      throw Failure("no benchmark '\(name)'\(hint)\nknown are: \(known.joined(separator: ", "))")
    }
    return JudgingBasis(
      profiles: profiles, named: try Self.narrowed(chosen, narrowing), narrowing: narrowing)
  }

  /// The name that asks for the benchmark that fits the host.
  static let automatic = "auto"

  fileprivate static func narrowed(_ benchmark: Benchmark, _ narrowing: Narrowing) throws -> Benchmark {
    if let unknown = narrowing.unknownName(in: benchmark) {
      throw Self.unknown(unknown, among: Narrowing.names(in: benchmark), of: "'\(benchmark.name)'")
    }
    return benchmark.narrowed(narrowing)
  }

  private static func unknown(_ name: String, among known: [String], of what: String) -> Failure {
    let hint = nearest(name, among: known).map { "; did you mean '\($0)'?" } ?? ""
    return Failure("'\(name)' is no section id, slug, area or severity of \(what)\(hint)")
  }
}

/// What a host is judged by, once it was looked at.
struct JudgingBasis {
  let profiles: Profiles
  /// Nil for `auto`.
  let named: Benchmark?
  fileprivate let narrowing: Narrowing

  /// The benchmark that was named, or the one that fits the snapshot and why.
  /// - Throws: `Failure` where none fits, or the one that fits has nothing of a name that was asked for.
  func benchmark(for snapshot: Snapshot) throws -> (Benchmark, note: String?) {
    if let named { return (named, nil) }
    let choice = BenchmarkChoice.choose(
      from: profiles.benchmarks.values.sorted { $0.name < $1.name }, for: KubernetesIdentity(snapshot))
    guard let choice else { throw Failure("no benchmark fits this host: name one with --benchmark") }
    return (try JudgingOptions.narrowed(choice.benchmark, narrowing), choice.note)
  }
}
