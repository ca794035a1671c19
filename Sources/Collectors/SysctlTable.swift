import Facts

/// One kernel parameter of /proc/sys, as sysctl(8) names it.
struct Sysctl: Hashable, Sendable {
  /// The kind of namespace that has a value of its own; namespaces(7), the kernel's Documentation/admin-guide/sysctl.
  enum Scope: String, Hashable, Sendable {
    case global
    case network = "net"
    case ipc
    case user
  }

  /// `net.ipv4.conf.all.rp_filter`.
  let name: String
  /// `net/ipv4/conf/all/rp_filter`: said, not made from the name, for an interface's name may hold dots.
  let path: String
  let type: ValueType
  let scope: Scope
  let meaning: String

  private init(_ path: String, _ type: ValueType, _ scope: Scope, _ meaning: String, name: String) {
    self.name = name
    self.path = path
    self.type = type
    self.scope = scope
    self.meaning = meaning
  }

  private static func number(_ path: String, _ name: String, _ scope: Scope, _ meaning: String) -> Sysctl {
    Sysctl(path, .number, scope, meaning, name: name)
  }

  private static func text(_ path: String, _ name: String, _ scope: Scope, _ meaning: String) -> Sysctl {
    Sysctl(path, .text, scope, meaning, name: name)
  }

  /// Every parameter that is read.
  static let table: [Sysctl] = kernel + memory + files + ipc + network + ipv4 + ipv6

  /// The kernel as a whole; admin-guide/sysctl/kernel.rst.
  private static let kernel: [Sysctl] = [
    .number(
      "kernel/randomize_va_space", "kernel.randomize_va_space", .global,
      "How much of a process's address space is placed at random: 0 none, 1 stack and libraries, 2 the heap too."
    ),
    .number(
      "kernel/kptr_restrict", "kernel.kptr_restrict", .global,
      "Whether kernel addresses in /proc are hidden: 1 from readers without CAP_SYSLOG, 2 from all."),
    .number(
      "kernel/dmesg_restrict", "kernel.dmesg_restrict", .global, "Whether the kernel's log needs CAP_SYSLOG."),
    .number(
      "kernel/perf_event_paranoid", "kernel.perf_event_paranoid", .global,
      "What perf_event_open(2) refuses without CAP_PERFMON: 2 kernel profiling; distributions add 3 and 4, all of it."
    ),
    .number(
      "kernel/unprivileged_bpf_disabled", "kernel.unprivileged_bpf_disabled", .global,
      "Whether bpf(2) needs CAP_BPF: 1 for good, 2 until it is set back."),
    .number(
      "kernel/yama/ptrace_scope", "kernel.yama.ptrace_scope", .global,
      "Whom ptrace(2) may attach to: 0 any of the same user, 1 descendants, 2 with CAP_SYS_PTRACE, 3 nobody."),
    .number(
      "kernel/kexec_load_disabled", "kernel.kexec_load_disabled", .global,
      "Whether another kernel can no longer be loaded with kexec_load(2)."),
    .number(
      "kernel/modules_disabled", "kernel.modules_disabled", .global,
      "Whether modules can no longer be loaded or removed until the next boot."),
    .number(
      "kernel/sysrq", "kernel.sysrq", .global,
      "Which functions the SysRq key gives: 0 none, 1 all, else a sum of bits."),
    .text(
      "kernel/core_pattern", "kernel.core_pattern", .global,
      "Where core dumps go: a path, or a program after `|`."),
    .number(
      "kernel/core_uses_pid", "kernel.core_uses_pid", .global,
      "Whether the process's id is added to a core file's name."),
    .number(
      "kernel/core_pipe_limit", "kernel.core_pipe_limit", .global,
      "How many crashing processes a core handler may see at once."),
    .number(
      "kernel/io_uring_disabled", "kernel.io_uring_disabled", .global,
      "Whether io_uring is refused: 1 to processes outside io_uring_group, 2 to all. Linux 6.6."),
    .number(
      "kernel/unprivileged_userns_clone", "kernel.unprivileged_userns_clone", .global,
      "Whether users without privileges may make user namespaces; a patch of Debian and its like."),
    .number(
      "kernel/apparmor_restrict_unprivileged_userns", "kernel.apparmor_restrict_unprivileged_userns", .global,
      "Whether AppArmor confines user namespaces made without privileges; a patch of Ubuntu."),
    .number(
      "kernel/panic", "kernel.panic", .global,
      "Seconds after a panic until a restart: 0 never, negative at once."),
    .number(
      "kernel/panic_on_oops", "kernel.panic_on_oops", .global, "Whether an oops of the kernel is a panic."),
    .number(
      "kernel/oops_limit", "kernel.oops_limit", .global,
      "After how many oopses the kernel panics: 0 never. Linux 6.2."),
    .number(
      "kernel/warn_limit", "kernel.warn_limit", .global,
      "After how many warnings the kernel panics: 0 never. Linux 6.2."),
    .number(
      "kernel/keys/root_maxkeys", "kernel.keys.root_maxkeys", .global,
      "How many keys root may own; keyrings(7)."),
    .number(
      "kernel/keys/root_maxbytes", "kernel.keys.root_maxbytes", .global,
      "How many bytes of keys root may own; keyrings(7)."),
    .text(
      "kernel/modprobe", "kernel.modprobe", .global, "The program that the kernel starts to load a module."),
    .text(
      "kernel/hotplug", "kernel.hotplug", .global,
      "The program that the kernel starts for each device event; CONFIG_UEVENT_HELPER."),
    .text(
      "kernel/poweroff_cmd", "kernel.poweroff_cmd", .global,
      "The program that the kernel starts to power off."),
    .number(
      "kernel/ftrace_enabled", "kernel.ftrace_enabled", .global,
      "Whether the kernel's functions can be traced."),
    .text("kernel/printk", "kernel.printk", .global, "The console's log levels, four numbers."),
    .text(
      "kernel/seccomp/actions_logged", "kernel.seccomp.actions_logged", .global,
      "Which seccomp actions are logged."),
    .number("kernel/nmi_watchdog", "kernel.nmi_watchdog", .global, "Whether hard lockups are watched for."),
    .number("kernel/soft_watchdog", "kernel.soft_watchdog", .global, "Whether soft lockups are watched for."),
    .number("kernel/pid_max", "kernel.pid_max", .global, "One past the greatest process id."),
    .number("kernel/threads-max", "kernel.threads-max", .global, "How many threads there may be."),
    .number(
      "dev/tty/ldisc_autoload", "dev.tty.ldisc_autoload", .global,
      "Whether any user may load a terminal's line discipline."),
    .number(
      "dev/tty/legacy_tiocsti", "dev.tty.legacy_tiocsti", .global,
      "Whether input may be pushed into a terminal with TIOCSTI. Linux 6.2."),
  ]

