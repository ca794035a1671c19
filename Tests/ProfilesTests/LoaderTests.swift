import Facts
import Profiles
import Testing

private let subjects = [
  Subject(
    "kernel", "The kernel.", isSingleton: true,
    facts: [
      .init("secure", .flag, "A flag."), .init("limit", .number, "A number."),
      .init("period", .seconds, "A time."),
      .init("mode", .mode, "Permissions."), .init("kind", .text, "A text.", values: ["good", "bad"]),
      .init("names", .list, "A list.", values: ["a", "b"]), .init("free", .text, "Any text."),
    ]),
  Subject("process", "A process.", isSingleton: false, facts: [.init("name", .text, "Its name.")]),
]

private func file(_ path: String, _ text: String) -> ProfileFile {
  ProfileFile(path: path, bytes: Array(text.utf8))
}

/// A check whose lines are numbered: title 2, severity 3, why 4, fix 5, references 6, then the given lines from 7.
private func check(_ slug: String, _ lines: String, without: String? = nil) -> String {
  var texts = ["title: t", "severity: high", "why: w", "fix: f", "references: [r]"]
  if let without { texts.removeAll { $0.hasPrefix(without) } }
  return "\(slug):\n" + (texts + lines.split(separator: "\n").map(String.init)).map { "  \($0)\n" }.joined()
}

private let good = check("kernel-secure", "about: kernel\nexpect: { secure: true }")
private func benchmark(_ name: String, _ rest: String) -> String {
  "benchmark: \(name)\ntitle: t\nversion: \"1\"\nsource: s\n\(rest)\n"
}

private func load(_ origins: [ProfileFile]...) throws(ProfileError) -> Profiles {
  var loader = ProfileLoader(subjects: subjects)
  for files in origins { loader.add(files) }
  return try loader.load()
}

/// What is wrong with these files, as a person would read it.
private func problems(_ files: [ProfileFile]) -> [String] {
  do throws(ProfileError) {
    _ = try load(files)
    return []
  } catch {
    return error.problems.map(\.description)
  }
}

/// A catalogue of one check that is refused, and the one problem it is refused for.
struct Refused: Sendable, CustomTestStringConvertible {
  let text: String
  let problem: String
  var testDescription: String { problem }

  init(_ text: String, _ problem: String) {
    self.text = text
    self.problem = "catalogue/kernel.yaml:" + problem
  }

  /// Of a check about the kernel with this expectation, which stands in line 8.
  static func expect(_ expectation: String, _ problem: String) -> Refused {
    Refused(check("kernel-x", "about: kernel\nexpect: \(expectation)"), "8: " + problem)
  }
}

@Suite("The loader refuses a wrong profile with file, line, reason and the nearest name")
struct LoaderTests {
  private static let expectations: [Refused] = [
    .expect("{ secur: true }", "'kernel' has no fact 'secur'; did you mean 'secure'?"),
    .expect("{ zzzzzzzzz: true }", "'kernel' has no fact 'zzzzzzzzz'"),
    .expect("{ kernal/secure: true }", "unknown subject 'kernal'; did you mean 'kernel'?"),
    .expect(
      "{ process/name: x }",
      "'process' has many entities; only a singleton's fact can be named as 'process/name'"),
    .expect("{ limit: { atmost: 5 } }", "unknown test 'atmost'; did you mean 'atMost'?"),
    .expect("{ kind: { atMost: 5 } }", "'atMost' cannot test 'kind', which is a text"),
    .expect("{ limit: { within: \"0600\" } }", "'within' cannot test 'limit', which is a number"),
    .expect("{ kind: { contains: good } }", "'contains' cannot test 'kind', which is a text"),
    .expect("{ names: { startsWith: a } }", "'startsWith' cannot test 'names', which is a list"),
    .expect("{ secure: { oneOf: [true] } }", "'oneOf' cannot test 'secure', which is a flag"),
    .expect("{ secure: \"true\" }", "'secure' is a flag: expected true or false, found 'true'"),
    .expect("{ limit: many }", "'limit' is a number: expected a number, found 'many'"),
    .expect(
      "{ limit: 99999999999999999999 }",
      "'limit' is a number: expected a number, found '99999999999999999999'"),
    .expect("{ period: 5x }", "'period' is a seconds: expected a duration such as 5m, found '5x'"),
    .expect(
      "{ period: 9223372036854775807d }",
      "'period' is a seconds: expected a duration such as 5m, found '9223372036854775807d'"),
    .expect(
      "{ mode: { within: \"0800\" } }", "'mode' is a mode: expected a mode such as \"0600\", found '0800'"),
    .expect(
      "{ mode: { within: \"17777\" } }", "'mode' is a mode: expected a mode such as \"0600\", found '17777'"),
    .expect("{ kind: goood }", "'kind' is never 'goood'; it is one of good, bad"),
    .expect("{ names: { contains: [c] } }", "'names' is never 'c'; it is one of a, b"),
    .expect("{ free: { oneOf: [] } }", "'free' is a text: expected at least one value, found a list"),
    .expect("{ free: ~ }", "'free' is a text: expected a text, found nothing"),
    .expect("{ free: $nope }", "no parameter 'nope'"),
    .expect("[secure]", "expected a mapping of facts to tests (or all, any, not), found a list"),
    .expect("{ all: { secure: true } }", "expected a list of expectations, found a mapping"),
    .expect("{ any: [] }", "expected a list of expectations, found a list"),
  ]

