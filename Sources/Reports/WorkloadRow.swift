import Facts

/// One container's line of the table of workloads, and what stands beneath it.
struct WorkloadRow {
  let pod: String
  let name: String
  let seccomp: String
  let module: String
  let noNewPrivileges: String
  let user: String
  let capabilities: String
  /// What it shares with the host, one phrase each; the graver first.
  let notes: [String]
  /// How weak it is: an order for reading, and no score.
  let weakness: Int
  /// Whether something of it could not be read.
  let isPartlyHidden: Bool

  init(_ entity: Entity) {
    var reading = WorkloadReading(entity)
    (pod, name) = Self.names(
      entity.id, reading.text("pod.namespace"), reading.text("pod.name"), reading.text("runtime"))
    seccomp = reading.seccomp()
    module = reading.module()
    noNewPrivileges = reading.noNewPrivileges()
    user = reading.user()
    capabilities = reading.capabilities()
    notes = reading.notes()
    isPartlyHidden = !reading.hidden.isEmpty
    weakness = reading.weakness
  }

  private static func names(_ id: String, _ namespace: String?, _ pod: String?, _ runtime: String?) -> (
    pod: String, name: String
  ) {
    if let namespace, let pod {
      let own = id.dropFirst("\(namespace)/\(pod)/".count)
      return ("\(namespace)/\(pod)", own.isEmpty ? "-" : String(own))
    }
    if let slash = id.firstIndex(of: "/") { return (String(id[..<slash]), String(id[slash...].dropFirst())) }
    return ("no pod", runtime.map { "\($0) \(id)" } ?? id)
  }
}
