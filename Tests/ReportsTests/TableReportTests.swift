import Facts
import Foundation
import Reports
import TestSupport
import Testing

/// A report with something in every section of the table.
private func handMade() -> Report {
  let texts = [
    "kubelet-anonymous-auth": Report.Texts(
      title: "The kubelet refuses requests without credentials", rationale: "w",
      remediation:
        "Set authentication.anonymous.enabled to false in the kubelet's configuration file, remove "
        + "--anonymous-auth from its command line, and restart it.",
      references: ["r"]),
    "file-shadow-mode": Report.Texts(
      title: "Only root can read the hashes of passwords", rationale: "w",
      remediation: "Run chmod 0640 /etc/shadow.", references: ["r"]),
    "tpm-event-log": Report.Texts(
      title: "The event log of the firmware can be read and agrees with the TPM's registers", rationale: "w",
      remediation: "f", references: ["r"]),
  ]
  let shadow = ["shadow", "gshadow", "shadow-", "gshadow-", "opasswd"].map {
    evidence(
      entity: "file[/etc/\($0)]", fact: "mode", expected: "mode within 0640", found: "0644",
      sources: ["/etc/\($0)"])
  }
  let long = evidence(
    entity: "kernel", fact: "modules.blocked",
    expected: "modules.blocked has cramfs, freevxfs, hfs, hfsplus, jffs2, udf",
    found: "[cramfs, freevxfs, hfs, hfsplus, jffs2]", sources: ["/etc/modprobe.d/blocklist.conf:12 install"])
  let results =
    [
      result(.fail, .critical, id: "4.2.1"), result(.pass, .high, id: "4.2.2"),
      result(.fail, .high, id: "6.1.3", area: "files", check: "file-shadow-mode", evidence: shadow),
      result(
        .fail, .low, id: "kernel-filesystems-blocked", area: "kernel", check: "kernel-filesystems-blocked",
        evidence: [long]),
      result(.unknown, .high, id: "2.1", area: "tpm", check: "tpm-event-log"),
      result(.error, .low, id: "2.2", area: "tpm", check: "tpm-registers"),
      result(.manual, .medium, id: "5.1.1"), result(.manual, .medium, id: "5.1.2"),
      result(.notApplicable, .high, id: "1.1.1", area: "kernel", check: "kernel-lockdown"),
      result(.waived, .medium, id: "3.1", area: "files", check: "file-passwd-mode"),
      result(.pass, .low, id: "3.2", area: "kernel", check: "kernel-pointers"),
    ] + (0..<12).map { result(.pass, .medium, id: "7.\($0)", area: "kernel", check: "kernel-x") }
  let partial = CollectorRun(
    name: "tpm", subjects: ["tpm"], state: .partial,
    problems: [
      Problem(.denied, "/sys/kernel/security/tpm0/binary_bios_measurements", "permission denied"),
      Problem(.tooLarge, "/sys/class/tpm/tpm0/device/description", "larger than the bound of 65536"),
    ], problemsDropped: 2)
  return report(results, collectors: [partial], texts: texts)
}

private let escape = "\u{1b}"

