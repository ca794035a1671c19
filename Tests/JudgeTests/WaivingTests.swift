import Facts
import Judge
import Profiles
import Reports
import Testing

private let subjects = [
  Subject(
    "file", "A file.", isSingleton: false, facts: [.init("mode", .mode, "Permissions.")]),
  Subject(
    "kubelet", "A kubelet.", isSingleton: false, facts: [.init("nodeLabels", .list, "Its labels.")]),
]

@Suite("Waivers in a report")
struct WaivingTests {
  private static func check(_ slug: String, _ severity: String, mode: String) -> String {
    "\(slug):\n  title: t\n  severity: \(severity)\n  about: file\n  expect: { mode: { within: \"\(mode)\" } }\n"
      + "  why: w\n  fix: f\n  references: [r]\n"
  }

  private static let files = [
    ProfileFile(
      path: "catalogue/file.yaml",
      bytes: Array(
        (check("file-closed", "critical", mode: "0600") + check("file-plain", "low", mode: "0777")).utf8)),
    ProfileFile(
      path: "benchmarks/b.yaml",
      bytes: Array(
        "benchmark: b\ntitle: t\nversion: \"1\"\nsource: s\nentries: { \"1.1\": file-closed, \"1.2\": file-plain }\n"
          .utf8)),
  ]

  private let place = Source.file("/place")

  private func snapshot(labels: [String] = [], hostname: String = "worker-7") -> Snapshot {
    let modes: [(String, UInt16)] = [("/a", 0o644), ("/b", 0o666), ("/c", 0o600)]
    let files = modes.map { path, mode in
      Entity(subject: "file", id: path, facts: ["mode": .observed(.mode(mode), place)])
    }
    let kubelet = Entity(
      subject: "kubelet", id: "", facts: ["nodeLabels": .observed(.list(labels.map { .text($0) }), place)])
    return Snapshot(
      run: Run(id: "r", sequence: 1, startedAt: "2026-11-23T12:00:00Z"),
      auditor: Auditor(name: "a", version: "1"),
      host: HostIdentity(
        id: nil, hostname: hostname, nodeName: "node7", bootID: nil, os: nil, kernel: nil, architecture: nil,
        roles: [], kubeletVersion: nil, isRunning: false),
      collectors: [
        CollectorRun(
          name: "c", subjects: ["file", "kubelet"], state: .complete, problems: [], problemsDropped: 0)
      ], entities: files + [kubelet])
  }

  private func report(_ waivers: String, _ snapshot: Snapshot, day: String = "2026-11-23") throws -> Report {
    var loader = ProfileLoader(subjects: subjects)
    loader.add(Self.files)
    let profiles = try loader.load()
    let file = ProfileFile(path: "waivers.yaml", bytes: Array("waivers: [\(waivers)]\n".utf8))
    return judge(
      snapshot, by: try #require(profiles.benchmarks["b"]), defaults: profiles.defaults,
      waiving: try readWaivers(file, for: profiles), on: day)
  }

  private func waiver(_ check: String = "file-closed", _ scope: String = "", expires: String = "2026-12-31")
    -> String
  {
    "{ check: \(check), reason: \"a migration\", owner: ops, expires: \"\(expires)\"\(scope) }"
  }

  private func status(_ report: Report, _ id: String = "1.1") -> Status? {
    report.results.first { $0.id == id }?.verdict.status
  }

  @Test("A failure that somebody answers for is waived, with who, why and until when beside its evidence")
  func holds() throws {
    let report = try report(waiver(), snapshot())
    guard case .waived(let waived, let proof) = report.results[0].verdict else {
      Issue.record("not waived: \(report.results[0].verdict.status)")
      return
    }
    #expect(waived.owner == "ops" && waived.reason == "a migration" && waived.expires == "2026-12-31")
    #expect(Set(proof.all.map(\.entity)) == ["file[/a]", "file[/b]"])
    #expect(report.waivers.map(\.state) == [.inUse])
    #expect(report.waivers.map(\.results) == [1])
  }

  @Test("The score stands with the waiver and without it")
  func scores() throws {
    let waived = try report(waiver(), snapshot()).score
    #expect(waived.node.level == 4)
    #expect(waived.unwaived?.level == 0)
    let open = try report("", snapshot()).score
    #expect(open.node.level == 0 && open.unwaived == nil)
    #expect(waived.unwaived?.percentage == open.node.percentage)
  }

  @Test("An expired waiver counts as none and is reported", arguments: ["2026-11-22", "2020-01-01"])
  func expired(day: String) throws {
    let report = try report(waiver(expires: day), snapshot())
    #expect(status(report) == .fail)
    #expect(report.waivers.map(\.state) == [.expired])
    #expect(report.score.unwaived == nil)
  }

  @Test("The day that is judged on decides, not the clock")
  func day() throws {
    #expect(status(try report(waiver(), snapshot(), day: "2026-12-31")) == .waived)
    #expect(status(try report(waiver(), snapshot(), day: "2027-01-01")) == .fail)
  }

  @Test(
    "A waiver that matches nothing is reported: a check that passes, another host, a label that is not there")
  func useless() throws {
    let wrong = [
      waiver("file-plain"), waiver("file-closed", ", hosts: [\"control-*\"]"),
      waiver("file-closed", ", labels: [pool=core]"), waiver("file-closed", ", entities: [\"file[/a]\"]"),
    ]
    for text in wrong {
      let report = try report(text, snapshot(labels: ["pool=edge"]))
      #expect(status(report) == .fail, "\(text)")
      #expect(report.waivers.map(\.state) == [.matchesNothing], "\(text)")
    }
    #expect(status(try report(waiver("file-plain"), snapshot()), "1.2") == .pass)
  }

  @Test("Hosts, labels and entities that match keep it in force")
  func scope() throws {
    let right = [
      ", hosts: [\"worker-?\"]", ", hosts: [node7]", ", labels: [pool]", ", labels: [pool=edge]",
      ", entities: [\"file[/a]\", \"file[/b]\"]", ", entities: [\"file[/*]\"]",
      ", hosts: [\"*\"], labels: [pool=edge], entities: [\"file[*]\"]",
    ]
    for scope in right {
      let report = try report(waiver("file-closed", scope), snapshot(labels: ["pool=edge"]))
      #expect(status(report) == .waived, "\(scope)")
    }
  }

  @Test("Of two waivers the first that has not expired answers, and the other is in use too")
  func several() throws {
    let report = try report(
      waiver(expires: "2020-01-01") + ", " + waiver("file-closed", ", hosts: [\"worker-*\"]"), snapshot())
    #expect(status(report) == .waived)
    #expect(report.waivers.map(\.state) == [.expired, .inUse])
  }
}
