import Facts

/// One of Kubernetes' programs: how its process is told from others, and all it can be told.
struct Component: Sendable {
  /// Where its process may run.
  enum Placement: Hashable, Sendable {
    /// On the host only: the kubelet.
    case host
    /// On the host, or as a static pod of the kubelet.
    case hostOrStaticPod
    /// Also as an ordinary pod that has what the host's network needs: kube-proxy, which is a DaemonSet.
    case anyWithHostNetwork
  }

  /// How its configuration file stands to its command line.
  enum FileRule: Hashable, Sendable {
    case none
    /// Flags win over the drop-ins and the file: the kubelet.
    case flagsOverFile
    /// With a file, flags that have a key in it are ignored: kube-proxy, kube-scheduler.
    case fileOverKeyedFlags
    /// With a file, every flag and variable is ignored: etcd.
    case fileAlone
  }

  /// The subject's name, and the name a process must have to be asked whether it is this component.
  let name: String
  let meaning: String
  /// What the executable file is called.
  let executables: Set<String>
  let placement: Placement
  let fileRule: FileRule
  /// Flags that take no word after them and are no facts.
  let otherSwitches: Set<String>
  /// What its environment variables begin with; nil where it reads none.
  let environmentPrefix: String?
  /// Go's own flag package: one dash does for two.
  let isGoFlag: Bool
  let parameters: [Parameter]

  init(
    _ name: String, _ meaning: String, executables: Set<String>, placement: Placement, fileRule: FileRule,
    otherSwitches: Set<String>, environmentPrefix: String? = nil, isGoFlag: Bool = false,
    parameters: [Parameter]
  ) {
    self.name = name
    self.meaning = meaning
    self.executables = executables
    self.placement = placement
    self.fileRule = fileRule
    self.otherSwitches = otherSwitches
    self.environmentPrefix = environmentPrefix
    self.isGoFlag = isGoFlag
    self.parameters = parameters
  }

  var syntax: FlagSyntax {
    func isSwitch(_ kind: Parameter.Kind) -> Bool { kind == .flag }
    return FlagSyntax(
      switches: otherSwitches.union(parameters.filter { isSwitch($0.kind) }.compactMap(\.flag)),
      valued: Set(parameters.filter { !isSwitch($0.kind) }.compactMap(\.flag)).union(["config", "config-dir"]
      ),
      isGoFlag: isGoFlag)
  }

  func parameter(_ fact: String) -> Parameter? { parameters.first { $0.fact == fact } }

  /// Facts that every component has, beside its parameters.
  private static let common: [Declaration] = [
    .init("isRunning", .flag, "Whether its process was found, rather than only its unit or manifest."),
    .init("pid", .number, "Its process id, in the auditor's PID namespace."),
    .init("executable", .text, "What /proc/PID/exe says, or the executable that its unit or manifest names."),
    .init(
      "version", .text,
      "Its version, as its command line, its executable, its image's tag, the package database or its distribution's files tell it."
    ),
    .init(
      "origin", .text, "What its command line was taken from.", values: Origin.Kind.allCases.map(\.rawValue)),
    .init(
      "embeddedIn", .text, "The single binary that it is a part of, which gives it flags of its own.",
      values: Embedder.allCases.map(\.rawValue)),
    .init(
      "configuration.file", .text, "Its configuration file, as an absolute path where that can be told."),
    .init(
      "configuration.stale", .flag,
      "Whether a file that it was configured from changed after it started: what runs is not what is written."
    ),
  ]

  /// The component's subject.
  /// - Parameter more: Facts that only this component has.
  func subject(_ more: [Declaration] = []) -> Subject {
    Subject(name, meaning, isSingleton: false, facts: Self.common + more + parameters.map(\.declaration))
  }
}
