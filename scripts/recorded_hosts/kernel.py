"""proc/ and sys/ as a kernel shows them: what the distributions' kernels share, and what each host overrides."""

import os

# As Debian 12's kernel and systemd leave them. Tabs separate columns, as in the kernel's files.
SYSCTLS = {
    "abi/vsyscall32": 1, "dev/tty/ldisc_autoload": 0, "fs/protected_fifos": 1, "fs/protected_hardlinks": 1,
    "fs/protected_regular": 2, "fs/protected_symlinks": 1, "fs/suid_dumpable": 0, "fs/file-max": 9223372036854775807,
    "fs/nr_open": 1048576, "fs/inotify/max_user_watches": 29566, "fs/inotify/max_user_instances": 128,
    "kernel/core_pattern": "core", "kernel/core_uses_pid": 0, "kernel/ctrl-alt-del": 0, "kernel/dmesg_restrict": 1,
    "kernel/ftrace_enabled": 1, "kernel/kexec_load_disabled": 0, "kernel/keys/root_maxbytes": 25000000,
    "kernel/keys/root_maxkeys": 1000000, "kernel/kptr_restrict": 0, "kernel/modprobe": "/sbin/modprobe",
    "kernel/modules_disabled": 0, "kernel/oops_limit": 10000, "kernel/panic": 0, "kernel/panic_on_oops": 0,
    "kernel/perf_event_paranoid": 3, "kernel/pid_max": 4194304, "kernel/printk": "4\t4\t1\t7",
    "kernel/randomize_va_space": 2, "kernel/seccomp/actions_avail":
        "kill_process kill_thread trap errno user_notif trace log allow",
    "kernel/seccomp/actions_logged": "kill_process kill_thread trap errno user_notif trace log",
    "kernel/sched_child_runs_first": 0, "kernel/shm_rmid_forced": 0, "kernel/sysrq": 438, "kernel/tainted": 0,
    "kernel/unprivileged_bpf_disabled": 2, "kernel/warn_limit": 0, "kernel/domainname": "(none)",
    "kernel/ostype": "Linux", "kernel/cap_last_cap": 40, "kernel/ngroups_max": 65536,
    "net/core/bpf_jit_enable": 1, "net/core/bpf_jit_harden": 0, "net/core/bpf_jit_kallsyms": 1,
    "net/core/bpf_jit_limit": 528482304, "net/core/default_qdisc": "fq_codel", "net/core/somaxconn": 4096,
    "net/core/netdev_max_backlog": 1000, "net/core/rmem_max": 212992, "net/core/wmem_max": 212992,
    "net/core/dev_weight": 64, "net/core/message_burst": 10, "net/core/message_cost": 5,
    "net/core/rps_sock_flow_entries": 0, "net/core/xfrm_acq_expires": 30, "net/core/optmem_max": 20480,
    "net/ipv4/icmp_echo_ignore_all": 0, "net/ipv4/icmp_echo_ignore_broadcasts": 1,
    "net/ipv4/icmp_ignore_bogus_error_responses": 1, "net/ipv4/ip_forward": 0, "net/ipv4/ip_local_port_range": "32768\t60999",
    "net/ipv4/ip_unprivileged_port_start": 1024, "net/ipv4/ping_group_range": "0\t2147483647",
    "net/ipv4/tcp_rfc1337": 0, "net/ipv4/tcp_sack": 1, "net/ipv4/tcp_syncookies": 1, "net/ipv4/tcp_timestamps": 1,
    "user/max_user_namespaces": 15365, "user/max_net_namespaces": 15365, "vm/legacy_va_layout": 0,
    "vm/max_map_count": 65530, "vm/memfd_noexec": 0, "vm/mmap_min_addr": 65536, "vm/mmap_rnd_bits": 28,
    "vm/mmap_rnd_compat_bits": 8, "vm/overcommit_memory": 0, "vm/panic_on_oom": 0, "vm/swappiness": 60,
    "vm/unprivileged_userfaultfd": 0,
}
# Per interface, for all, default and each interface; net/ipv4/conf is ip-sysctl.rst's.
IPV4 = {
    "accept_local": 0, "accept_redirects": 0, "accept_source_route": 0, "arp_announce": 0, "arp_ignore": 0, "forwarding": 0,
    "log_martians": 0, "proxy_arp": 0, "route_localnet": 0, "rp_filter": 2, "secure_redirects": 1, "send_redirects": 1,
    "shared_media": 1,
}
IPV6 = {
    "accept_ra": 1, "accept_redirects": 1, "accept_source_route": 0, "disable_ipv6": 0, "forwarding": 0,
    "router_solicitations": -1, "use_tempaddr": 0,
}
FILESYSTEMS = [
    "nodev\tsysfs", "nodev\ttmpfs", "nodev\tbdev", "nodev\tproc", "nodev\tcgroup", "nodev\tcgroup2", "nodev\tcpuset",
    "nodev\tdevtmpfs", "nodev\tdebugfs", "nodev\ttracefs", "nodev\tsecurityfs", "nodev\tsockfs", "nodev\tbpf",
    "nodev\tpipefs", "nodev\tramfs", "nodev\thugetlbfs", "nodev\tdevpts", "\text3", "\text2", "\text4", "nodev\tautofs",
    "nodev\tefivarfs", "nodev\tmqueue", "nodev\tpstore", "nodev\tconfigfs", "\tvfat", "nodev\toverlay",
]
VULNERABILITIES = {
    "gather_data_sampling": "Not affected", "itlb_multihit": "Not affected", "l1tf": "Not affected",
    "mds": "Not affected", "meltdown": "Not affected", "mmio_stale_data": "Not affected",
    "reg_file_data_sampling": "Not affected", "retbleed": "Not affected",
    "spec_rstack_overflow": "Mitigation: Safe RET",
    "spec_store_bypass": "Mitigation: Speculative Store Bypass disabled via prctl",
    "spectre_v1": "Mitigation: usercopy/swapgs barriers and __user pointer sanitization",
    "spectre_v2": "Mitigation: Enhanced / Automatic IBRS; IBPB: conditional; STIBP: always-on; RSB filling; "
                  "PBRSB-eIBRS: Not affected; BHI: Not affected",
    "srbds": "Not affected", "tsx_async_abort": "Not affected",
}
CPUINFO = """processor\t: {n}
vendor_id\t: AuthenticAMD
cpu family\t: 25
model\t\t: 1
model name\t: AMD EPYC 7763 64-Core Processor
stepping\t: 1
microcode\t: 0xa0011d3
cpu cores\t: 2
flags\t\t: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ht syscall nx mmxext pdpe1gb rdtscp lm constant_tsc rep_good nopl cpuid pni pclmulqdq ssse3 fma cx16 pcid sse4_1 sse4_2 x2apic movbe popcnt aes xsave avx f16c rdrand hypervisor lahf_lm svm cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw topoext ssbd ibrs ibpb stibp vmmcall fsgsbase bmi1 avx2 smep bmi2 erms invpcid rdseed adx smap clflushopt clwb sha_ni umip pku ospke vaes vpclmulqdq rdpid
bugs\t\t: sysret_ss_attrs null_seg spectre_v1 spectre_v2 spec_store_bypass srso

"""


