import Fleet
import FoundationEssentials
import Reports
import Testing

@testable import Fleet

struct CanonicalTests {
  @Test func `what the program writes is canonical`() throws {
    let report = nodeReport("worker-ä \"1\"", hour: 0, [.pass, .fail, .waived, .unknown, .manual])
    #expect(isCanonicalJSON(try encodeReport(report)))
  }

  @Test(arguments: [
    "{\"a\": 1}\n", "{\"a\":1}", "{\"a\":1}\n\n", "{\"b\":1,\"a\":2}\n", "{\"a\":1,\"a\":2}\n",
    "{\"a\":null}\n",
    "{\"a\":1.50}\n", "{\"a\":1e3}\n", "{\"a\":01}\n", "{\"a\":\"\\u0041\"}\n", "{\"a\":\"\\/\"}\n", "[1,]\n",
    "{\"a\"\n", "",
    "\n", "{\"a\":-}\n", "{\"a\":tru}\n", "\"\n",
  ])
  func `what is written otherwise is not`(text: String) { #expect(!isCanonicalJSON(Array(text.utf8))) }

  @Test(arguments: ["{}\n", "[]\n", "{\"a\":[1,-2,0,0.5,82.7,true,false,{\"b\":\"\\n\\\"\"}]}\n"])
  func `what is written so is`(text: String) { #expect(isCanonicalJSON(Array(text.utf8))) }

  @Test func `a report that was reformatted is the same report`() throws {
    let bytes = try encodeReport(nodeReport("worker-1", hour: 0, [.pass, .fail, .waived, .unknown, .manual]))
    let intake = Intake(trust: nil, inventory: .none)
    let now = start + 86_400
    let blanks = String(decoding: bytes, as: UTF8.self).replacing(",\"", with: " ,\n \"")
    guard case .report(let first) = try intake.read(bytes, now: now),
      case .report(let second) = try intake.read(Array(blanks.utf8), now: now)
    else {
      Issue.record("no reports")
      return
    }
    #expect(first.standing == second.standing)
  }

  @Test func `nesting without end is no canonical document, and no crash`() {
    #expect(!isCanonicalJSON([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)))
  }
}
