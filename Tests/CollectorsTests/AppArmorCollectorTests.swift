import Facts
import Host
import TestSupport
import Testing

@testable import Collectors

@Suite("AppArmor")
struct AppArmorCollectorTests {
  private static let on = [
    "proc/1/mountinfo": "22 1 0:7 / /sys/kernel/security rw - securityfs securityfs rw\n",
    "proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1\n",
    "sys/module/apparmor/parameters/enabled": "Y\n",
    "sys/module/apparmor/parameters/mode": "enforce\n",
    "sys/module/apparmor/parameters/lock_policy": "N\n",
    "sys/module/apparmor/parameters/paranoid_load": "Y\n",
    "sys/kernel/security/lsm": "capability,apparmor",
    "sys/kernel/security/apparmor/profiles": """
    /usr/sbin/chronyd (enforce)
    cri-containerd.apparmor.d (enforce)
    /usr/bin/man (complain)
    a name (with words) (kill)
    chrome (unconfined)
    snap.lxd (user)

    """,
  ]

  private func facts(_ changes: [String: String?] = [:], attributes: String? = nil) throws -> [String: Fact] {
    var files = Self.on
    for (path, content) in changes { files[path] = content }
    return try SecurityLook(AppArmorCollector(), HostTree(files), attributes: attributes).facts
  }

  @Test("On, with its profiles by mode")
  func setWell() throws {
    let facts = try facts()
    #expect(facts["enabled"]?.value == .flag(true))
    #expect(facts["mode"]?.value == .text("enforce"))
    #expect(facts["lockPolicy"]?.value == .flag(false))
    #expect(facts["profiles.count"]?.value == .number(6))
    #expect(facts["profiles.enforce.count"]?.value == .number(3))
    #expect(facts["profiles.enforce"]?.value == .texts(["/usr/sbin/chronyd", "cri-containerd.apparmor.d"]))
    #expect(facts["profiles.complain"]?.value == .texts(["/usr/bin/man"]))
    #expect(facts["profiles.kill"]?.value == .texts(["a name (with words)"]))
    #expect(facts["profiles.unconfined"]?.value == .texts(["chrome"]))
    #expect(facts["profiles.prompt"]?.value == .texts(["snap.lxd"]))
    #expect(facts["containerDefaults"]?.value == .texts(["cri-containerd.apparmor.d"]))
    #expect(facts["containerDefaults.loose"]?.value == .list([]))
    #expect(facts["userns.restricted"]?.value == .flag(true))
    #expect(facts["unconfined.restricted"].isAbsent)
  }

  @Test("A program that has a profile and runs without it is named; one in a container, or under it, is not")
  func startedBeforeItsProfile() throws {
    var files: [String: String?] = [
      "etc/apparmor.d/usr.sbin.rsyslogd":
        "profile rsyslogd /usr/{,s}bin/rsyslogd flags=(attach_disconnected) {\n}\n",
      "etc/apparmor.d/usr.bin.other": "profile other /usr/bin/other {\n}\n",
      "sys/kernel/security/apparmor/profiles":
        "rsyslogd (enforce)\n/usr/bin/man (complain)\n/usr/bin/w (enforce)\n",
    ]
    let processes = [
      ProcessFiles(1, name: "systemd", label: "unconfined\n"),
      ProcessFiles(10, name: "rsyslogd", label: "unconfined\n"),
      ProcessFiles(11, name: "man", label: "/usr/bin/man (complain)\n"),
      ProcessFiles(12, name: "w", group: ProcessFiles.podGroup, label: "unconfined\n"),
      // Its profile is not loaded: that is another finding.
      ProcessFiles(13, name: "other", label: "unconfined\n"),
    ]
    for process in processes { files.merge(process.files) { $1 } }
    let fact = try facts(files)["programs.unconfined"]
    #expect(fact?.value == .texts(["/usr/bin/rsyslogd"]))
    #expect(fact?.sources.map(\.place) == ["/proc/10/attr/apparmor/current"])
  }

  @Test(
    "The kernel's word of what a profile is attached to goes before the files, and is taken by wildcards too")
  func attached() throws {
    let policy = "sys/kernel/security/apparmor/policy/profiles"
    var files: [String: String?] = [
      "etc/apparmor.d/a": "profile a /usr/bin/old {\n}\n",
      "sys/kernel/security/apparmor/profiles": "a (enforce)\n/usr/lib/*/tool (complain)\nfree (unconfined)\n",
      "\(policy)/a.1/name": "a\n", "\(policy)/a.1/attach": "/{,usr/}bin/n{ew,ext}\n",
      "\(policy)/a.1/profiles/hat.2/name": "hat\n", "\(policy)/a.1/profiles/hat.2/attach": "/usr/bin/old\n",
      "\(policy)/usr.lib.tool.2/name": "/usr/lib/*/tool\n", "\(policy)/usr.lib.tool.2/attach": "<unknown>\n",
      "\(policy)/free.3/name": "free\n", "\(policy)/free.3/attach": "/usr/bin/free\n",
      // It is being removed.
      "\(policy)/gone.4/name": "gone\n",
    ]
    let processes = [
      ProcessFiles(1, name: "systemd", label: "unconfined\n"),
      ProcessFiles(10, name: "old", label: "unconfined\n"),
      ProcessFiles(11, name: "next", label: "unconfined\n"),
      ProcessFiles(12, name: "free", label: "unconfined\n"),
    ]
    for process in processes { files.merge(process.files) { $1 } }
    files["proc/10/exe"] = "-> /usr/lib/x/tool"
    #expect(try facts(files)["programs.unconfined"]?.value == .texts(["/usr/bin/next", "/usr/lib/x/tool"]))
    // Refused, it is the files that say it.
    let refused = try facts(files, attributes: "\(policy)\t-\t-\t-\t-\terrno=EACCES\n")
    #expect(refused["programs.unconfined"]?.value == .texts(["/usr/lib/x/tool"]))
  }

