import Facts
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Collectors

@Suite("The sysctl collector")
struct SysctlCollectorTests {
  private func sysctl(_ files: [String: String], attributes: String? = nil) throws -> Entity {
    let tree = try HostTree(files)
    return try singleton(
      SysctlCollector.subject, of: SysctlCollector(), try tree.view(attributes: attributes))
  }

  @Test("Each parameter is read from its own file, in the columns that sysctl(8) shows")
  func values() throws {
    let sysctl = try sysctl([
      "proc/sys/kernel/kptr_restrict": "2\n", "proc/sys/kernel/printk": "4\t4\t1\t7\n",
      "proc/sys/kernel/panic": "-1\n", "proc/sys/net/ipv4/conf/all/rp_filter": "1\n",
      "proc/sys/kernel/shmmax": "18446744073692774399\n",
    ])
    #expect(sysctl["kernel.kptr_restrict"]?.value == .number(2))
    #expect(sysctl["kernel.printk"]?.value == .text("4 4 1 7"))
    #expect(sysctl["kernel.panic"]?.value == .number(-1))
    #expect(sysctl["kernel.shmmax"]?.value == .text("18446744073692774399"))
    #expect(sysctl["net.ipv4.conf.all.rp_filter"]?.value == .number(1))
    #expect(
      sysctl["net.ipv4.conf.all.rp_filter"]?.sources == [.file("/proc/sys/net/ipv4/conf/all/rp_filter")])
    #expect(sysctl["kernel.io_uring_disabled"].isAbsent)
  }

  @Test(
    "Where a packet comes from is checked as far as it is where default routes lead",
    arguments: [
      (["eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0"], "0", 2),
      (["eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0"], "1", 2),
      // Two lead out, and one of them checks nothing but what all does.
      (
        [
          "eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
          "wan.1\t00000000\t0100A8C0\t0003\t0\t0\t9\t00000000\t0\t0\t0",
        ], "0", 0
      ),
      (
        [
          "eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
          "wan.1\t00000000\t0100A8C0\t0003\t0\t0\t9\t00000000\t0\t0\t0",
        ], "1", 1
      ),
      // A route to somewhere, one that is down, and one that refuses: none leads out.
      (
        [
          "wan.1\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
          "wan.1\t00000000\t0100A8C0\t0002\t0\t0\t0\t00000000\t0\t0\t0",
          "*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0",
        ], "1", nil
      ),
    ] as [([String], String, Int64?)])
  func reversePath(_ routes: [String], _ all: String, _ expected: Int64?) throws {
    let table =
      (["Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT"] + routes)
      .map { $0 + "  \n" }.joined()
    let sysctl = try sysctl([
      "proc/sys/kernel/panic": "0\n", "proc/1/net/route": table,
      "proc/sys/net/ipv4/conf/all/rp_filter": all + "\n",
      "proc/sys/net/ipv4/conf/eth0/rp_filter": "2\n", "proc/sys/net/ipv4/conf/wan.1/rp_filter": "0\n",
    ])
    if let expected {
      #expect(sysctl["uplink.rp_filter"]?.value == .number(expected))
    } else {
      #expect(sysctl["uplink.rp_filter"].isAbsent)
    }
  }

  @Test(
    "A table of routes that is none, or an interface without its parameter, is not known",
    arguments: ["eth0", "../x", ""])
  func reversePathUnknown(_ name: String) throws {
    let sysctl = try sysctl([
      "proc/sys/kernel/panic": "0\n", "proc/sys/net/ipv4/conf/all/rp_filter": "0\n",
      "proc/1/net/route": "Iface\n\(name)\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n",
    ])
    #expect(sysctl["uplink.rp_filter"].obstacle != nil)
  }

  @Test("What is denied or no number is unreadable")
  func unreadable() throws {
    let sysctl = try sysctl(
      ["proc/sys/net/core/bpf_jit_harden": "2\n", "proc/sys/kernel/dmesg_restrict": "yes\n"],
      attributes: "/proc/sys/net/core/bpf_jit_harden\t-\t-\t-\t-\terrno=EPERM\n")
    #expect(sysctl["net.core.bpf_jit_harden"].obstacle == .denied)
    #expect(sysctl["kernel.dmesg_restrict"].obstacle == .malformed)
  }

  @Test("A tree without /proc/sys does not say that parameters are not set")
  func noProcfs() throws {
    let sysctl = try sysctl(["etc/sysctl.conf": "kernel.kptr_restrict = 2\n"])
    for fact in sysctl.facts.values { #expect((fact as Fact?).obstacle == .needsRunningHost) }
  }

  @Test("Names and paths are told once each, and say the same")
  func table() {
    #expect(Set(Sysctl.table.map(\.name)).count == Sysctl.table.count)
    for sysctl in Sysctl.table {
      #expect(sysctl.name == sysctl.path.replacing("/", with: "."))
      #expect(sysctl.path.hasPrefix("net/") == (sysctl.scope == .network))
    }
  }

  @Test("On the running host parameters that belong to no namespace are read as the kernel has them")
  func runningHost() throws {
    let sysctl = try singleton(
      SysctlCollector.subject, of: SysctlCollector(), HostView(try HostRoot(at: "/")))
    #expect(sysctl["kernel.randomize_va_space"]?.value?.type == .number)
  }

  private typealias Signs = NamespaceView.Signs

  @Test("The first namespaces are told by the kernel's own numbers, whatever PID 1 lets see")
  func initialNamespaces() {
    for (kind, number) in InitialNamespace.numbers {
      #expect(NamespaceView(kind, Signs(own: number)) == .host)
    }
  }

  @Test(
    "The network is told by sysctls that only the first namespace has, even where PID 1 is a container's own")
  func network() {
    let containerInit = Signs(own: 4_026_532_177, first: 4_026_532_177, firstPID: 4_026_532_180)
    for (shown, isHost) in [(true, true), (false, false)] {
      var signs = containerInit
      signs.showsInitialNetwork = shown
      #expect((NamespaceView("net", signs) == .host) == isHost)
    }
    #expect(NamespaceView("net", containerInit) != .host)
    #expect(NamespaceView("ipc", containerInit) != .host)
  }

  @Test("Where PID 1 is the host's, being in its namespace is being on the host")
  func firstProcess() {
    let host = InitialNamespace.numbers["pid"]
    #expect(NamespaceView("net", Signs(own: 4_026_531_992, first: 4_026_531_992, firstPID: host)) == .host)
    #expect(NamespaceView("net", Signs(own: 4_026_532_177, first: 4_026_531_992, firstPID: host)) != .host)
    #expect(NamespaceView("net", Signs()) != .host)
  }
}
