import ArgumentParser
import Facts
import Glibc
import Judge
import Profiles
import Reports

/// `plumbline explain`: one check in full, and what was found of it.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explain one check: what it asks, why, how to put it right, and what was found.",
    discussion: """
      Names a check by its slug, by a benchmark's section id together with --benchmark, or by a published rule that it refers to.
      Where the project's own baseline asks for something else than that rule, this says what and why.

      Examples:
        plumbline explain kubelet-anonymous-auth
        plumbline explain 4.2.1 --benchmark cis-kubernetes-1.12 --live
        plumbline explain sysctl-kernel-pointers-hidden --snapshot node-17.json
        plumbline explain "CIS Debian 12 3.3.7"
      """)

  @Argument(help: "A check's slug, a section id of the benchmark, or a published rule.")
  var check: String

  @Option(
    help: ArgumentHelp("Show what this snapshot has of it; '-' is standard input.", valueName: "file"),
    completion: .file())
  var snapshot: String?

  @Flag(help: "Look at this host (or at --root) and show what is found of it.")
  var live = false

  @OptionGroup(title: "Which host") var host: HostOptions
  @OptionGroup(title: "By what") var judging: JudgingOptions

  func run() throws {
    let basis = try judging.load()
    let profiles = basis.profiles
    let snapshot = try evidence()
    // Without a host 'auto' chooses nothing, and the check stands with its own parameters.
    let benchmark = try snapshot.map { try basis.benchmark(for: $0).0 } ?? basis.named
    let named = try named(in: profiles, benchmark)
    var text = Explanation(check: named, profiles: profiles).text
    if let snapshot {
      text += "\n" + Self.found(named, in: snapshot, profiles)
    } else {
      // A rule's name has blanks, and may be another check's in another benchmark.
      text += "\nWhat is found here: plumbline explain \(check.contains(" ") ? named.slug : check) --live\n"
    }
    try Output(nil).write(Array(text.utf8))
  }

  /// The check with the benchmark's parameters where it stands in it, else with its own.
  private func named(in profiles: Profiles, _ benchmark: Benchmark?) throws -> Check {
    if let entry = benchmark?.entries.first(where: { $0.id == check || $0.check.slug == check }) {
      return entry.check
    }
    if let found = profiles.checks[check] { return found }
    let published = published(in: profiles)
    if let only = published.first, published.count == 1 { return only }
    if !published.isEmpty {
      let slugs = published.map { "  \($0.slug)  \($0.title)" }.joined(separator: "\n")
      throw Failure("\(published.count) checks refer to '\(check)'; name one of them:\n\(slugs)")
    }
    let known = Array(profiles.checks.keys) + (benchmark?.entries.map(\.id) ?? [])
    let hint = nearest(check, among: known).map { "; did you mean '\($0)'?" } ?? ""
    throw Failure("no check '\(check)'\(hint)\n'plumbline list checks' lists them all")
  }

  /// Checks that depart from the published rule, else those that refer to it: what an auditor with another list in hand asks for.
  private func published(in profiles: Profiles) -> [Check] {
    let checks = profiles.checks.values.sorted { $0.slug < $1.slug }
    // "CIS Debian 12 6.2.1.1" is meant by "CIS Debian 12 6.2.1.1 and 6.2.1.2" too, and not by 6.2.1.10.
    func names(_ rule: String) -> Bool {
      rule == check || rule.hasPrefix(check + " ") || rule.hasPrefix(check + ",")
    }
    let departing = checks.filter { $0.departures.contains { names($0.rule) } }
    return departing.isEmpty ? checks.filter { $0.texts.references.contains(where: names) } : departing
  }

  /// The snapshot to show evidence from; nil where none was asked for. A root other than this host's asks for one.
  private func evidence() throws -> Snapshot? {
    if let snapshot { return try readSnapshot(snapshot) }
    return live || host.root != "/" ? try host.look() : nil
  }

  private static func found(_ check: Check, in snapshot: Snapshot, _ profiles: Profiles) -> String {
    let verdict = verdict(on: check, in: snapshot, defaults: profiles.defaults)
    var lines = ["Found on \(snapshot.host.hostname ?? "this host"): \(verdict.status.rawValue.uppercased())"]
    if let reason = verdict.reason {
      lines.append("  \(reason.message ?? reason.code.meaning) (\(reason.code.rawValue))")
    }
    for evidence in verdict.evidence {
      let owner = evidence.entity.isEmpty ? "" : "\(evidence.entity): "
      lines.append("  \(owner)\(evidence.fact) = \(evidence.found)   (expected: \(evidence.expected))")
      lines += evidence.sources.enumerated().map { "    \($0 == 0 ? "from" : "    ") \($1)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// A check's own words, for a terminal.
struct Explanation {
  let check: Check
  let profiles: Profiles

  var text: String {
    var lines = [check.title, "\(check.slug) · \(check.severity.rawValue) · \(check.area)", ""]
    lines += ["Why", Self.indented(check.texts.rationale), ""]
    lines += ["How to put it right", Self.indented(check.texts.remediation), ""]
    if let expectation = check.expectation {
      lines += ["What must hold of each \(check.about)", "  \(expectation)"]
      if let selection = check.selection { lines.append("  of those whose \(selection)") }
      if let applies = check.applies { lines.append("  where \(applies)") }
    }
    if let manual = check.manual { lines += ["A person must look", "  \(manual)"] }
    for departure in check.departures {
      lines += ["", "Departs from \(departure.rule)", Self.indented("It expects: \(departure.expects)")]
      lines += [Self.indented("Here: \(departure.because)")]
    }
    lines += ["", "Facts"]
    lines += check.facts.map { "  \($0.subject ?? check.about) \($0.name)" }
    lines += ["", "Benchmarks"] + benchmarks
    lines += ["", "References"] + check.texts.references.map { "  \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }

  private var benchmarks: [String] {
    let listed = profiles.benchmarks.values.sorted { $0.name < $1.name }.flatMap { benchmark in
      benchmark.entries.filter { $0.check.slug == check.slug }.map { "  \(benchmark.name) \($0.id)" }
    }
    return listed.isEmpty ? ["  none"] : listed
  }

  private static func indented(_ text: String, width: Int = 78) -> String {
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
      if !line.isEmpty, line.count + word.count + 1 > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return (lines + [line]).map { "  \($0)" }.joined(separator: "\n")
  }
}
