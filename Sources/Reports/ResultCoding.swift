import Facts

/// A result as it stands in JSON. It is flat there: a reader in a log pipeline wants `status`, not a tree of cases. `expected`, `found`
/// and `sources` are the first piece of evidence; the pieces beyond it stand in `evidence`, at most `evidenceKept` in all.
struct WrittenResult {
  enum Key: String, CodingKey {
    case id, check, area, severity, level, status, entity, fact, expected, found, sources, evidence,
      evidenceDropped
    case entities, reason, waiver, origin
  }

  /// A piece of evidence beyond a result's first: what it has in common with that is left out.
  struct Further: Codable {
    let entity: String?
    let fact: String
    let expected: String?
    let found: String
    let sources: [String]
  }

  /// Why it is no result.
  enum Problem: Error {
    case missing(Key)
    case noEvidence
  }

  var id: String?
  var check: String?
  var area: String?
  var severity: Severity?
  var level: Int?
  var status: Status?
  var entity: String?
  var fact: String?
  var expected: String?
  var found: String?
  var sources: [String]?
  var evidence: [Further]?
  var evidenceDropped: Int?
  var entities: Int?
  var reason: Reason?
  var waiver: Waived?
  var origin: String?
}

extension CheckResult {
  init(_ written: WrittenResult) throws(WrittenResult.Problem) {
    func needed<Value>(_ value: Value?, _ key: WrittenResult.Key) throws(WrittenResult.Problem) -> Value {
      guard let value else { throw .missing(key) }
      return value
    }
    var evidence: [Evidence] = []
    if let fact = written.fact {
      let first = Evidence(
        entity: written.entity ?? "", fact: fact, expected: try needed(written.expected, .expected),
        found: try needed(written.found, .found), sources: try needed(written.sources, .sources))
      evidence = [first] + (written.evidence ?? []).map { $0.evidence(after: first) }
    }
    func proof() throws(WrittenResult.Problem) -> Proof {
      guard let proof = Proof(evidence, entities: written.entities ?? 1) else { throw .noEvidence }
      return proof
    }
    func reason() throws(WrittenResult.Problem) -> Reason { try needed(written.reason, .reason) }
    let verdict: Verdict =
      switch try needed(written.status, .status) {
      case .pass: .pass(try proof())
      case .fail: .fail(try proof())
      case .manual: .manual(try reason(), evidence)
      case .notApplicable: .notApplicable(try reason(), evidence)
      case .unknown: .unknown(try reason(), evidence)
      case .error: .error(try reason())
      case .waived: .waived(try needed(written.waiver, .waiver), try proof())
      }
    self.init(
      id: try needed(written.id, .id), check: try needed(written.check, .check),
      area: try needed(written.area, .area), severity: try needed(written.severity, .severity),
      level: written.level, verdict: verdict, evidenceDropped: written.evidenceDropped ?? 0,
      origin: written.origin)
  }
}

extension CheckResult: Codable {
  private typealias Key = WrittenResult.Key

  package init(from decoder: any Decoder) throws {
    let keyed = try decoder.container(keyedBy: Key.self)
    var written = WrittenResult()
    written.id = try keyed.decode(String.self, forKey: .id)
    written.check = try keyed.decode(String.self, forKey: .check)
    written.area = try keyed.decode(String.self, forKey: .area)
    written.severity = try keyed.decode(Severity.self, forKey: .severity)
    written.status = try keyed.decode(Status.self, forKey: .status)
    written.level = try keyed.decodeIfPresent(Int.self, forKey: .level)
    written.entity = try keyed.decodeIfPresent(String.self, forKey: .entity)
    written.fact = try keyed.decodeIfPresent(String.self, forKey: .fact)
    written.expected = try keyed.decodeIfPresent(String.self, forKey: .expected)
    written.found = try keyed.decodeIfPresent(String.self, forKey: .found)
    written.sources = try keyed.decodeIfPresent([String].self, forKey: .sources)
    written.evidence = try keyed.decodeIfPresent([WrittenResult.Further].self, forKey: .evidence)
    written.evidenceDropped = try keyed.decodeIfPresent(Int.self, forKey: .evidenceDropped)
    written.entities = try keyed.decodeIfPresent(Int.self, forKey: .entities)
    written.reason = try keyed.decodeIfPresent(Reason.self, forKey: .reason)
    written.waiver = try keyed.decodeIfPresent(Waived.self, forKey: .waiver)
    written.origin = try keyed.decodeIfPresent(String.self, forKey: .origin)
    do {
      try self.init(written)
    } catch .missing(let key) {
      throw DecodingError.keyNotFound(
        key, DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "no such key"))
    } catch .noEvidence {
      throw DecodingError.dataCorruptedError(
        forKey: .status, in: keyed, debugDescription: "a pass or a failure without evidence")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var keyed = encoder.container(keyedBy: Key.self)
    try keyed.encode(id, forKey: .id)
    try keyed.encode(check, forKey: .check)
    try keyed.encode(area, forKey: .area)
    try keyed.encode(severity, forKey: .severity)
    try keyed.encodeIfPresent(level, forKey: .level)
    try keyed.encodeIfPresent(origin, forKey: .origin)
    try keyed.encode(verdict.status, forKey: .status)
    try keyed.encodeIfPresent(verdict.reason, forKey: .reason)
    switch verdict {
    case .pass(let proof), .fail(let proof):
      if proof.entities > 1 { try keyed.encode(proof.entities, forKey: .entities) }
    case .waived(let waived, let proof):
      try keyed.encode(waived, forKey: .waiver)
      if proof.entities > 1 { try keyed.encode(proof.entities, forKey: .entities) }
    case .manual, .notApplicable, .unknown, .error: break
    }
    try encode(verdict.evidence, to: &keyed)
  }

  private func encode(_ evidence: [Evidence], to keyed: inout KeyedEncodingContainer<Key>) throws {
    guard let first = evidence.first else { return }
    if !first.entity.isEmpty { try keyed.encode(first.entity, forKey: .entity) }
    try keyed.encode(first.fact, forKey: .fact)
    try keyed.encode(first.expected, forKey: .expected)
    try keyed.encode(first.found, forKey: .found)
    try keyed.encode(first.sources, forKey: .sources)
    let others = evidence.dropFirst().map { WrittenResult.Further($0, after: first) }
    if !others.isEmpty { try keyed.encode(others, forKey: .evidence) }
    if evidenceDropped > 0 { try keyed.encode(evidenceDropped, forKey: .evidenceDropped) }
  }
}

extension WrittenResult.Further {
  fileprivate init(_ evidence: Evidence, after first: Evidence) {
    self.init(
      entity: evidence.entity == first.entity ? nil : evidence.entity, fact: evidence.fact,
      expected: evidence.expected == Evidence.forInformation ? nil : evidence.expected,
      found: evidence.found, sources: evidence.sources)
  }

  fileprivate func evidence(after first: Evidence) -> Evidence {
    Evidence(
      entity: entity ?? first.entity, fact: fact, expected: expected ?? Evidence.forInformation, found: found,
      sources: sources)
  }
}
