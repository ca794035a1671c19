import Facts
import Reports
import TestSupport
import Testing

/// Two hundred and fifty results as a worker node has them: kernel parameters, files, the kubelet's configuration and mounts;
/// six in ten pass, one in ten fails for two entities, and the rest have the other statuses.
func typicalResults() -> [CheckResult] {
  let kinds: [(area: String, piece: Evidence)] = [
    (
      "kernel",
      evidence(
        entity: "", fact: "kernel.kptr_restrict", expected: "at least 1", found: "2",
        sources: ["/proc/sys/kernel/kptr_restrict"])
    ),
    (
      "files",
      evidence(
        entity: "file[/etc/kubernetes/manifests/etcd.yaml]", fact: "mode", expected: "within 0600",
        found: "0600",
        sources: ["/etc/kubernetes/manifests/etcd.yaml"])
    ),
    ("kubelet", evidence(found: "false")),
    (
      "mounts",
      evidence(
        entity: "mount[/dev/shm]", fact: "options", expected: "has nodev, nosuid, noexec",
        found: "[nodev, noexec, nosuid, rw]", sources: ["/proc/1/mountinfo:12"])
    ),
  ]
  let statuses: [Status] = [
    .pass, .pass, .pass, .notApplicable, .fail, .pass, .manual, .pass, .unknown, .pass,
  ]
  return (0..<250).map { number in
    let (area, piece) = kinds[number % kinds.count]
    let status = statuses[number % statuses.count]
    return result(
      status, Severity.allCases[number % 4], id: "\(number / 50 + 1).\(number % 50 / 10 + 1).\(number % 10)",
      area: area, check: "\(area)-a-check-with-a-name-\(number)",
      evidence: status == .fail ? [piece, piece] : [piece])
  }
}

/// A report in which every status, and every field that may be left out, stands at least once.
func fullReport() -> Report {
  let many = (0..<30).map { evidence(entity: "file[/etc/\($0)]", fact: "mode", found: "0644", sources: []) }
  let partial = CollectorRun(
    name: "kubelet", subjects: ["kubelet"], state: .partial,
    problems: [Problem(.denied, "/proc/1/root", "permission denied")], problemsDropped: 3)
  let complete = CollectorRun(
    name: "kernel", subjects: ["kernel"], state: .complete, problems: [], problemsDropped: 0)
  let texts = Report.Texts(title: "t", rationale: "w", remediation: "f", references: ["r"])
  let every = Status.allCases.enumerated().map { result($1, .high, id: "1.\($0)", level: 2) }
  return report(
    every + [result(.fail, .critical, id: "2.1", area: "files", check: "file-modes", evidence: many)],
    collectors: [complete, partial], texts: ["file-modes": texts])
}

@Suite("A report and a snapshot as JSON")
struct JSONReportTests {
  private let nameless = HostIdentity(
    id: nil, hostname: nil, nodeName: nil, bootID: nil, os: nil, kernel: nil, architecture: nil, roles: [],
    kubeletVersion: nil, isRunning: false)

  private func failure(_ text: String) -> DocumentError? {
    do throws(DocumentError) {
      _ = try decodeReport(Array(text.utf8))
      return nil
    } catch {
      return error
    }
  }

  @Test("What was written is read back, and written again gives the same bytes", arguments: [0, 1, 2])
  func roundTrip(_ kind: Int) throws {
    let written = [report(typicalResults()), fullReport(), report([], host: nameless)][kind]
    let bytes = try encodeReport(written)
    let read = try decodeReport(bytes)
    #expect(read == written)
    #expect(try encodeReport(read) == bytes)
  }

  @Test("It is one line with sorted keys, slashes as they are, and a newline at the end")
  func form() throws {
    let text = String(decoding: try encodeReport(fullReport()), as: UTF8.self)
    #expect(text.hasPrefix(#"{"auditor":{"name":"plumbline","version":"0.1.0"},"benchmark":{"#))
    #expect(text.hasSuffix("}\n"))
    #expect(text.split(separator: "\n").count == 1)
    #expect(text.contains("/proc/1/root") && !text.contains("\\/"))
    #expect(!text.contains("null"))
  }

  @Test("Evidence beyond the bound is counted, also after it was read and written again")
  func manyPieces() throws {
    let read = try decodeReport(encodeReport(fullReport()))
    let result = try #require(read.results.last)
    #expect(result.verdict.evidence.count == CheckResult.evidenceKept(.fail))
    #expect(result.evidenceDropped == 20)
    guard case .fail(let proof) = result.verdict else {
      Issue.record("\(result.verdict.status)")
      return
    }
    #expect(proof.entities == 30)
  }

