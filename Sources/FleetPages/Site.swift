package import Fleet
package import Reports

/// The fleet's answers as pages for people: rendered whole, without a script and without anything from elsewhere. It has no network, no
/// disk and no clock; whoever serves it says who may ask.
package struct Site: Sendable {
  let texts: [String: Report.Texts]

  /// - Parameter texts: The checks' titles and what to do about each, by slug, as far as the collector's own catalogue has them. Reports
  ///   leave them out, and a check of some other profile has its slug for a title.
  package init(texts: [String: Report.Texts] = [:]) { self.texts = texts }

  /// What browsers may do with the pages (Content Security Policy, level 3): nothing that they don't need. The style is a file of this
  /// origin; SVG takes its looks from it, by classes.
  package static let contentSecurityPolicy =
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

  /// The page of a path.
  /// - Parameters:
  ///   - path: As it stands in the request, percent-encoded, without the question mark and what follows.
  ///   - query: Its parameters, decoded.
  /// - Throws: `StoreProblem` and what else the store throws. What nobody knows is a page of status 404, a wrong parameter one of 400.
  package func page(_ path: String, query: [(name: String, value: String)], asking: Asking) async throws
    -> Page
  {
    if let fixed = Self.fixed(path) { return fixed }
    let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(
      Address.decoded)
    guard path.hasPrefix("/"), segments.count <= 2, let first = segments.first ?? nil else {
      return missing
    }
    do {
      var parameters = try Parameters(query)
      switch (first, segments.count > 1 ? segments[1] : nil, segments.count) {
      case ("", _, 1): return try await overview(&parameters, asking)
      case ("checks", _, 1): return try await checks(&parameters, asking)
      case ("checks", .some(let slug), 2): return try await check(slug, &parameters, asking)
      case ("nodes", _, 1): return try await nodes(&parameters, asking)
      case ("nodes", .some(let key), 2): return try await node(key, &parameters, asking)
      case ("drift", _, 1): return try await drift(&parameters, asking)
      case ("outliers", _, 1): return try await outliers(&parameters, asking)
      case ("stale", _, 1): return try await stale(&parameters, asking)
      case ("waivers", _, 1): return try await waivers(&parameters, asking)
      case ("refused", _, 1): return try await refused(&parameters, asking)
      default: return missing
      }
    } catch let bad as BadParameter {
      return failure(status: 400, title: "That can't be asked", text: bad.text)
    } catch let unanswerable as Unanswerable {
      switch unanswerable {
      case .unknown(let text):
        return failure(
          status: 404, title: "Nobody knows", text: text.prefix(1).uppercased() + text.dropFirst() + ".")
      case .ambiguous(let text):
        return failure(
          status: 404, title: "Which one?", text: text.prefix(1).uppercased() + text.dropFirst() + ".")
      }
    }
  }

  /// A page that says what went wrong, in the dress of the others.
  package func failure(status: Int, title: String, text: String) -> Page {
    Frame(title: title, subtitle: "<p class=\"subtitle\">HTTP \(status)</p>").page(
      status: status,
      "<p class=\"problem\">\(text)</p>\n<p>To the <a href=\"/\">overview</a>, or <a href=\"/nodes\">look for a node</a>.</p>"
    )
  }

  private var missing: Page {
    failure(status: 404, title: "There is no such page", text: "Nothing is at this address.")
  }

  /// What is the same for everybody.
  private static func fixed(_ path: String) -> Page? {
    switch path {
    case "/style.css": Page(type: "text/css; charset=utf-8", body: Stylesheet.text, isImmutable: true)
    case "/icon.svg": Page(type: "image/svg+xml; charset=utf-8", body: Icon.svg, isImmutable: true)
    default: nil
    }
  }

  /// A check by its title where that is known, with its slug under it.
  func link(to check: String) -> HTML {
    guard let title = texts[check]?.title else {
      return "<a href=\"\(Address.check(check))\"><code>\(check)</code></a>"
    }
    return "<a href=\"\(Address.check(check))\">\(title)</a> <code class=\"slug\">\(check)</code>"
  }
}