  private static let checks: [Refused] = [
    Refused(
      check("kernel-x", "about: kernel\nexpects: { secure: true }\nexpect: { secure: true }"),
      "8: unknown key 'expects' in check 'kernel-x'; did you mean 'expect'?"),
    Refused(
      check("kernel-x", "about: kernl\nexpect: { secure: true }"),
      "7: unknown subject 'kernl'; did you mean 'kernel'?"),
    Refused(check("kernel-x", "expect: { secure: true }"), "1: 'about' of 'kernel-x' is missing"),
    Refused(
      check("Kernel_X", "about: kernel"),
      "1: 'Kernel_X' is not a slug: lower-case letters, digits and single dashes"),
    Refused(
      check("kernel--x", "about: kernel"),
      "1: 'kernel--x' is not a slug: lower-case letters, digits and single dashes"),
    Refused(
      check("-x", "about: kernel"), "1: '-x' is not a slug: lower-case letters, digits and single dashes"),
    Refused(
      check("kernel-x", "about: kernel\nexpect: { secure: true }\nseverity: urgent", without: "severity"),
      "8: unknown severity 'urgent'; known are low, medium, high, critical"),
    Refused(
      check("kernel-x", "about: kernel\nexpect: { secure: true }", without: "severity"),
      "2: 'severity' of 'kernel-x' is missing"),
    Refused(
      check("kernel-x", "about: kernel\nexpect: { secure: true }", without: "fix"),
      "2: 'fix' of 'kernel-x' is missing"),
    Refused(
      check("kernel-x", "about: kernel\nexpect: { secure: true }", without: "references"),
      "2: 'kernel-x' has no references: say what published text it rests on"),
    Refused(
      check("kernel-x", "about: kernel\nexpect: { secure: true }\nparameters: { most: 5 }"),
      "9: parameter 'most' of 'kernel-x' is never used"),
    Refused(
      check("kernel-x", "about: kernel\nparameters: { most: 5 }\nexpect: { limit: { atMost: $mst } }"),
      "9: no parameter 'mst'; did you mean 'most'?"),
    Refused(
      check("kernel-x", "about: kernel\nparameters: [most]\nexpect: { secure: true }"),
      "8: 'parameters' of 'kernel-x' maps names to values, found a list"),
    Refused(
      check("kernel-x", "about: kernel"),
      "2: 'kernel-x' needs 'expect' (an automated check) or 'manual' with a reason (a person must look), and not both"
    ),
    Refused(
      check("kernel-x", "about: kernel\nexpect: { secure: true }\nmanual: look"),
      "2: 'kernel-x' needs 'expect' (an automated check) or 'manual' with a reason (a person must look), and not both"
    ),
    Refused(
      check("kernel-x", "about: kernel\nmanual: look\nshow: [secur]"),
      "9: 'kernel' has no fact 'secur'; did you mean 'secure'?"),
    Refused(good + good, "9: the key 'kernel-secure' stands twice"),
    Refused("a: [", "2: did not find expected node content"),
    Refused("- a", "1: a catalogue file is a mapping of slugs to checks, found a list"),
    Refused("kernel-x: 5", "1: check 'kernel-x' is a mapping, found a scalar"),
    Refused("", "1: there is no document in it"),
  ]

