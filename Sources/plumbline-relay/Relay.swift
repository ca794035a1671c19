import Agent
import ArgumentParser
import Configuration
import Dispatch
import Glibc
import JSONLog
import Logging

/// `plumbline-relay`: the agent's network side.
@main
struct RelayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plumbline-relay",
    abstract: "Serves the reports in an agent's spool on this node, and sends them to a collector.",
    discussion: """
      Reads the spool that 'plumbline agent' keeps, and nothing else of the host: it confines itself before it opens a socket. On \
      --listen it answers /metrics, /healthz, /readyz and /report. With --push-url it sends every report by HTTPS, oldest first, \
      until the collector has it.

      Every option can be given in the environment too (--push-url as PLUMBLINE_RELAY_PUSH_URL) or in the file of --config (a JSON \
      object: {"push-url": "https://…"}). A flag wins over the environment, the environment over the file.

      Examples:
        plumbline-relay --spool /var/lib/plumbline/spool
        plumbline-relay --spool /spool --state /state --push-url https://collector.example/v1/reports \\
          --push-ca /tls/ca.crt --push-cert /tls/tls.crt --push-key /tls/tls.key
      """)

  @OptionGroup var options: RelayOptions

  func run() throws {
    let settings: Settings
    let place: Place
    do throws(SettingsProblem) {
      settings = try Settings(ConfigReader(providers: try options.providers()))
      if settings.requiresConfinement, options.unconfined {
        throw SettingsProblem("--require-confinement and --unconfined ask for opposites")
      }
      place = try Place(settings)
    } catch {
      Self.leave(2, "plumbline-relay: \(error.message)")
    }
    let log = JSONLog.logger("relay", level: settings.logLevel)
    // Before any other thread exists: they inherit it.
    if !options.unconfined { place.confine(requiring: settings.requiresConfinement, log) }
    // _exit(2): what the C library does at exit(3) is not made for threads that still run.
    Task {
      do {
        try await serve(settings, log)
        _exit(0)
      } catch {
        log.critical("ends", metadata: ["reason": "\(error)"])
        _exit(1)
      }
    }
    DispatchSemaphore(value: 0).wait()
  }

  static func leave(_ status: Int32, _ message: String) -> Never {
    let line = Array((message + "\n").utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    Glibc.exit(status)
  }

  /// Wrong use ends with 2, as it does in 'plumbline'.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      let isFailure = exitCode(for: error) != .success
      if isFailure { leave(2, fullMessage(for: error)) }
      print(fullMessage(for: error))
    }
  }
}