def kernel(
    tree, *, release, version, cmdline, hostname, boot_id, boot_time, sysctls=None, ipv4=None, ipv6=None, interfaces=("lo", "ens3"),
    modules=(), filesystems=(), vulnerabilities=None, mounts, config=(), config_place="boot", swaps=(), smt="notimplemented", cpu=CPUINFO,
):
    """Everything under proc/ and sys/ that does not belong to one security module or one process."""
    tree.file("proc/cmdline", cmdline + "\n")
    tree.file("proc/version", f"Linux version {release} {version}\n")
    tree.file("proc/filesystems", "".join(line + "\n" for line in [*FILESYSTEMS, *filesystems]))
    tree.file("proc/modules", "".join(f"{name} {size} {used} {users} Live 0x0000000000000000{taint}\n"
                                      for name, size, used, users, taint in modules))
    tree.file("proc/stat", f"cpu  85297 3 17169 439301 4658 0 510 2333 0 0\ncpu0 37499 3 8195 227316 411 0 33 1108 0 0\n"
                           f"cpu1 47798 0 8974 211984 4246 0 476 1224 0 0\nctxt 1882913\nbtime {boot_time}\nprocesses 12034\n")
    tree.file("proc/uptime", "86461.22 170922.13\n")
    tree.file("proc/cpuinfo", cpu.format(n=0) + cpu.format(n=1))
    tree.file("proc/swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n" + "".join(line + "\n" for line in swaps))
    tree.link("proc/self", "1")
    tree.link("proc/mounts", "self/mounts")
    tree.file("proc/1/mountinfo", mounts)
    tree.file("proc/1/mounts", "".join(short_mount(line) for line in mounts.splitlines()))
    values = SYSCTLS | {"kernel/osrelease": release, "kernel/version": version.split(") ")[-1], "kernel/hostname": hostname,
                        "kernel/random/boot_id": boot_id, "kernel/arch": "x86_64"} | (sysctls or {})
    for name, value in values.items():
        if value is not None:
            tree.file(f"proc/sys/{name}", f"{value}\n")
    for family, defaults, overrides in (("ipv4", IPV4, ipv4 or {}), ("ipv6", IPV6, ipv6 or {})):
        for interface in ("all", "default", *interfaces):
            merged = defaults | overrides.get("", {}) | overrides.get(interface, {})
            tree.files(f"proc/sys/net/{family}/conf/{interface}", merged)
    tree.files("sys/devices/system/cpu/vulnerabilities", VULNERABILITIES | (vulnerabilities or {}))
    tree.files("sys/devices/system/cpu/smt", {"active": 1 if smt == "on" else 0, "control": smt})
    tree.file("sys/devices/system/cpu/online", "0-1\n")
    for name, _, used, users, taint in modules:
        tree.file(f"sys/module/{name}/refcnt", f"{used}\n")
        tree.file(f"sys/module/{name}/initstate", "live\n")
        tree.file(f"sys/module/{name}/taint", taint.strip(" ()") + "\n")
    tree.files("sys/kernel", {"oops_count": 0, "warn_count": 0, "kexec_loaded": 0, "kexec_crash_loaded": 0, "fscaps": 1})
    for table in ("APIC", "DSDT", "FACP"):
        tree.file(f"sys/firmware/acpi/tables/{table}", table.encode() + b"\x24\0\0\0" + b"\0" * 28)
    for interface in interfaces:
        tree.file(f"sys/devices/virtual/net/{interface}/operstate", "up\n")
        tree.link(f"sys/class/net/{interface}", f"../../devices/virtual/net/{interface}")
    tree.directory_("sys/class/tpm")
    if " - cgroup2 " in mounts:
        tree.files("sys/fs/cgroup", {
            "cgroup.controllers": "cpuset cpu io memory hugetlb pids rdma misc", "cgroup.subtree_control": "cpuset cpu io memory pids",
            "cgroup.procs": "2", "cgroup.max.depth": "max"})
        tree.file("sys/fs/cgroup/init.scope/cgroup.procs", "1\n")
    if config:
        place = f"boot/config-{release}" if config_place == "boot" else f"usr/lib/modules/{release}/config"
        head = f"#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 {release.split('-')[0]} Kernel Configuration\n#\n"
        tree.file(place, head + "".join(line + "\n" for line in config))


