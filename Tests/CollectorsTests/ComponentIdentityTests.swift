import Facts
import TestSupport
import Testing

@testable import Collectors

@Suite("A component is believed for what the kernel says of its process, not for its name")
struct ComponentIdentityTests {
  private static let podGroup =
    "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0c2385be_d0d2_1194_1023_3c4a8371a391.slice/cri-containerd-9c1d12d1fa2f0d81e1cec272eee23826b3d5d3f1f1a5a19740ae3b2b51a44c48.scope"
  private static let staticGroup =
    "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod20c2385bed0d2119410233c4a8371a39.slice/cri-containerd-9c1d12d1fa2f0d81e1cec272eee23826b3d5d3f1f1a5a19740ae3b2b51a44c48.scope"

  private func candidate(_ host: KubernetesHost, _ id: String) throws -> Entity? {
    try host.collected(by: ComponentCandidateCollector()).entities.first { $0.id == id }
  }

  private func reason(_ host: KubernetesHost, _ id: String) throws -> String {
    guard case .text(let text) = try candidate(host, id)?.value("reason") else { return "" }
    return text
  }

  @Test("A pod that names its process kubelet is listed and not believed")
  func namedKubelet() throws {
    var host = KubernetesHost(kubelet: ["--anonymous-auth=true"])
    host.run(
      4000, ["kubelet", "--anonymous-auth=false"], executable: "/bin/busybox", cgroup: Self.podGroup,
      namespaces: ["mnt": 99])
    #expect(try candidate(host, "kubelet 4000")?.value("accepted") == .flag(false))
    #expect(try reason(host, "kubelet 4000") == "its executable is /bin/busybox")
    #expect(try candidate(host, "kubelet 812")?.value("accepted") == .flag(true))
    let kubelets = try host.collected(by: KubeletCollector()).entities
    #expect(kubelets.map(\.id) == ["812"])
    #expect(kubelets.first?.value("authentication.anonymous.enabled") == .flag(true))
  }

  @Test("A pod that brings an executable called kubelet is not believed either")
  func copiedKubelet() throws {
    var host = KubernetesHost()
    host.run(
      4000, ["kubelet"], executable: "/usr/bin/kubelet", cgroup: Self.podGroup, namespaces: ["mnt": 99])
    #expect(try reason(host, "kubelet 4000").hasPrefix("it runs in a pod"))
    #expect(try host.collected(by: KubeletCollector()).entities.isEmpty)
  }

  @Test("An ordinary pod's etcd is not the cluster's; a static pod's is")
  func etcdInPods() throws {
    var host = KubernetesHost()
    host.run(
      50, ["etcd", "--client-cert-auth"], executable: "/usr/local/bin/etcd", cgroup: Self.staticGroup,
      namespaces: ["mnt": 98])
    host.run(60, ["etcd"], executable: "/usr/local/bin/etcd", cgroup: Self.podGroup, namespaces: ["mnt": 99])
    #expect(try candidate(host, "etcd 50")?.value("accepted") == .flag(true))
    #expect(try reason(host, "etcd 60").hasPrefix("it runs in an ordinary pod"))
    #expect(try host.collected(by: EtcdCollector()).entities.map(\.id) == ["50"])
  }

  @Test(
    "What tells it: user namespace, user, mounts, container",
    arguments: [
      (["user": 4_026_532_999], 0, "/system.slice/kubelet.service", "user namespace"),
      ([:], 1000, "/system.slice/kubelet.service", "root"),
      (["mnt": 77], 0, "/system.slice/kubelet.service", "mount namespace"),
      (
        [:], 0, "/system.slice/docker-9c1d12d1fa2f0d81e1cec272eee23826b3d5d3f1f1a5a19740ae3b2b51a44c48.scope",
        "container"
      ),
      ([:], 0, "/../../kubepods-besteffort.slice/x", "below the kubelet's pods"),
    ])
  func rejected(_ namespaces: [String: Int], _ uid: Int, _ group: String, _ words: String) throws {
    var host = KubernetesHost()
    host.run(7, ["kubelet"], executable: "/usr/bin/kubelet", cgroup: group, uid: uid, namespaces: namespaces)
    #expect(try reason(host, "kubelet 7").contains(words))
    #expect(try host.collected(by: KubeletCollector()).entities.isEmpty)
  }

