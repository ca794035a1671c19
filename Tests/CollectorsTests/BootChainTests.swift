import Facts
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Collectors

@Suite("The boot chain beyond Secure Boot")
struct BootChainTests {
  private static let shim = "605dab50-e046-4300-abb6-3dd810dd8b23"
  private static let efivars = "sys/firmware/efi/efivars/"

  private func boot(_ variables: [String: [UInt8]], _ files: [String: String] = [:]) throws -> Entity {
    let base = ["sys/firmware/efi/fw_platform_size": "64\n", "proc/sys/kernel/ostype": "Linux\n"]
    let tree = try HostTree(base.merging(files) { $1 })
    for (name, data) in variables {
      try tree.write([6, 0, 0, 0] + data, to: FilePath("\(Self.efivars)\(name)-\(Self.shim)"))
    }
    return try singleton(BootCollector.subject, of: BootCollector(), try tree.view())
  }

  @Test("What shim leaves: its lists, whether it trusts the owner's keys, its revocation level")
  func shimVariables() throws {
    let boot = try boot([
      "SbatLevelRT": Array("sbat,1,2023012900\nshim,2\ngrub,3\n\0".utf8), "MokListTrustedRT": [1],
      "MokListRT": [],
    ])
    #expect(boot["shim.sbatLevel"]?.value == .number(2_023_012_900))
    #expect(boot["shim.trustsOwnerKeys"]?.value == .flag(true))
    #expect(boot["MokListRT.present"]?.value == .flag(false))
    #expect(boot["MokListXRT.entries"].isAbsent)
  }

  @Test("A level that is none is malformed", arguments: ["", "sbat,1", "shim,2,3", "sbat,1,x", "sbat,,"])
  func noLevel(_ text: String) throws {
    #expect(try boot(["SbatLevelRT": Array(text.utf8)])["shim.sbatLevel"].obstacle == .malformed)
  }

  @Test("The stub's name is UTF-16, and half a unit is none")
  func stub() {
    #expect(ShimFacts.utf16([0x73, 0, 0x64, 0, 0, 0, 0x41, 0]) == .text("sd"))
    #expect(ShimFacts.utf16([0x73]) == nil)
    #expect(ShimFacts.utf16([]) == nil)
  }

  @Test("Only the kernel's own keyrings are counted: a user's of the same name is his")
  func keyrings() throws {
    let keys = """
      0b1e37d5 I------     1 perm 1f0b0000     0     0 keyring   .builtin_trusted_keys: 2
      1290aa11 I------     1 perm 1f0b0000     0     0 keyring   .machine: empty
      2290aa11 I--Q---     1 perm 3f030000  1000  1000 keyring   .ima: 9
      14e5f0c1 I------     1 perm 1f030000     0     0 asymmetri A vendor's key: 0f: X509.rsa
      """
    let boot = try boot([:], ["proc/keys": keys])
    #expect(boot["keyring.builtin"]?.value == .number(2))
    #expect(boot["keyring.machine"]?.value == .number(0))
    #expect(boot["keyring.ima"].isAbsent)
    let other = "2290aa11 I--Q---     1 perm 3f030000  1000  1000 keyring   _ses: 1\n"
    #expect(try self.boot([:], ["proc/keys": other])["keyring.builtin"].obstacle == .denied)
  }

  // MARK: The root filesystem

  private static let composefs =
    "22 1 0:20 / / ro,relatime - overlay composefs ro,lowerdir+=/run/ostree/.private/cfsroot-lower"

  private func system(_ files: [String: String], attributes: String? = nil) throws -> Entity {
    let tree = try HostTree(files)
    return try singleton(
      SystemCollector.subject, of: SystemCollector(), try tree.view(attributes: attributes))
  }

  @Test("A composefs checks its files only where the mount asks for it", arguments: [true, false])
  func composefs(_ isRequired: Bool) throws {
    let root = Self.composefs + (isRequired ? ",verity=require" : "") + "\n"
    let system = try system([
      "proc/1/mountinfo": root + "23 22 252:4 / /sysroot rw - xfs /dev/vda4 rw\n", "run/ostree-booted": "",
    ])
    #expect(system["composefs"]?.value == .flag(true))
    #expect(system["composefs.verity"]?.value == .flag(isRequired))
    #expect(system["sysroot.readOnly"]?.value == .flag(false))
    #expect(system["ostree"]?.value == .flag(true))
  }

  @Test("An ordinary root is no composefs, and has none that could be verified")
  func ordinary() throws {
    let system = try system(["proc/1/mountinfo": "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"])
    #expect(system["composefs"]?.value == .flag(false))
    #expect(system["composefs.verity"].isAbsent)
    #expect(system["sysroot.readOnly"].isAbsent)
  }

