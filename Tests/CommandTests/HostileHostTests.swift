import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// Whatever an attacker left on a host, there is a report, soon, and in little memory.
///
/// Only of the program that is shipped (PLUMBLINE, `make test-hostile`): a debug build is twenty times as slow and several times as
/// large. Time is the processor's, which says the same on a busy machine as on an idle one; where a filesystem hangs it is the clock's too,
/// for waiting is what that costs, and then the machine has to be idle.
@Suite(
  "Hostile hosts", .serialized,
  .enabled(
    if: ProcessInfo.processInfo.environment["PLUMBLINE"] != nil && Program.tool("python3") != nil,
    "only of the shipped program, and with python3: make test-hostile"))
struct HostileHostTests {
  private static let shipped = ProcessInfo.processInfo.environment["PLUMBLINE"] ?? Program.path
  private static let mostSeconds = 5.0
  private static let mostSecondsWaiting = 5.0
  private static let mostMegabytes = 64.0

  private struct Cost: Decodable {
    /// As subprocess has it: less than 0 for a signal.
    let status: Int
    let clock: Double
    let processor: Double
    let megabytes: Double
  }

  @Test("Each ends in a report", arguments: HostileHost.allCases)
  func ends(host: HostileHost) throws {
    if host.needsRoot && geteuid() != 0 || host.needsHanging && !HungFilesystem.isPossible { return }
    let (tree, hung) = try host.make()
    let output = tree.path.string + ".json"
    defer { unlink(output) }
    let cost = try Self.run(
      ["audit", "--root", tree.path.string, "--format", "json", "--fail-on", "none", "--output", output])
    withExtendedLifetime(hung) {}
    let numbers = String(
      format: "%.2f s of the processor, %.2f s, %.0f MB", cost.processor, cost.clock, cost.megabytes)
    print("\(host.rawValue): \(numbers)")
    // 3: something could not be seen. Never a crash, and never clean: the host is not what it should be.
    #expect(cost.status == 3, "status \(cost.status)")
    #expect(cost.processor < Self.mostSeconds, "\(numbers)")
    if host.needsHanging { #expect(cost.clock < Self.mostSecondsWaiting, "\(numbers)") }
    #expect(cost.megabytes < Self.mostMegabytes, "\(numbers)")
    let report = try #require(
      try JSONSerialization.jsonObject(with: try Data(contentsOf: URL(fileURLWithPath: output)))
        as? [String: Any])
    #expect((report["results"] as? [Any])?.isEmpty == false)
  }

  /// Runs it to its end, or for two minutes. By a small program in between: what a process takes at most counts from its parent's
  /// size on, and this one's is more than the bound (setmax_mm_hiwater_rss of fs/exec.c).
  private static func run(_ arguments: [String]) throws -> Cost {
    let script = """
      import json, os, signal, sys, time
      start = time.monotonic()
      child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
      signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
      signal.alarm(120)
      _, status, usage = os.wait4(child, 0)
      print(json.dumps({"status": os.waitstatus_to_exitcode(status), "clock": time.monotonic() - start,
        "processor": usage.ru_utime + usage.ru_stime, "megabytes": usage.ru_maxrss / 1024}))
      """
    let outcome = try Program.run(
      ["-c", script, shipped] + arguments, executable: try #require(Program.tool("python3")))
    return try JSONDecoder().decode(Cost.self, from: outcome.output)
  }
}
