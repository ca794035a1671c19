import ArgumentParser
import Fleet
import Foundation
import Glibc
import Reports

extension ExportKind: ExpressibleByArgument {}
extension ExportForm: ExpressibleByArgument {}

struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write what is kept as files by day, for a lake.",
    discussion: """
      DIR/KIND/day=2026-01-31/part.ndjson.gz: a file a day and kind, each there whole or not at all. Days that were written before are left \
      alone, so that it can be run again and again; only days that are over (UTC) are written. The columns are in docs/export.md.
      """)

  @OptionGroup var place: StoreOptions

  @Option(
    name: .customLong("to"), help: ArgumentHelp("Where to; made where it is not there.", valueName: "dir"))
  var directory: String

  @Option(help: "ndjson or csv.")
  var format: ExportForm = .ndjson

  @Option(
    name: .customLong("kind"), parsing: .singleValue,
    help: "reports, results or changes; may be given several times. All of them unless given.")
  var kinds: [ExportKind] = []

  @Option(help: "Only this day and later ones: 2026-01-31.")
  var since: String?

  @Flag(help: "The day that is not over, too; it is written again the next time.")
  var today = false

  @Flag(help: "Also days that were written before: reports may have come late.")
  var again = false

  @Flag(inversion: .prefixedNo, help: "Compressed by gzip.")
  var gzip = true

  func validate() throws {
    if let since, Moment.day(since) == nil { throw ValidationError("--since is a day: 2026-01-31.") }
  }

  func run() async throws {
    let now = secondsNow()
    let kinds = kinds.isEmpty ? ExportKind.allCases : kinds
    let first = since.flatMap { Moment.day($0) } ?? .min
    try await place.with { store in
      let layouts = try await store.layouts()
      let last = Moment.day(of: now) - (today ? 0 : 1)
      for day in try await store.days() where day >= first && day <= last {
        for kind in Set(kinds).sorted(by: { $0.rawValue < $1.rawValue }) {
          do {
            try await write(kind, day, from: store, layouts)
          } catch let problem as FileProblem {
            complain("\(problem)")
            throw ExitCode(1)
          }
        }
      }
    }
  }

  private func write(_ kind: ExportKind, _ day: Int64, from store: any Store, _ layouts: [String: Layout])
    async throws
  {
    let directory = "\(directory)/\(kind.rawValue)/day=\(Moment.text(ofDay: day))"
    Partition.sweep(directory)
    let path = "\(directory)/part.\(format.rawValue)" + (gzip ? ".gz" : "")
    guard again || !isFinal(path, day) else { return }
    let writer = PartitionWriter(try Partition(path, isCompressed: gzip), kind, format)
    switch kind {
    case .reports:
      try await store.eachReport(ofDay: day) { try await writer.add([ExportKind.report($0)]) }
    case .results:
      try await store.eachReport(ofDay: day) { standing in
        guard let layout = layouts[standing.layout] else { return }
        try await writer.add(try ExportKind.results(standing, layout))
      }
    case .changes:
      let start = day * Moment.secondsPerDay
      let changes = try await store.changes(
        ChangeQuery(since: start, until: start + Moment.secondsPerDay, limit: .max))
      try await writer.add(changes.reversed().map(ExportKind.change))
    }
    if let rows = try await writer.finish() { print("\(path)\t\(rows)") }
  }

  /// Whether the file was written after its day was over.
  private func isFinal(_ path: String, _ day: Int64) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    return Int64(status.st_mtim.tv_sec) >= (day + 1) * Moment.secondsPerDay
  }
}

/// One partition's rows; an actor, because a store hands reports over from threads of its own.
private actor PartitionWriter {
  private let partition: Partition
  private let columns: [String]
  private let form: ExportForm

  init(_ partition: sending Partition, _ kind: ExportKind, _ form: ExportForm) {
    self.partition = partition
    self.form = form
    columns = kind.columns
  }

  func add(_ rows: [[Cell]]) throws {
    for cells in rows {
      if partition.rows == 0 { try partition.add(form.head(columns), isRow: false) }
      try partition.add(form.line(columns, cells))
    }
  }

  /// - Returns: How many rows there are; nil where there is none, and no file either.
  func finish() throws -> Int? {
    guard partition.rows > 0 else { return nil }
    try partition.finish()
    return partition.rows
  }
}
