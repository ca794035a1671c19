import Facts
import Host
import SystemPackage
import YAML

/// The containers of static pods, by their manifests: what the kubelet runs without asking the API server's admission.
/// https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/
struct StaticPodCollector: Collector {
  let name = "static-pods"

  static let subject = Subject(
    "static-pod", "One container of a static pod, as its manifest declares it.", isSingleton: false,
    facts: [
      .init("file", .text, "The manifest."),
      .init("pod", .text, "The pod's name."),
      .init("namespace", .text, "The pod's namespace."),
      .init("container", .text, "The container's name."),
      .init("isInit", .flag, "Whether it runs before the pod's other containers."),
      .init("privileged", .flag, "securityContext.privileged; not set is false."),
      .init("allowPrivilegeEscalation", .flag, "securityContext.allowPrivilegeEscalation; not set is true."),
      .init("capabilities.added", .list, "Capabilities beyond the runtime's default, without CAP_."),
      .init("capabilities.dropped", .list, "Capabilities taken from the runtime's default, without CAP_."),
      .init("hostNetwork", .flag, "Whether the pod is in the host's network namespace."),
      .init("hostPID", .flag, "Whether the pod sees the host's processes."),
      .init("hostIPC", .flag, "Whether the pod is in the host's IPC namespace."),
      .init("hostPaths", .list, "The host's paths that the container mounts."),
      .init("hostPaths.writable", .list, "Those of them that it may write to."),
      .init("runAsUser", .number, "The user it runs as, of the container or else of the pod."),
      .init("runAsNonRoot", .flag, "Whether the kubelet refuses to run it as root; not set is false."),
      .init("readOnlyRootFilesystem", .flag, "Whether its own root is read-only; not set is false."),
      .init("seccompProfile", .text, "The seccomp profile's type, of the container or else of the pod."),
      .init("automountServiceAccountToken", .flag, "Whether a service account's token is asked for."),
      .init("image", .text, "Its image."),
      .init("imageByDigest", .flag, "Whether the image is named by digest, so that it can't be exchanged."),
    ])

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    let reader = staticPods(of: host)
    for problem in reader.problems { record.problem(problem) }
    for (file, document) in reader.manifests {
      let pod = StaticPod(file: file, document: document)
      for (key, isInit) in [("initContainers", true), ("containers", false)] {
        for (index, container) in (document.at("spec.\(key)")?.sequence ?? []).enumerated() {
          record.add(pod.entity(container, number: index + 1, isInit: isInit))
        }
      }
    }
  }
}

/// One manifest's pod.
private struct StaticPod {
  let file: FilePath
  let document: Node

  private var place: String { Collectors.place(file) }
  private var spec: Node? { document["spec"] }

  private func source(_ node: Node?, _ key: String) -> Source { .file(place, line: node?.line, key: key) }

  /// What is not set, or null, has the default that the API documents.
  private func flag(_ node: Node?, _ key: String, unset: Bool) -> Fact {
    guard let node, !node.isNull else { return .observed(.flag(unset), source(nil, key)) }
    guard let flag = node.flag else { return malformed(node, key) }
    return .observed(.flag(flag), source(node, key))
  }

  private func text(_ node: Node?, _ key: String) -> Fact {
    guard let node, let text = node.text else { return .absent(source(nil, key)) }
    return .observed(.text(Parameter.shown(text)), source(node, key))
  }

  private func texts(_ node: Node?, _ key: String) -> Fact {
    guard let node, !node.isNull else { return .observed(.list([]), source(nil, key)) }
    guard let items = node.sequence else { return malformed(node, key) }
    return .observed(.texts(items.compactMap { $0.text.map(capability) }), source(node, key))
  }

  private func malformed(_ node: Node, _ key: String) -> Fact {
    .unreadable(.malformed, detail: "not of the type that the API has there: \(node.kind)", source(node, key))
  }

