import Facts
import Reports
import Testing

@Suite("A list that is a default is what the host adds to it and takes from it")
struct ListDefaultsTests {
  private static let byVersion = """
    names:
      - { value: [a, b], plus: added, minus: removed, through: "1.29" }
      - { value: [a, b, c], plus: added, minus: removed, from: "1.30" }
    """

  private func judged(
    _ expect: String, added: Fact? = nil, removed: Fact? = nil, version: String? = "v1.30.1",
    names: Fact? = nil
  ) throws -> Verdict {
    let facts = [
      "names": names ?? .absent(place), "added": added ?? .absent(place),
      "removed": removed ?? .absent(place),
      "version": version.map { observed(.text($0)) } ?? .absent(place),
    ]
    return try verdict(
      "about: node\nexpect: { names: { \(expect) } }", on: [node(facts)], defaults: Self.byVersion)
  }

  private func list(_ texts: String..., key: String) -> Fact {
    .observed(.texts(texts), Source(.flag, "node[1]", key: key))
  }

  @Test("Its own elements, those added and not those taken; what is both is in it")
  func changed() throws {
    #expect(try judged("contains: [a, b, c]").status == .pass)
    #expect(try judged("contains: [c]", version: "v1.29.0").status == .fail)
    let both = try judged(
      "contains: [a, x]", added: list("x", key: "--add"), removed: list("b", key: "--take"))
    #expect(both.status == .pass)
    #expect(both.evidence.first?.found == "[a, c, x]")
    #expect(
      both.evidence.first?.sources == [
        "default of v1.30 (defaults)", "node[1] --add", "node[1] --take", "/etc/node.conf:3 key",
      ])
    #expect(try judged("excludes: [b]", removed: list("b", key: "--take")).status == .pass)
    let twice = try judged("contains: [b]", added: list("b", key: "--add"), removed: list("b", key: "--take"))
    #expect(twice.status == .pass)
  }

  @Test("A list of the host's own stands for all of it")
  func replaced() throws {
    let verdict = try judged("contains: [a]", added: list("a", key: "--add"), names: observed(.texts(["b"])))
    #expect(verdict.status == .fail)
    #expect(verdict.evidence.first?.found == "[b]")
  }

  @Test("Where what is added can't be read nothing is known of it")
  func unreadAddition() throws {
    #expect(try judged("contains: [a]", added: denied).status == .unknown)
  }

  @Test("Where what is taken can't be read, what is added and what nobody has are still known")
  func unreadRemoval() throws {
    let added = list("x", key: "--add")
    for (expect, status) in [
      ("contains: [x]", Status.pass), ("contains: [y]", .fail), ("contains: [a]", .unknown),
      ("excludes: [y]", .pass), ("excludes: [x]", .fail), ("excludes: [a]", .unknown),
    ] {
      #expect(try judged(expect, added: added, removed: denied).status == status, "\(expect)")
    }
  }

  @Test("Where the version is not known, what all of them come to is")
  func unknownVersion() throws {
    let known = try judged("contains: [a]", version: nil)
    #expect(known.status == .pass)
    #expect(known.evidence.first?.found == "[a]")
    #expect(known.evidence.first?.sources.first == "default of every documented version (defaults)")
    #expect(try judged("contains: [c]", version: nil).status == .unknown)
    #expect(try judged("contains: [c]", added: list("c", key: "--add"), version: nil).status == .pass)
  }

  @Test("Of a long list the evidence names what was asked for")
  func long() throws {
    let names = observed(.texts((1...20).map { "a-long-name-\($0)" }))
    #expect(
      try judged("contains: [a-long-name-3]", names: names).evidence.first?.found
        == "[a-long-name-3] among 20")
    #expect(try judged("contains: [x]", names: names).evidence.first?.found == "none of these among 20")
    #expect(
      try judged("excludes: [a-long-name-3, x]", names: names).evidence.first?.found
        == "[a-long-name-3] among 20")
    let allowed = (2...20).map { "a-long-name-\($0)" }.joined(separator: ", ")
    #expect(
      try judged("onlyFrom: [\(allowed)]", names: names).evidence.first?.found == "[a-long-name-1] among 20")
  }

  @Test("What can't be decided on a node is unknown unless the parts beside it decide")
  func undecided() throws {
    let check = """
      about: node
      show: [names]
      expect:
        any:
          - { names: { contains: [good] } }
          - { legacy: true, undecided: who does it is not on the node }
      """
    func judged(_ name: String, legacy: Bool) throws -> Verdict {
      try verdict(
        check, on: [node(["names": observed(.texts([name])), "legacy": observed(.flag(legacy))])])
    }
    #expect(try judged("good", legacy: true).status == .pass)
    #expect(try judged("bad", legacy: false).status == .fail)
    let open = try judged("bad", legacy: true)
    #expect(open.status == .unknown)
    #expect(open.reason == Reason(.needsPerson, "who does it is not on the node"))
    #expect(open.evidence.map(\.fact) == ["names"])
  }
}