  @Test("fs-verity is a file's own, and a program that is not there is not asked")
  func fsverity() throws {
    let system = try system(
      ["usr/bin/kubelet": "", "usr/bin/runc": ""],
      attributes: "/usr/bin/kubelet\t0755\t0\t0\tfile\tverity=1\n/usr/bin/runc\t0755\t0\t0\tfile\tverity=0\n")
    #expect(system["fsverity.programs"]?.value == .texts(["/usr/bin/kubelet"]))
    #expect(try self.system(["etc/": ""])["fsverity.programs"].isAbsent)
  }

  @Test(
    "Boot parameters that switch verification off, or loosen it",
    arguments: [
      ("systemd.verity=no roothash=ab", ["systemd.verity=no"], ["roothash"]),
      ("systemd.verity=yes", [], []),
      (
        "systemd.verity_usr_options=panic-on-corruption,ignore-corruption usrhash=cd",
        ["systemd.verity_usr_options=…ignore-corruption"], ["usrhash"]
      ),
      ("ostree.prepare-root.composefs=0", ["ostree.prepare-root.composefs=0"], []),
      (
        "dm-mod.create=\"root,,,ro,0 8 verity 1 /dev/a /dev/b 4096 4096 1 1 sha256 aa bb 1 ignore_corruption\"",
        ["dm-mod.create=…ignore_corruption"], ["dm-mod.create"]
      ),
    ])
  func parameters(_ text: String, _ disabling: [String], _ naming: [String]) {
    let line = KernelCommandLine(parsing: Array(text.utf8))
    #expect(RootIntegrity.disabling(line) == disabling)
    #expect(RootIntegrity.naming(line) == naming)
  }
}

@Suite("What is installed and what runs")
struct KernelInstalledTests {
  @Test(
    "The older of two releases",
    arguments: [
      ("5.14.0-503.9.1.el9_5.x86_64", "5.14.0-503.11.1.el9_5.x86_64"), ("6.1.0-9-amd64", "6.1.0-28-amd64"),
      ("6.12-rc1", "6.12.1"), ("6.6.60", "6.6.60.1"),
    ])
  func order(_ older: String, _ newer: String) {
    #expect(KernelInstalled.precedes(older, newer))
    #expect(!KernelInstalled.precedes(newer, older))
    #expect(!KernelInstalled.precedes(older, older))
  }

  private func kernel(_ files: [String: String]) throws -> Entity {
    let tree = try HostTree(files)
    return try singleton(KernelCollector.subject, of: KernelCollector(), try tree.view())
  }

  @Test("Only kernels of the running one's flavour are compared, and rescue images are none")
  func flavours() throws {
    let files = [
      "proc/sys/kernel/osrelease": "6.1.0-27-amd64\n", "boot/vmlinuz-6.1.0-27-amd64": "",
      "boot/vmlinuz-6.1.0-30-cloud-amd64": "", "boot/vmlinuz-0-rescue-1b8e": "",
      "usr/lib/modules/6.1.0-31-amd64/modules.dep": "",
    ]
    let current = try kernel(files)
    #expect(current["isNewest"]?.value == .flag(true))
    #expect(current["installed"]?.value == .texts(["6.1.0-27-amd64"]))
    let waiting = try kernel(files.merging(["usr/lib/modules/6.1.0-31-amd64/vmlinuz": ""]) { $1 })
    #expect(waiting["isNewest"]?.value == .flag(false))
    #expect(waiting["installed.newest"]?.value == .text("6.1.0-31-amd64"))
  }

  @Test("Where no kernel is seen, nothing is compared")
  func images() throws {
    #expect(try kernel(["proc/sys/kernel/osrelease": "6.1.115\n"])["isNewest"].isAbsent)
  }

