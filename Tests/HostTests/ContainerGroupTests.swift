import Testing

@testable import Host

@Suite("Which container a control group is of")
struct ContainerGroupTests {
  private static let id = String(repeating: "0123456789abcdef", count: 4)
  private static let other = String(repeating: "fedcba9876543210", count: 4)
  private static let uid = "11111111-2222-3333-4444-555555555555"
  private static let escaped = "11111111_2222_3333_4444_555555555555"
  private static let hash = "8f1c2d3e4b5a69788796a5b4c3d2e1f0"

  struct Case: CustomTestStringConvertible, Sendable {
    let path: String
    var runtime: ContainerGroup.Runtime?
    var pod: String?
    var quality: ContainerGroup.Quality?
    var hasID = true
    var isMonitor = false

    var testDescription: String { path }
  }

  static let cases: [Case] = [
    Case(
      path:
        "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod\(escaped).slice/cri-containerd-\(id).scope",
      runtime: .containerd, pod: uid, quality: .burstable),
    Case(
      path: "/kubepods.slice/kubepods-pod\(escaped).slice/crio-\(id).scope", runtime: .crio, pod: uid,
      quality: .guaranteed),
    Case(path: "/kubepods/besteffort/pod\(uid)/\(id)", pod: uid, quality: .besteffort),
    Case(path: "/kubepods/pod\(uid)/crio-\(id)", runtime: .crio, pod: uid, quality: .guaranteed),
    // A static pod's UID is a hash of its manifest.
    Case(
      path:
        "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod\(hash).slice/cri-containerd-\(id).scope",
      runtime: .containerd, pod: hash, quality: .burstable),
    // systemd's name, made by a runtime with the cgroupfs driver.
    Case(
      path: "/system.slice/containerd.service/kubepods-burstable-pod\(escaped).slice:cri-containerd:\(id)",
      runtime: .containerd, pod: uid, quality: .burstable),
    // A cgroupRoot before it, as kind has it.
    Case(
      path: "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/"
        + "kubelet-kubepods-besteffort-pod\(escaped).slice/cri-containerd-\(id).scope",
      runtime: .containerd, pod: uid, quality: .besteffort),
    Case(path: "/docker/\(id)", runtime: .docker),
    Case(path: "/system.slice/docker-\(id).scope", runtime: .docker),
    Case(path: "/machine.slice/libpod-\(id).scope/container", runtime: .podman),
    Case(
      path: "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-\(id).scope", runtime: .podman),
    Case(path: "/system.slice/nerdctl-\(id).scope", runtime: .containerd),
    // A container that runs systemd has groups of its own beneath.
    Case(path: "/docker/\(id)/init.scope", runtime: .docker),
    // Whoever may make groups in its own can't take another container's name.
    Case(path: "/docker/\(id)/kubepods/pod\(uid)/cri-containerd-\(other).scope", runtime: .docker),
    Case(
      path: "/kubepods.slice/kubepods-pod\(escaped).slice/crio-conmon-\(id).scope", runtime: .crio, pod: uid,
      quality: .guaranteed, isMonitor: true),
    Case(path: "/machine.slice/libpod-conmon-\(id).scope", runtime: .podman, isMonitor: true),
    Case(path: "/../../kubepods/burstable/pod\(uid)/\(id)", pod: uid, quality: .burstable),
    Case(path: "/kubepods/burstable/pod\(uid)", pod: uid, quality: .burstable, hasID: false),
    Case(path: "/system.slice/podruntime/kubelet", hasID: false),
    Case(path: "/system.slice/docker.service", hasID: false),
    Case(path: "/", hasID: false),
    Case(path: "", hasID: false),
    Case(path: "/docker/\(id)0", hasID: false),
    Case(path: "/docker/x\(id)", hasID: false),
    Case(path: "/kubepods/pod", hasID: false),
    Case(path: "/:::/::\(id)x", hasID: false),
  ]

  @Test(
    "Each runtime's and driver's naming is understood, and nothing else is taken for it", arguments: cases)
  func naming(_ expected: Case) {
    let group = ContainerGroup(paths: [expected.path])
    #expect(group.runtime == expected.runtime)
    #expect(group.podUID == expected.pod)
    #expect(group.quality == expected.quality)
    #expect(group.id == (expected.hasID ? Self.id : nil))
    #expect(group.isMonitor == expected.isMonitor)
  }

  @Test("On cgroup v1 the hierarchy that names the container decides")
  func hierarchies() {
    let lines =
      "4:cpuset:/\n3:devices:/kubepods/pod\(Self.uid)\n2:pids:/kubepods/pod\(Self.uid)/\(Self.id)\n1:name=systemd:/\n"
    let group = ControlGroup(parsing: Array(lines.utf8))
    #expect(group.container.id == Self.id)
    #expect(group.podUID == Self.uid)
    #expect(group.isPod)
    #expect(ControlGroup(parsing: [0xff, 0x0a, 0x3a, 0x3a, 0xff]).container.id == nil)
  }

  @Test("A zombie has ended; a first thread that ended while others run has not")
  func zombies() {
    func isZombie(_ lines: String) -> Bool? {
      ProcessStatus(parsing: Array("Uid:\t0\n\(lines)".utf8))?.isZombie
    }
    #expect(isZombie("State:\tZ (zombie)\nThreads:\t1\n") == true)
    #expect(isZombie("State:\tZ (zombie)\nThreads:\t3\n") == false)
    #expect(isZombie("State:\tS (sleeping)\n") == false)
  }
}
