import Facts
import Host
import SystemPackage
import YAML

/// seccomp profiles in files: those that pods can name, in the kubelet's directory, and those that a runtime gives to all containers.
struct SeccompProfileCollector: Collector {
  let name = "seccomp-profile"

  static let subject = Subject(
    "seccomp-profile",
    "A seccomp profile in a file, as the kubelet and the runtimes take it: the JSON of the OCI runtime specification.",
    isSingleton: false,
    facts: [
      .init("path", .text, "The file."),
      .init(
        "origin", .text, "Whose it is: the kubelet's, for pods of type Localhost, or a runtime's own.",
        values: ["kubelet"] + RuntimeKind.allCases.map(\.rawValue)),
      .init("defaultAction", .text, "What happens to a system call that no rule names."),
      .init("rules", .number, "How many rules it has."),
      .init("architectures.unknown", .list, "Architectures in it that libseccomp does not know."),
      .init(
        "calls.unknown", .list, "System calls in it that libseccomp does not know: a slip, or newer than it."),
      .init(
        "calls.newer", .list,
        "System calls in it that came with a later Linux than the running kernel's release: they mean nothing until the kernel is "
          + "updated, unless its maker brought them back."),
      .init(
        "calls.dangerous", .list,
        "Of the calls by which containers have got out (\(SeccompProfile.dangerous.joined(separator: ", "))), those that it allows "
          + "whatever their arguments and the container's capabilities are."),
    ])

  var subjects: [Subject] { [Self.subject] }

  private static let mostProfiles = 256
  private static let largest = 4 << 20

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var seen: Set<String> = []
    for directory in Self.kubeletDirectories(host) {
      for path in Self.files(in: directory, levels: 4, host, &record) where seen.insert(path.string).inserted
      {
        record.add(Self.entity(path, "kubelet", .host, host))
      }
    }
    for statement in RuntimeStatement.all(of: host) where statement.runtime.kind != .containerd {
      let keys =
        statement.runtime.kind == .crio ? ["crio", "runtime", "seccomp_profile"] : ["seccomp-profile"]
      guard let path = statement.configuration.text([keys], flag: "seccomp-profile"), path.hasPrefix("/")
      else { continue }
      guard seen.insert(path).inserted else { continue }
      record.add(
        Self.entity(FilePath(path), statement.runtime.kind.rawValue, statement.runtime.paths, host))
    }
  }

  /// `seccomp` beneath each kubelet's root directory; older ones had a flag for it.
  private static func kubeletDirectories(_ host: borrowing HostView) -> [FilePath] {
    var found: [FilePath] = []
    for instance in ComponentFinder.search(for: KubeletCollector.component, of: host).instances {
      guard case .success(let flags) = instance.flags(KubeletCollector.component.syntax) else { continue }
      if let own = flags.text("seccomp-profile-root") {
        found.append(FilePath(own.value))
      } else if let root = flags.text("root-dir") {
        found.append(FilePath(root.value).appending("seccomp"))
      }
    }
    let usual: FilePath = "/var/lib/kubelet/seccomp"
    return found.contains(usual) ? found : found + [usual]
  }

  /// Files beneath a directory: pods name them by their path in it.
  private static func files(
    in directory: FilePath, levels: Int, _ host: borrowing HostView, _ record: inout Recorder
  ) -> [FilePath] {
    var files: [FilePath] = []
    var pending = [(directory, levels)]
    while let (directory, levels) = pending.popLast(), files.count < mostProfiles {
      do throws(HostError) {
        for entry in try host.root.entries(in: directory, atMost: 4096) {
          let path = directory.appending(entry.name)
          switch entry.type {
          case .directory: if levels > 1 { pending.append((path, levels - 1)) }
          case .file, .symlink: if entry.name.string != ".keep" { files.append(path) }
          default: continue
          }
        }
      } catch {
        if error.reason != .absent { record.problem(error) }
      }
    }
    if files.count > mostProfiles {
      record.problem(.tooLarge, place(directory), "more than \(mostProfiles) profiles")
    }
    return Array(files.prefix(mostProfiles)).sorted { $0.string < $1.string }
  }

  /// Of the calls that the profile names, those that the running kernel can't have by its release.
  private static func newer(_ profile: SeccompProfile, _ source: Source, _ root: borrowing HostRoot) -> Fact {
    let running = root.fact("proc/sys/kernel/osrelease", atMost: 256) {
      $0.trimmed.validText.map { .text($0) }
    }
    guard case .observed(.text(let text), let sources) = running else { return running }
    guard let release = SystemCallHistory.Release(parsing: text) else {
      return .unreadable(
        .malformed, detail: "'\(printable(text.utf8, atMost: 60))' is no release",
        .file("/proc/sys/kernel/osrelease"))
    }
    let names = Set(profile.rules.flatMap(\.names)).filter { name in
      SystemCallHistory.release(of: name).map { $0 > release } ?? false
    }
    return .observed(.texts(names.sorted()), [source] + sources)
  }

  private static func entity(
    _ path: FilePath, _ origin: String, _ paths: PathSpace, _ host: borrowing HostView
  ) -> Entity {
    let place = paths.place(path)
    let source = Source.file(place)
    var entity = Entity(subject, id: place)
    entity["path"] = .observed(.text(place), source)
    entity["origin"] = .observed(.text(origin), source)
    let failure: Fact
    switch paths.bytes(path, of: host) {
    case .failure(let error): failure = .failed(error, source)
    case .success(let bytes):
      var limits = Limits()
      limits.bytes = largest
      do throws(YAMLError) {
        let root = try parseYAML(bytes, limits: limits)
        if let profile = SeccompProfile(root) {
          profile.add(to: &entity, root, place)
          entity["calls.newer"] = Self.newer(profile, source, host.root)
          return entity
        }
        failure = .unreadable(.malformed, detail: "it is no seccomp profile", source)
      } catch {
        failure = .unreadable(.malformed, detail: error.description, .file(place, line: error.line))
      }
    }
    for declaration in subject.facts where entity[declaration.name] == nil {
      entity[declaration.name] = failure
    }
    return entity
  }
}

