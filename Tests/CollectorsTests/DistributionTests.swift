import Facts
import TestSupport
import Testing

@testable import Collectors

@Suite("A node says of which distribution it is, and what it does in its cluster")
struct DistributionTests {
  private func node(_ files: [String: String], _ host: KubernetesHost = KubernetesHost()) throws -> Entity {
    var host = host
    host.files.merge(files) { $1 }
    let tree = try HostTree(host.files)
    return try withExtendedLifetime(tree) {
      let view = try tree.view(
        attributes: host.attributes.isEmpty ? nil : host.attributes.joined(separator: "\n"))
      return try singleton(NodeCollector.subject, of: NodeCollector(), view)
    }
  }

  @Test(
    "Told from the system, from what runs, or from what is laid down",
    arguments: [
      (["etc/os-release": "ID=talos\n"], "talos"), (["etc/os-release": "ID=bottlerocket\n"], "bottlerocket"),
      (["usr/lib/os-release": "ID=rhcos\n"], "openshift"),
      (["etc/os-release": "ID=rhel\nOPENSHIFT_VERSION=\"4.19\"\n"], "openshift"),
      (["var/lib/rancher/rke2/agent/": ""], "rke2"), (["etc/rancher/k3s/config.yaml": ""], "k3s"),
      (["var/snap/microk8s/current/args/kubelet": ""], "microk8s"),
      (["home/kubernetes/kubelet-config.yaml": ""], "gke"), (["etc/kubernetes/azure.json": "{}"], "aks"),
      (["opt/azure/containers/kubelet.sh": "", "etc/kubernetes/azure.json": "{}"], "aks"),
      (["etc/kubernetes/azure.json": "{}", "var/lib/kubelet/kubeadm-flags.env": ""], "kubeadm"),
      (["etc/eks/": ""], "eks"), (["var/lib/kubelet/kubeadm-flags.env": ""], "kubeadm"),
      (["etc/os-release": "ID=debian\n"], "none"),
    ])
  func marks(_ files: [String: String], _ name: String) throws {
    #expect(try node(files)["distribution"]?.value == .text(name))
  }

  @Test("Administrators' kubeconfigs are named where they are; what can't be followed may be one")
  func adminKubeconfigs() throws {
    #expect(try node([:])["adminKubeconfigs"]?.value == .list([]))
    let files = ["etc/kubernetes/admin.conf": "", "root/.kube/config": ""]
    let both: Value = .texts(["/etc/kubernetes/admin.conf", "/root/.kube/config"])
    #expect(try node(files)["adminKubeconfigs"]?.value == both)
    #expect(try node(["root/.kube/config/x": ""])["adminKubeconfigs"]?.value == .list([]))
    let loop = ["root/.kube/config": "-> config"]
    #expect(try node(loop).obstacle("adminKubeconfigs") == .escapes)
    #expect(
      try node(loop.merging(["etc/kubernetes/admin.conf": ""]) { $1 })["adminKubeconfigs"]?.value != nil)
  }

  @Test("Kubernetes without a mark is another distribution; a pod's k3s is no mark")
  func other() throws {
    let host = KubernetesHost(kubelet: [])
    let plain = try node([:], host)
    #expect(plain.value("distribution") == .text("other"))
    #expect(plain.value("isWorker") == .flag(true))
    #expect(plain.value("isControlPlane") == .flag(false))
    var decoy = KubernetesHost(kubelet: [])
    decoy.run(
      91, ["k3s server"], executable: "/bin/k3s",
      cgroup: "/kubepods.slice/kubepods-pod0c2385be_d0d2_1194_1023_3c4a8371a391.slice/x",
      namespaces: ["mnt": 9])
    #expect(try node([:], decoy).value("distribution") == .text("other"))
  }

  @Test("A mark that can't be looked at leaves it unknown, unless another mark tells")
  func unreadable() throws {
    var host = KubernetesHost(kubelet: [])
    host.refuse("etc/os-release")
    let files = ["etc/os-release": "ID=x\n"]
    #expect(try node(files, host).obstacle("distribution") == .denied)
    #expect(
      try node(files.merging(["etc/eks/": ""]) { $1 }, host).value("distribution") == .text("eks"))
  }

  @Test("Its version is the kubelet's; Bottlerocket's is in its variant's name")
  func version() throws {
    var host = KubernetesHost()
    host.run(
      5, ["kubelet"], executable: "/var/lib/rancher/rke2/data/v1.32.5-rke2r1-6c5e/bin/kubelet",
      cgroup: "/system.slice/rke2-server.service")
    #expect(try node([:], host).value("kubernetes.version") == .text("1.32.5"))
    let release = ["etc/os-release": "ID=bottlerocket\nVARIANT_ID=aws-k8s-1.31-nvidia\n"]
    #expect(try node(release).value("kubernetes.version") == .text("1.31"))
    #expect(try node([:]).isAbsent("kubernetes.version"))
  }

  @Test("An embedded etcd makes an etcd node")
  func roles() throws {
    let host = RancherTests.server(["var/lib/rancher/k3s/server/db/etcd/config": "data-dir: /x\n"])
    let entity = try node([:], host)
    #expect(entity.value("distribution") == .text("k3s"))
    for fact in ["isControlPlane", "isEtcd", "isWorker"] { #expect(entity.value(fact) == .flag(true)) }
  }
}

