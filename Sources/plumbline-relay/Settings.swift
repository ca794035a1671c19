import ArgumentParser
import Configuration
import FoundationEssentials
import Glibc
import Logging
import SystemPackage

struct SettingsProblem: Error {
  let message: String

  init(_ message: String) { self.message = message }
}

/// The options as a user gives them; what is not given is nil, and asked of the environment and the file.
struct RelayOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The agent's spool.", valueName: "dir"), completion: .directory)
  var spool: String?

  @Option(
    help: ArgumentHelp(
      "Where the relay keeps how far it has come; needed with --push-url.", valueName: "dir"),
    completion: .directory)
  var state: String?

  @Option(help: ArgumentHelp("Where to serve, or 'none'. (default: 127.0.0.1:9469)", valueName: "host:port"))
  var listen: String?

  @Option(help: ArgumentHelp("Where to send each report, by POST.", valueName: "url"))
  var pushURL: String?

  @Option(
    help: ArgumentHelp("Send the token in this file; it is read anew for every report.", valueName: "file"))
  var pushToken: String?

  @Option(help: ArgumentHelp("A client certificate in PEM, with its chain.", valueName: "file"))
  var pushCert: String?

  @Option(help: ArgumentHelp("Its private key in PEM.", valueName: "file"))
  var pushKey: String?

  @Option(help: ArgumentHelp("The authorities to trust, in PEM, instead of the system's.", valueName: "file"))
  var pushCA: String?

  @Option(help: ArgumentHelp("How long a try may take. (default: 30)", valueName: "seconds"))
  var pushTimeout: Int?

  @Option(help: ArgumentHelp("The longest wait between tries. (default: 300)", valueName: "seconds"))
  var pushBackoff: Int?

  @Option(help: ArgumentHelp("How often to look into the spool. (default: 5)", valueName: "seconds"))
  var poll: Int?

  @Option(
    help: ArgumentHelp("trace, debug, info, warning, error or critical. (default: info)", valueName: "level"))
  var logLevel: String?

  @Flag(inversion: .prefixedNo, help: "End with 2 unless every step of its own confinement holds.")
  var requireConfinement: Bool?

  /// By the command line alone: neither the environment nor a file may take the confinement away.
  @Flag(
    help: ArgumentHelp(
      "Give nothing up. For finding out what the confinement gets in the way of.", visibility: .hidden))
  var unconfined = false

  @Option(
    help: ArgumentHelp("A JSON object with any of these options.", valueName: "file"), completion: .file())
  var config: String?

  /// The names of all options, as flags, in the environment and in the file alike.
  static let texts = [
    "spool", "state", "listen", "push-url", "push-token", "push-cert", "push-key", "push-ca", "log-level",
  ]
  static let numbers = ["push-timeout", "push-backoff", "poll"]
  static let flags = ["require-confinement"]

  /// Flags, environment and file, in this order.
  /// - Throws: `SettingsProblem` where the file can't be read or says what is no option.
  func providers() throws(SettingsProblem) -> [any ConfigProvider] {
    let texts: [(String, String?)] = [
      ("spool", spool), ("state", state), ("listen", listen), ("push-url", pushURL),
      ("push-token", pushToken), ("push-cert", pushCert), ("push-key", pushKey), ("push-ca", pushCA),
      ("log-level", logLevel),
    ]
    let numbers: [(String, Int?)] = [
      ("push-timeout", pushTimeout), ("push-backoff", pushBackoff), ("poll", poll),
    ]
    var values: [AbsoluteConfigKey: ConfigValue] = [:]
    for case (let name, let value?) in texts { values[[name]] = ConfigValue(.string(value), isSecret: false) }
    for case (let name, let value?) in numbers { values[[name]] = ConfigValue(.int(value), isSecret: false) }
    if let requireConfinement {
      values[["require-confinement"]] = ConfigValue(.bool(requireConfinement), isSecret: false)
    }
    let environment = EnvironmentVariablesProvider().prefixKeys(with: ["plumbline", "relay"])
    var providers: [any ConfigProvider] = [InMemoryProvider(name: "flags", values: values), environment]
    if let config { providers.append(InMemoryProvider(name: config, values: try Self.file(config))) }
    return providers
  }

  private struct Name: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// A file's options, each of its own type and none unknown.
  private struct File: Decodable {
    var values: [AbsoluteConfigKey: ConfigValue] = [:]

    init(from decoder: any Decoder) throws {
      let keyed = try decoder.container(keyedBy: Name.self)
      for key in keyed.allKeys {
        let name = key.stringValue
        let content: ConfigContent
        if texts.contains(name) {
          content = .string(try keyed.decode(String.self, forKey: key))
        } else if numbers.contains(name) {
          content = .int(try keyed.decode(Int.self, forKey: key))
        } else if flags.contains(name) {
          content = .bool(try keyed.decode(Bool.self, forKey: key))
        } else {
          throw SettingsProblem("'\(name)' is no option")
        }
        values[[name]] = ConfigValue(content, isSecret: false)
      }
    }
  }

  private static func file(_ path: String) throws(SettingsProblem) -> [AbsoluteConfigKey: ConfigValue] {
    do {
      let bytes = try content(of: path, atMost: 1 << 20)
      return try JSONDecoder().decode(File.self, from: Data(bytes)).values
    } catch let problem as SettingsProblem {
      throw SettingsProblem("--config \(path): \(problem.message)")
    } catch {
      throw SettingsProblem("--config \(path): \(error)")
    }
  }
}

