import Facts
import Host

/// The API servers of this host, and what the files they are configured from say beyond the flags.
struct APIServerCollector: Collector {
  let name = "kube-apiserver"

  static let component = Component(
    "kube-apiserver", "An API server: the cluster's front door, with the values that it runs with.",
    executables: ["kube-apiserver"], placement: .hostOrStaticPod, fileRule: .none,
    otherSwitches: otherSwitches,
    parameters: parameters)

  static let subject = component.subject(APIServerFiles.declarations)
  var subjects: [Subject] { [Self.subject, TokenIssuer.subject, KMSPlugin.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var others: [Entity] = []
    Collectors.collect(Self.component, as: Self.subject, from: host, into: &record) { entity, facts, host in
      let files = APIServerFiles(facts: facts)
      files.add(to: &entity, host)
      others += files.issuers(of: entity, host) + files.plugins(of: entity, host)
    }
    for other in others { record.add(other) }
  }

  private static let otherSwitches: Set<String> = [
    "aggregator-reject-forwarding-redirects", "alsologtostderr", "audit-log-compress",
    "audit-log-truncate-enabled",
    "audit-webhook-truncate-enabled", "contention-profiling", "emulation-forward-compatible",
    "enable-aggregator-routing", "enable-garbage-collector", "enable-logs-handler",
    "enable-priority-and-fairness",
    "enable-swagger-ui", "encryption-provider-config-automatic-reload", "h", "help", "logtostderr",
    "one-output",
    "permit-address-sharing", "permit-port-sharing", "repair-malformed-updates",
    "runtime-config-emulation-forward-compatible", "shutdown-send-retry-after", "skip-headers",
    "skip-log-headers",
    "watch-cache",
  ]

  private static let parameters: [Parameter] = access + admission + audit + identity + transport

  private static let access: [Parameter] = [
    .named("anonymous-auth", .flag, "Whether requests without credentials are taken."),
    .named("authorization-mode", .list, "How requests are authorized, in this order."),
    .named(
      "authorization-config", .text, "The file that says how requests are authorized, instead of the flags."),
    .named("authorization-webhook-config-file", .text, "How to ask the authorization webhook."),
    .named(
      "authentication-config", .text,
      "The file that says who is let in: token issuers and anonymous requests."),
    .named("authentication-token-webhook-config-file", .text, "How to ask the token webhook."),
    .named("token-auth-file", .text, "A file of bearer tokens that never expire."),
    .named("basic-auth-file", .text, "A file of passwords (until v1.18)."),
    .named("client-ca-file", .text, "The authorities whose client certificates are taken."),
    .named("enable-bootstrap-token-auth", .flag, "Whether bootstrap tokens are taken."),
    .named("oidc-issuer-url", .text, "The OpenID issuer whose tokens are taken."),
    .named("allow-privileged", .flag, "Whether privileged containers are allowed at all."),
    .named("insecure-port", .number, "The port without authentication (until v1.23)."),
    .named("insecure-bind-address", .text, "The address of the port without authentication (until v1.23)."),
    .named("requestheader-client-ca-file", .text, "The authorities whose proxies are believed."),
    .named("requestheader-allowed-names", .list, "The names of the proxies that are believed; empty is any."),
    .named("proxy-client-cert-file", .text, "The certificate towards aggregated API servers."),
  ]

  private static let admission: [Parameter] = [
    .named("enable-admission-plugins", .list, "Admission plugins on top of those of the version."),
    .named("disable-admission-plugins", .list, "Admission plugins taken from those of the version."),
    .named(
      "admission-control", .list,
      "The admission plugins in order (superseded since v1.10); it replaces the version's."),
    .named("admission-control-config-file", .text, "What configures the admission plugins."),
    .named("feature-gates", .gates, "All feature gates that are set, as NAME=BOOL."),
    .named("runtime-config", .list, "API groups and versions turned on or off."),
  ]

  private static let audit: [Parameter] = [
    .named("audit-log-path", .text, "Where the audit log is written; `-` is standard output."),
    .named("audit-log-maxage", .number, "Days that old audit logs are kept; 0 is without end."),
    .named("audit-log-maxbackup", .number, "Old audit logs that are kept; 0 is all."),
    .named("audit-log-maxsize", .number, "Megabytes after which an audit log is rotated."),
    .named("audit-policy-file", .text, "What is logged of which requests."),
    .named("audit-webhook-config-file", .text, "Where audit events are sent."),
    .named("profiling", .flag, "Whether /debug/pprof is served."),
    .named("request-timeout", .duration, "How long a request may take."),
    .named("max-requests-inflight", .number, "Requests that change nothing, at the same time."),
    .named("event-ttl", .duration, "How long events are kept."),
  ]

  private static let identity: [Parameter] = [
    .named("service-account-lookup", .flag, "Whether a token's service account must still be there."),
    .named("service-account-key-file", .list, "The keys that service account tokens are checked with."),
    .named("service-account-signing-key-file", .text, "The key that service account tokens are signed with."),
    .named("service-account-issuer", .list, "Who issues service account tokens."),
    .named(
      "service-account-extend-token-expiration", .flag,
      "Whether injected tokens live a year rather than what was asked for."),
    .named("service-account-max-token-expiration", .duration, "The longest a token may live."),
    .named("encryption-provider-config", .text, "What encrypts resources in etcd."),
  ]

  private static let transport: [Parameter] = [
    .named("kubelet-client-certificate", .text, "The certificate towards kubelets."),
    .named("kubelet-client-key", .text, "The key of the certificate towards kubelets."),
    .named(
      "kubelet-certificate-authority", .text, "The authorities that kubelets' certificates are checked with."),
    .named("kubelet-https", .flag, "Whether kubelets are reached over TLS (until v1.21)."),
    .named("etcd-servers", .list, "The etcd members."),
    .named("etcd-cafile", .text, "The authorities that etcd's certificate is checked with."),
    .named("etcd-certfile", .text, "The certificate towards etcd."),
    .named("etcd-keyfile", .text, "The key of the certificate towards etcd."),
    .named("tls-cert-file", .text, "The serving certificate."),
    .named("tls-private-key-file", .text, "The serving certificate's key."),
    .named("tls-cipher-suites", .list, "The cipher suites that are taken, up to TLS 1.2."),
    .named("tls-min-version", .text, "The oldest TLS version that is taken."),
    .named("bind-address", .text, "The address that the API listens on."),
    .named("secure-port", .number, "The port of the API."),
  ]
}
