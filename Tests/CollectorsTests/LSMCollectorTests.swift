import Facts
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Collectors

@Suite("The security modules")
struct LSMCollectorTests {
  private static let mounted = "22 1 0:7 / /sys/kernel/security rw - securityfs securityfs rw\n"
  private static let unmounted = "22 1 0:7 / /sys rw - sysfs sysfs rw\n"

  /// A host set well: AppArmor, Yama, lockdown, Landlock, IMA and EVM are active.
  private static let good = [
    "proc/cmdline":
      "root=/dev/sda1 lsm=landlock,lockdown,yama,apparmor,bpf lockdown=integrity ima_policy=tcb|critical_data\n",
    "proc/1/mountinfo": mounted,
    "proc/filesystems": "nodev\tsecurityfs\n\text4\n",
    "proc/sys/kernel/osrelease": "6.12.0-test\n",
    "proc/sys/kernel/yama/ptrace_scope": "1\n",
    "boot/config-6.12.0-test":
      "CONFIG_SECURITY_SELINUX=y\nCONFIG_SECURITY_APPARMOR=y\n# CONFIG_SECURITY_SMACK is not set\nCONFIG_IMA=y\nCONFIG_SECURITY_LOCKDOWN_LSM=y\n"
      + "CONFIG_EVM=y\nCONFIG_LSM=\"landlock,yama\"\nCONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY=y\n",
    "sys/kernel/security/lsm": "capability,landlock,lockdown,yama,apparmor,bpf,ima,evm",
    "sys/kernel/security/lockdown": "none [integrity] confidentiality\n",
    "sys/kernel/security/ima/runtime_measurements_count": "1234\n",
    "sys/kernel/security/ima/violations": "2\n",
    "sys/kernel/security/ima/policy": "# ours\nmeasure func=BPRM_CHECK\nappraise fowner=0\n",
    "sys/kernel/security/integrity/evm/evm": "3",
  ]

