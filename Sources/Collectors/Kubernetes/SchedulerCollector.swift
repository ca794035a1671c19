import Facts
import Host

/// The schedulers of this host. With `--config`, KubeSchedulerConfiguration decides what it has a key for and the flag of it
/// is ignored.
struct SchedulerCollector: Collector {
  let name = "kube-scheduler"

  static let component = Component(
    "kube-scheduler", "A scheduler: what gives pods their nodes, with the values that it runs with.",
    executables: ["kube-scheduler"], placement: .hostOrStaticPod, fileRule: .fileOverKeyedFlags,
    otherSwitches: [
      "alsologtostderr", "authentication-skip-lookup", "authentication-tolerate-lookup-failure", "h", "help",
      "logtostderr", "one-output", "permit-address-sharing", "permit-port-sharing", "skip-headers",
      "skip-log-headers",
    ],
    parameters: [
      .named("profiling", .flag, key: "enableProfiling", "Whether /debug/pprof is served."),
      .named(
        "contention-profiling", .flag, key: "enableContentionProfiling",
        "Whether lock contention is profiled."),
      .named(
        "leader-elect", .flag, key: "leaderElection.leaderElect", "Whether one of several schedulers leads."),
      .named("kubeconfig", .text, key: "clientConnection.kubeconfig", "How it reaches the API server."),
      .named("bind-address", .text, "The address that it listens on."),
      .named("secure-port", .number, "Its port; 0 is off."),
      .named("port", .number, "Its port without TLS (until v1.23); 0 is off."),
      .named("address", .text, "The address of the port without TLS (until v1.23)."),
      .named("authentication-kubeconfig", .text, "How it asks who a caller is."),
      .named("authorization-kubeconfig", .text, "How it asks what a caller may do."),
      .named("client-ca-file", .text, "The authorities whose client certificates are taken."),
      .named("tls-cert-file", .text, "The serving certificate."),
      .named("tls-private-key-file", .text, "The serving certificate's key."),
      .named("tls-cipher-suites", .list, "The cipher suites that are taken, up to TLS 1.2."),
      .named("tls-min-version", .text, "The oldest TLS version that is taken."),
      .named("feature-gates", .gates, "All feature gates that are set, as NAME=BOOL."),
    ])

  static let subject = component.subject()
  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    Collectors.collect(Self.component, as: Self.subject, from: host, into: &record)
  }
}
