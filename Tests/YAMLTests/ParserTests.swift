import Testing
import YAML

private func parse(_ text: String, limits: Limits = Limits()) throws(YAMLError) -> Node {
  try parseYAML(Array(text.utf8), limits: limits)
}

private func failure(_ bytes: [UInt8], limits: Limits = Limits()) -> YAMLError? {
  do throws(YAMLError) {
    _ = try parseYAML(bytes, limits: limits)
    return nil
  } catch {
    return error
  }
}

private func failure(_ text: String, limits: Limits = Limits()) -> YAMLError? {
  failure(Array(text.utf8), limits: limits)
}

@Suite("YAML is read into nodes that know their lines")
struct ParserTests {
  @Test("Scalars are what Kubernetes' decoder and YAML 1.2 say they are")
  func scalars() throws {
    let node = try parse("[true, False, \"true\", yes, 12, -3, 0x1f, 0o17, \"12\", 1.5, ~, null, '', text]")
    let items = try #require(node.sequence)
    #expect(items.map(\.flag) == [true, false] + Array(repeating: nil, count: 12))
    #expect(items.map(\.number) == [nil, nil, nil, nil, 12, -3, 31, 15, nil, nil, nil, nil, nil, nil])
    #expect(items.map(\.isNull) == Array(repeating: false, count: 10) + [true, true, false, false])
    #expect(items[2].text == "true" && items[10].text == nil && items[12].text == "")
  }

  @Test("Every node has the line it begins on, keys have theirs, and a multi-line scalar its first")
  func lines() throws {
    let node = try parse(
      "# comment\na: 1\n\nb:\n  c: [x,\n    y]\n  d: >-\n    folded\n    text\n---\ne: 2\n")
    let entries = try #require(node.mapping)
    #expect(entries.map(\.key) == ["a", "b"])
    #expect(entries.map(\.keyLine) == [2, 4])
    #expect(node.at("b.c")?.line == 5)
    #expect(node.at("b.c")?.sequence?.map(\.line) == [5, 6])
    #expect(node.at("b.d")?.line == 7)
    #expect(node.at("b.d")?.text == "folded text")
    #expect(node.at("b.nope") == nil)
  }

  @Test("Lines are right however they end", arguments: ["\n", "\r\n", "\r"])
  func lineEnds(_ end: String) throws {
    let node = try parse(["a: 1", "b: 2", "", "c: 3", ""].joined(separator: end))
    #expect(node.mapping?.map(\.keyLine) == [1, 2, 4])
  }

  @Test("JSON is YAML, escapes and all")
  func json() throws {
    let node = try parse(#"{"a": {"b": [1, true, null, "x\n\u00e9\/"]}, "c": "\u0000"}"#)
    #expect(node.at("a.b")?.sequence?[0].number == 1)
    #expect(node.at("a.b")?.sequence?[3].text == "x\né/")
    #expect(node["c"]?.text == "\0")
  }

  @Test(
    "A stream's documents are read one by one, the first alone by parseYAML, and not beyond what is asked")
  func documents() throws {
    let stream = Array("a: 1\n---\nb: 2\n---\nc: 3\n".utf8)
    #expect(try parseYAMLDocuments(stream).map { $0.mapping?.first?.key } == ["a", "b", "c"])
    #expect(try parseYAMLDocuments(stream, atMost: 2).count == 2)
    #expect(try parseYAML(stream)["a"]?.number == 1)
  }

  @Test("An alias is the node it names, with that node's line; anchors do not outlive their document")
  func aliases() throws {
    let node = try parse("a: &x\n  k: v\nb: *x\n")
    #expect(node["b"]?["k"]?.text == "v")
    #expect(node["b"]?.line == node["a"]?.line)
    #expect(throws: YAMLError(line: 3, .unknownAlias("x"))) {
      _ = try parseYAMLDocuments(Array("a: &x 1\n---\nb: *x\n".utf8))
    }
  }

  @Test("A merge key is a key like any other")
  func mergeKeys() throws {
    let node = try parse("a: &x { k: v }\nb:\n  <<: *x\n  l: w\n")
    #expect(node["b"]?.mapping?.map(\.key) == ["<<", "l"])
    #expect(node["b"]?["k"] == nil)
  }
}

