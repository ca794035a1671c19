import Facts

/// A result a line, each with what it needs to be understood alone in a log pipeline, and a closing line with their number: a stream
/// without it was cut; ndjson.org.
package func renderNDJSON(_ described: DescribedReport) throws(DocumentError) -> [UInt8] {
  var lines: [UInt8] = []
  for result in described.report.results {
    lines += try compactJSON(Line(described: described, result: result))
    lines.append(UInt8(ascii: "\n"))
  }
  return lines + (try compactJSON(Line(described: described, result: nil))) + [UInt8(ascii: "\n")]
}

private struct Line: Encodable {
  let described: DescribedReport
  /// Nil for the closing line.
  let result: CheckResult?

  private enum Key: String, CodingKey {
    case type, time, host, hostId, runId, benchmark, benchmarkVersion, benchmarkDigest, title, message,
      baseline
    case results, complete, statuses, node
  }

  func encode(to encoder: any Encoder) throws {
    // The result's own keys stand beside these: it is flat already.
    try result?.encode(to: encoder)
    var keyed = encoder.container(keyedBy: Key.self)
    let report = described.report
    try keyed.encode(report.run.startedAt, forKey: .time)
    try keyed.encode(described.hostName, forKey: .host)
    try keyed.encodeIfPresent(report.host.id, forKey: .hostId)
    try keyed.encode(report.run.id, forKey: .runId)
    try keyed.encode(report.benchmark.name, forKey: .benchmark)
    try keyed.encode(report.benchmark.version, forKey: .benchmarkVersion)
    try keyed.encode(report.benchmark.digest, forKey: .benchmarkDigest)
    guard let result else {
      try keyed.encode("summary", forKey: .type)
      try keyed.encode(report.results.count, forKey: .results)
      try keyed.encode(report.run.complete, forKey: .complete)
      try keyed.encode(report.summary.statuses, forKey: .statuses)
      return try keyed.encode(report.score.node, forKey: .node)
    }
    try keyed.encode("result", forKey: .type)
    try keyed.encodeIfPresent(described.novelty(result), forKey: .baseline)
    try keyed.encode(described.title(result), forKey: .title)
    try keyed.encode(described.message(result), forKey: .message)
  }
}
