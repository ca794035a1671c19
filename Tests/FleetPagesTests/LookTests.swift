import FleetPages
import Foundation
import Testing

/// Every page as other people's parsers, browsers and eyes see it.
@Suite struct LookTests {
  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Validators/pages.py").path

  private static func run(_ arguments: [String]) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  private static let hasTools = (try? run(["tools"]))?.status == 0

  private struct Manifest: Codable {
    struct Page: Codable {
      let address: String
      let file: String
      let type: String
      let status: Int
      let hostile: Bool
    }

    let policy: String
    var pages: [Page] = []
  }

  /// Leaves the pages of a made-up fleet in a directory, as `pages.py` takes them.
  private func write(_ asked: Asked, _ addresses: [String], hostile: Bool, to folder: URL) async throws {
    var manifest = Manifest(policy: Site.contentSecurityPolicy)
    let first = try await asked.page("/")
    let fixed = links(first).filter { $0.hasPrefix("/style.css") || $0.hasPrefix("/icon.svg") }
    for (number, address) in (addresses + fixed).enumerated() {
      let page = try await asked.page(at: address)
      try Data(page.body.utf8).write(to: folder.appending(path: "\(number)"))
      manifest.pages.append(
        Manifest.Page(
          address: address, file: "\(number)", type: page.type, status: page.status, hostile: hostile))
    }
    try JSONEncoder().encode(manifest).write(to: folder.appending(path: "pages.json"))
  }

  private static let addresses = [
    "/", "/checks", "/checks/kernel-lockdown", "/checks/mounts-tmp-noexec", "/nodes?sort=-failed",
    "/nodes/edge-11",
    "/drift?since=30d", "/outliers", "/stale", "/waivers", "/refused", "/nothing", "/nodes?level=9",
  ]

  @Test(.enabled(if: hasTools, "Chromium, axe, html5lib or selenium is not installed: scripts/setup-ci.sh"))
  func `Pages are well-formed and accessible, and ask for nothing outside`() async throws {
    try await withFolder { folder in
      try await withFleet { try await write($0, Self.addresses, hostile: false, to: folder) }
      try check(folder, shots: ProcessInfo.processInfo.environment["FLEET_SCREENSHOTS"])
    }
  }

  @Test(.enabled(if: hasTools, "Chromium, axe, html5lib or selenium is not installed: scripts/setup-ci.sh"))
  func `Pages about hostile nodes are too`() async throws {
    try await withFolder { folder in
      try await withHostileFleet { asked in
        let crawled = try await crawl(asked, atMost: 40)
        let nodes = crawled.keys.filter { $0.hasPrefix("/nodes/") }.sorted().prefix(2)
        let checks = crawled.keys.filter { $0.hasPrefix("/checks/") }.sorted().prefix(2)
        try await write(
          asked,
          ["/", "/checks", "/nodes", "/drift?since=60d", "/outliers", "/stale", "/waivers", "/refused"]
            + nodes + checks,
          hostile: true, to: folder)
      }
      try check(folder)
    }
  }

  @Test(.enabled(if: hasTools, "Chromium, axe, html5lib or selenium is not installed: scripts/setup-ci.sh"))
  func `Pages of an empty fleet are too`() async throws {
    try await withFolder { folder in
      try await withEmptyFleet {
        try await write($0, ["/", "/checks", "/nodes", "/drift", "/outliers"], hostile: false, to: folder)
      }
      try check(folder)
    }
  }

  private func check(_ folder: URL, shots: String? = nil) throws {
    let markup = try Self.run(["markup", folder.path])
    #expect(markup.status == 0, "\(markup.text.prefix(4_000))")
    let browser = try Self.run(["browser", folder.path] + (shots.map { [$0] } ?? []))
    #expect(browser.status == 0, "\(browser.text.prefix(6_000))")
  }
}