  /// admin-guide/sysctl/vm.rst.
  private static let memory: [Sysctl] = [
    .number(
      "vm/unprivileged_userfaultfd", "vm.unprivileged_userfaultfd", .global,
      "Whether userfaultfd(2) handles kernel faults without privileges."),
    .number("vm/mmap_min_addr", "vm.mmap_min_addr", .global, "The lowest address that may be mapped."),
    .number("vm/mmap_rnd_bits", "vm.mmap_rnd_bits", .global, "Bits of randomness in where memory is mapped."),
    .number(
      "vm/mmap_rnd_compat_bits", "vm.mmap_rnd_compat_bits", .global,
      "The same for 32-bit programs on a 64-bit kernel."),
    .number(
      "vm/overcommit_memory", "vm.overcommit_memory", .global,
      "Whether more memory is promised than there is: 0 by estimate, 1 always, 2 never."),
    .number("vm/panic_on_oom", "vm.panic_on_oom", .global, "Whether running out of memory is a panic."),
    .number("vm/max_map_count", "vm.max_map_count", .global, "How many memory maps one process may have."),
    .number(
      "vm/memfd_noexec", "vm.memfd_noexec", .global,
      "Whether memfd_create(2) makes executable files: 1 not by default, 2 never. Linux 6.3."),
  ]

  /// admin-guide/sysctl/fs.rst, user.rst.
  private static let files: [Sysctl] = [
    .number(
      "fs/suid_dumpable", "fs.suid_dumpable", .global,
      "Whether processes that changed their credentials dump core: 0 no, 1 as any, 2 readable by root only."),
    .number(
      "fs/protected_symlinks", "fs.protected_symlinks", .global,
      "Whether links in sticky world-writable directories are followed only by their owner."),
    .number(
      "fs/protected_hardlinks", "fs.protected_hardlinks", .global,
      "Whether hard links need access to what they link."),
    .number(
      "fs/protected_fifos", "fs.protected_fifos", .global,
      "Whether FIFOs of others in sticky directories are not opened for writing with O_CREAT."),
    .number(
      "fs/protected_regular", "fs.protected_regular", .global,
      "Whether files of others in sticky directories are not opened with O_CREAT."),
    .text(
      "fs/binfmt_misc/status", "fs.binfmt_misc.status", .global,
      "Whether handlers for further executable formats are on."),
    .number("fs/file-max", "fs.file-max", .global, "How many files may be open in the whole system."),
    .number(
      "user/max_user_namespaces", "user.max_user_namespaces", .user,
      "How many user namespaces a user may have."),
  ]

