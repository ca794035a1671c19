import Facts
import Host
import SystemPackage

/// What the kernel can filter of system calls; seccomp(2), Documentation/userspace-api/seccomp_filter.rst.
struct SeccompCollector: Collector {
  let name = "seccomp"

  static let subject = Subject(
    "seccomp", "The kernel's filtering of system calls.", isSingleton: true,
    facts: [
      .init("supported", .flag, "Whether the kernel has seccomp filters."),
      .init("actions.available", .list, "What a filter can do with a system call, the strictest first."),
      .init("actions.logged", .list, "Which of these the kernel writes to the audit log."),
      .init(
        "api.level", .number,
        "The level of the seccomp API that libseccomp finds in the running kernel, 0 to 7."),
      .init("library.version", .text, "The version of libseccomp that found the level."),
    ])

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.subject)
    let available = Self.words("actions_avail", host.root)
    entity["supported"] = Self.supported(host, available)
    entity["actions.available"] = available
    entity["actions.logged"] = Self.words("actions_logged", host.root)
    let library = Source.library("seccomp_api_get(3)")
    if host.root.isRunning {
      entity["api.level"] = .observed(.number(Int64(seccompAPILevel())), library)
      let version = Source.library("seccomp_version(3)")
      entity["library.version"] =
        seccompLibraryVersion().map { .observed(.text($0), version) } ?? .absent(version)
    } else {
      let fact = Fact.unreadable(.needsRunningHost, detail: "only a running kernel tells its level", library)
      entity["api.level"] = fact
      entity["library.version"] = fact
    }
    record.add(entity)
  }

  private static func words(_ name: String, _ root: borrowing HostRoot) -> Fact {
    let fact = root.fact(FilePath("proc/sys/kernel/seccomp/\(name)")) { bytes in
      .texts(bytes.trimmed.split(separator: 0x20).map { printable($0, atMost: 64) })
    }
    return root.fromKernel(fact, beneath: kernelSettings)
  }

  /// The sysctls came with Linux 4.14, built with CONFIG_SECCOMP_FILTER only; a process's `Seccomp:` line came with CONFIG_SECCOMP,
  /// without which there are no filters either.
  private static func supported(_ host: borrowing HostView, _ available: Fact) -> Fact {
    if case .observed(.list(let actions), let sources) = available {
      return .observed(.flag(!actions.isEmpty), sources)
    }
    let source = Source.file("/proc/1/status", key: "Seccomp")
    if let first = host.processes[1], first.status.seccompMode == nil {
      return .observed(.flag(false), source)
    }
    switch host.kernelConfiguration.fact("CONFIG_SECCOMP_FILTER") {
    case .observed(let value, let sources): return .observed(.flag(value == .text("y")), sources)
    case let other: return other
    }
  }
}
