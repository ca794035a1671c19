import FleetClickHouse
import Foundation
import Testing

/// One ClickHouse of Debian's that can be killed and started again on the same data, with HTTPS and a user who has a password.
final class SoloClickHouse {
  static let password = "pa'ss \"word\" ü"

  let httpPort: Int
  let httpsPort: Int
  private let directory: String
  /// Its certificate goes with it, and a start needs it again.
  private let station: Station
  private var guarded: Guarded?

  /// - Parameter station: Whose certificate it shows.
  init(in directory: String, _ station: Station) async throws {
    self.directory = directory
    self.station = station
    httpPort = try freePort()
    httpsPort = try freePort()
    let (native, other) = (try freePort(), try freePort())
    try """
    <yandex>
      <logger><level>warning</level><log>\(directory)/log</log><errorlog>\(directory)/errors</errorlog></logger>
      <http_port>\(httpPort)</http_port><https_port>\(httpsPort)</https_port><tcp_port>\(native)</tcp_port>
      <interserver_http_port>\(other)</interserver_http_port><interserver_http_host>127.0.0.1</interserver_http_host>
      <openSSL><server>
        <certificateFile>\(station.file("tls/server.crt"))</certificateFile>
        <privateKeyFile>\(station.file("tls/server.key"))</privateKeyFile>
        <verificationMode>none</verificationMode><loadDefaultCAFile>false</loadDefaultCAFile>
      </server></openSSL>
      <listen_host>127.0.0.1</listen_host>
      <path>\(directory)/data/</path><tmp_path>\(directory)/tmp/</tmp_path>
      <format_schema_path>\(directory)/formats/</format_schema_path>
      <mark_cache_size>67108864</mark_cache_size><uncompressed_cache_size>0</uncompressed_cache_size>
      <users_config>\(directory)/users.xml</users_config><default_profile>default</default_profile>
      <default_database>default</default_database><timezone>UTC</timezone>
    </yandex>
    """.write(toFile: "\(directory)/config.xml", atomically: true, encoding: .utf8)
    let escaped = Self.password.replacing("\"", with: "&quot;")
    try """
    <yandex>
      <profiles><default></default></profiles>
      <users>
        <default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default>
        <fleet><password>\(escaped)</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></fleet>
      </users>
      <quotas><default></default></quotas>
    </yandex>
    """.write(toFile: "\(directory)/users.xml", atomically: true, encoding: .utf8)
    try await start()
    try await query("CREATE DATABASE fleet")
  }

  deinit { guarded?.stop() }

  func start() async throws {
    guarded?.stop()
    guarded = try Guarded(
      [ClickHouseServers.program, "--config-file=\(directory)/config.xml"], directory: directory, isKept: true
    )
    let server = UInt16(httpPort)
    try await eventually("ClickHouse answers") {
      (try? Wire(server))?.ask("POST /", [], Array("SELECT 1".utf8))?.status == 200
    }
  }

  /// Its process; 0 before there is one.
  var id: Int32 {
    let text = try? String(contentsOfFile: "\(directory)/pid", encoding: .utf8)
    return text.flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 0
  }

  /// Asks it what only a test asks.
  @discardableResult func query(_ statement: String) async throws -> String {
    try await ask(Address.Server(host: "127.0.0.1", port: httpPort), statement)
  }
}
