import Facts
import Fleet
import FleetPages
import FleetSQLite
import Foundation
import Reports
import TestSupport

/// 2026-03-04T00:00:00Z.
let start: Int64 = 1_772_582_400
let days = 40
/// When the pages are asked for.
let now = start + Int64(days) * 86_400

/// Markup, quotes, a terminal's escape, a bidirectional override and a percent sign, wherever a node may put a text.
let hostile = "<img src=x onerror=alert(1)>\"'&amp;\u{1b}[31m\u{202e}%2e/?#"

/// One question of the made-up benchmark, and the share of nodes that fail it at first.
struct MadeCheck {
  let slug: String
  let area: String
  let severity: Severity
  let failing: Double
}

let madeChecks: [MadeCheck] = [
  MadeCheck(slug: "kubelet-anonymous-auth", area: "kubelet", severity: .critical, failing: 0.03),
  MadeCheck(slug: "kubelet-read-only-port", area: "kubelet", severity: .high, failing: 0.12),
  MadeCheck(slug: "kubelet-rotate-certificates", area: "kubelet", severity: .medium, failing: 0.3),
  MadeCheck(slug: "cpu-vulnerabilities-mitigated", area: "cpu", severity: .high, failing: 0.25),
  MadeCheck(slug: "kernel-lockdown", area: "kernel", severity: .medium, failing: 0.7),
  MadeCheck(slug: "kernel-module-signatures", area: "kernel", severity: .high, failing: 0.2),
  MadeCheck(slug: "sysctl-kernel-pointers-hidden", area: "sysctl", severity: .medium, failing: 0.35),
  MadeCheck(slug: "sysctl-rp-filter", area: "sysctl", severity: .low, failing: 0.5),
  MadeCheck(slug: "sysctl-no-redirects", area: "sysctl", severity: .medium, failing: 0.15),
  MadeCheck(slug: "sshd-no-root-login", area: "sshd", severity: .high, failing: 0.08),
  MadeCheck(slug: "sshd-no-passwords", area: "sshd", severity: .medium, failing: 0.2),
  MadeCheck(slug: "mounts-tmp-noexec", area: "mounts", severity: .medium, failing: 0.6),
  MadeCheck(slug: "mounts-var-nodev", area: "mounts", severity: .low, failing: 0.4),
  MadeCheck(slug: "files-shadow-mode", area: "files", severity: .critical, failing: 0.01),
  MadeCheck(slug: "files-kubeconfig-owner", area: "files", severity: .high, failing: 0.04),
  MadeCheck(slug: "tpm-log-replays", area: "tpm", severity: .medium, failing: 0.02),
  MadeCheck(slug: "lsm-enforcing", area: "lsm", severity: .high, failing: 0.1),
  MadeCheck(slug: "seccomp-default", area: "seccomp", severity: .medium, failing: 0.45),
  MadeCheck(slug: "audit-daemon-runs", area: "audit", severity: .medium, failing: 0.33),
  MadeCheck(slug: "packages-no-telnet", area: "packages", severity: .low, failing: 0.0),
]

let pools = ["control-plane", "edge", "gpu", "workers-blue", "workers-green"]

/// What a collector's own catalogue says of two of the checks.
let texts = [
  "kubelet-anonymous-auth": Report.Texts(
    title: "The kubelet refuses requests without credentials",
    rationale: "Who reaches port 10250 without credentials is otherwise the user system:anonymous.",
    remediation: "Set authentication.anonymous.enabled to false in the kubelet's configuration file.",
    references: ["CIS Kubernetes 4.2.1"]),
  "kernel-lockdown": Report.Texts(
    title: "The kernel holds root off from itself",
    rationale: "Lockdown keeps root from the kernel's memory.",
    remediation: "Add lockdown=integrity to the kernel's parameters.", references: []),
]

/// A fleet from a seed: five pools, forty days, three nodes unlike their pools, two that fell silent.
struct MadeFleet {
  static let outliers = ["gpu-3", "workers-blue-7", "edge-11"]
  static let silent = ["workers-green-2", "edge-4"]
  static let perPool = 14

  private var random = SeededGenerator(seed: 7)
  private var failing: [String: [Bool]] = [:]