  func entity(_ container: Node, number: Int, isInit: Bool) -> Entity {
    let name = container["name"]?.text.map(Parameter.shown) ?? "\(isInit ? "init" : "")\(number)"
    var entity = Entity(StaticPodCollector.subject, id: "\(place)/\(name)")
    entity["file"] = .observed(.text(place), .file(place))
    entity["pod"] = text(document.at("metadata.name"), "metadata.name")
    entity["namespace"] = text(document.at("metadata.namespace"), "metadata.namespace")
    entity["container"] = text(container["name"], "name")
    entity["isInit"] = .observed(.flag(isInit), source(container, isInit ? "initContainers" : "containers"))
    for key in ["hostNetwork", "hostPID", "hostIPC"] {
      entity[key] = flag(spec?[key], "spec.\(key)", unset: false)
    }
    entity["automountServiceAccountToken"] = flag(
      spec?["automountServiceAccountToken"], "spec.automountServiceAccountToken", unset: false)
    addSecurity(container, to: &entity)
    addMounts(container, to: &entity)
    addImage(container["image"], to: &entity)
    return entity
  }

  private func addSecurity(_ container: Node, to entity: inout Entity) {
    let (own, pods) = (container["securityContext"], spec?["securityContext"])
    let path = "securityContext"
    for (key, unset) in [
      ("privileged", false), ("allowPrivilegeEscalation", true), ("readOnlyRootFilesystem", false),
    ] {
      entity[key] = flag(own?[key], "\(path).\(key)", unset: unset)
    }
    // The container's own word goes before the pod's.
    func either(_ key: String) -> Node? { own?.at(key) ?? pods?.at(key) }
    entity["runAsNonRoot"] = flag(either("runAsNonRoot"), "\(path).runAsNonRoot", unset: false)
    entity["seccompProfile"] = text(either("seccompProfile.type"), "\(path).seccompProfile.type")
    let user = either("runAsUser")
    if let user, !user.isNull {
      entity["runAsUser"] =
        user.number.map { .observed(.number($0), source(user, "\(path).runAsUser")) }
        ?? malformed(user, "\(path).runAsUser")
    } else {
      entity["runAsUser"] = .absent(source(nil, "\(path).runAsUser"))
    }
    entity["capabilities.added"] = texts(own?.at("capabilities.add"), "\(path).capabilities.add")
    entity["capabilities.dropped"] = texts(own?.at("capabilities.drop"), "\(path).capabilities.drop")
  }

  /// `CAP_SYS_ADMIN` and `sys_admin` are SYS_ADMIN to the runtimes.
  private func capability(_ text: String) -> String {
    let upper = Parameter.shown(text).uppercased()
    return upper.hasPrefix("CAP_") ? String(upper.dropFirst(4)) : upper
  }

  private func addMounts(_ container: Node, to entity: inout Entity) {
    var volumes: [String: String] = [:]
    for volume in spec?["volumes"]?.sequence ?? [] {
      if let name = volume["name"]?.text, let path = volume.at("hostPath.path")?.text { volumes[name] = path }
    }
    var (all, writable): ([String], [String]) = ([], [])
    for mount in container["volumeMounts"]?.sequence ?? [] {
      guard let name = mount["name"]?.text, let path = volumes[name] else { continue }
      let shown = Parameter.shown(FilePath(path).lexicallyNormalized().string)
      all.append(shown)
      if mount["readOnly"]?.flag != true { writable.append(shown) }
    }
    let place = source(container["volumeMounts"], "volumeMounts")
    entity["hostPaths"] = .observed(.texts(Set(all).sorted()), place)
    entity["hostPaths.writable"] = .observed(.texts(Set(writable).sorted()), place)
  }

  private func addImage(_ node: Node?, to entity: inout Entity) {
    entity["image"] = text(node, "image")
    entity["imageByDigest"] = entity["image"]?.map { value in
      if case .text(let image) = value {
        .flag(image.contains("@sha256:") || image.contains("@sha512:"))
      } else {
        value
      }
    }
  }
}
