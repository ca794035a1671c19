import Facts
import Host
import SystemPackage

/// Who waits for connections in the host's own network namespace, and whether something filters them; proc_pid_net(5).
struct NetworkCollector: Collector {
  let name = "network"

  /// Services that a node has no need of, by their well-known ports: RFCs' and IANA's registry.
  private static let unneeded: [(port: UInt16, isStream: Bool, name: String)] = [
    (21, true, "ftp"), (23, true, "telnet"), (25, true, "smtp"), (69, false, "tftp"), (110, true, "pop3"),
    (111, true, "rpcbind"),
    (111, false, "rpcbind"), (139, true, "smb"), (143, true, "imap"), (161, false, "snmp"),
    (177, false, "xdmcp"),
    (389, true, "ldap"), (445, true, "smb"), (512, true, "rexec"), (513, true, "rlogin"), (514, true, "rsh"),
    (631, true, "cups"),
    (873, true, "rsync"), (2049, true, "nfs"), (3128, true, "squid"), (3389, true, "rdp"),
    (5353, false, "mdns"),
    (5900, true, "vnc"), (6000, true, "x11"), (10000, true, "webmin"),
  ]

  static let subject = Subject(
    "network", "Listening sockets of the host's network namespace, and signs of a packet filter.",
    isSingleton: true,
    facts: [
      .init("tcp.listening", .list, "TCP ports that are open to other hosts, as numbers in text."),
      .init("tcp.loopback", .list, "TCP ports that are open to this host alone."),
      .init("udp.listening", .list, "UDP ports that are open to other hosts."),
      .init(
        "services.unneeded", .list,
        "Ports open to other hosts that belong to a service no node needs, as `NAME/PORT`."),
      .init("ipv6", .flag, "Whether the kernel speaks IPv6 on some interface by its settings for all."),
      .init(
        "ipv6.podInterfaces", .list,
        "Interfaces of network plugins that have an IPv6 address or route beyond their link: pods have IPv6 where there is one."
      ),
      .init(
        "firewall.tables", .list,
        "Tables of the older packet filter that are in use: filter, nat, mangle, raw, security."),
      .init("firewall.modules", .flag, "Whether nf_tables is loaded, by which all current filters work."),
      .init(
        "firewall.managers", .list,
        "Programs for a host's own filter rules that are switched on at boot or run."),
    ])

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.subject)
    Self.addListeners(host.root, to: &entity, &record)
    entity["ipv6"] = Self.speaksIPv6(host)
    entity["ipv6.podInterfaces"] = host.unseenProcesses() ?? PodInterfaces.withIPv6(host.root)
    Self.addFirewall(host, to: &entity)
    record.add(entity)
  }

  private static func addListeners(
    _ root: borrowing HostRoot, to entity: inout Entity, _ record: inout Recorder
  ) {
    var (open, local, datagrams): (Set<UInt16>, Set<UInt16>, Set<UInt16>) = ([], [], [])
    var services: Set<String> = []
    var failure: Fact?
    for (file, isStream) in [("tcp", true), ("tcp6", true), ("udp", false), ("udp6", false)] {
      let path = FilePath("proc/1/net/\(file)")
      do throws(HostError) {
        guard let table = SocketTable(parsing: try root.bytes(path, atMost: 32 << 20), isStream: isStream)
        else {
          failure = failure ?? .unreadable(.malformed, detail: "not a table of sockets", .file(place(path)))
          continue
        }
        for listener in table.listeners {
          if listener.isLoopback {
            if isStream { local.insert(listener.port) }
            continue
          }
          if isStream { open.insert(listener.port) } else { datagrams.insert(listener.port) }
          let known = unneeded.first { $0.port == listener.port && $0.isStream == isStream }
          if let known { services.insert("\(known.name)/\(known.port)") }
        }
      } catch {
        // Without IPv6 there are no tables of it.
        if error.reason == .absent, file.hasSuffix("6") { continue }
        if error.reason != .absent { record.problem(error) }
        // Every kernel with a network has these: what is not there is not shown, and says nothing of who listens.
        failure = failure ?? .unreadable(error.obstacle, detail: error.description, .file(error.place))
      }
    }
    func texts(_ ports: Set<UInt16>) -> Fact {
      failure ?? .observed(.texts(ports.sorted().prefix(200).map { String($0) }), .file("/proc/1/net"))
    }
    entity["tcp.listening"] = texts(open)
    entity["tcp.loopback"] = texts(local)
    entity["udp.listening"] = texts(datagrams)
    entity["services.unneeded"] = failure ?? .observed(.texts(services.sorted()), .file("/proc/1/net/tcp"))
  }

  private static func speaksIPv6(_ host: borrowing HostView) -> Fact {
    if let unseen = host.unseenProcesses() { return unseen }
    if case .elsewhere(let why) = host.root.namespaceView("net") {
      return .unreadable(.notVisible, detail: why, .file("/proc/sys/net/ipv6"))
    }
    let path: FilePath = "proc/sys/net/ipv6/conf/all/disable_ipv6"
    let fact = host.root.flagFact(path)
    if case .absent = fact { return .observed(.flag(false), .inode(place(path))) }
    return fact.map { $0 == .flag(true) ? .flag(false) : .flag(true) }
  }

  /// Loaded, or built into the kernel, where sysfs need not show it.
  private static func filterModule(_ host: borrowing HostView) -> Fact {
    if let missing = host.root.missingKernelFilesystem("sys/module") { return missing }
    let loaded = host.root.existsFact("sys/module/nf_tables")
    guard loaded.value == .flag(false) else { return loaded }
    if case .observed(.text("y"), let sources) = host.kernelConfiguration.fact("CONFIG_NF_TABLES") {
      return .observed(.flag(true), sources)
    }
    return loaded
  }

  private static func addFirewall(_ host: borrowing HostView, to entity: inout Entity) {
    entity["firewall.tables"] =
      host.unseenProcesses()
      ?? host.root.fact("proc/1/net/ip_tables_names") { bytes in
        .texts(bytes.lines.map { printable($0, atMost: 64) }.filter { !$0.isEmpty }.sorted())
      }
    entity["firewall.modules"] = filterModule(host)
    var managers: Set<String> = []
    let running = runningFact(["firewalld", "ufw"], host)
    guard case .observed(.list(let names), _) = running else {
      entity["firewall.managers"] = running
      return
    }
    for case .text(let name) in names { managers.insert(name) }
    var sources: [Source] = []
    for unit in ["nftables", "ufw", "firewalld", "netfilter-persistent", "iptables"] {
      for target in ["multi-user", "sysinit", "basic"] {
        let path = FilePath("etc/systemd/system/\(target).target.wants/\(unit).service")
        do throws(HostError) {
          _ = try host.root.linkStatus(path)
          managers.insert(unit)
          sources.append(.inode(place(path)))
        } catch {
          if error.reason != .absent {
            entity["firewall.managers"] = .failed(error)
            return
          }
        }
      }
    }
    entity["firewall.managers"] = .observed(
      .texts(managers.sorted()), sources.isEmpty ? [.inode("/etc/systemd/system"), .file("/proc")] : sources)
  }
}
