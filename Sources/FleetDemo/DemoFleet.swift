import Facts
import Fleet
package import Profiles
package import Reports

/// A fleet that is made up, to look at and to measure with. It is deterministic, and nothing of it is kept but the plan: a report
/// is made when it is asked for.
package struct DemoFleet: Sendable {
  /// One node's look at itself.
  package struct Look: Hashable, Sendable {
    /// The node's number.
    package let node: Int
    package let round: Int
    /// Seconds since 1970.
    package let at: Int64
  }

  private static let incompleteShare = 0.015
  private static let flips = 30

  package let plan: Plan
  private let end: Int64
  private let benchmark: Benchmark
  private let dice: Dice
  private let machines: [Machine]
  private let numbers: [UInt64]
  private let story: Story
  private let waivers: [MadeWaiver]
  private let wording: Wording
  private let citation: Citation
  /// Areas small enough that a node is no outlier for not having seen one.
  private let hidden: [String]
  private let planted: [Int: Set<Int>]
  private let collectors: [String]

  /// - Parameter end: The latest look is before this, in seconds since 1970.
  /// - Throws: `DocumentError` where a result can't be written.
  package init(_ plan: Plan, by benchmark: Benchmark, until end: Int64) throws {
    let entries = benchmark.entries
    self.plan = plan
    self.end = end
    self.benchmark = benchmark
    dice = Dice(seed: plan.seed)
    machines = Machine.all(plan)
    numbers = entries.map { Dice.number(of: $0.check.slug) }
    story = Story(entries, dice)
    waivers = MadeWaiver.all(entries, story, until: end, lasting: Int64(plan.rounds) * plan.interval)
    wording = try Wording(entries, waivers)
    citation = Citation(
      name: benchmark.name, title: benchmark.title, version: benchmark.version, digest: benchmark.digest)
    let areas = Dictionary(grouping: entries.filter { $0.check.manual == nil }, by: \.check.area)
    hidden = areas.filter { (1...4).contains($0.value.count) }.keys.sorted()
    planted = Self.planted(machines, story, waivers, dice)
    collectors = Set(entries.map(\.check.about)).sorted()
  }

  /// Nodes that somebody set up by hand: one in forty up to five, in pools where a node has enough peers to be told from them.
  private static func planted(_ machines: [Machine], _ story: Story, _ waivers: [MadeWaiver], _ dice: Dice)
    -> [Int: Set<Int>]
  {
    let waived = Set(waivers.map(\.entry))
    let sizes = Dictionary(grouping: machines, by: \.pool).mapValues(\.count)
    let able = machines.filter {
      $0.born == 0 && $0.gone >= 1 && (sizes[$0.pool] ?? 0) >= 8
        && !Pool.all[$0.pool].roles.contains("control-plane")
    }
    let chosen = able.sorted {
      dice.bits(.outlier, UInt64($0.number)) < dice.bits(.outlier, UInt64($1.number))
    }
    .prefix(min(5, machines.count / 40))
    return Dictionary(
      uniqueKeysWithValues: chosen.map { machine in
        let steady = story.courses[machine.pool].indices.filter { entry in
          let course = story.courses[machine.pool][entry]
          return course.kind == .passes && !course.decays && course.brokenBetween == nil && !course.isQuiet
            && !waived.contains(entry)
        }
        let order = dice.shuffled(steady.count, .flip, UInt64(machine.number))
        return (machine.number, Set(order.prefix(flips).map { steady[$0] }))
      })
  }

  /// The names of the nodes that differ from their pool on purpose, sorted.
  package var outliers: [String] { planted.keys.map { machines[$0].name }.sorted() }

  /// Every node that ought to report, with its pool: two of them never did.
  package var inventory: String {
    let lines = machines.filter { $0.gone >= 1 || $0.gone > 0.8 }.map {
      "\($0.name),\(Pool.all[$0.pool].name)"
    }
    let gone = machines.filter { $0.gone <= 0.8 }.map { "\($0.name)*,\(Pool.all[$0.pool].name)" }
    return
      (["# node,pool"] + lines + ["worker-noble-spare-1,workers-ubuntu-24.04", "edge-oslo-000,edge"]
      + ["# gone; their old reports keep their pool"] + gone).joined(separator: "\n") + "\n"
  }

  /// All looks, in the order of time.
  package var looks: some Sequence<Look> & Sendable {
    let order = machines.sorted { ($0.offset, $0.number) < ($1.offset, $1.number) }
    return (0..<plan.rounds).lazy.flatMap { [plan, end] round in
      order.lazy.filter { $0.reports(at: plan.part($0, round)) }.map { machine in
        Look(node: machine.number, round: round, at: plan.moment(machine, round, before: end))
      }
    }
  }

  /// The answers of a look, by entry.
  private func statuses(_ look: Look, day: String, hiding area: String?) -> [Status] {
    let machine = machines[look.node]
    let part = plan.part(machine, look.round)
    let flipped = planted[look.node] ?? []
    let node = UInt64(look.node)
    let noise =
      dice.share(.noise, node) < 0.25 ? dice.below(max(1, numbers.count), .noiseEntry, node) : nil
    var statuses = benchmark.entries.indices.map { entry -> Status in
      let course = story.courses[machine.pool][entry]
      switch course.kind {
      case .inapplicable: return .notApplicable
      case .manual: return .manual
      case .passes, .fails, .mixed: break
      }
      if let area, benchmark.entries[entry].check.area == area { return .unknown }
      let isOdd = flipped.contains(entry) || noise == entry && !course.isQuiet
      return !isOdd && story.passes(entry, of: machine, at: part, number: numbers[entry], dice)
        ? .pass : .fail
    }
    for waiver in waivers where statuses[waiver.entry] == .fail && waiver.expires >= day {
      statuses[waiver.entry] = .waived
    }
    return statuses
  }

  private func said(_ look: Look, _ day: String) -> (
    said: [Wording.Said], waivers: [WaiverUse], hidden: String?
  ) {
    let node = UInt64(look.node)
    // A few nodes never see everything; others miss something now and then.
    let isPoor = dice.share(.incomplete, node) < Self.incompleteShare / 2
    let isUnlucky = dice.share(.incomplete, node, UInt64(look.round) + 1) < Self.incompleteShare / 2
    let area =
      (isPoor || isUnlucky) && !hidden.isEmpty ? hidden[dice.below(hidden.count, .hidden, node)] : nil
    let statuses = self.statuses(look, day: day, hiding: area)
    let said = statuses.enumerated().compactMap { wording[$0.offset, $0.element] }
    let uses = waivers.map { waiver in
      waiver.use(fails: [.fail, .waived].contains(said[waiver.entry].result.verdict.status), on: day)
    }
    return (said, uses, area)
  }

  /// A look's report.
  package func report(_ look: Look) -> Report { made(look).report }

  private func made(_ look: Look) -> (report: Report, said: [Wording.Said]) {
    let day = Moment.text(ofDay: Moment.day(of: look.at))
    let (said, uses, hidden) = said(look, day)
    let isDecided = !said.contains { [.unknown, .error].contains($0.result.verdict.status) }
    let node = UInt64(look.node)
    let id = runID(look)
    let run = Run(id: id, sequence: Int64(look.round) + 1, startedAt: Moment.text(look.at))
    let subjects = Set(
      hidden.map { area in benchmark.entries.filter { $0.check.area == area }.map(\.check.about) } ?? [])
    return (
      Report(
        run: ReportRun(run, complete: isDecided && subjects.isEmpty),
        auditor: Auditor(name: "plumbline", version: "0.1.0"), benchmark: citation,
        host: identity(machines[look.node], plan.part(machines[look.node], look.round), node), day: day,
        collectors: collectors.map { subject in
          CollectorRun(
            name: subject, subjects: [subject], state: subjects.contains(subject) ? .partial : .complete,
            problems: subjects.contains(subject)
              ? [Problem(.denied, "/proc", "Permission denied")] : [], problemsDropped: 0)
        }, results: said.map(\.result), waivers: uses), said
    )
  }

  private func identity(_ machine: Machine, _ part: Double, _ node: UInt64) -> HostIdentity {
    let pool = Pool.all[machine.pool]
    let isUpdated =
      part >= Story.rollout.start + Story.rollout.step * Double(machine.pool) + Story.rolling * machine.place
    let boot = hexadecimal(dice.bits(.bootID, node, isUpdated ? 1 : 0))
    return HostIdentity(
      id: machine.id, hostname: machine.name, nodeName: machine.name,
      bootID: Self.uuid(boot + boot), os: pool.system, kernel: isUpdated ? pool.kernels.1 : pool.kernels.0,
      architecture: pool.architecture, roles: pool.roles,
      kubeletVersion: isUpdated ? pool.kubelets.1 : pool.kubelets.0, isRunning: true)
  }

  /// As RFC 9562 has version 7: milliseconds, and chance.
  private func runID(_ look: Look) -> String {
    let time = String(hexadecimal(UInt64(look.at) &* 1_000).suffix(12))
    let bits = hexadecimal(dice.bits(.run, UInt64(look.node), UInt64(look.round)))
    return Self.uuid(time + "7" + bits.prefix(3) + "8" + bits.suffix(12) + bits.prefix(3))
  }

  private static func uuid(_ digits: String) -> String {
    let all = Array(digits)
    return [all[0..<8], all[8..<12], all[12..<16], all[16..<20], all[20..<32]].map { String($0) }
      .joined(separator: "-")
  }

  /// A look's report as a node sends it, plain: what `encodeReport` makes of `report(look)`, put together from parts that are made once.
  /// - Throws: `DocumentError`.
  package func document(_ look: Look) throws(DocumentError) -> [UInt8] {
    let (report, said) = made(look)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(said.reduce(16_384) { $0 + $1.json.count + 1 })
    bytes += "{\"auditor\":".utf8
    bytes += try json(report.auditor)
    for (key, part) in [
      ("benchmark", try json(report.benchmark)), ("collectors", try json(report.collectors)),
      ("day", try json(report.day)), ("host", try json(report.host)),
    ] {
      bytes += ",\"\(key)\":".utf8
      bytes += part
    }
    bytes += ",\"results\":[".utf8
    for (place, part) in said.enumerated() {
      if place > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += part.json
    }
    bytes.append(UInt8(ascii: "]"))
    for (key, part) in [
      ("run", try json(report.run)), ("schema", try json(report.schema)), ("score", try json(report.score)),
      ("summary", try json(report.summary)), ("waivers", try json(report.waivers)),
    ] {
      bytes += ",\"\(key)\":".utf8
      bytes += part
    }
    bytes += "}\n".utf8
    return bytes
  }
}

extension Plan {
  /// When a machine looks in a round, as a part of the whole time, 0 to 1.
  func part(_ machine: Machine, _ round: Int) -> Double {
    (Double(round) + Double(machine.offset) / Double(interval)) / Double(max(1, rounds))
  }

  /// The same in seconds since 1970.
  func moment(_ machine: Machine, _ round: Int, before end: Int64) -> Int64 {
    end - Int64(rounds - round) * interval + machine.offset
  }
}
