import Facts
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Collectors

@Suite("The kernel collector")
struct KernelCollectorTests {
  private static let base = [
    "proc/sys/kernel/osrelease": "6.1.0-27-amd64\n",
    "proc/sys/kernel/version": "#1 SMP Debian 6.1.115-1\n",
    "proc/sys/kernel/tainted": "12288\n",
    "proc/sys/kernel/core_pattern": "|/usr/lib/systemd/systemd-coredump %P\n",
    "proc/cmdline": "BOOT_IMAGE=/boot/vmlinuz root=UUID=1 ro quiet\n",
  ]

  private func kernel(_ files: [String: String], attributes: String? = nil) throws -> Entity {
    let tree = try HostTree(Self.base.merging(files) { $1 })
    return try singleton(
      KernelCollector.subject, of: KernelCollector(), try tree.view(attributes: attributes))
  }

  @Test("A tree without procfs and sysfs says that a running host is needed, never that nothing is set")
  func emptyTree() throws {
    let tree = try HostTree(["etc/": ""])
    let kernel = try singleton(KernelCollector.subject, of: KernelCollector(), try tree.view())
    for (name, fact) in kernel.facts where !name.hasPrefix("config.") {
      #expect((fact as Fact?).obstacle == .needsRunningHost, "\(name)")
    }
    #expect(kernel["config.source"].isAbsent)
    #expect(kernel["config.MODULES"].obstacle == .notVisible)
    #expect(entities(KernelCollector(), try tree.view()).run.state == .partial)
  }

  @Test("The release, the taint and the way of core dumps are told")
  func state() throws {
    let kernel = try kernel([:])
    #expect(kernel["release"]?.value == .text("6.1.0-27-amd64"))
    #expect(kernel["taint"]?.value == .texts(["oot-module", "unsigned-module"]))
    #expect(kernel["taint.bits"]?.value == .number(12288))
    #expect(kernel["corePattern.kind"]?.value == .text("pipe"))
  }

