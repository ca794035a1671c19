import Facts
import Host
import SystemPackage
import YAML

/// Which version a component is, from what the host says of it: never from what it would have to be.
struct ComponentVersion {
  let component: Component
  let instance: ComponentInstance

  /// Where it is looked for, the most telling first.
  private enum Step: CaseIterable {
    /// The image that its manifest names.
    case manifest
    /// `--version=v1.33.5-gke.1`: a component refuses a version that is not its own; component-base's version/verflag.
    case flag
    /// A directory of its executable's path.
    case path
    /// What the linker wrote into its executable.
    case program
    /// The image that the runtime says its container was made of.
    case container
    /// The package database, or the snap.
    case package
    /// What its distribution says of its programs.
    case statement
  }

  enum Evidence {
    case found(Fact)
    case nothing([Source])
    case failed(PlaceFailure)

    static func version(_ text: String?, _ source: Source) -> Evidence {
      text.map { .found(.observed(.text($0), source)) } ?? .nothing([source])
    }
  }

  func fact(_ host: borrowing HostView) -> Fact {
    var looked: [Source] = []
    var failure: PlaceFailure?
    for step in Step.allCases {
      switch look(step, host) {
      case .found(let fact): return fact
      case .nothing(let sources): looked += sources
      case .failed(let obstacle): failure = failure ?? obstacle
      }
    }
    return failure?.fact ?? .absent(looked.isEmpty ? [instance.place] : looked)
  }

  private func look(_ step: Step, _ host: borrowing HostView) -> Evidence {
    switch step {
    case .manifest:
      guard let manifest = instance.manifest else { return .nothing([]) }
      return manifest.imageVersion.map { .version($0, manifest.image?.source ?? manifest.place) }
        ?? .nothing([manifest.place])
    case .flag:
      guard case .success(let flags) = instance.flags(component.syntax),
        let setting = flags["version"].last, let version = leadingVersion(setting.value)
      else { return .nothing([]) }
      return .version(version, setting.source)
    case .path: return path()
    case .program: return program(host)
    case .container: return container(host)
    case .package: return package(host)
    case .statement:
      guard let executable = installed else { return .nothing([]) }
      return VersionStatement.evidence(of: component.name, at: executable, host)
    }
  }

  private func path() -> Evidence {
    guard case .observed(.text(let path), let sources) = instance.executable else { return .nothing([]) }
    // `/var/lib/rancher/rke2/data/v1.31.4-rke2r1-0a1b2c/bin/kubelet`: a version is a directory's name or begins it.
    for directory in path.split(separator: "/").dropLast().reversed() where directory.hasPrefix("v") {
      if let version = leadingVersion(directory) { return .found(.observed(.text(version), sources)) }
    }
    return .nothing(sources)
  }

  /// Where its executable stands, as it sees it; nil where that can't be told, where the file that runs was replaced, so that
  /// what is there now is another version (proc_pid_exe(5)), and where it is an image's.
  private var installed: String? {
    guard case .observed(.text(let path), _) = instance.executable, !path.hasSuffix(" (deleted)") else {
      return nil
    }
    if case .volumes = instance.paths { return nil }
    return path
  }

  // MARK: Its file

  private func program(_ host: borrowing HostView) -> Evidence {
    guard let installed, installed.hasPrefix("/") else { return .nothing([]) }
    let path = FilePath(installed)
    let source = Source.file(instance.paths.place(path), key: ".go.buildinfo")
    let read = instance.paths.with(path, of: host) { root, path in
      do throws(HostError) { return .success(try GoBuildInformation(of: path, in: root)) } catch {
        return Result<GoBuildInformation?, HostError>.failure(error)
      }
    }
    switch read {
    case .failure(let error):
      return error.reason == .absent ? .nothing([source]) : .failed(PlaceFailure(error, source))
    case .success(let information):
      let version = information.flatMap(built).flatMap(leadingVersion)
      // What was built without a release's settings says 0.0.0.
      return .version(version.flatMap { $0.hasPrefix("0.") ? nil : $0 }, source)
    }
  }

  private func built(_ information: GoBuildInformation) -> String? {
    if component.name == EtcdCollector.component.name {
      return information.version(ofModule: "go.etcd.io/etcd/server/v3")
    }
    return information.value(ofVariable: "k8s.io/component-base/version.gitVersion")
      ?? information.version(ofModule: "k8s.io/kubernetes")
  }

  // MARK: Its container

  /// Where runtimes keep the OCI specification of a container that runs, and what each calls its image there.
  private static let bundles: [(directory: FilePath, file: String, key: String)] = [
    ("run/containerd/io.containerd.runtime.v2.task/k8s.io", "config.json", "io.kubernetes.cri.image-name"),
    (
      "run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io", "config.json", "io.kubernetes.cri.image-name"
    ),
    (
      "var/snap/microk8s/common/run/containerd/io.containerd.runtime.v2.task/k8s.io", "config.json",
      "io.kubernetes.cri.image-name"
    ),
    (
      "run/containers/storage/overlay-containers", "userdata/config.json", "io.kubernetes.cri-o.ImageName"
    ),
  ]

