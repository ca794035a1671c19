import CCap

/// A capability that the auditor keeps while it looks, and what for; capabilities(7).
package struct Privilege: Hashable, Sendable {
  /// As the kernel and libcap name it: `cap_sys_ptrace`.
  package let name: String
  package let reason: String

  package init(_ name: String, _ reason: String) {
    self.name = name
    self.reason = reason
  }

  /// Its bit; cap_from_name(3). Nil where libcap has no such name.
  var value: cap_value_t? {
    var value: cap_value_t = 0
    return cap_from_name(name, &value) == 0 ? value : nil
  }

  /// Files and directories that belong to other users than the auditor's: etcd's data, a service's keys, homes.
  package static let readEverything = Privilege(
    "cap_dac_read_search", "reads files and directories that other users own and nobody else may read")
  /// proc(5): executables, namespaces, roots and environments of processes lie behind a ptrace access check.
  package static let inspectProcesses = Privilege(
    "cap_sys_ptrace", "reads the links, namespaces and environments of processes in /proc")
  /// Only where the directory of `--output` is another user's.
  package static let replaceOutput = Privilege(
    "cap_dac_override", "puts the output in place in a directory of another user")
  /// capabilities(7): an audit empties its own bounding set with it, and drops it.
  package static let emptyBoundingSet = Privilege("cap_setpcap", "lets an audit empty its bounding set")

  /// What the agent keeps for the audits that it starts.
  package static let auditing: [Privilege] = looking + [emptyBoundingSet]

  /// What a look at a host needs.
  package static let looking: [Privilege] = [readEverything, inspectProcesses]
}
