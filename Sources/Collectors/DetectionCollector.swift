import Facts
import Host
import SystemPackage

/// What watches a node at run time, and what decides about its pods, as the node shows it: processes, units, and the kubelet's log
/// directories. Whether the API server asks a webhook is its own subject.
struct DetectionCollector: Collector {
  let name = "detection"

  static let engine = Subject(
    "detection-engine",
    "A runtime detection, audit or policy engine that runs on the node or is set up on it; one for each that is found.",
    isSingleton: false,
    facts: [
      .init("name", .text, "Which engine it is.", values: DetectionEngine.all.map(\.name)),
      .init("kind", .text, "What it does.", values: DetectionEngine.Kind.allCases.map(\.rawValue)),
      .init("isRunning", .flag, "Whether a process of its executable was found."),
      .init("processes", .list, "Its processes."),
      .init("pods", .list, "Its pods by the kubelet's log directories, as NAMESPACE/POD."),
      .init("configured", .list, "Its units and configuration files on the host."),
    ])

  static let summary = Subject(
    "detection", "Who watches the node, over all engines.", isSingleton: true,
    facts: [
      .init(
        "detecting", .list, "Runtime detection engines that run.", values: DetectionEngine.all.map(\.name)),
      .init("auditing", .list, "Audit daemons that run.", values: DetectionEngine.all.map(\.name)),
      .init(
        "admitting", .list, "Policy engines that run on this node.", values: DetectionEngine.all.map(\.name)),
    ])

  var subjects: [Subject] { [Self.engine, Self.summary] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var running: [DetectionEngine.Kind: [String]] = [:]
    var sources: [DetectionEngine.Kind: [Source]] = [:]
    let names = PodNames.all(of: host)
    let unseen = host.unseenProcesses()
    for engine in DetectionEngine.all {
      let look = engine.look(host, names.allPods)
      if !look.processes.isEmpty {
        running[engine.kind, default: []].append(engine.name)
        sources[engine.kind, default: []] += look.processes.prefix(1).map { .inode("/proc/\($0.id)/exe") }
      } else if look.pods.isEmpty, look.configured.isEmpty {
        continue
      }
      record.add(Self.entity(engine, look, unseen, logs: names.source))
    }
    var entity = Entity(Self.summary)
    for (fact, kind) in [
      ("detecting", DetectionEngine.Kind.detection), ("auditing", .audit), ("admitting", .admission),
    ] {
      entity[fact] =
        unseen ?? .observed(.texts(running[kind] ?? []), sources[kind] ?? [.file("/proc")])
    }
    if let error = host.processes.listingError, error.reason != .absent { record.problem(error) }
    record.add(entity)
  }

  private static func entity(
    _ engine: DetectionEngine, _ look: DetectionEngine.Look, _ unseen: Fact?, logs: Source
  ) -> Entity {
    var entity = Entity(Self.engine, id: engine.name)
    let proc = Source.file("/proc")
    let processes = look.processes.map { Source.inode("/proc/\($0.id)/exe") }
    let found = processes.first ?? look.configured.first.map { .inode($0) } ?? logs
    entity["name"] = .observed(.text(engine.name), found)
    entity["kind"] = .observed(.text(engine.kind.rawValue), found)
    entity["isRunning"] =
      unseen ?? .observed(.flag(!processes.isEmpty), processes.isEmpty ? [proc] : processes)
    entity["processes"] =
      unseen ?? .observed(.texts(look.processes.map(\.label)), processes.isEmpty ? [proc] : processes)
    entity["pods"] = .observed(.texts(look.pods), logs)
    entity["configured"] = .observed(
      .texts(look.configured), look.configured.isEmpty ? [found] : look.configured.map { .inode($0) })
    return entity
  }
}

/// One engine and the traces that it leaves, by the documentation of each.
struct DetectionEngine: Sendable {
  enum Kind: String, CaseIterable, Sendable {
    /// Watches what processes do, by eBPF, a module or a security module.
    case detection
    /// Takes the kernel's audit records.
    case audit
    /// Decides what pods the cluster takes.
    case admission
  }

