import Facts
import Testing

@testable import Collectors

@Suite("Scalars are read as Go reads them")
struct GoFormatsTests {
  @Test(
    "Durations",
    arguments: [
      ("4h", 14400), ("1h30m", 5400), ("1.5h", 5400), ("300ms", 1), ("0", 0), ("0s", 0), ("-2m", -120),
      (".5m", 30),
      ("", nil), ("5", nil), ("5x", nil), ("h", nil), ("1..5h", nil), ("99999999999999999h", nil),
      ("--1s", nil),
    ] as [(String, Int64?)])
  func durations(_ text: String, _ seconds: Int64?) { #expect(goSeconds(text) == seconds) }

  @Test(
    "Booleans and numbers",
    arguments: [
      ("true", true, nil), ("T", true, nil), ("0", false, 0), ("yes", nil, nil), ("\"true\"", nil, nil),
      ("0x10", nil, 16),
      ("010", nil, 8), ("-1", nil, -1), ("9223372036854775808", nil, nil), ("", nil, nil), ("1e3", nil, nil),
      ("１", nil, nil),
    ] as [(String, Bool?, Int64?)])
  func scalars(_ text: String, _ flag: Bool?, _ number: Int64?) {
    #expect(goFlag(text) == flag)
    #expect(goNumber(text) == number)
  }

  @Test("Gates") func gates() {
    #expect(goGates("A=true, B=false")?.map(\.name) == ["A", "B"])
    #expect(goGates("A") == nil)
  }
}
