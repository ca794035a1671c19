import Foundation
import TestSupport
import Testing

@Suite("What makes the agent audit, and what it may do", .serialized, .enabled(if: Station.obstacle == nil))
struct WatchfulTests {
  @Test("SIGHUP starts an audit, SIGTERM ends the agent, and a new one waits its turn")
  func signals() async throws {
    let station = try Station(mutual: false)
    let agent = try station.agent(["--interval", "3600s"])
    try await eventually("the first report") { agent.messages("audited").count == 1 }
    kill(agent.id, SIGHUP)
    try await eventually("a second upon the signal") { agent.messages("audited").count == 2 }
    #expect(agent.messages("audited").map { $0["trigger"] } == ["start", "signal"])
    #expect(agent.end() == 0)
    let next = try station.agent(["--interval", "3600s"])
    try await eventually("it begins") { next.messages("begins").count == 1 }
    #expect(next.messages("begins").first?["next"] == "interval")
    next.end()
    #expect(station.spooled().count == 2)
  }

  @Test("A changed file starts an audit after the quiet period, its neighbour does not")
  func change() async throws {
    let station = try Station(mutual: false)
    let root = station.file("host")
    try FileManager.default.copyItem(atPath: Program.hosts.path + "/server-neglected/root", toPath: root)
    let agent = try station.agent(
      ["--interval", "3600s", "--quiet", "2s", "--floor", "0s"],
      audit: ["--root", root] + TestedAudit.options)
    try await eventually("the first report") { agent.messages("audited").count == 1 }
    try Data("x".utf8).write(to: URL(fileURLWithPath: root + "/etc/ssh/neighbour"))
    try await Task.sleep(for: .seconds(3))
    #expect(agent.messages("an audit begins").count == 1, "\(agent.text)")
    let configuration = URL(fileURLWithPath: root + "/etc/ssh/sshd_config")
    try Data("PermitRootLogin no\n".utf8).write(to: configuration, options: .atomic)
    let changed = ContinuousClock.now
    try await eventually("an audit for the change") { agent.messages("an audit begins").count == 2 }
    #expect(ContinuousClock.now - changed >= .milliseconds(1_900))
    try await eventually("its report") { agent.messages("audited").count == 2 }
    #expect(agent.messages("audited").last?["trigger"] == "change")
    agent.end()
  }

  @Test("A hung audit is ended and tried again")
  func hung() async throws {
    let station = try Station(mutual: false)
    let agent = try station.agent(["--interval", "3s", "--timeout", "10s"])
    var stopped = false
    try await eventually("an audit is caught in the act") {
      let children = try String(
        contentsOfFile: "/proc/\(agent.id)/task/\(agent.id)/children", encoding: .utf8)
      guard let child = children.split(separator: " ").first.flatMap({ Int32($0) }) else { return false }
      stopped = kill(child, SIGSTOP) == 0
      return stopped
    }
    try await eventually("it is given up") { agent.messages("an audit failed").count >= 1 }
    #expect(agent.messages("an audit failed").first?["reason"] == "hung, and was ended")
    try await eventually("and tried again") {
      agent.messages("audited").contains { $0["trigger"] == "retry" }
    }
    agent.end()
  }

  @Test("A failing audit is logged with what it said, and the agent lives on")
  func failing() async throws {
    let station = try Station(mutual: false)
    let root = station.file("host")
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    let agent = try station.agent(
      ["--interval", "2s", "--watches", "0"], audit: ["--root", root] + TestedAudit.options)
    try await eventually("the first report") { station.spooled().count == 1 }
    try FileManager.default.removeItem(atPath: root)
    try await eventually("failures") { agent.messages("an audit failed").count >= 2 }
    #expect(agent.messages("an audit failed").last?["said"]?.contains("--root") == true)
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    let before = station.spooled().count
    try await eventually("reports again") { station.spooled().count > before }
    #expect(agent.end() == 0)
  }

