import Host
import Testing

@Suite("UEFI variables")
struct EFIVariablesTests {
  private static func little(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> ($0 * 8) & 0xff) } }

  private static func list(size: UInt32, header: UInt32 = 0, signature: UInt32, body: Int) -> [UInt8] {
    [UInt8](repeating: 0xa1, count: 16) + little(size) + little(header) + little(signature)
      + [UInt8](repeating: 7, count: body)
  }

  @Test("Attributes are the first four bytes; a flag is one byte, 0 or 1")
  func variable() throws {
    let secureBoot = try #require(EFIVariable(parsing: [6, 0, 0, 0x80, 1]))
    #expect(secureBoot.attributes == 0x8000_0006)
    #expect(secureBoot.flag == true)
    #expect(EFIVariable(parsing: [6, 0, 0, 0, 0])?.flag == false)
    #expect(EFIVariable(parsing: [6, 0, 0, 0])?.flag == nil)
    #expect(EFIVariable(parsing: [6, 0, 0, 0, 2])?.flag == nil)
    #expect(EFIVariable(parsing: [6, 0, 0, 0, 1, 1])?.flag == nil)
    #expect(EFIVariable(parsing: [6, 0, 0]) == nil)
  }

  @Test("Entries of all lists are counted, past a list's own header")
  func database() throws {
    #expect(try EFISignatureDatabase(parsing: []).entries == 0)
    let two = Self.list(size: 28 + 96, signature: 48, body: 96)
    let headed = Self.list(size: 28 + 8 + 20, header: 8, signature: 20, body: 28)
    let database = try EFISignatureDatabase(parsing: two + headed)
    #expect(database.entries == 3)
    #expect(database.lists == 2)
  }

  @Test(
    "Lists that contradict themselves are refused",
    arguments: [
      list(size: 28 + 48, signature: 48, body: 47),  // cut
      list(size: 27, signature: 48, body: 48),  // smaller than its fixed part
      list(size: 28 + 50, signature: 48, body: 50),  // no whole number of entries
      list(size: 28 + 48, signature: 0, body: 48),
      list(size: 28 + 48, signature: 16, body: 48),
      list(size: 28 + 48, header: 0xffff_ffff, signature: 48, body: 48),
      list(size: 0xffff_ffff, header: 0xffff_ffff, signature: 0xffff_ffff, body: 48),
      [UInt8](repeating: 0, count: 27), [UInt8](repeating: 0, count: 28), [UInt8](repeating: 0xff, count: 64),
    ])
  func malformed(_ bytes: [UInt8]) {
    #expect(throws: EFISignatureDatabase.Failure.malformed(list: 1)) {
      _ = try EFISignatureDatabase(parsing: bytes)
    }
  }

  @Test("More entries or lists than any firmware keeps are refused")
  func tooMany() {
    let empty = Self.list(size: 28, signature: 48, body: 0)
    #expect(throws: EFISignatureDatabase.Failure.tooMany(limit: 10)) {
      _ = try EFISignatureDatabase(parsing: Array(repeatElement(empty, count: 11).joined()), atMost: 10)
    }
    #expect(throws: EFISignatureDatabase.Failure.tooMany(limit: 1)) {
      _ = try EFISignatureDatabase(parsing: Self.list(size: 28 + 96, signature: 48, body: 96), atMost: 1)
    }
  }

  @Test("Any bytes get an answer")
  func mutated() {
    var seed: UInt64 = 42
    let base =
      Self.list(size: 28 + 96, signature: 48, body: 96) + Self.list(size: 28 + 20, signature: 20, body: 20)
    for _ in 0..<2000 {
      var bytes = base
      for _ in 0..<3 {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes[Int(seed >> 33) % bytes.count] = UInt8(truncatingIfNeeded: seed >> 24)
      }
      do throws(EFISignatureDatabase.Failure) {
        #expect(try EFISignatureDatabase(parsing: bytes).entries <= bytes.count / 17)
      } catch {
        #expect(error != .tooMany(limit: 0))
      }
    }
  }
}
