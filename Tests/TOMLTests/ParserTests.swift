import TOML
import Testing
import YAML

private func parse(_ text: String, limits: Limits = Limits()) throws(TOMLError) -> Node {
  try parseTOML(Array(text.utf8), limits: limits)
}

private func failure(_ bytes: [UInt8], limits: Limits = Limits()) -> TOMLError? {
  do throws(TOMLError) {
    _ = try parseTOML(bytes, limits: limits)
    return nil
  } catch {
    return error
  }
}

private func failure(_ text: String, limits: Limits = Limits()) -> TOMLError? {
  failure(Array(text.utf8), limits: limits)
}

@Suite("TOML is read into nodes that know their lines")
struct ParserTests {
  @Test("A containerd configuration is a tree whose keys may hold dots")
  func containerd() throws {
    let root = try parse(
      """
      version = 2 # the format
      disabled_plugins = [
        "a", # one
        'b',
      ]

      [plugins."io.containerd.grpc.v1.cri"]
        enable_selinux = true
        [plugins."io.containerd.grpc.v1.cri".registry.configs."r:5000".tls]
          insecure_skip_verify = true
      """)
    #expect(root["version"]?.number == 2)
    #expect(root["disabled_plugins"]?.sequence?.map(\.text) == ["a", "b"])
    #expect(root["disabled_plugins"]?.sequence?.map(\.line) == [3, 4])
    let plugin = try #require(root["plugins"]?["io.containerd.grpc.v1.cri"])
    #expect(plugin["enable_selinux"]?.flag == true)
    #expect(plugin["enable_selinux"]?.line == 8)
    let configs = plugin["registry"]?["configs"]
    #expect(configs?["r:5000"]?["tls"]?["insecure_skip_verify"]?.line == 10)
  }

  @Test("Arrays of tables, tables within them, dotted keys and inline tables")
  func tables() throws {
    let root = try parse(
      """
      a.b.c = 1
      a.b.d = { x = 1, y.z = [ {k = "v"} ] }
      [[registry]]
      location = "one"
      [[registry.mirror]]
      location = "m"
      [[registry]]
      location = "two"
      [x.y.z]
      [x]
      k = 1
      """)
    #expect(root.at("a.b.c")?.number == 1)
    #expect(root.at("a.b.d.y.z")?.sequence?.first?["k"]?.text == "v")
    let registries = try #require(root["registry"]?.sequence)
    #expect(registries.map { $0["location"]?.text } == ["one", "two"])
    #expect(registries[0]["mirror"]?.sequence?.count == 1)
    #expect(registries[1]["mirror"] == nil)
    #expect(root.at("x.k")?.number == 1)
    #expect(root.at("x.y.z")?.mapping?.isEmpty == true)
  }