  @Test("Handlers of binary formats by their flags; one that is off counts for nothing")
  func formats() throws {
    let directory = "proc/sys/fs/binfmt_misc/"
    let entity = try kernel([
      "proc/sys/kernel/osrelease": "6.1\n", directory + "status": "enabled\n", directory + "register": "",
      directory + "qemu-arm": "enabled\ninterpreter /usr/bin/qemu-arm\nflags: OCF\noffset 0\n",
      directory + "java": "enabled\ninterpreter /usr/bin/java\nflags: \n",
      directory + "old": "disabled\ninterpreter /bin/old\nflags: C\n",
    ])
    #expect(
      entity["binfmt.handlers"]?.value == .texts(["java: /usr/bin/java", "qemu-arm: /usr/bin/qemu-arm"]))
    #expect(entity["binfmt.credentials"]?.value == .texts(["qemu-arm"]))
    #expect(entity["binfmt.fixed"]?.value == .texts(["qemu-arm"]))
  }

  @Test("An empty directory: none where nobody mounted it, hidden where somebody did")
  func unmounted() throws {
    let files = ["proc/sys/kernel/osrelease": "6.1\n", "proc/sys/fs/binfmt_misc/": ""]
    let root = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
    let free = try kernel(files.merging(["proc/1/mountinfo": root]) { $1 })
    #expect(free["binfmt.credentials"]?.value == .texts([]))
    let mount = "23 22 0:30 / /proc/sys/fs/binfmt_misc rw - binfmt_misc binfmt_misc rw\n"
    let hidden = try kernel(files.merging(["proc/1/mountinfo": root + mount]) { $1 })
    #expect(hidden["binfmt.credentials"].obstacle == .notVisible)
  }
}

@Suite("What the files of sysctl.d ask for")
struct SysctlFilesTests {
  private func files(_ files: [String: String]) throws -> Entity {
    let tree = try HostTree(files)
    let (all, _) = entities(SysctlCollector(), try tree.view())
    expectContract(all, SysctlCollector())
    return try #require(all.first { $0.subject == "sysctl-files" })
  }

  @Test(
    "A file hides its namesakes of lesser directories, the later name wins, and so does an own line over a pattern"
  )
  func precedence() throws {
    let entity = try files([
      "usr/lib/systemd/systemd-sysctl": "",
      "proc/sys/kernel/kptr_restrict": "1\n", "proc/sys/kernel/sysrq": "16\n",
      "proc/sys/kernel/panic": "10\n",
      "proc/sys/net/ipv4/conf/all/rp_filter": "1\n", "proc/sys/net/ipv4/conf/default/rp_filter": "2\n",
      "proc/sys/net/ipv4/conf/all/log_martians": "0\n", "proc/sys/kernel/printk": "4\t4\t1\t7\n",
      "usr/lib/sysctl.d/50-default.conf": "kernel.kptr_restrict = 0\nkernel.sysrq=16\n",
      "etc/sysctl.d/50-default.conf":
        "# ours\n; too\nkernel.kptr_restrict = 1\nkernel.panic = 20\nnet.ipv4.conf.*.rp_filter = 2\n"
        + "net/ipv4/conf/all/rp_filter = 1\nnet.ipv4.conf.*.log_martians = 1\n-net.ipv4.conf.all.log_martians\n",
      "run/sysctl.d/60.conf": "-kernel.panic=10\nkernel.printk = 4 4  1 7\nkernel.none = 1\n",
      "etc/sysctl.conf": "kernel.sysrq = 1\n",
    ])
    #expect(entity["files"]?.value == .texts(["/etc/sysctl.d/50-default.conf", "/run/sysctl.d/60.conf"]))
    #expect(entity["differing"]?.value == .texts([]))
    #expect(entity["set"]?.value == .number(6))
  }

  @Test("What the kernel has otherwise is named with the line that asks for it")
  func differing() throws {
    let entity = try files([
      "proc/sys/kernel/kptr_restrict": "0\n", "etc/sysctl.d/a.conf": "\nkernel.kptr_restrict = 1\n",
    ])
    #expect(entity["differing"]?.value == .texts(["kernel.kptr_restrict: file 1, now 0"]))
    #expect(entity["differing"]?.sources == [.file("/etc/sysctl.d/a.conf", line: 2)])
  }

