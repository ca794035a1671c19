import ArgumentParser
import Fleet

struct Expire: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Drop what is older than is to be kept.",
    discussion: """
      A node's latest report stays with its document, however long the node has been silent. The sums by day stay for good. The file does \
      not shrink: what becomes free in it is used again.
      """)

  @OptionGroup var place: StoreOptions

  @Option(help: "Days that reports' documents are kept.")
  var documentsDays: Int64 = Retention().documents

  @Option(help: "Days that what reports said, and the changes between them, are kept.")
  var historyDays: Int64 = Retention().history

  func validate() throws {
    guard (1...36_500).contains(documentsDays), (1...36_500).contains(historyDays) else {
      throw ValidationError("--documents-days and --history-days are 1 to 36500.")
    }
    guard documentsDays <= historyDays else {
      throw ValidationError("--documents-days is at most --history-days: a document goes with its report.")
    }
  }

  func run() async throws {
    try await place.with { store in
      try await store.expire(Retention(documents: documentsDays, history: historyDays), now: secondsNow())
    }
  }
}
