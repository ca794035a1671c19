import Foundation
import Testing

/// A spool, a collector with certificates of its own, and what runs between them; all in a temporary folder.
final class Station {
  static let obstacle: String? = {
    let lacking = ["openssl", "python3", "curl"].filter { Program.tool($0) == nil }
    return lacking.isEmpty ? nil : "this machine lacks \(lacking.joined(separator: ", "))"
  }()

  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("station-\(UUID())")
  let port: Int
  let metricsPort: Int
  private let asksForCertificate: Bool

  /// - Parameter name: Whom the server's certificate is for.
  init(mutual: Bool, name: String = "IP:127.0.0.1") throws {
    asksForCertificate = mutual
    port = try Self.freePort()
    metricsPort = try Self.freePort()
    for name in ["collector/received", "tls", "spool", "state", "token"] {
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
    }
    try makeAuthority("ca")
    try makeCertificate("server", by: "ca", extra: "subjectAltName=\(name)")
    if mutual { try makeCertificate("client", by: "ca", extra: "extendedKeyUsage=clientAuth") }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func file(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private static func freePort() throws -> Int {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, size) == 0 ? getsockname(socket, $0, &size) : -1
      }
    }
    try #require(code == 0)
    return Int(UInt16(bigEndian: address.sin_port))
  }

  private func openssl(_ arguments: [String]) throws {
    let outcome = try Program.run(try #require(Program.tool("openssl")), arguments)
    try #require(outcome.status == 0, "\(outcome.errors)")
  }

  private func makeAuthority(_ name: String) throws {
    try openssl([
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
      "/CN=\(name)", "-keyout", file("tls/\(name).key"), "-out", file("tls/\(name).crt"),
    ])
  }

  private func makeCertificate(_ name: String, by authority: String, extra: String) throws {
    try openssl([
      "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(name)",
      "-keyout",
      file("tls/\(name).key"), "-out", file("tls/\(name).csr"),
    ])
    try Data((extra + "\n").utf8).write(to: URL(fileURLWithPath: file("tls/\(name).ext")))
    try openssl([
      "x509", "-req", "-in", file("tls/\(name).csr"), "-CA", file("tls/\(authority).crt"), "-CAkey",
      file("tls/\(authority).key"), "-days", "2", "-extfile", file("tls/\(name).ext"), "-out",
      file("tls/\(name).crt"),
    ])
  }

  /// Replaces the client's certificate by one of another key.
  func renewClient() throws { try makeCertificate("client", by: "ca", extra: "extendedKeyUsage=clientAuth") }

  func collector() throws -> Daemon {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("collector.py").path
    return try Daemon(
      try #require(Program.tool("python3")),
      [
        script, file("collector"), "\(port)", file("tls/server.crt"), file("tls/server.key"),
        asksForCertificate ? file("tls/ca.crt") : "",
      ])
  }

  func agent(_ options: [String], audit: [String] = Program.host()) throws -> Daemon {
    try Daemon(
      Program.path("plumbline"),
      ["agent", "--spool", file("spool"), "--verbose", "--jitter", "0s"] + options + ["--"] + audit)
  }

  func relay(_ options: [String] = []) throws -> Daemon {
    var arguments = [
      "--spool", file("spool"), "--state", file("state"), "--push-url",
      "https://127.0.0.1:\(port)/v1/reports",
      "--push-ca", file("tls/ca.crt"), "--push-backoff", "1", "--poll", "1", "--listen",
      "127.0.0.1:\(metricsPort)", "--log-level", "debug",
    ]
    if asksForCertificate {
      arguments += ["--push-cert", file("tls/client.crt"), "--push-key", file("tls/client.key")]
    }
    return try Daemon(Program.path("plumbline-relay"), arguments + options)
  }

  /// Tells the collector how to answer.
  func tell(_ name: String, _ text: String?) throws {
    let path = file("collector/\(name)")
    guard let text else { return try FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  func received() throws -> [Data] {
    try FileManager.default.contentsOfDirectory(atPath: file("collector/received")).filter {
      !$0.contains(".")
    }
    .sorted().map { try Data(contentsOf: URL(fileURLWithPath: file("collector/received/\($0)"))) }
  }

  var answers: [String] {
    ((try? String(contentsOfFile: file("collector/answers"), encoding: .utf8)) ?? "").split(separator: "\n")
      .map(String.init)
  }

  /// The reports in the spool, oldest first.
  func spooled() -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: file("spool"))) ?? [])
      .filter { $0.hasPrefix("0") && $0.hasSuffix(".json") }.sorted()
  }

  func spooledReport(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: file("spool/\(name)")))
  }

  /// What the relay answers.
  func ask(_ path: String) throws -> (status: Int, body: String) {
    let outcome = try Program.run(
      try #require(Program.tool("curl")),
      ["-s", "-w", "\n%{http_code}", "http://127.0.0.1:\(metricsPort)\(path)"])
    let text = String(decoding: outcome.output, as: UTF8.self)
    let cut = try #require(text.lastIndex(of: "\n"))
    return (Int(text[text.index(after: cut)...]) ?? 0, String(text[..<cut]))
  }

  func metric(_ name: String) throws -> Double? {
    try ask("/metrics").body.split(separator: "\n").first { $0.hasPrefix(name + " ") }
      .flatMap { Double($0.dropFirst(name.count + 1)) }
  }
}

/// What tells one run from another.
func runID(_ report: Data) throws -> String {
  let object = try #require(try JSONSerialization.jsonObject(with: report) as? [String: Any])
  return try #require((object["run"] as? [String: Any])?["id"] as? String)
}