/// The text without SGR escapes.
private func plain(_ text: String) -> String { text.replacing(/\u{1b}\[[0-9;]*m/, with: "") }

@Suite("The table of a report")
struct TableReportTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .appendingPathComponent("Golden/table")

  @Test("It is what the golden text says", arguments: [80, 200], [false, true])
  func golden(_ width: Int, _ color: Bool) throws {
    let file = Self.folder.appendingPathComponent("\(width)-\(color ? "color" : "plain").txt")
    let text = renderTable(handMade(), width: width, color: color)
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
      Issue.record("recorded \(file.lastPathComponent): look at it, then run without RECORD")
      return
    }
    #expect(text == String(decoding: try Data(contentsOf: file), as: UTF8.self))
  }

  @Test("No line is wider than the terminal, and colour changes no word", arguments: [72, 80, 100, 132, 200])
  func width(_ width: Int) {
    let text = renderTable(handMade(), width: width, color: false)
    #expect(plain(renderTable(handMade(), width: width, color: true)) == text)
    #expect(!text.contains(escape))
    for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
    for line in text.split(separator: "\n") { #expect(line.last != " ", "\(line)|") }
  }

  @Test(
    "A terminal that is narrower than 72 columns, or says nonsense, is taken as 72",
    arguments: [-1, 0, 1, 71])
  func narrow(_ width: Int) {
    #expect(
      renderTable(handMade(), width: width, color: false) == renderTable(handMade(), width: 72, color: false))
  }

  @Test("Whatever the report says, no byte of it steers the terminal")
  func hostile() {
    let bad = "\u{1b}]0;x\u{07}\u{1b}[2J\u{9b}31m\r\u{8}\u{202e}\u{2066}\nforged line"
    let piece = Evidence(entity: bad, fact: bad, expected: bad, found: bad, sources: [bad])
    let host = HostIdentity(
      id: bad, hostname: bad, nodeName: bad, bootID: bad,
      os: OperatingSystem(id: bad, version: bad, name: bad),
      kernel: bad, architecture: bad, roles: [bad], kubeletVersion: bad, isRunning: false)
    let texts = [bad: Report.Texts(title: bad, rationale: bad, remediation: bad, references: [bad])]
    var results: [CheckResult] = []
    for (number, status) in Status.allCases.enumerated() {
      results.append(result(status, .high, id: bad + "\(number)", area: bad, check: bad, evidence: [piece]))
    }
    let reason = Reason(.unreadable, bad)
    results.append(
      CheckResult(
        id: bad, check: bad, area: bad, severity: .low, level: nil, verdict: .unknown(reason, [piece])))
    let partial = CollectorRun(
      name: bad, subjects: [bad], state: .partial, problems: [Problem(.denied, bad, bad)], problemsDropped: 1)
    for color in [false, true] {
      let text = plain(
        renderTable(report(results, collectors: [partial], host: host, texts: texts), width: 80, color: color)
      )
      let unsafe = text.unicodeScalars.filter { scalar in
        scalar != "\n" && [.control, .format, .lineSeparator].contains(scalar.properties.generalCategory)
      }
      #expect(unsafe.isEmpty, "\(unsafe)")
      #expect(!text.split(separator: "\n").contains { $0.hasPrefix("forged") })
    }
  }

  @Test("A report in which nothing failed says so, and names what is left to do")
  func good() {
    let passed = renderTable(report([result(.pass)]), width: 80, color: false)
    #expect(passed.contains("FAILED  nothing\n"))
    #expect(passed.hasSuffix("Next: nothing is left open.\n"))
    let unknown = renderTable(report([result(.pass), result(.unknown, .low)]), width: 80, color: false)
    #expect(
      unknown.hasSuffix("Next: plumbline explain kubelet-anonymous-auth  (what it needs to be decided)\n"))
    let empty = renderTable(report([]), width: 80, color: false)
    #expect(empty.contains("nothing could be decided"))
  }

  @Test("The next step is the worst failure, whatever stands first")
  func next() {
    let results = [result(.fail, .low, check: "a-low"), result(.fail, .critical, check: "a-critical")]
    #expect(
      renderTable(report(results), width: 80, color: false).contains("Next: plumbline explain a-critical  "))
  }

  @Test("Texts that are given win over those of the report, and a check without texts is shown by its slug")
  func texts() {
    let words = Report.Texts(title: "My title", rationale: "w", remediation: "My fix", references: [])
    let failed = report([result(.fail, id: "1.1")])
    let with = renderTable(failed, width: 80, color: false, texts: ["kubelet-anonymous-auth": words])
    #expect(with.contains("  1.1  My title\n") && with.contains("      fix: My fix\n"))
    let without = renderTable(failed, width: 80, color: false)
    #expect(without.contains("  1.1  kubelet-anonymous-auth\n") && !without.contains("fix:"))
  }

  @Test("Wide characters count as two columns and what combines as none")
  func wide() {
    let words = Report.Texts(
      title: String(repeating: "日本語 e\u{301} ", count: 30), rationale: "w", remediation: "f", references: [])
    let text = renderTable(
      report([result(.fail)]), width: 80, color: false, texts: ["kubelet-anonymous-auth": words])
    for line in text.split(separator: "\n") {
      let columns = line.unicodeScalars.reduce(0) { $0 + ($1.value == 0x301 ? 0 : $1.value > 0x3000 ? 2 : 1) }
      #expect(columns <= 80, "\(line)")
    }
  }
}
