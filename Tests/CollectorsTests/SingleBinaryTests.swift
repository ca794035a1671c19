import Facts
import TestSupport
import Testing

@testable import Collectors

@Suite("k3s and RKE2 are read from their command line, config.yaml and config.yaml.d")
struct RancherTests {
  static let unit =
    "[Service]\nExecStart=/usr/local/bin/k3s \\\n  server \\\n  '--kubelet-arg=event-qps=9'\n"

  /// k3s hides its arguments: what is left of its command line is its name and its role.
  static func server(_ files: [String: String] = [:], role: String = "server") -> KubernetesHost {
    var host = KubernetesHost()
    host.run(
      820, ["/usr/local/bin/k3s \(role)", "", ""], executable: "/var/lib/rancher/k3s/data/3ef3/bin/k3s",
      comm: "k3s-\(role)", cgroup: "/system.slice/k3s.service")
    host.files["etc/systemd/system/k3s.service"] = unit
    host.files.merge(files) { $1 }
    return host
  }

  @Test("One process is a kubelet, an API server and the others, each with its own arguments")
  func parts() throws {
    let host = Self.server([
      "etc/rancher/k3s/config.yaml":
        "kubelet-arg: [\"max-pods=5\"]\nkube-apiserver-arg:\n- audit-log-maxage=7\n"
    ])
    let apiserver = try #require(host.collected(by: APIServerCollector()).entities.first)
    #expect(apiserver.id == "820")
    #expect(apiserver.value("origin") == .text("embedded"))
    #expect(apiserver.value("embeddedIn") == .text("k3s"))
    #expect(apiserver.value("isRunning") == .flag(true))
    #expect(apiserver.value("audit-log-maxage") == .number(7))
    #expect(apiserver.chain("audit-log-maxage") == ["/etc/rancher/k3s/config.yaml:3 --audit-log-maxage"])
    let kubelet = try #require(try host.kubelet())
    #expect(kubelet.value("eventRecordQPS") == .number(9))
    #expect(kubelet.chain("eventRecordQPS").first == "/etc/systemd/system/k3s.service:2 --event-qps")
    #expect(kubelet.value("configuration.base") == .text("flags"))
    for collector in [SchedulerCollector(), ControllerManagerCollector(), KubeProxyCollector()]
      as [any Collector]
    {
      #expect(try host.collected(by: collector).entities.map(\.id) == ["820"], "\(collector.name)")
    }
    #expect(try host.collected(by: EtcdCollector()).entities.isEmpty)
  }

  @Test(
    "A later file replaces a key, or adds to it with a plus; the command line adds to arguments",
    arguments: [
      (["": "kubelet-arg: [event-qps=1]"], 9), (["10.yaml": "event: 0\nkubelet-arg: [v=2]"], 9),
      (["": "kubelet-arg: [event-qps=1]", "10.yml": "kubelet-arg+: [v=2]"], 9),
    ])
  func commandLine(_ files: [String: String], _ rate: Int) throws {
    let host = Self.server(Self.placed(files))
    #expect(try host.kubelet()?.value("eventRecordQPS") == .number(Int64(rate)))
  }

