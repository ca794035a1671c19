import Facts
import Host
import SystemPackage

/// The kernel's parameters as they are now; proc_sys(5). What a file in sysctl.d(5) asks for is not what holds.
struct SysctlCollector: Collector {
  let name = "sysctl"

  static let subject = Subject(
    "sysctl", "The kernel's parameters in /proc/sys, each under the name that sysctl(8) gives it.",
    isSingleton: true,
    facts: Sysctl.table.map { .init($0.name, $0.type, $0.meaning) } + [ReversePath.declaration])

  var subjects: [Subject] { [Self.subject, SysctlFiles.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.subject)
    if let missing = host.root.missingKernelFilesystem("proc/sys/kernel") {
      for declaration in Self.subject.facts { entity[declaration.name] = missing }
      if case .unreadable(let obstacle, let detail, let source) = missing {
        record.problem(obstacle, source.place, detail)
      }
      record.add(entity)
      record.add(SysctlFiles(host.root).entity(entity))
      return
    }
    var views: [Sysctl.Scope: NamespaceView] = [.global: .host]
    for scope in [Sysctl.Scope.network, .ipc, .user] {
      let view = host.root.namespaceView(scope.rawValue)
      if case .elsewhere(let why) = view {
        record.problem(.notVisible, scope == .network ? "/proc/sys/net" : "/proc/sys", why)
      }
      views[scope] = view
    }
    for sysctl in Sysctl.table {
      entity[sysctl.name] = Self.fact(sysctl, seen: views[sysctl.scope] ?? .host, host.root)
    }
    entity[ReversePath.declaration.name] = ReversePath.fact(host.root, seen: views[.network] ?? .host)
    record.add(entity)
    record.add(SysctlFiles(host.root).entity(entity))
  }

  private static func fact(_ sysctl: Sysctl, seen view: NamespaceView, _ root: borrowing HostRoot) -> Fact {
    let path = FilePath("proc/sys/\(sysctl.path)")
    switch view {
    case .elsewhere(let why):
      // Absent there may be set on the host, and set there may differ.
      return .unreadable(.notVisible, detail: why, .file(place(path)))
    case .host:
      return sysctl.type == .number ? root.numberFact(path) : columns(path, root)
    }
  }

  /// Several numbers are parted by tabs; a report shows them as sysctl.conf(5) takes them, by spaces.
  private static func columns(_ path: FilePath, _ root: borrowing HostRoot) -> Fact {
    root.fact(path) { bytes in
      .text(printable(bytes.trimmed.map { $0 == UInt8(ascii: "\t") ? UInt8(ascii: " ") : $0 }, atMost: 4096))
    }
  }
}
