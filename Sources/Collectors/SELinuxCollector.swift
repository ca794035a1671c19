import Facts
import Host
import SystemPackage

/// SELinux as it stands now and as it is configured for the next boot: selinux(8), selinux_config(5), selinuxfs.
struct SELinuxCollector: Collector {
  let name = "selinux"

  private static let modes = ["enforcing", "permissive", "disabled"]

  static let subject = Subject(
    "selinux", "SELinux: its mode now and at boot, its policy, and what loosens it.", isSingleton: true,
    facts: [
      .init(
        "state", .text,
        "Enforcing, permissive, active but without a policy, or not active at all.",
        values: ["enforcing", "permissive", "noPolicy", "inactive"]),
      .init("mode.configured", .text, "SELINUX= of /etc/selinux/config.", values: modes),
      .init(
        "mode.boot", .text, "The mode of the next boot: the kernel's command line over /etc/selinux/config.",
        values: modes),
      .init("policy.name", .text, "SELINUXTYPE= of /etc/selinux/config."),
      .init("policy.version", .number, "The highest policy version that the kernel knows."),
      .init("mls", .flag, "Whether the policy has levels (MLS or MCS)."),
      .init("denyUnknown", .flag, "Whether what the policy does not know of is denied."),
      .init(
        "rejectUnknown", .flag, "Whether a policy that does not know all of the kernel's classes is refused."),
      .init(
        "checkreqprot", .flag,
        "Whether the protection that a program asked for is checked, not the one applied."),
      .init("booleans.loosening", .list, "Booleans that loosen the policy and are on now."),
      .init(
        "booleans.loosening.pending", .list, "Booleans that loosen the policy and will be on when committed."),
      .init("permissiveDomains", .number, "How many domains of the loaded policy are permissive."),
    ])

  var subjects: [Subject] { [Self.subject] }

  private static let mountPoint: FilePath = "sys/fs/selinux"

  /// Booleans that take a protection away from the host or open it to containers, by what they allow; each is described in
  /// the manual page of its domain (`man 8 container_selinux`). Some distributions ship a few of them on.
  static let loosening: Set<String> = [
    // Writable memory that becomes executable: the step that most exploits of memory errors need.
    "allow_execheap", "allow_execmem", "allow_execmod", "allow_execstack", "selinuxuser_execheap",
    "selinuxuser_execmod", "selinuxuser_execstack", "httpd_execmem", "cluster_use_execmem",
    // Any process may map page zero, which turns a NULL dereference in the kernel into code execution.
    "mmap_low_allowed",
    // Containers reach the host's devices and cgroups, or make device nodes.
    "container_use_devices", "container_manage_cgroup", "virt_sandbox_use_sys_admin",
    "virt_sandbox_use_mknod",
    // Confined services may read and write every file.
    "ftpd_full_access", "samba_export_all_rw", "rsync_full_access",
    // Every domain can make the kernel load modules.
    "domain_kernel_load_modules",
  ]

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.subject)
    let unseen = Self.unseen(host)
    entity["state"] = Self.state(host, unseen)
    Self.addConfiguration(host.root, to: &entity)
    func file(_ name: FilePath, _ parse: ([UInt8]) -> Value?) -> Fact {
      Self.fact(name, unseen, host.root, parse)
    }
    entity["policy.version"] = file("policyvers") { $0.trimmed.decimal.map { .number($0) } }
    for (fact, name) in [
      ("mls", "mls"), ("denyUnknown", "deny_unknown"), ("rejectUnknown", "reject_unknown"),
      ("checkreqprot", "checkreqprot"),
    ] {
      entity[fact] = file(FilePath(name), flagValue)
    }
    let (current, pending) = Self.booleans(host.root, unseen)
    entity["booleans.loosening"] = current
    entity["booleans.loosening.pending"] = pending
    entity["permissiveDomains"] = Self.permissiveDomains(host.root, unseen)
    record.add(entity)
  }

  /// Why selinuxfs can't be seen; nil where it can. Absent where SELinux is not active at all.
  private static func unseen(_ host: borrowing HostView) -> Fact? {
    let enforce = mountPoint.appending("enforce")
    switch host.root.existsFact(enforce) {
    case .observed(.flag(true), _): return nil
    case .unreadable(let code, let detail, let source): return .unreadable(code, detail: detail, source)
    case .observed, .absent: break
    }
    let registered = host.root.lists("selinuxfs", in: "proc/filesystems")
    if registered == false { return .absent([.file("/proc/filesystems")]) }
    let source = Source.file(place(enforce))
    if case .success(let table) = host.mounts {
      if !table.mounts(ofType: "selinuxfs").isEmpty {
        return .unreadable(
          .notVisible, detail: "the host has selinuxfs mounted, and it can't be seen from here", source)
      }
      if registered == true { return .unreadable(.notMounted, detail: "selinuxfs is not mounted", source) }
    }
    let code: Obstacle = host.root.isRunning ? .notVisible : .needsRunningHost
    return .unreadable(code, detail: "nothing shows whether SELinux is active", source)
  }

  private static func state(_ host: borrowing HostView, _ unseen: Fact?) -> Fact {
    switch unseen {
    case .absent(let sources): return .observed(.text("inactive"), sources)
    case .some(let fact): return fact
    case nil: break
    }
    // Before a policy is loaded every process has the label of the initial SID `kernel`.
    let label = FilePath("proc/1/attr/current")
    if case .observed(.text("kernel"), let sources) = host.root.textFact(label) {
      return .observed(.text("noPolicy"), sources)
    }
    return fact("enforce", nil, host.root, flagValue).map { value in
      .text(value == .flag(true) ? "enforcing" : "permissive")
    }
  }

  private static func fact(
    _ name: FilePath, _ unseen: Fact?, _ root: borrowing HostRoot, _ parse: ([UInt8]) -> Value?
  ) -> Fact {
    unseen ?? root.fact(mountPoint.appending(name.components), parse)
  }

  private static func booleans(_ root: borrowing HostRoot, _ unseen: Fact?) -> (current: Fact, pending: Fact)
  {
    if let unseen { return (unseen, unseen) }
    let directory = mountPoint.appending("booleans")
    do throws(HostError) {
      var current: [String] = []
      var pending: [String] = []
      for name in try root.names(in: directory) where loosening.contains(name.string) {
        let path = directory.appending(name)
        // `1 0`: now, and when committed.
        let words = try root.bytes(path, atMost: 64).trimmed.split(separator: 0x20).map(\.decimal)
        guard words.count == 2, let now = words[0], let later = words[1] else {
          let fact = Fact.unreadable(.malformed, detail: "not a boolean's two numbers", .file(place(path)))
          return (fact, fact)
        }
        if now != 0 { current.append(name.string) }
        if later != 0 { pending.append(name.string) }
      }
      let source = Source.file(place(directory))
      return (.observed(.texts(current), source), .observed(.texts(pending), source))
    } catch {
      return (.failed(error), .failed(error))
    }
  }

  private static func permissiveDomains(_ root: borrowing HostRoot, _ unseen: Fact?) -> Fact {
    if let unseen { return unseen }
    let path = mountPoint.appending("policy")
    let source = Source.file(place(path))
    do throws(HostError) {
      let bytes = try root.bytes(path, atMost: 64 << 20)
      do throws(SELinuxPolicy.Failure) {
        return .observed(.number(Int64(try SELinuxPolicy(parsing: bytes).permissiveTypes)), source)
      } catch {
        return .unreadable(.malformed, detail: describe(error), source)
      }
    } catch {
      return .failed(error, source)
    }
  }

  private static func describe(_ failure: SELinuxPolicy.Failure) -> String {
    switch failure {
    case .truncated: "the policy ends within its head"
    case .notAPolicy: "it is not a binary policy"
    case .tooOld(let version): "policy version \(version) has no list of permissive domains"
    }
  }
}