@Suite("Hostile YAML costs no more than its bounds and never crashes")
struct HostileYAMLTests {
  @Test("An alias bomb is refused")
  func aliasBomb() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...30 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    #expect(failure(text)?.reason == .tooManyAliases(limit: 10_000))
  }

  @Test("An alias to what it stands in names nothing yet")
  func aliasOfItself() {
    #expect(failure("a: &x [*x]") == YAMLError(line: 1, .unknownAlias("x")))
  }

  @Test("Nesting is bounded, in flow and in block style")
  func depth() {
    let limit = Limits().depth
    #expect(failure(String(repeating: "[", count: limit) + String(repeating: "]", count: limit)) == nil)
    let deep = String(repeating: "[", count: 100_000)
    #expect(failure(deep)?.reason == .tooDeep(limit: limit))
    let block = (0..<200).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    #expect(failure(block)?.reason == .tooDeep(limit: limit))
    #expect(failure(String(repeating: "- ", count: 300))?.reason == .tooDeep(limit: limit))
  }

  @Test("Size and number of values are bounded")
  func size() {
    var limits = Limits()
    limits.bytes = 10
    #expect(failure("a: 12345678", limits: limits) == YAMLError(line: 1, .tooLarge(limit: 10)))
    #expect(failure("a: 1234567", limits: limits) == nil)
    limits = Limits()
    limits.nodes = 4
    #expect(failure("[a, b, c]", limits: limits) == nil)
    #expect(failure("- a\n- b\n- c\n- d\n", limits: limits) == YAMLError(line: 4, .tooManyNodes(limit: 4)))
  }

  @Test("A key that stands twice is refused on its second line, quoted or not")
  func duplicateKeys() {
    #expect(failure("a: 1\nb: 2\n\"a\": 3\n") == YAMLError(line: 3, .duplicateKey("a")))
    #expect(failure("x:\n  a: 1\ny:\n  a: 1\n") == nil)
  }

  @Test(
    "A key that is not a scalar is refused",
    arguments: ["[a]: 1", "{a: b}: 1", "? [a]\n: 1", "a: &x 1\n*x : 2"])
  func keys(_ text: String) {
    #expect(failure(text)?.reason == .keyNotScalar)
  }

  @Test(
    "Bytes that are no text are refused",
    arguments: [
      [0x61, 0x3a, 0x20, 0x00], [0x61, 0x3a, 0x20, 0xff], [0x61, 0x3a, 0x20, 0xc0, 0x80],
      [0x61, 0x3a, 0x20, 0xed, 0xa0, 0x80],
      [0x61, 0x3a, 0x20, 0xe2, 0x82], [0x61, 0x3a, 0x20, 0x1b, 0x5b, 0x33, 0x31, 0x6d], [0xff, 0xfe, 0x00],
    ] as [[UInt8]])
  func notText(_ bytes: [UInt8]) {
    guard case .syntax? = failure(bytes)?.reason else {
      Issue.record("\(bytes) was read")
      return
    }
  }

  @Test(
    "Syntax errors have their line",
    arguments: [("a: 1\n\tb: 2\n", 2), ("a: [1,\n2\nb: 3\n", 3), ("a: 'x\n", 2), ("a: b: c", 1)])
  func syntax(_ text: String, _ line: Int) {
    #expect(failure(text)?.line == line)
  }

  @Test("What holds no document says so", arguments: ["", "\n\n", "# only a comment\n"])
  func empty(_ text: String) {
    #expect(failure(text)?.reason == .noDocument)
  }

  @Test("Twenty-five thousand mutations of a real file are each read or refused with a line of the file")
  func mutations() {
    let sample = Array(
      """
      apiVersion: kubelet.config.k8s.io/v1beta1
      kind: KubeletConfiguration
      authentication: &auth
        anonymous: {enabled: false}
        x509: {clientCAFile: "/etc/kubernetes/pki/ca.crt"}
      again: *auth
      list: [1, 0x1f, 'two', "thr\\u00e9e", ~]
      text: |
        lines
        of text
      --- # next
      other: >-
        folded
      """.utf8)
    var generator = Generator(state: 0x5eed)
    let wild = Array("\0\t\n:-?[]{}&*!|>'\"%@`#,\\ \u{7f}".utf8) + [0x80, 0xc2, 0xe2, 0xff]
    for _ in 0..<25_000 {
      var bytes = sample
      for _ in 0...Int.random(in: 0..<4, using: &generator) {
        let index = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes[index] = wild[Int.random(in: wild.indices, using: &generator)]
        case 2: bytes.insert(wild[Int.random(in: wild.indices, using: &generator)], at: index)
        case 3: if bytes.count > 1 { bytes.remove(at: index) }
        default:
          bytes.replaceSubrange(index..., with: bytes[..<index].suffix(20) + bytes[index...].prefix(200))
        }
      }
      do throws(YAMLError) {
        for node in try parseYAMLDocuments(bytes) { #expect(node.line >= 1) }
      } catch {
        // A newline of Unicode's (U+0085, U+2028) counts too, so the bytes are the only sure bound.
        guard error.line >= 1, error.line <= bytes.count + 1 else {
          Issue.record("line \(error.line) of \(bytes)")
          return
        }
      }
    }
  }
}

/// SplitMix64: the same numbers in every run.
private struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
