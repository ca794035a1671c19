import Facts
import Host
import SystemPackage
import YAML

/// OpenShift's API server and controller manager are told most of their flags by a file that `--openshift-config` names: its
/// `apiServerArguments` or `extendedArguments` are parsed as flags after the command line, and other parts of the file come to
/// flags that nothing else sets.
struct OpenShiftConfiguration {
  static let flag = "openshift-config"
  private static let lists = ["apiServerArguments", "extendedArguments"]

  /// The instance with what its file says; unchanged where its command line names none.
  static func applied(
    to instance: ComponentInstance, _ component: Component, _ host: borrowing HostView
  ) -> ComponentInstance {
    guard case .success(let words) = instance.words,
      case .success(let flags) = instance.flags(component.syntax), let setting = flags.text(flag)
    else { return instance }
    var result = instance
    let path: FilePath
    switch ConfigurationReader(instance: instance).absolute(setting.value, host) {
    case .failure(let failure):
      result.opaque.others = ([], failure)
      return result
    case .success(let found): path = found
    }
    let place = instance.paths.place(path)
    switch instance.paths.bytes(path, of: host) {
    case .failure(let error): result.opaque.others = ([], PlaceFailure(error, .file(place)))
    case .success(let bytes):
      do throws(YAMLError) {
        let root = try parseYAML(bytes)
        let more = arguments(root, place)
        result = instance.saying(words + more)
        result.watched.append(path)
        let rest = PlaceFailure(
          .unsupported, "OpenShift makes this flag, where nothing names it, of other parts of the file",
          .file(place))
        result.unknown.others = ([], rest)
      } catch {
        result.opaque.others = (
          [], PlaceFailure(.malformed, error.description, .file(place, line: error.line))
        )
      }
    }
    return result
  }

  private static func arguments(_ root: Node, _ place: String) -> [Word] {
    var words: [Word] = []
    func add(_ name: String, _ node: Node?) {
      guard let node, let text = node.text else { return }
      words.append(Word("--\(name)=\(text)", .file(place, line: node.line)))
    }
    var named: Set<String> = []
    for list in lists {
      for entry in root[list]?.mapping ?? [] {
        named.insert(entry.key)
        for node in entry.value.sequence ?? [entry.value] { add(entry.key, node) }
      }
    }
    let serving = root["servingInfo"]
    if !named.contains("tls-min-version") { add("tls-min-version", serving?["minTLSVersion"]) }
    if !named.contains("tls-cipher-suites") {
      for node in serving?["cipherSuites"]?.sequence ?? [] { add("tls-cipher-suites", node) }
    }
    return words
  }
}

extension ComponentInstance {
  /// The same instance with another command line.
  fileprivate func saying(_ words: [Word]) -> ComponentInstance {
    var copy = ComponentInstance(
      id: id, origin: origin, process: process, words: .success(words), place: place,
      environment: environment, executable: executable, paths: paths, manifest: manifest)
    copy.embedder = embedder
    copy.opaque = opaque
    copy.unknown = unknown
    copy.watched = watched
    return copy
  }
}