  @Test(
    "Where the kernel's value can't be read nothing is said to be in force, and what differs is said all the same"
  )
  func unreadable() throws {
    let file = ["etc/sysctl.d/a.conf": "kernel.kptr_restrict = 1\nkernel.sysrq = 0\n"]
    let nothing = try files(file)
    guard case .unreadable = try #require(nothing["differing"]) else {
      Issue.record("without /proc: \(String(describing: nothing["differing"]))")
      return
    }
    // A directory in a file's place can't be read as one.
    let some = ["proc/sys/kernel/sysrq/x": "", "proc/sys/kernel/kptr_restrict": "1\n"].merging(file) { $1 }
    guard case .unreadable = try #require(try files(some)["differing"]) else {
      Issue.record("one unreadable")
      return
    }
    let differs = ["proc/sys/kernel/sysrq/x": "", "proc/sys/kernel/kptr_restrict": "0\n"].merging(file) { $1 }
    #expect(try files(differs)["differing"]?.value == .texts(["kernel.kptr_restrict: file 1, now 0"]))
  }

  @Test("Without systemd the old file counts, and after all others")
  func oldFile() throws {
    let entity = try files([
      "proc/sys/kernel/sysrq": "0\n", "etc/sysctl.d/z.conf": "kernel.sysrq = 1\n",
      "etc/sysctl.conf": "kernel.sysrq = 0\n",
    ])
    #expect(entity["differing"]?.value == .texts([]))
  }

  @Test(
    "Names with dots or slashes first",
    arguments: [
      ("net.ipv4.conf.eth0/100.rp_filter", "net/ipv4/conf/eth0.100/rp_filter"),
      ("net/ipv4/conf/eth0.100/rp_filter", "net/ipv4/conf/eth0.100/rp_filter"), ("kernel", "kernel"),
    ])
  func names(_ name: String, _ path: String) {
    #expect(SysctlFiles.path(Array(name.utf8)) == path)
  }
}

@Suite("Mounts of Secrets, and the interfaces of pods")
struct VolumeTests {
  @Test(
    "What is a volume of secrets",
    arguments: [
      ("/var/lib/kubelet/pods/1/volumes/kubernetes.io~secret/tls", true),
      ("/data/k/pods/1/volumes/kubernetes.io~projected/token", true),
      ("/var/lib/kubelet/pods/1/volumes/kubernetes.io~empty-dir/x", false),
      ("/volumes/kubernetes.io~secret/x", false),
      ("/var/lib/kubelet/pods/1/volumes/kubernetes.io~secret/tls/sub", false),
    ])
  func secrets(_ point: String, _ isSecret: Bool) {
    #expect(VolumeMounts.isSecret(FilePath(point)) == isSecret)
  }

  @Test("Only a network plugin's interface with an address beyond its link counts")
  func interfaces() throws {
    func found(_ table: String) throws -> Fact {
      let tree = try HostTree(["proc/1/net/if_inet6": table])
      return PodInterfaces.withIPv6(try tree.root())
    }
    let link = "fe800000000000000000000000000001 02 40 20 80     cni0\n"
    let uplink = "20010db8000000000000000000000001 03 40 00 80     ens3\n"
    #expect(try found(link + uplink).value == .texts([]))
    #expect(
      try found(link + "fd000000000000000000000000000001 02 40 00 80     cni0\n").value == .texts(["cni0"]))
    let broken: Fact? = try found("nonsense\n")
    #expect(broken.obstacle == .malformed)
  }

  @Test(
    "A pod's own interface counts by the route to the pod; a link's own route, a group's and other interfaces do not",
    arguments: [
      ("fd000000000000000000000000000002", "cali0123456789a", true),
      ("fd000000000000000000000000000002", "eni1a2b3c4d5e6", true),
      ("20010db8000000000000000000000002", "azvc440f455693", true),
      ("fd000000000000000000000000000002", "lxc0123456789ab", true),
      ("fd000000000000000000000000000002", "lxc_health", true),
      ("fd000000000000000000000000000002", "veth12345678", true),
      ("fd000000000000000000000000000002", "vlan0123456789a", true),
      ("fd000000000000000000000000000002", "vlan1000", false),
      ("fd000000000000000000000000000002", "gke0123456789a", true),
      ("fd000000000000000000000000000002", "cni0", true),
      ("fe800000000000000000000000000000", "cali0123456789a", false),
      ("ff000000000000000000000000000000", "cali0123456789a", false),
      ("fd000000000000000000000000000002", "ens5", false),
      ("fd000000000000000000000000000002", "enip0s3", false),
      ("fd000000000000000000000000000002", "lxcbr0", false),
      ("fd000000000000000000000000000002", "calico", false),
    ])
  func routes(_ destination: String, _ name: String, _ isFound: Bool) throws {
    let zero = String(repeating: "0", count: 32)
    let table = "\(destination) 80 \(zero) 00 \(zero) 00000400 00000001 00000000 00000001 \(name)\n"
    let link = "fe800000000000000000000000000001 02 40 20 80 \(name)\n"
    let tree = try HostTree(["proc/1/net/if_inet6": link, "proc/1/net/ipv6_route": table])
    #expect(PodInterfaces.withIPv6(try tree.root()).value == .texts(isFound ? [name] : []))
    let broken = try HostTree(["proc/1/net/if_inet6": link, "proc/1/net/ipv6_route": "nonsense\n"])
    let fact: Fact? = PodInterfaces.withIPv6(try broken.root())
    #expect(fact.obstacle == .malformed)
  }
}