  /// Of the reader's IPC namespace; ipc_namespaces(7).
  private static let ipc: [Sysctl] = [
    .number("kernel/msgmax", "kernel.msgmax", .ipc, "The largest System V message, in bytes."),
    .number("kernel/msgmnb", "kernel.msgmnb", .ipc, "The largest System V message queue, in bytes."),
    .number("kernel/msgmni", "kernel.msgmni", .ipc, "How many System V message queues there may be."),
    .text("kernel/sem", "kernel.sem", .ipc, "The limits of System V semaphores, four numbers."),
    .text(
      "kernel/shmall", "kernel.shmall", .ipc,
      "How much System V shared memory there may be, in pages; it can be past 63 bits."),
    .text(
      "kernel/shmmax", "kernel.shmmax", .ipc,
      "The largest System V shared memory segment, in bytes; it can be past 63 bits."),
    .number("kernel/shmmni", "kernel.shmmni", .ipc, "How many System V shared memory segments there may be."),
    .number(
      "kernel/shm_rmid_forced", "kernel.shm_rmid_forced", .ipc,
      "Whether shared memory goes away with its last user."),
  ]

  /// Of the reader's network namespace; admin-guide/sysctl/net.rst.
  private static let network: [Sysctl] = [
    .number(
      "net/core/bpf_jit_enable", "net.core.bpf_jit_enable", .network,
      "Whether BPF programs are compiled: 2 shows the code in the log."),
    .number(
      "net/core/bpf_jit_harden", "net.core.bpf_jit_harden", .network,
      "Whether compiled BPF programs are hardened: 1 those of users without privileges, 2 all."),
    .number(
      "net/core/bpf_jit_kallsyms", "net.core.bpf_jit_kallsyms", .network,
      "Whether compiled BPF programs are named in /proc/kallsyms."),
    .number(
      "net/bridge/bridge-nf-call-iptables", "net.bridge.bridge-nf-call-iptables", .network,
      "Whether bridged IPv4 packets pass iptables."),
    .number(
      "net/bridge/bridge-nf-call-ip6tables", "net.bridge.bridge-nf-call-ip6tables", .network,
      "Whether bridged IPv6 packets pass ip6tables."),
    .number(
      "net/netfilter/nf_conntrack_max", "net.netfilter.nf_conntrack_max", .network,
      "How many connections are tracked at most."),
  ]