  @Test("A host set well states its stack, its modes and what integrity measures")
  func setWell() throws {
    let facts = try SecurityLook(LSMCollector(), HostTree(Self.good)).facts
    #expect(
      facts["stack"]?.value
        == .texts(["capability", "landlock", "lockdown", "yama", "apparmor", "bpf", "ima", "evm"]))
    #expect(facts["securityfs"]?.value == .text("mounted"))
    #expect(facts["module.apparmor"]?.value == .text("active"))
    #expect(facts["module.ima"]?.value == .text("active"))
    #expect(facts["lockdown"]?.value == .text("integrity"))
    #expect(facts["lockdown.built"]?.value == .text("integrity"))
    #expect(facts["lockdown.commandLine"]?.value == .text("integrity"))
    #expect(facts["yama.ptraceScope"]?.value == .number(1))
    #expect(facts["ima.measurements"]?.value == .number(1234))
    #expect(facts["ima.violations"]?.value == .number(2))
    #expect(facts["ima.rules"]?.value == .number(2))
    #expect(facts["ima.appraises"]?.value == .flag(true))
    #expect(facts["ima.commandLine.policy"]?.value == .texts(["tcb", "critical_data"]))
    #expect(facts["evm.state"]?.value == .texts(["hmac", "signature"]))
    #expect(facts["order.commandLine"]?.value == .texts(["landlock", "lockdown", "yama", "apparmor", "bpf"]))
    #expect(facts["order.built"]?.value == .texts(["landlock", "yama"]))
    #expect(facts["commandLine.disabling"]?.value == .list([]))
  }

  @Test("What is not in the stack is built but off, or not built, as the kernel's configuration has it")
  func builtOrNot() throws {
    let facts = try SecurityLook(LSMCollector(), HostTree(Self.good)).facts
    #expect(facts["module.selinux"]?.value == .text("builtButOff"))
    #expect(facts["module.smack"]?.value == .text("notBuilt"))
    #expect(facts["module.tomoyo"]?.value == .text("notBuilt"))
  }

  @Test(
    "Without the kernel's configuration a module that is not in the stack is inactive, not guessed to be built"
  )
  func inactive() throws {
    var files = Self.good
    files["boot/config-6.12.0-test"] = nil
    let facts = try SecurityLook(LSMCollector(), HostTree(files)).facts
    #expect(facts["module.smack"]?.value == .text("inactive"))
    #expect(facts["module.apparmor"]?.value == .text("active"))
    #expect(facts["order.built"].obstacle == .notVisible)
  }

  @Test("securityfs that is not mounted makes unknown what only it shows")
  func notMounted() throws {
    var files = Self.good.filter { !$0.key.hasPrefix("sys/kernel/security") }
    files["proc/1/mountinfo"] = Self.unmounted
    files["sys/kernel/security/"] = ""
    let facts = try SecurityLook(LSMCollector(), HostTree(files)).facts
    #expect(facts["securityfs"]?.value == .text("notMounted"))
    #expect(facts["stack"].obstacle == .notMounted)
    #expect(facts["lockdown"].obstacle == .notMounted)
    #expect(facts["module.lockdown"].obstacle == .notMounted)
    #expect(facts["module.bpf"]?.value == .text("notBuilt"))
    #expect(facts["module.ima"].obstacle == .notMounted)
    #expect(facts["ima.measurements"].obstacle == .notMounted)
    // Other files of the kernel still tell these.
    #expect(facts["module.yama"]?.value == .text("active"))
    #expect(facts["module.selinux"]?.value == .text("builtButOff"))
  }

  @Test("securityfs that the host has mounted and the auditor can't see is neither missing nor unmounted")
  func notVisible() throws {
    var files = Self.good.filter { !$0.key.hasPrefix("sys/kernel/security") }
    files["sys/kernel/security/"] = ""
    let facts = try SecurityLook(LSMCollector(), HostTree(files)).facts
    #expect(facts["securityfs"]?.value == .text("unreadable"))
    #expect(facts["stack"].obstacle == .notVisible)
  }

  @Test("securityfs that may not be read is unreadable for that reason")
  func denied() throws {
    let attributes = "sys/kernel/security\t-\t-\t-\t-\terrno=EACCES\n"
    let facts = try SecurityLook(LSMCollector(), HostTree(Self.good), attributes: attributes).facts
    #expect(facts["securityfs"]?.value == .text("unreadable"))
    #expect(facts["stack"].obstacle == .denied)
    #expect(facts["lockdown"].obstacle == .denied)
  }

  @Test("A kernel without securityfs says so")
  func notInKernel() throws {
    let tree = try HostTree([
      "proc/1/mountinfo": Self.unmounted, "proc/filesystems": "nodev\tsysfs\n", "proc/cmdline": "quiet\n",
    ])
    let facts = try SecurityLook(LSMCollector(), tree).facts
    #expect(facts["securityfs"]?.value == .text("notInKernel"))
    #expect(facts["stack"].obstacle == .unsupported)
  }

  @Test("An image, which has no kernel, leaves every module unknown")
  func image() throws {
    let facts = try SecurityLook(LSMCollector(), HostTree(["etc/passwd": "root:x:0:0::/:/bin/sh\n"])).facts
    #expect(facts["securityfs"].obstacle == .needsRunningHost)
    #expect(facts["stack"].obstacle == .needsRunningHost)
    #expect(facts["module.selinux"].obstacle == .needsRunningHost)
    #expect(facts["commandLine.disabling"].obstacle == .needsRunningHost)
    #expect(facts["landlock.abi"].obstacle == .needsRunningHost)
  }

  @Test(
    "Parameters that turn mandatory access control off are found",
    arguments: [
      ("selinux=0", ["selinux=0"]), ("enforcing=0 quiet", ["enforcing=0"]), ("apparmor=0", ["apparmor=0"]),
      ("security=none", ["security=none"]), ("security=selinux", []), ("security=smack", ["security=smack"]),
      ("lsm=landlock,yama,tomoyo", ["lsm=landlock,yama,tomoyo"]), ("lsm=tomoyo,apparmor", []),
      ("lsm=yama,bpf", ["lsm=yama,bpf"]),
      ("lsm=yama,selinux security=none", []), ("selinux=0 selinux=1", []),
      ("selinux=1 selinux=0", ["selinux=0"]),
      ("apparmor=00", ["apparmor=00"]), ("selinux", []), ("", []),
    ])
  func disabling(line: String, expected: [String]) {
    #expect(LSMCollector.disabling(KernelCommandLine(parsing: Array(line.utf8))) == expected)
  }

  @Test("A lockdown mode that no kernel has is malformed, not a mode")
  func strangeLockdown() throws {
    var files = Self.good
    files["sys/kernel/security/lockdown"] = "none [fully] confidentiality\n"
    files["proc/cmdline"] = "lockdown=please ima_appraise=maybe\n"
    files["sys/kernel/security/integrity/evm/evm"] = "many"
    let facts = try SecurityLook(LSMCollector(), HostTree(files)).facts
    #expect(facts["lockdown"].obstacle == .malformed)
    #expect(facts["lockdown.commandLine"].obstacle == .malformed)
    #expect(facts["ima.appraise"].obstacle == .malformed)
    #expect(facts["evm.state"].obstacle == .malformed)
  }

  @Test("On the running host the kernel itself names its modules")
  func running() throws {
    var record = Recorder()
    let view = HostView(try HostRoot(at: "/"))
    let isRunning = view.root.isRunning
    try #require(isRunning)
    LSMCollector().collect(from: view, into: &record)
    let stack = record.entities.first?["stack"]
    if case .answer(let ids) = activeSecurityModules() {
      #expect(stack?.sources == [.systemCall("lsm_list_modules(2)")])
      guard case .list(let names) = stack?.value else { Issue.record("no stack"); return }
      #expect(names.count == ids.count)
      #expect(names.contains(.text("capability")))
    } else {
      #expect(stack != nil)
    }
  }
}
