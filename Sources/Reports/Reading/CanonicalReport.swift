import Facts

/// A document that this program wrote and that has a report in it, taken apart: the results, which are nearly all of it, are read in one
/// pass; the rest is left to the general reader. A collector of a fleet reads hundreds of reports a second, and the general reader needs
/// ten times as long for a result.
///
/// It never says anything else than the general reader would: where it is not sure, it is nil.
package struct CanonicalReport: Sendable {
  package let results: [CheckResult]
  /// Where the report is in the document.
  package let place: Range<Int>
  /// The document without the results.
  package let frame: [UInt8]

  /// - Parameters:
  ///   - bytes: One line, with or without its end.
  ///   - key: Where the report is in the document; nil where it is all of it.
  package init?(_ bytes: [UInt8], under key: String? = nil) {
    var scan = CanonicalScan(bytes)
    var found: (report: Range<Int>, results: Range<Int>)?
    var results: [CheckResult] = []
    func report(_ scan: inout CanonicalScan) -> Bool {
      let start = scan.place
      var place: Range<Int>?
      let isRead = scan.object { scan, key in
        guard key == "results" else { return scan.value() }
        let start = scan.place
        guard scan.array({ scan in scan.result().map { results.append($0) } != nil }) else { return false }
        place = start..<scan.place
        return true
      }
      guard isRead, let place else { return false }
      found = (start..<scan.place, place)
      return true
    }
    let isRead =
      if let key {
        scan.object { scan, name in name == key ? report(&scan) : scan.value() }
      } else {
        report(&scan)
      }
    guard isRead, let found, scan.rest.isEmpty || scan.rest.elementsEqual("\n".utf8) else { return nil }
    self.results = results
    place = found.report
    frame = Array(bytes[..<found.results.lowerBound] + "[]".utf8 + bytes[found.results.upperBound...])
  }

  /// Puts the results into what the general reader made of the frame.
  package func complete(_ report: Report) -> Report { report.having(results) }
}

extension CanonicalScan {
  fileprivate mutating func result() -> CheckResult? {
    var written = WrittenResult()
    guard object({ scan, key in written.take(key, from: &scan) }) else { return nil }
    return try? CheckResult(written)
  }

  fileprivate mutating func further() -> [WrittenResult.Further]? {
    var all: [WrittenResult.Further] = []
    let isRead = array { scan in
      var piece = WrittenResult()
      guard scan.object({ scan, key in piece.takeEvidence(key, from: &scan) }),
        let fact = piece.fact, let found = piece.found, let sources = piece.sources
      else { return false }
      all.append(
        WrittenResult.Further(
          entity: piece.entity, fact: fact, expected: piece.expected, found: found, sources: sources))
      return true
    }
    return isRead ? all : nil
  }

  fileprivate mutating func reason() -> Reason? {
    var code: Reason.Code?
    var message: String?
    let isRead = object { scan, key in
      switch key {
      case "code": put(scan.text().flatMap(Reason.Code.init), &code)
      case "message": put(scan.text(), &message)
      default: false
      }
    }
    return isRead ? code.map { Reason($0, message) } : nil
  }

  fileprivate mutating func waiver() -> Waived? {
    var reason: String?
    var owner: String?
    var expires: String?
    let isRead = object { scan, key in
      switch key {
      case "reason": put(scan.text(), &reason)
      case "owner": put(scan.text(), &owner)
      case "expires": put(scan.text(), &expires)
      default: false
      }
    }
    guard isRead, let reason, let owner, let expires else { return nil }
    return Waived(reason: reason, owner: owner, expires: expires)
  }
}

extension WrittenResult {
  /// - Returns: False where the value is not of the key's type, or the key is not known.
  fileprivate mutating func take(_ key: String, from scan: inout CanonicalScan) -> Bool {
    switch key {
    case "id": put(scan.text(), &id)
    case "check": put(scan.text(), &check)
    case "area": put(scan.text(), &area)
    case "severity": put(scan.text().flatMap(Severity.init), &severity)
    case "status": put(scan.text().flatMap(Status.init), &status)
    case "level": put(scan.integer(), &level)
    case "entities": put(scan.integer(), &entities)
    case "evidence": put(scan.further(), &evidence)
    case "evidenceDropped": put(scan.integer(), &evidenceDropped)
    case "reason": put(scan.reason(), &reason)
    case "waiver": put(scan.waiver(), &waiver)
    case "origin": put(scan.text(), &origin)
    default: takeEvidence(key, from: &scan)
    }
  }

  fileprivate mutating func takeEvidence(_ key: String, from scan: inout CanonicalScan) -> Bool {
    switch key {
    case "entity": put(scan.text(), &entity)
    case "fact": put(scan.text(), &fact)
    case "expected": put(scan.text(), &expected)
    case "found": put(scan.text(), &found)
    case "sources": put(scan.texts(), &sources)
    default: false
    }
  }
}

private func put<Value>(_ value: Value?, _ field: inout Value?) -> Bool {
  field = value
  return value != nil
}
