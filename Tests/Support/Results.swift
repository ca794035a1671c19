package import Facts
package import Reports

/// One piece of evidence, as the judge makes it.
package func evidence(
  entity: String = "kubelet", fact: String = "authentication.anonymous.enabled", expected: String? = nil,
  found: String = "true",
  sources: [String] = ["/var/lib/kubelet/config.yaml:12 authentication.anonymous.enabled"]
) -> Evidence {
  Evidence(
    entity: entity, fact: fact, expected: expected ?? "\(fact) is false", found: found, sources: sources)
}

/// A verdict of a status with what that status needs.
package func verdict(_ status: Status, _ evidence: [Evidence]) -> Verdict {
  guard let proof = Proof(evidence, entities: evidence.count) else {
    return .error(Reason(.typeMismatch, "a fixture without evidence"))
  }
  return switch status {
  case .pass: .pass(proof)
  case .fail: .fail(proof)
  case .manual: .manual(Reason(.needsPerson, "no fact decides it"), [])
  case .notApplicable: .notApplicable(Reason(.noSuchSubject, "this host has none"), [])
  case .unknown: .unknown(Reason(.unreadable, "/etc/shadow: permission denied"), evidence)
  case .error: .error(Reason(.typeMismatch, "a number cannot be judged"))
  case .waived: .waived(Waived(reason: "a reason", owner: "an owner", expires: "2026-12-31"), proof)
  }
}

package func result(
  _ status: Status, _ severity: Severity = .medium, id: String = "1.1", area: String = "kubelet",
  check: String = "kubelet-anonymous-auth", level: Int? = nil, evidence pieces: [Evidence]? = nil
) -> CheckResult {
  CheckResult(
    id: id, check: check, area: area, severity: severity, level: level,
    verdict: verdict(status, pieces ?? [evidence()]))
}

/// A report of these results about a host that is made up.
package func report(
  _ results: [CheckResult], collectors: [CollectorRun] = [], host: HostIdentity? = nil,
  texts: [String: Report.Texts]? = nil
) -> Report {
  let run = Run(id: "01890a5d-ac96-774b-bcce-b302099a8057", sequence: 7, startedAt: "2026-03-04T05:06:07Z")
  let worker = HostIdentity(
    id: "0123456789abcdef0123456789abcdef", hostname: "worker-1", nodeName: "worker-1.example",
    bootID: "2b1f6f0e-7a30-4e2c-9f7c-0f3f0a6c8f11",
    os: OperatingSystem(id: "debian", version: "12", name: "Debian GNU/Linux 12 (bookworm)"),
    kernel: "6.1.0-18-amd64", architecture: "x86_64", roles: ["worker"], kubeletVersion: "v1.32.1",
    isRunning: true)
  return Report(
    run: ReportRun(run, complete: collectors.allSatisfy { $0.state == .complete }),
    auditor: Auditor(name: "plumbline", version: "0.1.0"),
    benchmark: Citation(
      name: "node-baseline", title: "Plumbline node baseline", version: "0.1",
      digest: String(repeating: "ab", count: 32)),
    host: host ?? worker, day: "2026-03-04", collectors: collectors, results: results, texts: texts)
}
