import Facts

/// Where a process stands in the control group hierarchies; cgroups(7), /proc/PID/cgroup.
package struct ControlGroup: Hashable, Sendable {
  /// The paths, without repeats: one on cgroup v2, one a hierarchy on v1.
  package let paths: [String]

  package init(parsing bytes: [UInt8]) {
    var paths: [String] = []
    for line in bytes.lines {
      let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let path = printable(fields[2], atMost: 4096)
      if !paths.contains(path) { paths.append(path) }
    }
    self.paths = paths
  }

  /// Whether any hierarchy puts it below the kubelet's `kubepods`, with either driver's naming.
  package var isPod: Bool { paths.contains { Self.words($0).contains(where: Self.isPodsRoot) } }

  /// The pod's UID, with dashes; nil outside of pods.
  package var podUID: String? {
    for path in paths {
      for word in Self.words(path) {
        // cgroupfs: `pod1234-…`; systemd: `kubepods-burstable-pod1234_….slice`.
        var name = Self.withoutSuffix(String(word), ".slice")
        if name.hasPrefix("kubepods"), let range = name.range(of: "-pod", last: true) {
          name = String(name[name.index(after: range)...])
        }
        guard name.hasPrefix("pod"), name.count > 3 else { continue }
        let uid = String(name.dropFirst(3)).replacing("_", with: "-")
        // Not every group that begins with `pod` is a pod's: Talos has `podruntime`, Podman `podman-…`. The `kubepods` above
        // it may be out of the reader's cgroup namespace.
        if isBelowPods(path) || Self.looksLikeUID(uid) { return uid }
      }
    }
    return nil
  }

  /// The container's id: 64 hexadecimal digits, as containerd, CRI-O and Docker name their groups; nil where there is none.
  package var containerID: String? {
    for path in paths {
      for word in Self.words(path).reversed() {
        // `cri-containerd-ID.scope`, `crio-ID.scope`, `docker-ID.scope`, `kubepods-….slice:cri-containerd:ID`, or the bare ID.
        let name = Self.withoutSuffix(String(word), ".scope")
        guard let last = name.split(whereSeparator: { $0 == "-" || $0 == ":" }).last else { continue }
        if last.utf8.count == 64, last.utf8.allSatisfy({ [$0].hexadecimal != nil }) { return String(last) }
      }
    }
    return nil
  }

  private func isBelowPods(_ path: String) -> Bool { Self.words(path).contains(where: Self.isPodsRoot) }

  /// A UUID with dashes, or the 32 digits that the kubelet makes of a static pod's manifest.
  private static func looksLikeUID(_ text: String) -> Bool {
    text.utf8.count >= 32 && text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || [$0].hexadecimal != nil }
  }

  private static func words(_ path: String) -> [Substring] { path.split(separator: "/") }

  private static func isPodsRoot(_ word: Substring) -> Bool {
    word == "kubepods" || word.hasPrefix("kubepods.slice") || word.hasPrefix("kubepods-")
      || word.hasSuffix("-kubepods")
      || word.hasPrefix("kubelet-kubepods")
  }

  private static func withoutSuffix(_ text: String, _ suffix: String) -> String {
    text.hasSuffix(suffix) ? String(text.dropLast(suffix.count)) : text
  }
}

extension String {
  /// Where a text last begins in this one.
  fileprivate func range(of text: String, last: Bool) -> String.Index? {
    ranges(of: text).last?.lowerBound
  }
}
