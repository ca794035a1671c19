import Facts

extension KubeletCollector {
  /// What the kubelet can be told, with its flags and the keys of KubeletConfiguration (kubelet.config.k8s.io/v1beta1);
  /// https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/ and
  /// https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/.
  static let parameters: [Parameter] = access + serving + workloads + node

  private static func keyed(
    _ key: String, _ kind: Parameter.Kind, flag: String?, _ meaning: String, values: [String]? = nil,
    zeroIsUnset: Bool = false, isEither: Bool = false
  ) -> Parameter {
    Parameter(
      key, kind, flag: flag, key: key, meaning, values: values, zeroIsUnset: zeroIsUnset, isEither: isEither)
  }

  private static let access: [Parameter] = [
    keyed(
      "authentication.anonymous.enabled", .flag, flag: "anonymous-auth",
      "Whether requests without credentials are taken."),
    keyed(
      "authentication.webhook.enabled", .flag, flag: "authentication-token-webhook",
      "Whether bearer tokens are checked with the API server."),
    keyed(
      "authentication.x509.clientCAFile", .path, flag: "client-ca-file",
      "The authorities whose client certificates are taken."),
    keyed(
      "authorization.mode", .text, flag: "authorization-mode", "How requests are authorized.",
      values: ["AlwaysAllow", "Webhook"]),
    keyed("readOnlyPort", .number, flag: "read-only-port", "The port without authentication; 0 is off."),
    keyed(
      "enableDebuggingHandlers", .flag, flag: "enable-debugging-handlers",
      "Whether exec, logs and port-forward are served."),
    keyed("enableProfilingHandler", .flag, flag: nil, "Whether /debug/pprof is served."),
    keyed("enableDebugFlagsHandler", .flag, flag: nil, "Whether /debug/flags/v is served."),
    keyed("enableSystemLogHandler", .flag, flag: nil, "Whether the host's /var/log is served at /logs."),
    keyed(
      "enableContentionProfiling", .flag, flag: "contention-profiling", "Whether lock contention is profiled."
    ),
    keyed("enableServer", .flag, flag: "enable-server", "Whether the kubelet serves its API at all."),
    keyed(
      "streamingConnectionIdleTimeout", .duration, flag: "streaming-connection-idle-timeout",
      "How long a streaming connection may be idle; 0 is without end.", zeroIsUnset: true),
  ]

  private static let serving: [Parameter] = [
    keyed("address", .text, flag: "address", "The address that the kubelet's API listens on."),
    keyed("port", .number, flag: "port", "The port of the kubelet's API.", zeroIsUnset: true),
    keyed("healthzBindAddress", .text, flag: "healthz-bind-address", "The address of the health port."),
    keyed("healthzPort", .number, flag: "healthz-port", "The health port; 0 is off."),
    keyed("tlsCertFile", .path, flag: "tls-cert-file", "The serving certificate."),
    keyed("tlsPrivateKeyFile", .path, flag: "tls-private-key-file", "The serving certificate's key."),
    keyed(
      "tlsMinVersion", .text, flag: "tls-min-version", "The oldest TLS version that is taken.",
      values: ["VersionTLS10", "VersionTLS11", "VersionTLS12", "VersionTLS13"]),
    keyed(
      "tlsCipherSuites", .list, flag: "tls-cipher-suites", "The cipher suites that are taken, up to TLS 1.2."),
    keyed(
      "rotateCertificates", .flag, flag: "rotate-certificates", "Whether the client certificate is renewed."),
    keyed(
      "serverTLSBootstrap", .flag, flag: "rotate-server-certificates",
      "Whether the serving certificate is asked of the API server and renewed."),
    Parameter(
      "featureGates.RotateKubeletServerCertificate", .gate("RotateKubeletServerCertificate"),
      flag: "feature-gates",
      key: "featureGates", "The gate without which serving certificates are not renewed."),
    Parameter(
      "featureGates.AllBeta", .gate("AllBeta"), flag: "feature-gates", key: "featureGates",
      "Turns every beta gate on or off that is not named itself."),
    Parameter(
      "featureGates", .gates, flag: "feature-gates", key: "featureGates",
      "All feature gates that are set, as NAME=BOOL."),
    Parameter("kubeconfig", .text, flag: "kubeconfig", "How the kubelet reaches the API server."),
    Parameter(
      "bootstrapKubeconfig", .text, flag: "bootstrap-kubeconfig",
      "How the kubelet asks for its first certificate."),
    Parameter("certDir", .text, flag: "cert-dir", "Where the kubelet keeps its own certificates."),
  ]

