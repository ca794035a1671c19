import Agent
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Relay
import ServiceLifecycle
import SystemPackage
import UnixSignals

/// Serves and sends until SIGTERM or SIGINT.
func serve(_ settings: Settings, _ log: Logger) async throws {
  let spool = Spool(reading: FilePath(settings.spool))
  let keeper = settings.push.map { Keeper(directory: FilePath($0.state), log: log) }
  let desk = Desk(spool: spool, relay: keeper?.load())
  // One thread is plenty, and no more memory than that.
  let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  var services: [any Service] = []
  if let address = settings.listen { services.append(server(address, desk, loops, log)) }
  if let push = settings.push, let keeper {
    services.append(
      Pusher(push, poll: settings.poll, spool: spool, desk: desk, keeper: keeper, loops: loops, log: log))
  }
  log.info("begins", metadata: ["spool": "\(settings.spool)", "push": "\(settings.push?.url ?? "none")"])
  var quiet = log
  quiet.logLevel = max(log.logLevel, .warning)
  let group = ServiceGroup(
    configuration: .init(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
  try await group.run()
  try await loops.shutdownGracefully()
  log.info("ends")
}

private func server(
  _ address: Settings.Address, _ desk: Desk, _ loops: MultiThreadedEventLoopGroup, _ log: Logger
) -> some Service {
  let router = Router()
  router.get("/healthz") { _, _ in text("ok\n") }
  router.get("/readyz") { _, _ in
    guard let obstacle = try await desk.obstacle() else { return text("ready\n") }
    return text("not ready: \(obstacle)\n", .serviceUnavailable)
  }
  router.get("/metrics") { _, _ in
    text(try await desk.metrics(), type: "text/plain; version=0.0.4; charset=utf-8")
  }
  router.get("/report") { _, _ in
    guard let bytes = try await desk.report() else { return text("there is no report yet\n", .notFound) }
    return Response(
      status: .ok, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
  var quiet = log
  quiet.logLevel = max(log.logLevel, .warning)
  return Application(
    router: router,
    configuration: .init(address: .hostname(address.host, port: address.port), serverName: "plumbline-relay"),
    onServerRunning: { channel in
      log.info("serves", metadata: ["address": "\(channel.localAddress?.description ?? "")"])
    },
    eventLoopGroupProvider: .shared(loops), logger: quiet)
}

private func text(
  _ text: String, _ status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
) -> Response {
  Response(
    status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
}
