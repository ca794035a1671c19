import ArgumentParser
import Collectors
import Facts
import Glibc
import Profiles

/// `plumbline list`: what there is.
struct List: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the checks, the benchmarks or the facts.",
    subcommands: [ListChecks.self, ListBenchmarks.self, ListFacts.self])
}

/// `plumbline list checks`.
struct ListChecks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checks", abstract: "List every check in the catalogue.")

  @OptionGroup var profiles: ProfileOptions
  @Flag(help: "A Markdown table.") var markdown = false

  func run() throws {
    let checks = try profiles.load().profiles.checks.values.sorted { ($0.area, $0.slug) < ($1.area, $1.slug) }
    let rows = checks.map {
      [$0.slug, $0.severity.rawValue, $0.manual == nil ? "automated" : "manual", $0.title]
    }
    try Output(nil).write(
      Columns(["CHECK", "SEVERITY", "KIND", "TITLE"], rows).bytes(markdown: markdown))
  }
}

/// `plumbline list benchmarks`.
struct ListBenchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmarks", abstract: "List every benchmark, with how much of it is automated.")

  @OptionGroup var profiles: ProfileOptions
  @Flag(help: "A Markdown table.") var markdown = false

  func run() throws {
    let benchmarks = try profiles.load().profiles.benchmarks.values.sorted { $0.name < $1.name }
    let rows = benchmarks.map { benchmark in
      let manual = benchmark.entries.count { $0.check.manual != nil }
      return [
        benchmark.name, benchmark.version, String(benchmark.entries.count),
        String(benchmark.entries.count - manual),
        String(manual), benchmark.title,
      ]
    }
    var output = Columns(["BENCHMARK", "VERSION", "ENTRIES", "AUTOMATED", "MANUAL", "TITLE"], rows).bytes(
      markdown: markdown)
    if markdown { output += benchmarks.flatMap(Self.section) }
    try Output(nil).write(output)
  }

  /// Every id of a benchmark with the check behind it, and for a manual one why a person must look.
  private static func section(_ benchmark: Benchmark) -> [UInt8] {
    let manual = benchmark.entries.count { $0.check.manual != nil }
    var head = "\n## \(benchmark.name)\n\n\(benchmark.title). "
    if let versions = benchmark.kubernetes { head += "For Kubernetes \(versions). " }
    head +=
      "\(benchmark.entries.count) ids: \(benchmark.entries.count - manual) automated, \(manual) manual.\n\n"
    let rows = benchmark.entries.map { entry in
      [entry.id, entry.check.slug, entry.check.manual.map { "manual: \($0)" } ?? "automated"]
    }
    return Array(head.utf8) + Columns(["ID", "CHECK", "KIND"], rows).bytes(markdown: true)
  }
}

/// `plumbline list facts`.
struct ListFacts: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "facts", abstract: "List every fact that a check can name, by subject.")

  @Argument(help: "Only this subject's.") var subject: String?
  @Flag(help: "Markdown, a section for each subject.") var markdown = false

  func run() throws {
    let subjects = allSubjects.filter { subject == nil || $0.name == subject }
    guard !subjects.isEmpty else {
      let known = allSubjects.map(\.name)
      let hint = nearest(subject ?? "", among: known).map { "; did you mean '\($0)'?" } ?? ""
      throw Failure("no subject '\(subject ?? "")'\(hint)\nknown are: \(known.joined(separator: ", "))")
    }
    var output: [UInt8] = []
    if markdown {
      output += Array(
        "# Facts\n\nMade by `plumbline list facts --markdown`; what each collector states, by subject.\n".utf8
      )
    }
    for subject in subjects {
      let count = subject.isSingleton ? "one per host" : "one for each found"
      let rows = subject.facts.map { [$0.name, Self.type($0), $0.meaning] }
      output += Array((markdown ? "\n## \(subject.name)\n\n" : "\(subject.name): ").utf8)
      output += Array("\(subject.meaning) (\(count))\n\n".utf8)
      output += Columns(["FACT", "TYPE", "MEANING"], rows).bytes(markdown: markdown)
      if !markdown { output += Array("\n".utf8) }
    }
    try Output(nil).write(output)
  }

  private static func type(_ fact: Declaration) -> String {
    guard let values = fact.values, values.count <= 12 else { return fact.type.rawValue }
    return "\(fact.type.rawValue): \(values.joined(separator: ", "))"
  }
}
