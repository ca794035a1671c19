import Host
import Testing

@Suite("systemd units are read as systemd reads them")
struct SystemdUnitTests {
  @Test("Continuation lines go on past comments, and sections are told apart")
  func settings() {
    let unit = SystemdUnit(
      parsing: Array(
        "# c\n[Unit]\nA=1\n[Service]\nExecStart=/bin/x \\\n# no\n  --a \\\n; no\n  --b\n\nB = 2 \n".utf8))
    #expect(unit.settings.map(\.key) == ["A", "ExecStart", "B"])
    #expect(unit.settings.map(\.section) == ["Unit", "Service", "Service"])
    #expect(SystemdUnit.words(unit.settings[1].value) == ["/bin/x", "--a", "--b"])
    #expect(unit.settings[1].line == 5)
    #expect(unit.settings[2].value == "2")
  }

  @Test(
    "Words, quotes and escapes",
    arguments: [
      ("a  b\tc", ["a", "b", "c"]), ("\"a b\" 'c d'", ["a b", "c d"]), ("a\"b c\"d", ["ab cd"]),
      ("\"\"", [""]),
      ("a\\x20b \\\"q", ["a b", "\"q"]), ("\"open", ["open"]), ("\\", ["\\"]), ("", []), ("%i", ["%i"]),
    ])
  func words(_ text: String, _ expected: [String]) { #expect(SystemdUnit.words(text) == expected) }

  @Test(
    "Variables",
    arguments: [
      ("$A", ["x", "y z"]), ("${A}", ["x 'y z'"]), ("--f=${B}", ["--f=1"]), ("$NONE", []),
      ("a${NONE}b", ["ab"]),
      ("$$A", ["$A"]), ("p$B", ["p$B"]), ("$", ["$"]), ("${A", ["${A"]),
    ])
  func variables(_ word: String, _ expected: [String]) {
    #expect(SystemdUnit.expand(word, ["A": "x 'y z'", "B": "1"]) == expected)
  }

  @Test("Environment files")
  func environmentFile() {
    let variables = SystemdUnit.environmentFile(Array("# c\nA=\"--x --y\"\nB=z\nexport C=1\n=d\nD=\n".utf8))
    #expect(variables.map(\.name) == ["A", "B", "D"])
    #expect(variables.map(\.value) == ["--x --y", "z", ""])
  }

  @Test("Bytes that are no unit give nothing and stop nothing")
  func hostile() {
    #expect(SystemdUnit(parsing: [0xff, 0x00, 0x0a, 0x5b]).settings.isEmpty)
    #expect(SystemdUnit(parsing: Array(String(repeating: "\\\n", count: 10_000).utf8)).settings.isEmpty)
  }
}