/// A file that the user named.
/// - Throws: `Errno`, or `SettingsProblem` where it is too large.
func content(of path: String, atMost limit: Int) throws -> [UInt8] {
  let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
  return try file.closeAfter {
    var bytes: [UInt8] = []
    while true {
      let part = try [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      if part.isEmpty { return bytes }
      bytes += part
      guard bytes.count <= limit else { throw SettingsProblem("larger than \(limit >> 10) KiB") }
    }
  }
}

/// What the relay is to do, checked.
struct Settings: Sendable {
  struct Push: Sendable {
    let url: String
    let token: String?
    let certificate: String?
    let key: String?
    let authorities: String?
    let timeout: Int
    let longestWait: Int
    /// Where the relay keeps its state.
    let state: String
  }

  struct Address: Sendable {
    let host: String
    let port: Int
  }

  let spool: String
  let listen: Address?
  let push: Push?
  let poll: Int
  let logLevel: Logger.Level
  let requiresConfinement: Bool

  init(_ reader: ConfigReader) throws(SettingsProblem) {
    guard let spool = reader.string(forKey: "spool") else {
      throw SettingsProblem("--spool names the agent's spool; it is missing")
    }
    self.spool = spool
    listen = try Self.address(reader.string(forKey: "listen", default: "127.0.0.1:9469"))
    poll = try Self.number(reader, "poll", 5)
    let level = reader.string(forKey: "log-level", default: "info")
    guard let known = Logger.Level(rawValue: level) else {
      throw SettingsProblem("--log-level: no level '\(level)'")
    }
    logLevel = known
    requiresConfinement = reader.bool(forKey: "require-confinement", default: false)
    push = try Self.push(reader)
    guard listen != nil || push != nil else {
      throw SettingsProblem("there is nothing to do: --listen is none, and there is no --push-url")
    }
  }

  private static func push(_ reader: ConfigReader) throws(SettingsProblem) -> Push? {
    let token = reader.string(forKey: "push-token")
    let certificate = reader.string(forKey: "push-cert")
    let key = reader.string(forKey: "push-key")
    let authorities = reader.string(forKey: "push-ca")
    guard let url = reader.string(forKey: "push-url") else {
      guard token == nil, certificate == nil, key == nil, authorities == nil else {
        throw SettingsProblem("a token, a certificate or authorities are given, and no --push-url")
      }
      return nil
    }
    guard url.hasPrefix("https://"), let host = URL(string: url)?.host(), !host.isEmpty else {
      throw SettingsProblem("--push-url: '\(url)' is no https:// URL; reports leave the node by TLS only")
    }
    guard (certificate == nil) == (key == nil) else {
      throw SettingsProblem("--push-cert and --push-key belong together")
    }
    guard let state = reader.string(forKey: "state") else {
      throw SettingsProblem("--push-url needs --state, a directory for how far the relay has come")
    }
    return Push(
      url: url, token: token, certificate: certificate, key: key, authorities: authorities,
      timeout: try number(reader, "push-timeout", 30), longestWait: try number(reader, "push-backoff", 300),
      state: state)
  }

  private static func number(_ reader: ConfigReader, _ name: String, _ otherwise: Int) throws(SettingsProblem)
    -> Int
  {
    let number = reader.int(forKey: ConfigKey([name]), default: otherwise)
    guard (1...86_400).contains(number) else { throw SettingsProblem("--\(name) is 1 to 86400 seconds") }
    return number
  }

  /// `127.0.0.1:9469`, `[::1]:9469`, or `none`.
  private static func address(_ text: String) throws(SettingsProblem) -> Address? {
    if text == "none" { return nil }
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
      throw SettingsProblem("--listen: '\(text)' is no host:port")
    }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    guard !host.isEmpty else {
      throw SettingsProblem("--listen: '\(text)' names no host; 0.0.0.0 is every one")
    }
    return Address(host: host, port: Int(port))
  }
}