def short_mount(line):
    """A line of mounts(5) from one of mountinfo(5)."""
    fields = line.split()
    dash = fields.index("-")
    return f"{fields[dash + 2]} {fields[4]} {fields[dash + 1]} {fields[5]} 0 0\n"


def mount_table(root, extra=(), cgroup="cgroup2"):
    """PID 1's mounts on a systemd host: `root` and `extra` are (point, options, type, source, super options)."""
    base = [
        ("/", *root),
        ("/sys", "rw,nosuid,nodev,noexec,relatime", "sysfs", "sysfs", "rw"),
        ("/proc", "rw,nosuid,nodev,noexec,relatime", "proc", "proc", "rw"),
        ("/dev", "rw,nosuid,relatime", "devtmpfs", "udev", "rw,size=1966488k,nr_inodes=491622,mode=755,inode64"),
        ("/dev/pts", "rw,nosuid,noexec,relatime", "devpts", "devpts", "rw,gid=5,mode=620,ptmxmode=000"),
        ("/run", "rw,nosuid,nodev,noexec,relatime", "tmpfs", "tmpfs", "rw,size=401044k,mode=755,inode64"),
        ("/sys/kernel/security", "rw,nosuid,nodev,noexec,relatime", "securityfs", "securityfs", "rw"),
        ("/dev/shm", "rw,nosuid,nodev", "tmpfs", "tmpfs", "rw,inode64"),
        ("/run/lock", "rw,nosuid,nodev,noexec,relatime", "tmpfs", "tmpfs", "rw,size=5120k,inode64"),
        ("/sys/fs/cgroup", "rw,nosuid,nodev,noexec,relatime", "cgroup2", "cgroup2", "rw,nsdelegate,memory_recursiveprot"),
        ("/sys/fs/pstore", "rw,nosuid,nodev,noexec,relatime", "pstore", "pstore", "rw"),
        ("/sys/fs/bpf", "rw,nosuid,nodev,noexec,relatime", "bpf", "bpf", "rw,mode=700"),
        ("/sys/kernel/debug", "rw,nosuid,nodev,noexec,relatime", "debugfs", "debugfs", "rw"),
        ("/sys/kernel/tracing", "rw,nosuid,nodev,noexec,relatime", "tracefs", "tracefs", "rw"),
    ]
    if cgroup is None:
        base = [row for row in base if row[0] != "/sys/fs/cgroup"]
    lines = []
    for index, (point, options, kind, source, supers) in enumerate([*base, *extra]):
        lines.append(f"{22 + index} {1 if point == '/' else 22} 0:{20 + index} / {point} {options} shared:{index + 1} - {kind} {source} {supers}\n")
    return "".join(lines)


