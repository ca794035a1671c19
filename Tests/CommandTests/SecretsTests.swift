import Foundation
import Reports
import TestSupport
import Testing

/// A control plane with a secret of its own in every place where hosts keep secrets: none may come out, whatever is asked.
@Suite("No secret leaves the host")
struct SecretsTests {
  private enum Change {
    case append(String)
    case write(String)
    /// In front of the place of a text.
    case insert(String, before: String)
  }

  private static func canary(_ name: String) -> String { "CANARY7Q\(name)" }
  private static func encoded(_ name: String) -> String { Data(canary(name).utf8).base64EncodedString() }

  /// 9225 is the API server, which reads its files in its own container.
  private static let places: [(name: String, path: String, change: Change)] = [
    ("shadow", "etc/shadow", .append("alice:$6$CANARY7Qshadow$abc:19000:0:99999:7:::\n")),
    ("gshadow", "etc/gshadow", .append("ops:$6$CANARY7Qgshadow$abc::\n")),
    ("passwd", "etc/passwd", .append("bob:CANARY7Qpasswd:1002:1002::/home/bob:/bin/bash\n")),
    (
      "hostkey", "etc/ssh/ssh_host_ed25519_key",
      .write("-----BEGIN OPENSSH PRIVATE KEY-----\nCANARY7Qhostkey\n")
    ),
    ("userkey", "root/.ssh/id_rsa", .write("-----BEGIN RSA PRIVATE KEY-----\nCANARY7Quserkey\n")),
    ("authorized", "root/.ssh/authorized_keys", .write("ssh-ed25519 CANARY7Qauthorized root@a\n")),
    ("tlskey", "etc/kubernetes/pki/apiserver.key", .write("-----BEGIN PRIVATE KEY-----\nCANARY7Qtlskey\n")),
    ("certificate", "etc/kubernetes/pki/apiserver.crt", .append("CANARY7Qcertificate\n")),
    (
      "kubeconfig", "etc/kubernetes/admin.conf",
      .write(
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "https://user:CANARY7Qkubeconfig@10.0.0.1:6443"}}]
        users:
        - name: a
          user: {token: CANARY7Qkubeconfig, password: CANARY7Qkubeconfig, username: a, client-key-data: \(encoded("kubeconfig"))}
        contexts: [{name: x, context: {cluster: c, user: a}}]
        current-context: x
        """)
    ),
    (
      "bootstrap", "etc/kubernetes/bootstrap-kubelet.conf",
      .write("users: [{name: a, user: {token: CANARY7Qbootstrap}}")
    ),
    (
      "encryption", "proc/9225/root/etc/kubernetes/enc.yaml",
      .write(
        """
        apiVersion: apiserver.config.k8s.io/v1
        kind: EncryptionConfiguration
        resources:
        - resources: [secrets]
          providers:
          - aescbc: {keys: [{name: CANARY7Qencryption, secret: \(encoded("encryption"))}]}
          - identity: {}
        """)
    ),
    ("tokens", "proc/9225/root/etc/kubernetes/tokens.csv", .write("CANARY7Qtokens,alice,1001\n")),
    (
      "flag", "etc/kubernetes/manifests/kube-apiserver.yaml",
      .insert(
        "    - --encryption-provider-config=/etc/kubernetes/enc.yaml\n    - --token-auth-file=/etc/kubernetes/tokens.csv\n"
          + "    - --no-such-flag=CANARY7Qflag\n    - --etcd-servers=https://user:CANARY7Qflag@127.0.0.1:2379\n",
        before: "    - --allow-privileged")
    ),
    (
      "manifest", "etc/kubernetes/manifests/etcd.yaml",
      .insert("    env:\n    - {name: ETCD_PASSWORD, value: CANARY7Qmanifest}\n", before: "    image:")
    ),
    (
      "broken", "etc/kubernetes/manifests/broken.yaml",
      .write("apiVersion: v1\nkind: Pod\nspec: {token: CANARY7Qbroken, x: [\n")
    ),
    ("docker", "root/.docker/config.json", .write(#"{"auths":{"r.example":{"auth":"CANARY7Qdocker"}}}"#)),
    ("pull", "var/lib/kubelet/config.json", .write(#"{"auths":{"r.example":{"auth":"CANARY7Qpull"}}}"#)),
    (
      "registry", "etc/containerd/config.toml",
      .append(
        "\n[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"r.example\".auth]\nusername = \"a\"\n"
          + "password = \"CANARY7Qregistry\"\n")
    ),
    (
      "hosts", "etc/containerd/certs.d/r.example/hosts.toml",
      .write(
        "server = \"https://a:CANARY7Qhosts@r.example\"\n[host.\"https://a:CANARY7Qhosts@m.example\".header]\n"
          + "Authorization = \"Basic CANARY7Qhosts\"\n")
    ),
    ("toml", "etc/crio/crio.conf", .write("[crio]\npassword = \"CANARY7Qtoml\nx = [\n")),
    (
      "unit", "etc/systemd/system/kubelet.service.d/20-env.conf",
      .write("[Service]\nEnvironment=\"TOKEN=CANARY7Qunit\"\n")
    ),
    ("fstab", "etc/fstab", .write("//nas/share /mnt cifs username=a,password=CANARY7Qfstab 0 0\n")),
    ("cmdline", "proc/cmdline", .append(" rd.luks.key=CANARY7Qcmdline")),
    (
      "sudoers", "etc/sudoers.d/site",
      .write("Defaults env_keep += \"CANARY7Qsudoers\"\nalice ALL=(ALL) ALL # CANARY7Qsudoers\n")
    ),
    ("cron", "etc/cron.d/backup", .write("0 1 * * * root curl -u a:CANARY7Qcron https://b.example\n")),
    (
      "sources", "etc/apt/sources.list",
      .write("deb https://a:CANARY7Qsources@deb.example/debian stable main\n")
    ),
    ("environment", "etc/environment", .write("AWS_SECRET_ACCESS_KEY=CANARY7Qenvironment\n")),
    ("chrony", "etc/chrony/chrony.keys", .write("1 SHA256 HEX:CANARY7Qchrony\n")),
    (
      "auditd", "etc/audit/auditd.conf",
      .write("krb5_key_file = CANARY7Qauditd\nlog_file = /var/log/audit/audit.log\n")
    ),
    ("pam", "etc/pam.d/common-auth", .write("auth required pam_ldap.so bindpw=CANARY7Qpam\n")),
  ]

  /// A copy of a recorded control plane with the secrets in it.
  private func hostWithSecrets() throws -> (folder: URL, arguments: [String]) {
    let recorded = recordedHost("kubeadm-control-plane")
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("secrets-\(UUID().uuidString)")
    try FileManager.default.copyItem(
      at: URL(fileURLWithPath: recorded[1]).deletingLastPathComponent(), to: folder)
    let root = folder.appendingPathComponent("root")
    for place in Self.places {
      let file = root.appendingPathComponent(place.path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      let old = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
      let new: String
      switch place.change {
      case .append(let text): new = old.trimmingCharacters(in: .newlines) + (old.isEmpty ? "" : "\n") + text
      case .write(let text): new = text
      case .insert(let text, let before):
        #expect(old.contains(before), "\(place.path)")
        new = old.replacingOccurrences(of: before, with: text + before)
      }
      try? FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
      try new.write(to: file, atomically: false, encoding: .utf8)
    }
    try plantInProcesses(root)
    return (
      folder,
      ["--root", root.path, "--attributes", folder.appendingPathComponent("attributes.tsv").path]
        + TestedAudit.options
    )
  }

  /// In every process's environment and, as the value of a flag that nobody knows, in every command line.
  private func plantInProcesses(_ root: URL) throws {
    let proc = root.appendingPathComponent("proc")
    for name in try FileManager.default.contentsOfDirectory(atPath: proc.path) where Int(name) != nil {
      let process = proc.appendingPathComponent(name)
      let separator = "\0"
      try "ETCD_PASSWORD=CANARY7Qenviron\(separator)ETCD_NAME=a\(separator)".write(
        to: process.appendingPathComponent("environ"), atomically: false, encoding: .utf8)
      let file = process.appendingPathComponent("cmdline")
      let old = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
      guard !old.isEmpty else { continue }
      let between = old.contains(separator) ? separator : "\n"
      let end = old.hasSuffix(between) ? "" : between
      let known =
        old.hasPrefix("kube-apiserver")
        ? [
          "--encryption-provider-config=/etc/kubernetes/enc.yaml",
          "--token-auth-file=/etc/kubernetes/tokens.csv",
          "--etcd-servers=https://user:CANARY7Qflag@127.0.0.1:2379",
        ].map { $0 + between }.joined() : ""
      let unknown = ["--no-such-flag=CANARY7Qargument", "--password", "CANARY7Qargument"].map { $0 + between }
      try (old + end + known + unknown.joined()).write(to: file, atomically: false, encoding: .utf8)
    }
  }

  @Test("Snapshot, reports in every format, explanations, comparisons, tables, logs and errors hold none")
  func searched() throws {
    let (folder, host) = try hostWithSecrets()
    defer { try? FileManager.default.removeItem(at: folder) }
    let formats = ReportFormat.allCases.map(\.rawValue)
    // For what compares, the same host without them.
    let documents = FileManager.default.temporaryDirectory.appendingPathComponent(
      "documents-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: documents, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: documents) }
    func document(_ name: String, _ command: [String]) throws -> String {
      let path = documents.appendingPathComponent(name).path
      let outcome = try Program.run(command + ["--output", path])
      #expect(FileManager.default.fileExists(atPath: path), "\(command): \(outcome.errors.prefix(500))")
      return path
    }
    let clean = recordedHost("kubeadm-control-plane")
    let snapshots = try [document("before", ["collect"] + clean), document("after", ["collect"] + host)]
    let report = ["audit", "--format", "json"]
    let reports = try [document("old", report + clean), document("new", report + host)]
    let comparing =
      [snapshots, reports].flatMap { pair in [["diff"] + pair, ["diff", "--format", "json"] + pair] }
      + [["judge", snapshots[1], "--format", "json", "--texts"]]
    let runs =
      [["collect", "--verbose"], ["workloads"], ["workloads", "--format", "json"]]
      + formats.map { ["audit", "--benchmark", "cis-kubernetes-1.12", "--format", $0, "--verbose"] }
      + [
        ["audit", "--format", "json", "--texts"],
        ["explain", "--live", "apiserver-encryption-provider-config"],
        ["audit", "--format", "json", "--benchmark", "auto"],
      ]
    for run in runs.map({ $0 + host }) + comparing {
      let outcome = try Program.run(run)
      #expect(outcome.status != 2 || run.first == "explain", "\(run): \(outcome.errors.prefix(500))")
      search(outcome.text + outcome.errors, of: run.joined(separator: " "))
    }
  }

  private func search(_ text: String, of what: String) {
    for name in Self.places.map(\.name) + ["environ", "argument"] {
      for secret in [Self.canary(name), Self.encoded(name)] {
        guard let range = text.range(of: secret) else { continue }
        let start =
          text.index(range.lowerBound, offsetBy: -200, limitedBy: text.startIndex) ?? text.startIndex
        Issue.record("\(what): \(name): …\(text[start..<range.upperBound])")
      }
    }
  }

  @Test("The agent's log and its spool hold none")
  func agent() throws {
    let (folder, host) = try hostWithSecrets()
    defer { try? FileManager.default.removeItem(at: folder) }
    let spool = folder.appendingPathComponent("spool")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Program.path)
    process.arguments =
      ["agent", "--verbose", "--spool", spool.path, "--"] + host + ["--verbose", "--fail-on", "none"]
    process.standardOutput = FileHandle.nullDevice
    let log = Pipe()
    process.standardError = log
    try process.run()
    // It audits within a minute, and at once when asked; what it says of the audit is the last that is waited for.
    var text = ""
    var isAsked = false
    while !text.contains("\"audited\"") {
      let part = log.fileHandleForReading.availableData
      guard !part.isEmpty else { break }
      text += String(decoding: part, as: UTF8.self)
      guard !isAsked, text.contains("\"begins\"") else { continue }
      kill(process.processIdentifier, SIGHUP)
      isAsked = true
    }
    process.terminate()
    text += String(decoding: log.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    search(text, of: "the agent's log")
    var found = 0
    for name in try FileManager.default.subpathsOfDirectory(atPath: spool.path) {
      guard let content = try? String(contentsOf: spool.appendingPathComponent(name), encoding: .utf8) else {
        continue
      }
      if content.contains("plumbline/report/v1") { found += 1 }
      search(content, of: name)
    }
    #expect(found > 0, "\(text)")
  }

  @Test("The host with the secrets is read: what they stand in is in the snapshot")
  func isRead() throws {
    let (folder, host) = try hostWithSecrets()
    defer { try? FileManager.default.removeItem(at: folder) }
    let snapshot = try Program.run(["collect"] + host).text
    // Else the search would find nothing because nothing was looked at.
    for sign in ["aescbc", "/etc/kubernetes/tokens.csv", "hasToken", "r.example"] {
      #expect(snapshot.contains(sign), "\(sign)")
    }
  }
}
