import Facts
import Host
import SystemPackage

/// MicroK8s' one process for everything but the datastore: each part is told by a file of arguments, one or more to a line,
/// with `#` comments, quotes taken out and `$VARIABLES` put in. https://microk8s.io/docs/ref-services
struct Kubelite: Sendable {
  static let unit = "snap.microk8s.daemon-kubelite.service"

  let place: Source
  /// Its own command line, after the executable.
  private let words: Result<[Word], PlaceFailure>
  /// The snap's directory: `/snap/microk8s/7394`.
  private let snap: FilePath

  init(_ process: HostProcess) {
    let place = Source(.flag, process.label)
    self.place = place
    switch process.arguments {
    case .failure(let error): words = .failure(PlaceFailure(error, .file("/proc/\(process.id)/cmdline")))
    case .success(let arguments): words = .success(arguments.dropFirst().map { Word($0, place) })
    }
    if case .success(let path) = process.executable {
      snap = path.removingLastComponent()
    } else {
      snap = "/snap/microk8s/current"
    }
  }

  /// What the snap's service would start; nil where it is not installed.
  init?(notRunning host: borrowing HostView) {
    let path: FilePath = "/var/snap/microk8s/current/args/kubelite"
    snap = "/snap/microk8s/current"
    place = .file(path.string)
    switch PathSpace.host.bytes(path, of: host) {
    case .failure(let error):
      if error.reason == .absent { return nil }
      words = .failure(PlaceFailure(error, place))
    case .success(let bytes):
      var unknown = OpaqueFlags()
      words = .success(
        Self.words(
          bytes, path, variables: Self.variables("/var/snap/microk8s/current", "/snap/microk8s/current"),
          &unknown))
    }
  }

  private static let options = [
    "kubelet": "kubelet-args-file", "kube-apiserver": "apiserver-args-file",
    "kube-controller-manager": "controller-manager-args-file", "kube-scheduler": "scheduler-args-file",
    "kube-proxy": "proxy-args-file",
  ]

  /// - Returns: nil where the component is no part of it.
  func part(_ component: Component, _ paths: PathSpace, _ host: borrowing HostView) -> (
    EmbeddedPart, files: [FilePath]
  )? {
    guard let option = Self.options[component.name] else { return nil }
    let flags: CommandFlags
    switch words {
    case .failure(let failure): return (EmbeddedPart(words: .failure(failure)), [])
    case .success(let words):
      let syntax = FlagSyntax(switches: ["start-control-plane"], valued: [], isGoFlag: false)
      flags = CommandFlags(parsing: words, syntax: syntax, place: place)
    }
    let isControlPlane = !["kubelet", "kube-proxy"].contains(component.name)
    if isControlPlane, let setting = flags["start-control-plane"].last, goFlag(setting.value) == false {
      return nil
    }
    let file = FilePath(flags.text(option)?.value ?? "/var/snap/microk8s/current/args/\(component.name)")
      .lexicallyNormalized()
    switch paths.bytes(file, of: host) {
    case .failure(let error):
      return (EmbeddedPart(words: .failure(PlaceFailure(error, .file(paths.place(file))))), [])
    case .success(let bytes):
      var part = EmbeddedPart(words: .success([]))
      let data = file.removingLastComponent().removingLastComponent()
      part.words = .success(
        Self.words(bytes, file, variables: Self.variables(data, snap), &part.opaque))
      return (part, [file])
    }
  }

  /// What snapd sets for every program of a snap; its other variables are not read.
  private static func variables(_ data: FilePath, _ snap: FilePath) -> [String: String] {
    ["SNAP_DATA": data.string, "SNAP_COMMON": "/var/snap/microk8s/common", "SNAP": snap.string]
  }

  private static func words(
    _ bytes: [UInt8], _ file: FilePath, variables: [String: String], _ opaque: inout OpaqueFlags
  ) -> [Word] {
    var words: [Word] = []
    for (index, line) in bytes.lines.enumerated() {
      let text = printable(line.trimmed, atMost: 1 << 16)
      if text.isEmpty || text.hasPrefix("#") { continue }
      let source = Source.file(Collectors.place(file), line: index + 1)
      for part in text.filter({ $0 != "\"" && $0 != "'" }).split(separator: " ") {
        let (expanded, missing) = expand(part, variables)
        guard let missing else {
          words.append(Word(expanded, source))
          continue
        }
        let name = String(part.drop { $0 == "-" }.prefix { $0 != "=" })
        opaque.named[name] = PlaceFailure(
          .notVisible, "its value is made of the process's variable \(printable(Array(missing.utf8)))", source
        )
      }
    }
    return words
  }

  /// Go's os.ExpandEnv, with the variables that are known.
  private static func expand(_ text: Substring, _ variables: [String: String]) -> (String, missing: String?) {
    var result = ""
    var rest = text
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      let name: Substring
      if rest.first == "{", let close = rest.firstIndex(of: "}") {
        name = rest[rest.index(after: rest.startIndex)..<close]
        rest = rest[rest.index(after: close)...]
      } else {
        name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        rest = rest.dropFirst(name.count)
      }
      guard let value = variables[String(name)] else { return (String(text), String(name)) }
      result += value
    }
    return (result + rest, nil)
  }
}
