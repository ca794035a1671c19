import Facts
import Host
import SystemPackage

/// Finds one component on a host: its running processes; where there are none, what would start it.
struct ComponentFinder {
  let component: Component
  private(set) var instances: [ComponentInstance] = []
  /// What was out of reach, so that a component may have been missed.
  private(set) var problems: [PlaceFailure] = []
  /// Whether it runs where only its configuration was found; unreadable where processes could not be listed.
  private(set) var notRunning: Fact = .observed(.flag(false), .file("/proc"))

  /// The search for a component, made once for a view.
  static func search(for component: Component, of host: borrowing HostView) -> ComponentFinder {
    host.once("component \(component.name)") { host in
      // No static pod is one that only the host itself runs; the kubelet's own search tells where static pods are.
      let pods = component.placement == .host ? [] : staticPods(of: host).containers
      return ComponentFinder(component, of: host, pods: pods)
    }
  }

  private init(_ component: Component, of host: borrowing HostView, pods: [StaticPodContainer]) {
    self.component = component
    addProcesses(host, pods)
    let binaries = SingleBinaries(running: component, host)
    instances += binaries.instances
    problems += binaries.problems
    if !instances.isEmpty { return }
    addUnit(host)
    if !instances.isEmpty { return }
    for pod in pods {
      if let start = pod.start(of: component) {
        addManifest(pod, start)
      } else if let script = pod.script(of: component) {
        addWrapped(pod, script)
      }
    }
    if instances.isEmpty { instances = SingleBinaries(configured: component, notRunning: host).instances }
  }

  // MARK: Running

  private mutating func addProcesses(_ host: borrowing HostView, _ pods: [StaticPodContainer]) {
    let table = host.processes
    if let unseen = host.unseenProcesses() { notRunning = unseen }
    if let error = table.listingError, error.reason != .absent {
      let failure = PlaceFailure(error, .file(error.place))
      problems.append(failure)
      notRunning = failure.fact
    }
    problems += table.errors.map { PlaceFailure($0, .file($0.place)) }
    let manifests = pods.filter { $0.start(of: component) != nil || $0.script(of: component) != nil }
    let (accepted, undecided) = ComponentIdentity.sorted(component, among: table)
    problems += undecided
    // One of them may be it, so that a unit or manifest can't be said not to run.
    if let last = undecided.last { notRunning = last.fact }
    for process in accepted { add(process, host, manifest: manifests.count == 1 ? manifests[0] : nil) }
  }

  private mutating func add(_ process: HostProcess, _ host: borrowing HostView, manifest: StaticPodContainer?)
  {
    let place = Source(.flag, process.label)
    let words: Result<[Word], PlaceFailure>
    switch process.arguments {
    case .failure(let error): words = .failure(PlaceFailure(error, .file("/proc/\(process.id)/cmdline")))
    case .success(let arguments):
      // `hyperkube kubelet --…`: the name may be the second word, which `--root-dir=/srv/kubelet` is not.
      let own =
        arguments.prefix(2).lastIndex {
          !$0.hasPrefix("-") && component.executables.contains(lastPathComponent($0))
        } ?? 0
      words = .success(arguments.dropFirst(own + 1).map { Word($0, place) })
    }
    let executable: Fact
    switch process.executable {
    case .success(let path):
      executable = .observed(.text(Collectors.place(path)), .inode("/proc/\(process.id)/exe"))
    case .failure(let error): executable = .failed(error)
    }
    let instance = ComponentInstance(
      id: String(process.id), origin: .process, process: process, words: words, place: place,
      environment: environment(process, host), executable: executable, paths: Self.paths(process, host),
      manifest: process.cgroup.podUID == nil ? nil : manifest)
    instances.append(OpenShiftConfiguration.applied(to: instance, component, host))
  }

  /// A process that shares the mounts of the host's first one is read through the host's root, which needs no ptrace access.
  static func paths(_ process: HostProcess, _ host: borrowing HostView) -> PathSpace {
    guard let own = process.namespaces["mnt"], let first = host.processes[1]?.namespaces["mnt"] else {
      return process.cgroup.podUID == nil ? .host : .process(process.id)
    }
    return own == first ? .host : .process(process.id)
  }

