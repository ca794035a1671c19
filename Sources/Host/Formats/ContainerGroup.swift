import Facts

/// Which container of which pod a control group belongs to, as the kubelet and the runtimes name the groups that they make.
///
/// Read from the top down, and what lies beneath a container's own group is left out: a container may make groups of any name
/// there (systemd in a container makes `init.scope`, crun makes `container`), and so could take another one's name.
package struct ContainerGroup: Hashable, Sendable {
  /// Who made the group.
  package enum Runtime: String, Hashable, Sendable, CaseIterable {
    case containerd, docker, podman
    case crio = "cri-o"
  }

  /// The pod's class by its requests and limits; the kubelet keeps a group for each but the first.
  package enum Quality: String, Hashable, Sendable, CaseIterable {
    case guaranteed, burstable, besteffort
  }

  /// With dashes, or the 32 digits that the kubelet makes of a static pod's manifest.
  package private(set) var podUID: String?
  /// Nil outside of pods.
  package private(set) var quality: Quality?
  /// 64 hexadecimal digits.
  package private(set) var id: String?
  /// Nil where the name does not tell: with the cgroupfs driver it is the bare id.
  package private(set) var runtime: Runtime?
  /// Whether it holds the runtime's own monitor of a container (conmon) and not the container.
  package private(set) var isMonitor = false

  /// - Parameter paths: The process's place in each hierarchy; the first that names a container decides, else the first with a pod.
  package init(paths: [String]) {
    var best: ContainerGroup?
    for path in paths {
      let group = ContainerGroup(path: path)
      if group.id != nil {
        best = group
        break
      }
      if best?.podUID == nil { best = group }
    }
    if let best { self = best }
  }

  private init(path: String) {
    var isBelowPods = false
    var isBurstable = false
    var isBestEffort = false
    var parent: Substring?
    for word in path.split(separator: "/") {
      let parts = word.split(separator: ":")
      let slice = Self.without(".slice", parts.first ?? word)
      if podUID == nil {
        if Self.isPodsRoot(slice) { isBelowPods = true }
        if let uid = Self.podUID(slice, isBelowPods: isBelowPods) {
          podUID = uid
          isBurstable = isBurstable || slice.contains("-burstable-pod")
          isBestEffort = isBestEffort || slice.contains("-besteffort-pod")
          quality = isBurstable ? .burstable : isBestEffort ? .besteffort : .guaranteed
        }
        if slice == "burstable" || slice.hasSuffix("-burstable") { isBurstable = true }
        if slice == "besteffort" || slice.hasSuffix("-besteffort") { isBestEffort = true }
      }
      if readContainer(parts, parent) { return }
      parent = word
    }
  }

  /// `cri-containerd-ID.scope`, `crio-ID`, `docker-ID.scope`, `libpod-ID.scope`, the bare ID, and `SLICE:cri-containerd:ID`, which
  /// a runtime with the cgroupfs driver makes of a name that was meant for systemd.
  private mutating func readContainer(_ parts: [Substring], _ parent: Substring?) -> Bool {
    guard let last = parts.last else { return false }
    let name = Self.without(".scope", last)
    let digits = name.suffix(64)
    guard digits.utf8.count == 64, digits.utf8.allSatisfy({ [$0].hexadecimal != nil }) else { return false }
    var prefix = name.dropLast(64)
    guard prefix.isEmpty || prefix.last == "-" else { return false }
    prefix = prefix.dropLast()
    if prefix.isEmpty, parts.count > 2 { prefix = parts[parts.count - 2] }
    id = String(digits)
    switch prefix.isEmpty ? parent ?? "" : prefix {
    case "cri-containerd", "nerdctl", "k8s.io": runtime = .containerd
    case "crio": runtime = .crio
    case "docker": runtime = .docker
    case "libpod": runtime = .podman
    case "crio-conmon": (runtime, isMonitor) = (.crio, true)
    case "libpod-conmon": (runtime, isMonitor) = (.podman, true)
    default: break
    }
    return true
  }

  /// cgroupfs: `pod1234-…`; systemd: `kubepods-burstable-pod1234_….slice`, its dashes escaped.
  private static func podUID(_ slice: Substring, isBelowPods: Bool) -> String? {
    var name = slice
    if name.contains("kubepods"), let dash = name.ranges(of: "-pod").last?.lowerBound {
      name = name[name.index(after: dash)...]
    }
    guard name.hasPrefix("pod"), name.count > 3 else { return nil }
    let uid = String(name.dropFirst(3)).replacing("_", with: "-")
    // Not every group that begins with `pod` is a pod's: Talos has `podruntime`, Podman `podman-…`. The `kubepods` above it may be
    // out of the reader's cgroup namespace.
    return isBelowPods || looksLikeUID(uid) ? uid : nil
  }

  /// The group above all pods, whatever `cgroupRoot` stands before it: `kubepods`, `kubelet-kubepods-burstable`.
  static func isPodsRoot(_ slice: Substring) -> Bool {
    slice == "kubepods" || slice.hasPrefix("kubepods-") || slice.hasSuffix("-kubepods")
      || slice.contains("-kubepods-")
  }

  /// A UUID with dashes, or the 32 digits of a manifest's hash.
  private static func looksLikeUID(_ text: String) -> Bool {
    text.utf8.count >= 32 && text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || [$0].hexadecimal != nil }
  }

  static func without(_ suffix: String, _ text: Substring) -> Substring {
    text.hasSuffix(suffix) ? text.dropLast(suffix.count) : text
  }
}
