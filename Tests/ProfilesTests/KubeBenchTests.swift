import Collectors
import Facts
import Profiles
import Testing

/// A control file of the given checks, each a text of YAML lines from its `id` on.
private func controls(_ checks: [String], version: String = "mine-1") -> ProfileFile {
  let list = checks.map { check in
    check.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { index, line in
      (index == 0 ? "      - " : "        ") + line
    }.joined(separator: "\n")
  }.joined(separator: "\n")
  let text = """
    ---
    controls:
    version: \(version)
    id: 9
    type: node
    groups:
      - id: 9.1
        text: A group
        checks:
    \(list)
    """
  return ProfileFile(path: "mine.yaml", bytes: Array(text.utf8))
}

private func control(_ id: String = "9.1.1", audit: String, _ rest: String) -> String {
  "id: \(id)\ntext: \"What is asked\"\naudit: \(audit)\n\(rest)\nremediation: Do it.\nscored: true"
}

private func tests(_ items: String..., op: String? = nil) -> String {
  "tests:\n" + (op.map { "  bin_op: \($0)\n" } ?? "") + "  test_items:\n"
    + items.map { "    - { \($0) }" }.joined(separator: "\n")
}

private func read(_ checks: String...) throws -> KubeBench {
  try KubeBenchImporter(subjects: allSubjects, vocabulary: kubernetesVocabulary).read([controls(checks)])
}

/// The one check that a control becomes, loaded as any profile is.
private func check(_ control: String) throws -> Check {
  let translated = try read(control)
  var loader = ProfileLoader(subjects: allSubjects)
  loader.add(translated.files)
  return try #require(try loader.load().checks.values.first)
}

/// One control and what it must become.
struct Translated: Sendable, CustomTestStringConvertible {
  let about: String
  let expectation: String
  let control: String
  var testDescription: String { "\(about): \(expectation)" }

  init(_ about: String, _ expectation: String, audit: String, _ rest: String) {
    self.about = about
    self.expectation = expectation
    control =
      "id: 9.1.1\ntext: \"What is asked\"\naudit: \(audit)\n\(rest)\nremediation: Do it.\nscored: true"
  }
}

private let kubelet = "\"/bin/ps -fC $kubeletbin\"\naudit_config: \"/bin/cat $kubeletconf\""
private let apiserver = "\"/bin/ps -ef | grep $apiserverbin | grep -v grep\""

