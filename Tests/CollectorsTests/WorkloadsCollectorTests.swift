import Facts
import Host
import TestSupport
import Testing

@testable import Collectors

@Suite("Workloads: containers as the kernel sees them")
struct WorkloadsCollectorTests {
  private static let id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  private static let uid = "11111111-2222-3333-4444-555555555555"
  private static let podLogs = "var/log/pods/shop_web-0_\(uid)"
  private static let hostMounts = """
    22 1 8:1 / / rw - ext4 /dev/sda1 rw
    23 22 0:25 / /run rw - tmpfs tmpfs rw
    24 22 8:2 / /var/lib/kubelet/plugins/csi/globalmount rw - ext4 /dev/sdb rw
    25 22 8:2 / /var/lib/kubelet/pods/\(uid)/volumes/kubernetes.io~csi/pv/mount rw - ext4 /dev/sdb rw

    """
  private static let ownMounts = """
    700 1 0:99 / / ro - overlay overlay rw
    701 700 0:90 / /proc rw - proc proc rw
    702 700 0:90 /sys /proc/sys ro - proc proc rw
    703 700 0:91 /null /proc/kcore rw - tmpfs tmpfs rw
    704 700 0:92 / /sys ro - sysfs sysfs ro

    """
  private static let base = [
    "proc/sys/kernel/cap_last_cap": "40\n", "proc/1/mountinfo": hostMounts, "\(podLogs)/web/0.log": "",
    "run/containerd/containerd.sock": "",
  ]
  private static let own = ["mnt": 30, "net": 40, "pid": 50, "ipc": 20, "uts": 70, "cgroup": 10]

  private static func member(
    _ id: Int, name: String = "web", user: Int = 101, capabilities: String = "0000000000000000",
    seccomp: Int = 2,
    noNewPrivileges: Int = 1, label: String = "cri-containerd.apparmor.d (enforce)\n",
    group: String = ProcessFiles.podGroup, namespaces: [String: Int] = own, status: String? = nil
  ) -> ProcessFiles {
    ProcessFiles(
      id, name: name, user: user, capabilities: capabilities, seccomp: seccomp, filters: seccomp / 2,
      noNewPrivileges: noNewPrivileges, group: group, label: label, namespaces: namespaces, status: status)
  }

  private func look(
    _ members: [ProcessFiles], mounts: String = ownMounts, more: [String: String] = [:],
    attributes: String? = nil
  ) throws -> SecurityLook {
    var files = Self.base
    for process in [ProcessFiles(1)] + members { files.merge(process.files) { $1 } }
    files["proc/812/mountinfo"] = mounts
    files["proc/812/root/dev/null"] = ""
    files.merge(more) { $1 }
    return try SecurityLook(WorkloadsCollector(), HostTree(files), attributes: attributes)
  }

  private func container(_ look: SecurityLook) throws -> [String: Fact] {
    try #require(look.entities.first { $0.subject == "container" }).facts
  }

  @Test("A confined container states what holds it, and is named by the kubelet's directories")
  func confined() throws {
    let look = try look([Self.member(812)])
    #expect(look.problems.isEmpty)
    #expect(look.entities.map(\.label) == ["workloads", "container[shop/web-0/web]"])
    let facts = try container(look)
    #expect(facts["id"]?.value == .text(Self.id))
    #expect(facts["runtime"]?.value == .text("containerd"))
    #expect(facts["pod.qos"]?.value == .text("burstable"))
    #expect(facts["seccomp.mode"]?.value == .text("filter"))
    #expect(facts["label.mode"]?.value == .text("enforce"))
    #expect(facts["label.types"].isAbsent)
    #expect(facts["noNewPrivileges"]?.value == .flag(true))
    #expect(facts["root.onHost"]?.value == .flag(false))
    #expect(facts["rootReadOnly"]?.value == .flag(true))
    #expect(facts["procMasked"]?.value == .flag(true))
    for fact in ["hostPID", "hostNetwork", "hostIPC", "hostMounts", "hostUTS", "hostCgroup"] {
      #expect(facts[fact]?.value == .flag(false), "\(fact)")
    }
    for fact in ["hostPaths.writable", "runtimeSockets", "kernelInterfaces.writable", "devices.block"] {
      #expect(facts[fact]?.value == .list([]), "\(fact)")
    }
    #expect(facts["devices.rules"].obstacle == .unsupported)
  }

