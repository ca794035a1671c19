package import Facts

/// One host judged by one benchmark: the document that leaves the node. Its schema is docs/report-v1.schema.json.
package struct Report: Codable, Hashable, Sendable {
  /// The version of this document's schema. Additions keep it; a changed meaning raises it.
  package static let format = "plumbline/report/v1"

  package let schema: String
  package let run: ReportRun
  package let auditor: Auditor
  package let benchmark: Citation
  package let host: HostIdentity
  /// The day that waivers were held against, `YYYY-MM-DD`.
  package let day: String
  package let summary: Summary
  package let score: Score
  package let collectors: [CollectorRun]
  /// One for each of the benchmark's entries, in the benchmark's order; then those from outside.
  package private(set) var results: [CheckResult]
  /// What became of each waiver that the run was given.
  package let waivers: [WaiverUse]
  /// The checks' static texts by slug; only where they were asked for, since the profile that the digest names has them.
  package var texts: [String: Texts]?
  /// Which failures are new, where the run was given an earlier report.
  package var baseline: Baseline?
  /// Who else has results here.
  private var outside: [Origin]?

  package init(
    run: ReportRun, auditor: Auditor, benchmark: Citation, host: HostIdentity, day: String,
    collectors: [CollectorRun], results: [CheckResult], waivers: [WaiverUse] = [],
    texts: [String: Texts]? = nil
  ) {
    schema = Self.format
    self.run = run
    self.auditor = auditor
    self.benchmark = benchmark
    self.host = host
    self.day = day
    summary = Summary(results)
    score = Score(results)
    self.collectors = collectors
    self.results = results
    self.waivers = waivers
    self.texts = texts
  }

  package var origins: [Origin] { outside ?? [] }

  /// The program's own results: what is counted and scored.
  package var own: [CheckResult] {
    // Nearly always all of them, and then there is nothing to copy.
    results.contains { $0.origin != nil } ? results.filter { $0.origin == nil } : results
  }

  /// What files can't tell: undecided on a host that does not run, and only for that.
  package func needsRunningHost(_ result: CheckResult) -> Bool {
    if case .unknown(let reason, _) = result.verdict {
      reason.code == .needsRunningHost && !host.isRunning
    } else {
      false
    }
  }

  /// The same report with results of another program after its own.
  package func adding(_ results: [CheckResult], from origin: Origin) -> Report {
    var report = self
    report.results += results
    report.outside = origins + [origin]
    return report
  }

  /// The same report with these results instead of its own.
  func having(_ results: [CheckResult]) -> Report {
    var report = self
    report.results = results
    return report
  }

  /// A check's words: what it asks, why, and how to put it right.
  package struct Texts: Codable, Hashable, Sendable {
    package let title: String
    package let rationale: String
    package let remediation: String
    package let references: [String]

    package init(title: String, rationale: String, remediation: String, references: [String]) {
      self.title = title
      self.rationale = rationale
      self.remediation = remediation
      self.references = references
    }
  }
}

/// Another program that has results in a report.
package struct Origin: Codable, Hashable, Sendable {
  package let name: String
  package let version: String?
  package let results: Int

  package init(name: String, version: String?, results: Int) {
    self.name = name
    self.version = version
    self.results = results
  }
}

/// The run that the snapshot was taken in, and whether it saw everything.
package struct ReportRun: Codable, Hashable, Sendable {
  package let id: String
  package let sequence: Int64
  package let startedAt: String
  /// False where a collector was partial or a check could not be decided: something was out of reach.
  package let complete: Bool

  package init(_ run: Run, complete: Bool) {
    id = run.id
    sequence = run.sequence
    startedAt = run.startedAt
    self.complete = complete
  }
}

/// By what a host was judged.
package struct Citation: Codable, Hashable, Sendable {
  package let name: String
  package let title: String
  package let version: String
  /// SHA-256 in hexadecimal of everything that decided.
  package let digest: String
  /// Why this benchmark, where it was chosen for the user.
  package let note: String?

  package init(name: String, title: String, version: String, digest: String, note: String? = nil) {
    self.name = name
    self.title = title
    self.version = version
    self.digest = digest
    self.note = note
  }
}

/// One entry of the benchmark and its answer.
package struct CheckResult: Hashable, Sendable {
  /// The benchmark's own id: `4.2.1`.
  package let id: String
  /// The check's slug.
  package let check: String
  package let area: String
  package let severity: Severity
  /// The published profile level.
  package let level: Int?
  /// With at most `evidenceKept` pieces of evidence.
  package let verdict: Verdict
  /// How many pieces of evidence more there were.
  package let evidenceDropped: Int
  /// The program that says so, where it is another one; such a result is part of no count and no score.
  package let origin: String?

  /// Pieces of evidence kept: one check may speak of thousands of files. What calls for action names its offenders; what is in
  /// order, or out of reach, is shown by example, and the snapshot has the rest.
  package static func evidenceKept(_ status: Status) -> Int {
    switch status {
    case .fail, .manual, .waived, .error: 10
    case .unknown: 3
    case .pass: 2
    case .notApplicable: 1
    }
  }

  package init(
    id: String, check: String, area: String, severity: Severity, level: Int?, verdict: Verdict,
    evidenceDropped: Int = 0, origin: String? = nil
  ) {
    self.id = id
    self.check = check
    self.area = area
    self.severity = severity
    self.level = level
    self.origin = origin
    let kept = verdict.keeping(Self.evidenceKept(verdict.status))
    self.verdict = kept
    self.evidenceDropped = evidenceDropped + verdict.evidenceCount - kept.evidenceCount
  }
}

/// How many results there are of each status, and of failures of each severity.
package struct Summary: Codable, Hashable, Sendable {
  package let statuses: [String: Int]
  package let failuresBySeverity: [String: Int]

  package init(_ results: [CheckResult]) {
    var statuses = Dictionary(uniqueKeysWithValues: Status.allCases.map { ($0.rawValue, 0) })
    var failures = Dictionary(uniqueKeysWithValues: Severity.allCases.map { ($0.rawValue, 0) })
    for result in results where result.origin == nil {
      statuses[result.verdict.status.rawValue, default: 0] += 1
      if result.verdict.status == .fail { failures[result.severity.rawValue, default: 0] += 1 }
    }
    self.statuses = statuses
    failuresBySeverity = failures
  }
}
