import Foundation
import Testing

/// A real etcd, started on loopback in a temporary directory and ended with it.
final class EtcdFixture {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// How it is told what to do, and what.
  enum Setup: String, CaseIterable, CustomTestStringConvertible {
    /// Certificates of its own authority, asked of clients by flags and of members by environment.
    case hardened = "hardened by flags and environment"
    /// The same in a file, beside flags that say the contrary and are not heard.
    case hardenedByFile = "hardened by its file alone"
    /// In the clear.
    case plain = "in the clear"
    /// The file again, in a mount namespace where a filesystem of its own hides it from the host.
    case hardenedByHiddenFile = "hardened by its file alone, in a mount namespace of its own"
    /// TLS with certificates that it signs itself.
    case selfSigned = "self-signed"

    var scheme: String { self == .plain ? "http" : "https" }
    var testDescription: String { rawValue }
  }

  /// What keeps the machine from running this; nil where nothing does.
  static let obstacle: String? = {
    let lacking = ["etcd", "openssl"].filter { Program.tool($0) == nil }
    if !lacking.isEmpty { return "this machine lacks \(lacking.joined(separator: " and "))" }
    if geteuid() != 0 { return "only root sees another process whole" }
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    let isRunning = processes.contains {
      (try? String(contentsOfFile: "/proc/\($0)/comm", encoding: .utf8)) == "etcd\n"
    }
    return isRunning ? "another etcd runs on this machine" : nil
  }()

  let process = Process()
  private let directory: URL
  private let etcd: String

  init(_ setup: Setup) throws {
    guard let etcd = Program.tool("etcd") else { throw Failure(description: "no etcd") }
    self.etcd = etcd
    directory = FileManager.default.temporaryDirectory.appendingPathComponent(
      "plumbline-etcd-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    do {
      let ports = try Self.freePorts(2)
      process.executableURL = URL(fileURLWithPath: etcd)
      process.environment = [:]
      try arrange(
        setup, client: "\(setup.scheme)://127.0.0.1:\(ports[0])",
        peer: "\(setup.scheme)://127.0.0.1:\(ports[1])")
      let log = directory.appendingPathComponent("log")
      try Data().write(to: log)
      let handle = try FileHandle(forWritingTo: log)
      process.standardOutput = handle
      process.standardError = handle
      try process.run()
      try waitUntilServing(port: ports[0], log)
    } catch {
      stop()
      throw error
    }
  }

  private func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

  private func arrange(_ setup: Setup, client: String, peer: String) throws {
    let settings = [
      ("name", "node"), ("data-dir", path("data")), ("listen-client-urls", client),
      ("advertise-client-urls", client),
      ("listen-peer-urls", peer), ("initial-advertise-peer-urls", peer), ("initial-cluster", "node=\(peer)"),
    ]
    let security = [
      ("cert-file", path("node.crt")), ("key-file", path("node.key")), ("trusted-ca-file", path("ca.crt")),
      ("client-cert-auth", "true"),
    ]
    let flags = settings.map { "--\($0)=\($1)" }
    switch setup {
    case .plain: process.arguments = flags
    case .selfSigned: process.arguments = flags + ["--auto-tls", "--peer-auto-tls=true"]
    case .hardened:
      try makeCertificates()
      process.arguments = flags + security.map { "--\($0)=\($1)" }
      let variables = security.map {
        ("ETCD_PEER_" + $0.uppercased().replacingOccurrences(of: "-", with: "_"), $1)
      }
      process.environment = Dictionary(uniqueKeysWithValues: variables)
    case .hardenedByFile, .hardenedByHiddenFile:
      try makeCertificates()
      let section = security.map { "  \($0): \($1)\n" }.joined()
      let file =
        settings.map { "\($0): \($1)\n" }.joined()
        + "client-transport-security:\n\(section)peer-transport-security:\n\(section)"
      try file.write(toFile: path("etcd.yaml"), atomically: true, encoding: .utf8)
      process.arguments = [
        "--config-file", path("etcd.yaml"), "--client-cert-auth=false", "--peer-auto-tls=true",
      ]
      if setup == .hardenedByHiddenFile { hide() }
    }
  }

  /// Starts it where its configuration is on a tmpfs that only its own mount namespace has; unshare(1), mount_namespaces(7).
  private func hide() {
    let script = """
      cp -a "$0" "$0.copy" && mount -t tmpfs none "$0" && cp -a "$0.copy/." "$0/" && shift 0 && exec "$@"
      """
    process.arguments =
      ["--mount", "--propagation", "private", "sh", "-c", script, directory.path, etcd]
      + (process.arguments ?? [])
    process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
  }

  deinit { stop() }

  func stop() {
    if process.isRunning {
      process.terminate()
      for _ in 0..<50 where process.isRunning { usleep(100_000) }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
    try? FileManager.default.removeItem(at: directory)
  }

  /// Started is not serving: it is audited once its port answers, or it has said why not.
  private func waitUntilServing(port: UInt16, _ log: URL) throws {
    for _ in 0..<1200 {
      guard process.isRunning else { break }
      if Self.answers(port) { return }
      usleep(50_000)
    }
    let said = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
    throw Failure(description: "etcd does not serve:\n\(said.suffix(2000))")
  }

  // MARK: Ports

  private static func withSocket<T>(
    _ port: UInt16, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) throws -> T
  )
    rethrows -> T
  {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(number) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return try withUnsafePointer(to: &address) {
      try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        try body(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  private static func answers(_ port: UInt16) -> Bool { withSocket(port) { connect($0, $1, $2) == 0 } }

  /// Ports that the kernel says are free; all are held until the last is known, so that none comes twice.
  private static func freePorts(_ count: Int) throws -> [UInt16] {
    guard count > 0 else { return [] }
    return try withSocket(0) { number, address, length in
      guard bind(number, address, length) == 0 else { throw Failure(description: "no port: errno \(errno)") }
      var bound = sockaddr_in()
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      let result = withUnsafeMutablePointer(to: &bound) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(number, $0, &size) }
      }
      guard result == 0 else { throw Failure(description: "no port: errno \(errno)") }
      return [UInt16(bigEndian: bound.sin_port)] + (try freePorts(count - 1))
    }
  }

  // MARK: Certificates

  /// An authority and one certificate for serving and for being a client, both with openssl.
  private func makeCertificates() throws {
    try """
    [v]
    subjectAltName = IP:127.0.0.1
    extendedKeyUsage = serverAuth, clientAuth
    """.write(toFile: path("extensions"), atomically: true, encoding: .utf8)
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    try Self.openssl(
      [
        "req", "-x509", "-days", "1", "-subj", "/CN=etcd-ca", "-keyout", path("ca.key"), "-out",
        path("ca.crt"),
      ] + key)
    try Self.openssl(
      ["req", "-subj", "/CN=node", "-keyout", path("node.key"), "-out", path("node.csr")] + key)
    try Self.openssl([
      "x509", "-req", "-in", path("node.csr"), "-CA", path("ca.crt"), "-CAkey", path("ca.key"),
      "-CAcreateserial",
      "-days", "1", "-extfile", path("extensions"), "-extensions", "v", "-out", path("node.crt"),
    ])
  }

  private static func openssl(_ arguments: [String]) throws {
    guard let openssl = Program.tool("openssl") else { throw Failure(description: "no openssl") }
    let outcome = try Program.run(arguments, executable: openssl)
    guard outcome.status == 0 else {
      throw Failure(description: "openssl \(arguments[0]): \(outcome.errors)")
    }
  }
}
