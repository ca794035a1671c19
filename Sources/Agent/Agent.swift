import CLinux
import Facts
import Glibc
package import Logging
import Reports
package import SystemPackage

/// Audits again and again until it is told to end. One thread, which sleeps in poll(2) until a moment, a signal, a change or its child
/// has something for it.
package struct Agent: ~Copyable {
  package struct Settings: Sendable {
    package let schedule: Schedule.Settings
    /// After which an audit counts as hung.
    package let timeout: Duration
    package let bounds: Spool.Bounds
    /// Whether the spool's group may read.
    package let isShared: Bool
    package let mostWatches: Int
    /// The root of the host that is looked at.
    package let root: FilePath
    /// The audit's command line without its output.
    package let audit: [String]
    /// What tells this host from others until a report gives its id.
    package let name: String

    package init(
      schedule: Schedule.Settings, timeout: Duration, bounds: Spool.Bounds, isShared: Bool, mostWatches: Int,
      root: FilePath, audit: [String], name: String
    ) {
      self.schedule = schedule
      self.timeout = timeout
      self.bounds = bounds
      self.isShared = isShared
      self.mostWatches = mostWatches
      self.root = root
      self.audit = audit
      self.name = name
    }
  }

  /// An audit under way.
  private final class Run {
    let child: Child
    let trigger: Trigger
    let began: Duration
    let name: String
    var mayHearMore = true
    var isTimedOut = false

    init(_ child: Child, _ trigger: Trigger, began: Duration, name: String) {
      self.child = child
      self.trigger = trigger
      self.began = began
      self.name = name
    }
  }

  private let settings: Settings
  private let spool: Spool
  private let world: World
  private let log: Logger
  private let signals: Int32
  private var watch: ChangeWatch?
  private var state: AgentState
  private var schedule: Schedule
  private var run: Run?
  private var runs = 0

  /// Reports an audit's exit statuses that leave a report: clean, findings, incomplete.
  private static let reporting: Set<Int32> = [0, 1, 3]

  /// - Returns: nil where the kernel gives no descriptor for signals.
  package init?(_ settings: Settings, spool: Spool, world: World, log: Logger) {
    let wanted = [SIGTERM, SIGINT, SIGHUP, SIGCHLD]
    signals = linux_signal_descriptor(wanted, Int32(wanted.count))
    guard signals >= 0 else { return nil }
    self.settings = settings
    self.spool = spool
    self.world = world
    self.log = log
    watch = settings.mostWatches > 0 ? ChangeWatch(beneath: settings.root) : nil
    if watch == nil, settings.mostWatches > 0 { log.warning("changes are not watched: no inotify here") }
    let entries = (try? spool.entries()) ?? []
    let old = (try? spool.state()) ?? nil
    let interval = settings.schedule.interval
    state = old.map { AgentState(continuing: $0, interval: interval) } ?? AgentState(interval: interval)
    // Should the state be lost, the numbers go on where the spool ends.
    state.nextNumber = max(state.nextNumber, (entries.last?.number ?? 0) + 1)
    schedule = Schedule(
      settings.schedule, now: world.now(), spread: spread(of: state.hostID ?? settings.name), age: nil)
    resume(entries)
  }

  deinit { close(signals) }

  /// Goes on from what an agent before left: its last report says what to watch, and when the next is due.
  private mutating func resume(_ entries: [Spool.Entry]) {
    guard let newest = entries.last, let bytes = (try? spool.bytes(of: newest.number)) ?? nil,
      let file = try? ReportFile(bytes)
    else { return }
    follow(file.report)
    // A run's sequence is its moment in milliseconds since 1970.
    let age = world.wall() - .milliseconds(file.report.run.sequence)
    schedule = Schedule(settings.schedule, now: world.now(), spread: hostSpread, age: age)
  }

  private var hostSpread: UInt64 { spread(of: state.hostID ?? settings.name) }

  /// Runs until SIGTERM or SIGINT.
  package mutating func runUntilToldToEnd() {
    save()
    trim()
    announce()
    while true {
      wait()
      if takeSignals() { break }
      if watch?.takeChanges() == true {
        log.debug("a file that facts came from changed")
        schedule.changed(at: world.now())
      }
      attend()
      if run == nil, schedule.next.at <= world.now() { begin(schedule.next.trigger) }
    }
    stop()
  }

  /// Sleeps until there is something to do.
  private func wait() {
    let moment: Duration
    if let run {
      moment = run.began + settings.timeout + (run.isTimedOut ? .seconds(5) : .zero)
    } else {
      moment = schedule.next.at
    }
    let left = max(.zero, moment - world.now())
    // Rounded up, so that it does not wake a moment too early, again and again.
    let milliseconds = Int32(min(left / .milliseconds(1) + 1, 3_600_000))
    var waited = [pollfd(fd: signals, events: Int16(POLLIN), revents: 0)]
    if let descriptor = watch?.descriptor {
      waited.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
    }
    if let run, run.mayHearMore {
      waited.append(pollfd(fd: run.child.errors, events: Int16(POLLIN), revents: 0))
    }
    _ = poll(&waited, nfds_t(waited.count), milliseconds)
  }

  /// - Returns: Whether to end.
  private mutating func takeSignals() -> Bool {
    while true {
      switch linux_next_signal(signals) {
      case 0: return false
      case SIGTERM, SIGINT: return true
      case SIGHUP:
        log.info("asked for an audit by SIGHUP")
        schedule.signalled(at: world.now())
      default: continue
      }
    }
  }

  private mutating func stop() {
    if let run {
      run.child.kill()
      self.run = nil
      log.info("ends; the audit under way was stopped")
    } else {
      log.info("ends")
    }
    clear()
    save()
  }
}

