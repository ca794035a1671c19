import Foundation
import TestSupport
import Testing

@Suite("The agent, the relay and a collector", .serialized, .enabled(if: Station.obstacle == nil))
struct AgentTests {
  @Test("Every report arrives, once or more and whole, though all three are killed in between")
  func nothingIsLost() async throws {
    let station = try Station(mutual: true)
    var collector = try station.collector()
    var relay = try station.relay()
    var agent = try station.agent(["--interval", "1s", "--spool-count", "500"])
    try await eventually("two reports arrive") { try station.received().count >= 2 }
    collector.end(by: SIGKILL)
    let before = station.spooled().count
    try await eventually("the spool fills while the collector is away") {
      station.spooled().count >= before + 3
    }
    agent.end(by: SIGKILL)
    relay.end(by: SIGKILL)
    relay = try station.relay()
    agent = try station.agent(["--interval", "1s", "--spool-count", "500"])
    let killed = station.spooled().count
    try await eventually("the agent goes on after it was killed") { station.spooled().count >= killed + 2 }
    #expect(agent.end() == 0)
    #expect(relay.messages("a report could not be sent").count > 0, "\(relay.text)")
    collector = try station.collector()
    let spooled = Set(try station.spooled().map(station.spooledReport))
    #expect(spooled.count == station.spooled().count)
    try await eventually("all that was spooled arrives") { spooled.isSubset(of: Set(try station.received())) }
    // None but whole ones, and none that was not made.
    for report in try station.received() {
      #expect(spooled.contains(report))
      _ = try runID(report)
    }
    try await eventually("the relay knows") { try station.metric("plumbline_relay_unsent_reports") == 0 }
    #expect(try station.metric("plumbline_relay_lost_total") == 0)
    #expect(try #require(try station.metric("plumbline_relay_pushed_total")) >= Double(spooled.count))
    // No half report and no leftover anywhere.
    let left = try FileManager.default.contentsOfDirectory(atPath: station.file("spool/incoming"))
    #expect(left.isEmpty)
    #expect(relay.end() == 0)
    collector.end(by: SIGKILL)
  }

  @Test("A client certificate that rotates is taken up, and without one nothing is taken")
  func mutualTLS() async throws {
    let station = try Station(mutual: true)
    let collector = try station.collector()
    let agent = try station.agent(["--interval", "1s"])
    let relay = try station.relay()
    try await eventually("a report arrives") { try station.received().count >= 1 }
    try station.renewClient()
    let before = try station.received().count
    try await eventually("reports arrive by the new certificate") {
      try station.received().count > before + 1
    }
    relay.end()
    let stranger = try Daemon(
      Program.path("plumbline-relay"),
      [
        "--spool", station.file("spool"), "--state", station.file("token"), "--push-url",
        "https://127.0.0.1:\(station.port)/", "--push-ca", station.file("tls/ca.crt"), "--push-backoff", "1",
        "--listen", "none",
      ])
    try await eventually("a stranger is turned away") {
      stranger.messages("a report could not be sent").count >= 2
    }
    stranger.end()
    agent.end()
    collector.end(by: SIGKILL)
  }

  @Test("A token is read anew; while it is wrong nothing is sent and nothing lost")
  func token() async throws {
    let station = try Station(mutual: false)
    let token = station.file("token/token")
    try Data("one\n".utf8).write(to: URL(fileURLWithPath: token))
    try station.tell("token", "one")
    let collector = try station.collector()
    let agent = try station.agent(["--interval", "1s"])
    let relay = try station.relay(["--push-token", token])
    try await eventually("a report arrives by the first token") { try station.received().count >= 1 }
    try station.tell("token", "two")
    try await eventually("the old token is refused") { station.answers.contains("401") }
    // As Kubernetes rotates a secret: by another file under the name.
    try Data("two".utf8).write(to: URL(fileURLWithPath: token), options: .atomic)
    let before = try station.received().count
    try await eventually("reports arrive by the second") { try station.received().count > before + 1 }
    // Landlock: what the relay was not given it can't read, though its name leads there.
    if !Sanitizer.isOn {
      try FileManager.default.removeItem(atPath: token)
      try FileManager.default.createSymbolicLink(atPath: token, withDestinationPath: "/etc/hostname")
      try await eventually("a token outside of its directory can't be read") {
        relay.messages("a report could not be sent").contains {
          $0["reason"]?.contains("Permission denied") == true
        }
      }
    }
    #expect(!agent.text.contains("two") && !relay.text.contains("Bearer"))
    agent.end()
    relay.end()
    collector.end(by: SIGKILL)
  }

  @Test("A collector's refusal puts a report aside, its plea for time is heard")
  func answers() async throws {
    let station = try Station(mutual: false)
    try station.tell("answer", "503")
    try station.tell("retry-after", "3")
    let collector = try station.collector()
    let agent = try station.agent(["--interval", "1s"])
    let relay = try station.relay()
    try await eventually("it asks for time") { station.answers.count == 1 }
    try await Task.sleep(for: .seconds(2))
    #expect(station.answers.count == 1)
    try station.tell("retry-after", nil)
    try station.tell("answer", "422")
    try await eventually("a refused report is put aside") {
      FileManager.default.fileExists(atPath: station.file("state/refused-1.json"))
    }
    let aside = try Data(contentsOf: URL(fileURLWithPath: station.file("state/refused-1.json")))
    #expect(try aside == station.spooledReport(try #require(station.spooled().first)))
    try station.tell("answer", "409")
    try await eventually("one that is there already counts as sent") {
      try (station.metric("plumbline_relay_pushed_total") ?? 0) >= 1
    }
    #expect(try (station.metric("plumbline_relay_refused_total") ?? 0) >= 1)
    #expect(try station.received().isEmpty)
    agent.end()
    relay.end()
    collector.end(by: SIGKILL)
  }

  @Test("Beyond its bound the spool lets the oldest go; agent and relay both count it and say so")
  func bound() async throws {
    let station = try Station(mutual: false)
    let relay = try station.relay()
    let agent = try station.agent(["--interval", "1s", "--spool-count", "3"])
    try await eventually("reports are lost") { try (station.metric("plumbline_relay_lost_total") ?? 0) >= 2 }
    agent.end()
    try await Task.sleep(for: .seconds(2))
    let names = station.spooled()
    #expect(names.count == 3)
    let oldest = try #require(names.first.flatMap { Double($0.dropLast(5)) })
    // Numbers begin at 1, so all before the oldest were removed.
    #expect(try station.metric("plumbline_spool_removed_total") == oldest - 1)
    #expect(try station.metric("plumbline_spool_reports") == 3)
    #expect(agent.messages("the spool is full: its oldest reports were removed").count >= 2)
    #expect(relay.messages("reports left the spool before they were sent").count >= 1)
    #expect(try station.metric("plumbline_relay_unsent_reports") == 3)
    relay.end()
  }
}