  let name: String
  let kind: Kind
  let executables: [String]
  /// Names that a pod's own begins with, followed by a dash or nothing.
  let pods: [String]
  /// The namespace that its pods are in; nil for any.
  let namespace: String?
  let units: [String]
  let files: [FilePath]

  init(
    _ name: String, _ kind: Kind, _ executables: [String], pods: [String] = [], namespace: String? = nil,
    units: [String] = [], files: [FilePath] = []
  ) {
    self.name = name
    self.kind = kind
    self.executables = executables
    self.pods = pods
    self.namespace = namespace
    self.units = units
    self.files = files
  }

  static let all: [DetectionEngine] = [
    DetectionEngine(
      "falco", .detection, ["falco"], pods: ["falco"],
      units: ["falco", "falco-bpf", "falco-kmod", "falco-modern-bpf", "falco-custom"],
      files: ["/etc/falco/falco.yaml"]),
    DetectionEngine(
      "tetragon", .detection, ["tetragon"], pods: ["tetragon"], units: ["tetragon"], files: ["/etc/tetragon"]),
    DetectionEngine(
      "kubearmor", .detection, ["kubearmor", "KubeArmor"], pods: ["kubearmor"], units: ["kubearmor"],
      files: ["/opt/kubearmor/kubearmor.yaml"]),
    DetectionEngine(
      "tracee", .detection, ["tracee", "tracee-ebpf"], pods: ["tracee"], units: ["tracee"],
      files: ["/etc/tracee/config.yaml"]),
    DetectionEngine(
      "auditd", .audit, ["auditd"], units: ["auditd"], files: ["/etc/audit/auditd.conf"]),
    DetectionEngine(
      "gatekeeper", .admission, ["gatekeeper"], pods: ["gatekeeper"], namespace: "gatekeeper-system"),
    DetectionEngine(
      "kyverno", .admission, ["kyverno"], pods: ["kyverno"], namespace: "kyverno"),
    DetectionEngine(
      "kubewarden", .admission, ["policy-server"], pods: ["policy-server"], namespace: "kubewarden"),
  ]

  /// What is seen of it.
  struct Look {
    var processes: [HostProcess] = []
    var pods: [String] = []
    var configured: [String] = []
  }

  func look(_ host: borrowing HostView, _ all: [PodNames.Pod]) -> Look {
    var look = Look()
    // Its file's name comes from the kernel; what a process calls itself is no evidence.
    let found = all.filter { pod in
      (namespace == nil || pod.namespace == namespace)
        && pods.contains { pod.name == $0 || pod.name.hasPrefix($0 + "-") }
    }
    look.pods = found.map { "\($0.namespace)/\($0.name)" }.sorted()
    let uids = Set(
      found.compactMap { $0.directory.lastComponent?.string.split(separator: "_").last.map(String.init) })
    look.processes = host.processes.processes(called: executables).filter {
      $0.executableName.map(executables.contains) ?? false
    }
    if look.processes.isEmpty, !uids.isEmpty {
      // Images name their programs as they like (`manager`): then the pod's own processes tell, but for its sandbox.
      look.processes = host.processes.processes.filter { process in
        process.executableName != "pause" && process.cgroup.podUID.map(uids.contains) ?? false
      }
    }
    for unit in units {
      if let path = Self.unit(unit, host) { look.configured.append(path) }
    }
    for path in files {
      if case .success = PathSpace.host.status(path, of: host) { look.configured.append(place(path)) }
    }
    return look
  }

  /// The file of a unit that isn't masked; systemd.unit(5).
  private static func unit(_ name: String, _ host: borrowing HostView) -> String? {
    for directory in ServiceUnit.directories {
      let path = directory.appending("\(name).service")
      switch PathSpace.host.linkStatus(path, of: host) {
      case .failure: continue
      case .success(let status):
        // /dev/null and an empty file both mask it.
        return status.type == .symlink || status.type == .file && status.size == 0
          ? masked(path, host) : place(path)
      }
    }
    return nil
  }

  private static func masked(_ path: FilePath, _ host: borrowing HostView) -> String? {
    do throws(HostError) {
      let text = try host.root.linkText(path)
      return text == "/dev/null" ? nil : place(path)
    } catch {
      return nil
    }
  }
}
