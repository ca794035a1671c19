import FleetClickHouse
import Foundation
import FoundationNetworking
import Testing

/// What a server that can't be started says.
struct ServerProblem: Error, CustomStringConvertible { let description: String }

/// A program that ends when the test process does, however that ends: its guard watches both.
final class Guarded: @unchecked Sendable {
  private let process = Process()

  /// - Parameters:
  ///   - directory: Removed at the end; the program's number is in its file `pid`.
  ///   - isKept: Whether the directory stays, for who starts a program on it again.
  init(_ command: [String], directory: String, isKept: Bool = false) throws {
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments =
      [
        "-c",
        """
        directory=$1 test=$2 kept=$3; shift 3
        "$@" < /dev/null > "$directory/output" 2>&1 &
        server=$!
        echo $server > "$directory/pid"
        trap 'kill -9 $server' TERM
        while kill -0 "$test" && kill -0 $server; do sleep 1; done
        kill -9 $server
        "$kept" || rm -rf "$directory"
        """, "guard", directory, String(getpid()), String(isKept),
      ] + command
    process.standardInput = FileHandle.nullDevice
    // Whoever waits for the end of the test's output must not wait for the server's.
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  var isRunning: Bool { process.isRunning }

  func stop() {
    process.terminate()
    process.waitUntilExit()
  }
}

/// A port of the loopback interface that is free now.
func freePort() throws -> Int {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(descriptor) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let port = withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
      bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
    }
  }
  guard descriptor >= 0, port else { throw ServerProblem(description: "no free port") }
  return Int(UInt16(bigEndian: address.sin_port))
}

/// A directory for a server, below the temporary one.
private func directory(_ name: String) throws -> String {
  let url = FileManager.default.temporaryDirectory.appending(path: "plumbline-\(name)-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  return url.path
}

/// Asks a server over HTTP, for what only tests do.
@discardableResult func ask(_ server: Address.Server, _ statement: String) async throws -> String {
  var request = URLRequest(url: try #require(URL(string: "http://\(server)/")), timeoutInterval: 60)
  request.httpMethod = "POST"
  request.httpBody = Data(statement.utf8)
  let (data, response) = try await URLSession.shared.data(for: request)
  let text = String(decoding: data, as: UTF8.self)
  guard (response as? HTTPURLResponse)?.statusCode == 200 else {
    throw ServerProblem(description: "\(server): \(text)")
  }
  return text
}

private func untilItAnswers(_ server: Address.Server, _ guarded: Guarded, _ directory: String) async throws {
  for _ in 0..<1_200 {
    if (try? await ask(server, "SELECT 1")) != nil { return }
    guard guarded.isRunning else { break }
    try await Task.sleep(for: .milliseconds(50))
  }
  let output = (try? String(contentsOfFile: "\(directory)/output", encoding: .utf8)) ?? ""
  guarded.stop()
  throw ServerProblem(description: "\(server) does not answer: \(output.suffix(2_000))")
}

/// Debian's ClickHouse: servers that are the shards of a cluster called `fleet`, each also good by itself.
final class ClickHouseServers: Sendable {
  static let program = "/usr/sbin/clickhouse-server"
  static let isInstalled = FileManager.default.isExecutableFile(atPath: program)

  let servers: [Address.Server]
  private let running: [Guarded]

  init(shards: Int) async throws {
    let ports = try (0..<shards).map { _ in
      (http: try freePort(), native: try freePort(), other: try freePort())
    }
    var running: [Guarded] = []
    var servers: [Address.Server] = []
    for port in ports {
      let directory = try directory("clickhouse")
      let configuration = Self.configuration(
        directory, http: port.http, native: port.native, other: port.other, shards: ports.map(\.native))
      try configuration.write(toFile: "\(directory)/config.xml", atomically: true, encoding: .utf8)
      try Self.users.write(toFile: "\(directory)/users.xml", atomically: true, encoding: .utf8)
      let server = Address.Server(host: "127.0.0.1", port: port.http)
      let guarded = try Guarded(
        [Self.program, "--config-file=\(directory)/config.xml"], directory: directory)
      try await untilItAnswers(server, guarded, directory)
      running.append(guarded)
      servers.append(server)
    }
    self.running = running
    self.servers = servers
  }

  func stop() { for guarded in running { guarded.stop() } }

  private static func configuration(
    _ directory: String, http: Int, native: Int, other: Int, shards: [Int]
  ) -> String {
    let shards = shards.map {
      "<shard><replica><host>127.0.0.1</host><port>\($0)</port></replica></shard>"
    }.joined()
    return """
      <yandex>
        <logger><level>warning</level><log>\(directory)/log</log><errorlog>\(directory)/errors</errorlog></logger>
        <http_port>\(http)</http_port><tcp_port>\(native)</tcp_port>
        <interserver_http_port>\(other)</interserver_http_port><interserver_http_host>127.0.0.1</interserver_http_host>
        <listen_host>127.0.0.1</listen_host>
        <path>\(directory)/data/</path><tmp_path>\(directory)/tmp/</tmp_path>
        <format_schema_path>\(directory)/formats/</format_schema_path>
        <mark_cache_size>67108864</mark_cache_size><uncompressed_cache_size>0</uncompressed_cache_size>
        <users_config>\(directory)/users.xml</users_config><default_profile>default</default_profile>
        <default_database>default</default_database><timezone>UTC</timezone>
        <remote_servers><fleet>\(shards)</fleet></remote_servers>
      </yandex>
      """
  }

  private static let users = """
    <yandex>
      <profiles><default><max_memory_usage>4000000000</max_memory_usage></default></profiles>
      <users>
        <default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default>
        <guarded><password>s3cret'</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></guarded>
      </users>
      <quotas><default></default></quotas>
    </yandex>
    """
}

/// Today's engine: chdb, which is ClickHouse in a Python process, behind the same interface.
final class TodaysEngine: Sendable {
  private static let bridge = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Validators/todays_clickhouse.py").path
  static let isInstalled: Bool = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c", "import importlib.util, sys; sys.exit(not importlib.util.find_spec('chdb'))",
    ]
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  let server: Address.Server
  private let guarded: Guarded

  init() async throws {
    let directory = try directory("chdb")
    server = Address.Server(host: "127.0.0.1", port: try freePort())
    guarded = try Guarded(
      ["python3", Self.bridge, String(server.port), directory], directory: directory)
    try await untilItAnswers(server, guarded, directory)
  }
}

/// The servers that this process has started; they end with it.
actor Started {
  static let shared = Started()

  private var clickHouse: Task<ClickHouseServers, any Error>?
  private var today: Task<TodaysEngine, any Error>?

  func shards() async throws -> ClickHouseServers {
    let task = clickHouse ?? Task { try await ClickHouseServers(shards: 2) }
    clickHouse = task
    return try await task.value
  }

  func todays() async throws -> TodaysEngine {
    let task = today ?? Task { try await TodaysEngine() }
    today = task
    return try await task.value
  }
}
