import Facts

// A result is flat in JSON: a reader in a log pipeline wants `status`, not a tree of cases. `expected`, `found` and `sources`
// are the first piece of evidence; the pieces beyond it stand in `evidence`, at most `evidenceKept` in all.

extension CheckResult: Codable {
  private enum Key: String, CodingKey {
    case id, check, area, severity, level, status, entity, fact, expected, found, sources, evidence,
      evidenceDropped
    case entities, reason, waiver, origin
  }

  package init(from decoder: any Decoder) throws {
    let keyed = try decoder.container(keyedBy: Key.self)
    var evidence: [Evidence] = []
    if let fact = try keyed.decodeIfPresent(String.self, forKey: .fact) {
      let first = Evidence(
        entity: try keyed.decodeIfPresent(String.self, forKey: .entity) ?? "", fact: fact,
        expected: try keyed.decode(String.self, forKey: .expected),
        found: try keyed.decode(String.self, forKey: .found),
        sources: try keyed.decode([String].self, forKey: .sources))
      let others = try keyed.decodeIfPresent([Further].self, forKey: .evidence) ?? []
      evidence = [first] + others.map { $0.evidence(after: first) }
    }
    self.init(
      id: try keyed.decode(String.self, forKey: .id), check: try keyed.decode(String.self, forKey: .check),
      area: try keyed.decode(String.self, forKey: .area),
      severity: try keyed.decode(Severity.self, forKey: .severity),
      level: try keyed.decodeIfPresent(Int.self, forKey: .level), verdict: try Self.verdict(keyed, evidence),
      evidenceDropped: try keyed.decodeIfPresent(Int.self, forKey: .evidenceDropped) ?? 0,
      origin: try keyed.decodeIfPresent(String.self, forKey: .origin))
  }

  private static func verdict(_ keyed: KeyedDecodingContainer<Key>, _ evidence: [Evidence]) throws -> Verdict
  {
    func proof() throws -> Proof {
      let entities = try keyed.decodeIfPresent(Int.self, forKey: .entities) ?? 1
      guard let proof = Proof(evidence, entities: entities) else {
        throw DecodingError.dataCorruptedError(
          forKey: .status, in: keyed, debugDescription: "a pass or a failure without evidence")
      }
      return proof
    }
    func reason() throws -> Reason { try keyed.decode(Reason.self, forKey: .reason) }
    switch try keyed.decode(Status.self, forKey: .status) {
    case .pass: return .pass(try proof())
    case .fail: return .fail(try proof())
    case .manual: return .manual(try reason(), evidence)
    case .notApplicable: return .notApplicable(try reason(), evidence)
    case .unknown: return .unknown(try reason(), evidence)
    case .error: return .error(try reason())
    case .waived: return .waived(try keyed.decode(Waived.self, forKey: .waiver), try proof())
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
    let others = evidence.dropFirst().map { Further($0, after: first) }
    if !others.isEmpty { try keyed.encode(others, forKey: .evidence) }
    if evidenceDropped > 0 { try keyed.encode(evidenceDropped, forKey: .evidenceDropped) }
  }
}

/// A piece of evidence beyond a result's first: what it has in common with that is left out.
private struct Further: Codable {
  let entity: String?
  let fact: String
  let expected: String?
  let found: String
  let sources: [String]

  init(_ evidence: Evidence, after first: Evidence) {
    entity = evidence.entity == first.entity ? nil : evidence.entity
    fact = evidence.fact
    expected = evidence.expected == Evidence.forInformation ? nil : evidence.expected
    found = evidence.found
    sources = evidence.sources
  }

  func evidence(after first: Evidence) -> Evidence {
    Evidence(
      entity: entity ?? first.entity, fact: fact, expected: expected ?? Evidence.forInformation, found: found,
      sources: sources)
  }
}
