import Facts

/// What decided: one fact of one entity, what was expected of it and what was found.
package struct Evidence: Codable, Hashable, Sendable {
  /// Whose fact it is, where there are several of its kind: `file[/etc/shadow]`. Empty where there is but one on a host.
  package let entity: String
  /// The fact's name; with its subject before it (`kernel/modules.loadable`) where the check is about another subject.
  package let fact: String
  /// What the fact must be, in words that follow its name: `at least 1`.
  package let expected: String
  package let found: String
  /// Where it was read, the winning source first.
  package let sources: [String]

  /// The `expected` of a fact that is shown beside those that decided.
  package static let forInformation = "for information"

  package init(entity: String, fact: String, expected: String, found: String, sources: [String]) {
    self.entity = entity
    self.fact = fact
    self.expected = expected
    self.found = found
    self.sources = sources
  }
}

/// Evidence that is there: the only thing a `pass` or a `fail` can be made of.
package struct Proof: Hashable, Sendable {
  package let first: Evidence
  package let others: [Evidence]
  /// How many entities it speaks of in all, those that are not listed included.
  package let entities: Int

  /// - Returns: nil where there is no evidence, and then there is no verdict either.
  package init?(_ evidence: [Evidence], entities: Int) {
    guard let first = evidence.first else { return nil }
    self.first = first
    others = Array(evidence.dropFirst())
    self.entities = entities
  }

  package var all: [Evidence] { [first] + others }

  private init(first: Evidence, others: [Evidence], entities: Int) {
    self.first = first
    self.others = others
    self.entities = entities
  }

  /// The same proof with so many pieces of evidence at most, and never without the first.
  func keeping(_ count: Int) -> Proof {
    Proof(first: first, others: Array(others.prefix(max(0, count - 1))), entities: entities)
  }
}

/// Why a result is neither pass nor fail.
package struct Reason: Codable, Hashable, Sendable {
  package enum Code: String, Codable, Hashable, Sendable, CaseIterable {
    /// A person must look; no fact on the node can decide it.
    case needsPerson
    /// The host has nothing that the check is about, and the collector saw all there is.
    case noSuchSubject
    /// What the check needs in order to apply does not hold here; the evidence says what was found.
    case conditionNotMet
    /// A fact was there and could not be read; the message has the obstacle.
    case unreadable
    /// The collector could not see everything, so that nothing was found proves nothing.
    case collectorIncomplete
    /// The snapshot does not state the fact, as one of an older version.
    case missingFact
    /// Nothing sets it, and its default for this version is not documented here.
    case undocumentedDefault
    /// Only a running host can tell.
    case needsRunningHost
    /// The fact has a type that the check cannot judge: a bug, of the profile or of the snapshot's maker.
    case typeMismatch
    /// Another program says so; the message has its reason.
    case saidOutside
  }

  package let code: Code
  /// For people, where there is more to say than the code and the evidence do.
  package let message: String?

  package init(_ code: Code, _ message: String? = nil) {
    self.code = code
    self.message = message
  }
}

extension Reason.Code {
  /// The code in words.
  package var meaning: String {
    switch self {
    case .needsPerson: "a person must look"
    case .noSuchSubject: "this host has nothing that the check is about"
    case .conditionNotMet: "it does not apply here"
    case .unreadable: "a fact could not be read"
    case .collectorIncomplete: "not everything could be seen"
    case .missingFact: "the snapshot does not state a fact it needs"
    case .undocumentedDefault: "nothing sets it, and its default is not known here"
    case .needsRunningHost: "only a running host can tell"
    case .typeMismatch: "a fact has a type that the check cannot judge"
    case .saidOutside: "another program says so"
    }
  }
}

/// XCCDF's result words.
package enum Status: String, Codable, Hashable, Sendable, CaseIterable {
  case pass, fail, manual, notApplicable, unknown, error, waived
}

/// One check's answer. A `pass` or `fail` cannot be made without proof; nothing that was not seen becomes either.
package enum Verdict: Hashable, Sendable {
  case pass(Proof)
  case fail(Proof)
  case manual(Reason, [Evidence])
  case notApplicable(Reason, [Evidence])
  case unknown(Reason, [Evidence])
  case error(Reason)
  case waived(Waived, Proof)

  package var status: Status {
    switch self {
    case .pass: .pass
    case .fail: .fail
    case .manual: .manual
    case .notApplicable: .notApplicable
    case .unknown: .unknown
    case .error: .error
    case .waived: .waived
    }
  }

  package var evidence: [Evidence] {
    switch self {
    case .pass(let proof), .fail(let proof), .waived(_, let proof): proof.all
    case .manual(_, let evidence), .notApplicable(_, let evidence), .unknown(_, let evidence): evidence
    case .error: []
    }
  }

  var evidenceCount: Int {
    switch self {
    case .pass(let proof), .fail(let proof), .waived(_, let proof): 1 + proof.others.count
    case .manual(_, let evidence), .notApplicable(_, let evidence), .unknown(_, let evidence): evidence.count
    case .error: 0
    }
  }

  package var reason: Reason? {
    switch self {
    case .pass, .fail, .waived: nil
    case .manual(let reason, _), .notApplicable(let reason, _), .unknown(let reason, _), .error(let reason):
      reason
    }
  }
}

extension Verdict {
  /// The same verdict with so many pieces of evidence at most.
  func keeping(_ count: Int) -> Verdict {
    guard evidenceCount > count else { return self }
    return switch self {
    case .pass(let proof): .pass(proof.keeping(count))
    case .fail(let proof): .fail(proof.keeping(count))
    case .waived(let waived, let proof): .waived(waived, proof.keeping(count))
    case .manual(let reason, let evidence): .manual(reason, Array(evidence.prefix(count)))
    case .notApplicable(let reason, let evidence): .notApplicable(reason, Array(evidence.prefix(count)))
    case .unknown(let reason, let evidence): .unknown(reason, Array(evidence.prefix(count)))
    case .error: self
    }
  }
}

/// The waiver under which a failure stands.
package struct Waived: Codable, Hashable, Sendable {
  package let reason: String
  package let owner: String
  /// The last day it holds, `YYYY-MM-DD`.
  package let expires: String

  package init(reason: String, owner: String, expires: String) {
    self.reason = reason
    self.owner = owner
    self.expires = expires
  }
}