  @Test(
    "Where the kernel can't be asked and a file has a variable, that no program is unconfined is not known")
  func variable() throws {
    var files: [String: String?] = [
      "etc/apparmor.d/a": "profile a @{bin}/a {\n}\n", "etc/apparmor.d/b": "profile b /usr/bin/b {\n}\n",
      "sys/kernel/security/apparmor/profiles": "b (enforce)\n",
    ]
    let processes = [
      ProcessFiles(1, name: "systemd", label: "unconfined\n"),
      ProcessFiles(10, name: "c", label: "unconfined\n"),
    ]
    for process in processes { files.merge(process.files) { $1 } }
    // The profile with the variable is not loaded.
    #expect(try facts(files)["programs.unconfined"]?.value == .texts([]))
    files["sys/kernel/security/apparmor/profiles"] = "a (enforce)\nb (enforce)\n"
    guard case .unreadable(.unsupported, let detail, _) = try facts(files)["programs.unconfined"] else {
      Issue.record("it is known")
      return
    }
    #expect(detail.contains("@{bin}/a"))
    // What is found is found.
    for (path, text) in ProcessFiles(11, name: "b", label: "unconfined\n").files { files[path] = text }
    #expect(try facts(files)["programs.unconfined"]?.value == .texts(["/usr/bin/b"]))
  }

  @Test("A container runtime's profile that only complains is loose")
  func looseDefault() throws {
    let facts = try facts(["sys/kernel/security/apparmor/profiles": "docker-default (complain)\n"])
    #expect(facts["containerDefaults.loose"]?.value == .texts(["docker-default"]))
    #expect(facts["profiles.enforce.count"]?.value == .number(0))
  }

  @Test("Off, it has no mode and no profiles")
  func off() throws {
    let facts = try facts(["sys/module/apparmor/parameters/enabled": "N\n"])
    #expect(facts["enabled"]?.value == .flag(false))
    #expect(facts["mode"].isAbsent)
    #expect(facts["profiles.count"].isAbsent)
  }

  @Test("A kernel without AppArmor has none of it")
  func notBuilt() throws {
    let facts = try SecurityLook(AppArmorCollector(), HostTree(["sys/module/": ""])).facts
    #expect(facts["enabled"].isAbsent)
    #expect(facts["profiles.complain"].isAbsent)
  }

  @Test("An image, which has no kernel, does not say that AppArmor is not there")
  func image() throws {
    let facts = try SecurityLook(AppArmorCollector(), HostTree(["etc/passwd": ""])).facts
    #expect(facts["enabled"].obstacle == .needsRunningHost)
    #expect(facts["profiles.complain"].obstacle == .needsRunningHost)
    #expect(facts["userns.restricted"].obstacle == .needsRunningHost)
  }

  @Test("Profiles that can't be seen are unknown, never none")
  func hidden() throws {
    let path = "sys/kernel/security/apparmor/profiles"
    let denied = try facts(attributes: "\(path)\t-\t-\t-\t-\terrno=EACCES\n")
    #expect(denied["profiles.count"].obstacle == .denied)
    #expect(denied["containerDefaults"].obstacle == .denied)
    #expect(try facts([path: nil])["profiles.complain"].obstacle == .notVisible)
    let unmounted = try facts([
      path: nil, "sys/kernel/security/lsm": nil, "proc/1/mountinfo": "22 1 0:7 / /sys rw - sysfs sysfs rw\n",
    ])
    #expect(unmounted["profiles.complain"].obstacle == .notMounted)
  }

  @Test("A line without a mode, or with one that is not known, spoils the whole answer")
  func malformed() throws {
    let path = "sys/kernel/security/apparmor/profiles"
    #expect(try facts([path: "good (enforce)\nno mode\n"])["profiles.enforce"].obstacle == .malformed)
    #expect(try facts([path: "good (relaxed)\n"])["profiles.enforce"].obstacle == .unsupported)
    #expect(try facts(["sys/module/apparmor/parameters/mode": "lenient\n"])["mode"].obstacle == .malformed)
  }

  @Test("No profile loaded is an empty list")
  func noProfiles() throws {
    let facts = try facts(["sys/kernel/security/apparmor/profiles": ""])
    #expect(facts["profiles.count"]?.value == .number(0))
    #expect(facts["containerDefaults"]?.value == .list([]))
  }
}