  private static let workloads: [Parameter] = [
    keyed(
      "podPidsLimit", .number, flag: "pod-max-pids",
      "The most processes a pod may have; -1 is the node's own limit."),
    keyed(
      "seccompDefault", .flag, flag: "seccomp-default",
      "Whether RuntimeDefault is the seccomp profile of containers that name none.", isEither: true),
    keyed(
      "allowedUnsafeSysctls", .list, flag: "allowed-unsafe-sysctls",
      "Sysctls that pods may set although they are not safe."),
    keyed("staticPodPath", .path, flag: "pod-manifest-path", "Where static pod manifests are."),
    keyed("staticPodURL", .text, flag: "manifest-url", "Where static pod manifests are fetched from."),
    keyed("eventRecordQPS", .number, flag: "event-qps", "The most events a second; 0 is without limit."),
    keyed(
      "imagePullCredentialsVerificationPolicy", .text, flag: nil,
      "Which images already on the node need credentials."),
    keyed(
      "userNamespaces.idsPerPod", .number, flag: nil,
      "User ids for each pod with a user namespace of its own."),
  ]

  private static let node: [Parameter] = [
    keyed(
      "makeIPTablesUtilChains", .flag, flag: "make-iptables-util-chains",
      "Whether the kubelet keeps its own iptables chains."),
    keyed(
      "protectKernelDefaults", .flag, flag: "protect-kernel-defaults",
      "Whether the kubelet refuses to start where kernel settings differ from what it wants, rather than changing them."
    ),
    keyed("failSwapOn", .flag, flag: "fail-swap-on", "Whether the kubelet refuses to start with swap."),
    keyed(
      "memorySwap.swapBehavior", .text, flag: nil, "How much swap pods may use.",
      values: ["NoSwap", "LimitedSwap", "UnlimitedSwap"]),
    keyed(
      "containerRuntimeEndpoint", .text, flag: "container-runtime-endpoint", "The container runtime's socket."
    ),
    keyed(
      "cgroupDriver", .text, flag: "cgroup-driver", "Who makes control groups.",
      values: ["cgroupfs", "systemd"]),
    keyed("failCgroupV1", .flag, flag: nil, "Whether the kubelet refuses to start on cgroup v1."),
    keyed("shutdownGracePeriod", .duration, flag: nil, "How long the node's shutdown waits for pods."),
    Parameter(
      "hostnameOverride", .text, flag: "hostname-override", "The name used instead of the host's own."),
    Parameter(
      "nodeLabels", .list, flag: "node-labels", "Labels the kubelet gives its node when it registers."),
    Parameter("nodeIP", .text, flag: "node-ip", "The address the kubelet gives for its node."),
    keyed("podLogsDir", .text, flag: nil, "Where the kubelet keeps pods' logs; Kubernetes 1.30."),
    Parameter("rootDirectory", .text, flag: "root-dir", "Where the kubelet keeps its files."),
  ]

  /// Bool flags that are no facts, so that the word after them is not taken for their value.
  static let otherSwitches: Set<String> = [
    "alsologtostderr", "allow-privileged", "cgroups-per-qos", "containerized", "cpu-cfs-quota",
    "enable-cadvisor-json-endpoints", "enable-controller-attach-detach", "enable-load-reader",
    "exit-on-lock-contention", "experimental-allocatable-ignore-eviction",
    "experimental-check-node-capabilities-before-mount", "experimental-kernel-memcg-notification",
    "fail-cgroupv1", "h",
    "help", "keep-terminated-pod-volumes", "kernel-memcg-notification", "local-storage-capacity-isolation",
    "logtostderr", "one-output", "really-crash-for-testing", "redirect-container-streaming", "register-node",
    "register-schedulable", "runonce", "serialize-image-pulls", "skip-headers", "skip-log-headers",
  ]
}