  @Test("The relay serves the last report, says when it is stale, and its metrics pass promtool")
  func serves() async throws {
    let station = try Station(mutual: false)
    let agent = try station.agent(["--interval", "2s"])
    try await eventually("a report") { station.spooled().count >= 1 }
    let relay = try Daemon(
      Program.path("plumbline-relay"),
      ["--spool", station.file("spool"), "--listen", "127.0.0.1:\(station.metricsPort)"])
    try await eventually("it serves") { relay.messages("serves").count == 1 }
    #expect(try station.ask("/healthz").status == 200)
    // Eventually: an audit may take longer than the interval of this test.
    try await eventually("it is ready") { try station.ask("/readyz").status == 200 }
    agent.end()
    let last = try #require(station.spooled().last)
    try await eventually("it serves the last report") {
      try Data(station.ask("/report").body.utf8) == station.spooledReport(last)
    }
    let metrics = try station.ask("/metrics").body
    #expect(
      metrics.contains("plumbline_checks{benchmark=\"node-baseline\",status=\"fail\",severity=\"high\"} "))
    if let promtool = Program.tool("promtool") {
      let outcome = try Program.run(promtool, ["check", "metrics"], input: Data((metrics + "\n").utf8))
      #expect(outcome.status == 0, "\(String(decoding: outcome.output, as: UTF8.self)) \(outcome.errors)")
    }
    try await eventually("it is stale after two intervals and a half") {
      try station.ask("/readyz").status == 503
    }
    #expect(try station.ask("/nothing").status == 404)
    #expect(relay.end() == 0)
  }

  @Test(
    "Audits by the agent are as confined as any other, and so are agent and relay themselves",
    .enabled(if: !Sanitizer.isOn, "a sanitizer and the confinement exclude each other"))
  func confinement() async throws {
    let station = try Station(mutual: false)
    let agent = try station.agent(["--interval", "3600s"])
    let relay = try station.relay()
    try await eventually("the first report") { station.spooled().count == 1 }
    func steps(_ report: Data) throws -> [String: String] {
      let object = try #require(try JSONSerialization.jsonObject(with: report) as? [String: Any])
      let auditor = try #require(object["auditor"] as? [String: Any])
      let confinement = try #require(auditor["confinement"] as? [String: Any])
      #expect((confinement["refusedCalls"] as? [String: Int])?.isEmpty == true)
      let steps = try #require(confinement["steps"] as? [[String: String]])
      return Dictionary(uniqueKeysWithValues: steps.map { ($0["step"] ?? "", $0["state"] ?? "") })
    }
    #expect(
      try steps(station.spooledReport(try #require(station.spooled().first))) == steps(Program.report()))
    for daemon in [agent, relay] {
      #expect(daemon.status["NoNewPrivs"] == "1")
      #expect(daemon.status["Seccomp"] == "2")
    }
    #expect(relay.status["CapEff"] == "0000000000000000")
    #expect(relay.status["CapBnd"] == "0000000000000000")
    // CAP_DAC_READ_SEARCH is bit 2, CAP_SETPCAP 8, CAP_SYS_PTRACE 19: linux/capability.h.
    if geteuid() == 0 { #expect(agent.status["CapBnd"] == "0000000000080104") }
    // Not a socket but what whoever starts a program here leaves open in it.
    let stranger = try Daemon(try #require(Program.tool("sleep")), ["60"])
    #expect(agent.sockets == stranger.sockets)
    #expect(relay.sockets > stranger.sockets)
    stranger.end()
    agent.end()
    relay.end()
  }

  @Test("However many ask at once, the relay goes on: libdispatch gets to know how its threads are")
  func busy() async throws {
    let station = try Station(mutual: false)
    let curl = try #require(Program.tool("curl"))
    // Whether libdispatch looks at its threads is by chance, mostly at the start.
    for _ in 0..<10 {
      let relay = try Daemon(
        Program.path("plumbline-relay"),
        ["--spool", station.file("spool"), "--listen", "127.0.0.1:\(station.metricsPort)"])
      try await eventually("it serves") { relay.messages("serves").count == 1 || !relay.isRunning }
      try Program.run(
        curl,
        [
          "-s", "-Z", "-o", "/dev/null", "http://127.0.0.1:\(station.metricsPort)/metrics?[1-200]",
        ])
      #expect(try station.ask("/healthz").status == 200)
      #expect(relay.end() == 0, "\(relay.text)")
    }
  }

  @Test(
    "Wrong use ends with 2 and says what to do",
    arguments: [
      ("plumbline", ["agent", "--spool", "/nonexistent/spool"], "/nonexistent/spool"),
      ("plumbline", ["agent", "--spool", "/tmp/x", "--", "--bogus"], "--bogus"),
      ("plumbline", ["agent", "--spool", "/tmp/x", "--", "--format", "table"], "the agent's to choose"),
      ("plumbline", ["agent", "--spool", "/tmp/x", "--interval", "0s"], "a second or more"),
      ("plumbline", ["agent", "--spool", "/tmp/x", "--interval", "soon"], "soon"),
      ("plumbline-relay", [], "--spool"),
      ("plumbline-relay", ["--spool", "/nonexistent"], "/nonexistent"),
      ("plumbline-relay", ["--spool", "/tmp", "--push-url", "http://example.org/"], "TLS only"),
      ("plumbline-relay", ["--spool", "/tmp", "--push-url", "https://example.org/"], "--state"),
      ("plumbline-relay", ["--spool", "/tmp", "--listen", "none"], "nothing to do"),
      ("plumbline-relay", ["--spool", "/tmp", "--listen", "9469"], "host:port"),
      ("plumbline-relay", ["--spool", "/tmp", "--push-token", "/etc/hostname"], "no --push-url"),
      ("plumbline-relay", ["--spool", "/tmp", "--bogus"], "--bogus"),
      ("plumbline-relay", ["--spool", "/tmp", "--require-confinement", "--unconfined"], "ask for opposites"),
    ])
  func wrongUse(program: String, arguments: [String], hint: String) throws {
    let outcome = try Program.run(Program.path(program), arguments)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(hint), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test("Flags win over the environment, and that over the file; the file's mistakes are named")
  func configuration() throws {
    let station = try Station(mutual: false)
    let file = station.file("relay.json")
    func errors(_ content: String, _ environment: [String], _ flags: [String]) throws -> String {
      try Data(content.utf8).write(to: URL(fileURLWithPath: file))
      let outcome = try Program.run(
        "/usr/bin/env", environment + [Program.path("plumbline-relay"), "--config", file] + flags)
      #expect(outcome.status == 2)
      return outcome.errors
    }
    let byFile = #"{"spool":"/by-file","poll":7}"#
    #expect(try errors(byFile, [], []).contains("/by-file"))
    #expect(try errors(byFile, ["PLUMBLINE_RELAY_SPOOL=/by-environment"], []).contains("/by-environment"))
    #expect(
      try errors(byFile, ["PLUMBLINE_RELAY_SPOOL=/by-environment"], ["--spool", "/by-flag"]).contains(
        "/by-flag"))
    #expect(try errors(#"{"spol":"/x"}"#, [], []).contains("'spol' is no option"))
    #expect(try errors(#"{"spool":7}"#, [], []).contains("spool"))
    #expect(try errors("no JSON", [], []).contains(file))
    #expect(try errors(byFile, ["PLUMBLINE_RELAY_POLL=0"], []).contains("--poll is 1"))
  }
}