  private static func placed(_ files: [String: String]) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: files.map { name, text in
        (name.isEmpty ? "etc/rancher/k3s/config.yaml" : "etc/rancher/k3s/config.yaml.d/\(name)", text + "\n")
      })
  }

  @Test(
    "config.yaml.d is merged in the order of names",
    arguments: [
      (["": "kubelet-arg: [pod-max-pids=1]", "10.yaml": "kubelet-arg: [pod-max-pids=2]"], Value.number(2)),
      (
        [
          "": "kubelet-arg: [pod-max-pids=1]", "20.yaml": "kubelet-arg: [pod-max-pids=2]",
          "10.yaml": "kubelet-arg: [pod-max-pids=3]",
        ], .number(2)
      ),
      (["": "kubelet-arg: [pod-max-pids=1]", "10.yaml": "kubelet-arg+: pod-max-pids=4"], .number(4)),
      (["": "kubelet-arg: [pod-max-pids=1]", "10.yaml": "kubelet-arg+: [seccomp-default]"], .number(1)),
      (["": "kubelet-arg: [pod-max-pids=1]", "10.txt": "kubelet-arg: [pod-max-pids=2]"], .number(1)),
      (["10.YML": "kubelet-arg: [--pod-max-pids=6]"], .number(6)),
    ])
  func merged(_ files: [String: String], _ value: Value) throws {
    #expect(try Self.server(Self.placed(files)).kubelet()?.value("podPidsLimit") == value)
  }

  @Test("A later file without a plus takes the earlier arguments back")
  func replaced() throws {
    let host = Self.server(
      Self.placed([
        "": "kubelet-arg: [pod-max-pids=1]", "10.yaml": "kubelet-arg: [v=1]",
      ]))
    #expect(try host.kubelet()?.isAbsent("podPidsLimit") == true)
  }

  @Test("An argument that adds to k3s' own value is unknown, as its own value is in no file")
  func appended() throws {
    let host = Self.server(
      Self.placed(["": "kube-apiserver-arg: [enable-admission-plugins+=AlwaysPullImages, profiling=true]"]))
    let entity = try #require(host.collected(by: APIServerCollector()).entities.first)
    #expect(entity.obstacle("enable-admission-plugins") == .unsupported)
    #expect(entity.obstacle("tls-cipher-suites") == .unsupported)
    #expect(entity.value("profiling") == .flag(true))
  }

  @Test("k3s' own options come to flags: secrets, kernel defaults, labels, the drop-in directory")
  func translated() throws {
    let host = Self.server(
      Self.placed(["": "secrets-encryption: true\nprotect-kernel-defaults: true\nnode-label: [a=1, b=2]"])
        .merging([
          "var/lib/rancher/k3s/agent/etc/kubelet.conf.d/00-k3s-defaults.conf":
            KubernetesHost.header + "failSwapOn: false\n"
        ]) { $1 })
    let kubelet = try #require(try host.kubelet())
    #expect(kubelet.value("protectKernelDefaults") == .flag(true))
    #expect(kubelet.value("nodeLabels") == .texts(["a=1", "b=2"]))
    #expect(kubelet.value("failSwapOn") == .flag(false))
    #expect(kubelet.value("configuration.base") == .text("dropins"))
    let apiserver = try #require(host.collected(by: APIServerCollector()).entities.first)
    #expect(
      apiserver.value("encryption-provider-config")
        == .text("/var/lib/rancher/k3s/server/cred/encryption-config.json"))
  }

  @Test("etcd is what its file says, and is there only with the file")
  func etcd() throws {
    let host = Self.server([
      "var/lib/rancher/k3s/server/db/etcd/config":
        "client-transport-security:\n  client-cert-auth: true\ndata-dir: /var/lib/rancher/k3s/server/db/etcd\n"
    ])
    let entity = try #require(host.collected(by: EtcdCollector()).entities.first)
    #expect(entity.value("client-cert-auth") == .flag(true))
    #expect(entity["client-crl-file"]?.sources.isEmpty == false)
    let elsewhere = Self.server(Self.placed(["": "datastore-endpoint: mysql://u:p@tcp(db)/k3s"]))
    #expect(try elsewhere.collected(by: EtcdCollector()).entities.isEmpty)
  }

  @Test("Another data directory moves what k3s sets itself, and makes its paths unknown")
  func dataDirectory() throws {
    let host = Self.server(
      Self.placed(["": "data-dir: /srv/k3s"]).merging([
        "srv/k3s/server/db/etcd/config": "data-dir: /srv/k3s/server/db/etcd\n"
      ]) { $1 })
    let apiserver = try #require(host.collected(by: APIServerCollector()).entities.first)
    #expect(apiserver.obstacle("client-ca-file") == .unsupported)
    #expect(apiserver.isAbsent("anonymous-auth"))
    #expect(try host.collected(by: EtcdCollector()).entities.count == 1)
  }

  @Test("What can't be read is unknown for every flag")
  func unreadable() throws {
    var host = Self.server(Self.placed(["": "kubelet-arg: [v=1]"]))
    host.refuse("etc/rancher/k3s/config.yaml")
    #expect(try host.kubelet()?.obstacle("authentication.anonymous.enabled") == .denied)
    var torn = Self.server(Self.placed(["": "kubelet-arg: ["]))
    #expect(try torn.kubelet()?.obstacle("readOnlyPort") == .malformed)
    torn.files["etc/rancher/k3s/config.yaml"] = "- a list\n"
    #expect(try torn.kubelet()?.obstacle("readOnlyPort") == .malformed)
    var hidden = Self.server()
    hidden.files["etc/systemd/system/k3s.service"] = nil
    #expect(try hidden.kubelet()?.obstacle("readOnlyPort") == .notVisible)
    var environment = Self.server()
    environment.refuse("proc/820/environ")
    #expect(try environment.kubelet()?.obstacle("readOnlyPort") == .denied)
  }

  @Test("A variable names another configuration file")
  func environment() throws {
    var host = Self.server(["srv/site.yaml": "kubelet-arg: [pod-max-pids=8]\n"])
    host.files["proc/820/environ"] = "K3S_TOKEN=secret\0K3S_CONFIG_FILE=/srv/site.yaml\0"
    let kubelet = try #require(try host.kubelet())
    #expect(kubelet.value("podPidsLimit") == .number(8))
    #expect(!kubelet.facts.values.contains { "\($0)".contains("secret") })
  }

  @Test("An agent is no control plane, and disabled parts are not there")
  func roles() throws {
    var agent = Self.server(role: "agent")
    agent.files["etc/systemd/system/k3s.service"] = "[Service]\nExecStart=/usr/local/bin/k3s agent\n"
    #expect(try agent.collected(by: APIServerCollector()).entities.isEmpty)
    #expect(try agent.kubelet()?.id == "820")
    let partly = Self.server(
      Self.placed(["": "disable-scheduler: true\ndisable-kube-proxy: \"true\"\ndisable-agent: false"]))
    #expect(try partly.collected(by: SchedulerCollector()).entities.isEmpty)
    #expect(try partly.collected(by: KubeProxyCollector()).entities.isEmpty)
    #expect(try partly.kubelet() != nil)
  }

  @Test("k3s kubectl is no server, and a pod's k3s is nobody")
  func others() throws {
    var host = KubernetesHost()
    host.run(
      90, ["kubectl", "get", "pods"], executable: "/var/lib/rancher/k3s/data/3ef3/bin/k3s",
      cgroup: "/user.slice/x")
    host.run(
      91, ["k3s", "server"], executable: "/bin/k3s",
      cgroup: "/kubepods.slice/kubepods-pod0c2385be_d0d2_1194_1023_3c4a8371a391.slice/x",
      namespaces: ["mnt": 9])
    #expect(try host.kubelet() == nil)
    let candidates = try host.collected(by: ComponentCandidateCollector()).entities
    #expect(candidates.first { $0.id == "k3s 91" }?.value("accepted") == .flag(false))
  }

  @Test("A stopped server, and a stopped RKE2 kubelet, are read from their units")
  func stopped() throws {
    var host = KubernetesHost()
    host.files["etc/systemd/system/k3s.service"] = Self.unit
    let kubelet = try #require(try host.kubelet())
    #expect(kubelet.id == "k3s.service")
    #expect(kubelet.value("isRunning") == .flag(false))
    #expect(kubelet.value("eventRecordQPS") == .number(9))
    var other = KubernetesHost()
    other.files["usr/local/lib/systemd/system/rke2-server.service"] =
      "[Service]\nExecStart=/usr/local/bin/rke2 server\n"
    other.files["etc/rancher/rke2/config.yaml"] = "kubelet-arg: [\"pod-max-pids=4\"]\n"
    #expect(try other.kubelet()?.value("podPidsLimit") == .number(4))
    #expect(try other.kubelet()?.value("embeddedIn") == .text("rke2"))
    #expect(try other.collected(by: APIServerCollector()).entities.isEmpty)
  }

  @Test("A configuration changed after the start is not in force")
  func stale() throws {
    var host = Self.server(Self.placed(["": "kubelet-arg: [v=1]"]))
    host.touch("etc/rancher/k3s/config.yaml", 50)
    #expect(try host.kubelet()?.value("configuration.stale") == .flag(false))
    host.attributes = []
    host.touch("etc/rancher/k3s/config.yaml", 5000)
    #expect(try host.kubelet()?.value("configuration.stale") == .flag(true))
  }
}

