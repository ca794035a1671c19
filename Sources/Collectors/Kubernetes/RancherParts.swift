import Facts
import Host
import SystemPackage

/// How k3s and RKE2 make a component's command line: their own flags, which are documented and left to the judge, what their
/// options come to, and last `kubelet-arg` and its like, of which each replaces their own.
/// https://docs.k3s.io/cli/server, https://docs.rke2.io/reference/server_config
extension RancherOptions {
  /// - Returns: nil where the component is no part of it in this role.
  /// - Parameter place: What the binary itself is known by.
  func part(
    _ component: Component, from place: Source, _ paths: PathSpace, _ host: borrowing HostView
  ) -> EmbeddedPart? {
    guard isPart(component.name, paths, host) else { return nil }
    if let failure { return EmbeddedPart(words: .failure(failure)) }
    if component.name == "etcd" { return etcd(paths) }
    var part = EmbeddedPart(words: .success([]))
    var given: [Word] = []
    var names: Set<String> = []
    for word in values[Self.option(component.name)] ?? [] {
      let text = word.text.hasPrefix("--") ? String(word.text.dropFirst(2)) : word.text
      let equals = text.firstIndex(of: "=") ?? text.endIndex
      let name = String(text[..<equals])
      let value = equals == text.endIndex ? "true" : String(text[text.index(after: equals)...])
      if name.hasSuffix("+") || name.hasSuffix("-") {
        let own = String(name.dropLast())
        names.insert(own)
        part.opaque.named[own] = PlaceFailure(
          .unsupported,
          "it adds '\(Parameter.shown(value))' to a value that \(embedder.rawValue) makes itself",
          word.source)
      } else {
        names.insert(name)
        given.append(Word("--\(name)=\(value)", word.source))
      }
    }
    let own = translated(component.name, paths, host).filter { !names.contains($0.name) }
    part.words = .success(own.map { Word("--\($0.name)=\($0.value)", $0.source) } + given)
    addUnknown(&part, component, place)
    return part
  }

  /// What it sets itself to values of its version or of the node.
  private static let own = [
    "kubelet": ["hostname-override"],
    "kube-apiserver": [
      "enable-bootstrap-token-auth", "secure-port", "service-account-issuer",
      "service-account-signing-key-file", "tls-cipher-suites",
    ],
    "kube-controller-manager": ["secure-port"], "kube-scheduler": ["secure-port"],
  ]

  /// Paths that it makes from its data directory are documented for the usual one only.
  private func addUnknown(_ part: inout EmbeddedPart, _ component: Component, _ place: Source) {
    for flag in Self.own[component.name] ?? [] {
      part.unknown.named[flag] = PlaceFailure(
        .unsupported, "\(embedder.rawValue) sets it itself, to a value that is in no file", place)
    }
    guard let directory = last("data-dir"), dataDirectory.string != "/var/lib/rancher/\(embedder.rawValue)"
    else { return }
    for parameter in component.parameters {
      guard let flag = parameter.flag, Self.isPath(flag) else { continue }
      part.unknown.named[flag] = PlaceFailure(
        .unsupported, "\(embedder.rawValue) may set it to a path beneath \(dataDirectory)", directory.source)
    }
  }

  private static func isPath(_ flag: String) -> Bool {
    [
      "-file", "-cafile", "-certfile", "-keyfile", "-certificate", "-key", "kubeconfig", "-path",
      "-authority",
    ]
    .contains { flag.hasSuffix($0) }
  }

  private func isPart(_ name: String, _ paths: PathSpace, _ host: borrowing HostView) -> Bool {
    if name == "kubelet" { return !isOn("disable-agent") }
    if name == "kube-proxy" { return !isOn("disable-agent") && !isOn("disable-kube-proxy") }
    guard role == .server else { return false }
    switch name {
    case "kube-apiserver": return !isOn("disable-apiserver")
    case "kube-controller-manager": return !isOn("disable-controller-manager")
    case "kube-scheduler": return !isOn("disable-scheduler")
    case "etcd":
      if isOn("disable-etcd") || last("datastore-endpoint") != nil { return false }
      // Without a member's file the datastore is kine's, which is no etcd.
      if case .failure(let error) = paths.status(etcdFile, of: host) { return error.reason != .absent }
      return true
    default: return false
    }
  }

  private static func option(_ component: String) -> String { "\(component)-arg" }

  private var etcdFile: FilePath { dataDirectory.appending("server/db/etcd/config") }

  /// `etcd-arg` is written into the file before etcd starts.
  private func etcd(_ paths: PathSpace) -> EmbeddedPart {
    EmbeddedPart(
      words: .success([Word("--config-file=\(etcdFile)", .file(paths.place(etcdFile)))]))
  }

  private typealias Own = (name: String, value: String, source: Source)

  /// What its own options come to.
  private func translated(_ name: String, _ paths: PathSpace, _ host: borrowing HostView) -> [Own] {
    var own: [Own] = []
    func add(_ option: String, as flag: String) {
      guard let all = values[option], let last = all.last else { return }
      own.append((flag, all.map(\.text).joined(separator: ","), last.source))
    }
    switch name {
    case "kubelet":
      let directory = dataDirectory.appending("agent/etc/kubelet.conf.d")
      if case .success = paths.status(directory, of: host) {
        // Since it keeps the kubelet's configuration there (v1.32), it names the directory to the kubelet.
        own.append(("config-dir", directory.string, .inode(paths.place(directory))))
      }
      if let option = last("protect-kernel-defaults") {
        own.append(("protect-kernel-defaults", option.text.isEmpty ? "true" : option.text, option.source))
      }
      add("node-label", as: "node-labels")
      if let word = last("node-name") { own.append(("hostname-override", word.text, word.source)) }
      if let word = last("node-ip") { own.append(("node-ip", word.text, word.source)) }
    case "kube-apiserver":
      if isOn("secrets-encryption"), let word = last("secrets-encryption") {
        let file = dataDirectory.appending("server/cred/encryption-config.json")
        own.append(("encryption-provider-config", file.string, word.source))
      }
    default: break
    }
    return own
  }
}