  @Test("A wrong check is refused", arguments: expectations + checks)
  func refused(_ wrong: Refused) {
    #expect(problems([file("catalogue/kernel.yaml", wrong.text)]) == [wrong.problem])
  }

  private static let benchmarks: [(String, String)] = [
    (
      "entries: [kernel-secur]",
      "5: entry kernel-secur names no check: 'kernel-secur'; did you mean 'kernel-secure'?"
    ),
    ("entries: { \"1.1\": nonesuch-at-all }", "5: entry 1.1 names no check: 'nonesuch-at-all'"),
    ("entries: [kernel-secure, kernel-secure]", "5: entry 'kernel-secure' stands twice"),
    ("entries: { \"1.1\": { check: kernel-secure, level: 3 } }", "5: 'level' of entry 1.1 is 1 or 2"),
    (
      "entries: { \"1.1\": { chek: kernel-secure, check: kernel-secure } }",
      "5: unknown key 'chek' in entry 1.1; did you mean 'check'?"
    ),
    (
      "entries: { \"1.1\": { check: kernel-secure, with: 5 } }",
      "5: 'with' of entry 1.1 maps parameters to values, found a scalar"
    ),
    ("extends: c", "1: no benchmark 'c'; did you mean 'b'?"),
    ("extends: b", "1: 'b' extends itself"),
    (
      "without: [\"1.1\"]\nentries: [kernel-secure]",
      "5: 'without' takes away from what a benchmark extends, and this one extends nothing"
    ),
    (
      "kubernetes: { from: new }\nentries: [kernel-secure]",
      "5: expected a version such as \"1.32\", found new"
    ),
    (
      "entrys: [kernel-secure]\nentries: [kernel-secure]",
      "5: unknown key 'entrys' in a benchmark; did you mean 'entries'?"
    ),
    ("", "1: 'entries' is missing"),
    ("entries: text", "5: 'entries' maps section ids to checks, found a scalar"),
  ]

  @Test("A wrong benchmark is refused", arguments: benchmarks)
  func refusedBenchmark(_ rest: String, _ problem: String) {
    let files = [file("catalogue/kernel.yaml", good), file("benchmarks/b.yaml", benchmark("b", rest))]
    #expect(problems(files) == ["benchmarks/b.yaml:" + problem])
  }