@Suite("MicroK8s' kubelite is read from its files of arguments")
struct KubeliteTests {
  private static let args = "var/snap/microk8s/7/args"

  private static func host(_ more: [String: String] = [:], running: Bool = true, options: [String] = [])
    -> KubernetesHost
  {
    var host = KubernetesHost()
    if running {
      host.run(
        1021, ["/snap/microk8s/7/kubelite", "--kubelet-args-file=/\(args)/kubelet"] + options,
        executable: "/snap/microk8s/7/kubelite", cgroup: "/system.slice/snap.microk8s.daemon-kubelite.service"
      )
    }
    host.files["var/snap/microk8s/current"] = "-> 7"
    host.files["snap/microk8s/7/meta/snap.yaml"] = "name: microk8s\nversion: v1.33.1\n"
    host.files["\(args)/kubelet"] = """
      # comment
      --client-ca-file=${SNAP_DATA}/certs/ca.crt --anonymous-auth=false
      --root-dir="$SNAP_COMMON/var/lib/kubelet"

      --node-ip=$HOST_IP
      """
    host.files["\(args)/kube-apiserver"] =
      "--authorization-mode=AlwaysAllow\n--service-account-issuer='https://x'\n"
    host.files.merge(more) { $1 }
    return host
  }

  @Test("Lines, comments, quotes and the snap's variables are read as kubelite reads them")
  func lines() throws {
    let kubelet = try #require(try Self.host().kubelet())
    #expect(kubelet.value("embeddedIn") == .text("kubelite"))
    #expect(kubelet.value("version") == .text("1.33.1"))
    #expect(kubelet.value("authentication.anonymous.enabled") == .flag(false))
    #expect(
      kubelet.value("authentication.x509.clientCAFile") == .text("/var/snap/microk8s/7/certs/ca.crt"))
    #expect(kubelet.value("rootDirectory") == .text("/var/snap/microk8s/common/var/lib/kubelet"))
    #expect(kubelet.chain("rootDirectory") == ["/var/snap/microk8s/7/args/kubelet:3 --root-dir"])
    #expect(kubelet.obstacle("nodeIP") == .notVisible)
  }

  @Test("The API server is a part of it, unless it is told to be a worker")
  func controlPlane() throws {
    let entity = try #require(Self.host().collected(by: APIServerCollector()).entities.first)
    #expect(entity.value("authorization-mode") == .texts(["AlwaysAllow"]))
    #expect(entity.value("service-account-issuer") == .texts(["https://x"]))
    let worker = Self.host(options: ["--start-control-plane=false"])
    #expect(try worker.collected(by: APIServerCollector()).entities.isEmpty)
    #expect(try worker.kubelet() != nil)
  }

  @Test("A stopped one is read from the files that it would start with")
  func stopped() throws {
    let host = Self.host(
      ["\(Self.args)/kubelite": "--kubelet-args-file=$SNAP_DATA/args/kubelet\n--start-control-plane=true\n"],
      running: false)
    let kubelet = try #require(try host.kubelet())
    #expect(kubelet.id == "snap.microk8s.daemon-kubelite.service")
    #expect(kubelet.value("authentication.anonymous.enabled") == .flag(false))
    #expect(kubelet.value("isRunning") == .flag(false))
  }

  @Test("A file of arguments that can't be read leaves every flag unknown")
  func unreadable() throws {
    var host = Self.host()
    host.refuse("\(Self.args)/kubelet")
    #expect(try host.kubelet()?.obstacle("readOnlyPort") == .denied)
  }
}