  /// Every node's report of every day.
  mutating func reports() -> [Report] {
    var all: [Report] = []
    for day in 0..<days {
      for pool in pools {
        for number in 1...Self.perPool {
          let name = "\(pool)-\(number)"
          if Self.silent.contains(name), day > 33 { continue }
          all.append(report(name, pool: pool, day: day))
        }
      }
    }
    return all
  }

  private mutating func report(_ name: String, pool: String, day: Int) -> Report {
    let weight = [0.5, 1.6, 1.1, 0.9, 0.7][pools.firstIndex(of: pool) ?? 0]
    var own = failing[name] ?? []
    for (place, check) in madeChecks.enumerated() {
      if day == 0 { own.append(Double.random(in: 0..<1, using: &random) < check.failing * weight) }
      // What fails is mended now and then, and what is mended breaks less often.
      if own[place], Double.random(in: 0..<1, using: &random) < 0.014 { own[place] = false }
      if !own[place], Double.random(in: 0..<1, using: &random) < 0.002 { own[place] = true }
      if day > 30, Self.outliers.contains(name), check.failing < 0.15 { own[place] = true }
    }
    failing[name] = own
    let results = zip(madeChecks, own).map { check, fails -> CheckResult in
      var status: Status = fails ? .fail : .pass
      if check.area == "tpm", pool == "edge" { status = .notApplicable }
      if check.slug == "seccomp-default", name.hasSuffix("-5") { status = .unknown }
      if check.slug == "audit-daemon-runs", pool == "gpu", fails { status = .waived }
      return result(
        status, check.severity, id: check.slug, area: check.area, check: check.slug,
        evidence: [
          evidence(
            entity: "", fact: "\(check.area).setting", expected: "true", found: fails ? "false" : "true",
            sources: ["/etc/\(check.area).conf:12"])
        ])
    }
    return nodeReport(name, at: start + Int64(day) * 86_400 + 7_200, results, waivers: waivers(pool))
  }

  private func waivers(_ pool: String) -> [WaiverUse] {
    guard pool == "gpu" else { return [] }
    return [
      WaiverUse(
        check: "audit-daemon-runs", reason: "The vendor's driver does not bear it", owner: "gpu team",
        expires: "2026-05-01", state: .inUse, results: 1),
      WaiverUse(
        check: "mounts-tmp-noexec", reason: "Until the new image", owner: "platform", expires: "2026-03-20",
        state: .expired, results: 0),
    ]
  }
}

func nodeReport(
  _ name: String, id: String? = nil, at: Int64, _ results: [CheckResult], waivers: [WaiverUse] = [],
  benchmark: String = "node-baseline", os: String = "Debian GNU/Linux 12 (bookworm)", complete: Bool = true
) -> Report {
  let host = HostIdentity(
    id: id, hostname: name, nodeName: nil, bootID: nil,
    os: OperatingSystem(id: "debian", version: "12", name: os), kernel: "6.1.0-18-amd64",
    architecture: "x86_64", roles: ["worker"], kubeletVersion: "v1.33.1", isRunning: true)
  let run = Run(id: "\(name)-\(at)", sequence: at, startedAt: Moment.text(at))
  return Report(
    run: ReportRun(run, complete: complete), auditor: Auditor(name: "plumbline", version: "0.1.0"),
    benchmark: Citation(
      name: benchmark, title: benchmark, version: "0.1", digest: String(repeating: "ab", count: 32)),
    host: host, day: run.day, collectors: [], results: results, waivers: waivers)
}

/// As a collector takes it, minutes after the look.
func taken(_ report: Report, pools: Inventory) throws -> Incoming {
  let intake = Intake(trust: nil, inventory: pools)
  let at = Moment.seconds(report.run.startedAt) ?? 0
  guard case .report(let incoming) = try intake.read(try encodeReport(report), now: at + 120) else {
    throw FixtureProblem.noReport
  }
  return incoming
}

enum FixtureProblem: Error { case noReport }

/// Asks a site over a store that is gone with the test.
struct Asked {
  let store: SQLiteStore
  let asking: Asking
  let site: Site

  func page(_ path: String, _ query: [(name: String, value: String)] = []) async throws -> Page {
    try await site.page(path, query: query, asking: asking)
  }