@Suite("OpenShift's components are told by files, and Talos' kubelet is a container of init's")
struct ImageBasedTests {
  private static let group =
    "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod20c2385bed0d2119410233c4a8371a39.slice/crio-x.scope"

  private func apiserver(_ config: String, _ more: [String] = []) throws -> Entity? {
    var host = KubernetesHost()
    host.run(
      30, ["kube-apiserver", "--openshift-config=/config.yaml", "--anonymous-auth=false"] + more,
      executable: "/usr/bin/kube-apiserver", cgroup: Self.group)
    host.files["config.yaml"] = config
    return try host.collected(by: APIServerCollector()).entities.first
  }

  @Test("The file's arguments are parsed after the command line, and what neither names is unknown")
  func arguments() throws {
    let entity = try #require(
      try apiserver(
        #"{"apiServerArguments":{"anonymous-auth":["true"],"authorization-mode":["RBAC","Node"]},"servingInfo":{"minTLSVersion":"VersionTLS12"}}"#
      ))
    #expect(entity.value("anonymous-auth") == .flag(true))
    #expect(entity.chain("anonymous-auth").count == 2)
    #expect(entity.value("authorization-mode") == .texts(["RBAC", "Node"]))
    #expect(entity.value("tls-min-version") == .text("VersionTLS12"))
    #expect(entity.obstacle("profiling") == .unsupported)
  }

  @Test("A file that can't be read leaves even the command line unknown", arguments: ["{", "\u{1}"])
  func malformed(_ text: String) throws {
    #expect(try apiserver(text)?.obstacle("anonymous-auth") == .malformed)
  }

  @Test("A manifest that wraps it in a shell says that it is there, and not how it is told")
  func wrapped() throws {
    var host = KubernetesHost()
    host.files["etc/kubernetes/manifests/kube-apiserver-pod.yaml"] =
      #"{"kind":"Pod","metadata":{"name":"kube-apiserver"},"spec":{"containers":[{"name":"kube-apiserver","command":["/bin/bash","-ec"],"args":["exec hyperkube kube-apiserver --anonymous-auth=false\n"]},{"name":"sync","command":["/bin/sh"],"args":["-c","exec kube-apiserver"]}]}}"#
    let entities = try host.collected(by: APIServerCollector()).entities.filter {
      $0.subject == "kube-apiserver"
    }
    #expect(entities.count == 1)
    #expect(entities.first?.value("isRunning") == .flag(false))
    #expect(entities.first?.obstacle("anonymous-auth") == .unsupported)
  }

  @Test("etcd's own proxy beside a member is no member and no decoy")
  func proxy() throws {
    var host = KubernetesHost()
    host.run(40, ["etcd", "grpc-proxy", "start"], executable: "/usr/bin/etcd", cgroup: Self.group)
    #expect(try host.collected(by: EtcdCollector()).entities.isEmpty)
    #expect(try host.collected(by: ComponentCandidateCollector()).entities.isEmpty)
  }

  @Test("Talos' kubelet has mounts of its own, and is believed for its control group only")
  func talos() throws {
    var host = KubernetesHost()
    host.run(
      50, ["/usr/local/bin/kubelet"], executable: "/usr/local/bin/kubelet", cgroup: "/podruntime/kubelet",
      namespaces: ["mnt": 77])
    host.run(
      51, ["/usr/local/bin/kubelet"], executable: "/usr/local/bin/kubelet", cgroup: "/podruntime/kubelet/x",
      namespaces: ["mnt": 78])
    #expect(try host.collected(by: KubeletCollector()).entities.map(\.id) == ["50"])
  }
}

