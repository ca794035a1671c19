import Facts
import Host

/// The kubelets of this host and the values that each runs with: command line over drop-ins over file.
///
/// What nothing sets stays absent: which default then holds depends on `configuration.base`, because a kubelet without
/// `--config` starts from older, open defaults.
struct KubeletCollector: Collector {
  let name = "kubelet"

  static let component = Component(
    "kubelet", "A kubelet: the node's agent, with the values that it runs with.", executables: ["kubelet"],
    placement: .host, fileRule: .flagsOverFile, otherSwitches: otherSwitches, parameters: parameters)

  static let subject = component.subject([
    .init(
      "configuration.base", .text,
      "Where its defaults come from: `flags` without a configuration file (the older, open ones), `dropins` with a directory only (those too), `file` with a configuration file.",
      values: ComponentConfiguration.Base.allCases.map(\.rawValue)),
    .init("configuration.dropInDirectory", .text, "Its drop-in directory, --config-dir."),
    .init(
      "configuration.cleared", .list,
      "The keys that a drop-in unsets with null, or a file with what counts as unset: a configuration file's default then holds, whatever the base."
    ),
    .init("configuration.dropIns", .list, "The drop-ins it merges, in its own order: a later one wins."),
  ])

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    Collectors.collect(Self.component, as: Self.subject, from: host, into: &record) { entity, facts, _ in
      entity["configuration.base"] = facts.configuration.base
      entity["configuration.cleared"] = facts.configuration.base.map { _ in
        .texts(Self.component.parameters.filter(facts.configuration.isCleared).map(\.fact).sorted())
      }
      entity["configuration.dropInDirectory"] = facts.configuration.directory
      entity["configuration.dropIns"] = facts.configuration.dropIns
    }
  }
}
