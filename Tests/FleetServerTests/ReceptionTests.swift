import Fleet
import Foundation
import Reports
import TestSupport
import Testing

/// What a collector takes, over a real connection.
@Suite struct ReceptionTests {
  private func withCollector(_ options: [String] = [], _ body: (Collector) async throws -> Void) async throws
  {
    try await withDirectory { directory in
      let collector = try await Collector(store: "\(directory)/fleet.db", options).ready()
      try await body(collector)
      #expect(collector.daemon.end() == 0, "it ends in order: \(collector.daemon.text)")
    }
  }

  private func document(_ name: String = "worker-1", hour: Int64 = 1) throws -> [UInt8] {
    try encodeReport(nodeReport(name, hour: hour, [.fail, .pass, .pass, .unknown, .waived]))
  }

  @Test func `A report is stored once, whichever way it comes`() async throws {
    try await withCollector { collector in
      let report = try document()
      let first = try #require(try collector.send(report))
      #expect(first.status == 201)
      #expect(first.text.contains("\"status\":\"stored\""))
      #expect(try collector.send(report)?.status == 200)
      #expect(try collector.send(Gzip.deflated(report), headers: ["Content-Encoding: gzip"])?.status == 200)
      #expect(try collector.send(Gzip.deflated(report))?.status == 200)
      #expect(try collector.nodes() == 1)
      #expect(try collector.counted() == 1)
    }
  }

  @Test func `The same report from many connections at once is counted once`() async throws {
    try await withCollector { collector in
      let report = try document()
      let port = collector.ingestPort
      let answers = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<12 {
          group.addTask { try Wire(port).ask("POST /v1/reports", [], report)?.status ?? 0 }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.count { $0 == 201 } == 1)
      #expect(answers.count { $0 == 200 } == 11)
      #expect(try collector.counted() == 1)
    }
  }

  @Test func `What can never be taken is refused with a reason and kept aside`() async throws {
    try await withCollector { collector in
      let future = try encodeReport(
        nodeReport("a", hour: (Int64(Date().timeIntervalSince1970) - start) / 3_600 + 24, [.pass]))
      let ahead = try #require(try collector.send(future))
      #expect(ahead.status == 422)
      #expect(ahead.text.contains("from the future"))
      #expect(try collector.send(Array("{\"schema\":".utf8))?.status == 422)
      let bomb = try Gzip.deflated([UInt8](repeating: 0x20, count: Intake.mostInflated + 1))
      #expect(try collector.send(bomb)?.status == 413)
      #expect(try collector.send(document(), headers: ["Content-Encoding: br"])?.status == 415)
      #expect(try collector.nodes() == 0)
      let refused = try #require(try collector.answer("refused")["refused"] as? [[String: Any]])
      #expect(refused.count == 3)
    }
  }

  @Test func `A report of 100 MB is told off before it is read, and costs nothing`() async throws {
    try await withCollector { collector in
      let declared = try Wire(collector.ingestPort)
      let head = "POST /v1/reports HTTP/1.1\r\nHost: localhost\r\n"
      #expect(declared.write("\(head)Content-Length: 104857600\r\n\r\n"))
      #expect(Wire.answer(declared.rest())?.status == 413)

      // Nor does it help not to say how long it is.
      let chunked = try Wire(collector.ingestPort)
      #expect(chunked.write("\(head)Transfer-Encoding: chunked\r\n\r\n"))
      let chunk = Array("100000\r\n".utf8) + [UInt8](repeating: 0x20, count: 1 << 20) + Array("\r\n".utf8)
      var sent = 0
      while sent < 1_000_000, chunked.write(chunk) { sent += 1 }
      #expect(sent < 1_000_000, "it hangs up on who goes on")
      let peak = try #require(
        collector.daemon.status["VmHWM"]?.split(separator: " ").first.flatMap { Int($0) })
      // A sanitizer holds on to what was given back, up to 256 MB.
      let most = Sanitizer.isOn ? 1_000_000 : 400_000
      #expect(peak < most, "kilobytes: a report that is too large is not held in memory")
      #expect(try collector.send(document())?.status == 201)
    }
  }

  @Test func `A connection that ends within a body leaves nothing`() async throws {
    try await withCollector { collector in
      let report = try document()
      do {
        let wire = try Wire(collector.ingestPort)
        #expect(
          wire.write(
            "POST /v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(report.count)\r\n\r\n"))
        wire.write(report.prefix(report.count / 2))
      }
      #expect(try collector.send(document("worker-2"))?.status == 201)
      #expect(try collector.nodes() == 1)
      #expect(try (collector.answer("refused")["refused"] as? [Any])?.isEmpty == true)
    }
  }

  @Test func `A client that sends a byte now and then is ended, and others are served meanwhile`()
    async throws
  {
    try await withCollector(["--request-seconds", "2"]) { collector in
      let slow = try Wire(collector.ingestPort)
      #expect(slow.write("POST /v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n{"))
      #expect(try collector.send(document())?.status == 201)
      // The loop has no end but the server's.
      var written = 1
      while written < 5_000, slow.write(" ") {
        written += 1
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(written < 5_000)
      #expect(try collector.nodes() == 1)
    }
  }

  @Test func `What a node says of itself is a question's answer and never an address`() async throws {
    try await withCollector { collector in
      let name = "<script>alert(1)</script>\u{202e}/..%2f"
      #expect(try collector.send(document(name))?.status == 201)
      let escaped = try #require(name.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
      #expect(try collector.answer("nodes/\(escaped)")["name"] as? String == name)
      #expect(try collector.ask("/api/v1/nodes/nobody")?.status == 404)
      #expect(try collector.ask("/api/v1/drift?since=soon")?.status == 400)
      #expect(try collector.ask("/api/v1/anything")?.status == 404)
      let page = try #require(try collector.ask("/nodes/\(escaped)"))
      #expect(!page.text.contains("<script>"))
      #expect(page.header("Content-Security-Policy")?.hasPrefix("default-src 'none'") == true)
    }
  }
}