def modules_of(*names):
    """(name, size, used, users, taint); a name may be `name(OE)`."""
    rows = []
    for name in names:
        name, _, taint = name.partition("(")
        rows.append((name, 16384, 0, "-", f" ({taint}" if taint else ""))
    return rows


def kconfig(*set_, unset=()):
    return [f"CONFIG_{option}" if "=" in option else f"CONFIG_{option}=y" for option in set_] + [
        f"# CONFIG_{option} is not set" for option in unset
    ]


DEBIAN_CONFIG = kconfig(
    "STRICT_KERNEL_RWX", "STRICT_MODULE_RWX", "STACKPROTECTOR", "STACKPROTECTOR_STRONG", "HARDENED_USERCOPY",
    "FORTIFY_SOURCE", "SLAB_FREELIST_RANDOM", "SLAB_FREELIST_HARDENED", "SHUFFLE_PAGE_ALLOCATOR", "VMAP_STACK",
    "RANDOMIZE_BASE", "RANDOMIZE_MEMORY", "MODULES", "MODULE_SIG", "SECURITY", "SECURITYFS", "SECURITY_NETWORK",
    "SECURITY_SELINUX", "SECURITY_APPARMOR", "SECURITY_YAMA", "SECURITY_LANDLOCK", "SECURITY_LOCKDOWN_LSM",
    "SECURITY_LOCKDOWN_LSM_EARLY", "LOCK_DOWN_KERNEL_FORCE_NONE", "BPF_LSM", "BPF_SYSCALL", "BPF_JIT",
    "BPF_UNPRIV_DEFAULT_OFF", "SECCOMP", "SECCOMP_FILTER", "STRICT_DEVMEM", "IO_STRICT_DEVMEM", "DEVMEM", "PROC_KCORE",
    "KEXEC", "KEXEC_FILE", "KEXEC_SIG", "DEBUG_LIST", "BUG_ON_DATA_CORRUPTION", "INIT_ON_ALLOC_DEFAULT_ON",
    "PAGE_TABLE_ISOLATION", "RETPOLINE", "TCG_TPM", "TCG_TIS", "TCG_CRB", "IMA", "EVM", "INTEGRITY",
    "SCHED_STACK_END_CHECK", "LEGACY_VSYSCALL_XONLY", "BINFMT_MISC=m", "USER_NS", "HIBERNATION", "DEBUG_FS",
    "DEFAULT_MMAP_MIN_ADDR=65536", "ARCH_MMAP_RND_BITS=28",
    'LSM="landlock,lockdown,yama,loadpin,safesetid,integrity,apparmor,selinux,smack,tomoyo,bpf"',
    unset=(
        "RANDOMIZE_KSTACK_OFFSET_DEFAULT", "MODULE_SIG_FORCE", "MODULE_SIG_ALL", "INIT_ON_FREE_DEFAULT_ON", "SLAB_MERGE_DEFAULT",
        "KEXEC_SIG_FORCE", "COMPAT_BRK", "HARDENED_USERCOPY_DEFAULT_ON", "DEBUG_CREDENTIALS", "GCC_PLUGIN_STACKLEAK", "DEVPORT",
        "SECURITY_SELINUX_DISABLE", "LEGACY_TIOCSTI",
    ),
)


def input_file(*parts):
    """A file kept beside these scripts, as bytes."""
    with open(os.path.join(os.path.dirname(__file__), *parts), "rb") as source:
        return source.read()