@Suite("kube-bench control files are answered from facts, or refused with the reason")
struct KubeBenchTests {
  private static let settingTable: [Translated] = [
    .init(
      "kubelet", "authentication.anonymous.enabled is false", audit: kubelet,
      tests(
        "flag: --anonymous-auth, path: '{.authentication.anonymous.enabled}', compare: { op: eq, value: false }"
      )),
    .init(
      "kube-apiserver", "anonymous-auth is set and anonymous-auth is not true", audit: apiserver,
      tests("flag: --anonymous-auth, compare: { op: noteq, value: true }")),
    .init(
      "kube-apiserver", "token-auth-file is not set on the host", audit: apiserver,
      tests("flag: --token-auth-file, set: false")),
    .init(
      "kube-apiserver", "client-ca-file is set on the host", audit: "ps -ef | grep kube-apiserver",
      tests("flag: --client-ca-file")),
    .init(
      "kube-apiserver", "etcd-certfile is set on the host and etcd-keyfile is set on the host",
      audit: apiserver,
      tests("flag: --etcd-certfile, set: true", "flag: --etcd-keyfile", op: "and")),
    // Beside an alternative, being unset is judged by the default that then holds.
    .init(
      "kubelet", "readOnlyPort is 0 or readOnlyPort is not set", audit: kubelet,
      tests(
        "flag: --read-only-port, path: '{.readOnlyPort}', compare: { op: eq, value: 0 }",
        "flag: --read-only-port, path: '{.readOnlyPort}', set: false", op: "or")),
    .init(
      "kube-apiserver", "audit-log-maxage at least 30", audit: apiserver,
      tests("flag: --audit-log-maxage, compare: { op: gte, value: 30 }")),
    .init(
      "kube-apiserver", "audit-log-maxage at least 31", audit: apiserver,
      tests("flag: --audit-log-maxage, compare: { op: gt, value: 30 }")),
    .init(
      "kubelet", "eventRecordQPS at most 49", audit: kubelet,
      tests("flag: --event-qps, path: '{.eventRecordQPS}', compare: { op: lt, value: 50 }")),
    .init(
      "kubelet", "eventRecordQPS at most 50", audit: kubelet,
      tests("flag: --event-qps, path: '{.eventRecordQPS}', compare: { op: lte, value: 50 }")),
    .init(
      "kube-apiserver", "authorization-mode has Node", audit: apiserver,
      tests("flag: --authorization-mode, compare: { op: has, value: Node }")),
    .init(
      "kube-apiserver", "authorization-mode is set and authorization-mode has none of AlwaysAllow",
      audit: apiserver,
      tests("flag: --authorization-mode, compare: { op: nothave, value: AlwaysAllow }")),
    .init(
      "kubelet", "authorization.mode is set and authorization.mode is none of AlwaysAllow", audit: kubelet,
      tests(
        "flag: --authorization-mode, path: '{.authorization.mode}', compare: { op: nothave, value: AlwaysAllow }"
      )),
    .init(
      "kube-apiserver", "tls-cipher-suites is not empty and tls-cipher-suites has nothing but A, B",
      audit: apiserver,
      tests("flag: --tls-cipher-suites, compare: { op: valid_elements, value: 'A, B,' }")),
    .init(
      "kubelet", "tlsCipherSuites is not empty and tlsCipherSuites has nothing but A", audit: kubelet,
      tests(
        "flag: --tls-cipher-suites, path: \"{range .tlsCipherSuites[:]}{}{','}{end}\", compare: { op: valid_elements, value: A }"
      )),
    .init(
      "kubelet", "streamingConnectionIdleTimeout is set and streamingConnectionIdleTimeout is not 0s",
      audit: kubelet,
      tests(
        "flag: --streaming-connection-idle-timeout, path: '{.streamingConnectionIdleTimeout}', compare: { op: noteq, value: 0 }"
      )),
    .init(
      "kubelet",
      "featureGates.RotateKubeletServerCertificate is set and featureGates.RotateKubeletServerCertificate is not false",
      audit: kubelet,
      tests(
        "flag: RotateKubeletServerCertificate, path: '{.featureGates.RotateKubeletServerCertificate}', compare: { op: nothave, value: false }"
      )),
    .init(
      "etcd", "client-cert-auth is true", audit: "\"/bin/ps -ef | /bin/grep $etcdbin | /bin/grep -v grep\"",
      tests("flag: --client-cert-auth, env: ETCD_CLIENT_CERT_AUTH, compare: { op: eq, value: true }")),
    .init(
      "etcd", "peer-auto-tls is not true",
      audit: "\"\"\naudit_env: \"cat /proc/$(pidof etcd)/environ | tr '\\\\0' '\\\\n'\"",
      tests("env: ETCD_PEER_AUTO_TLS, compare: { op: noteq, value: true }")),
    .init(
      "kube-apiserver", "profiling is false",
      audit: "\"journalctl -m -u k3s | grep 'Running kube-apiserver' | tail -n1 | grep 'profiling'\"",
      tests("flag: --profiling, compare: { op: eq, value: false }")),
  ]

  @Test("A setting is the fact that the component runs with", arguments: settingTable)
  func settings(translated: Translated) throws {
    let check = try check(translated.control)
    #expect(check.about == translated.about)
    if translated.expectation.hasPrefix("peer-auto-tls") {
      #expect(check.expectation?.description == "peer-auto-tls is set and " + translated.expectation)
    } else {
      #expect(check.expectation?.description == translated.expectation)
    }
  }