  /// Only the variables that the component's table names: others may be secrets.
  private func environment(_ process: HostProcess, _ host: borrowing HostView)
    -> Result<EnvironmentSettings?, PlaceFailure>
  {
    guard let prefix = component.environmentPrefix else { return .success(nil) }
    let path = FilePath("proc/\(process.id)/environ")
    do throws(HostError) {
      let bytes = try host.root.bytes(path, atMost: 1 << 21)
      let separator: UInt8 = bytes.contains(0) ? 0 : 0x0a
      var texts: [(String, String)] = []
      for entry in bytes.split(separator: separator) {
        guard entry.starts(with: prefix.utf8), let equals = entry.firstIndex(of: UInt8(ascii: "=")) else {
          continue
        }
        let name = String(decoding: entry[..<equals], as: UTF8.self)
        texts.append((name, String(decoding: entry[entry.index(after: equals)...], as: UTF8.self)))
      }
      let place = Source(.environment, process.label)
      return .success(
        settings(texts.map { ($0, $1, Source(.environment, process.label, key: $0)) }, prefix, place))
    } catch {
      // procfs always has the file; a recorded tree without it recorded no environment, and what it does not hold is not set.
      if error.reason == .absent, !host.root.isRunning {
        return .success(settings([], prefix, .file(error.place)))
      }
      return .failure(PlaceFailure(error, .file(error.place)))
    }
  }

  private func settings(_ texts: [(String, String, Source)], _ prefix: String, _ place: Source)
    -> EnvironmentSettings
  {
    let empty = EnvironmentSettings(variables: [:], prefix: prefix, place: place)
    let known = Set((component.parameters.compactMap(\.flag) + ["config-file"]).map(empty.variable))
    var variables: [String: (text: String, source: Source)] = [:]
    for (name, text, source) in texts where known.contains(name) { variables[name] = (text, source) }
    return EnvironmentSettings(variables: variables, prefix: prefix, place: place)
  }

  // MARK: Configured

  private mutating func addUnit(_ host: borrowing HostView) {
    guard let unit = ServiceUnit(named: "\(component.name).service", of: host) else { return }
    var executable = Fact.absent(unit.place)
    let words: Result<[Word], PlaceFailure>
    switch unit.words {
    case .failure(let failure):
      words = .failure(failure)
      executable = failure.fact
    case .success(let all):
      if let own = all.firstIndex(where: { component.executables.contains(lastPathComponent($0.text)) }) {
        words = .success(Array(all[(own + 1)...]))
        executable = .observed(.text(Parameter.shown(all[own].text)), unit.place)
      } else {
        let name = all.first.map { Parameter.shown($0.text) } ?? "nothing"
        words = .failure(PlaceFailure(.unsupported, "it starts \(name), not \(component.name)", unit.place))
      }
    }
    let environment = component.environmentPrefix.map { prefix in
      settings(unit.variables.map { ($0.key, $0.value.text, $0.value.source) }, prefix, unit.place)
    }
    instances.append(
      ComponentInstance(
        id: unit.name, origin: .unit, process: nil, words: words, place: unit.place,
        environment: .success(environment), executable: executable, paths: .host, manifest: nil))
  }

  /// What a shell makes of a script is known only when it runs.
  private mutating func addWrapped(_ pod: StaticPodContainer, _ script: Word) {
    let failure = PlaceFailure(
      .unsupported, "a shell script starts \(component.name), and its command line is known when it runs",
      script.source)
    instances.append(
      ComponentInstance(
        id: place(pod.file), origin: .manifest, process: nil, words: .failure(failure), place: pod.place,
        environment: .failure(failure), executable: failure.fact, paths: .volumes(pod.volumes), manifest: pod)
    )
  }

  private mutating func addManifest(_ pod: StaticPodContainer, _ start: Int) {
    let environment = component.environmentPrefix.map { prefix in
      settings(pod.environment.map { ($0.key, $0.value.text, $0.value.source) }, prefix, pod.place)
    }
    let executable: Fact =
      start > 0
      ? .observed(.text(Parameter.shown(pod.words[start - 1].text)), pod.words[start - 1].source)
      : .absent(pod.place)
    instances.append(
      ComponentInstance(
        id: place(pod.file), origin: .manifest, process: nil, words: .success(Array(pod.words[start...])),
        place: pod.place, environment: .success(environment), executable: executable,
        paths: .volumes(pod.volumes), manifest: pod))
  }
}