@Suite("Files that a component names are stated wherever they are")
struct ComponentFilesTests {
  @Test("The kubelet's own configuration, kubeconfig, drop-ins and client authority")
  func kubelet() throws {
    let host = KubernetesHost(
      kubelet: ["--config=/srv/k/config.yaml", "--config-dir=/srv/k/d", "--kubeconfig=/srv/k/kubeconfig"],
      files: [
        "srv/k/config.yaml": KubernetesHost.header + "authentication: {x509: {clientCAFile: ca.pem}}\n",
        "srv/k/d/10.conf": KubernetesHost.header, "srv/k/kubeconfig": "", "srv/k/ca.pem": "",
      ])
    let (entities, _) = try host.collected(by: ComponentFilesCollector())
    let found = Set(entities.compactMap { entity in entity.value("role").map { "\(entity.id) \($0)" } })
    #expect(
      found == [
        "/srv/k/config.yaml kubelet-config", "/srv/k/d kubelet-drop-in-directory",
        "/srv/k/d/10.conf kubelet-config", "/srv/k/kubeconfig kubelet-kubeconfig",
        "/srv/k/ca.pem kubelet-client-ca",
      ])
    expectContract(entities, ComponentFilesCollector())
  }

  @Test("A path of a container's that is not the host's file is left alone")
  func container() throws {
    var host = KubernetesHost()
    host.run(
      60, ["etcd", "--data-dir=/var/lib/etcd"], executable: "/usr/local/bin/etcd",
      cgroup:
        "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod20c2385bed0d2119410233c4a8371a39.slice/x",
      namespaces: ["mnt": 98], root: "/rootfs")
    host.files["rootfs/var/lib/etcd/"] = ""
    host.files["var/lib/etcd/"] = ""
    #expect(try host.collected(by: ComponentFilesCollector()).entities.isEmpty)
    host.files["rootfs/var/lib/etcd/"] = nil
    host.files["rootfs/var/lib/etcd"] = "-> /../var/lib/etcd"
    #expect(try host.collected(by: ComponentFilesCollector()).entities.isEmpty)
  }

  private func manifests(_ host: KubernetesHost) throws -> [String] {
    let (entities, _) = try host.collected(by: ComponentFilesCollector())
    expectContract(entities, ComponentFilesCollector())
    return entities.filter { $0.value("role") == .text("static-pod-manifest") }.map(\.id).sorted()
  }

  @Test("Whatever the kubelet runs from its directory is a manifest; hidden files and directories are none")
  func staticPods() throws {
    var host = KubernetesHost(
      kubelet: ["--config=/k.yaml"],
      files: [
        "k.yaml": KubernetesHost.header + "staticPodPath: /srv/pods/\n", "srv/pods/kube-vip.yaml": "",
        "srv/pods/backup~": "", "srv/pods/.hidden.yaml": "", "srv/pods/more/pod.yaml": "",
        "srv/pods/linked": "-> /opt/pod", "opt/pod": "", "srv/pods/gone": "-> /nowhere",
        "etc/kubernetes/manifests/unused.yaml": "",
      ])
    #expect(try manifests(host) == ["/srv/pods/backup~", "/srv/pods/kube-vip.yaml", "/srv/pods/linked"])
    host.files["k.yaml"] = KubernetesHost.header + "staticPodPath: /srv/pods/kube-vip.yaml\n"
    #expect(try manifests(host) == ["/srv/pods/kube-vip.yaml"])
    host.files["k.yaml"] = KubernetesHost.header
    #expect(try manifests(host) == [])
  }

  @Test(
    "Where no kubelet can be asked the usual directories count, and components' manifests keep their roles")
  func usualStaticPods() throws {
    var host = KubernetesHost(
      kubelet: ["--config=/k.yaml"],
      files: [
        "etc/kubernetes/manifests/etcd.yaml": "", "etc/kubernetes/manifests/etcd.yaml.bak": "",
        "k.yaml": KubernetesHost.header + "staticPodPath: /srv/pods\n",
      ])
    #expect(try manifests(host) == [])
    host.refuse("/k.yaml")
    #expect(try manifests(host) == ["/etc/kubernetes/manifests/etcd.yaml.bak"])
    host.refuse("/etc/kubernetes/manifests")
    #expect(try manifests(host) == ["/etc/kubernetes/manifests/*"])
  }

  @Test("The program that a component runs from is stated wherever it is, and one of a pod's image is not")
  func programs() throws {
    var host = KubernetesHost(kubelet: [], files: ["usr/bin/kubelet": "x"])
    host.run(
      60, ["containerd"], executable: "/srv/tools/containerd (deleted)",
      cgroup: "/system.slice/containerd.service")
    host.files["srv/tools/containerd"] = "x"
    host.run(
      70, ["kube-scheduler"], executable: "/usr/local/bin/kube-scheduler",
      cgroup:
        "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod20c2385bed0d2119410233c4a8371a39.slice/x"
    )
    host.files["usr/local/bin/kube-scheduler"] = "x"
    let (entities, _) = try host.collected(by: ComponentFilesCollector())
    expectContract(entities, ComponentFilesCollector())
    let found = entities.filter { $0.value("role") == .text("node-binary") }.map(\.id)
    #expect(Set(found) == ["/usr/bin/kubelet", "/srv/tools/containerd"])
  }
}
