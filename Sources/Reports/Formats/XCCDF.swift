import Facts

/// An XCCDF 1.2 Benchmark that holds its rules and one TestResult (NIST IR 7275 revision 4, 6.6.4), as oscap(8) writes results: oscap
/// validates and renders it, and it stands alone.
package func renderXCCDF(_ described: DescribedReport) -> [UInt8] {
  let benchmark = described.report.benchmark
  let rules = described.report.results.map { rule($0, described) }
  return XMLElement(
    "Benchmark",
    [
      ("xmlns", "http://checklists.nist.gov/xccdf/1.2"),
      ("id", identifier("benchmark", benchmark.name)), ("resolved", "true"),
    ],
    [
      XMLElement("status", text: "accepted"), XMLElement("title", text: benchmark.title),
      XMLElement("version", text: benchmark.version),
    ] + rules + [testResult(described)]
  ).document
}

private func rule(_ result: CheckResult, _ described: DescribedReport) -> XMLElement {
  var children = [XMLElement("title", text: described.title(result))]
  let texts = described.texts(result)
  if let texts { children.append(XMLElement("rationale", text: texts.rationale)) }
  children.append(identity(result))
  if let texts { children.append(XMLElement("fixtext", text: texts.remediation)) }
  children.append(check(result))
  return XMLElement(
    "Rule",
    [("id", identifier("rule", result.id)), ("selected", "true")] + weight(result), children)
}

private func testResult(_ described: DescribedReport) -> XMLElement {
  let report = described.report
  let time = report.run.startedAt
  return XMLElement(
    "TestResult",
    [
      ("id", identifier("testresult", report.run.id)), ("start-time", time), ("end-time", time),
      ("version", report.benchmark.version),
      ("test-system", "cpe:/a:plumbline:plumbline:\(report.auditor.version)"),
    ],
    [
      XMLElement(
        "benchmark",
        [
          ("href", "#" + identifier("benchmark", report.benchmark.name)),
          ("id", identifier("benchmark", report.benchmark.name)),
        ]),
      XMLElement("title", text: "\(report.benchmark.title) \(report.benchmark.version)"),
      XMLElement("target", text: described.hostName),
      XMLElement("target-facts", [], facts(report)),
    ] + report.results.map { ruleResult($0, described) } + scores(report.score.node))
}

/// The three numbers. A percentage that is withheld is left out; the schema's need of a score is met by the level, which is always there.
private func scores(_ score: AreaScore) -> [XMLElement] {
  func element(_ system: String, _ value: String, of maximum: String) -> XMLElement {
    XMLElement("score", [("system", "urn:plumbline:scoring:\(system)"), ("maximum", maximum)], text: value)
  }
  return [element("level", String(score.level), of: "4")]
    + [("weighted", score.percentage.value), ("coverage", score.coverage.value)].compactMap {
      system, value in
      value.map { element(system, "\($0)", of: "100") }
    }
}

/// `xccdf_<reverse DNS>_<type>_<name>`, as the schema's patterns have it.
private func identifier(_ type: String, _ name: String) -> String {
  let safe = name.utf8.map { byte -> Character in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
      Character(Unicode.Scalar(byte))
    // Between another program's name and its id; ours hold no underscore.
    case UInt8(ascii: "/"): "_"
    default: "-"
    }
  }
  return "xccdf_plumbline_\(type)_\(String(safe))"
}

private func facts(_ report: Report) -> [XMLElement] {
  [
    ("urn:plumbline:fact:host-id", report.host.id), ("urn:plumbline:fact:os", report.host.os?.name),
    ("urn:plumbline:fact:kernel", report.host.kernel),
    ("urn:plumbline:fact:kubelet-version", report.host.kubeletVersion),
    ("urn:plumbline:fact:benchmark-digest", report.benchmark.digest),
  ].compactMap { name, value in
    value.map { XMLElement("fact", [("name", name), ("type", "string")], text: $0) }
  }
}

private func identity(_ result: CheckResult) -> XMLElement {
  XMLElement("ident", [("system", "urn:plumbline:check")], text: result.check)
}

private func check(_ result: CheckResult) -> XMLElement {
  XMLElement(
    "check", [("system", "urn:plumbline:checks")],
    [XMLElement("check-content-ref", [("href", "plumbline"), ("name", result.check)])])
}

/// XCCDF has no critical.
private func weight(_ result: CheckResult) -> [(String, String)] {
  [
    ("severity", result.severity == .critical ? "high" : result.severity.rawValue),
    ("weight", String(result.severity.weight)),
  ]
}

private func ruleResult(_ result: CheckResult, _ described: DescribedReport) -> XMLElement {
  let time = described.report.run.startedAt
  // A waiver is told by the message: an override in one result makes oscap's rules ask for one in every result of the run.
  let children = [
    XMLElement("result", text: word(result.verdict.status)), identity(result),
    XMLElement(
      "message", [("severity", result.verdict.status == .error ? "error" : "info")],
      text: described.message(result)),
    check(result),
  ]
  return XMLElement(
    "rule-result", [("idref", identifier("rule", result.id)), ("time", time)] + weight(result), children)
}

private func word(_ status: Status) -> String {
  switch status {
  case .pass: "pass"
  case .fail, .waived: "fail"
  case .manual: "notchecked"
  case .notApplicable: "notapplicable"
  case .unknown: "unknown"
  case .error: "error"
  }
}