  private static let fileTable: [Translated] = [
    .init(
      "role is kubelet-config", "mode within 0600",
      audit: "'/bin/sh -c ''if test -e $kubeletconf; then stat -c permissions=%a $kubeletconf; fi'' '",
      tests("flag: permissions, compare: { op: bitmask, value: '600' }")),
    .init(
      "role is kubelet-service", "owner is root and group is root",
      audit:
        "'/bin/sh -c \"if test -e $kubeletsvc; then stat -c %U:%G $kubeletsvc; else echo \\\"File not found\\\"; fi\"'",
      tests("flag: root:root", "flag: File not found", op: "or")),
    .init(
      "role is admin-kubeconfig and path is /etc/kubernetes/admin.conf", "mode is 0644 or mode is 0600",
      audit: "stat -c %a /etc/kubernetes/admin.conf",
      tests("flag: '644', compare: { op: eq, value: '644' }", "flag: '600'", op: "or")),
    .init(
      "role is pki-key and path begins with /etc/kubernetes/pki/", "mode within 0600",
      audit:
        "\"find /etc/kubernetes/pki/ -name '*.key' | xargs stat -c permissions=%a\"\nuse_multiple_values: true",
      tests("flag: permissions, compare: { op: bitmask, value: '600' }")),
    .init(
      "role is pki-certificate and path begins with /var/lib/rancher/rke2/server/tls/", "mode within 0600",
      audit: "\"stat -c permissions=%a /var/lib/rancher/rke2/server/tls/*.crt\"",
      tests("flag: permissions, compare: { op: bitmask, value: '600' }")),
    .init(
      "(role is admin-kubeconfig and path is /etc/kubernetes/admin.conf) or (role is admin-kubeconfig and path is /etc/kubernetes/super-admin.conf)",
      "owner is root and group is root",
      audit:
        "|\n  for f in /etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf; do if test -e $f; then stat -c \"ownership=%U:%G %n\" $f; fi; done",
      tests("flag: ownership, compare: { op: eq, value: 'root:root' }")),
  ]

  @Test("A file's mode and owner are asked of the files of its role", arguments: fileTable)
  func files(translated: Translated) throws {
    let check = try check(translated.control)
    #expect(check.about == "file")
    #expect(check.selection?.description == translated.about)
    #expect(check.expectation?.description == translated.expectation)
  }

  @Test(
    "What facts can't answer is refused by id with the reason",
    arguments: [
      (audit: "stat -c %a $(ps -ef | awk '{print $2}')", item: "flag: '600'", reason: "command substitution"),
      (
        audit: "\"ps -ef | grep kubelet | awk '{print $2}'\"", item: "flag: --client-ca-file",
        reason: "through awk"
      ),
      (audit: "kubectl get pods", item: "flag: x", reason: "the command 'kubectl'"),
      (audit: "ps -ef | grep dockerd", item: "flag: --icc", reason: "a search for 'dockerd'"),
      (audit: "ps -ef | grep kubelet | grep etcd", item: "flag: --data-dir", reason: "several components"),
      (
        audit: "stat -c %a /srv/own.conf", item: "flag: '600'",
        reason: "no collector looks at '/srv/own.conf'"
      ),
      (
        audit: "\"find /etc/kubernetes/pki | xargs stat -c %U:%G\"", item: "flag: root:root",
        reason: "every file beneath"
      ),
      (audit: "ps -C kubelet", item: "flag: --no-such-flag", reason: "no fact of 'kubelet' is the flag"),
      (
        audit: "ps -C kubelet", item: "flag: --anonymous-auth, compare: { op: eq, value: maybe }",
        reason: "never 'maybe'"
      ),
      (
        audit: "ps -C kubelet", item: "flag: --anonymous-auth, compare: { op: almost, value: 1 }",
        reason: "'almost'"
      ),
      (
        audit: "ps -C kubelet", item: "flag: --kubeconfig, compare: { op: regex, value: '.*' }",
        reason: "regular expressions"
      ),
      (
        audit: "ps -C kubelet", item: "flag: --kubeconfig, compare: { op: has, value: etc }", reason: "a part"
      ),
      (
        audit: "ps -C kubelet", item: "flag: --event-qps, compare: { op: bitmask, value: '600' }",
        reason: "bitmask"
      ),
      (
        audit: "ps -C kubelet", item: "flag: --kubeconfig, compare: { op: gte, value: 3 }",
        reason: "as a number"
      ),
      (audit: "ps -C kubelet > /tmp/out", item: "flag: --kubeconfig", reason: "redirected output"),
      (audit: "\"ps -C kubelet; rm -rf /tmp/x\"", item: "flag: --kubeconfig", reason: "several commands"),
    ])
  func refused(audit: String, item: String, reason: String) throws {
    let translated = try read(control(audit: audit, tests(item)))
    let outcome = try #require(translated.outcomes.first)
    #expect(outcome.kind == .refused)
    #expect(outcome.id == "9.1.1")
    #expect(outcome.reason?.contains(reason) == true, "\(outcome.reason ?? "")")
    let check = try check(control(audit: audit, tests(item)))
    #expect(check.manual == outcome.reason)
    #expect(check.expectation == nil)
  }