  @Test(
    "Each kind of core pattern",
    arguments: [("/var/core/%p", "absolute"), ("core", "relative"), ("", "relative"), ("@/run/c", "socket")])
  func corePattern(_ pattern: String, _ kind: String) throws {
    #expect(
      try kernel(["proc/sys/kernel/core_pattern": pattern + "\n"])["corePattern.kind"]?.value == .text(kind))
  }

  @Test("A taint bit of a newer kernel is not lost, and one that is no number is malformed")
  func newerTaint() throws {
    #expect(
      try kernel(["proc/sys/kernel/tainted": "1073741825"])["taint"]?.value
        == .texts(["proprietary-module", "unknown-bit"]))
    #expect(try kernel(["proc/sys/kernel/tainted": "99999999999999999999"])["taint"].obstacle == .malformed)
  }

  @Test(
    "Values of parameters that are not known to be harmless stay on the host, and what follows -- altogether")
  func secrets() throws {
    let line =
      "luks.key=SECRET1 mitigations=off rd.token=\"SECRET2 SECRET2\" quiet slab_nomerge -- --password SECRET3\n"
    let kernel = try kernel(["proc/cmdline": line])
    #expect(
      kernel["commandLine.parameters"]?.value
        == .texts(["luks.key=(withheld)", "mitigations=off", "rd.token=(withheld)", "quiet", "slab_nomerge"]))
    #expect(kernel["parameter.slab_nomerge"]?.value == .text(""))
    #expect(kernel["parameter.lsm"].isAbsent)
    for fact in kernel.facts.values { #expect(!"\(fact)".contains("SECRET")) }
  }

  @Test(
    "Parameters that switch mitigations off are found, the last of a name holding",
    arguments: [
      ("mitigations=off", ["mitigations=off"]), ("mitigations=off mitigations=auto", []),
      ("mitigations=auto,nosmt", []), ("nospectre-v2 mds=off", ["mds=off", "nospectre-v2"]),
      ("nopti=no quiet", []), ("spectre_v2=on", []), ("quiet -- mitigations=off", []),
    ])
  func mitigations(_ line: String, _ off: [String]) throws {
    #expect(try kernel(["proc/cmdline": line])["commandLine.mitigationsOff"]?.value == .texts(off))
  }

  @Test(
    "Parameters that switch protections off, or hand out a shell",
    arguments: [
      ("nokaslr nosmep", ["nokaslr", "nosmep"], []),
      ("rodata=off vsyscall=emulate", ["rodata=off", "vsyscall=emulate"], []),
      ("init=/bin/sh", [], ["init=/bin/sh"]), ("init=/sbin/init", [], []), ("init=/nix/store/x/init", [], []),
      ("single", [], ["single"]), ("rd.break=pre-mount", [], ["rd.break=pre-mount"]),
      ("systemd.unit=rescue.target", [], ["systemd.unit=rescue.target"]),
      ("systemd.unit=multi-user.target", [], []),
      ("systemd.debug-shell=1", [], ["systemd.debug-shell=1"]), ("systemd.debug-shell=no", [], []),
    ])
  func tampering(_ line: String, _ protections: [String], _ tampering: [String]) throws {
    let kernel = try kernel(["proc/cmdline": line])
    #expect(kernel["commandLine.protectionsOff"]?.value == .texts(protections))
    #expect(kernel["commandLine.tampering"]?.value == .texts(tampering))
  }

  @Test("A command line that can't be read leaves all that rests on it unknown")
  func deniedCommandLine() throws {
    let kernel = try kernel([:], attributes: "/proc/cmdline\t-\t-\t-\t-\terrno=EACCES\n")
    #expect(kernel["commandLine.tampering"].obstacle == .denied)
    #expect(kernel["parameter.lsm"].obstacle == .denied)
  }

  @Test("Counters, helpers, IOMMU groups and release agents come from sysfs; what a kernel lacks is absent")
  func sysfs() throws {
    let kernel = try kernel([
      "sys/kernel/oops_count": "2\n", "sys/kernel/kexec_loaded": "1\n", "sys/kernel/uevent_helper": "\n",
      "sys/kernel/iommu_groups/0/": "", "sys/kernel/iommu_groups/1/": "",
      "sys/fs/cgroup/memory/release_agent": "/tmp/evil\n", "sys/fs/cgroup/cpu/release_agent": "\n",
      "sys/fs/cgroup/unified/": "", "sys/kernel/livepatch/kpatch_1/enabled": "1\n",
      "sys/kernel/livepatch/kpatch_2/enabled": "0\n",
    ])
    #expect(kernel["livePatches"]?.value == .texts(["kpatch_1"]))
    #expect(kernel["oopsCount"]?.value == .number(2))
    #expect(kernel["warnCount"].isAbsent)
    #expect(kernel["kexec.loaded"]?.value == .flag(true))
    #expect(kernel["ueventHelper"]?.value == .text(""))
    #expect(kernel["iommu.groups"]?.value == .number(2))
    #expect(kernel["releaseAgents"]?.value == .texts(["/sys/fs/cgroup/memory/release_agent: /tmp/evil"]))
  }

  @Test("Modules: loaded ones, those that taint, and enforcement")
  func modules() throws {
    let kernel = try kernel([
      "proc/modules": """
      zfs 4096 3 spl, Live 0x0000000000000000 (POE)
      overlay 151552 0 - Live 0x0000000000000000
      hack 1 0 - Loading 0x0000000000000000 (OF+)

      """,
      "proc/sys/kernel/modules_disabled": "0\n", "sys/module/module/parameters/sig_enforce": "N\n",
    ])
    #expect(kernel["modules.loadable"]?.value == .flag(true))
    #expect(kernel["modules.loaded"]?.value == .texts(["hack", "overlay", "zfs"]))
    #expect(kernel["modules.tainting"]?.value == .texts(["hack (OF)", "zfs (POE)"]))
    #expect(kernel["modules.outOfTree"]?.value == .texts(["hack", "zfs"]))
    #expect(kernel["modules.unsigned"]?.value == .texts(["zfs"]))
    #expect(kernel["modules.forced"]?.value == .texts(["hack"]))
    #expect(kernel["modules.loadingLocked"]?.value == .flag(false))
    #expect(kernel["modules.signatureEnforced"]?.value == .flag(false))
  }

  @Test("A kernel without modules says so; a list that the build contradicts is kept from us")
  func noModules() throws {
    let without = try kernel(["boot/config-6.1.0-27-amd64": "# CONFIG_MODULES is not set\nCONFIG_EFI=y\n"])
    #expect(without["modules.loadable"]?.value == .flag(false))
    #expect(without["modules.loaded"].isAbsent)
    let hidden = try kernel(["boot/config-6.1.0-27-amd64": "CONFIG_MODULES=y\n"])
    #expect(hidden["modules.loadable"].obstacle == .notVisible)
    #expect(try kernel(["proc/modules": "not a module list\n"])["modules.loaded"].obstacle == .malformed)
  }

  @Test("An option that a readable configuration does not set is n; without a configuration it is unknown")
  func options() throws {
    let kernel = try kernel([
      "boot/config-6.1.0-27-amd64": "CONFIG_STRICT_KERNEL_RWX=y\nCONFIG_DEFAULT_MMAP_MIN_ADDR=65536\n",
      "boot/config-6.12.0": "CONFIG_VMAP_STACK=y\n",
    ])
    #expect(kernel["config.source"]?.value == .text("/boot/config-6.1.0-27-amd64"))
    #expect(kernel["config.STRICT_KERNEL_RWX"]?.value == .text("y"))
    #expect(kernel["config.DEFAULT_MMAP_MIN_ADDR"]?.value == .text("65536"))
    #expect(kernel["config.VMAP_STACK"]?.value == .text("n"))
    #expect(try self.kernel([:])["config.VMAP_STACK"].obstacle == .notVisible)
  }

  @Test("A configuration that can't be read is passed over for the next, and named if there is none")
  func brokenConfiguration() throws {
    let broken = ["proc/config.gz": "not gzip"]
    #expect(try kernel(broken)["config.EFI"].obstacle == .malformed)
    let second = try kernel(
      broken.merging(["usr/lib/modules/6.1.0-27-amd64/config": "CONFIG_EFI=y\n"]) { $1 })
    #expect(second["config.EFI"]?.value == .text("y"))
    #expect(second["config.source"]?.value == .text("/usr/lib/modules/6.1.0-27-amd64/config"))
  }

  @Test("A release that is no name of a file leads nowhere", arguments: ["../../etc/shadow", "..", ""])
  func hostileRelease(_ release: String) throws {
    let kernel = try kernel(["proc/sys/kernel/osrelease": release, "etc/shadow": "CONFIG_EFI=y\n"])
    #expect(kernel["config.source"].isAbsent)
  }
}
