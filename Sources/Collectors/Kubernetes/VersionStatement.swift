import Facts
import Host
import SystemPackage
import YAML

/// What a distribution's own files say of the version of the programs that it installed.
enum VersionStatement: CaseIterable {
  /// The output of `kubelet --version` from when the image was made: awslabs/amazon-eks-ami.
  case eks
  /// The tag that came in the archive that the kubelet came in: Kubernetes' cluster/gce/gci/configure.sh.
  case gke
  /// The packages that the image was made of; else its variant, which is named for its Kubernetes.
  case bottlerocket
  /// The images that the machine's configuration names: https://www.talos.dev/latest/reference/configuration/
  case talos
  /// The release: each of OpenShift's is of one of Kubernetes'.
  case openshift

  /// - Parameter executable: Where the program stands: a statement is about what its distribution laid there.
  static func evidence(of component: String, at executable: String, _ host: borrowing HostView)
    -> ComponentVersion.Evidence
  {
    var looked: [Source] = []
    var failure: PlaceFailure?
    for statement in allCases {
      switch statement.look(component, executable, host) {
      case .found(let fact): return .found(fact)
      case .nothing(let sources): looked += sources
      case .failed(let obstacle): failure = failure ?? obstacle
      }
    }
    return failure.map { .failed($0) } ?? .nothing(looked)
  }

  private func look(_ component: String, _ executable: String, _ host: borrowing HostView)
    -> ComponentVersion.Evidence
  {
    switch self {
    case .eks:
      guard component == "kubelet", executable == "/usr/bin/kubelet" else { return .nothing([]) }
      return Self.file("/etc/eks/kubelet-version.txt", host) { bytes in
        let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        return words.first == "Kubernetes" ? words.dropFirst().first.flatMap { leadingVersion($0) } : nil
      }
    case .gke:
      guard component == "kubelet", executable.hasPrefix("/home/kubernetes/bin/") else { return .nothing([]) }
      return Self.file("/home/kubernetes/kube-docker-files/kube-proxy.docker_tag", host) { bytes in
        leadingVersion(String(decoding: bytes.lines.first ?? [], as: UTF8.self))
      }
    case .bottlerocket:
      guard component == "kubelet", Self.release("ID", host)?.value == "bottlerocket" else {
        return .nothing([])
      }
      return Self.inventory(host)
    case .talos:
      guard let image = Self.talosImages[component], Self.release("ID", host)?.value == "talos" else {
        return .nothing([])
      }
      return Self.machine(image, host)
    case .openshift:
      guard component != "etcd", let (release, source) = Self.release("OPENSHIFT_VERSION", host) else {
        return .nothing([])
      }
      return .version(Self.kubernetes(ofOpenShift: release), source)
    }
  }

  private static func file(_ path: FilePath, _ host: borrowing HostView, _ read: ([UInt8]) -> String?)
    -> ComponentVersion.Evidence
  {
    let source = Source.file(path.string)
    switch PathSpace.host.bytes(path, of: host) {
    case .success(let bytes): return .version(read(bytes), source)
    case .failure(let error):
      return error.reason == .absent ? .nothing([]) : .failed(PlaceFailure(error, source))
    }
  }

  private static func release(_ key: String, _ host: borrowing HostView) -> (value: String, source: Source)? {
    for path: FilePath in ["etc/os-release", "usr/lib/os-release"] {
      guard case .success(let bytes) = PathSpace.host.bytes(path, of: host) else { continue }
      return OSRelease(parsing: bytes)[key].map { ($0, .file(place(path), key: key)) }
    }
    return nil
  }

  // MARK: Bottlerocket

  /// `kubelet-1.31` is a package of the image, and its version Kubernetes'.
  private static func inventory(_ host: borrowing HostView) -> ComponentVersion.Evidence {
    let path: FilePath = "/usr/share/bottlerocket/application-inventory.json"
    switch PathSpace.host.bytes(path, of: host) {
    case .failure(let error):
      if error.reason != .absent { return .failed(PlaceFailure(error, .file(path.string))) }
    case .success(let bytes):
      do throws(YAMLError) {
        for entry in try parseYAML(bytes)["Content"]?.sequence ?? [] {
          guard let name = entry["Name"]?.text, name.hasPrefix("kubelet-"),
            let minor = leadingVersion(name.dropFirst(8)), name == "kubelet-\(minor)",
            let version = entry["Version"]?.text.flatMap(leadingVersion)
          else { continue }
          return .version(version, .file(path.string, line: entry.line, key: name))
        }
      } catch {
        return .failed(PlaceFailure(.malformed, error.description, .file(path.string, line: error.line)))
      }
    }
    return variant(host).map { .found($0) } ?? .nothing([.file(path.string)])
  }

  /// Bottlerocket's variants are named for their Kubernetes: `aws-k8s-1.31`.
  static func variant(_ host: borrowing HostView) -> Fact? {
    guard release("ID", host)?.value == "bottlerocket", let (variant, source) = release("VARIANT_ID", host),
      let range = variant.ranges(of: "k8s-").last, let version = leadingVersion(variant[range.upperBound...])
    else { return nil }
    return .observed(.text(version), source)
  }

  // MARK: Talos

  private static let talosImages = [
    "kubelet": "machine.kubelet.image", "kube-apiserver": "cluster.apiServer.image",
    "kube-controller-manager": "cluster.controllerManager.image",
    "kube-scheduler": "cluster.scheduler.image",
    "kube-proxy": "cluster.proxy.image", "etcd": "cluster.etcd.image",
  ]

  /// Nothing else of the configuration is looked at: it holds the cluster's secrets.
  private static func machine(_ image: String, _ host: borrowing HostView) -> ComponentVersion.Evidence {
    let path: FilePath = "/system/state/config.yaml"
    let source = Source.file(path.string, key: image)
    switch PathSpace.host.bytes(path, of: host) {
    case .failure(let error):
      return error.reason == .absent ? .nothing([source]) : .failed(PlaceFailure(error, source))
    case .success(let bytes):
      do throws(YAMLError) {
        for document in try parseYAMLDocuments(bytes) where document["machine"] != nil {
          guard let found = document.at(image), let text = found.text else { continue }
          return .version(imageVersion(text), .file(path.string, line: found.line, key: image))
        }
        return .nothing([source])
      } catch {
        // The parser's words may hold what stands there.
        return .failed(PlaceFailure(.malformed, "it is no YAML", .file(path.string, line: error.line)))
      }
    }
  }

  // MARK: OpenShift

  /// Red Hat's table of the Kubernetes of each release, https://access.redhat.com/solutions/4870701: since 4.3 each has the one
  /// thirteen after its own. What is newer than the table is not told.
  static func kubernetes(ofOpenShift release: String) -> String? {
    let parts = release.split(separator: ".").map { Int($0) }
    guard parts.count >= 2, parts[0] == 4, let minor = parts[1], (3...20).contains(minor) else { return nil }
    return "1.\(minor + 13)"
  }
}