  private func container(_ host: borrowing HostView) -> Evidence {
    guard let id = instance.process?.cgroup.containerID else { return .nothing([]) }
    var looked: [Source] = []
    for (directory, file, key) in Self.bundles {
      let path = directory.appending(id).appending(FilePath(file).components)
      let source = Source.file(place(path), key: key)
      switch PathSpace.host.bytes(path, of: host) {
      case .failure(let error):
        if error.reason != .absent { return .failed(PlaceFailure(error, source)) }
        looked.append(source)
      case .success(let bytes):
        do throws(YAMLError) {
          return .version(try parseYAML(bytes)["annotations"]?[key]?.text.flatMap(imageVersion), source)
        } catch {
          return .failed(PlaceFailure(.malformed, error.description, source))
        }
      }
    }
    return .nothing(looked)
  }

  // MARK: Its package

  private func package(_ host: borrowing HostView) -> Evidence {
    guard let installed, instance.process?.cgroup.podUID == nil else { return .nothing([]) }
    let parents = installed.split(separator: "/").dropLast()
    if parents.count >= 3, parents.first == "snap" { return snap(parents.prefix(3), host) }
    guard installed.hasPrefix("/usr/"), !installed.hasPrefix("/usr/local/") else { return .nothing([]) }
    let source = Source.file("/var/lib/dpkg/status")
    do throws(HostError) {
      let bytes = try host.root.bytes("var/lib/dpkg/status", atMost: 32 << 20)
      for name in Self.packages[component.name] ?? [component.name] {
        if let (version, line) = Self.version(of: name, in: bytes) {
          return .version(version, .file(source.place, line: line, key: name))
        }
      }
      return .nothing([source])
    } catch {
      return error.reason == .absent ? .nothing([source]) : .failed(PlaceFailure(error, source))
    }
  }

  /// A snap's own statement, `/snap/NAME/REVISION/meta/snap.yaml`; a snap of Kubernetes has the version of what it packs.
  private func snap(_ directory: ArraySlice<Substring>, _ host: borrowing HostView) -> Evidence {
    let path = FilePath(directory.joined(separator: "/")).appending("meta/snap.yaml")
    let source = Source.file("/\(path.string)", key: "version")
    switch PathSpace.host.bytes(path, of: host) {
    case .failure(let error):
      return error.reason == .absent ? .nothing([source]) : .failed(PlaceFailure(error, source))
    case .success(let bytes):
      do throws(YAMLError) {
        return .version(try parseYAML(bytes)["version"]?.text.flatMap(leadingVersion), source)
      } catch {
        return .failed(PlaceFailure(.malformed, error.description, source))
      }
    }
  }

  private static let packages: [String: [String]] = [
    "kubelet": ["kubelet"], "etcd": ["etcd-server", "etcd"], "kube-apiserver": ["kubernetes-master"],
  ]

  /// An installed package's upstream version, without epoch and Debian revision; deb-version(7).
  static func version(of package: String, in status: [UInt8]) -> (String, line: Int)? {
    guard let paragraph = paragraph(of: package, in: status) else { return nil }
    var isInstalled = false
    for (index, line) in paragraph.lines.enumerated() {
      if line.starts(with: "Status: ".utf8) {
        isInstalled = line.trimmed.reversed().starts(with: " installed".utf8.reversed())
      } else if isInstalled, line.starts(with: "Version: ".utf8) {
        let text = printable(line.dropFirst(9).trimmed, atMost: 100)
        let upstream = text.split(separator: ":").last ?? ""
        let line = status[..<paragraph.startIndex].count { $0 == 0x0a } + index + 1
        return leadingVersion(upstream.prefix { $0 != "-" && $0 != "+" && $0 != "~" }).map { ($0, line) }
      }
    }
    return nil
  }

  /// From the line that names the package to the next empty one: the file has half a million bytes, most of them of others.
  private static func paragraph(of package: String, in status: [UInt8]) -> ArraySlice<UInt8>? {
    let heading = Array("Package: \(package)".utf8)
    var start = status.startIndex
    while start < status.endIndex {
      let end = status[start...].firstIndex(of: 0x0a) ?? status.endIndex
      if status[start] == heading[0], status[start..<end].elementsEqual(heading) {
        var last = end
        while last < status.endIndex, status[last...].dropFirst().first != 0x0a {
          last = status[last...].dropFirst().firstIndex(of: 0x0a) ?? status.endIndex
        }
        return status[start..<last]
      }
      start = end + 1
    }
    return nil
  }
}
