import Fleet
import FleetPages
import Foundation
import Reports
import Testing

/// The addresses of this site that a page links to, JSON's left out.
func links(_ page: Page) -> [String] {
  page.body.matches(of: /href="(\/[^"]*)"/).map { String($0.1).replacing("&amp;", with: "&") }
    .filter { !$0.hasPrefix("/api/") }.map { String($0.prefix { $0 != "#" }) }
}

/// Follows links from the first page, each once.
/// - Returns: The pages by address.
func crawl(_ asked: Asked, atMost limit: Int) async throws -> [String: Page] {
  var pages: [String: Page] = [:]
  var next = ["/"]
  while let address = next.popLast(), pages.count < limit {
    guard pages[address] == nil else { continue }
    let page = try await asked.page(at: address)
    pages[address] = page
    next = links(page).filter { pages[$0] == nil } + next
  }
  return pages
}

@Suite struct SiteTests {
  @Test func `Every link of every page leads to a page`() async throws {
    try await withFleet { asked in
      let pages = try await crawl(asked, atMost: 260)
      for (address, page) in pages { #expect(page.status == 200, "\(address)") }
      for path in ["/checks", "/nodes", "/drift", "/outliers", "/stale", "/waivers", "/refused"] {
        #expect(pages[path] != nil, "\(path)")
      }
      #expect(pages.keys.contains { $0.hasPrefix("/nodes/gpu-") })
      #expect(pages.keys.contains { $0.hasPrefix("/checks/kernel-lockdown") })
    }
  }

  @Test func `What a node calls itself stays text, and its page is found`() async throws {
    try await withHostileFleet { asked in
      let pages = try await crawl(asked, atMost: 300)
      var nodes = 0
      for (address, page) in pages where page.type.hasPrefix("text/html") {
        #expect(page.status == 200, "\(address)")
        #expect(!page.body.contains("<img"), "\(address)")
        #expect(
          !page.body.unicodeScalars.contains("\u{1b}") && !page.body.unicodeScalars.contains("\u{202e}"))
        if address.hasPrefix("/nodes/") { nodes += 1 }
      }
      #expect(nodes >= 7)
      for path in ["/", "/checks", "/nodes", "/drift", "/outliers", "/stale", "/waivers", "/refused"] {
        let page = try await asked.page(path, path == "/drift" ? [("since", "60d")] : [])
        #expect(page.body.contains("&lt;img src=x onerror=alert(1)&gt;"), "\(path)")
        #expect(page.body.contains("\\u{202e}"), "\(path)")
      }
    }
  }

  @Test func `A page's parameters come back as text`() async throws {
    try await withFleet { asked in
      for (path, name) in [
        ("/nodes", "q"), ("/nodes", "pool"), ("/checks", "pool"), ("/checks", "area"),
        ("/checks/kernel-lockdown", "pool"),
      ] {
        let page = try await asked.page(path, [(name, hostile)])
        #expect(page.status == 200)
        #expect(!page.body.contains("<img") && page.body.contains("&lt;img"), "\(path) \(name)")
      }
      for path in ["/\(Address404.path)", "/nodes/\(Address404.path)", "/checks/\(Address404.path)"] {
        let page = try await asked.page(path)
        #expect(page.status == 404 && !page.body.contains("<img"))
      }
    }
  }

  private enum Address404 {
    static let path = hostile.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
  }

  @Test(arguments: [
    "/nothing", "/nodes/", "/nodes/nobody", "/checks/none", "/nodes/a/b", "//", "nodes", "/nodes/%zz",
    "/nodes/%ff",
    "/nodes/%", "/style.css/", "/stale/",
  ]) func `What nobody knows is a page that says so`(_ path: String) async throws {
    try await withFleet { asked in
      let page = try await asked.page(path)
      #expect(page.status == 404)
      #expect(page.body.contains("<nav") && page.body.contains("class=\"problem\""))
    }
  }

  @Test(arguments: [
    ("/nodes", "sort", "size", "name, pool, level"), ("/nodes", "page", "0", "number from 1"),
    ("/nodes", "level", "5", "number from 0 to 4"), ("/nodes", "color", "red", "there are q, pool"),
    ("/drift", "since", "yesterday", "7d"), ("/checks", "severity", "huge", "low, medium, high, critical"),
    ("/waivers", "state", "old", "expired, expiring"), ("/", "benchmark", "none", "node-baseline"),
    ("/", "days", "1e9", "number from"), ("/stale", "hours", "-1", "number from"),
    ("/outliers", "page", "99999999999999999999", "number from"),
  ]) func `A wrong parameter is answered with what is allowed`(
    _ path: String, _ name: String, _ value: String, _ says: String
  ) async throws {
    try await withFleet { asked in
      let page = try await asked.page(path, [(name, value)])
      #expect(page.status == 400)
      #expect(page.body.contains(says), "\(page.body.matches(of: /class="problem">[^<]*/).map { $0.0 })")
    }
  }

  @Test func `A parameter that is given twice is refused, and an empty one is none`() async throws {
    try await withFleet { asked in
      #expect(try await asked.page("/nodes", [("q", "a"), ("q", "b")]).status == 400)
      let all = try await asked.page("/nodes", [("q", ""), ("pool", ""), ("level", ""), ("page", "")])
      #expect(all.status == 200)
    }
  }

  @Test func `Pages without a single report say what to do`() async throws {
    try await withEmptyFleet { asked in
      for path in ["/", "/checks", "/nodes", "/drift", "/outliers", "/stale", "/waivers", "/refused"] {
        let page = try await asked.page(path)
        #expect(page.status == 200 && page.body.contains("class=\"empty\""), "\(path)")
      }
      #expect(try await asked.page("/").body.contains("No node has reported yet"))
    }
  }

  @Test func `The style is one file whose address changes with it`() async throws {
    try await withEmptyFleet { asked in
      let page = try await asked.page("/")
      let address = try #require(page.body.firstMatch(of: /href="(\/style\.css\?v=[0-9a-f]+)"/)).1
      let style = try await asked.page(at: String(address))
      #expect(style.status == 200 && style.type.hasPrefix("text/css") && style.isImmutable)
      #expect(!page.isImmutable)
      #expect(!style.body.contains("url(") && !style.body.contains("@import"))
    }
  }

  @Test func `The server's own failures wear the same dress`() {
    let page = Site().failure(status: 503, title: "The store is <away>", text: hostile)
    #expect(page.status == 503)
    #expect(page.body.contains("<title>The store is &lt;away&gt;") && page.body.contains("&lt;img"))
  }
}
