import ArgumentParser
import Fleet
import FleetPages
import FleetServer
import Foundation
import Glibc
import JSONLog
import Logging
import Profiles
import Reports

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take reports and answer by HTTPS: pages for people, JSON for programs.",
    discussion: """
      Nodes send to --ingest-listen (POST /v1/reports), people and programs read at --listen; each has its own tokens or client \
      certificates. What is acknowledged is on the disk. Beyond this machine both need TLS and somebody to let in.

      Several may run over one store, behind a load balancer: nothing is kept besides the store.

      Tokens, trust, inventory, certificate and key are read again within seconds after their files change; --client-ca and \
      --ingest-client-ca at the start only. SIGTERM brings what is under way to its end.

      Examples:
        plumbline-fleet serve --store fleet.db
        plumbline-fleet serve --store fleet.db --tls-cert tls.crt --tls-key tls.key \\
          --ingest-listen 0.0.0.0:9471 --ingest-client-ca nodes-ca.crt --trust trust.yaml \\
          --listen 0.0.0.0:9470 --token-file readers
      """)

  @OptionGroup var place: StoreOptions
  @OptionGroup var nodes: InventoryOptions
  @OptionGroup var retention: RetentionOptions
  @OptionGroup var profiles: ProfileOptions

  @Option(help: "Where pages and answers are served; 'none' serves none.")
  var listen = "127.0.0.1:9470"

  @Option(help: "A file with a token a line, or a name and a token, one of which a reader needs.")
  var tokenFile: String?

  @Option(help: "Authorities (PEM) by which a reader's certificate must be signed.")
  var clientCa: String?

  @Option(help: "Where reports are taken; 'none' takes none.")
  var ingestListen = "127.0.0.1:9471"

  @Option(help: "The same as --token-file, for those who send reports.")
  var ingestTokenFile: String?

  @Option(help: "The same as --client-ca, for those who send reports.")
  var ingestClientCa: String?

  @Option(help: "The server's certificate and its chain (PEM).")
  var tlsCert: String?

  @Option(help: "The certificate's key (PEM).")
  var tlsKey: String?

  @Option(help: "A YAML list of 'nodes' (names, which may end in *) and 'key' (a public key in PEM).")
  var trust: String?

  @Option(help: "Reports that may wait to be written; whoever comes then is told to come again.")
  var queue = Limits().longestQueue

  @Option(help: "Seconds in which a request must have come whole.")
  var requestSeconds = Limits().requestSeconds

  @Option(help: "What is logged: debug, info, notice, warning or error, and what is graver.")
  var logLevel = LogLevel.notice

  func run() async throws {
    let settings = try self.settings()
    let site = Site(texts: try texts())
    let log = JSONLog.logger("fleet", level: logLevel.level)
    let start = ContinuousClock.now
    let surroundings = Surroundings(
      now: { secondsNow() }, clock: { ContinuousClock.now - start }, chance: { .random(in: 0..<1) })
    try await place.with { store in
      do {
        try await serve(store, site, settings, surroundings, log)
      } catch let problem as NamedFileProblem {
        throw ValidationError("\(problem)")
      } catch let problem as StoreProblem {
        throw problem
      } catch {
        // An address that is taken, or not this machine's.
        complain("serve: \(error)")
        throw ExitCode(2)
      }
    }
  }

  /// What the checks ask, why, and how to put it right: reports leave it out, and pages tell it.
  private func texts() throws -> [String: Report.Texts] {
    Dictionary(
      try profiles.load().checks.map { slug, check in
        (
          slug.description,
          Report.Texts(
            title: check.texts.title, rationale: check.texts.rationale, remediation: check.texts.remediation,
            references: check.texts.references)
        )
      }
    ) { first, _ in first }
  }

  private func settings() throws -> ServerSettings {
    guard (tlsCert == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-cert and --tls-key are given together")
    }
    guard (1...1_000_000).contains(queue), (1...3_600).contains(requestSeconds) else {
      throw ValidationError("--queue is 1 to 1000000, --request-seconds 1 to 3600")
    }
    var limits = Limits()
    limits.longestQueue = queue
    limits.requestSeconds = requestSeconds
    do {
      return try ServerSettings(
        reading: try listener("--", listen, clientCa, tokenFile),
        ingest: try listener("--ingest-", ingestListen, ingestClientCa, ingestTokenFile),
        identity: tlsCert.flatMap { certificate in
          tlsKey.map { (named("--tls-cert", certificate), named("--tls-key", $0)) }
        },
        trust: trust.map { named("--trust", $0) },
        inventory: nodes.inventory.map { named("--inventory", $0) },
        retention: try retention.retention(), limits: limits)
    } catch let problem as ServerSettings.Problem {
      throw ValidationError("\(problem)")
    }
  }

  private func listener(_ prefix: String, _ text: String, _ authorities: String?, _ tokens: String?) throws
    -> ServerSettings.Listener?
  {
    guard text != "none" else { return nil }
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
      throw ValidationError("\(prefix)listen \(text): is no address with a port, such as 127.0.0.1:9470")
    }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    guard !host.isEmpty else {
      throw ValidationError(
        "\(prefix)listen \(text): say which address: 0.0.0.0 for all, 127.0.0.1 for this machine")
    }
    return ServerSettings.Listener(
      host: host, port: Int(port), clientAuthorities: authorities.map { named("\(prefix)client-ca", $0) },
      tokens: tokens.map { named("\(prefix)token-file", $0) })
  }

  private func named(_ option: String, _ path: String) -> NamedFile {
    NamedFile(option, path) { try content(of: path) }
  }
}

enum LogLevel: String, ExpressibleByArgument, CaseIterable {
  case debug, info, notice, warning, error

  var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .notice }
}

/// How long what is kept.
struct RetentionOptions: ParsableArguments {
  @Option(help: "Days for which reports are kept as they came; a node's latest one stays.")
  var documentsDays = Retention().documents

  @Option(help: "Days for which is kept what reports said, and the changes between them.")
  var historyDays = Retention().history

  func retention() throws -> Retention {
    guard (1...36_500).contains(documentsDays), (documentsDays...36_500).contains(historyDays) else {
      throw ValidationError("--documents-days is 1 or more, --history-days no less than that")
    }
    return Retention(documents: documentsDays, history: historyDays)
  }
}