  @Test("A benchmark that names a parameter the check does not have is refused at the entry")
  func unknownParameter() {
    let limited = check(
      "kernel-limit", "about: kernel\nparameters: { most: 5 }\nexpect: { limit: { atMost: $most } }")
    let entry = "entries: { \"1.1\": { check: kernel-limit, with: { mots: 4 } } }"
    let found = problems([
      file("catalogue/k.yaml", limited), file("benchmarks/b.yaml", benchmark("b", entry)),
    ])
    #expect(
      found.first == "benchmarks/b.yaml:5: check 'kernel-limit' has no parameter 'mots'; did you mean 'most'?"
    )
  }

  @Test("A benchmark that takes away what it does not inherit, or extends in a circle, is refused")
  func extending() {
    let base = file("benchmarks/a.yaml", benchmark("a", "entries: { \"1.1\": kernel-secure }"))
    let less = file("benchmarks/b.yaml", benchmark("b", "extends: a\nwithout: [\"1.2\"]"))
    let catalogue = file("catalogue/kernel.yaml", good)
    #expect(
      problems([catalogue, base, less]) == [
        "benchmarks/b.yaml:1: 'without' names 1.2, which 'a' does not have"
      ])
    let circle = ["x": "y", "y": "x"].map { file("benchmarks/\($0).yaml", benchmark($0, "extends: \($1)")) }
    let found = problems([catalogue] + circle)
    #expect(found.contains { $0.hasSuffix("extends itself") })
  }

  @Test("A slug, a benchmark or a default that stands in two files of one origin is refused with both files")
  func duplicates() {
    let slugs = [file("catalogue/a.yaml", good), file("catalogue/b.yaml", good)]
    #expect(problems(slugs) == ["catalogue/b.yaml:2: check 'kernel-secure' stands in catalogue/a.yaml too"])
    let text = benchmark("b", "entries: [kernel-secure]")
    let benchmarks = [
      file("catalogue/a.yaml", good), file("benchmarks/a.yaml", text), file("benchmarks/b.yaml", text),
    ]
    #expect(problems(benchmarks) == ["benchmarks/b.yaml:1: benchmark 'b' stands in benchmarks/a.yaml too"])
    let defaults = "subject: kernel\nsource: s\ndefaults: { limit: 5 }"
    #expect(
      problems([file("defaults/a.yaml", defaults), file("defaults/b.yaml", defaults)])
        == ["defaults/b.yaml:1: the default of 'limit' of 'kernel' stands in defaults/a.yaml too"])
  }

  private static let defaults: [(String, String)] = [
    (
      "subject: kernl\nsource: s\ndefaults: { limit: 5 }",
      "1: unknown subject 'kernl'; did you mean 'kernel'?"
    ),
    (
      "subject: kernel\nsource: s\ndefaults: { limt: 5 }",
      "3: 'kernel' has no fact 'limt'; did you mean 'limit'?"
    ),
    (
      "subject: kernel\nsource: s\ndefaults: { limit: yes }",
      "3: 'limit' is a number: expected a number, found 'yes'"
    ),
    (
      "subject: kernel\nsource: s\ndefaults: { limit: { value: 5, from: x } }",
      "3: 'from' is a version such as \"1.27\""
    ),
    (
      "subject: kernel\nsource: s\ndefaults: { limit: { from: \"1.2\" } }",
      "3: a default of 'limit' needs a 'value'"
    ),
    (
      "subject: kernel\nsource: s\ndefaults: { limit: { value: 5, plus: limt } }",
      "3: 'kernel' has no fact 'limt'; did you mean 'limit'?"
    ),
    (
      "subject: kernel\nsource: s\ndefaults: { limit: { value: 5, minus: limit } }",
      "3: 'minus' names another fact that is a list, of a fact that is one"
    ),
    ("subject: kernel\nsource: s\ndefaults: [limit]", "3: 'defaults' maps facts to values, found a list"),
    ("subject: kernel\nsource: s", "1: 'defaults' maps facts to values, which is missing"),
    ("subject: kernel\ndefaults: { limit: 5 }", "1: 'source' is missing"),
  ]

  @Test("A wrong default is refused", arguments: defaults)
  func refusedDefault(_ text: String, _ problem: String) {
    #expect(problems([file("defaults/kernel.yaml", text)]) == ["defaults/kernel.yaml:" + problem])
  }

  @Test("Every problem of every file is reported at once, sorted by file and line")
  func severalProblems() {
    let wrong = check(
      "kernel-x", "about: kernel\nexpect: { secur: true }\nseverity: urgent", without: "severity")
    let found = problems([
      file("catalogue/b.yaml", "a: ["), file("catalogue/a.yaml", wrong), file("elsewhere/c.yaml", "a: b"),
    ])
    #expect(
      found == [
        "catalogue/a.yaml:7: 'kernel' has no fact 'secur'; did you mean 'secure'?",
        "catalogue/a.yaml:8: unknown severity 'urgent'; known are low, medium, high, critical",
        "catalogue/b.yaml:2: did not find expected node content",
        "elsewhere/c.yaml:1: a profile lies in catalogue/, benchmarks/ or defaults/; this path says none of them",
      ])
  }

  @Test("No truncation of a profile, and no byte of it changed, crashes the loader")
  func hostile() {
    let bytes = Array((good + check("kernel-y", "about: kernel\nexpect: { limit: { atMost: 5 } }")).utf8)
    for end in bytes.indices {
      _ = problems([ProfileFile(path: "catalogue/kernel.yaml", bytes: Array(bytes[..<end]))])
      var changed = bytes
      changed[end] ^= 0x15
      _ = problems([ProfileFile(path: "catalogue/kernel.yaml", bytes: changed)])
    }
    #expect(problems([ProfileFile(path: "catalogue/kernel.yaml", bytes: bytes)]).isEmpty)
  }
}

@Suite("Profiles that are right")
struct LoadedTests {
  private let catalogue = file(
    "catalogue/kernel.yaml",
    good
      + check("kernel-limit", "about: kernel\nparameters: { most: 5 }\nexpect: { limit: { atMost: $most } }"))