  /// The page of an address as a page has it.
  func page(at address: String) async throws -> Page {
    let parts = address.split(separator: "#", maxSplits: 1)[0].split(separator: "?", maxSplits: 1)
    let query = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { part in
      let pair = part.split(separator: "=", maxSplits: 1).map { String($0).removingPercentEncoding ?? "" }
      return (name: pair[0], value: pair.count > 1 ? pair[1] : "")
    }
    return try await page(String(parts[0]), query)
  }
}

/// A store's file with an inventory. It is made once, and each test has a copy of its own: taking a fleet's reports takes a while.
private struct MadeStore: Sendable {
  let file: Data
  let inventory: Inventory

  init(_ reports: [Report], inventory text: String, refused: [Refused]) async throws {
    let inventory = try Inventory(Array(text.utf8))
    self.inventory = inventory
    file = try await withFolder { folder in
      let path = folder.appending(path: "fleet.db")
      let store = try SQLiteStore(path: path.path)
      _ = try await store.add(try reports.map { try taken($0, pools: inventory) })
      for refused in refused { try await store.putAside(refused, []) }
      await store.close()
      return try Data(contentsOf: path)
    }
  }

  func with<Result>(_ body: (Asked) async throws -> Result) async throws -> Result {
    try await withFolder { folder in
      let path = folder.appending(path: "fleet.db")
      try file.write(to: path)
      let store = try SQLiteStore(path: path.path)
      let asking = Asking(store, inventory: inventory, now: now)
      let result = try await body(Asked(store: store, asking: asking, site: Site(texts: texts)))
      await store.close()
      return result
    }
  }

  static let fleet = Task {
    var fleet = MadeFleet()
    return try await MadeStore(
      fleet.reports(),
      inventory: (pools.map { "\($0)-*,\($0)" } + ["workers-blue-99,workers-blue"])
        .joined(separator: "\n"), refused: [refusal("reports/cut.json")])
  }

  static let hostile = Task {
    try await MadeStore(
      hostileReports(), inventory: "\(FleetPagesTests.hostile.split(separator: "#")[0]),a pool\n",
      refused: [refusal(FleetPagesTests.hostile)])
  }

  static let empty = Task { try await MadeStore([], inventory: "", refused: []) }
}

/// A directory that is gone with the test.
func withFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "pages-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}

/// The made-up fleet, with an inventory that expects a node which never came.
func withFleet<Result>(_ body: (Asked) async throws -> Result) async throws -> Result {
  try await MadeStore.fleet.value.with(body)
}

/// Nodes that write markup and controls wherever they can, in two benchmarks.
func withHostileFleet<Result>(_ body: (Asked) async throws -> Result) async throws -> Result {
  try await MadeStore.hostile.value.with(body)
}

private func hostileReports() -> [Report] {
  func results(_ status: Status) -> [CheckResult] {
    [
      result(
        status, .critical, id: hostile, area: hostile, check: hostile,
        evidence: [
          evidence(entity: hostile, fact: hostile, expected: hostile, found: hostile, sources: [hostile])
        ]),
      result(.unknown, .high, id: "1.2", area: "kernel", check: "kernel-lockdown"),
    ]
  }
  let waiver = WaiverUse(
    check: hostile, reason: hostile, owner: hostile, expires: "2026-03-01", state: .expired, results: 0)
  var reports: [Report] = []
  for number in 0..<7 {
    let name = number == 0 ? hostile : "\(hostile)\(number)"
    for day in 0..<3 {
      let own = results(number == 3 || day == 1 ? .pass : .fail)
      for benchmark in ["node-baseline", hostile] {
        reports.append(
          nodeReport(
            name, id: "0123456789abcdef0123", at: start + Int64(day) * 86_400, own, waivers: [waiver],
            benchmark: benchmark, os: hostile, complete: false))
      }
    }
  }
  return reports
}

func withEmptyFleet<Result>(_ body: (Asked) async throws -> Result) async throws -> Result {
  try await MadeStore.empty.value.with(body)
}

private func refusal(_ from: String) -> Refused {
  Refused(
    digest: String(repeating: "cd", count: 32), at: now - 600, from: from, reason: "no report: \(from)",
    size: 1_234)
}
