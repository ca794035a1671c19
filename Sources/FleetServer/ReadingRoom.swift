import Fleet
import FleetPages
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Reports

/// Everything that can be asked by GET: pages for people, the same as JSON for programs.
struct ReadingRoom: Sendable {
  let store: any Store
  let cache: LatestCache
  let rules: Live<Rules>
  let gate: Gate
  let site: Site
  let isSecure: Bool
  let surroundings: Surroundings
  let log: Logger

  private static let api = "/api/v1/"

  func answer(_ request: Request) async -> Response {
    let path = request.uri.path
    do {
      let response = try await gate.enter { () async throws -> Response in
        guard path.hasPrefix(Self.api) else { return try await page(path, request) }
        return try await json(String(path.dropFirst(Self.api.count)), request)
      }
      return response
        ?? later(.serviceUnavailable, "too many questions at once", seconds: 2, chance: surroundings.chance())
    } catch let problem as StoreProblem {
      log.error("the store does not answer", metadata: ["reason": "\(problem)"])
      return failure(path, .serviceUnavailable, "The store does not answer", "\(problem)")
    } catch {
      log.error("a question failed", metadata: ["path": "\(harmless(path))", "reason": "\(error)"])
      return failure(path, .internalServerError, "That failed", "The server's log says why.")
    }
  }

  private var asking: Asking {
    Asking(store, inventory: rules.value.inventory, now: surroundings.now()) { [cache] in
      try await cache.latest()
    }
  }

  private static func query(_ request: Request) -> [(name: String, value: String)] {
    request.uri.queryParameters.map { (String($0.key), String($0.value)) }
  }

  private func page(_ path: String, _ request: Request) async throws -> Response {
    dressed(try await site.page(path, query: Self.query(request), asking: asking))
  }

  private func dressed(_ page: Page) -> Response {
    var headers = HTTPFields()
    headers[.contentSecurityPolicy] = Site.contentSecurityPolicy
    if let name = HTTPField.Name("Referrer-Policy") { headers[name] = "no-referrer" }
    if let name = HTTPField.Name("X-Frame-Options") { headers[name] = "DENY" }
    if let name = HTTPField.Name("Cross-Origin-Opener-Policy") { headers[name] = "same-origin" }
    if isSecure { headers[.strictTransportSecurity] = "max-age=31536000" }
    if page.isImmutable { headers[.cacheControl] = "private, max-age=31536000, immutable" }
    return FleetServer.answer(
      HTTPResponse.Status(code: page.status), type: page.type, Array(page.body.utf8), headers: headers)
  }

  private func failure(_ path: String, _ status: HTTPResponse.Status, _ title: String, _ text: String)
    -> Response
  {
    path.hasPrefix(Self.api)
      ? reply(status, ["error": "\(title): \(text)"])
      : dressed(site.failure(status: status.code, title: title, text: text))
  }

  private func json(_ path: String, _ request: Request) async throws -> Response {
    do throws(any Error) {
      let answer = try await Question(path, Self.query(request), now: surroundings.now()).ask(asking)
      return FleetServer.answer(.ok, type: "application/json", Array(answer.json.utf8))
    } catch let problem as Question.Problem {
      return reply(problem.isUnknown ? .notFound : .badRequest, ["error": problem.description])
    } catch let unanswerable as Unanswerable {
      return reply(.notFound, ["error": "\(unanswerable)"])
    }
  }
}
