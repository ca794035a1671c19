import Facts
import Profiles
import Reports

/// What one check comes to in one pool, over the whole time.
struct Course: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case inapplicable
    case manual
    /// By how the pool is set up.
    case passes, fails
    /// Where nobody set it: on so many of the nodes, 0 to 1.
    case mixed(Double)
  }

  var kind: Kind
  /// When the pool's turn comes in the rollout that mends it.
  var mendedAt: Double?
  /// It comes undone by hand on some nodes.
  var decays = false
  /// While a bad change stands.
  var brokenBetween: ClosedRange<Double>?
  /// Nothing happens to it anywhere: what a useless waiver is for.
  var isQuiet = false
}

/// What happens in the fleet: parts of the whole time are from 0 to 1.
struct Story: Sendable {
  /// How long a change takes to go round a pool.
  static let rolling = 0.05
  /// When the first pool's turn comes in the rollout, and the time between two pools' turns.
  static let rollout = (start: 0.3, step: 0.07)
  static let badChange = (from: 0.62, until: 0.72, pool: 2)
  private static let mended = 8
  private static let broken = 5
  private static let decaying = 6

  /// By pool and entry.
  let courses: [[Course]]

  init(_ entries: [Benchmark.Entry], _ dice: Dice) {
    var courses = Pool.all.indices.map { pool in entries.map { Self.course($0.check, pool, dice) } }
    let automated = entries.indices.filter { entries[$0].check.manual == nil }
    let shuffled = automated.sorted {
      dice.bits(.mend, Dice.number(of: entries[$0].check.slug))
        < dice.bits(.mend, Dice.number(of: entries[$1].check.slug))
    }
    func pools(_ entry: Int, _ kind: Course.Kind) -> [Int] {
      courses.indices.filter { courses[$0][entry].kind == kind }
    }
    func isMixed(_ entry: Int) -> Bool {
      courses.contains { if case .mixed = $0[entry].kind { true } else { false } }
    }
    // What most pools fail is what a team would mend.
    let mended = shuffled.sorted { pools($0, .fails).count > pools($1, .fails).count }.prefix(Self.mended)
    for entry in mended {
      for pool in pools(entry, .fails) {
        courses[pool][entry].mendedAt = Self.rollout.start + Self.rollout.step * Double(pool)
      }
    }
    let good = shuffled.filter { !mended.contains($0) && !pools($0, .passes).isEmpty }
    for entry in good.prefix(Self.decaying) {
      for pool in pools(entry, .passes) { courses[pool][entry].decays = true }
    }
    let bad = good.dropFirst(Self.decaying).filter { courses[Self.badChange.pool][$0].kind == .passes }
    for entry in bad.prefix(Self.broken) {
      courses[Self.badChange.pool][entry].brokenBetween = Self.badChange.from...Self.badChange.until
    }
    let quiet = bad.dropFirst(Self.broken).first {
      pools($0, .fails).isEmpty
        && !isMixed($0)
    }
    if let quiet { for pool in courses.indices { courses[pool][quiet].isQuiet = true } }
    self.courses = courses
  }

  private static func course(_ check: Check, _ pool: Int, _ dice: Dice) -> Course {
    let of = Pool.all[pool]
    guard of.has(check.area) else { return Course(kind: .inapplicable) }
    let number = Dice.number(of: check.slug)
    // Some things are nowhere, and some only on some pools' machines.
    guard dice.share(.kind, number, 1) > 0.12, dice.share(.kind, number, UInt64(pool) + 2) > 0.08 else {
      return Course(kind: .inapplicable)
    }
    if check.manual != nil { return Course(kind: .manual) }
    // Hard checks are hard everywhere: half of the luck is the check's and half the pool's. What is critical is seldom left open.
    let luck =
      0.5 * dice.share(.pass, number, 0) + 0.5 * dice.share(.pass, number, UInt64(pool) + 1)
    let hard = [.critical: 0.25, .high: 0.7][check.severity] ?? 1.0
    if dice.share(.kind, number, UInt64(pool) + 100) < 0.05 {
      return Course(
        kind: .mixed(
          check.severity == .critical
            ? 0.99 : 0.6 + 0.38 * dice.share(.rate, number, UInt64(pool))))
    }
    // The mean of two even chances is below x with the chance 2x², up to a half.
    let failing = (1 - of.hardening) * hard
    return Course(kind: luck < (failing / 2).squareRoot() ? .fails : .passes)
  }

  /// Whether a node passes, before waivers and what could not be seen.
  func passes(_ entry: Int, of machine: Machine, at part: Double, number: UInt64, _ dice: Dice) -> Bool {
    let course = courses[machine.pool][entry]
    switch course.kind {
    case .inapplicable, .manual: return true
    case .mixed(let rate): return dice.share(.rate, UInt64(machine.number), number) < rate
    case .fails:
      guard let mendedAt = course.mendedAt else { return false }
      return part >= mendedAt + Self.rolling * machine.place
    case .passes:
      if let stands = course.brokenBetween {
        let delay = Self.rolling * machine.place
        if stands.contains(part - delay) { return false }
      }
      guard course.decays, dice.share(.decay, UInt64(machine.number), number) < 0.05 else { return true }
      return part < dice.share(.decayAt, UInt64(machine.number), number)
    }
  }
}
