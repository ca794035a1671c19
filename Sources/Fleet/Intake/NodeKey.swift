package import Facts

/// By what a node is told from every other one.
///
/// The name and the host's own id together: machines made from one image often share a machine-id, and names come back on new
/// machines. Neither of the two is then taken for the other; the one that is gone is seen to be stale.
package struct NodeKey: Hashable, Sendable {
  package let name: String
  package let key: String

  /// - Returns: nil where the host says neither.
  package init?(_ host: HostIdentity) {
    let name = host.nodeName ?? host.hostname
    guard name != nil || host.id != nil else { return nil }
    let id = host.id.map { String($0.prefix(16)) }
    self.name = name ?? id ?? ""
    key = [name, id].compactMap(\.self).joined(separator: "#")
  }

  /// The pool of a node that no inventory speaks of: its roles and its operating system, `worker talos 1.9.0`.
  package static func pool(of host: HostIdentity) -> String {
    let roles = host.roles.filter { $0 != "etcd" || host.roles.count == 1 }
    let system = [host.os?.id, host.os?.version].compactMap(\.self).joined(separator: " ")
    return [roles.joined(separator: "+"), system].filter { !$0.isEmpty }.joined(separator: " ")
  }
}
