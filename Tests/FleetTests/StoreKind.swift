import Fleet
import FleetSQLite
import Foundation
import TestSupport
import Testing

/// The stores that these tests run over here: the one in a file.
enum StoreKind: CaseIterable {
  case file

  static let usable = allCases
  static let seeds: UInt64 = 8

  /// Gives stores by name, made where there is none of the name, and removes them when the test is over.
  func with(_ body: (_ place: (String) async throws -> any Store) async throws -> Void) async throws {
    try await withDirectory { directory in
      try await body { try SQLiteStore(path: "\(directory)/\($0).db") }
    }
  }
}

@Suite struct SQLiteStoreTests {
  @Test func `A file that is no store is said to be none`() async throws {
    try await withDirectory { directory in
      let path = "\(directory)/text.db"
      try #require(
        try? "no database, but text that is long enough to be read".write(
          toFile: path, atomically: true, encoding: .utf8))
      #expect(throws: StoreProblem.self) { try SQLiteStore(path: path) }
    }
  }
}
