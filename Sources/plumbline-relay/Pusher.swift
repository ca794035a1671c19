import Agent
import AsyncHTTPClient
import CLinux
import Glibc
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Relay
import ServiceLifecycle
import SystemPackage

/// Sends what lies in the spool, oldest first, each until the collector has it.
struct Pusher: Service {
  private let push: Settings.Push
  private let poll: Int
  private let spool: Spool
  private let desk: Desk
  private let keeper: Keeper
  private let loops: MultiThreadedEventLoopGroup
  private let log: Logger

  init(
    _ push: Settings.Push, poll: Int, spool: Spool, desk: Desk, keeper: Keeper,
    loops: MultiThreadedEventLoopGroup, log: Logger
  ) {
    self.push = push
    self.poll = poll
    self.spool = spool
    self.desk = desk
    self.keeper = keeper
    self.loops = loops
    self.log = log
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var way = Way(push, loops)
      var backoff = Backoff(base: .seconds(1), longest: .seconds(push.longestWait))
      while !Task.isCancelled {
        let wait = await sendWaiting(&way, &backoff)
        try? await Task.sleep(for: wait)
      }
      await way.close()
    }
  }

  /// Sends what waits.
  /// - Returns: How long to wait before the next look.
  private func sendWaiting(_ way: inout Way, _ backoff: inout Backoff) async -> Duration {
    var state = await desk.relay ?? RelayState()
    let entries: [Spool.Entry]
    do {
      entries = try spool.entries()
    } catch {
      log.error("the spool can't be read", metadata: ["reason": "\(error)"])
      return .seconds(poll)
    }
    let lost = state.meet(entries)
    if lost > 0 {
      log.error("reports left the spool before they were sent", metadata: ["lost": "\(lost)"])
    }
    await note(state)
    for entry in state.unsent(of: entries) where !Task.isCancelled {
      guard let bytes = try? spool.bytes(of: entry.number) else { break }
      switch await answer(to: bytes, entry.number, by: &way) {
      case .taken:
        backoff.reset()
        state.took(entry.number)
        await note(state)
        log.debug("sent", metadata: ["number": "\(entry.number)"])
      case .refused:
        backoff.reset()
        state.refusedReport(entry.number)
        keeper.putAside(bytes, count: state.refused)
        await note(state)
      case .later(let least):
        state.failedTry()
        await note(state)
        let wait = backoff.next(chance: World.system.chance(), least: least)
        log.debug("tries again later", metadata: ["seconds": "\(wait / .seconds(1))"])
        return wait
      }
    }
    return .seconds(poll)
  }

  private func note(_ state: RelayState) async {
    guard await desk.relay != state || state.handled == nil else { return }
    keeper.save(state)
    await desk.note(state)
  }

  private func answer(to bytes: [UInt8], _ number: UInt64, by way: inout Way) async -> Answer {
    do {
      let reply = try await way.send(bytes)
      let answer = Answer(status: reply.status, retryAfter: reply.retryAfter, wall: World.system.wall())
      if answer != .taken {
        log.error(
          "the collector did not take a report",
          metadata: ["number": "\(number)", "status": "\(reply.status)", "said": "\(reply.text)"])
      }
      return answer
    } catch {
      if !Task.isCancelled {
        log.error(
          "a report could not be sent", metadata: ["number": "\(number)", "reason": "\(error)"])
      }
      return .later(nil)
    }
  }
}

/// The way to the collector: a client made from certificates on the disk, and made anew when these change.
private struct Way {
  struct Reply {
    let status: Int
    let retryAfter: String?
    /// The beginning of what it said.
    let text: String
  }

  /// By which a file is told from the one that was there.
  private struct Print: Equatable {
    let device: UInt64
    let inode: UInt64
    let seconds: Int
    let nanoseconds: Int
    let size: Int
  }

  private static let mostReplyBytes = 2_048

  private let push: Settings.Push
  private let loops: MultiThreadedEventLoopGroup
  private var client: HTTPClient?
  private var prints: [Print?] = []

  init(_ push: Settings.Push, _ loops: MultiThreadedEventLoopGroup) {
    self.push = push
    self.loops = loops
  }

  mutating func close() async {
    try? await client?.shutdown()
    client = nil
  }

  mutating func send(_ bytes: [UInt8]) async throws -> Reply {
    let client = try await current()
    var request = HTTPClientRequest(url: push.url)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json")
    request.headers.add(name: "User-Agent", value: "plumbline-relay")
    if let token = try token() { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
    request.body = .bytes(ByteBuffer(bytes: bytes))
    let response = try await client.execute(request, timeout: .seconds(Int64(push.timeout)))
    var said = ByteBuffer()
    // All of it, so that the connection can serve again; no more than a little of it is kept.
    for try await part in response.body where said.readableBytes < Self.mostReplyBytes {
      said.writeImmutableBuffer(part)
    }
    return Reply(
      status: Int(response.status.code), retryAfter: response.headers.first(name: "Retry-After"),
      text: String(said.readableBytesView.prefix(Self.mostReplyBytes).map { Character(UnicodeScalar($0)) }))
  }

  /// Read for every report: a token in a file rotates.
  private func token() throws -> String? {
    guard let file = push.token else { return nil }
    let bytes = try content(of: file, atMost: 1 << 16)
    let token = bytes.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    // What a header may hold: RFC 9110, section 5.5.
    guard !token.isEmpty, token.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw SettingsProblem("--push-token \(file): is no token")
    }
    return String(decoding: token, as: UTF8.self)
  }

  private mutating func current() async throws -> HTTPClient {
    let now = [push.certificate, push.key, push.authorities].map { $0.flatMap(Self.fingerprint) }
    if let client, now == prints { return client }
    let fresh = HTTPClient(eventLoopGroupProvider: .shared(loops), configuration: try configuration())
    await close()
    client = fresh
    prints = now
    return fresh
  }

  private func configuration() throws -> HTTPClient.Configuration {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    if let authorities = push.authorities {
      tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authorities))
    }
    if let certificate = push.certificate, let key = push.key {
      tls.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
      tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
    }
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(connect: .seconds(10), read: .seconds(Int64(push.timeout))))
    configuration.httpVersion = .http1Only
    configuration.connectionPool.idleTimeout = .seconds(30)
    // One try is one try: when to try again is the backoff's to say.
    configuration.connectionPool.retryConnectionEstablishment = false
    return configuration
  }

  private static func fingerprint(_ path: String) -> Print? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Print(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), seconds: status.st_mtim.tv_sec,
      nanoseconds: status.st_mtim.tv_nsec, size: Int(status.st_size))
  }
}
