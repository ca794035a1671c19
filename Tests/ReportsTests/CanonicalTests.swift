import Facts
import TestSupport
import Testing

@testable import Reports

@Suite("Reports read in one pass")
struct CanonicalTests {
  @Test("What the program writes is read so, and is what the general reader makes of it")
  func written() throws {
    for report in [fullReport(), report(typicalResults()), report([])] {
      let bytes = try encodeReport(report)
      let canonical = try #require(CanonicalReport(bytes))
      #expect(canonical.results == report.results)
      #expect(canonical.place == 0..<(bytes.count - 1))
      #expect(try decodeReport(bytes) == report)
      #expect(try decodeReport(blank + bytes) == report)
    }
  }

  /// One that keeps a document from being read in one pass, and means nothing.
  private let blank = [UInt8(ascii: " ")]

  @Test("What was changed says the same to both readers, or to none")
  func mutations() throws {
    let bytes = try encodeReport(report(Status.allCases.map { result($0, .high, id: "1", level: 2) }))
    let marks = Array("\"\\{}[]:,0127.-enulftrpas é\n".utf8)
    var generator = SeededGenerator(seed: 7)
    var quick = 0
    for _ in 0..<4000 {
      var changed = bytes
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      if Bool.random(using: &generator) {
        changed[place] = try #require(marks.randomElement(using: &generator))
      } else {
        changed.remove(at: place)
      }
      guard CanonicalReport(changed) != nil else { continue }
      quick += 1
      #expect((try? decodeReport(changed)) == (try? decodeReport(blank + changed)))
    }
    #expect(quick > 400)
  }

  @Test(
    "JSON that is written otherwise is left to the general reader",
    arguments: [
      "{\"a\": 1}", "{\"b\":1,\"a\":2}", "{\"a\":1,\"a\":2}", "{\"a\":null}", "{\"a\":1.50}", "{\"a\":1e3}",
      "{\"a\":01}", "{\"a\":\"\\u0041\"}", "{\"a\":\"\\/\"}", "{\"a\":[1,]}", "{\"a\"", "", "{\"a\":-}",
      "{\"a\":tru}", "\"", "{\"a\":\"\u{1}\"}",
    ])
  func otherwise(text: String) {
    #expect(!isCanonical(Array(text.utf8)))
  }

  @Test(
    "JSON as the program writes it",
    arguments: ["{}", "[]", "{\"a\":[1,-2,0,0.5,82.7,true,false,{\"b\":\"\\n\\\"\"}]}"])
  func canonical(text: String) {
    #expect(isCanonical(Array(text.utf8)))
  }

  private func isCanonical(_ bytes: [UInt8]) -> Bool {
    var scan = CanonicalScan(bytes)
    return scan.value() && scan.rest.isEmpty
  }

  @Test("Text keeps its escapes' meaning")
  func escapes() {
    var scan = CanonicalScan(Array("\"a\\\\b\\\"\\n\\r\\té\"".utf8))
    let text = scan.text()
    #expect(text == "a\\b\"\n\r\té")
    var broken = CanonicalScan([UInt8(ascii: "\""), 0xff, UInt8(ascii: "\"")])
    let none = broken.text()
    #expect(none == nil)
  }

  @Test("A result without evidence, with an unknown word or an unknown key is the general reader's")
  func results() throws {
    let text = String(decoding: try encodeReport(report([result(.pass)])), as: UTF8.self)
    for (old, new) in [
      ("\"status\":\"pass\"", "\"status\":\"passed\""), ("\"id\":", "\"ie\":"), ("\"fact\":", "\"faci\":"),
      ("\"severity\":\"", "\"severity\":\"very "), ("\"status\":", "\"state\":1,\"status\":"),
    ] {
      let changed = text.replacing(old, with: new)
      #expect(changed != text)
      #expect(CanonicalReport(Array(changed.utf8)) == nil, "\(new)")
    }
  }

  @Test("Nesting without end is refused, and no crash")
  func nesting() {
    let brackets = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
    #expect(!isCanonical(brackets))
    #expect(CanonicalReport(Array("{\"a\":".utf8) + brackets) == nil)
  }
}
