import Agent
import ArgumentParser
import Confinement
import Facts
import Glibc
import JSONLog
import Logging
import SystemPackage

/// `plumbline agent`: audits again and again, each as a process of its own.
struct AgentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agent", abstract: "Audit this host again and again, and keep the last reports in a spool.",
    discussion: """
      What follows '--' are the options of 'plumbline audit' for every audit; each is a process of its own that confines itself as \
      any audit does. The agent opens no socket: 'plumbline-relay' serves and sends what lies in the spool. It audits at an interval, \
      on SIGHUP, and when a file that facts came from changed. It logs JSON lines to standard error, and ends on SIGTERM.

      Examples:
        plumbline agent --spool /var/lib/plumbline/spool
        plumbline agent --spool /spool --interval 6h --spool-group 65532 -- --root /host --benchmark auto
      """)

  @Option(
    help: ArgumentHelp("Where the reports are kept; made if it isn't there.", valueName: "dir"),
    completion: .directory)
  var spool: String

  @Option(help: ArgumentHelp("From one regular audit to the next: 90s, 30m, 6h, 1d.", valueName: "time"))
  var interval = Period(.seconds(3_600))

  @Option(
    help: ArgumentHelp(
      "At most so much is added to it by chance; a twentieth of it by itself.", valueName: "time"))
  var jitter: Period?

  @Option(help: ArgumentHelp("How long nothing must change before a change is looked at.", valueName: "time"))
  var quiet = Period(.seconds(10))

  @Option(help: ArgumentHelp("At least so long after an audit comes one for a change.", valueName: "time"))
  var floor = Period(.seconds(60))

  @Option(help: ArgumentHelp("An audit that takes longer is ended and tried again.", valueName: "time"))
  var timeout = Period(.seconds(300))

  @Option(help: ArgumentHelp("How many reports are kept at most.", valueName: "count"))
  var spoolCount = 48

  @Option(help: ArgumentHelp("How much they take at most, in MiB.", valueName: "MiB"))
  var spoolSize = 64

  @Option(
    help: ArgumentHelp(
      "The number of a group that may read the spool; without it only its owner may.", valueName: "gid"))
  var spoolGroup: UInt32?

  @Option(
    help: ArgumentHelp("How many directories are watched for changes; 0 watches none.", valueName: "count"))
  var watches = 256

  @Flag(help: "End with 2 unless every step of the agent's own confinement holds.")
  var requireConfinement = false

  @Flag(name: .shortAndLong, help: "Log more.")
  var verbose = false

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("Options for every audit, after '--'.", valueName: "audit-options"))
  var audit: [String] = []

  func validate() throws {
    guard interval.duration >= .seconds(1) else { throw ValidationError("--interval is a second or more.") }
    guard timeout.duration >= .seconds(1) else { throw ValidationError("--timeout is a second or more.") }
    guard spoolCount >= 1, spoolSize >= 1 else {
      throw ValidationError("--spool-count and --spool-size are 1 or more.")
    }
    guard (0...8_192).contains(watches) else { throw ValidationError("--watches is 0 to 8192.") }
    for option in audit.map({ $0.prefix { $0 != "=" } }) where ["--format", "--output"].contains(option) {
      throw ValidationError("\(option) is the agent's to choose: every audit leaves JSON in the spool.")
    }
  }

  /// The options for the audits, read as `plumbline audit` would: what it refuses is refused now.
  private func auditOptions() throws -> Audit {
    do {
      return try Audit.parse(["--format", "json"] + audit)
    } catch {
      throw Failure("the options after '--': " + Audit.message(for: error))
    }
  }

  func run() throws {
    let options = try auditOptions()
    // Relative paths stay right, whatever starts the audit: it has the agent's working directory.
    let path = FilePath(spool)
    let opened: (spool: Spool, lock: Int32)
    do throws(SpoolProblem) {
      opened = try Spool.open(at: path, group: spoolGroup)
    } catch {
      throw Failure("--spool \(error)")
    }
    defer { close(opened.lock) }
    let log = JSONLog.logger("agent", level: verbose ? .debug : .info)
    let steps = LongRunning.enterAgent(keeping: Privilege.auditing)
    for step in steps {
      log.log(
        level: step.state == .missing ? .warning : .debug, "confinement",
        metadata: [
          "step": "\(step.step.rawValue)", "state": "\(step.state.rawValue)", "detail": "\(step.detail)",
        ])
    }
    if requireConfinement, let step = steps.first(where: { $0.state == .missing }) {
      throw Failure("--require-confinement: \(step.step.rawValue): \(step.detail)")
    }
    guard
      var agent = Agent(
        settings(root: options.host.root), spool: opened.spool, world: .system, log: log)
    else { throw Failure("the kernel gives no descriptor for signals: \(Errno(rawValue: errno))") }
    agent.runUntilToldToEnd()
  }

  private func settings(root: String) -> Agent.Settings {
    Agent.Settings(
      schedule: Schedule.Settings(
        interval: interval.duration, jitter: jitter?.duration ?? interval.duration / 20,
        quiet: quiet.duration, floor: floor.duration),
      timeout: timeout.duration, bounds: Spool.Bounds(count: spoolCount, bytes: spoolSize << 20),
      isShared: spoolGroup != nil, mostWatches: watches, root: FilePath(root), audit: audit,
      name: Self.nodeName())
  }

  /// uname(2)'s: until the first report tells the host's id.
  private static func nodeName() -> String {
    var system = utsname()
    guard uname(&system) == 0 else { return "" }
    return withUnsafePointer(to: &system.nodename) {
      $0.withMemoryRebound(to: CChar.self, capacity: 65) { String(cString: $0) }
    }
  }
}

/// A length of time as a user writes it: a number and `s`, `m`, `h` or `d`.
struct Period: ExpressibleByArgument, CustomStringConvertible, Hashable {
  let duration: Duration

  private static let units: [(Character, Int)] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)]

  init(_ duration: Duration) { self.duration = duration }

  init?(argument: String) {
    guard let unit = Self.units.first(where: { argument.last == $0.0 }),
      let number = Int(argument.dropLast()), number >= 0, number <= 366 * 86_400 / unit.1
    else { return nil }
    duration = .seconds(number * unit.1)
  }

  var defaultValueDescription: String { description }

  var description: String {
    let seconds = Int(duration.components.seconds)
    let unit = Self.units.first { seconds >= $0.1 && seconds % $0.1 == 0 } ?? ("s", 1)
    return "\(seconds / unit.1)\(unit.0)"
  }
}
