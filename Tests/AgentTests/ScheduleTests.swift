import Testing

@testable import Agent

@Suite("When the agent audits")
struct ScheduleTests {
  private static let settings = Schedule.Settings(
    interval: .seconds(3_600), jitter: .seconds(60), quiet: .seconds(10), floor: .seconds(120))

  private func schedule(spread: UInt64 = 0, age: Duration? = nil) -> Schedule {
    Schedule(Self.settings, now: .seconds(1_000), spread: spread, age: age)
  }

  @Test("It begins within a minute where there is no report, each host at its own moment")
  func begins() {
    #expect(schedule().next == .init(at: .seconds(1_000), trigger: .start))
    let late = schedule(spread: .max).next
    #expect(late.trigger == .start)
    #expect(late.at > .seconds(1_059) && late.at <= .seconds(1_060))
  }

  @Test("A recent report is waited out, an old one or one of the future is not")
  func recent() {
    #expect(schedule(age: .seconds(600)).next == .init(at: .seconds(4_000), trigger: .interval))
    #expect(schedule(age: .seconds(3_600)).next.trigger == .start)
    #expect(schedule(age: .seconds(-5)).next.trigger == .start)
  }

  @Test(
    "Regular audits lie in the host's own slots, whatever came between",
    arguments: [0, 1 << 62, 3 << 62 as UInt64])
  func slots(spread: UInt64) {
    var schedule = schedule(spread: spread)
    var offsets: Set<Double> = []
    for wall in [Duration.seconds(1_790_000_000), .seconds(1_790_001_234), .seconds(1_790_003_599)] {
      schedule.began()
      schedule.succeeded(at: .seconds(2_000), wall: wall, spread: spread, chance: 0)
      let next = schedule.next
      #expect(next.trigger == .interval)
      let wait = next.at - .seconds(2_000)
      #expect(wait > .seconds(1_800) && wait <= .seconds(5_400))
      let moment = (wall + wait) / .seconds(1)
      offsets.insert(moment.truncatingRemainder(dividingBy: 3_600).rounded())
    }
    #expect(offsets == [Double(spread >> 11) / Double(1 << 53) * 3_600])
  }

  @Test("Chance adds at most the jitter")
  func jitter() {
    var (least, most) = (schedule(), schedule())
    least.succeeded(at: .zero, wall: .seconds(100), spread: 7, chance: 0)
    most.succeeded(at: .zero, wall: .seconds(100), spread: 7, chance: 1)
    #expect(most.next.at - least.next.at == .seconds(60))
  }

  @Test("A change waits for quiet, and for some time after the last audit")
  func change() {
    var schedule = schedule(age: .zero)
    schedule.changed(at: .seconds(1_000))
    schedule.changed(at: .seconds(1_004))
    #expect(schedule.next == .init(at: .seconds(1_014), trigger: .change))
    schedule.began()
    #expect(schedule.next.trigger == .interval)
    schedule.succeeded(at: .seconds(1_020), wall: .seconds(0), spread: 0, chance: 0)
    schedule.changed(at: .seconds(1_021))
    #expect(schedule.next == .init(at: .seconds(1_140), trigger: .change))
  }

  @Test("Where it never gets quiet, ten quiet periods are enough")
  func restless() {
    var schedule = schedule(age: .zero)
    for second in 0..<200 { schedule.changed(at: .seconds(1_000 + second)) }
    #expect(schedule.next == .init(at: .seconds(1_100), trigger: .change))
  }

  @Test("A change during an audit is looked at after it")
  func duringAudit() {
    var schedule = schedule(age: .zero)
    schedule.began()
    schedule.changed(at: .seconds(1_001))
    schedule.succeeded(at: .seconds(1_002), wall: .zero, spread: 0, chance: 0)
    #expect(schedule.next.trigger == .change)
  }

  @Test("A signal is served at once, even where a failure waits for its retry")
  func signal() {
    var schedule = schedule(age: .zero)
    schedule.failed(at: .seconds(1_000), chance: 1)
    schedule.signalled(at: .seconds(1_003))
    #expect(schedule.next == .init(at: .seconds(1_003), trigger: .signal))
  }

  @Test(
    "Failures are retried later and later, never later than a quarter of an hour, and forgotten upon a report"
  )
  func failures() {
    var schedule = schedule(age: .zero)
    var waits: [Duration] = []
    for _ in 0..<9 {
      schedule.failed(at: .zero, chance: 1)
      #expect(schedule.next.trigger == .retry)
      waits.append(schedule.next.at)
    }
    #expect(waits == [15, 30, 60, 120, 240, 480, 900, 900, 900].map { .seconds($0) })
    schedule.failed(at: .zero, chance: 0)
    #expect(schedule.next.at == .seconds(450))
    schedule.began()
    schedule.succeeded(at: .zero, wall: .zero, spread: 0, chance: 0)
    #expect(schedule.consecutiveFailures == 0)
    #expect(schedule.next.trigger == .interval)
  }

  @Test("Hosts of a fleet are spread evenly over the interval")
  func fleet() {
    var buckets = [Int](repeating: 0, count: 10)
    for host in 0..<10_000 { buckets[Int(spread(of: "host-\(host)") >> 60) * 10 / 16] += 1 }
    // 10 of 16 parts have twice the share of the others; none is empty and none has a third of all.
    #expect(buckets.allSatisfy { (500...1_500).contains($0) }, "\(buckets)")
    #expect(spread(of: "host-1") == spread(of: "host-1"))
  }
}
