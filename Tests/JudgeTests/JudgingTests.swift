import Facts
import Reports
import Testing

@Suite("A verdict rests on what was seen, and on nothing else")
struct JudgingTests {
  private let secure = "about: node\nexpect: { secure: true }"
  private let private600 = "about: item\nwhere: { role: key }\nexpect: { mode: { within: \"0600\" } }"

  @Test("A fact that is as expected passes, with the fact, what was expected, what was found and its source")
  func passes() throws {
    let verdict = try verdict(secure, on: [node(["secure": observed(.flag(true))])])
    #expect(verdict.status == .pass)
    #expect(
      verdict.evidence == [
        Evidence(
          entity: "", fact: "secure", expected: "true", found: "true",
          sources: ["/etc/node.conf:3 key"])
      ])
  }

  @Test("A fact that is not as expected fails, and one that is not set fails what asks for a value")
  func fails() throws {
    #expect(try verdict(secure, on: [node(["secure": observed(.flag(false))])]).status == .fail)
    let unset = try verdict(secure, on: [node(["secure": .absent(place)])])
    #expect(unset.status == .fail)
    #expect(unset.evidence.first?.found == "not set")
  }

  @Test("A fact that could not be read is unknown, with the obstacle and its place")
  func unreadable() throws {
    let verdict = try verdict(secure, on: [node(["secure": denied])])
    #expect(verdict.status == .unknown)
    #expect(verdict.reason == Reason(.unreadable, "/etc/node.conf:3 key: permission denied"))
    #expect(verdict.evidence.first?.found == "unreadable (denied)")
  }

  @Test("What only a running host can tell is unknown for that reason")
  func needsRunningHost() throws {
    let fact = Fact.unreadable(.needsRunningHost, detail: "a tree of files", place)
    #expect(try verdict(secure, on: [node(["secure": fact])]).reason?.code == .needsRunningHost)
  }

  @Test("A fact that an older snapshot does not state is unknown, also under isSet and not")
  func missingFact() throws {
    for expectation in ["secure: true", "secure: { isSet: false }", "not: { secure: true }"] {
      let verdict = try verdict("about: node\nexpect: { \(expectation) }", on: [node([:])])
      #expect(verdict.status == .unknown)
      #expect(verdict.reason?.code == .missingFact)
    }
  }

  @Test("A fact of a singleton that the snapshot does not hold is unknown")
  func missingSingleton() throws {
    let check = "about: item\nexpect: { node/secure: true }"
    let verdict = try verdict(check, on: [item("a", mode: observed(.mode(0o600)))])
    #expect(verdict.status == .unknown)
    #expect(verdict.reason?.code == .missingFact)
  }

  @Test("A fact of a type that the check cannot judge is an error and never a pass")
  func typeMismatch() throws {
    let verdicts = try [
      verdict(secure, on: [node(["secure": observed(.text("true"))])]),
      verdict("about: node\nexpect: { kind: { noneOf: [bad] } }", on: [node(["kind": observed(.number(1))])]),
      verdict(
        "about: node\nexpect: { names: { excludes: bad } }", on: [node(["names": observed(.text("bad"))])]),
    ]
    #expect(verdicts.map(\.status) == [.error, .error, .error])
    #expect(verdicts.allSatisfy { $0.reason?.code == .typeMismatch })
  }

  @Test("One failing entity fails the check, and only failing ones are its evidence")
  func oneFails() throws {
    let entities = [
      item("a", mode: observed(.mode(0o600))), item("b", mode: observed(.mode(0o644))),
      item("c", mode: observed(.mode(0o666))),
      item("d", role: observed(.text("other")), mode: observed(.mode(0o777))),
    ]
    let verdict = try verdict(private600, on: entities)
    #expect(verdict.status == .fail)
    #expect(verdict.evidence.map(\.entity) == ["item[b]", "item[c]"])
    guard case .fail(let proof) = verdict else { return }
    #expect(proof.entities == 2)
  }

  @Test("A failure stands beside what could not be read, and beside a collector that was not complete")
  func failsDespiteUnknown() throws {
    let entities = [item("a", mode: denied), item("b", mode: observed(.mode(0o644)))]
    #expect(try verdict(private600, on: entities).status == .fail)
    #expect(try verdict(private600, on: entities, collectors: collector(.partial)).status == .fail)
  }

  @Test("One entity that could not be read leaves the check unknown, however good the others are")
  func oneUnknown() throws {
    let entities = [item("a", mode: observed(.mode(0o600))), item("b", mode: denied)]
    let verdict = try verdict(private600, on: entities)
    #expect(verdict.status == .unknown)
    #expect(verdict.evidence.map(\.entity) == ["item[b]"])
  }

  @Test("An entity of which it is not known whether it is meant leaves the check unknown")
  func unclearSelection() throws {
    let entities = [
      item("a", mode: observed(.mode(0o600))), item("b", role: denied, mode: observed(.mode(0o777))),
    ]
    #expect(try verdict(private600, on: entities).status == .unknown)
  }

  @Test("No matching entity is not applicable only if the collector saw everything")
  func noEntity() throws {
    let whole = try verdict(private600, on: [])
    #expect(whole.status == .notApplicable)
    #expect(whole.reason == Reason(.noSuchSubject))
    let partial = try verdict(private600, on: [], collectors: collector(.partial))
    #expect(partial.status == .unknown)
    #expect(partial.reason == Reason(.collectorIncomplete, "/etc/secret: permission denied"))
    let none = try verdict(private600, on: [], collectors: [])
    #expect(none.reason == Reason(.collectorIncomplete, "nothing was collected about 'item'"))
  }

  @Test("Good entities of a collector that was not complete are unknown: those that were not seen may be bad")
  func partialCollector() throws {
    let good = [item("a", mode: observed(.mode(0o600)))]
    let verdict = try verdict(private600, on: good, collectors: collector(.partial))
    #expect(verdict.status == .unknown)
    #expect(verdict.reason?.code == .collectorIncomplete)
    #expect(verdict.evidence.map(\.entity) == ["item[a]"])
  }

  @Test("A singleton is judged by its facts also where its collector was not complete")
  func partialSingleton() throws {
    let good = [node(["secure": observed(.flag(true)), "legacy": observed(.flag(false))])]
    #expect(try verdict(secure, on: good, collectors: collector(.partial)).status == .pass)
    let exempt = try verdict(
      secure + "\napplies: { legacy: true }", on: good, collectors: collector(.partial))
    #expect(exempt.status == .notApplicable)
  }

  @Test("What does not apply is not applicable, with what was found as the reason")
  func conditionNotMet() throws {
    let check = secure + "\napplies: { legacy: true }"
    let facts: [String: Fact] = ["secure": observed(.flag(false)), "legacy": observed(.flag(false))]
    let verdict = try verdict(check, on: [node(facts)])
    #expect(verdict.status == .notApplicable)
    #expect(verdict.reason == Reason(.conditionNotMet))
    #expect(verdict.evidence.map { [$0.fact, $0.expected, $0.found] } == [["legacy", "true", "false"]])
    let unclear = try Self.judged(check, legacy: denied)
    #expect(unclear.status == .unknown)
  }

  private static func judged(_ check: String, legacy: Fact) throws -> Verdict {
    try verdict(check, on: [node(["secure": observed(.flag(true)), "legacy": legacy])])
  }

  @Test("A manual check asks a person and shows the facts it names, whatever they say")
  func manual() throws {
    let check = "about: node\nmanual: a person must look\nshow: [kind]"
    for fact in [observed(.text("x")), denied, .absent(place)] {
      let verdict = try verdict(check, on: [node(["kind": fact])])
      #expect(verdict.status == .manual)
      #expect(verdict.reason == Reason(.needsPerson, "a person must look"))
      #expect(verdict.evidence.map(\.fact) == ["kind"])
    }
  }

  @Test("A manual check about what the host certainly does not have is not applicable")
  func manualAboutNothing() throws {
    let check = "about: item\nmanual: a person must look"
    #expect(try verdict(check, on: []).status == .notApplicable)
    #expect(try verdict(check, on: [], collectors: collector(.partial)).status == .manual)
    let exempt = "about: node\nmanual: look\napplies: { legacy: true }"
    #expect(try verdict(exempt, on: [node(["legacy": observed(.flag(false))])]).status == .notApplicable)
  }

  @Test("What is only shown is evidence beside what decided, and decides nothing")
  func shown() throws {
    let facts: [String: Fact] = ["secure": observed(.flag(true)), "kind": denied]
    let verdict = try verdict(secure + "\nshow: [kind]", on: [node(facts)])
    #expect(verdict.status == .pass)
    #expect(verdict.evidence.map(\.fact) == ["secure", "kind"])
  }

  @Test("Of an all only the parts that failed are evidence; of an any that failed, every part")
  func evidenceOfParts() throws {
    let facts: [String: Fact] = ["secure": observed(.flag(false)), "legacy": observed(.flag(true))]
    let all = try verdict("about: node\nexpect: { secure: true, legacy: true }", on: [node(facts)])
    #expect(all.status == .fail)
    #expect(all.evidence.map(\.fact) == ["secure"])
    let any = try verdict(
      "about: node\nexpect: { any: [{ secure: true }, { legacy: false }] }", on: [node(facts)])
    #expect(any.status == .fail)
    #expect(any.evidence.map(\.fact) == ["secure", "legacy"])
  }

  @Test("An unreadable part under a part that decides does not hide the decision")
  func decidedDespiteUnknown() throws {
    let facts: [String: Fact] = ["secure": denied, "legacy": observed(.flag(true))]
    let any = try verdict(
      "about: node\nexpect: { any: [{ secure: true }, { legacy: true }] }", on: [node(facts)])
    #expect(any.status == .pass)
    let all = try verdict("about: node\nexpect: { secure: true, legacy: false }", on: [node(facts)])
    #expect(all.status == .fail)
    #expect(all.evidence.map(\.fact) == ["legacy"])
  }

  @Test("What was found is cut where it is too long for a person")
  func longList() throws {
    let names = Value.texts((0..<5_000).map { "name-\($0)" })
    let verdict = try verdict(
      "about: node\nexpect: { names: { isEmpty: false } }", on: [node(["names": observed(names)])])
    #expect(verdict.status == .pass)
    let found = try #require(verdict.evidence.first?.found)
    #expect(
      found.hasPrefix("[name-0, name-1,") && found.hasSuffix(" bytes in all)") && found.utf8.count < 600)
  }

  @Test("Evidence under a not says what was really expected")
  func not() throws {
    let verdict = try verdict(
      "about: node\nexpect: { not: { legacy: true } }", on: [node(["legacy": observed(.flag(true))])])
    #expect(verdict.status == .fail)
    #expect(verdict.evidence.map(\.expected) == ["not (true)"])
  }

  @Test("There is no proof without evidence, so no pass and no failure can be made without it")
  func proof() {
    #expect(Proof([], entities: 3) == nil)
    let piece = Evidence(entity: "node", fact: "f", expected: "f is true", found: "true", sources: [])
    #expect(Proof([piece, piece], entities: 2)?.all == [piece, piece])
  }
}
