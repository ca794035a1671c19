import Facts
package import Profiles
package import Reports

/// The report with results from outside after its own, and their words. Its score, its counts and whether it is complete stay what they
/// were: they are of what this program saw and judged.
/// - Throws: `DocumentError` where the results say that they are of another host or run.
package func merging(_ outside: OutsideResults, into report: Report) throws(DocumentError) -> Report {
  if let host = outside.host, host != report.host.id {
    throw .malformed(path: "host", reason: "the results are of the host \(host), not of this one")
  }
  if let run = outside.run, run != report.run.id {
    throw .malformed(
      path: "run", reason: "the results are of the run \(run), not of \(harmless(report.run.id))")
  }
  guard !report.origins.contains(where: { $0.name == outside.origin }) else {
    throw .malformed(path: "origin.name", reason: "results of '\(outside.origin)' are there already")
  }
  var texts = report.texts ?? [:]
  let results = outside.results.map { result in
    let id = "\(outside.origin)/\(result.id)"
    texts[id] = Report.Texts(
      title: result.title, rationale: result.rationale, remediation: result.remediation,
      references: result.references)
    return CheckResult(
      id: id, check: id, area: result.area, severity: result.severity, level: nil,
      verdict: verdict(result), origin: outside.origin)
  }
  let origin = Origin(name: outside.origin, version: outside.version, results: results.count)
  var merged = report.adding(results, from: origin)
  merged.texts = texts
  return merged
}

private func verdict(_ result: OutsideResult) -> Verdict {
  let evidence = result.evidence.map {
    Evidence(
      entity: $0.entity, fact: $0.fact, expected: $0.expected, found: $0.found, sources: $0.sources)
  }
  let reason = Reason(.saidOutside, result.message)
  guard let proof = Proof(evidence, entities: evidence.count) else {
    return verdict(result.status, reason, evidence)
  }
  return switch result.status {
  case .pass: .pass(proof)
  case .fail: .fail(proof)
  case .manual, .notApplicable, .unknown, .error: verdict(result.status, reason, evidence)
  }
}

/// Of what neither passes nor fails; the reader lets nothing through that does and has no evidence.
private func verdict(_ status: OutsideResult.Status, _ reason: Reason, _ evidence: [Evidence]) -> Verdict {
  switch status {
  case .manual: .manual(reason, evidence)
  case .notApplicable: .notApplicable(reason, evidence)
  case .unknown: .unknown(reason, evidence)
  case .error, .pass, .fail: .error(reason)
  }
}
