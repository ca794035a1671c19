import Reports

/// A report that was read and believed, with all that a store keeps of it.
package struct Incoming: Sendable {
  package let standing: Standing
  package let layout: Layout
  /// What is not in order, of this report.
  package let findings: [Finding]
  /// The document as it came, gzipped.
  package let document: [UInt8]

  package init(standing: Standing, layout: Layout, findings: [Finding], document: [UInt8]) {
    self.standing = standing
    self.layout = layout
    self.findings = findings
    self.document = document
  }
}

/// What became of a report that a store was given.
package enum Addition: String, Codable, Hashable, Sendable {
  /// It is on the disk.
  case stored
  /// It was there already: nothing is counted twice.
  case known
}

/// A snapshot of a host, kept so that it can be judged again.
package struct StoredSnapshot: Sendable {
  /// SHA-256 in hexadecimal of the document.
  package let digest: String
  package let host: String
  package let name: String
  package let pool: String
  package let startedAt: Int64
  /// Gzipped.
  package let document: [UInt8]

  package init(
    digest: String, host: String, name: String, pool: String, startedAt: Int64, document: [UInt8]
  ) {
    self.digest = digest
    self.host = host
    self.name = name
    self.pool = pool
    self.startedAt = startedAt
    self.document = document
  }
}

/// A document that was not taken, kept aside with the reason.
package struct Refused: Codable, Hashable, Sendable {
  /// SHA-256 in hexadecimal of the bytes as they came.
  package let digest: String
  package let at: Int64
  /// Where it came from: a file's name, or a peer's address.
  package let from: String
  package let reason: String
  /// How many bytes came.
  package let size: Int

  package init(digest: String, at: Int64, from: String, reason: String, size: Int) {
    self.digest = digest
    self.at = at
    self.from = from
    self.reason = reason
    self.size = size
  }
}

/// The sums of one day over a pool, each node counted once by its last report of that day.
package struct TrendPoint: Codable, Hashable, Sendable {
  /// Days since 1970-01-01.
  package let day: Int64
  package let benchmark: String
  package let pool: String
  package let nodes: Int
  package let passed: Int
  package let total: Int
  package let decided: Int
  package let applicable: Int
  package let failed: Int
  package let critical: Int
  package let high: Int

  package init(
    day: Int64, benchmark: String, pool: String, nodes: Int, passed: Int, total: Int, decided: Int,
    applicable: Int, failed: Int, critical: Int, high: Int
  ) {
    self.day = day
    self.benchmark = benchmark
    self.pool = pool
    self.nodes = nodes
    self.passed = passed
    self.total = total
    self.decided = decided
    self.applicable = applicable
    self.failed = failed
    self.critical = critical
    self.high = high
  }
}

/// What a node's latest report says, with since when the node is known.
package struct Current: Hashable, Sendable {
  package let standing: Standing
  /// When the first report of it that is known was made, in seconds since 1970.
  package let firstAt: Int64

  package init(standing: Standing, firstAt: Int64) {
    self.standing = standing
    self.firstAt = firstAt
  }
}

/// Which changes are asked for; nil asks for all.
package struct ChangeQuery: Hashable, Sendable {
  package let since: Int64?
  /// Before this moment.
  package let until: Int64?
  package let host: String?
  package let benchmark: String?
  /// The check's slug.
  package let check: String?
  /// At most so many, the latest first.
  package let limit: Int

  package init(
    since: Int64? = nil, until: Int64? = nil, host: String? = nil, benchmark: String? = nil,
    check: String? = nil, limit: Int = 1_000_000
  ) {
    self.since = since
    self.until = until
    self.host = host
    self.benchmark = benchmark
    self.check = check
    self.limit = limit
  }
}

/// Why a store could not do what it was asked.
package struct StoreProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String
  /// True where the same may work later: a full disk, a store that is down.
  package let isTemporary: Bool

  package init(_ description: String, isTemporary: Bool) {
    self.description = description
    self.isTemporary = isTemporary
  }
}

/// Where a fleet's reports are kept. Both stores give the same answers: one test suite runs over both.
///
/// Everything asked of it is about the latest report of each node and benchmark, the changes between successive reports, and sums by
/// day. A report that comes late, or twice, changes none of that but where it belongs.
package protocol Store: Sendable {
  /// Keeps reports, in any order, each whole or not at all. When it returns, what it says is stored survives a crash.
  /// - Returns: One answer for each report, in their order.
  func add(_ reports: [Incoming]) async throws(StoreProblem) -> [Addition]
  /// Keeps snapshots, the latest of each host; of one moment, that with the greater digest.
  func add(_ snapshots: [StoredSnapshot]) async throws(StoreProblem)
  /// Keeps a document that was refused, as long as there are few of them.
  func putAside(_ refused: Refused, _ bytes: [UInt8]) async throws(StoreProblem)

  /// The latest report of every node and benchmark, ordered by host and benchmark.
  func current(benchmark: String?) async throws(StoreProblem) -> [Current]
  /// The same of one host.
  func current(host: String) async throws(StoreProblem) -> [Current]
  func layouts() async throws(StoreProblem) -> [String: Layout]
  func trend(since day: Int64) async throws(StoreProblem) -> [TrendPoint]
  /// Latest first; of one moment, by host, benchmark and id.
  func changes(_ query: ChangeQuery) async throws(StoreProblem) -> [Change]
  /// All changes from a moment on, counted.
  func drift(since: Int64) async throws(StoreProblem) -> DriftTally
  /// What the latest reports have to show for one check, by host; by host and id.
  func findings(check: String, hosts: Set<String>?) async throws(StoreProblem) -> [(
    host: String, benchmark: String, finding: Finding
  )]
  func findings(host: String) async throws(StoreProblem) -> [(benchmark: String, finding: Finding)]
  /// A host's reports, latest first.
  func history(host: String, limit: Int) async throws(StoreProblem) -> [Standing]
  /// A report's document as it came, gzipped, as long as it is kept.
  func document(digest: String) async throws(StoreProblem) -> [UInt8]?
  /// The latest snapshot of each host, one after another.
  func eachSnapshot(_ body: @Sendable (StoredSnapshot) async throws -> Void) async throws
  /// Latest first.
  func refusals(limit: Int) async throws(StoreProblem) -> [Refused]
  /// A day's reports, one after another, ordered by start and host.
  func eachReport(ofDay day: Int64, _ body: @Sendable (Standing) async throws -> Void) async throws
  /// The days that have reports.
  func days() async throws(StoreProblem) -> [Int64]
  /// Drops what is older than is kept.
  func expire(_ retention: Retention, now: Int64) async throws(StoreProblem)
  /// Whether it answers.
  func ping() async throws(StoreProblem)
  func close() async
}

extension Store {
  package func drift(since: Int64) async throws(StoreProblem) -> DriftTally {
    DriftTally(try await changes(ChangeQuery(since: since)))
  }
}

/// How long what is kept, in days; whole ones (UTC) are kept and dropped.
package struct Retention: Hashable, Sendable {
  /// Reports' documents.
  package let documents: Int64
  /// What reports said, and the changes between them.
  package let history: Int64

  package init(documents: Int64 = 14, history: Int64 = 395) {
    self.documents = documents
    self.history = history
  }

  /// The first day (since 1970-01-01) whose documents are kept. Stores keep and drop whole days.
  package func documentsSince(_ now: Int64) -> Int64 { Moment.day(of: now) - documents }

  /// The first day (since 1970-01-01) whose reports, changes and sums are kept.
  package func historySince(_ now: Int64) -> Int64 { Moment.day(of: now) - history }
}
