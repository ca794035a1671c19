import HTTPTypes
import Hummingbird

/// Lets in who has a token; whether it lives anybody may ask.
struct AccessMiddleware: RouterMiddleware {
  typealias Context = FleetContext

  let tokens: Live<Tokens>?
  let counters: Counters

  func handle(
    _ request: Request, context: FleetContext,
    next: (Request, FleetContext) async throws -> Response
  ) async throws -> Response {
    guard let tokens, request.uri.path != "/healthz", !tokens.value.admit(request.headers[.authorization])
    else { return try await next(request, context) }
    counters.count(.unauthorized)
    var headers = HTTPFields()
    headers.append(HTTPField(name: .wwwAuthenticate, value: "Bearer realm=\"plumbline-fleet\""))
    headers.append(
      HTTPField(name: .wwwAuthenticate, value: "Basic realm=\"plumbline-fleet\", charset=\"UTF-8\""))
    return reply(.unauthorized, ["error": "a token is needed: Authorization: Bearer TOKEN"], headers: headers)
  }
}
