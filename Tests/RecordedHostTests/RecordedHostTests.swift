import Collectors
import Facts
import Glibc
import Host
import Judge
import Profiles
import Reports
import SystemPackage
import Testing

/// The benchmarks that every recorded host is judged by.
private let benchmarks = ["cis-kubernetes-1.12", "node-baseline"]

/// `RECORD=1` writes what is found in place of what was expected, and fails, so that nobody records by accident.
private var isRecording: Bool { getenv("RECORD").map { String(cString: $0) } == "1" }

@Suite("Recorded hosts give the facts and verdicts recorded of them")
struct RecordedHostTests {
  @Test("There are hosts to audit")
  func hosts() {
    #expect(RecordedHost.all.count >= 5)
  }

  @Test("The same facts are collected", arguments: RecordedHost.all)
  func facts(_ host: RecordedHost) throws {
    try compare(host.look().lines, with: "facts.tsv", of: host)
  }

  @Test("The same verdicts are given", arguments: RecordedHost.all)
  func verdicts(_ host: RecordedHost) throws {
    let (profiles, snapshot) = (try profiles(), try host.look())
    for name in benchmarks {
      let benchmark = try #require(profiles.benchmarks[name])
      let report = judge(snapshot, by: benchmark, defaults: profiles.defaults, on: snapshot.run.day)
      try compare(report.lines, with: FilePath("verdicts/\(name).tsv"), of: host)
    }
  }

  @Test("Every fact is stated, with its declared type and values", arguments: RecordedHost.all)
  func contract(_ host: RecordedHost) throws {
    let snapshot = try host.look()
    let subjects = Dictionary(allSubjects.map { ($0.name, $0) }) { first, _ in first }
    for entity in snapshot.entities {
      let subject = try #require(subjects[entity.subject], "\(entity.label) has no declared subject")
      for name in entity.facts.keys {
        #expect(
          subject.declaration(of: name) != nil, "\(entity.label) states '\(name)', which nothing declares")
      }
      for declaration in subject.facts {
        let fact = try #require(
          entity[declaration.name], "\(entity.label) does not state '\(declaration.name)'")
        check(fact, declaration, entity)
      }
    }
    for subject in allSubjects where subject.isSingleton {
      let entities = snapshot.entities.filter { $0.subject == subject.name }
      #expect(entities.map(\.id) == [""], "singleton '\(subject.name)'")
    }
  }

  private func check(_ fact: Fact, _ declaration: Declaration, _ entity: Entity) {
    #expect(!fact.sources.isEmpty, "\(entity.label) \(declaration.name) names no source")
    guard let value = fact.value else { return }
    #expect(value.type == declaration.type, "\(entity.label) \(declaration.name) is \(value)")
    guard let known = declaration.values else { return }
    let texts: [Value] = if case .list(let values) = value { values } else { [value] }
    for text in texts {
      #expect(known.contains(text.description), "\(entity.label) \(declaration.name) is never '\(text)'")
    }
  }

  @Test("Two looks see the same", arguments: RecordedHost.all)
  func deterministic(_ host: RecordedHost) throws {
    let (first, second) = (try host.look(), try host.lookAgain())
    #expect(first == second)
    #expect(first.lines == second.lines)
  }

  @Test("No secret of the host is in what comes out", arguments: RecordedHost.all)
  func secrets(_ host: RecordedHost) throws {
    // The mark as it stands in keys, tokens and hashes, and as base64 would begin it.
    let marks = ["PLUMBLINE-CANARY", "PLUMBLINE.DES", "UExVTUJMSU5F"]
    let (profiles, snapshot) = (try profiles(), try host.look())
    var output = snapshot.lines
    output += snapshot.entities.flatMap { $0.facts.values.flatMap { $0.sources.map(\.description) } }
    for benchmark in profiles.benchmarks.values {
      let report = judge(snapshot, by: benchmark, defaults: profiles.defaults, on: snapshot.run.day)
      output += report.lines
      output += report.results.flatMap { $0.verdict.evidence.flatMap { [$0.found] + $0.sources } }
    }
    for mark in marks {
      #expect(output.filter { $0.contains(mark) } == [])
    }
  }

  @Test("A report takes so many bytes for 250 results", arguments: RecordedHost.all)
  func size(_ host: RecordedHost) throws {
    let profiles = try profiles()
    let baseline = try #require(profiles.benchmarks["node-baseline"])
    let snapshot = try host.look()
    let report = judge(snapshot, by: baseline, defaults: profiles.defaults, on: snapshot.run.day)
    let bytes = try encodeReport(report).count * 250 / report.results.count
    // The evidence of a Kubernetes node names more places: flags, files and defaults of each component; that of containers has
    // as many offenders as a finding may name.
    // Where nearly all of it fails, every finding brings its evidence; where a tree holds little, every check says what is missing.
    let hasContainers = snapshot.entities.contains { $0.subject == "container" }
    let isThin = report.score.node.percentage.value == nil
    let limit = snapshot.host.roles.isEmpty && !hasContainers && !isThin ? 64 << 10 : 112 << 10
    #expect(bytes <= limit, "\(bytes) bytes")
  }

  @Test("There are recorded hosts, each with its tree")
  func present() {
    #expect(RecordedHost.all.count >= 5)
  }

  private func compare(_ found: [String], with file: FilePath, of host: RecordedHost) throws {
    let expected = try host.recorded(file)
    guard expected != found else { return }
    if isRecording {
      try host.record(found, as: file)
      Issue.record("recorded \(host.name)/\(file.string) anew; look at the difference with git diff")
      return
    }
    let changes = difference(from: expected ?? [], to: found)
    Issue.record("\(host.name)/\(file.string) differs (RECORD=1 writes it anew):\n\(changes)")
  }
}
