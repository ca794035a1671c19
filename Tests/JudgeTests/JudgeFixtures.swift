import Facts
import Judge
import Profiles
import Reports
import TestSupport
import Testing

/// The two made-up subjects that these tests judge: one of which there is one, one of which there are many.
let nodeSubject = Subject(
  "node", "A singleton.", isSingleton: true,
  facts: [
    .init("secure", .flag, "A flag."), .init("legacy", .flag, "Another flag."),
    .init("limit", .number, "A number."),
    .init("period", .seconds, "A duration."), .init("kind", .text, "A text."),
    .init("names", .list, "A list."), .init("added", .list, "What is added."),
    .init("removed", .list, "What is taken."),
    .init("version", .text, "The version."),
  ])
let itemSubject = Subject(
  "item", "There may be many.", isSingleton: false,
  facts: [.init("role", .text, "What it is for."), .init("mode", .mode, "Permissions.")])

let place = Source.file("/etc/node.conf", line: 3, key: "key")

func node(_ facts: [String: Fact]) -> Entity { Entity(subject: "node", id: "", facts: facts) }

func item(_ id: String, role: Fact = .observed(.text("key"), place), mode: Fact) -> Entity {
  Entity(subject: "item", id: id, facts: ["role": role, "mode": mode])
}

func observed(_ value: Value) -> Fact { .observed(value, place) }

let denied = Fact.unreadable(.denied, detail: "permission denied", place)

/// How the collector of both subjects ended.
func collector(_ state: CollectorRun.State) -> [CollectorRun] {
  let problems = state == .partial ? [Problem(.denied, "/etc/secret", "permission denied")] : []
  return [
    CollectorRun(
      name: "test", subjects: ["item", "node"], state: state, problems: problems, problemsDropped: 0)
  ]
}

/// Loads one check, given by its keys beyond the texts, and judges a snapshot by it.
func verdict(
  _ check: String, on entities: [Entity], collectors: [CollectorRun] = collector(.complete),
  defaults: String? = nil
) throws -> Verdict {
  let texts = "title: t\nseverity: high\nwhy: w\nfix: f\nreferences: [r]\n"
  let body = (texts + check).split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
  var files = [
    ProfileFile(path: "catalogue/area.yaml", bytes: Array("the-check:\n\(body)\n".utf8)),
    ProfileFile(
      path: "benchmarks/b.yaml",
      bytes: Array(
        "benchmark: b\ntitle: t\nversion: \"1\"\nsource: s\nentries: { \"1.1\": the-check }\n".utf8)),
  ]
  if let defaults {
    let head = "subject: node\nsource: https://example.org/defaults\ndefaults:\n"
    let body = defaults.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
    files.append(ProfileFile(path: "defaults/node.yaml", bytes: Array((head + body + "\n").utf8)))
  }
  var loader = ProfileLoader(subjects: [nodeSubject, itemSubject])
  loader.add(files)
  let profiles = try loader.load()
  let benchmark = try #require(profiles.benchmarks["b"])
  let judged = judge(
    snapshot(entities, collectors: collectors), by: benchmark, defaults: profiles.defaults, on: "2026-03-04")
  return try #require(judged.results.first).verdict
}
