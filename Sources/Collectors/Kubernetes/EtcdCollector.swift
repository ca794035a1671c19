import Facts
import Host

/// The etcd members of this host. With a configuration file etcd ignores its flags and its environment altogether, so the
/// file alone speaks; https://etcd.io/docs/latest/op-guide/configuration/.
struct EtcdCollector: Collector {
  let name = "etcd"

  static let component = Component(
    "etcd", "An etcd member: the cluster's state, with the values that it runs with.", executables: ["etcd"],
    placement: .hostOrStaticPod, fileRule: .fileAlone, otherSwitches: otherSwitches,
    environmentPrefix: "ETCD_",
    isGoFlag: true, parameters: parameters)

  static let subject = component.subject([EtcdAuthority.declaration])
  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    Collectors.collect(Self.component, as: Self.subject, from: host, into: &record) { entity, facts, host in
      entity[EtcdAuthority.declaration.name] = EtcdAuthority(facts: facts).fact(entity, host)
    }
  }

  private static let otherSwitches: Set<String> = [
    "debug", "enable-grpc-gateway", "enable-v2", "experimental-initial-corrupt-check", "force-new-cluster",
    "initial-election-tick-advance", "pre-vote", "strict-reconfig-check", "unsafe-no-fsync", "version",
    "help", "h",
    "experimental-enable-lease-checkpoint", "experimental-enable-distributed-tracing", "socket-reuse-port",
    "socket-reuse-address", "enable-log-rotation",
  ]

  private static func client(_ flag: String, _ kind: Parameter.Kind, _ meaning: String) -> Parameter {
    .named(flag, kind, key: "client-transport-security.\(flag)", meaning)
  }

  private static func peer(_ flag: String, _ kind: Parameter.Kind, _ meaning: String) -> Parameter {
    .named("peer-\(flag)", kind, key: "peer-transport-security.\(flag)", meaning)
  }

  private static func top(_ flag: String, _ kind: Parameter.Kind, _ meaning: String) -> Parameter {
    .named(flag, kind, key: flag, meaning)
  }

  private static let parameters: [Parameter] = [
    client("cert-file", .text, "The serving certificate for clients."),
    client("key-file", .text, "The key of the serving certificate for clients."),
    client("client-cert-auth", .flag, "Whether clients must show a certificate."),
    client("trusted-ca-file", .text, "The authorities whose client certificates are taken."),
    client("auto-tls", .flag, "Whether a self-signed certificate is made for clients."),
    .named("client-crl-file", .text, "The revoked client certificates."),
    peer("cert-file", .text, "The certificate towards other members."),
    peer("key-file", .text, "The key of the certificate towards other members."),
    peer("client-cert-auth", .flag, "Whether other members must show a certificate."),
    peer("trusted-ca-file", .text, "The authorities whose members are taken."),
    peer("auto-tls", .flag, "Whether a self-signed certificate is made for members."),
    top("data-dir", .text, "Where the data are."),
    top("wal-dir", .text, "Where the write-ahead log is, if elsewhere."),
    top("listen-client-urls", .list, "What clients connect to."),
    top("listen-client-http-urls", .list, "What clients of the HTTP interface connect to."),
    top("listen-peer-urls", .list, "What other members connect to."),
    top("listen-metrics-urls", .list, "Where metrics and health are served."),
    top("advertise-client-urls", .list, "What clients are told to connect to."),
    top("cipher-suites", .list, "The TLS cipher suites that are taken, up to TLS 1.2."),
    top("tls-min-version", .text, "The oldest TLS version that is taken."),
    top("tls-max-version", .text, "The newest TLS version that is taken."),
    top("auth-token", .text, "What kind of token authenticated users get."),
    top("enable-pprof", .flag, "Whether profiling is served."),
    top("feature-gates", .list, "Feature gates."),
  ]
}
