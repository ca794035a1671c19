/// The programs whose settings are read: of their processes an audit needs root, working directory and environment.
package var componentPrograms: Set<String> {
  let components =
    [
      KubeletCollector.component, EtcdCollector.component, APIServerCollector.component,
      ControllerManagerCollector.component, SchedulerCollector.component, KubeProxyCollector.component,
    ] + Embedder.allCases.map(\.component) + RuntimeKind.allCases.map(\.component)
  // The kernel cuts a command name at 15 bytes; proc_pid_comm(5).
  return components.reduce(into: [Component.hyperkube]) { names, component in
    for name in component.executables { names.formUnion([name, String(name.prefix(15))]) }
  }
}
