import Facts
import Reports
import Testing

@Suite("A documented default stands in for what nothing sets, where it is certain which one holds")
struct DefaultsTests {
  private let check = "about: node\nexpect: { limit: { atMost: 10 } }"
  private let byVersion = "limit:\n  - { value: 20, through: \"1.29\" }\n  - { value: 5, from: \"1.30\" }"
  private let byKind =
    "limit:\n  - { value: 5, when: { legacy: false } }\n  - { value: 20, when: { legacy: true } }"

  private func judged(_ facts: [String: Fact], defaults: String) throws -> Verdict {
    var facts = facts
    facts["limit"] = facts["limit"] ?? .absent(place)
    return try verdict(check, on: [node(facts)], defaults: defaults)
  }

  private func version(_ text: String) -> Fact { observed(.text(text)) }

  @Test("The default of the entity's version decides, and its documentation is the first source")
  func versions() throws {
    let new = try judged(["version": version("v1.30.2")], defaults: byVersion)
    #expect(new.status == .pass)
    #expect(new.evidence.first?.found == "5")
    #expect(
      new.evidence.first?.sources == [
        "default of v1.30 (defaults)", "/etc/node.conf:3 key",
      ])
    #expect(try judged(["version": version("v1.29.9")], defaults: byVersion).status == .fail)
  }

  @Test("What is set wins over any default, and what could not be read is never a default")
  func setOrUnreadable() throws {
    let facts = ["version": version("v1.30.2")]
    #expect(
      try judged(facts.merging(["limit": observed(.number(11))]) { $1 }, defaults: byVersion).status == .fail)
    #expect(try judged(facts.merging(["limit": denied]) { $1 }, defaults: byVersion).status == .unknown)
  }

  @Test("Where the version is not known, what all versions agree on holds; where they disagree it is unknown")
  func unknownVersion() throws {
    let agreed = "limit:\n  - { value: 5, through: \"1.29\" }\n  - { value: 5, from: \"1.30\" }"
    for unread in [denied, .absent(place), version("none")] {
      let same = try judged(["version": unread], defaults: agreed)
      #expect(same.status == .pass)
      #expect(
        same.evidence.first?.sources.first
          == "default of every documented version (defaults)")
      let other = try judged(["version": unread], defaults: byVersion)
      #expect(other.status == .unknown)
      #expect(other.reason?.code == .undocumentedDefault)
    }
  }

  @Test(
    "Where every default that may hold gives the same verdict, it is given, and the evidence names them all")
  func sameVerdict() throws {
    let loose = "about: node\nexpect: { limit: { atMost: 20 } }"
    let passed = try verdict(
      loose, on: [node(["limit": .absent(place), "version": denied])], defaults: byVersion)
    #expect(passed.status == .pass)
    #expect(passed.evidence.first?.found == "20 or 5, by version")
    #expect(
      passed.evidence.first?.sources == [
        "https://example.org/defaults default through v1.29",
        "https://example.org/defaults default from v1.30",
        "/etc/node.conf:3 key",
      ])
    let strict = "about: node\nexpect: { limit: { atMost: 4 } }"
    let failed = try verdict(
      strict, on: [node(["limit": .absent(place), "version": denied])], defaults: byVersion)
    #expect(failed.status == .fail)
    #expect(failed.evidence.first?.found == "20 or 5, by version")
  }

  @Test("A default whose only circumstance can't be told may be none at all")
  func maybeNone() throws {
    let facts = ["version": version("v1.30.0"), "legacy": denied]
    let maybe = "limit:\n  - { value: 5, when: { legacy: false } }"
    #expect(try judged(facts, defaults: maybe).status == .unknown)
    let absent = "about: node\nexpect: { limit: { notEquals: 7 } }"
    let decided = try verdict(
      absent, on: [node(facts.merging(["limit": .absent(place)]) { $1 })], defaults: maybe)
    #expect(decided.status == .pass)
    #expect(decided.evidence.first?.found == "5 or nothing, by how it was configured")
  }

  @Test("What the host itself sets can be asked for, whatever the default")
  func configured() throws {
    for (fact, wanted, status) in [
      (Fact.absent(place), true, Reports.Status.fail), (.absent(place), false, .pass),
      (observed(.number(5)), true, .pass), (observed(.number(5)), false, .fail), (denied, true, .unknown),
    ] {
      let check = "about: node\nexpect: { limit: { isConfigured: \(wanted) } }"
      let verdict = try verdict(
        check, on: [node(["limit": fact, "version": version("v1.30.0")])], defaults: byVersion)
      #expect(verdict.status == status)
    }
  }

  @Test("A version that no default is documented for leaves the fact not set")
  func undocumentedVersion() throws {
    let verdict = try judged(
      ["version": version("v1.31.0")], defaults: "limit: { value: 5, through: \"1.29\" }")
    #expect(verdict.status == .fail)
    #expect(verdict.evidence.first?.found == "not set")
  }

  @Test("A condition chooses the default; one that can't be told leaves it unknown unless the defaults agree")
  func conditions() throws {
    let facts = ["version": version("v1.30.0")]
    func legacy(_ fact: Fact) -> [String: Fact] { facts.merging(["legacy": fact]) { $1 } }
    #expect(try judged(legacy(observed(.flag(false))), defaults: byKind).status == .pass)
    #expect(try judged(legacy(observed(.flag(true))), defaults: byKind).status == .fail)
    let unclear = try judged(legacy(denied), defaults: byKind)
    #expect(unclear.status == .unknown)
    #expect(unclear.reason?.code == .undocumentedDefault)
    let agreed = byKind.replacing("20", with: "5")
    #expect(try judged(legacy(denied), defaults: agreed).status == .pass)
  }

  @Test("A condition may rest on another fact's default, and defaults that rest on each other end")
  func chained() throws {
    let facts = ["version": version("v1.30.0"), "legacy": Fact.absent(place)]
    #expect(try judged(facts, defaults: byKind + "\nlegacy: false").status == .pass)
    let circular =
      "limit: { value: 5, when: { legacy: true } }\nlegacy: { value: true, when: { limit: { atMost: 9 } } }"
    #expect(try judged(facts, defaults: circular).status == .fail)
    let ofItself = "limit: { value: 5, when: { limit: { isSet: false } } }"
    #expect(try judged(facts, defaults: ofItself).status == .pass)
  }
}
