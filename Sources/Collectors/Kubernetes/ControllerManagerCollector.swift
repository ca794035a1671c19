import Facts
import Host

/// The controller managers of this host.
struct ControllerManagerCollector: Collector {
  let name = "kube-controller-manager"

  static let component = Component(
    "kube-controller-manager",
    "A controller manager: what turns wishes into deeds, with the values that it runs with.",
    executables: ["kube-controller-manager"], placement: .hostOrStaticPod, fileRule: .none,
    otherSwitches: [
      "allow-untagged-cloud", "alsologtostderr", "authentication-skip-lookup",
      "authentication-tolerate-lookup-failure",
      "configure-cloud-routes", "contention-profiling", "enable-dynamic-provisioning",
      "enable-garbage-collector", "enable-hostpath-provisioner", "enable-leader-migration",
      "enable-taint-manager",
      "h", "help", "leader-elect", "legacy-service-account-token-clean-up",
      "logtostderr", "one-output", "permit-address-sharing", "permit-port-sharing", "skip-headers",
      "skip-log-headers",
    ],
    parameters: [
      .named(
        "terminated-pod-gc-threshold", .number,
        "Ended pods that are kept before the oldest are removed; 0 is all."),
      .named("profiling", .flag, "Whether /debug/pprof is served."),
      .named("use-service-account-credentials", .flag, "Whether each controller has credentials of its own."),
      .named(
        "service-account-private-key-file", .text, "The key that service account tokens are signed with."),
      .named("root-ca-file", .text, "The authority that is given to every service account."),
      .named("bind-address", .text, "The address that it listens on."),
      .named("secure-port", .number, "Its port; 0 is off."),
      .named("port", .number, "Its port without TLS (until v1.23); 0 is off."),
      .named("address", .text, "The address of the port without TLS (until v1.23)."),
      .named("kubeconfig", .text, "How it reaches the API server."),
      .named("authentication-kubeconfig", .text, "How it asks who a caller is."),
      .named("authorization-kubeconfig", .text, "How it asks what a caller may do."),
      .named("client-ca-file", .text, "The authorities whose client certificates are taken."),
      .named("cluster-signing-cert-file", .text, "The authority that signs certificates for the cluster."),
      .named("cluster-signing-key-file", .text, "The key of the authority that signs certificates."),
      .named("cluster-signing-duration", .duration, "How long signed certificates are good for."),
      .named("allocate-node-cidrs", .flag, "Whether nodes get ranges of pod addresses."),
      .named("tls-cert-file", .text, "The serving certificate."),
      .named("tls-private-key-file", .text, "The serving certificate's key."),
      .named("tls-cipher-suites", .list, "The cipher suites that are taken, up to TLS 1.2."),
      .named("tls-min-version", .text, "The oldest TLS version that is taken."),
      .named("controllers", .list, "The controllers that run."),
      .named("feature-gates", .gates, "All feature gates that are set, as NAME=BOOL."),
      Parameter(
        "feature-gates.RotateKubeletServerCertificate", .gate("RotateKubeletServerCertificate"),
        flag: "feature-gates",
        "The gate for kubelets' serving certificates."),
    ])

  static let subject = component.subject()
  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    Collectors.collect(Self.component, as: Self.subject, from: host, into: &record)
  }
}