  @Test("A control that passes whatever is set is refused")
  func tautology() throws {
    let items = tests("flag: --client-ca-file", "flag: --client-ca-file, set: false", op: "or")
    let outcome = try read(control(audit: "ps -C kubelet", items)).outcomes[0]
    #expect(outcome.kind == .refused)
    #expect(outcome.reason?.contains("set or not") == true)
  }

  @Test("What the file leaves to a person stays there, with the facts its command would have shown")
  func manual() throws {
    let manual = control(audit: "ps -C kubelet", "type: manual\n" + tests("flag: --event-qps"))
    let check = try check(manual)
    #expect(check.manual?.isEmpty == false)
    #expect(check.about == "kubelet")
    #expect(check.shown == [FactName("eventRecordQPS")])
    #expect(try read(manual).outcomes[0].kind == .person)
    #expect(try read(control(audit: "ps -C kubelet", "type: skip")).outcomes[0].kind == .person)
  }

  @Test("The coverage counts every control once")
  func coverage() throws {
    let translated = try read(
      control("9.1.1", audit: "ps -C kubelet", tests("flag: --client-ca-file")),
      control("9.1.2", audit: "ps -C kubelet", "type: manual"),
      control("9.1.3", audit: "kubectl get pods", tests("flag: x")),
      control("9.1.4", audit: "ps -C kubelet", tests("flag: --hostname-override, set: false")))
    #expect(
      translated.coverage
        == "2 of 4 controls (50 %) are answered from facts, 1 are left to a person by the file, 1 are refused"
    )
    var loader = ProfileLoader(subjects: allSubjects)
    loader.add(translated.files)
    let benchmark = try #require(try loader.load().benchmarks[translated.name])
    #expect(benchmark.entries.map(\.id) == ["9.1.1", "9.1.2", "9.1.3", "9.1.4"])
  }

  @Test("Texts of a control file can't change what the made profile means")
  func hostileTexts() throws {
    let text = "id: 9.1.1\ntext: 'x\"\n\n  severity: low\"}'\naudit: ps -C kubelet\nscored: true\n"
    let check = try check(text + tests("flag: --client-ca-file"))
    #expect(check.severity == .medium)
    #expect(check.title == "x\" severity: low\"}")
  }

  @Test("An id that stands twice and a file without checks stop the import")
  func malformed() throws {
    let one = control(audit: "ps -C kubelet", tests("flag: --client-ca-file"))
    #expect(throws: ProfileError.self) { try read(one, one) }
    let importer = KubeBenchImporter(subjects: allSubjects, vocabulary: kubernetesVocabulary)
    let empty = ProfileFile(path: "x.yaml", bytes: Array("controls:\nid: 1\n".utf8))
    #expect(throws: ProfileError.self) { try importer.read([empty]) }
    #expect(KubeBench.isControlFile(empty.bytes))
    #expect(!KubeBench.isControlFile(Array("benchmark: x\nentries: {}\n".utf8)))
    #expect(!KubeBench.isControlFile(Array("- [".utf8)))
  }
}
