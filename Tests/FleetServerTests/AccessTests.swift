import Foundation
import Reports
import Testing

@testable import FleetServer

/// Who is let in, and where.
@Suite struct AccessTests {
  private let senders = "0123456789abcdef-senders"
  private let readers = "0123456789abcdef-readers"

  @Test func `A token is taken as Bearer or as Basic's password, and nothing else is`() throws {
    let tokens = try Tokens(Array("# who reads\ngrafana \(readers)\r\n\n\(senders)\n".utf8))
    let basic = Data("anybody:\(readers)".utf8).base64EncodedString()
    for header in ["Bearer \(readers)", "bearer  \(senders)", "Basic \(basic)"] {
      #expect(tokens.admit(header), "\(header)")
    }
    for header in [
      nil, "", readers, "Bearer", "Bearer ", "Bearer \(readers) ", "Bearer grafana", "Basic \(readers)",
      "Digest \(readers)", "Basic " + Data(readers.utf8).base64EncodedString(),
    ] { #expect(!tokens.admit(header), "\(header ?? "none")") }
  }

  @Test(arguments: [
    ("", 1), ("# nothing\n", 1), ("short\n", 1), ("a 0123456789abcdef\nx y 0123456789abcdef\n", 2),
    ("0123456789abcdef\u{e9}\n", 1),
  ])
  func `A file of tokens that would let in whom nobody meant is refused with its line`(
    _ text: String, _ line: Int
  )
    throws
  {
    let problem = #expect(throws: Tokens.Problem.self) { try Tokens(Array(text.utf8)) }
    #expect(problem?.line == line)
    #expect(problem?.reason.contains("0123456789") == false, "a secret is not repeated")
  }

  @Test func `Readers and senders have tokens of their own, which can be changed while it runs`() async throws
  {
    try await withDirectory { directory in
      func put(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(directory)/\(name)"), options: .atomic)
      }
      try put("readers", readers)
      try put("senders", senders)
      let collector = try await Collector(
        store: "\(directory)/fleet.db",
        ["--token-file", "\(directory)/readers", "--ingest-token-file", "\(directory)/senders"]
      ).ready()
      let report = try encodeReport(nodeReport("a", hour: 1, [.pass]))
      #expect(try collector.send(report)?.status == 401)
      #expect(try collector.send(report, headers: ["Authorization: Bearer \(readers)"])?.status == 401)
      #expect(try collector.send(report, headers: ["Authorization: Bearer \(senders)"])?.status == 201)
      let denied = try #require(try collector.ask("/", headers: ["Authorization: Bearer \(senders)"]))
      #expect(denied.status == 401)
      #expect(denied.head.contains("Basic realm="), "a browser asks for it by itself")
      #expect(try collector.ask("/metrics")?.status == 401)
      #expect(try collector.ask("/healthz")?.status == 200)
      #expect(
        try collector.ask("/api/v1/summary", headers: ["Authorization: Bearer \(readers)"])?.status == 200)

      try put("readers", "another-0123456789abcdef")
      try await eventually("the new token is in force") {
        try collector.ask("/api/v1/summary", headers: ["Authorization: Bearer another-0123456789abcdef"])?
          .status == 200
      }
      #expect(
        try collector.ask("/api/v1/summary", headers: ["Authorization: Bearer \(readers)"])?.status == 401)
      try put("readers", "short")
      try await eventually("it says that the file is wrong") {
        !collector.daemon.messages("can't be read anew; what was in force stays so").isEmpty
      }
      #expect(
        try collector.ask("/api/v1/summary", headers: ["Authorization: Bearer another-0123456789abcdef"])?
          .status == 200)
      #expect(!collector.daemon.text.contains("0123456789abcdef"), "no token is logged")
    }
  }

  @Test(
    arguments: [
      (["--listen", "0.0.0.0:0"], "--tls-cert"), (["--ingest-listen", "[::]:0"], "--tls-cert"),
      (["--listen", "none", "--ingest-listen", "none"], "nothing to serve"),
      (["--listen", "9470"], "127.0.0.1:9470"),
      (["--client-ca", "/nowhere"], "--tls-cert"), (["--token-file", "/nowhere"], "--token-file /nowhere"),
      (["--tls-cert", "a"], "together"), (["--trust", "/dev/null"], "--trust /dev/null"),
      (["--queue", "0"], "--queue"),
    ])
  func `What would be open to all, or can't be, is wrong use`(_ options: [String], _ said: String)
    async throws
  {
    try await withDirectory { directory in
      let outcome = try Program.run(
        Program.path("plumbline-fleet"), ["serve", "--store", "\(directory)/fleet.db"] + options)
      #expect(outcome.status == 2 || outcome.status == 64, "\(outcome.errors)")
      #expect(outcome.errors.contains(said), "\(outcome.errors)")
    }
  }

  @Test(.enabled(if: Station.obstacle == nil, "\(Station.obstacle ?? "")"))
  func `Without a certificate of the right authority nobody gets as far as a question`() async throws {
    let station = try Station(mutual: true)
    let collector = try await Collector(
      store: station.file("fleet.db"),
      [
        "--tls-cert", station.file("tls/server.crt"), "--tls-key", station.file("tls/server.key"),
        "--client-ca", station.file("tls/ca.crt"), "--ingest-client-ca", station.file("tls/ca.crt"),
      ]
    ).ready()
    func curl(_ options: [String], _ port: UInt16, _ path: String) throws -> String {
      let outcome = try Program.run(
        try #require(Program.tool("curl")),
        ["-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", station.file("tls/ca.crt")] + options
          + ["https://127.0.0.1:\(port)\(path)"])
      return String(decoding: outcome.output, as: UTF8.self)
    }
    let own = ["--cert", station.file("tls/client.crt"), "--key", station.file("tls/client.key")]
    #expect(try curl(own, collector.readingPort, "/api/v1/summary") == "200")
    #expect(try curl([], collector.readingPort, "/api/v1/summary") == "000")
    #expect(try curl([], collector.ingestPort, "/healthz") == "000")
    #expect(try curl(own + ["--tls-max", "1.1"], collector.readingPort, "/healthz") == "000")
    try Data(encodeReport(nodeReport("a", hour: 1, [.pass]))).write(
      to: URL(fileURLWithPath: station.file("report.json")))
    #expect(
      try curl(
        own + ["--data-binary", "@\(station.file("report.json"))"], collector.ingestPort, "/v1/reports")
        == "201")
  }
}
