package import Fleet
package import FleetPages
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOHTTPTypes
import NIOPosix
import NIOSSL
import ServiceLifecycle
import UnixSignals

/// Takes reports and answers questions until SIGTERM or SIGINT; then what is under way is brought to its end.
/// - Throws: Where a file that was named can't be read or understood, or an address can't be had.
package func serve(
  _ store: any Store, _ site: Site, _ settings: ServerSettings, _ surroundings: Surroundings, _ log: Logger
) async throws {
  try await Server(store, site, settings, surroundings, log).run()
}

private struct Server {
  private let store: any Store
  private let site: Site
  private let settings: ServerSettings
  private let surroundings: Surroundings
  private let log: Logger
  private let limits: Limits
  private let counters = Counters()
  private let registrar: Registrar
  private let rules: Live<Rules>
  private let identity: Live<Identity>?

  init(
    _ store: any Store, _ site: Site, _ settings: ServerSettings, _ surroundings: Surroundings, _ log: Logger
  ) throws {
    self.store = store
    self.site = site
    self.settings = settings
    self.surroundings = surroundings
    self.log = log
    limits = settings.limits
    registrar = Registrar(longestQueue: limits.longestQueue, largestBatch: limits.largestBatch) {
      reports async throws(StoreProblem) in try await store.add(reports)
    }
    rules = try Rules.live(settings)
    identity = try settings.identity.map { try Identity.live($0.certificate, $0.key) }
  }

  func run() async throws {
    var services: [any Service] = []
    var refreshed: [@Sendable (Logger) -> Void] = [{ [rules] in rules.refresh($0) }]
    if let identity { refreshed.append { identity.refresh($0) } }
    if let listener = settings.ingest {
      let tokens = try listener.tokens.map { try Live([$0]) { try Tokens($0[0]) } }
      if let tokens { refreshed.append { tokens.refresh($0) } }
      services.append(try application(ingestRouter(tokens), listener, "takes reports"))
    }
    if let listener = settings.reading {
      let tokens = try listener.tokens.map { try Live([$0]) { try Tokens($0[0]) } }
      if let tokens { refreshed.append { tokens.refresh($0) } }
      services.append(try application(readingRouter(tokens), listener, "answers"))
    }
    services.append(Housekeeping(store, settings.retention, surroundings, refreshed, log))
    var quiet = log
    quiet.logLevel = max(log.logLevel, .warning)
    let group = ServiceGroup(
      configuration: .init(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
    try await group.run()
    log.notice("ends")
  }

  private func ingestRouter(_ tokens: Live<Tokens>?) -> Router<FleetContext> {
    let reception = Reception(
      store: store, registrar: registrar, rules: rules, uploads: Gate(places: limits.mostUploads),
      readings: Gate(places: limits.mostReadings), counters: counters, surroundings: surroundings)
    let router = Router(context: FleetContext.self)
    router.add(middleware: AccessMiddleware(tokens: tokens, counters: counters))
    router.post("/v1/reports") { try await reception.receive($0, $1) }
    router.get("/healthz") { _, _ in plain("ok\n") }
    return router
  }

  private func readingRouter(_ tokens: Live<Tokens>?) -> Router<FleetContext> {
    let cache = LatestCache(store, lifetime: .seconds(limits.latestSeconds), clock: surroundings.clock)
    let room = ReadingRoom(
      store: store, cache: cache, rules: rules, gate: Gate(places: limits.mostAnswers),
      site: site, isSecure: identity != nil, surroundings: surroundings, log: log)
    let router = Router(context: FleetContext.self)
    router.add(middleware: AccessMiddleware(tokens: tokens, counters: counters))
    router.get("/healthz") { _, _ in plain("ok\n") }
    router.get("/readyz") { [store] _, _ in
      do {
        try await store.ping()
        return plain("ready\n")
      } catch {
        return plain("not ready: \(error)\n", .serviceUnavailable)
      }
    }
    router.get("/metrics") { [counters, registrar] _, _ in
      FleetServer.answer(
        .ok, type: "text/plain; version=0.0.4; charset=utf-8",
        Array(counters.text(waiting: await registrar.waiting).utf8))
    }
    router.get("/") { request, _ in await room.answer(request) }
    router.get("/**") { request, _ in await room.answer(request) }
    return router
  }

  private func application(
    _ router: Router<FleetContext>, _ listener: ServerSettings.Listener, _ purpose: String
  ) throws -> some ApplicationProtocol {
    let deadline = TimeAmount.seconds(Int64(limits.requestSeconds))
    let plain = HTTPServerBuilder.http1(
      configuration: .init(
        additionalChannelHandlers: [Deadlines(deadline)], idleTimeout: .seconds(Int64(limits.idleSeconds)),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)))
    let server =
      if let identity {
        try HTTPServerBuilder.tls(
          plain, tlsConfiguration: try Identity.configuration(identity, clients: listener.clientAuthorities))
      } else {
        plain
      }
    var quiet = log
    quiet.logLevel = max(log.logLevel, .warning)
    return Application(
      router: router, server: server,
      configuration: .init(
        address: .hostname(listener.host, port: listener.port), serverName: "plumbline-fleet", backlog: 1_024,
        availableConnectionsDelegate: .maximum(limits.mostConnections, logger: quiet)),
      onServerRunning: { [log, identity] channel in
        log.notice(
          "\(purpose)",
          metadata: [
            "scheme": identity == nil ? "http" : "https",
            "address": "\(channel.localAddress?.ipAddress ?? listener.host)",
            "port": "\(channel.localAddress?.port ?? listener.port)",
          ])
      },
      logger: quiet)
  }
}

private func plain(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
  answer(status, type: "text/plain; charset=utf-8", Array(text.utf8))
}
