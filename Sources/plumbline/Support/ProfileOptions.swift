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
  /// - Parameter extra: The files of a benchmark given by itself.
  /// - Returns: The profiles, and the names of the benchmarks that the extra file declares.
  /// - Throws: `Failure` that lists every problem with its file and line.
  func load(extra: [ProfileFile] = []) throws -> (profiles: Profiles, extra: [String]) {
    var loader = ProfileLoader(subjects: allSubjects)
    loader.add(embeddedProfiles())
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
      "A benchmark by name (see 'plumbline list benchmarks') or a benchmark file.", valueName: "name|file"),
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

  /// The profiles, and the chosen benchmark among them.
  func load() throws -> (Profiles, Benchmark) {
    let isFile = benchmark.contains("/") || benchmark.hasSuffix(".yaml") || benchmark.hasSuffix(".yml")
    let (profiles, names) = try profileOptions.load(extra: isFile ? try Self.files(of: benchmark) : [])
    let name = names.first ?? benchmark
    guard let chosen = profiles.benchmarks[name] else {
      let known = profiles.benchmarks.keys.sorted()
      let hint = nearest(name, among: known).map { "; did you mean '\($0)'?" } ?? ""
      throw Failure("no benchmark '\(name)'\(hint)\nknown are: \(known.joined(separator: ", "))")
    }
    let narrowing = Narrowing(level: level, only: only, skip: skip)
    if let unknown = narrowing.unknownName(in: chosen) {
      let hint = nearest(unknown, among: Narrowing.names(in: chosen)).map { "; did you mean '\($0)'?" } ?? ""
      throw Failure("'\(unknown)' is no section id, slug, area or severity of '\(name)'\(hint)")
    }
    return (profiles, chosen.narrowed(narrowing))
  }
}
