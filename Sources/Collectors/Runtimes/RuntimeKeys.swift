/// Where a runtime's files hold what: the same setting stands elsewhere in each of containerd's formats.
///
/// Version 3 has the plugin split in two (runtime and images) and left the stream server where version 2 had everything;
/// version 1 named the plugin `cri`. docs/cri/config.md of containerd; crio.conf(5).
struct RuntimeKeys {
  let kind: RuntimeKind

  private static let old = [["plugins", "io.containerd.grpc.v1.cri"], ["plugins", "cri"]]
  private static let runtime = [["plugins", "io.containerd.cri.v1.runtime"]] + old
  private static let images = [["plugins", "io.containerd.cri.v1.images"]] + old

  /// A setting of containerd's Kubernetes plugin.
  func cri(_ key: String) -> [[String]] { Self.runtime.map { $0 + [key] } }

  func stream(_ key: String) -> [[String]] { Self.old.map { $0 + [key] } }

  func registry(_ path: String...) -> [[String]] { Self.images.map { $0 + ["registry"] + path } }

  /// A setting of how containerd pulls the kubelet's images.
  func pull(_ key: String) -> [[String]] { Self.images.map { $0 + [key] } }

  /// The same, for what stood in a table with the handlers before the third format.
  func pullOfSnapshots(_ key: String) -> [[String]] {
    [Self.images[0] + [key]] + Self.old.map { $0 + ["containerd", key] }
  }

  /// A setting of the verifiers that a directory holds.
  func verifier(_ key: String) -> [[String]] {
    [["plugins", "io.containerd.image-verifier.v1.bindir", key]]
  }

  /// The table of runtime handlers.
  var handlers: [[String]] {
    switch kind {
    case .containerd: Self.runtime.map { $0 + ["containerd", "runtimes"] }
    case .crio: [["crio", "runtime", "runtimes"]]
    case .docker: [["runtimes"]]
    }
  }

  func handler(_ name: String) -> [[String]] {
    let named = handlers.map { $0 + [name] }
    // Version 1 had the default handler in a table of its own, too.
    return kind == .containerd
      ? named + Self.old.map { $0 + ["containerd", "default_runtime"] } : named
  }

  var defaultHandler: [[String]] {
    switch kind {
    case .containerd: Self.runtime.map { $0 + ["containerd", "default_runtime_name"] }
    case .crio: [["crio", "runtime", "default_runtime"]]
    case .docker: [["default-runtime"]]
    }
  }

  /// One switch for every handler.
  var noPivot: [[String]] {
    switch kind {
    case .containerd: Self.old.map { $0 + ["containerd", "no_pivot"] }
    case .crio: [["crio", "runtime", "no_pivot"]]
    case .docker: []
    }
  }

  /// A setting of the Node Resource Interface; CRI-O's names differ.
  func nri(_ containerd: String, _ crio: String) -> [[String]] {
    switch kind {
    case .containerd: [["plugins", "io.containerd.nri.v1.nri", containerd]]
    case .crio: [["crio", "nri", crio]]
    case .docker: []
    }
  }

  var specificationDirectories: [[String]] {
    switch kind {
    case .containerd: cri("cdi_spec_dirs")
    case .crio: [["crio", "runtime", "cdi_spec_dirs"]]
    case .docker: [["cdi-spec-dirs"]]
    }
  }
}