  /// networking/ip-sysctl.rst, IPv4.
  private static let ipv4: [Sysctl] = [
    .number(
      "net/ipv4/ip_forward", "net.ipv4.ip_forward", .network,
      "Whether packets are routed: a node whose pods talk to other nodes must."),
    .number(
      "net/ipv4/conf/all/rp_filter", "net.ipv4.conf.all.rp_filter", .network,
      "How source addresses are checked (0 not, 1 strict, 2 loose; the greater of this and the interface's holds), for all interfaces."
    ),
    .number(
      "net/ipv4/conf/default/rp_filter", "net.ipv4.conf.default.rp_filter", .network,
      "How source addresses are checked (0 not, 1 strict, 2 loose; the greater of this and the interface's holds), for interfaces to come."
    ),
    .number(
      "net/ipv4/conf/all/accept_source_route", "net.ipv4.conf.all.accept_source_route", .network,
      "Whether packets that name their own route are taken, for all interfaces."),
    .number(
      "net/ipv4/conf/default/accept_source_route", "net.ipv4.conf.default.accept_source_route", .network,
      "Whether packets that name their own route are taken, for interfaces to come."),
    .number(
      "net/ipv4/conf/all/accept_redirects", "net.ipv4.conf.all.accept_redirects", .network,
      "Whether ICMP redirects change routes, for all interfaces."),
    .number(
      "net/ipv4/conf/default/accept_redirects", "net.ipv4.conf.default.accept_redirects", .network,
      "Whether ICMP redirects change routes, for interfaces to come."),
    .number(
      "net/ipv4/conf/all/secure_redirects", "net.ipv4.conf.all.secure_redirects", .network,
      "Whether ICMP redirects from gateways change routes, for all interfaces."),
    .number(
      "net/ipv4/conf/default/secure_redirects", "net.ipv4.conf.default.secure_redirects", .network,
      "Whether ICMP redirects from gateways change routes, for interfaces to come."),
    .number(
      "net/ipv4/conf/all/send_redirects", "net.ipv4.conf.all.send_redirects", .network,
      "Whether ICMP redirects are sent, for all interfaces."),
    .number(
      "net/ipv4/conf/default/send_redirects", "net.ipv4.conf.default.send_redirects", .network,
      "Whether ICMP redirects are sent, for interfaces to come."),
    .number(
      "net/ipv4/conf/all/log_martians", "net.ipv4.conf.all.log_martians", .network,
      "Whether packets with impossible addresses are logged, for all interfaces."),
    .number(
      "net/ipv4/conf/default/log_martians", "net.ipv4.conf.default.log_martians", .network,
      "Whether packets with impossible addresses are logged, for interfaces to come."),
    .number(
      "net/ipv4/conf/all/route_localnet", "net.ipv4.conf.all.route_localnet", .network,
      "Whether loopback addresses are routed (CVE-2020-8558), for all interfaces."),
    .number(
      "net/ipv4/conf/default/route_localnet", "net.ipv4.conf.default.route_localnet", .network,
      "Whether loopback addresses are routed (CVE-2020-8558), for interfaces to come."),
    .number(
      "net/ipv4/icmp_echo_ignore_broadcasts", "net.ipv4.icmp_echo_ignore_broadcasts", .network,
      "Whether pings to broadcast addresses are ignored."),
    .number(
      "net/ipv4/icmp_ignore_bogus_error_responses", "net.ipv4.icmp_ignore_bogus_error_responses", .network,
      "Whether wrong ICMP errors are left out of the log."),
    .number(
      "net/ipv4/tcp_syncookies", "net.ipv4.tcp_syncookies", .network,
      "Whether SYN cookies answer floods: 1 when the queue is full, 2 always."),
    .number(
      "net/ipv4/tcp_rfc1337", "net.ipv4.tcp_rfc1337", .network,
      "Whether resets in TIME-WAIT are ignored."),
    .number(
      "net/ipv4/tcp_timestamps", "net.ipv4.tcp_timestamps", .network,
      "Whether TCP carries timestamps: 1 with a random offset."),
    .number(
      "net/ipv4/ip_unprivileged_port_start", "net.ipv4.ip_unprivileged_port_start", .network,
      "The first port that needs no CAP_NET_BIND_SERVICE."),
    .text(
      "net/ipv4/ping_group_range", "net.ipv4.ping_group_range", .network,
      "Which groups may open ICMP sockets, two numbers."),
  ]

  /// networking/ip-sysctl.rst, IPv6.
  private static let ipv6: [Sysctl] = [
    .number(
      "net/ipv6/conf/all/forwarding", "net.ipv6.conf.all.forwarding", .network,
      "Whether IPv6 packets are routed, for all interfaces."),
    .number(
      "net/ipv6/conf/default/forwarding", "net.ipv6.conf.default.forwarding", .network,
      "Whether IPv6 packets are routed, for interfaces to come."),
    .number(
      "net/ipv6/conf/all/accept_ra", "net.ipv6.conf.all.accept_ra", .network,
      "Whether router advertisements are taken (2: even where packets are routed), for all interfaces."),
    .number(
      "net/ipv6/conf/default/accept_ra", "net.ipv6.conf.default.accept_ra", .network,
      "Whether router advertisements are taken (2: even where packets are routed), for interfaces to come."),
    .number(
      "net/ipv6/conf/all/accept_redirects", "net.ipv6.conf.all.accept_redirects", .network,
      "Whether ICMPv6 redirects change routes, for all interfaces."),
    .number(
      "net/ipv6/conf/default/accept_redirects", "net.ipv6.conf.default.accept_redirects", .network,
      "Whether ICMPv6 redirects change routes, for interfaces to come."),
    .number(
      "net/ipv6/conf/all/accept_source_route", "net.ipv6.conf.all.accept_source_route", .network,
      "Whether packets with a routing header are taken, for all interfaces."),
    .number(
      "net/ipv6/conf/default/accept_source_route", "net.ipv6.conf.default.accept_source_route", .network,
      "Whether packets with a routing header are taken, for interfaces to come."),
    .number(
      "net/ipv6/conf/all/disable_ipv6", "net.ipv6.conf.all.disable_ipv6", .network,
      "Whether IPv6 is off, for all interfaces."),
    .number(
      "net/ipv6/conf/default/disable_ipv6", "net.ipv6.conf.default.disable_ipv6", .network,
      "Whether IPv6 is off, for interfaces to come."),
  ]
}