  @Test("RKE2 and k3s start the kubelet in mounts of its own, and Talos in a group that only begins with pod")
  func distributions() throws {
    var host = KubernetesHost()
    host.run(
      20, ["/usr/local/bin/rke2 server"], executable: "/usr/local/bin/rke2",
      cgroup: "/system.slice/rke2-server.service")
    host.run(
      21, ["kubelet"], executable: "/var/lib/rancher/rke2/data/v1.31.4-rke2r1-a/bin/kubelet", parent: 20,
      cgroup: "/system.slice/rke2-server.service", namespaces: ["mnt": 55])
    host.run(
      30, ["/usr/local/bin/kubelet"], executable: "/usr/local/bin/kubelet", cgroup: "/podruntime/kubelet")
    #expect(try host.collected(by: KubeletCollector()).entities.map(\.id) == ["21", "30"])
  }

  @Test("hyperkube is the part that its first argument names, short or in full, and no other")
  func hyperkube() throws {
    var host = KubernetesHost()
    host.run(60, ["/hyperkube", "kubelet", "--read-only-port=0"], executable: "/usr/bin/hyperkube")
    host.run(
      61, ["/hyperkube", "apiserver", "--profiling=false"], executable: "/hyperkube",
      cgroup: Self.staticGroup)
    host.run(
      62, ["/hyperkube", "kube-scheduler"], executable: "/bin/busybox", cgroup: Self.staticGroup)
    host.run(63, ["/hyperkube", "kubelet"], executable: "/hyperkube", cgroup: Self.podGroup)
    host.run(64, ["/hyperkube"], executable: "/usr/bin/hyperkube")
    let kubelet = try #require(try host.kubelet())
    #expect(kubelet.id == "60")
    #expect(kubelet.value("readOnlyPort") == .number(0))
    let server = try #require(try host.collected(by: APIServerCollector()).entities.first)
    #expect(server.value("profiling") == .flag(false))
    #expect(try host.collected(by: SchedulerCollector()).entities.isEmpty)
    #expect(try candidate(host, "kubelet 63")?.value("accepted") == .flag(false))
    let listed = try host.collected(by: ComponentCandidateCollector()).entities.map(\.id)
    #expect(listed.sorted() == ["kube-apiserver 61", "kubelet 60", "kubelet 63"])
  }

  @Test("A manifest that starts hyperkube names the part in its second word")
  func hyperkubeManifest() throws {
    var host = KubernetesHost()
    host.files["etc/kubernetes/manifests/x.yaml"] =
      #"{"kind":"Pod","metadata":{"name":"x"},"spec":{"containers":[{"name":"x","image":"r/hyperkube:v1.18.2","command":["/hyperkube","scheduler","--profiling=false"]}]}}"#
    let entity = try #require(try host.collected(by: SchedulerCollector()).entities.first)
    #expect(entity.value("profiling") == .flag(false))
    #expect(entity.value("version") == .text("1.18.2"))
    #expect(try host.collected(by: ControllerManagerCollector()).entities.isEmpty)
  }

  @Test("An executable that can't be read is neither accepted nor rejected, and the look is not complete")
  func undecided() throws {
    var host = KubernetesHost(kubelet: [])
    host.refuse("proc/812/exe")
    #expect(try candidate(host, "kubelet 812")?.obstacle("accepted") == .denied)
    let (entities, run) = try host.collected(by: KubeletCollector())
    #expect(entities.isEmpty)
    #expect(run.state == .partial)
    host.files["etc/systemd/system/kubelet.service"] = "[Service]\nExecStart=/usr/bin/kubelet\n"
    #expect(try host.kubelet()?.obstacle("isRunning") == .denied)
  }

  @Test("An executable that was replaced while it runs is still what it was")
  func deleted() throws {
    var host = KubernetesHost()
    host.run(9, ["/usr/bin/kubelet"], executable: "/usr/bin/kubelet (deleted)")
    #expect(try host.collected(by: KubeletCollector()).entities.map(\.id) == ["9"])
  }
}
