import Facts
import Host
import SystemPackage

/// The interfaces that network plugins make on the host for its pods, by the names that each gives them.
enum PodInterfaces {
  private static let names: Set<String> = [
    "cni0", "cbr0", "cilium_host", "cilium_net", "flannel.1", "flannel-v6.1", "kube-bridge", "kube-ipvs0",
    "vxlan.calico", "vxlan-v6.calico", "antrea-gw0", "ovn-k8s-mp0", "weave", "tunl0", "kindnet0",
    "lxc_health",
  ]

  /// What the name of a pod's own interface begins with; digits of a hash follow: Calico, the AWS and Azure plugins, GKE, Cilium and the
  /// reference plugins. The digits tell `eni` from a network card's name and `lxc` from LXC's own bridge. Where a pod has security groups
  /// of its own AWS writes `vlan` and eleven: a VLAN of the host's has four at most.
  private static let prefixes: [(text: String, digits: Int)] = [
    ("cali", 4), ("eni", 4), ("azv", 4), ("gke", 4), ("lxc", 4), ("veth", 4), ("vlan", 11),
  ]

  /// Addresses (/proc/PID/net/if_inet6 of the host's namespace: address, index, prefix length, scope, flags and name; proc_pid_net(5))
  /// and routes. A pod's own interface mostly has no address but its link's, which all have, and the pod is told by its route.
  static func withIPv6(_ root: borrowing HostRoot) -> Fact {
    let addresses: FilePath = "proc/1/net/if_inet6"
    let routes: FilePath = "proc/1/net/ipv6_route"
    let sources = [Source.file(place(addresses)), .file(place(routes))]
    let found: Set<String>
    do throws(HostError) {
      guard
        let names = Self.names(
          in: try root.bytes(addresses, atMost: 4 << 20), fields: 6, beyondLink: { $0[3].hexadecimal != 0x20 }
        )
      else { return .unreadable(.malformed, detail: "not a table of addresses", sources[0]) }
      found = names
    } catch {
      // A kernel without IPv6 has no such table.
      return error.reason == .absent ? .absent(sources[0]) : .failed(error, sources[0])
    }
    do throws(HostError) {
      guard
        let routed = Self.names(
          in: try root.bytes(routes, atMost: 16 << 20), fields: 10, beyondLink: { isRoutable($0[0]) })
      else { return .unreadable(.malformed, detail: "not a table of routes", sources[1]) }
      return .observed(.texts(found.union(routed).sorted()), sources)
    } catch {
      return error.reason == .absent
        ? .observed(.texts(found.sorted()), sources[0]) : .failed(error, sources[1])
    }
  }

  /// The plugins' interfaces of a table whose last column is the name; nil where it is not such a table.
  private static func names(
    in table: [UInt8], fields count: Int, beyondLink: ([ArraySlice<UInt8>]) -> Bool
  ) -> Set<String>? {
    var found: Set<String> = []
    for line in table.lines {
      let fields = line.split(separator: UInt8(ascii: " "))
      guard fields.count == count else { return nil }
      let name = printable(fields[count - 1], atMost: 32)
      if isPods(name), beyondLink(fields) { found.insert(name) }
    }
    return found
  }

  private static func isPods(_ name: String) -> Bool {
    if names.contains(name) { return true }
    guard let prefix = prefixes.first(where: { name.hasPrefix($0.text) }) else { return false }
    let rest = name.utf8.dropFirst(prefix.text.utf8.count)
    return rest.count >= prefix.digits && rest.allSatisfy { [$0].hexadecimal != nil }
  }

  /// Whether a destination, 32 digits, is neither a link's own (fe80::/10) nor a group's (ff00::/8).
  private static func isRoutable(_ destination: ArraySlice<UInt8>) -> Bool {
    guard let first = Array(destination.prefix(4)).hexadecimal else { return false }
    return first & 0xffc0 != 0xfe80 && first < 0xff00
  }
}
