import Collectors
import Facts
import Profiles
import Testing

@Suite("Waiver files")
struct WaiverTests {
  private static let profiles: Profiles? = {
    var loader = ProfileLoader(subjects: allSubjects)
    loader.add(embeddedProfiles())
    return try? loader.load()
  }()

  private func read(_ text: String) throws -> [Waiver] {
    try readWaivers(
      ProfileFile(path: "waivers.yaml", bytes: Array(text.utf8)), for: try #require(Self.profiles))
  }

  private static let lines = [
    "check": "kubelet-read-only-port", "reason": "a probe that is being replaced",
    "owner": "platform@example.org",
    "expires": "2027-03-31",
  ]

  private func file(_ changes: [String: String?]) -> String {
    var lines = Self.lines
    for (key, value) in changes { lines[key] = value }
    let body = lines.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "\n    ")
    return "waivers:\n  - \(body)\n"
  }

  @Test("A waiver has a check, a reason, an owner and a last day, and may have a scope")
  func complete() throws {
    let text = file(["hosts": "[\"worker-*\"]", "labels": "[pool=edge]", "entities": "[\"kubelet[*]\"]"])
    let waiver = try #require(try read(text).first)
    #expect(waiver.check == "kubelet-read-only-port" && waiver.owner == "platform@example.org")
    #expect(
      waiver.hosts == ["worker-*"] && waiver.labels == ["pool=edge"] && waiver.entities == ["kubelet[*]"])
    #expect(waiver.expires == "2027-03-31")
    #expect(try read("waivers: []\n") == [])
  }

  @Test(
    "A malformed waiver is refused with its line",
    arguments: [
      (["check": nil], "'check' of a waiver"), (["reason": nil], "'reason' of a waiver"),
      (["owner": nil], "'owner' of a waiver"), (["expires": nil], "'expires' of a waiver"),
      (["reason": "\"\""], "'reason' of a waiver"),
      (["check": "kubelet-read-only-prt"], "did you mean 'kubelet-read-only-port'?"),
      (["expires": "never"], "YYYY-MM-DD"), (["expires": "2027-13-01"], "YYYY-MM-DD"),
      (["expires": "2027-1-1"], "YYYY-MM-DD"), (["expires": "2027-01-32"], "YYYY-MM-DD"),
      (["expires": "27-01-01"], "YYYY-MM-DD"), (["until": "2027-01-01"], "until"),
      (["hosts": "{ a: b }"], "'hosts' of a waiver"), (["labels": "[[x]]"], "'labels' of a waiver"),
    ] as [([String: String?], String)])
  func malformed(changes: [String: String?], reason: String) throws {
    let error = #expect(throws: ProfileError.self) { try read(file(changes)) }
    let problem = try #require(error?.problems.first)
    #expect(problem.file == "waivers.yaml" && problem.line >= 1)
    #expect(problem.reason.contains(reason), "\(problem.reason)")
  }

  @Test(
    "A file that is no list of waivers is refused",
    arguments: [
      "", "[]", "waivers:\n", "waivers: 1\n", "waiver: []\n", "waivers: [1]\n", "waivers: [{}]\n", "{",
    ])
  func notWaivers(text: String) {
    #expect(throws: ProfileError.self) { try read(text) }
  }

  @Test("Every malformed waiver of a file is reported, not the first alone")
  func all() throws {
    let text = "waivers:\n  - { check: no-such }\n  - { check: kubelet-read-only-port, owner: me }\n"
    let error = #expect(throws: ProfileError.self) { try read(text) }
    #expect(Set(try #require(error).problems.map(\.line)) == [2, 3])
  }

  private func waiver(
    hosts: [String] = [], labels: [String] = [], entities: [String] = [], expires: String = "2026-12-31"
  ) throws -> Waiver {
    func list(_ texts: [String]) -> String { "[" + texts.map { "\"\($0)\"" }.joined(separator: ", ") + "]" }
    let text = file([
      "hosts": list(hosts), "labels": list(labels), "entities": list(entities), "expires": expires,
    ])
    return try #require(try read(text).first)
  }

  @Test("A waiver holds to the end of its last day")
  func expiry() throws {
    let waiver = try waiver(expires: "2026-11-23")
    #expect(!waiver.isExpired(on: "2026-11-22"))
    #expect(!waiver.isExpired(on: "2026-11-23"))
    #expect(waiver.isExpired(on: "2026-11-24"))
    #expect(waiver.isExpired(on: "2027-01-01"))
  }

  @Test(
    "Hosts are named by globs over the host's and the node's name",
    arguments: [
      ([], true), (["*"], true), (["worker-*"], true), (["worker-?"], true), (["node7.example.org"], true),
      (["*.example.org", "nothing"], true), (["worker"], false), (["orker-7"], false), (["worker-??"], false),
    ] as [([String], Bool)])
  func hosts(patterns: [String], holds: Bool) throws {
    let waiver = try waiver(hosts: patterns)
    #expect(waiver.covers(host: ["worker-7", "node7.example.org"], labels: []) == holds)
  }

  @Test("Without a name no pattern holds, and a waiver for every host does")
  func nameless() throws {
    #expect(try !waiver(hosts: ["*"]).covers(host: [], labels: []))
    #expect(try waiver().covers(host: [], labels: []))
  }

  @Test(
    "A host must have every label that is named, with its value if one is",
    arguments: [
      ([], true), (["pool=edge"], true), (["pool"], true), (["pool=edge", "gpu"], true), (["gpu="], true),
      (["pool=core"], false), (["poo"], false), (["pool=edge", "zone"], false), (["pool=edg"], false),
    ] as [([String], Bool)])
  func labels(wanted: [String], holds: Bool) throws {
    #expect(try waiver(labels: wanted).covers(host: ["h"], labels: ["pool=edge", "gpu="]) == holds)
  }

  @Test(
    "Every failing entity must be named",
    arguments: [
      ([], true), (["*"], true), (["file[/etc/*]"], true), (["file[/etc/a]", "file[/etc/b]"], true),
      (["file[/etc/a]"], false), (["process[*]"], false),
    ] as [([String], Bool)])
  func entities(patterns: [String], holds: Bool) throws {
    #expect(try waiver(entities: patterns).covers(entities: ["file[/etc/a]", "file[/etc/b]"]) == holds)
  }

  @Test("A pattern made to take for ever does not")
  func hostilePattern() {
    let pattern = String(repeating: "*a", count: 200) + "b"
    #expect(!glob(pattern, matches: String(repeating: "a", count: 2000)))
  }
}
