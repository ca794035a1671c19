import Facts
import Host

/// The kube-proxies of this host. With `--config`, KubeProxyConfiguration decides what it has a key for and the flag of it is
/// ignored; a DaemonSet's file is a mounted ConfigMap, which is read in the process's own root.
struct KubeProxyCollector: Collector {
  let name = "kube-proxy"

  static let component = Component(
    "kube-proxy", "A kube-proxy: what leads services' traffic to pods, with the values that it runs with.",
    executables: ["kube-proxy"], placement: .anyWithHostNetwork, fileRule: .fileOverKeyedFlags,
    otherSwitches: [
      "alsologtostderr", "bind-address-hard-fail", "cleanup", "cleanup-ipvs", "conntrack-tcp-be-liberal",
      "enable-endpoint-routing", "h", "help", "init-only", "ipvs-strict-arp", "logtostderr", "one-output",
      "skip-headers", "skip-log-headers",
    ],
    parameters: [
      .named("metrics-bind-address", .text, key: "metricsBindAddress", "Where metrics are served."),
      .named("healthz-bind-address", .text, key: "healthzBindAddress", "Where health is served."),
      .named("bind-address", .text, key: "bindAddress", "The address of the node that it uses."),
      .named("kubeconfig", .text, key: "clientConnection.kubeconfig", "How it reaches the API server."),
      .named("proxy-mode", .text, key: "mode", "How it leads traffic: iptables, ipvs or nftables."),
      .named("profiling", .flag, key: "enableProfiling", "Whether /debug/pprof is served with the metrics."),
      .named(
        "masquerade-all", .flag, key: "iptables.masqueradeAll",
        "Whether all traffic to services is masqueraded."),
      .named(
        "iptables-localhost-nodeports", .flag, key: "iptables.localhostNodePorts",
        "Whether node ports answer on loopback, which needs route_localnet."),
      .named("cluster-cidr", .list, key: "clusterCIDR", "The cluster's ranges of pod addresses."),
      .named(
        "nodeport-addresses", .list, key: "nodePortAddresses",
        "The node's addresses on which node ports answer."),
      .named("hostname-override", .text, "The name used instead of the host's own."),
      .named("feature-gates", .gates, key: "featureGates", "All feature gates that are set, as NAME=BOOL."),
    ])

  static let subject = component.subject()
  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    Collectors.collect(Self.component, as: Self.subject, from: host, into: &record)
  }
}