  @Test(
    "Strings are taken as each kind of quotes has it",
    arguments: [
      (#""a\tb\"\\\u00e9\U0001F600""#, "a\tb\"\\é😀"), (#"'C:\no'"#, #"C:\no"#), (#""""#, ""),
      ("\"\"\"\nline\r\n two\"\"\"", "line\r\n two"), ("\"\"\"a \\\n   b\"\"\"", "a b"),
      ("'''it''s'''", "it''s"), ("\"\"\"\"x\"\"\"\"\"", "\"x\"\""), ("''''x'''", "'x"),
    ])
  func strings(_ text: String, _ value: String) throws {
    #expect(try parse("k = \(text)")["k"] == Node(.scalar(value, isPlain: false), line: 1))
  }

  @Test(
    "Numbers are decimal in the tree, whatever base they are written in",
    arguments: [
      ("0", 0), ("+17", 17), ("-1_000", -1000), ("0xDEAD_beef", 0xdead_beef), ("0o755", 0o755),
      ("0b101", 5), ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
    ])
  func integers(_ text: String, _ value: Int64) throws {
    #expect(try parse("k = \(text)")["k"]?.number == value)
  }

  @Test(
    "Floats, dates and times stand as they are written",
    arguments: [
      "3.14", "-0.0", "5e+22", "6.02e23", "inf", "-nan", "1979-05-27T07:32:00Z", "1979-05-27 07:32:00",
      "1979-05-27", "07:32:00.5",
    ])
  func others(_ text: String) throws {
    #expect(try parse("k = \(text)\n")["k"] == Node(.scalar(text, isPlain: true), line: 1))
  }

  @Test(
    "What TOML forbids is refused, with its line",
    arguments: [
      ("\na = 1\na = 2", 3), ("[a]\nb = 1\n[a]", 3), ("a = 1\n[a]", 2), ("a = {}\n[a.b]", 2),
      ("[[a]]\n[a]", 2), ("[a]\n[[a]]", 2), ("a = []\n[[a]]", 2), ("a.b = 1\n[a]", 2),
      ("a = {b = 1, b = 2}", 1),
      ("a = {b = 1}\na.c = 2", 2),
    ])
  func redefinition(_ text: String, _ line: Int) {
    let error = failure(text)
    #expect(error?.line == line)
    if case .redefined? = error?.reason {} else { Issue.record("\(text): \(String(describing: error))") }
  }

  @Test(
    "What is no TOML is refused",
    arguments: [
      "a", "a =", "= 1", "a = 1 b = 2", "[a", "[a]]", "[[a]", "[]", "a. = 1", "a = 01", "a = 1__0", "a = 0x",
      "a = _1", "a = 1.", "a = .5", "a = 1e", "a = tru", "a = True", "a = 9223372036854775808", "a = \"x",
      "a = 'x\n'", "a = \"x\ny\"", "a = \"\\q\"", "a = \"\\uD800\"", "a = \"\\u12\"", "a = [1 2]", "a = [,]",
      "a = {x = 1,}", "a = {x = 1\n}", "a = \"\"\"x", "a = 1 # \u{1}", "a = \"\u{0}\"", "a\r= 1", "{}",
      "a = +0x1",
    ])
  func syntax(_ text: String) {
    let error = failure(text)
    if case .syntax? = error?.reason {} else { Issue.record("\(text): \(String(describing: error))") }
  }

  @Test("Hostile documents cost no more than their bounds")
  func hostile() {
    #expect(failure([0x61, 0x3d, 0x0a, 0x22, 0xff, 0x22]) == TOMLError(line: 2, .notUTF8))
    let deep = "a = " + String(repeating: "[", count: 100_000)
    #expect(failure(deep)?.reason == .tooDeep(limit: 64))
    let inline = String(repeating: "a = {", count: 1000)
    #expect(failure(inline)?.reason == .tooDeep(limit: 64))
    let dotted = Array(repeating: "a", count: 1000).joined(separator: ".") + " = 1"
    #expect(failure(dotted)?.reason == .tooDeep(limit: 64))
    #expect(
      failure("[\(Array(repeating: "a", count: 1000).joined(separator: "."))]")?.reason == .tooDeep(limit: 64)
    )
    // Levels count from the root, whichever way they were made.
    let names = Array(repeating: "a", count: 40).joined(separator: ".")
    #expect(failure("[\(names)]\n\(names) = 1")?.reason == .tooDeep(limit: 64))
    let arrays = (1...40).map { "[[\(Array(repeating: "a", count: $0).joined(separator: "."))]]" }
    #expect(failure(arrays.joined(separator: "\n"))?.reason == .tooDeep(limit: 64))
    var limits = Limits()
    limits.nodes = 10
    #expect(failure("a = [1,1,1,1,1,1,1,1,1,1,1]", limits: limits)?.reason == .tooManyNodes(limit: 10))
    limits.bytes = 3
    #expect(failure("a = 1", limits: limits)?.reason == .tooLarge(limit: 3))
  }

  @Test("Every beginning of a document is read or refused, and never more than that")
  func truncated() throws {
    let text = Array(
      "a.\"b\" = [1, 'x', \"\\u00e9\", {k = 0x1}]\n[[t]]\nm = '''\ny'''\n[t.u]\nd = 1979-05-27 07:32:00Z\n"
        .utf8)
    for count in 0...text.count { _ = failure(Array(text.prefix(count))) }
    for index in text.indices {
      var changed = text
      changed[index] ^= 0x15
      _ = failure(changed)
    }
    #expect(failure(text) == nil)
    #expect(try parseTOML([0xef, 0xbb, 0xbf] + text)["t"]?.sequence?.count == 1)
    #expect(try parse("")["x"] == nil)
  }
}
