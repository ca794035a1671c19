import Facts
import Testing

@Suite("Host text is made printable")
struct PrintableTests {
  @Test(
    "Ordinary text stays as it is",
    arguments: [
      "", "/etc/shadow", "a b", "C:\\x1b", "back\\slash", "ümläut", "日本語", "emoji 🔒", "e\u{301}", "…",
    ])
  func ordinary(_ text: String) {
    #expect(printable(text.utf8) == text)
  }

  @Test(
    "What a terminal or a reader would obey is escaped",
    arguments: [
      ("\u{1b}[31mred\u{1b}[0m", "\\x1b[31mred\\x1b[0m"), ("\u{1b}]0;title\u{07}", "\\x1b]0;title\\x07"),
      ("a\nb\tc\rd\0", "a\\x0ab\\x09c\\x0dd\\x00"), ("\u{7f}", "\\x7f"), ("\u{9b}31m", "\\u{9b}31m"),
      ("a\u{202e}b\u{202c}", "a\\u{202e}b\\u{202c}"), ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"),
      ("\u{200b}\u{feff}\u{ad}", "\\u{200b}\\u{feff}\\u{ad}"), ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
      ("\u{e000}", "\\u{e000}"), ("\u{85}", "\\u{85}"), ("\u{e0041}", "\\u{e0041}"),
    ])
  func escapes(_ text: String, _ expected: String) {
    #expect(printable(text.utf8) == expected)
  }

  @Test(
    "Bytes that are not UTF-8 are shown as bytes, and reading goes on at the next",
    arguments: [
      ([0xff], "\\xff"), ([0x61, 0xc3], "a\\xc3"), ([0xc3, 0x28], "\\xc3("), ([0xc0, 0x80], "\\xc0\\x80"),
      ([0xed, 0xa0, 0x80], "\\xed\\xa0\\x80"), ([0xf4, 0x90, 0x80, 0x80], "\\xf4\\x90\\x80\\x80"),
      ([0xe2, 0x82, 0x61], "\\xe2\\x82a"), ([0xff, 0xc3, 0xa9], "\\xffé"),
    ] as [([UInt8], String)])
  func invalid(_ bytes: [UInt8], _ expected: String) {
    #expect(printable(bytes) == expected)
  }

  @Test(
    "A backslash is doubled where something was escaped, so that no name can pass for another's escaped form")
  func unambiguous() {
    #expect(printable("\\x1b\u{1b}".utf8) == "\\\\x1b\\x1b")
    #expect(printable("\\x1b".utf8) == "\\x1b")
  }

  @Test("Long text is cut at the limit and says so")
  func limit() {
    #expect(
      printable(Array(repeating: UInt8(ascii: "a"), count: 600)) == String(repeating: "a", count: 512) + "…")
    #expect(printable("abc".utf8, atMost: 3) == "abc")
    #expect(printable("abcd".utf8, atMost: 3) == "abc…")
    #expect(printable("日本".utf8, atMost: 3) == "日…")
  }

  @Test(
    "Whatever the bytes: no control, no bidirectional override, bounded, and printing again changes nothing")
  func anyBytes() {
    var generator = Generator(state: 1)
    for _ in 0..<5_000 {
      let count = Int.random(in: 0..<80, using: &generator)
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let text = printable(bytes, atMost: 64)
      #expect(text.utf8.count <= 64 + 16)
      #expect(!text.unicodeScalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) })
      #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .format })
      #expect(printable(text.utf8) == text)
    }
  }
}
