import Facts
import Host
import SystemPackage

/// AppArmor: whether it is on, and the profiles that are loaded; apparmor(7),
/// Documentation/admin-guide/LSM/apparmor.rst.
struct AppArmorCollector: Collector {
  let name = "apparmor"

  /// The kernel's words for a profile's mode; `user` is what it prints for `prompt`.
  private static let modes = ["enforce", "complain", "kill", "unconfined", "prompt"]

  static let subject = Subject(
    "apparmor", "AppArmor: whether it is on, its mode, and its loaded profiles.", isSingleton: true,
    facts: [
      .init("enabled", .flag, "Whether AppArmor is on; absent where the kernel does not have it."),
      .init(
        "mode", .text, "The global mode, which can only loosen what profiles say.",
        values: ["enforce", "complain", "kill", "unconfined"]),
      .init("lockPolicy", .flag, "Whether policy can no longer be changed until the next boot."),
      .init("paranoidLoad", .flag, "Whether a loaded profile's every reference is verified."),
      .init("profiles.count", .number, "How many profiles are loaded."),
      .init("profiles.enforce.count", .number, "How many loaded profiles enforce or kill."),
      .init(
        "profiles.unloaded", .list,
        "Profiles that files of /etc/apparmor.d declare and that are not loaded, but for disabled ones."),
      .init(
        "programs.unconfined", .list,
        "Programs of the host that run unconfined although a loaded profile is attached to them: by the kernel's word, and where it can't "
          + "be asked by the profiles' names and the files of /etc/apparmor.d."
      ),
      .init("containerDefaults", .list, "Loaded profiles that a container runtime makes for its containers."),
      .init("containerDefaults.loose", .list, "Those of them that don't enforce."),
      .init(
        "userns.restricted", .flag, "kernel.apparmor_restrict_unprivileged_userns, where the kernel has it."),
      .init(
        "unconfined.restricted", .flag,
        "kernel.apparmor_restrict_unprivileged_unconfined, where the kernel has it."),
    ] + modes.map { .init("profiles.\($0)", .list, "Loaded profiles in mode \($0).") })

  var subjects: [Subject] { [Self.subject] }

  /// Profiles that container engines generate under fixed names: containerd, Docker, CRI-O, and Podman with its version.
  private static func isContainerDefault(_ name: String) -> Bool {
    ["cri-containerd.apparmor.d", "docker-default", "crio-default"].contains(name)
      || name.hasPrefix("containers-default-")
  }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.subject)
    let parameters: FilePath = "sys/module/apparmor/parameters"
    let enabled = host.root.fromKernel(
      host.root.flagFact(parameters.appending("enabled")), beneath: "sys/module")
    entity["enabled"] = enabled
    entity["mode"] = Self.parameter(parameters.appending("mode"), enabled, host.root) { bytes in
      bytes.trimmed.validText.flatMap { Self.modes.dropLast().contains($0) ? .text($0) : nil }
    }
    entity["lockPolicy"] = Self.parameter(parameters.appending("lock_policy"), enabled, host.root, flagValue)
    entity["paranoidLoad"] = Self.parameter(
      parameters.appending("paranoid_load"), enabled, host.root, flagValue)
    for (fact, file) in [("userns.restricted", "userns"), ("unconfined.restricted", "unconfined")] {
      let path = kernelSettings.appending("apparmor_restrict_unprivileged_\(file)")
      entity[fact] = host.root.fromKernel(host.root.flagFact(path), beneath: kernelSettings)
    }
    Self.addProfiles(host, enabled, to: &entity)
    record.add(entity)
  }

  /// A parameter of the module; the kernel answers EINVAL for them while AppArmor is off.
  private static func parameter(
    _ path: FilePath, _ enabled: Fact, _ root: borrowing HostRoot, _ parse: ([UInt8]) -> Value?
  ) -> Fact {
    if case .observed(.flag(false), let sources) = enabled { return .absent(sources) }
    return root.fromKernel(root.fact(path, parse), beneath: "sys/module")
  }

  private static func addProfiles(_ host: borrowing HostView, _ enabled: Fact, to entity: inout Entity) {
    let path = SecurityFilesystem.directory.appending("apparmor").appending("profiles")
    let source = Source.file(place(path))
    switch profiles(host, enabled, path) {
    case .success(let profiles):
      for mode in modes { entity["profiles.\(mode)"] = .observed(.texts(profiles[mode] ?? []), source) }
      let tight = (profiles["enforce"] ?? []) + (profiles["kill"] ?? [])
      let loose = modes.filter { !["enforce", "kill"].contains($0) }.flatMap { profiles[$0] ?? [] }
      entity["profiles.count"] = .observed(.number(Int64(tight.count + loose.count)), source)
      entity["profiles.enforce.count"] = .observed(.number(Int64(tight.count)), source)
      let defaults = (tight + loose).filter(isContainerDefault).sorted()
      entity["profiles.unloaded"] = AppArmorFiles.unloaded(
        .observed(.texts(profiles.values.flatMap { $0 }), source), host)
      entity["programs.unconfined"] = AppArmorAttachments.unconfined(
        modes.filter { $0 != "unconfined" }.flatMap { profiles[$0] ?? [] }, source, host)
      entity["containerDefaults"] = .observed(.texts(defaults), source)
      entity["containerDefaults.loose"] = .observed(.texts(loose.filter(isContainerDefault).sorted()), source)
    case .failure(let failure):
      let facts = modes.map { "profiles.\($0)" }
      for name in facts + [
        "profiles.count", "profiles.enforce.count", "profiles.unloaded", "programs.unconfined",
        "containerDefaults", "containerDefaults.loose",
      ] { entity[name] = failure.fact }
    }
  }

  /// Why there is no list of profiles.
  private struct NoProfiles: Error { let fact: Fact }

  /// Loaded profiles by mode, sorted.
  private static func profiles(_ host: borrowing HostView, _ enabled: Fact, _ path: FilePath)
    -> Result<[String: [String]], NoProfiles>
  {
    switch enabled {
    case .observed(.flag(false), let sources), .absent(let sources):
      return .failure(.init(fact: .absent(sources)))
    case .unreadable(.needsRunningHost, _, _): return .failure(.init(fact: enabled))
    case .observed, .unreadable: break
    }
    let filesystem = SecurityFilesystem(of: host)
    let source = Source.file(place(path))
    guard filesystem.obstacle == nil else { return .failure(.init(fact: filesystem.unreadable(source))) }
    do throws(HostError) {
      var profiles: [String: [String]] = [:]
      for line in try host.root.bytes(path, atMost: 4 << 20).lines where !line.isEmpty {
        guard let label = SecurityLabel(parsing: Array(line)), let mode = label.mode else {
          let detail = "'\(printable(line, atMost: 60))' is not a profile with its mode"
          return .failure(.init(fact: .unreadable(.malformed, detail: detail, source)))
        }
        let known = mode == "user" ? "prompt" : mode
        guard modes.contains(known) else {
          let detail = "'\(mode)' is no mode that is known"
          return .failure(.init(fact: .unreadable(.unsupported, detail: detail, source)))
        }
        profiles[known, default: []].append(label.name)
      }
      return .success(profiles.mapValues { $0.sorted() })
    } catch {
      guard error.reason == .absent else { return .failure(.init(fact: .failed(error, source))) }
      return .failure(
        .init(fact: .unreadable(.notVisible, detail: "securityfs has no list of profiles", source)))
    }
  }
}
