import ArgumentParser
import Fleet
import FleetClickHouse

struct Prepare: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make the store's tables where there are none, or print what makes them.",
    discussion: """
      Every command makes them at first use. This one is for a cluster that is being set up, and with --print for a database in which \
      the program may not make tables: give what it prints to each of the cluster's servers.
      """)

  @OptionGroup var place: StoreOptions

  @Option(
    help: ArgumentHelp(
      "Print the statements for this version of ClickHouse (18.16.1), and connect to nothing.",
      valueName: "version"))
  var print: String?

  func run() async throws {
    guard let version = print else { return try await place.with { try await $0.ping() } }
    guard let statements = ClickHouseStore.statements(try address(place.store), version: version) else {
      throw ValidationError("--print \(version): is no version")
    }
    for statement in statements { Swift.print(statement + ";") }
  }
}
