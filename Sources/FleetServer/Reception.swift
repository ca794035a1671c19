import Crypto
import Fleet
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// `POST /v1/reports`: takes a report, a signed report or a snapshot, whole or not at all.
///
/// | answer | meaning | the sender |
/// | --- | --- | --- |
/// | 201 | stored, and on the disk | is done |
/// | 200 | was stored before | is done |
/// | 403 | signed by a key that is not trusted, or not signed | comes again: trust may be given |
/// | 413, 415, 422 | not to be taken, ever | puts it aside |
/// | 429, 503 | no place now, or the store does not answer | comes again after `Retry-After` |
struct Reception: Sendable {
  let store: any Store
  let registrar: Registrar
  let rules: Live<Rules>
  let uploads: Gate
  let readings: Gate
  let counters: Counters
  let surroundings: Surroundings

  private enum Body {
    case whole([UInt8])
    case tooLarge
  }

  func receive(_ request: Request, _ context: FleetContext) async throws -> Response {
    if let length = request.headers[.contentLength].flatMap(Int.init), length > Intake.mostBytes {
      return tooLarge(context)
    }
    if let encoding = request.headers[.contentEncoding], !["gzip", "identity"].contains(encoding) {
      counters.count(.refused)
      return reply(
        .unsupportedMediaType,
        ["error": "the Content-Encoding is neither gzip nor identity"],
        headers: [.acceptEncoding: "gzip"])
    }
    let response = try await uploads.enter { () async throws -> Response in
      let body: Body
      do {
        body = try await self.body(of: request)
      } catch {
        counters.count(.abandoned)
        throw error
      }
      switch body {
      case .tooLarge: return tooLarge(context)
      case .whole(let bytes): return await take(bytes, from: context.peer)
      }
    }
    if let response { return response }
    counters.count(.busy)
    return later(.tooManyRequests, "too many are sending", seconds: 5, chance: surroundings.chance())
  }

  private func body(of request: Request) async throws -> Body {
    var bytes: [UInt8] = []
    for try await part in request.body {
      guard bytes.count + part.readableBytes <= Intake.mostBytes else { return .tooLarge }
      bytes += part.readableBytesView
    }
    return .whole(bytes)
  }

  /// Says so, and hangs up once it could be heard: the rest of the body is not worth its way.
  private func tooLarge(_ context: FleetContext) -> Response {
    counters.count(.refused)
    let channel = context.channel
    channel.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
    return reply(
      .contentTooLarge, ["error": "more than the \(Intake.mostBytes) bytes that are taken"],
      headers: [.connection: "close"])
  }

  private func take(_ bytes: [UInt8], from peer: String) async -> Response {
    let now = surroundings.now()
    do {
      switch try await readings.wait({ try rules.value.intake.read(bytes, now: now) }) {
      case .report(let incoming):
        let addition = try await registrar.add(incoming)
        counters.count(addition == .stored ? .stored : .known)
        return reply(
          addition == .stored ? .created : .ok,
          ["status": addition.rawValue, "digest": incoming.standing.digest])
      case .snapshot(let snapshot):
        try await store.add([snapshot])
        counters.count(.snapshot)
        return reply(.created, ["status": "stored", "digest": snapshot.digest])
      }
    } catch let refusal as Refusal {
      return await refuse(bytes, refusal, from: peer, now)
    } catch is Registrar.Busy {
      counters.count(.busy)
      return later(
        .tooManyRequests, "too many reports wait to be written", seconds: 5, chance: surroundings.chance())
    } catch let problem as StoreProblem {
      return unavailable(problem)
    } catch {
      return unavailable(StoreProblem("\(error)", isTemporary: true))
    }
  }

  private func refuse(_ bytes: [UInt8], _ refusal: Refusal, from peer: String, _ now: Int64) async -> Response
  {
    let refused = Refused(
      digest: SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(),
      at: now, from: peer, reason: "\(refusal)", size: bytes.count)
    do {
      try await store.putAside(refused, bytes)
    } catch {
      // Refused for good only when it is kept: until then the sender keeps it.
      return unavailable(error)
    }
    counters.count(.refused)
    let status: HTTPResponse.Status =
      switch refusal.kind {
      case .tooLarge: .contentTooLarge
      case .untrusted: .forbidden
      case .malformed, .clock: .unprocessableContent
      }
    return reply(status, ["error": "\(refusal)"])
  }

  private func unavailable(_ problem: StoreProblem) -> Response {
    counters.count(.unavailable)
    return later(
      .serviceUnavailable, "the store: \(problem)", seconds: problem.isTemporary ? 10 : 60,
      chance: surroundings.chance())
  }
}
