import ArgumentParser
import Fleet
import Foundation
import Glibc

/// Where the reports are.
struct StoreOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The fleet's file (SQLite), made where there is none, or clickhouse://[USER@]HOST:PORT/DATABASE (clickhouses:// is HTTPS).",
      valueName: "place"))
  var store: String

  @Option(
    name: .customLong("store-password-file"),
    help: "A file with ClickHouse's password; or else PLUMBLINE_STORE_PASSWORD in the environment.")
  var passwordFile: String?

  @Option(
    name: .customLong("store-ca"),
    help:
      "A PEM file of the authorities that ClickHouse's certificate must lead to; the system's, if not given.")
  var authorities: String?

  /// Opens the store, does the work, closes it; what can't be done ends the program with status 3 and the reason.
  func with<Result>(_ body: (any Store) async throws -> Result) async throws -> Result {
    do {
      let opened = try await openStore(store, passwordFile: passwordFile, authorities: authorities)
      do {
        let result = try await body(opened)
        await opened.close()
        return result
      } catch {
        await opened.close()
        throw error
      }
    } catch let problem as StoreProblem {
      complain("--store \(store): \(problem)")
      throw ExitCode(3)
    }
  }

  /// Asks a question; what nobody knows is wrong use.
  func ask<Result>(_ inventory: Inventory = .none, _ question: (Asking) async throws -> Result) async throws
    -> Result
  {
    try await with { store in
      do {
        return try await question(Asking(store, inventory: inventory, now: secondsNow()))
      } catch let unanswerable as Unanswerable {
        throw ValidationError("\(unanswerable)")
      }
    }
  }
}

/// In which form an answer is printed.
struct FormOptions: ParsableArguments {
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case table, json, csv
  }

  @Option(help: "How to print it: table, json or csv.")
  var format: Form = .table

  func show(_ answer: some Answer) {
    switch format {
    case .table: print(answer.table.text, terminator: "")
    case .json: print(answer.json, terminator: "")
    case .csv: print(answer.table.csv, terminator: "")
    }
  }
}

/// The inventory, for the commands that hold against it.
struct InventoryOptions: ParsableArguments {
  @Option(
    help: "A file with a node and its pool a line: 'worker-1,blue'; 'worker-*,blue' gives the pool of many.")
  var inventory: String?

  func read() throws -> Inventory {
    guard let inventory else { return .none }
    do {
      return try Inventory(try content(of: inventory))
    } catch {
      throw ValidationError("--inventory \(inventory): \(error)")
    }
  }
}

func complain(_ text: String) { FileHandle.standardError.write(Data("plumbline-fleet: \(text)\n".utf8)) }

/// Seconds since 1970, read once by each command.
func secondsNow() -> Int64 { Int64(time(nil)) }

/// A moment, or a span back from now; see `Moment.since`.
struct Since: ExpressibleByArgument {
  private let text: String

  init?(argument: String) {
    guard Moment.since(argument, now: 0) != nil else { return nil }
    text = argument
  }

  func seconds(now: Int64) -> Int64 { Moment.since(text, now: now) ?? now }
}