  @Test("A snapshot is read back as it was written")
  func snapshots() throws {
    let entity = Entity(
      subject: "kernel", id: "",
      facts: ["a": .observed(.mode(0o600), .inode("/x")), "b": .absent(.file("/y", line: 2, key: "k"))])
    let written = snapshot([entity])
    #expect(try decodeSnapshot(encodeSnapshot(written)) == written)
  }

  @Test("What is not the document that is asked for says what it is")
  func otherSchema() throws {
    #expect(failure("{}") == .otherSchema(expected: "plumbline/report/v1", found: nil))
    #expect(
      failure(#"{"schema":"plumbline/snapshot/v1"}"#)
        == .otherSchema(expected: "plumbline/report/v1", found: "plumbline/snapshot/v1"))
    #expect(
      failure(#"{"schema":"plumbline/report/v2"}"#)
        == .newerSchema(known: "plumbline/report/v1", found: "plumbline/report/v2"))
    #expect(failure(#"{"schema":"plumbline/snapshot/v2"}"#)?.description.contains("is needed") == true)
    #expect(
      failure(#"{"schema":"\u001b[31m"}"#)
        == .otherSchema(expected: "plumbline/report/v1", found: "\\x1b[31m"))
    let snapshotBytes = try encodeSnapshot(snapshot([]))
    #expect(throws: DocumentError.self) { try decodeReport(snapshotBytes) }
    guard case .malformed("schema", _)? = failure(#"{"schema":5}"#) else {
      Issue.record("a number was taken as a schema")
      return
    }
  }

  @Test(
    "What is no JSON is refused as such",
    arguments: ["", "{", "nonsense", "{\"schema\":\"plumbline/report/v1\"", "\u{feff}[", "{\"a\":\u{1}}"])
  func notJSON(_ text: String) {
    guard case .notJSON? = failure(text) else {
      Issue.record("\(text): \(String(describing: failure(text)))")
      return
    }
  }

  private static let broken: [(String, String, String)] = [
    (#""severity":"critical""#, #""severity":"urgent""#, "results[7].severity"),
    (#""sequence":7"#, #""sequence":"7""#, "run.sequence"),
    (#""day":"2026-03-04","#, "", "'day' is missing"),
    (#""status":"fail""#, #""status":"failed""#, "results[1].status"),
    (#""found":"true","#, "", "results[0]: 'found' is missing"),
    (#""code":"denied""#, #""code":"tired""#, "collectors[1].problems[0].code"),
  ]

  @Test("A broken document says where it is broken", arguments: broken)
  func malformed(_ text: String, _ replacement: String, _ place: String) throws {
    let good = String(decoding: try encodeReport(fullReport()), as: UTF8.self)
    #expect(good.contains(text))
    let bad = good.replacing(text, with: replacement, maxReplacements: 1)
    let failure = try #require(self.failure(bad))
    #expect(failure.description.contains(place), "\(failure)")
  }

  @Test("A pass or a failure without evidence is refused", arguments: ["pass", "fail", "waived"])
  func noEvidence(_ status: String) throws {
    let bytes = try encodeReport(report([result(.error, id: "9.9")]))
    let text = String(decoding: bytes, as: UTF8.self).replacing(
      #""status":"error""#, with: "\"status\":\"\(status)\""
    )
    .replacing(
      #""severity":"#, with: #""waiver":{"reason":"r","owner":"o","expires":"2026-01-01"},"severity":"#)
    let failure = try #require(self.failure(text))
    #expect(failure == .malformed(path: "results[0].status", reason: "a pass or a failure without evidence"))
  }

  @Test("Keys that are not known are passed over, since additions keep the version")
  func additions() throws {
    let text = String(decoding: try encodeReport(fullReport()), as: UTF8.self)
    let more = text.replacing(#""day":"#, with: #""novelty":{"a":[1]},"day":"#, maxReplacements: 1)
    #expect(try decodeReport(Array(more.utf8)) == fullReport())
  }

  @Test("No truncation and no changed byte crashes the reader")
  func hostile() throws {
    let bytes = try encodeReport(fullReport())
    var random = SeededGenerator(seed: 8)
    for _ in 0..<2_000 {
      var changed = bytes
      changed[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      if Bool.random(using: &random) { changed.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
      _ = try? decodeReport(changed)
    }
    let deep = #"{"schema":"# + String(repeating: "[", count: 100_000)
    #expect(failure(deep) != nil)
  }
}
