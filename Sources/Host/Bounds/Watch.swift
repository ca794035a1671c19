import CLinux
import Synchronization
package import SystemPackage

/// Lets collectors look at a host, one at a time, each on a thread that is given up where it gets no answer: a filesystem that hangs
/// costs what lies in it, and nothing else.
///
/// All threads are made at once: what the auditor has given up by then, they have given up too.
package final class Watch {
  /// Why something did not come to its end as it should.
  package enum Trouble: Hashable, Sendable {
    /// A question had no answer for this long. It is not asked again, and what asked it was begun anew.
    case silent(Budget.Call, Duration)
    /// A bound was reached, and this was the first question not asked for it.
    case refused(HostError)
    /// It used up its time without asking anything.
    case overrun
  }

  private let workers: [Worker]
  private let now: ElapsedTime
  private let deadline: Duration
  private let directory: Int32
  /// Shorter after each disappointment, so that many hung places cost little more than one.
  private var patience: Duration
  package let meter: Meter
  private static let leastPatience = Duration.milliseconds(300)

  /// - Parameters:
  ///   - threads: How many, where they can be had: one does all, and each further one stands for a question that is never answered.
  ///   - now: The whole audit's time began with its zero.
  ///   - directory: /proc/self/task, open; see ``Worker/isBlocked(in:)``.
  package init(_ meter: Meter, threads: Int, directory: Int32, _ now: @escaping ElapsedTime) {
    // malloc(3) gives each thread an arena of its own, which is memory and address space for nothing: only one works at a time.
    _ = linux_one_arena()
    workers = (0..<threads).compactMap { _ in Worker() }
    self.now = now
    self.meter = meter
    self.directory = directory
    patience = meter.bounds.patience
    deadline = meter.bounds.audit
  }

  /// Ends the threads, all but those that still wait for an answer.
  package func end() { for worker in workers { worker.end() } }

  /// Has something look at the host.
  /// - Parameters:
  ///   - mounts: Those of a root, and its name: what else hangs where one place does.
  ///   - look: Must take no answer but by a root with the budget it is given. It may be called more than once, and its result is that
  ///     of one call.
  /// - Returns: nil only where it does not end even though nothing is asked.
  package func run<Result: Sendable>(
    mounts: (table: MountTable, root: FilePath)?, _ look: @escaping @Sendable (Budget) -> Result
  ) -> (result: Result?, troubles: [Trouble]) {
    var troubles: [Trouble] = []
    let deadline = min(now() + meter.bounds.collector, self.deadline)
    while true {
      let budget = Budget(meter, until: deadline, now)
      switch attempt(budget, deadline, look) {
      case .done(let result):
        if let refused = budget.refused { troubles.append(.refused(refused)) }
        return (result, troubles)
      case .silent(let call):
        meter.giveUp(call, mounts: mounts)
        troubles.append(.silent(call, patience))
        patience = max(patience / 2, Self.leastPatience)
      case .overrun:
        troubles.append(.overrun)
        return (withoutAsking(look), troubles)
      case .noThread:
        // Every thread waits for ever, or there never was one: what is left can only be done without asking, or unwatched.
        guard workers.isEmpty else { return (withoutAsking(look), troubles + [.overrun]) }
        let result = look(budget)
        return (result, troubles + (budget.refused.map { [.refused($0)] } ?? []))
      }
    }
  }

  /// A budget with which nothing can be asked.
  package var exhausted: Budget {
    let budget = Budget(meter, until: .zero, now)
    budget.close()
    return budget
  }

  private enum Attempt<Result> {
    case done(Result)
    case silent(Budget.Call)
    case overrun
    case noThread
  }

  /// A result that a thread may bring when nobody waits for it any more.
  private final class Answer<Result: Sendable>: Sendable {
    let value = Mutex<Result?>(nil)
  }

  private func attempt<Result: Sendable>(
    _ budget: Budget, _ deadline: Duration, _ look: @escaping @Sendable (Budget) -> Result
  ) -> Attempt<Result> {
    let answer = Answer<Result>()
    let job: @Sendable () -> Void = {
      let result = look(budget)
      answer.value.withLock { $0 = result }
    }
    guard let worker = workers.first(where: { $0.start(job) }) else { return .noThread }
    while !worker.isDone(within: patience / 4) {
      let now = now()
      if let call = budget.call {
        guard now - call.since >= patience, worker.isBlocked(in: directory) else { continue }
        budget.close()
        return .silent(call)
      }
      guard now >= deadline + patience else { continue }
      budget.close()
      return .overrun
    }
    return answer.value.withLock { $0 }.map { .done($0) } ?? .overrun
  }

  /// What is said where nothing can be asked: that it could not be.
  private func withoutAsking<Result: Sendable>(_ look: @escaping @Sendable (Budget) -> Result) -> Result? {
    let budget = exhausted
    switch attempt(budget, now() + .seconds(5), look) {
    case .done(let result): return result
    case .noThread: return look(budget)
    case .silent, .overrun: return nil
    }
  }
}
