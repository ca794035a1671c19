import Host

/// Kubernetes' programs in one file, which upstream made through v1.18 and some builds still are: its first argument names the
/// part, with or without `kube-`. https://github.com/kubernetes/kubernetes/tree/v1.18.0/cluster/images/hyperkube
extension Component {
  static let hyperkube = "hyperkube"

  /// Whether a word is how hyperkube calls this component.
  func isHyperkubePart(_ word: String) -> Bool { word == name || "kube-\(word)" == name }

  /// Whether a process is hyperkube, told to be this component. That its executable is hyperkube is the kernel's word; which
  /// part it is, is its own.
  func isHyperkube(_ process: HostProcess) -> Bool {
    guard process.executableName == Self.hyperkube, case .success(let arguments) = process.arguments else {
      return false
    }
    return arguments.dropFirst().first.map(isHyperkubePart) ?? false
  }
}
