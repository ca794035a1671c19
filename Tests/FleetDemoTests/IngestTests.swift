import Foundation
import Testing

/// What `plumbline-fleet ingest` takes of what it is given.
struct IngestTests {
  private let program = Program.path("plumbline-fleet")

  @Test
  func `A directory's documents are taken and what lies beside them is not; a file that is named is read`()
    async throws
  {
    try await withDirectory { directory in
      let made = "\(directory)/made"
      let store = ["--store", "\(directory)/fleet.db"]
      try Program.run(program, ["demo", "--write", made, "--nodes", "5", "--days", "1", "--checks", "20"])
      let inventory = "\(made)/inventory.csv"
      try #require(FileManager.default.fileExists(atPath: inventory))
      let all = try Program.run(program, ["ingest"] + store + [made])
      #expect(all.status == 0)
      #expect(String(decoding: all.output, as: UTF8.self).contains(" stored, 0 known already, 0 refused"))
      #expect(
        all.errors.contains("passed over a file in a directory") && all.errors.contains("inventory.csv"))
      let named = try Program.run(program, ["ingest"] + store + [inventory])
      #expect(named.status == 1)
      #expect(String(decoding: named.output, as: UTF8.self).contains("0 stored, 0 known already, 1 refused"))
    }
  }
}