/// A profile's rules; config-linux.md of the OCI runtime specification, with Docker's `includes` and `excludes`.
struct SeccompProfile {
  struct Rule {
    let names: [String]
    let action: String
    /// Whether it holds only for some arguments, or for containers with some capability.
    let isConditional: Bool
    let line: Int
  }

  let defaultAction: String
  let architectures: [String]
  let rules: [Rule]

  /// Calls that load code into the kernel, change mounts or namespaces, reach other processes' memory or keys, or have been the way
  /// out of containers more than once. The runtimes' own profiles ask for a capability for each, or leave it out.
  static let dangerous = [
    "bpf", "delete_module", "finit_module", "fsconfig", "fsopen", "init_module", "io_uring_setup",
    "kexec_file_load",
    "kexec_load", "keyctl", "mount", "move_mount", "name_to_handle_at", "open_by_handle_at",
    "perf_event_open",
    "pivot_root", "process_vm_writev", "ptrace", "reboot", "setns", "swapon", "umount2", "unshare",
    "userfaultfd",
  ]

  /// Actions with which the call is made.
  private static let allowing: Set<String> = ["SCMP_ACT_ALLOW", "SCMP_ACT_LOG"]

  /// Nil for what is no profile.
  init?(_ root: Node) {
    guard let action = root["defaultAction"]?.text else { return nil }
    defaultAction = action
    let mapped = (root["archMap"]?.sequence ?? []).flatMap { entry in
      [entry["architecture"]?.text].compactMap { $0 }
        + (entry["subArchitectures"]?.sequence ?? []).compactMap(\.text)
    }
    architectures = (root["architectures"]?.sequence ?? []).compactMap(\.text) + mapped
    var rules: [Rule] = []
    for node in root["syscalls"]?.sequence ?? [] {
      guard let action = node["action"]?.text else { return nil }
      let names = (node["names"]?.sequence ?? []).compactMap(\.text) + [node["name"]?.text].compactMap { $0 }
      let conditions = node["includes"]?["caps"]?.sequence ?? []
      rules.append(
        Rule(
          names: names, action: action,
          isConditional: !(node["args"]?.sequence ?? []).isEmpty || !conditions.isEmpty, line: node.line))
    }
    self.rules = rules
  }

  /// The rule, or the default, that lets each dangerous call through.
  var openCalls: [(name: String, line: Int?)] {
    let known = Set(Self.dangerous)
    var allowed: [String: Int] = [:]
    var refused: Set<String> = []
    for rule in rules where !rule.isConditional {
      for name in rule.names where known.contains(name) {
        if Self.allowing.contains(rule.action) {
          if allowed[name] == nil { allowed[name] = rule.line }
        } else {
          refused.insert(name)
        }
      }
    }
    if Self.allowing.contains(defaultAction) {
      return Self.dangerous.filter { !refused.contains($0) }.map { ($0, nil) }
    }
    return Self.dangerous.compactMap { name in allowed[name].map { (name, $0) } }
  }

  func add(to entity: inout Entity, _ root: Node, _ place: String) {
    let file = Source.file(place, key: "syscalls")
    entity["defaultAction"] = .observed(
      .text(Parameter.shown(defaultAction)),
      .file(place, line: root["defaultAction"]?.line, key: "defaultAction"))
    entity["rules"] = .observed(.number(Int64(rules.count)), file)
    let library = Source.library("seccomp_syscall_resolve_name(3)")
    let architecture = Set(architectures).filter { !seccompKnows(architecture: $0) }.sorted()
    entity["architectures.unknown"] = .observed(
      .texts(architecture.map(Parameter.shown)),
      [.file(place, key: "architectures"), .library("seccomp_arch_resolve_name(3)")])
    let names = Set(rules.flatMap(\.names)).filter { !seccompKnows(systemCall: $0) }.sorted()
    entity["calls.unknown"] = .observed(.texts(names.map(Parameter.shown)), [file, library])
    let open = openCalls
    var lines: Set<Int?> = []
    let sources = open.map(\.line).filter { lines.insert($0).inserted }.map { line in
      Source.file(
        place, line: line ?? root["defaultAction"]?.line, key: line == nil ? "defaultAction" : "syscalls")
    }
    entity["calls.dangerous"] = .observed(.texts(open.map(\.name)), sources.isEmpty ? [file] : sources)
  }
}