  @Test("A benchmark's parameter takes the place of the check's own, for that benchmark only")
  func parameters() throws {
    let text = benchmark("b", "entries: { \"1.1\": { check: kernel-limit, level: 2, with: { most: 4 } } }")
    let loaded = try load([catalogue, file("benchmarks/b.yaml", text)])
    let entry = try #require(loaded.benchmarks["b"]?.entries.first)
    #expect(entry.level == 2)
    #expect(entry.check.expectation == .fact(FactName("limit"), .atMost(4)))
    #expect(loaded.checks["kernel-limit"]?.expectation == .fact(FactName("limit"), .atMost(5)))
  }

  @Test("A benchmark inherits, leaves out and replaces entries by id")
  func extending() throws {
    let base = benchmark(
      "a", "entries: { \"1.1\": kernel-secure, \"1.2\": kernel-secure, \"1.10\": kernel-secure }")
    let more = benchmark(
      "b", "extends: a\nwithout: [\"1.1\"]\nentries: { \"1.2\": kernel-limit, \"1.9\": kernel-limit }")
    let loaded = try load([catalogue, file("benchmarks/a.yaml", base), file("benchmarks/b.yaml", more)])
    let entries = try #require(loaded.benchmarks["b"]?.entries)
    #expect(entries.map(\.id) == ["1.2", "1.9", "1.10"])
    #expect(entries.map(\.check.slug) == ["kernel-limit", "kernel-limit", "kernel-secure"])
  }

  @Test("Files added later replace checks by slug, benchmarks by name and defaults by fact")
  func replacing() throws {
    let defaults = "subject: kernel\nsource: s\ndefaults: { limit: 5, secure: true }"
    let first = [
      catalogue, file("benchmarks/b.yaml", benchmark("b", "entries: [kernel-secure]")),
      file("defaults/kernel.yaml", defaults),
    ]
    let later = [
      file("catalogue/mine.yaml", check("kernel-secure", "about: kernel\nexpect: { secure: false }")),
      file("benchmarks/mine.yaml", benchmark("b", "entries: { \"9\": kernel-secure }")),
      file("defaults/mine.yaml", "subject: kernel\nsource: s\ndefaults: { limit: 6 }"),
    ]
    let loaded = try load(first, later)
    #expect(loaded.checks["kernel-secure"]?.expectation == .fact(FactName("secure"), .equals(.flag(false))))
    #expect(loaded.checks["kernel-limit"] != nil)
    #expect(loaded.benchmarks["b"]?.entries.map(\.id) == ["9"])
    #expect(loaded.defaults["kernel", "limit"].map(\.value) == [.number(6)])
    #expect(loaded.defaults["kernel", "secure"].map(\.value) == [.flag(true)])
  }

  @Test(
    "The digest changes with any byte of any profile, with a path, and with the benchmark; not with the order"
  )
  func digest() throws {
    let files = [
      catalogue, file("benchmarks/b.yaml", benchmark("b", "entries: [kernel-secure]")),
      file("benchmarks/c.yaml", benchmark("c", "entries: [kernel-secure]")),
      file("defaults/kernel.yaml", "subject: kernel\nsource: s\ndefaults: { limit: 5 }\n"),
    ]
    func digests(_ files: [ProfileFile]) throws -> [String] {
      try load(files).benchmarks.values.sorted { $0.name < $1.name }.map(\.digest)
    }
    let first = try digests(files)
    #expect(first.allSatisfy { $0.count == 64 } && Set(first).count == 2)
    #expect(try digests(files) == first)
    #expect(try digests(files.reversed()) == first)
    for index in files.indices {
      var changed = files
      changed[index] = ProfileFile(path: files[index].path, bytes: files[index].bytes + Array("#".utf8))
      #expect(Set(try digests(changed)).isDisjoint(with: first))
      changed[index] = ProfileFile(path: files[index].path + ".yaml", bytes: files[index].bytes)
      #expect(Set(try digests(changed)).isDisjoint(with: first))
    }
  }

  @Test(
    "A duration has a unit or is in seconds",
    arguments: [("90", 90), ("90s", 90), ("5m", 300), ("4h", 14400), ("2d", 172_800)])
  func seconds(_ text: String, _ seconds: Int64) throws {
    let loaded = try load([
      file("catalogue/k.yaml", check("kernel-p", "about: kernel\nexpect: { period: { atMost: \(text) } }"))
    ])
    #expect(loaded.checks["kernel-p"]?.expectation == .fact(FactName("period"), .atMost(seconds)))
  }
}