/// One audit, from start to end.
extension Agent {
  private func clear() {
    do {
      try spool.clear()
    } catch {
      log.warning("what an audit left can't be removed", metadata: ["reason": "\(error)"])
    }
  }

  private mutating func begin(_ trigger: Trigger) {
    schedule.began()
    clear()
    runs += 1
    let name = "\(getpid())-\(runs).json"
    let arguments =
      ["plumbline", "audit"] + settings.audit + [
        "--format", "json", "--output", spool.incoming.appending(name).string,
      ]
    let (child, code) = Child.start(arguments)
    guard let child else {
      return fail(trigger, after: .zero, "can't be started: \(String(cString: strerror(code)))")
    }
    log.debug("an audit begins", metadata: ["trigger": "\(trigger.rawValue)"])
    run = Run(child, trigger, began: world.now(), name: name)
  }

  /// Looks after the audit under way.
  private mutating func attend() {
    guard let run else { return }
    if run.mayHearMore { run.mayHearMore = run.child.listen() }
    let now = world.now()
    if let status = run.child.status() {
      if run.mayHearMore { _ = run.child.listen() }
      self.run = nil
      return finish(run, status)
    }
    if now - run.began >= settings.timeout + .seconds(5) {
      run.child.end(by: SIGKILL)
    } else if now - run.began >= settings.timeout, !run.isTimedOut {
      run.isTimedOut = true
      run.child.end(by: SIGTERM)
    }
  }

  private mutating func finish(_ run: Run, _ status: Int32) {
    let now = world.now()
    let took = now - run.began
    let said = String(decoding: run.child.said, as: UTF8.self)
    guard !run.isTimedOut else {
      spool.discard(run.name)
      return fail(run.trigger, after: took, "hung, and was ended")
    }
    // wait(2): the low seven bits are the signal that ended it, the next byte is its exit status.
    let signal = status & 0x7f
    let code = status >> 8 & 0xff
    guard signal == 0, Self.reporting.contains(code) else {
      spool.discard(run.name)
      return fail(
        run.trigger, after: took, signal == 0 ? "ended with \(code)" : "ended by signal \(signal)", said)
    }
    do {
      let file = try spool.take(run.name, as: state.nextNumber, shared: settings.isShared)
      succeed(file.report, run.trigger, after: took)
    } catch {
      spool.discard(run.name)
      fail(run.trigger, after: took, "\(error)", said)
    }
  }

  private mutating func succeed(_ report: Report, _ trigger: Trigger, after took: Duration) {
    let number = state.nextNumber
    state.nextNumber += 1
    state.audits += 1
    state.consecutiveFailures = 0
    state.hostID = report.host.id ?? state.hostID
    state.last = .init(
      trigger: trigger, endedAt: timestamp(world.wall()), seconds: Self.rounded(took), failure: nil)
    schedule.succeeded(at: world.now(), wall: world.wall(), spread: hostSpread, chance: world.chance())
    follow(report)
    trim()
    save()
    log.info(
      "audited",
      metadata: [
        "trigger": "\(trigger.rawValue)", "number": "\(number)", "run": "\(report.run.id)",
        "seconds": "\(Self.rounded(took))", "level": "\(report.score.node.level)",
        "failed": "\(report.summary.statuses[Status.fail.rawValue] ?? 0)",
        "next_seconds": "\(Int((schedule.next.at - world.now()) / .seconds(1)))",
      ])
  }

  private mutating func fail(_ trigger: Trigger, after took: Duration, _ reason: String, _ said: String = "")
  {
    schedule.failed(at: world.now(), chance: world.chance())
    state.failures += 1
    state.consecutiveFailures += 1
    state.last = .init(
      trigger: trigger, endedAt: timestamp(world.wall()), seconds: Self.rounded(took), failure: reason)
    save()
    log.error(
      "an audit failed",
      metadata: [
        "trigger": "\(trigger.rawValue)", "reason": "\(reason)", "said": "\(said)",
        "in_a_row": "\(schedule.consecutiveFailures)",
        "retry_seconds": "\(Int((schedule.next.at - world.now()) / .seconds(1)))",
      ])
  }

  private static func rounded(_ duration: Duration) -> Double {
    (duration / .milliseconds(1)).rounded() / 1_000
  }
}

/// The spool and the watches.
extension Agent {
  private mutating func follow(_ report: Report) {
    guard watch != nil else { return }
    let list = WatchList(report, limit: settings.mostWatches)
    state.watched = watch?.follow(list) ?? 0
    state.unwatched = list.left
  }

  private mutating func trim() {
    do {
      let removed = try spool.trim(to: settings.bounds)
      guard let first = removed.first, let last = removed.last else { return }
      state.removed += removed.count
      log.warning(
        "the spool is full: its oldest reports were removed",
        metadata: ["removed": "\(removed.count)", "first": "\(first.number)", "last": "\(last.number)"])
    } catch {
      log.error("the spool can't be kept within its bounds", metadata: ["reason": "\(error)"])
    }
  }

  private func save() {
    do {
      try spool.save(state, shared: settings.isShared)
    } catch {
      log.error("the state can't be written", metadata: ["reason": "\(error)"])
    }
  }

  private func announce() {
    log.info(
      "begins",
      metadata: [
        "spool": "\(spool.path)", "interval_seconds": "\(settings.schedule.interval / .seconds(1))",
        "next": "\(schedule.next.trigger.rawValue)",
        "next_seconds": "\(Int((schedule.next.at - world.now()) / .seconds(1)))",
        "watched": "\(state.watched)",
      ])
  }
}