extension SELinuxCollector {
  private static let configuration: FilePath = "etc/selinux/config"

  /// What /etc/selinux/config and the kernel's command line set for the next boot.
  private static func addConfiguration(_ root: borrowing HostRoot, to entity: inout Entity) {
    let configured = setting("SELINUX", root) {
      modes.contains($0.lowercased()) ? .text($0.lowercased()) : nil
    }
    entity["mode.configured"] = configured
    entity["policy.name"] = setting("SELINUXTYPE", root) { $0.isEmpty ? nil : .text($0) }
    entity["mode.boot"] = bootMode(commandLine(root), configured)
  }

  /// A key of /etc/selinux/config, which is lines of `KEY=value`; the last one holds, as libselinux reads it.
  private static func setting(_ key: String, _ root: borrowing HostRoot, _ value: (String) -> Value?) -> Fact
  {
    var source = Source.file(place(configuration), key: key)
    do throws(HostError) {
      var found: String?
      for (number, line) in try root.bytes(configuration).lines.enumerated() {
        let line = line.trimmed
        guard line.starts(with: "\(key)=".utf8) else { continue }
        found = printable(line.dropFirst(key.utf8.count + 1).trimmed)
        source = .file(place(configuration), line: number + 1, key: key)
      }
      guard let found else { return .absent(source) }
      guard let value = value(found) else {
        return .unreadable(.malformed, detail: "'\(key)=\(found)' is no value that it can have", source)
      }
      return .observed(value, source)
    } catch {
      return .failed(error, source)
    }
  }

  /// selinux=0 turns it off whatever else is set; a configured `disabled` does so too; then enforcing= goes over the
  /// configured mode: libselinux's selinux_init_load_policy(3).
  private static func bootMode(_ line: CommandLineFacts, _ configured: Fact) -> Fact {
    let isOn = line.fact("selinux") { $0.utf8.decimal.map { .flag($0 != 0) } }
    let enforcing = line.fact("enforcing") { $0.utf8.decimal.map { .flag($0 != 0) } }
    switch (isOn, enforcing) {
    case (.observed(.flag(false), let sources), _):
      return .observed(.text("disabled"), sources + overridden(configured))
    case (.unreadable(let code, let detail, let source), _),
      (_, .unreadable(let code, let detail, let source)):
      return .unreadable(code, detail: detail, source)
    case (_, .observed(let value, let sources)):
      if configured.value == .text("disabled") { return configured }
      let mode = value == .flag(true) ? "enforcing" : "permissive"
      return .observed(.text(mode), sources + overridden(configured))
    case (_, .absent): return configured
    }
  }

  private static func overridden(_ fact: Fact) -> [Source] {
    guard case .observed(let value, let sources) = fact else { return [] }
    return sources.map { $0.saying(value) }
  }
}
