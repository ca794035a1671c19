import Facts
import Host
import SystemPackage

/// The interfaces that network plugins make on the host for its pods, by the names that each gives them.
enum PodInterfaces {
  private static let names: Set<String> = [
    "cni0", "cbr0", "cilium_host", "cilium_net", "flannel.1", "flannel-v6.1", "kube-bridge", "kube-ipvs0",
    "vxlan.calico", "vxlan-v6.calico", "antrea-gw0", "ovn-k8s-mp0", "weave", "tunl0", "kindnet0",
  ]

  /// /proc/PID/net/if_inet6 of the host's namespace: address, index, prefix length, scope, flags and name; proc_pid_net(5). The
  /// scope 20 is the link's own, which every interface has.
  static func withIPv6(_ root: borrowing HostRoot) -> Fact {
    let path: FilePath = "proc/1/net/if_inet6"
    let source = Source.file(place(path))
    do throws(HostError) {
      var found: Set<String> = []
      for line in try root.bytes(path, atMost: 4 << 20).lines {
        let fields = line.split(separator: UInt8(ascii: " "))
        guard fields.count == 6 else {
          return .unreadable(.malformed, detail: "not a table of addresses", source)
        }
        let name = printable(fields[5], atMost: 32)
        if names.contains(name), fields[3].hexadecimal != 0x20 { found.insert(name) }
      }
      return .observed(.texts(found.sorted()), source)
    } catch {
      // A kernel without IPv6 has no such table.
      return error.reason == .absent ? .absent(source) : .failed(error, source)
    }
  }
}
