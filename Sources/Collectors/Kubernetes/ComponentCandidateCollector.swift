import Facts
import Host

/// Every process that claims to be one of Kubernetes' programs, and whether it is: a process that only calls itself so is
/// a finding.
struct ComponentCandidateCollector: Collector {
  let name = "component-candidate"

  static let components: [Component] = [
    KubeletCollector.component, EtcdCollector.component, APIServerCollector.component,
    ControllerManagerCollector.component, SchedulerCollector.component, KubeProxyCollector.component,
    Embedder.k3s.component, Embedder.rke2.component, Embedder.kubelite.component,
  ]

  static let subject = Subject(
    "component-candidate", "A process that has the name of one of Kubernetes' programs.", isSingleton: false,
    facts: [
      .init("claims", .text, "Which program it claims to be.", values: components.map(\.name)),
      .init("name", .text, "What it calls itself."),
      .init("pid", .number, "Its process id."),
      .init("executable", .text, "What /proc/PID/exe says."),
      .init("accepted", .flag, "Whether what the kernel says of it bears the claim out."),
      .init("reason", .text, "Why it was accepted or not."),
    ])

  var subjects: [Subject] { [Self.subject] }

  var mostEntities: Int { 256 }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    if let error = host.processes.listingError, error.reason != .absent { record.problem(error) }
    for error in host.processes.errors { record.problem(error) }
    for component in Self.components {
      for candidate in ComponentIdentity.candidates(for: component, among: host.processes)
      where !record.isFull {
        record.add(Self.entity(candidate))
      }
    }
  }

  private static func entity(_ candidate: ComponentIdentity) -> Entity {
    let process = candidate.process
    var entity = Entity(subject, id: "\(candidate.component.name) \(process.id)")
    let directory = "/proc/\(process.id)"
    let source = Source.file("\(directory)/status")
    entity["claims"] = .observed(.text(candidate.component.name), [source, .file("\(directory)/cmdline")])
    entity["name"] = .observed(.text(process.status.name), source)
    entity["pid"] = .observed(.number(Int64(process.id)), source)
    switch process.executable {
    case .success(let path): entity["executable"] = .observed(.text(place(path)), .inode("\(directory)/exe"))
    case .failure(let error): entity["executable"] = .failed(error)
    }
    let decided = ["exe", "cgroup", "status", "ns"].map { Source.file("\(directory)/\($0)") }
    switch candidate.answer {
    case .accepted(let reason):
      entity["accepted"] = .observed(.flag(true), decided)
      entity["reason"] = .observed(.text(reason), decided)
    case .rejected(let reason):
      entity["accepted"] = .observed(.flag(false), decided)
      entity["reason"] = .observed(.text(reason), decided)
    case .undecided(let obstacle, let reason):
      entity["accepted"] = .unreadable(obstacle, detail: reason, decided[0])
      entity["reason"] = .observed(.text(reason), decided)
    }
    return entity
  }
}
