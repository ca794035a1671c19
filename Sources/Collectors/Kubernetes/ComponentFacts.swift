import Facts
import Host
import SystemPackage

/// States a component's facts: those every component has, and those of its table.
struct ComponentFacts {
  let component: Component
  let instance: ComponentInstance
  let configuration: ComponentConfiguration

  init(_ component: Component, _ instance: ComponentInstance, _ host: borrowing HostView) {
    self.component = component
    self.instance = instance
    configuration = ComponentConfiguration(of: instance, component, host)
  }

  func entity(_ subject: Subject, notRunning: Fact, _ host: borrowing HostView) -> Entity {
    var entity = Entity(subject, id: instance.id)
    if let process = instance.process {
      let source = Source.file("/proc/\(process.id)/stat")
      entity["isRunning"] = .observed(.flag(true), source)
      entity["pid"] = .observed(.number(Int64(process.id)), source)
    } else {
      entity["isRunning"] = notRunning
      entity["pid"] = .absent(instance.place)
    }
    entity["origin"] = .observed(.text(instance.origin.rawValue), instance.place)
    entity["embeddedIn"] =
      instance.embedder.map { .observed(.text($0.rawValue), instance.place) }
      ?? .absent(instance.place)
    entity["executable"] = instance.executable
    entity["version"] = ComponentVersion(component: component, instance: instance).fact(host)
    entity["configuration.file"] = configuration.file
    entity["configuration.stale"] = stale(host)
    for parameter in component.parameters {
      let fact = configuration.fact(of: parameter)
      // What only a file could set, where no file is named: the command line is where one would be.
      entity[parameter.fact] = fact == .absent([]) ? .absent(instance.place) : fact
    }
    return entity
  }

  /// Whether a file that the component was started from changed after it started.
  ///
  /// /proc/PID/stat counts from boot in ticks of 10 ms, and proc/stat's btime is whole seconds, so one second is within the
  /// measure's error.
  private func stale(_ host: borrowing HostView) -> Fact {
    guard let process = instance.process else { return .absent(instance.place) }
    let boot: Int64
    switch PathSpace.host.bytes("proc/stat", of: host) {
    case .failure(let error): return .failed(error)
    case .success(let bytes):
      guard let time = Self.bootTime(bytes) else {
        return .unreadable(.malformed, detail: "no boot time in it", .file("/proc/stat", key: "btime"))
      }
      boot = time
    }
    let started = boot + Int64(clamping: process.startTicks / 100)
    var changed: [Source] = []
    var unchanged: [Source] = []
    var failure: PlaceFailure?
    func look(_ path: FilePath, _ space: PathSpace) {
      let source = Source.inode(space.place(path))
      switch space.status(path, of: host) {
      case .failure(let error): failure = failure ?? PlaceFailure(error, source)
      case .success(let status):
        if status.modified > started + 1 { changed.append(source) } else { unchanged.append(source) }
      }
    }
    for path in configuration.watched { look(path, instance.paths) }
    for path in instance.watched { look(path, instance.paths) }
    if let manifest = instance.manifest { look(manifest.file, .host) }
    let clock = Source.file("/proc/\(process.id)/stat", key: "starttime")
    if !changed.isEmpty { return .observed(.flag(true), changed + [clock]) }
    if let failure { return failure.fact }
    if case .unreadable = configuration.file { return configuration.file }
    return .observed(.flag(false), unchanged + [clock])
  }

  /// `btime` of proc/stat: when the kernel started, seconds since the epoch; proc_stat(5).
  static func bootTime(_ bytes: [UInt8]) -> Int64? {
    for line in bytes.lines where line.starts(with: "btime ".utf8) {
      return line.dropFirst(6).trimmed.decimal
    }
    return nil
  }
}

/// Finds and states every instance of a component.
/// - Parameter more: States the facts that only this component has.
func collect(
  _ component: Component, as subject: Subject, from host: borrowing HostView, into record: inout Recorder,
  more: (inout Entity, ComponentFacts, borrowing HostView) -> Void = { _, _, _ in }
) {
  let pods = component.placement == .host ? StaticPodReader() : staticPods(of: host)
  for problem in pods.problems { record.problem(problem) }
  let finder = ComponentFinder.search(for: component, of: host)
  for problem in finder.problems { record.problem(problem) }
  for instance in finder.instances {
    let facts = ComponentFacts(component, instance, host)
    var entity = facts.entity(subject, notRunning: finder.notRunning, host)
    more(&entity, facts, host)
    record.add(entity)
  }
}

extension Recorder {
  mutating func problem(_ failure: PlaceFailure) {
    problem(failure.obstacle, failure.source.description, failure.detail)
  }
}
