package import Facts
import SystemPackage

/// How the components' facts are spelled, and where files of each role are looked for.
package let kubernetesVocabulary = Vocabulary(
  spellings: [
    KubeletCollector.component, EtcdCollector.component, APIServerCollector.component,
    ControllerManagerCollector.component, SchedulerCollector.component, KubeProxyCollector.component,
  ].flatMap { component in component.parameters.map { spelling(of: $0, component) } },
  places: FilePlaces.all.flatMap { role, places in places.compactMap { rolePlace($0, role) } })

/// A single feature gate goes by its own name, since it is one word of what the flag holds.
private func spelling(of parameter: Parameter, _ component: Component) -> Spelling {
  let flag = if case .gate(let name) = parameter.kind { name } else { parameter.flag }
  let empty = component.environmentPrefix.map {
    EnvironmentSettings(variables: [:], prefix: $0, place: Source(.environment, component.name))
  }
  return Spelling(
    subject: component.name, fact: parameter.fact, flag: flag, key: parameter.fullKey,
    variable: flag.flatMap { name in empty?.variable(of: name) })
}

private func rolePlace(_ place: FilePlace, _ role: FileRole) -> RolePlace? {
  switch place {
  case .path(let path): RolePlace(role: role.rawValue, path: path.string)
  case .files(let directory, let endings, _):
    RolePlace(role: role.rawValue, path: directory.string, endings: endings)
  // Which directories are beneath is not known before the host is looked at; the outermost is.
  case .directories(let directory, _): RolePlace(role: role.rawValue, path: directory.string)
  }
}
