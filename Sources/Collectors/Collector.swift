package import Facts
package import Host

/// States facts about one part of a host. It has no opinion, and it does not throw: what it can't read is a fact too.
package protocol Collector: Sendable {
  /// What the log and the report call it.
  var name: String { get }
  /// What it states facts about. Several collectors may share a subject.
  var subjects: [Subject] { get }

  /// How many entities it states at most. More than any host has by itself: whoever may start processes could make a report of
  /// hundreds of megabytes else.
  var mostEntities: Int { get }

  func collect(from host: borrowing HostView, into record: inout Recorder)
}

extension Collector {
  package var mostEntities: Int { 4_096 }
}

/// Takes down what a collector states.
package struct Recorder: Sendable {
  /// Problems kept for each collector; more are counted.
  package static let mostProblems = 20

  package private(set) var entities: [Entity] = []
  private var problems: [Problem] = []
  private var dropped = 0
  private let mostEntities: Int
  private(set) var isFull = false

  /// - Parameter mostEntities: Beyond it none is taken; that this was so is a problem.
  package init(atMost mostEntities: Int = .max) { self.mostEntities = mostEntities }

  package mutating func add(_ entity: Entity) {
    if entities.count < mostEntities {
      entities.append(entity)
    } else if !isFull {
      isFull = true
      problem(.tooLarge, "/", "more than \(mostEntities) things were found, and the rest is not stated")
    }
  }

  /// States that something was out of reach, so that what was not found is not proof that it isn't there.
  package mutating func problem(_ code: Obstacle, _ place: String, _ message: String) {
    guard problems.count < Self.mostProblems else {
      dropped += 1
      return
    }
    problems.append(Problem(code, place, message))
  }

  package mutating func problem(_ error: HostError) {
    problem(error.obstacle, error.place, error.description)
  }

  func run(of collector: any Collector) -> CollectorRun {
    CollectorRun(
      name: collector.name, subjects: collector.subjects.map(\.name),
      state: problems.isEmpty ? .complete : .partial, problems: problems, problemsDropped: dropped)
  }
}

/// Runs collectors one after another over one view of a host.
/// - Parameters:
///   - auditor: Asked when all is read: what was refused to it by then is part of it.
///   - finished: Told each collector's name and run as it ends, for a log or a progress line.
package func collect(
  from host: borrowing HostView, with collectors: [any Collector], run: Run,
  auditor: @autoclosure () -> Auditor,
  finished: (String, CollectorRun) -> Void = { _, _ in }
) -> Snapshot {
  var collected = Collected()
  for collector in collectors {
    var recorder = Recorder(atMost: collector.mostEntities)
    collector.collect(from: host, into: &recorder)
    finished(collector.name, collected.add(recorder, of: collector))
  }
  return collected.snapshot(run: run, auditor: auditor(), isRunning: host.root.isRunning)
}

/// What collectors stated so far.
struct Collected {
  private var entities: [Entity] = []
  private var runs: [CollectorRun] = []

  /// - Parameter troubles: What kept the collector from its end.
  mutating func add(_ recorder: Recorder, of collector: any Collector, troubles: [Watch.Trouble] = [])
    -> CollectorRun
  {
    var recorder = recorder
    for trouble in troubles { recorder.problem(trouble) }
    let run = recorder.run(of: collector)
    entities += recorder.entities
    runs.append(run)
    return run
  }

  func snapshot(run: Run, auditor: Auditor, isRunning: Bool) -> Snapshot {
    Snapshot(
      run: run, auditor: auditor, host: HostIdentity(from: entities, isRunning: isRunning),
      collectors: runs, entities: distinct(entities))
  }
}

/// Without the repeats: two collectors may name the same file for the same role, and state the same of it.
private func distinct(_ entities: [Entity]) -> [Entity] {
  struct Name: Hashable {
    let subject: String
    let id: String
  }
  var first: [Name: [Int]] = [:]
  return entities.enumerated().filter { index, entity in
    let name = Name(subject: entity.subject, id: entity.id)
    let others = first[name] ?? []
    if others.contains(where: { entities[$0] == entity }) { return false }
    first[name] = others + [index]
    return true
  }.map(\.element)
}
