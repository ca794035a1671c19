import Facts
import TestSupport
import Testing

@testable import Collectors

@Suite("A component that doesn't run is read from what would start it")
struct ComponentConfiguredTests {
  /// kubeadm's own unit and drop-in, as its packages install them.
  private static let kubeadm = [
    "usr/lib/systemd/system/kubelet.service":
      "[Unit]\nDescription=kubelet\n\n[Service]\nExecStart=/usr/bin/kubelet\nRestart=always\n",
    "usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf": """
    # Note: made by kubeadm
    [Service]
    Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
    Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
    EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
    EnvironmentFile=-/etc/default/kubelet
    ExecStart=
    ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
    """,
    "var/lib/kubelet/kubeadm-flags.env":
      "KUBELET_KUBEADM_ARGS=\"--hostname-override=rig-node --read-only-port=0\"\n",
    "var/lib/kubelet/config.yaml": KubernetesHost.header + "readOnlyPort: 10255\nrotateCertificates: true\n",
  ]

  @Test("A stopped kubelet's unit, drop-ins, variables and environment files make its command line")
  func kubeadmUnit() throws {
    var host = KubernetesHost()
    host.files.merge(Self.kubeadm) { $1 }
    let (entities, run) = try host.collected(by: KubeletCollector())
    let kubelet = try #require(entities.first)
    #expect(kubelet.id == "kubelet.service")
    #expect(kubelet.value("isRunning") == .flag(false))
    #expect(kubelet.value("origin") == .text("unit"))
    #expect(kubelet.value("hostnameOverride") == .text("rig-node"))
    #expect(kubelet.value("kubeconfig") == .text("/etc/kubernetes/kubelet.conf"))
    #expect(kubelet.value("configuration.base") == .text("file"))
    #expect(
      kubelet.chain("readOnlyPort") == [
        "/var/lib/kubelet/kubeadm-flags.env:1 --read-only-port",
        "/var/lib/kubelet/config.yaml:3 readOnlyPort (said 10255)",
      ])
    #expect(kubelet.isAbsent("configuration.stale"))
    #expect(run.state == .complete)
  }

  @Test("An image without /proc is audited from its unit")
  func image() throws {
    var host = KubernetesHost()
    host.files = Self.kubeadm
    #expect(try host.kubelet()?.value("rotateCertificates") == .flag(true))
  }

  @Test("A drop-in in /etc hides one of the same name in /usr, and a masked unit is none")
  func unitOrder() throws {
    var host = KubernetesHost()
    host.files.merge(Self.kubeadm) { $1 }
    host.files["etc/systemd/system/kubelet.service.d/10-kubeadm.conf"] =
      "[Service]\nExecStart=\nExecStart=/usr/bin/kubelet --read-only-port=3 \\\n  --pod-max-pids 12\n"
    let kubelet = try #require(try host.kubelet())
    #expect(kubelet.value("readOnlyPort") == .number(3))
    #expect(kubelet.value("podPidsLimit") == .number(12))
    #expect(kubelet.isAbsent("kubeconfig"))
    host.files["etc/systemd/system/kubelet.service"] = "-> /dev/null"
    #expect(try host.kubelet() == nil)
  }

  @Test("An environment file that can't be read leaves the command line unknown")
  func unreadableEnvironmentFile() throws {
    var host = KubernetesHost()
    host.files.merge(Self.kubeadm) { $1 }
    host.refuse("var/lib/kubelet/kubeadm-flags.env")
    let kubelet = try #require(try host.kubelet())
    #expect(kubelet.obstacle("readOnlyPort") == .denied)
    #expect(kubelet.obstacle("configuration.base") == .denied)
  }

  @Test("A unit that starts something else says nothing of the kubelet's values")
  func wrapper() throws {
    var host = KubernetesHost()
    host.files["etc/systemd/system/kubelet.service"] = "[Service]\nExecStart=/bin/sh -c 'start-node'\n"
    #expect(try host.kubelet()?.obstacle("readOnlyPort") == .unsupported)
  }

  @Test("etcd in a manifest where no process runs, from the kubelet's own manifest directory")
  func etcdManifest() throws {
    var host = KubernetesHost(
      kubelet: ["--config=/k.yaml"], files: ["k.yaml": KubernetesHost.header + "staticPodPath: /srv/pods\n"])
    host.files["srv/pods/etcd.yaml"] = Self.manifest
    host.files["srv/pods/.hidden.yaml"] = Self.manifest
    let (entities, run) = try host.collected(by: EtcdCollector())
    let etcd = try #require(entities.first)
    #expect(entities.count == 1)
    #expect(etcd.id == "/srv/pods/etcd.yaml")
    #expect(etcd.value("isRunning") == .flag(false))
    #expect(etcd.value("client-cert-auth") == .flag(true))
    #expect(etcd.chain("client-cert-auth") == ["/srv/pods/etcd.yaml:9 --client-cert-auth"])
    #expect(etcd.value("version") == .text("3.6.8"))
    #expect(run.state == .complete)
  }

  private static let manifest = """
    apiVersion: v1
    kind: Pod
    metadata: {name: etcd}
    spec:
      containers:
      - name: etcd
        command:
        - etcd
        - --client-cert-auth=true
        - -cert-file=/pki/server.crt
        - --name=$(NAME)
        env: [{name: NAME, value: a}]
        image: registry.k8s.io/etcd:3.6.8-0

    """

  @Test("A manifest that is no YAML is a problem, and the others are read")
  func brokenManifest() throws {
    var host = KubernetesHost()
    host.files["etc/kubernetes/manifests/a.yaml"] = "{"
    host.files["etc/kubernetes/manifests/etcd.yaml"] = Self.manifest
    let (entities, run) = try host.collected(by: EtcdCollector())
    #expect(entities.count == 1)
    #expect(run.state == .partial)
  }
}