  @Test(
    "An SELinux level that containers of two namespaces have is shared; of one namespace, or one not confined, it is not"
  )
  func sharedLevels() throws {
    let other = "22222222-2222-3333-4444-555555555555"
    func shared(_ levels: [(type: String, level: String, uid: String)]) throws -> Fact? {
      let members = levels.enumerated().map { index, container in
        Self.member(
          812 + index, label: "system_u:system_r:\(container.type):\(container.level)\0",
          group: ProcessFiles.podGroup
            .replacing("11111111_2222_3333_4444_555555555555", with: container.uid.replacing("-", with: "_"))
            .replacing("0123456789abcdef0123", with: "\(index)123456789abcdef0123"))
      }
      return try look(members).entities.first { $0.subject == "workloads" }?.facts["selinux.sharedLevels"]
    }
    let one = ("container_t", "s0:c1,c2", Self.uid)
    #expect(
      try shared([one, ("container_t", "s0:c1,c2", other)])?.value == .texts(["s0:c1,c2: \(other), shop"]))
    #expect(try shared([one, ("container_t", "s0:c1,c2", Self.uid)])?.value == .texts([]))
    #expect(try shared([one, ("container_init_t", "s0:c3,c4", other)])?.value == .texts([]))
    #expect(try shared([one, ("spc_t", "s0:c1,c2", other)])?.value == .texts([]))
    #expect(try shared([("spc_t", "s0", other)]).isAbsent)
    #expect(try look([Self.member(812)]).entities.first?.facts["selinux.sharedLevels"].isAbsent == true)
  }

  @Test("The least confined process decides, and is the source")
  func leastConfined() throws {
    let weak = Self.member(
      813, user: 0, capabilities: "0000000000200000", seccomp: 0, noNewPrivileges: 0, label: "unconfined\n",
      namespaces: Self.own.merging(["pid": 5]) { $1 })
    let facts = try container(look([Self.member(812, capabilities: "0000000000000400"), weak]))
    let expected: [(String, Value, String)] = [
      ("seccomp.mode", .text("disabled"), "/proc/813/status"),
      ("seccomp.filters", .number(0), "/proc/813/status"),
      ("noNewPrivileges", .flag(false), "/proc/813/status"), ("hostPID", .flag(true), "/proc/813/ns/pid"),
      ("label.mode", .text("unconfined"), "/proc/813/attr/apparmor/current"),
      ("user", .number(0), "/proc/813/status"), ("root", .flag(true), "/proc/813/status"),
    ]
    for (fact, value, place) in expected {
      #expect(facts[fact]?.value == value, "\(fact)")
      #expect(facts[fact]?.sources.first?.place == place, "\(fact)")
    }
    #expect(facts["capabilities.effective"]?.value == .texts(["cap_net_bind_service", "cap_sys_admin"]))
    #expect(facts["capabilities.effective"]?.sources.count == 2)
    #expect(facts["processes"]?.value == .number(2))
  }

  @Test("mountinfo is read once for each mount namespace")
  func oncePerNamespace() throws {
    // The second process shares the namespace and has no mountinfo to read.
    let facts = try container(look([Self.member(812), Self.member(813)]))
    #expect(facts["rootReadOnly"]?.value == .flag(true))
    let other = Self.member(813, namespaces: Self.own.merging(["mnt": 31]) { $1 })
    #expect(try container(look([Self.member(812), other]))["rootReadOnly"].obstacle == .notVisible)
  }

  @Test(
    "Mounts of the host's files are told from the container's own",
    arguments: [
      ("8:1 /etc/cni/net.d /host rw", ["/etc/cni/net.d"], ["/etc/cni"], []),
      ("8:1 /etc/cni/net.d /host ro", [], [], []),
      ("8:1 / /host rw", ["/"], ["/"], []),
      ("8:1 /srv/data /data rw", ["/srv/data"], [], []),
      ("8:1 /var/lib/kubelet/pods/\(uid)/volumes/x /data rw", [], [], []),
      (
        "8:1 /var/lib/kubelet/pods/22222222/volumes/x /data rw", ["/var/lib/kubelet/pods/22222222/volumes/x"],
        ["/var/lib/kubelet"], []
      ),
      ("8:1 /var/log /logs rw", ["/var/log"], ["/var/log"], []),
      ("8:2 / /data rw", [], [], []),
      ("0:25 / /host/run ro", [], [], ["/run/containerd/containerd.sock"]),
      ("0:25 /containerd/containerd.sock /run/c.sock ro", [], [], ["/run/containerd/containerd.sock"]),
      ("0:25 /crio/crio.sock /run/c.sock rw", ["/run/crio/crio.sock"], [], ["/run/crio/crio.sock"]),
      ("0:25 /containerd/sandboxes/\(id)/resolv.conf /etc/resolv.conf rw", [], [], []),
      ("0:77 / /tmp rw", [], [], []),
    ])
  func hostMounts(_ mount: String, paths: [String], places: [String], sockets: [String]) throws {
    let line = "710 700 \(mount) - ext4 x rw\n"
    let facts = try container(look([Self.member(812)], mounts: Self.ownMounts + line))
    #expect(facts["hostPaths.writable"]?.value == .texts(paths))
    #expect(facts["hostPlaces.writable"]?.value == .texts(places))
    #expect(facts["runtimeSockets"]?.value == .texts(sockets))
  }

  @Test("Writable kernel interfaces and an uncovered /proc are seen")
  func kernelInterfaces() throws {
    let mounts =
      "700 1 0:99 / / rw - overlay x rw\n701 700 0:90 / /proc rw - proc x rw\n702 700 0:92 / /sys rw - sysfs x rw\n"
    let facts = try container(look([Self.member(812)], mounts: mounts))
    #expect(facts["kernelInterfaces.writable"]?.value == .texts(["/proc/sys", "/sys"]))
    #expect(facts["procMasked"]?.value == .flag(false))
    #expect(facts["rootReadOnly"]?.value == .flag(false))
  }

  @Test(
    "A writable proc beside the container's own, or a part of it that has settings, and binfmt_misc are kernel interfaces",
    arguments: [
      ("/ /host/proc rw", "proc", ["/host/proc"]), ("/ /host/proc ro", "proc", []),
      ("/sys /host/sys rw", "proc", ["/host/sys"]), ("/sys/kernel /k rw", "proc", ["/k"]),
      ("/sysvipc /host/ipc rw", "proc", []), ("/sysrq-trigger /k rw", "proc", ["/k"]),
      ("/812 /host/self rw", "proc", []),
      ("/ /proc/sys/fs/binfmt_misc rw", "binfmt_misc", ["/proc/sys/fs/binfmt_misc"]),
      ("/ /host/proc/sys/fs/binfmt_misc ro", "binfmt_misc", []),
      ("/ /host/proc/sys/fs/binfmt_misc rw", "autofs", []),
    ])
  func procElsewhere(_ mount: String, _ type: String, _ found: [String]) throws {
    let line = "710 700 0:22 \(mount) - \(type) \(type) rw\n"
    let facts = try container(look([Self.member(812)], mounts: Self.ownMounts + line))
    #expect(facts["kernelInterfaces.writable"]?.value == .texts(found))
    #expect(facts["hostPlaces.writable"]?.value == .texts([]))
  }

  @Test("Devices are told by their type, one directory deep")
  func devices() throws {
    let more = [
      "proc/812/root/dev/mapper/data": "", "proc/812/root/dev/kvm": "", "proc/812/root/dev/pts/0": "",
    ]
    let attributes = """
      proc/812/root/dev/mapper/data\t-\t-\t-\tblock device
      proc/812/root/dev/kvm\t-\t-\t-\tcharacter device
      proc/812/root/dev/null\t-\t-\t-\tcharacter device
      proc/812/root/dev/pts/0\t-\t-\t-\tcharacter device

      """
    let facts = try container(look([Self.member(812)], more: more, attributes: attributes))
    #expect(facts["devices.block"]?.value == .texts(["/dev/mapper/data"]))
    #expect(facts["devices.character"]?.value == .texts(["/dev/kvm"]))
  }

  @Test("Without PID 1's namespaces and mounts nothing is said of what is the host's")
  func noFirstProcess() throws {
    let attributes = "proc/1/ns/**\t-\t-\t-\t-\terrno=EACCES\nproc/1/mountinfo\t-\t-\t-\t-\terrno=EACCES\n"
    let facts = try container(look([Self.member(812)], attributes: attributes))
    for fact in [
      "hostPID", "hostMounts", "userNamespace.initial", "root", "hostPaths.writable", "runtimeSockets",
    ] {
      #expect(facts[fact].obstacle == .denied, "\(fact)")
    }
    #expect(facts["rootReadOnly"]?.value == .flag(true))
  }

  @Test("Root of a user namespace of its own is not the host's")
  func userNamespace() throws {
    let process = Self.member(812, user: 165536, namespaces: Self.own.merging(["user": 99]) { $1 })
    let map = ["proc/812/uid_map": "         0     165536      65536\n"]
    let facts = try container(look([process], more: map))
    #expect(facts["userNamespace.initial"]?.value == .flag(false))
    #expect(facts["root"]?.value == .flag(true))
    #expect(facts["root.onHost"]?.value == .flag(false))
    #expect(try container(look([process]))["root"].obstacle == .notVisible)
  }

  @Test("A zombie says nothing of its container; a process that left the group is counted")
  func oddProcesses() throws {
    let zombie = "Name:\tx\nState:\tZ (zombie)\nUid:\t0\t0\t0\t0\nThreads:\t1\nSeccomp:\t0\nNoNewPrivs:\t0\n"
    let stray = Self.member(900, group: "0::/system.slice/x.service\n")
    let monitor = Self.member(
      901, group: ProcessFiles.podGroup.replacing("cri-containerd", with: "crio-conmon"), namespaces: [:])
    let look = try look([Self.member(812), Self.member(813, status: zombie), stray, monitor])
    let facts = try container(look)
    #expect(facts["seccomp.mode"]?.value == .text("filter"))
    #expect(facts["processes"]?.value == .number(1))
    #expect(facts["processes.outside"]?.value == .number(1))
    let all = try #require(look.entities.first { $0.subject == "workloads" })
    #expect(all["containers"]?.value == .number(1))
    #expect(all["processes.other"]?.value == .number(3))
  }

  @Test("Names come from the container's log where there is one; two directories of one UID name nobody")
  func names() throws {
    let link = [
      "var/log/containers/web-0_shop_front-\(Self.id).log": "-> /dev/null", "\(Self.podLogs)/other/": "",
    ]
    #expect(try look([Self.member(812)], more: link).entities.map(\.id) == ["", "shop/web-0/front"])
    let twice = ["var/log/pods/kube-system_fake_\(Self.uid)/": ""]
    let look = try look([Self.member(812)], more: twice)
    #expect(look.entities.map(\.id) == ["", "pod \(Self.uid)/0123456789ab"])
    #expect(try container(look)["pod.name"].obstacle == .malformed)
  }

  @Test("Pods are named by the directory that the kubelet is told to keep their logs in")
  func otherLogs() throws {
    let kubelet = ProcessFiles(500, name: "kubelet")
    let look = try look(
      [Self.member(812), kubelet],
      more: [
        "proc/500/cmdline": "/usr/bin/kubelet\0--config=/etc/kubelet.yaml\0",
        "etc/kubelet.yaml": "podLogsDir: /srv/logs/../pods\n",
        "srv/pods/mail_smtp-0_\(Self.uid)/smtp/0.log": "",
      ])
    #expect(look.entities.map(\.id) == ["", "mail/smtp-0/smtp"])
  }

  @Test("A host without containers has none, and one whose processes can't be listed is not such a host")
  func none() throws {
    let empty = try SecurityLook(WorkloadsCollector(), HostTree(ProcessFiles(1).files))
    #expect(empty.entities.map(\.subject) == ["workloads"])
    #expect(empty.facts["containers"]?.value == .number(0))
    #expect(empty.problems.isEmpty)
    let denied = try SecurityLook(
      WorkloadsCollector(), HostTree(ProcessFiles(1).files), attributes: "proc\t-\t-\t-\t-\terrno=EACCES\n")
    #expect(denied.facts["containers"].obstacle == .denied)
    #expect(denied.problems.map(\.code) == [.denied])
  }
}
