import Facts
import Host

/// What is made of the kernel's command line. Only parameters that this table knows show their values: a bootloader may pass a
/// token, a key file or a password hash to an initramfs.
enum KernelParameters {
  /// Parameters of the kernel, and of what starts the system, whose values matter and are no secrets;
  /// admin-guide/kernel-parameters. Each is a fact `parameter.NAME` too.
  static let known: [String] = [
    "amd_iommu", "apparmor", "audit", "audit_backlog_limit", "debugfs", "efi", "enforcing", "fips",
    "hardened_usercopy", "ima_appraise", "ima_policy", "init_on_alloc", "init_on_free", "intel_iommu",
    "iommu", "iommu.passthrough", "iommu.strict", "ipe.enforce", "kasan", "kfence.sample_interval",
    "lockdown", "lsm",
    "mitigations", "module.sig_enforce", "module_blacklist", "nokaslr", "nomodule", "nosmt", "oops",
    "page_alloc.shuffle", "page_poison", "panic", "proc_mem.force_override", "pti", "randomize_kstack_offset",
    "rodata",
    "security", "selinux", "slab_debug", "slab_merge", "slab_nomerge", "slub_debug", "slub_nomerge",
    "spec_store_bypass_disable",
    "spectre_v2", "systemd.unified_cgroup_hierarchy", "tsx", "vdso32", "vsyscall",
  ]

  /// Parameters that are shown with their values though they are no fact of their own.
  private static let shown: Set<String> = Set(
    known + mitigations.keys + protections.keys + [
      "init", "rdinit", "systemd.unit", "quiet", "splash", "ro", "rw", "console", "root", "reboot",
    ])

  /// Each parameter as the report may show it, in order.
  static func list(_ line: KernelCommandLine) -> [String] {
    line.parameters.map { parameter in
      guard let value = parameter.value else { return parameter.name }
      return shown.contains(normal(parameter.name)) || shown.contains(parameter.name)
        ? "\(parameter.name)=\(value)" : "\(parameter.name)=(withheld)"
    }
  }

  /// `-` and `_` are the same in the names of parameters.
  static func normal(_ name: String) -> String { name.replacing("-", with: "_") }

  /// How a parameter switches something off: as a bare word, or by these values.
  enum Off: Hashable, Sendable {
    case word
    case values(Set<String>)
  }

  /// What switches a processor flaw's mitigation off; admin-guide/hw-vuln. Whether that matters here is for
  /// `cpu-vulnerability` to say.
  static let mitigations: [String: Off] = [
    "mitigations": .values(["off"]), "nospectre_v1": .word, "nospectre_v2": .word, "nospectre_bhb": .word,
    "spectre_v2": .values(["off"]), "spectre_v2_user": .values(["off"]), "spectre_bhi": .values(["off"]),
    "spec_store_bypass_disable": .values(["off"]), "nospec_store_bypass_disable": .word,
    "ssbd": .values(["force-off"]), "nopti": .word, "pti": .values(["off"]),
    "kpti": .values(["0", "off", "no", "n"]),
    "l1tf": .values(["off"]), "mds": .values(["off"]), "tsx_async_abort": .values(["off"]),
    "mmio_stale_data": .values(["off"]), "reg_file_data_sampling": .values(["off"]),
    "retbleed": .values(["off"]),
    "srbds": .values(["off"]), "gather_data_sampling": .values(["off"]),
    "spec_rstack_overflow": .values(["off"]),
    "indirect_target_selection": .values(["off"]), "tsa": .values(["off"]), "vmscape": .values(["off"]),
    "kvm.nx_huge_pages": .values(["off", "never"]), "kvm_intel.vmentry_l1d_flush": .values(["never"]),
    "no_stf_barrier": .word, "no_entry_flush": .word, "no_uaccess_flush": .word, "no_rfi_flush": .word,
  ]

  /// What switches one of the kernel's own protections off.
  static let protections: [String: Off] = [
    "nokaslr": .word, "nosmep": .word, "nosmap": .word, "noumip": .word, "rodata": .values(["off"]),
    "hardened_usercopy": .values(["0", "off", "n", "no"]),
    "randomize_kstack_offset": .values(["0", "off", "n", "no"]), "norandmaps": .word,
    "vsyscall": .values(["emulate"]),
    "nostackprotector": .word, "nofortify": .word, "init_on_alloc": .values(["0", "off", "n", "no"]),
    "proc_mem.force_override": .values(["always"]), "module.sig_enforce": .values(["0", "off", "n", "no"]),
    "page_alloc.shuffle": .values(["0", "off", "n", "no"]),
  ]

  /// Those of a table that the command line names so as to switch it off, as it spells them. The last of a name holds.
  static func switchedOff(_ table: [String: Off], _ line: KernelCommandLine) -> [String] {
    table.keys.sorted().compactMap { name in
      guard let parameter = line.last(name) else { return nil }
      switch (table[name], parameter.value) {
      case (.word, nil): return parameter.name
      case (.values(let values), let value?):
        // `mitigations=off,nosmt`: the first word chooses.
        let word = value.prefix { $0 != "," }
        return values.contains(String(word)) ? "\(parameter.name)=\(value)" : nil
      case (.word, _?), (.values, nil), (nil, _): return nil
      }
    }
  }

  /// Parameters that hand out a root shell, or start something else than the system that is installed.
  static func tampering(_ line: KernelCommandLine) -> [String] {
    line.parameters.filter(isTampering).map { parameter in
      parameter.value.map { "\(parameter.name)=\($0)" } ?? parameter.name
    }
  }

  private static let rescueWords: Set<String> = [
    "single", "s", "S", "1", "emergency", "rescue", "rd.break", "rd.shell", "break", "systemd.debug_shell",
    "rd.systemd.debug_shell",
  ]
  private static let rescueUnits: Set<String> = [
    "emergency.target", "rescue.target", "emergency.service", "rescue.service", "debug-shell.service",
    "emergency",
    "rescue", "runlevel1.target",
  ]
  /// What is PID 1 where nobody tampered; NixOS names a path in its store.
  private static let usualInits: Set<String> = [
    "/sbin/init", "/init", "/usr/sbin/init", "/bin/systemd", "/lib/systemd/systemd",
    "/usr/lib/systemd/systemd",
    "/usr/bin/init", "/etc/preinit", "/sbin/openrc-init",
  ]

  private static func isTampering(_ parameter: KernelCommandLine.Parameter) -> Bool {
    let name = normal(parameter.name)
    guard let value = parameter.value else { return rescueWords.contains(name) }
    switch name {
    case "init", "rdinit": return !usualInits.contains(value) && !value.hasPrefix("/nix/store/")
    case "systemd.unit", "rd.systemd.unit": return rescueUnits.contains(value)
    case "rd.break", "break": return true
    case "rd.shell", "systemd.debug_shell", "rd.systemd.debug_shell":
      return !["0", "no", "off", "false"].contains(value)
    default: return false
    }
  }
}
