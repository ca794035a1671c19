import Facts
import Host
import SystemPackage
import YAML

/// One container of a static pod manifest.
struct StaticPodContainer: Hashable, Sendable {
  /// The manifest's path.
  let file: FilePath
  let pod: String
  /// The container's own name.
  let name: String
  /// Command and arguments, each with its line.
  let words: [Word]
  let environment: [String: Word]
  let image: Word?
  let volumes: [PathSpace.Volume]

  var place: Source { .file(Collectors.place(file)) }

  /// Where the component's own name stands among the words: what follows are its flags.
  func start(of component: Component) -> Int? {
    if let index = words.firstIndex(where: { component.executables.contains(lastPathComponent($0.text)) }) {
      return index + 1
    }
    if words.count > 1, lastPathComponent(words[0].text) == Component.hyperkube,
      component.isHyperkubePart(words[1].text)
    {
      return 2
    }
    guard words.first?.text.hasPrefix("-") ?? true, let image else { return nil }
    let name = lastPathComponent(image.text).prefix { $0 != ":" && $0 != "@" }
    return component.executables.contains(String(name)) ? 0 : nil
  }

  /// The shell script that starts the component, as OpenShift's pods have it; nil where no shell does.
  func script(of component: Component) -> Word? {
    guard name == component.name, let shell = words.first.map({ lastPathComponent($0.text) }),
      ["sh", "bash"].contains(shell)
    else { return nil }
    return words.dropFirst().first { word in
      word.text.split(whereSeparator: \.isWhitespace).contains {
        component.executables.contains(lastPathComponent(String($0)))
      }
    }
  }

  var imageVersion: String? { image.flatMap { Collectors.imageVersion($0.text) } }
}

/// `registry.k8s.io/etcd:3.6.8-0` is 3.6.8; nil for a digest alone or a tag that is no version.
func imageVersion(_ image: String) -> String? {
  let name = lastPathComponent(image)
  guard let colon = name.firstIndex(of: ":") else { return nil }
  return leadingVersion(name[colon...].dropFirst().prefix { $0 != "@" })
}

/// `v1.36.2+rke2r1` is 1.36.2; nil where the text does not begin with MAJOR.MINOR.
func leadingVersion(_ text: some StringProtocol) -> String? {
  let digits = text.hasPrefix("v") ? text.dropFirst() : text[...]
  let version = digits.prefix { $0.isASCII && $0.isNumber || $0 == "." }
  let parts = version.split(separator: ".", omittingEmptySubsequences: false)
  guard (2...4).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.count < 6 }) else { return nil }
  return String(version)
}

/// Reads static pod manifests as the kubelet does: every file of its directory whose name doesn't begin with a dot.
struct StaticPodReader {
  private(set) var containers: [StaticPodContainer] = []
  /// Each Pod as written, with its file.
  private(set) var manifests: [(file: FilePath, document: Node)] = []
  private(set) var problems: [PlaceFailure] = []

  /// A directory that is not there holds no manifests.
  mutating func read(_ directory: FilePath, of host: borrowing HostView) {
    let names: [FilePath.Component]
    switch PathSpace.host.names(in: directory, of: host) {
    case .success(let found): names = found
    case .failure(let error):
      if error.reason != .absent { problems.append(PlaceFailure(error, .file(error.place))) }
      return
    }
    for name in names where !name.string.hasPrefix(".") {
      let path = directory.appending(name)
      switch PathSpace.host.bytes(path, of: host) {
      case .failure(let error):
        // The kubelet does not go into directories.
        if error.reason == .wrongType(.directory) { continue }
        problems.append(PlaceFailure(error, .file(error.place)))
      case .success(let bytes): add(bytes, path)
      }
    }
  }

  mutating func addProblem(_ failure: PlaceFailure) { problems.append(failure) }

  mutating func add(_ bytes: [UInt8], _ path: FilePath) {
    do throws(YAMLError) {
      let document = try parseYAML(bytes)
      guard document["kind"]?.text == "Pod", let spec = document["spec"] else { return }
      manifests.append((path, document))
      let volumes = Self.hostPaths(spec)
      let pod = document.at("metadata.name")?.text ?? ""
      for container in spec["containers"]?.sequence ?? [] {
        containers.append(Self.container(container, path, pod, volumes))
      }
    } catch {
      problems.append(
        PlaceFailure(.malformed, error.description, .file(place(path), line: error.line)))
    }
  }

  private static func container(_ node: Node, _ path: FilePath, _ pod: String, _ volumes: [String: FilePath])
    -> StaticPodContainer
  {
    let file = place(path)
    func word(_ node: Node) -> Word? { node.text.map { Word($0, .file(file, line: node.line)) } }
    var environment: [String: Word] = [:]
    for entry in node["env"]?.sequence ?? [] {
      if let name = entry["name"]?.text, let value = entry["value"].flatMap(word) {
        environment[name] = value
      }
    }
    let words = ((node["command"]?.sequence ?? []) + (node["args"]?.sequence ?? [])).compactMap(word)
    let mounts = (node["volumeMounts"]?.sequence ?? []).compactMap { mount -> PathSpace.Volume? in
      guard let name = mount["name"]?.text, let at = mount["mountPath"]?.text, let host = volumes[name] else {
        return nil
      }
      return PathSpace.Volume(mount: FilePath(at).lexicallyNormalized(), host: host)
    }
    return StaticPodContainer(
      file: path, pod: printable(Array(pod.utf8)),
      name: printable(Array((node["name"]?.text ?? "").utf8)),
      words: words.map { Word(expanded($0.text, environment), $0.source) }, environment: environment,
      image: node["image"].flatMap(word), volumes: mounts)
  }

  private static func hostPaths(_ spec: Node) -> [String: FilePath] {
    var paths: [String: FilePath] = [:]
    for volume in spec["volumes"]?.sequence ?? [] {
      if let name = volume["name"]?.text, let path = volume.at("hostPath.path")?.text {
        paths[name] = FilePath(path).lexicallyNormalized()
      }
    }
    return paths
  }

  /// `$(NAME)` is the container's variable of that name; one that it doesn't have stays as it is.
  private static func expanded(_ text: String, _ environment: [String: Word]) -> String {
    guard text.contains("$(") else { return text }
    var result = ""
    var rest = text[...]
    while let dollar = rest.firstRange(of: "$("), let close = rest[dollar.upperBound...].firstIndex(of: ")") {
      let name = String(rest[dollar.upperBound..<close])
      result += rest[..<dollar.lowerBound]
      result += environment[name]?.text ?? "$(\(name))"
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}
