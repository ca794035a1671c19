package import Fleet

/// The pages.
package struct Site: Sendable {
  package static let contentSecurityPolicy = "default-src 'none'"
  package init() {}
  package func page(_ path: String, query: [(name: String, value: String)], asking: Asking) async throws
    -> Page
  {
    Page(status: 404, body: "")
  }
  package func failure(status: Int, title: String, text: String) -> Page { Page(status: status, body: "") }
}
