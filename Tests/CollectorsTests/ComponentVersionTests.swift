import Facts
import TestSupport
import Testing

@testable import Collectors

@Suite("A component's version is what the node can show for it")
struct ComponentVersionTests {
  private func kubelet(
    _ executable: String = "/usr/bin/kubelet", _ arguments: [String] = [], files: [String: String] = [:]
  ) throws -> Entity {
    var host = KubernetesHost()
    host.run(812, ["kubelet"] + arguments, executable: executable)
    host.files.merge(files) { $1 }
    return try #require(try host.kubelet())
  }

  @Test("A version that it is told is its own, or it would not have started")
  func flag() throws {
    let told = try kubelet("/home/kubernetes/bin/kubelet", ["--version=v1.33.5-gke.1080000"])
    #expect(told.value("version") == .text("1.33.5"))
    #expect(told.chain("version") == ["kubelet[812] --version"])
    #expect(try kubelet("/usr/bin/kubelet", ["--version=raw"]).isAbsent("version"))
  }

  @Test(
    "A distribution's files tell of the kubelet that it laid there",
    arguments: [
      ("/usr/bin/kubelet", ["etc/eks/kubelet-version.txt": "Kubernetes v1.33.1-eks-7aac7eb\n"], "1.33.1"),
      (
        "/home/kubernetes/bin/kubelet",
        ["home/kubernetes/kube-docker-files/kube-proxy.docker_tag": "v1.33.5-gke.1080000\n"], "1.33.5"
      ),
      ("/usr/bin/kubelet", ["etc/os-release": "ID=rhcos\nOPENSHIFT_VERSION=\"4.16\"\n"], "1.29"),
      ("/usr/bin/kubelet", ["etc/os-release": "ID=bottlerocket\nVARIANT_ID=aws-k8s-1.31\n"], "1.31"),
      (
        "/usr/bin/kubelet",
        [
          "etc/os-release": "ID=bottlerocket\nVARIANT_ID=aws-k8s-1.31\n",
          "usr/share/bottlerocket/application-inventory.json":
            #"{"Content":[{"Name":"kubelet-1.31-bin","Version":"9.9.9"},{"Name":"kubelet-1.31","Version":"1.31.4"}]}"#,
        ], "1.31.4"
      ),
      (
        "/usr/local/bin/kubelet",
        [
          "etc/os-release": "ID=talos\n",
          "system/state/config.yaml":
            "kind: X\n---\nmachine:\n  kubelet:\n    image: ghcr.io/siderolabs/kubelet:v1.32.3\n",
        ], "1.32.3"
      ),
    ])
  func statements(executable: String, files: [String: String], version: String) throws {
    #expect(try kubelet(executable, files: files).value("version") == .text(version))
    // The same files say nothing of a kubelet that somebody put elsewhere, or whose file was replaced.
    #expect(try kubelet("\(executable) (deleted)", files: files).isAbsent("version"))
  }

  @Test("A file about the distribution's own kubelet says nothing of another")
  func elsewhere() throws {
    let files = ["etc/eks/kubelet-version.txt": "Kubernetes v1.33.1\n"]
    #expect(try kubelet("/opt/bin/kubelet", files: files).isAbsent("version"))
  }

  @Test(
    "What does not say it leaves it absent, and what is broken says so",
    arguments: [
      ["etc/eks/kubelet-version.txt": "v1.33.1\n"], ["etc/eks/kubelet-version.txt": ""],
      ["etc/os-release": "ID=rhcos\nOPENSHIFT_VERSION=\"4.99\"\n"],
      [
        "etc/os-release": "ID=talos\n",
        "system/state/config.yaml": "machine: {kubelet: {image: x@sha256:ab}}\n",
      ],
    ])
  func silent(files: [String: String]) throws {
    #expect(try kubelet(files: files).isAbsent("version"))
  }

  @Test("A machine's configuration that is broken is not shown, as it holds secrets")
  func broken() throws {
    let files = ["etc/os-release": "ID=talos\n", "system/state/config.yaml": "token: [hidden-token\n}"]
    let entity = try kubelet(files: files)
    #expect(entity.obstacle("version") == .malformed)
    #expect(!String(describing: entity["version"]).contains("hidden"))
  }

  @Test(
    "OpenShift's releases are of a Kubernetes each, as far as the table goes",
    arguments: [("4.3", "1.16"), ("4.16", "1.29"), ("4.20", "1.33"), ("4.2", nil), ("5.1", nil), ("x", nil)])
  func openshift(release: String, version: String?) {
    #expect(VersionStatement.kubernetes(ofOpenShift: release) == version)
  }

  private static let container = String(repeating: "c9", count: 32)

  private func proxy(_ files: [String: String], scope: String = "cri-containerd") throws -> Entity {
    var host = KubernetesHost()
    host.run(
      90, ["kube-proxy"], executable: "/usr/local/bin/kube-proxy",
      cgroup:
        "/kubepods.slice/kubepods-pod4b1f0a2d_93b4_4f0a_8d1c_7b2f6a90e1c2.slice/\(scope)-\(Self.container).scope",
      root: "/rootfs")
    host.files["rootfs/"] = ""
    host.files.merge(files) { $1 }
    return try #require(try host.collected(by: KubeProxyCollector()).entities.first)
  }

  @Test(
    "A pod's process is of the image that its runtime started",
    arguments: [
      (
        "cri-containerd", "run/containerd/io.containerd.runtime.v2.task/k8s.io/", "/config.json",
        "io.kubernetes.cri.image-name"
      ),
      (
        "cri-containerd", "run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/", "/config.json",
        "io.kubernetes.cri.image-name"
      ),
      (
        "crio", "run/containers/storage/overlay-containers/", "/userdata/config.json",
        "io.kubernetes.cri-o.ImageName"
      ),
    ])
  func image(scope: String, directory: String, file: String, key: String) throws {
    let place = directory + Self.container + file
    func text(_ image: String) -> String {
      #"{"process":{"env":["TOKEN=hidden"]},"annotations":{"\#(key)":"\#(image)"}}"#
    }
    let entity = try proxy([place: text("registry.k8s.io/kube-proxy:v1.36.2")], scope: scope)
    #expect(entity.value("version") == .text("1.36.2"))
    #expect(entity.chain("version") == ["/\(place) \(key)"])
    let digest = try proxy([place: text("registry.k8s.io/kube-proxy@sha256:ab")], scope: scope)
    #expect(digest.isAbsent("version"))
    #expect(try proxy([place: "{"], scope: scope).obstacle("version") == .malformed)
    #expect(try proxy([:], scope: scope).isAbsent("version"))
  }
}
