import Facts
import Testing

@Suite("Bytes as numbers, lines and text")
struct BytesTests {
  @Test(
    "A decimal number has an optional sign and nothing else",
    arguments: [
      ("0", 0), ("-0", 0), ("+7", 7), ("007", 7), ("9223372036854775807", .max),
      ("-9223372036854775808", .min),
    ] as [(String, Int64)])
  func decimal(_ text: String, _ expected: Int64) {
    #expect(Array(text.utf8).decimal == expected)
  }

  @Test(
    "What is no decimal number of 64 bits is none",
    arguments: [
      "", "-", "+", "--1", "+-1", " 1", "1 ", "1\n", "1.0", "0x1", "1e3", "9223372036854775808",
      "-9223372036854775809",
      "99999999999999999999999999", "18446744073709551615", "١",
    ])
  func notDecimal(_ text: String) {
    #expect(Array(text.utf8).decimal == nil)
  }

  @Test("Every 64-bit number is read back, and one digit more is not")
  func decimalRoundTrip() {
    var generator = Generator(state: 2)
    for _ in 0..<5_000 {
      let number =
        Int64.random(in: .min ... .max, using: &generator) >> Int64.random(in: 0..<64, using: &generator)
      #expect(Array(String(number).utf8).decimal == number)
      let unsigned = generator.next()
      #expect(Array(String(unsigned, radix: 16).utf8).hexadecimal == unsigned)
      #expect(Array(String(unsigned, radix: 16, uppercase: true).utf8).hexadecimal == unsigned)
    }
  }

  @Test(
    "What is no hexadecimal number of 64 bits is none",
    arguments: ["", "0x1", "g", "-1", "1 ", "10000000000000000"])
  func notHexadecimal(_ text: String) {
    #expect(Array(text.utf8).hexadecimal == nil)
  }

  @Test(
    "A final newline makes no line, an empty line in between does",
    arguments: [
      ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\n\nb", ["a", "", "b"]), ("\n", [""]), ("\n\n", ["", ""]),
      ("a\r\n", ["a\r"]),
    ] as [(String, [String])])
  func lines(_ text: String, _ expected: [String]) {
    #expect(Array(text.utf8).lines.map { String(decoding: $0, as: UTF8.self) } == expected)
  }

  @Test(
    "Blanks and NULs go from both ends only",
    arguments: [(" \t a b\n\0", "a b"), ("\0\0", ""), ("", ""), ("x", "x")])
  func trimmed(_ text: String, _ expected: String) {
    #expect(String(decoding: Array(text.utf8).trimmed, as: UTF8.self) == expected)
  }

  @Test("Text is what is valid UTF-8, whole")
  func validText() {
    #expect(Array("é\n".utf8).validText == "é\n")
    #expect([0x61, 0xff].validText == nil)
    #expect([UInt8]().validText == "")
  }
}
