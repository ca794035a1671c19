package import Facts

/// What became of one check between two reports.
package struct ResultChange: Encodable, Hashable, Sendable {
  /// For better or for worse; docs/diff.md has the table.
  package enum Direction: String, Encodable, Hashable, Sendable, CaseIterable {
    /// It fails now, or fails for something it did not fail for, or what passed can't be told any more.
    case worse
    /// It failed or could not be told, and passes now or has nothing to be about; or it fails for less.
    case better
    /// Neither: waived, judged by a person, new, gone, or other evidence for the same verdict.
    case changed
  }

  package let id: String
  package let check: String
  package let area: String
  package let severity: Severity
  package let direction: Direction
  /// Nil where the report before has no such id.
  package let before: Status?
  /// Nil where the report after has no such id.
  package let after: Status?
  package let evidenceBefore: [Evidence]
  package let evidenceAfter: [Evidence]
  /// Why there is no verdict of pass or fail now.
  package let reason: String?

  /// - Returns: nil where nothing changed that matters: where a fact was read, and process numbers, do not.
  init?(from before: CheckResult?, to after: CheckResult?) {
    guard let known = after ?? before, let direction = Self.direction(before, after) else { return nil }
    id = known.id
    check = known.check
    area = known.area
    severity = known.severity
    self.direction = direction
    self.before = before?.verdict.status
    self.after = after?.verdict.status
    evidenceBefore = before?.verdict.evidence ?? []
    evidenceAfter = after?.verdict.evidence ?? []
    reason = after?.verdict.reason.map { $0.message ?? $0.code.meaning }
  }

  private static func direction(_ before: CheckResult?, _ after: CheckResult?) -> Direction? {
    guard let before, let after else {
      return after?.verdict.status == .fail ? .worse : .changed
    }
    let (was, isNow) = (before.verdict.status, after.verdict.status)
    let isGood = { (status: Status) in status == .pass || status == .notApplicable }
    let isUndecided = { (status: Status) in status == .unknown || status == .error }
    if was == isNow { return Offenders.direction(before, after) }
    if isNow == .fail || isGood(was) && isUndecided(isNow) { return .worse }
    return isGood(isNow) && !isGood(was) && was != .manual ? .better : .changed
  }
}

/// For what a check has its verdict, so far as two looks can be held against each other.
private struct Offenders {
  private struct Key: Hashable {
    let entity: String
    let fact: String
  }

  /// How often each occurs: the processes of a host are told by their number, which is another one after every start.
  private var counts: [Key: Int] = [:]
  /// The elements of lists in which each is an offender: accounts without a password, say.
  private var elements: Set<[String]> = []
  /// The values of those that are one of their kind.
  private var values: [Key: Evidence] = [:]
  private let total: Int
  private let isWhole: Bool

  init(_ result: CheckResult) {
    for piece in result.verdict.evidence where piece.expected != Evidence.forInformation {
      let entity = Self.withoutNumber(piece.entity)
      let key = Key(entity: entity, fact: piece.fact)
      counts[key, default: 0] += 1
      values[key] = counts[key] == 1 ? piece : nil
      guard Self.isListOfOffenders(piece) else { continue }
      for element in piece.found.dropFirst().dropLast().split(separator: ", ") {
        elements.insert([entity, piece.fact, String(element)])
      }
    }
    total =
      switch result.verdict {
      case .pass(let proof), .fail(let proof), .waived(_, let proof): proof.entities
      case .manual, .notApplicable, .unknown, .error: result.verdict.evidence.count
      }
    isWhole = result.evidenceDropped == 0
  }

  /// Every element of the list is one too many: by the words that the judge has for such expectations.
  private static func isListOfOffenders(_ piece: Evidence) -> Bool {
    piece.found.hasPrefix("[") && piece.found.hasSuffix("]")
      && (piece.expected == "empty" || piece.expected.hasPrefix("has none of ")
        || piece.expected.hasPrefix("has nothing but "))
  }

  /// Whether the value is further from what is expected than it was: too large a number, or a mode with too many bits.
  private static func isFurther(_ now: Evidence, than before: Evidence) -> Bool {
    guard now.expected == before.expected else { return false }
    if now.expected.hasPrefix("within "), let mode = UInt16(now.found, radix: 8),
      let old = UInt16(before.found, radix: 8)
    {
      return mode & ~old != 0
    }
    guard let value = Int64(now.found), let old = Int64(before.found) else { return false }
    if now.expected.hasPrefix("at most ") { return value > old }
    return now.expected.hasPrefix("at least ") && value < old
  }

  /// `process[812]` is `process[]`.
  private static func withoutNumber(_ entity: String) -> String {
    guard let bracket = entity.firstIndex(of: "["), entity.last == "]" else { return entity }
    let id = entity[entity.index(after: bracket)...].dropLast()
    return id.allSatisfy { $0.isASCII && $0.isNumber } ? "\(entity[..<bracket])[]" : entity
  }

  /// Whether this one has something that the other has not.
  private func exceeds(_ other: Offenders) -> Bool {
    let isFurther = values.contains { key, piece in
      other.values[key].map { Self.isFurther(piece, than: $0) } ?? false
    }
    if isFurther || total > other.total || !elements.isSubset(of: other.elements) { return true }
    return other.isWhole && isWhole && counts.contains { $0.value > other.counts[$0.key] ?? 0 }
  }

  /// Of two results of one status.
  static func direction(_ before: CheckResult, _ after: CheckResult) -> ResultChange.Direction? {
    let (was, isNow) = (Offenders(before), Offenders(after))
    if after.verdict.status == .fail {
      if isNow.exceeds(was) { return .worse }
      if was.exceeds(isNow) { return .better }
    }
    return words(before) == words(after) ? nil : .changed
  }

  /// All that is said, but for where it was read.
  private static func words(_ result: CheckResult) -> Set<[String]> {
    Set(
      result.verdict.evidence.map { [withoutNumber($0.entity), $0.fact, $0.expected, $0.found] }
        + [["\(result.severity.rawValue)", result.verdict.reason?.code.rawValue ?? ""]])
  }
}
