import Facts
import Foundation
import Testing

/// Makes facts of every kind, at random.
private struct Maker {
  var random: Generator

  mutating func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: choices.indices, using: &random)] }

  mutating func text() -> String {
    pick(["", "a", "0600", "true", "12", "/etc/x", "ümläut \"quoted\" \\ back", "\u{1}\n\u{2028}", "🔒"])
  }

  mutating func value(depth: Int = 0) -> Value {
    switch Int.random(in: 0..<(depth < 3 ? 6 : 5), using: &random) {
    case 0: return .flag(Bool.random(using: &random))
    case 1:
      return .number(
        pick([0, 1, -1, .max, .min, 1 << 53 + 1, Int64.random(in: .min ... .max, using: &random)]))
    case 2: return .seconds(pick([0, 90, -5, .max, .min]))
    case 3: return .mode(UInt16.random(in: 0...0o7777, using: &random))
    case 4: return .text(text())
    default:
      let count = Int.random(in: 0..<4, using: &random)
      var values: [Value] = []
      for _ in 0..<count { values.append(value(depth: depth + 1)) }
      return .list(values)
    }
  }

  mutating func source() -> Source {
    let kind: Source.Kind = pick([.file, .inode, .flag, .environment, .systemCall, .library, .documentation])
    return Source(
      kind, text(), line: pick([nil, 1, 70_000]), key: pick([nil, text()]), said: pick([nil, text()]))
  }

  mutating func fact() -> Fact {
    var sources: [Source] = []
    for _ in 0..<Int.random(in: 0..<3, using: &random) { sources.append(source()) }
    switch Int.random(in: 0..<3, using: &random) {
    case 0: return .observed(value(), sources)
    case 1: return .absent(sources)
    default: return .unreadable(pick(Obstacle.allCases), detail: text(), source())
    }
  }
}

@Suite("Facts survive JSON, and what is not a fact does not pass for one")
struct CodingTests {
  private func roundTrip<T: Codable>(_ value: T) throws -> T {
    try JSONDecoder().decode(T.self, from: JSONEncoder().encode(value))
  }

  @Test("Every value and fact is read back as it was written")
  func facts() throws {
    var maker = Maker(random: Generator(state: 3))
    for _ in 0..<3_000 {
      let fact = maker.fact()
      #expect(try roundTrip(fact) == fact)
    }
  }

  @Test("A snapshot is read back as it was written, its entities sorted by subject and id")
  func snapshots() throws {
    var maker = Maker(random: Generator(state: 4))
    for _ in 0..<50 {
      var entities: [Entity] = []
      for id in ["b", "a", "ä", "10", "9"].shuffled(using: &maker.random) {
        entities.append(
          Entity(subject: maker.pick(["x", "y"]), id: id, facts: ["f": maker.fact(), "g": maker.fact()]))
      }
      let snapshot = Self.snapshot(entities)
      #expect(try roundTrip(snapshot) == snapshot)
      #expect(Self.snapshot(entities.reversed()) == snapshot)
      let labels = snapshot.entities.map { Array("\($0.subject)\0\($0.id)".utf8) }
      #expect(zip(labels, labels.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
    }
  }

  private static func snapshot(_ entities: [Entity]) -> Snapshot {
    Snapshot(
      run: Run(id: "01890a5d-ac96-774b-bcce-b302099a8057", sequence: 7, startedAt: "2026-03-04T05:06:07Z"),
      auditor: Auditor(name: "plumbline", version: "0.1.0"),
      host: HostIdentity(
        id: nil, hostname: "h", nodeName: nil, bootID: nil, os: nil, kernel: nil, architecture: nil,
        roles: [],
        kubeletVersion: nil, isRunning: true),
      collectors: [
        CollectorRun(
          name: "x", subjects: ["x", "y"], state: .partial,
          problems: [Problem(.denied, "/p", "permission denied")],
          problemsDropped: 2)
      ],
      entities: entities)
  }

  @Test("Values stand in JSON as JSON's own types, and modes and durations say what they are")
  func shape() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let value = Value.list([.flag(true), .number(5), .text("5"), .mode(0o600), .seconds(90), .list([])])
    let text = String(decoding: try encoder.encode(value), as: UTF8.self)
    #expect(text == #"[true,5,"5",{"mode":"0600"},{"seconds":90},[]]"#)
  }

  @Test(
    "What is no value is refused",
    arguments: [
      "null", "1.5", "{}", "{\"mode\":\"0800\"}", "{\"mode\":\"10000\"}", "{\"mode\":384}",
      "{\"seconds\":\"5\"}",
      "9223372036854775808", "[null]",
    ])
  func noValue(_ json: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Value.self, from: Data(json.utf8)) }
  }

  @Test(
    "What is no fact is refused: nothing is observed without a value, nor unreadable without obstacle and source",
    arguments: [
      "{\"known\":\"observed\",\"sources\":[]}", "{\"known\":\"guessed\",\"sources\":[]}",
      "{\"known\":\"absent\"}",
      "{\"known\":\"unreadable\",\"reason\":\"denied\",\"detail\":\"\",\"sources\":[]}",
      "{\"known\":\"unreadable\",\"reason\":\"tired\",\"detail\":\"\",\"sources\":[{\"kind\":\"file\",\"place\":\"/\"}]}",
    ])
  func noFact(_ json: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Fact.self, from: Data(json.utf8)) }
  }

  @Test(
    "Evidence shows a value as its own component writes it",
    arguments: [
      (.flag(false), "false"), (.mode(0o4755), "4755"), (.mode(0), "0000"), (.seconds(14400), "4h0m0s"),
      (.seconds(90), "1m30s"), (.seconds(5), "5s"), (.seconds(-90), "-1m30s"), (.text(""), "\"\""),
      (.list([]), "[]"),
      (.list([.text("a"), .number(1)]), "[a, 1]"), (.seconds(.min), "-2562047788015215h30m8s"),
    ] as [(Value, String)])
  func description(_ value: Value, _ expected: String) {
    #expect(value.description == expected)
  }

  @Test("The order of values is total, so that sorted output is the same every time")
  func order() {
    var maker = Maker(random: Generator(state: 5))
    for _ in 0..<3_000 {
      let (left, right) = (maker.value(), maker.value())
      #expect([left < right, right < left, left == right].filter { $0 }.count == 1)
    }
  }
}
