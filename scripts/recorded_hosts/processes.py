"""proc/PID as the kernel shows it."""

INITIAL = {
    "cgroup": 4026531835, "ipc": 4026531839, "mnt": 4026531832, "net": 4026531833, "pid": 4026531836,
    "time": 4026531834, "user": 4026531837, "uts": 4026531838,
}
ALL_CAPABILITIES = 0x000001FFFFFFFFFF
CONTAINER_CAPABILITIES = 0x00000000A80425FB


def process(
    tree, pid, arguments, exe, *, cgroup="0::/init.scope", namespaces=None, capabilities=ALL_CAPABILITIES,
    bounding=None, seccomp=0, no_new_privileges=0, uid=0, gid=0, groups="", parent=1, start=100, root="../../",
    name=None, label=None, mountinfo=None, oom=None, cwd="/", ambient=0, inheritable=0, lean=False,
):
    """One process. `namespaces` replaces the initial ones by kind. A lean one has only what is read of every process."""
    place = f"proc/{pid}"
    name = (name or arguments[0].rsplit("/", 1)[-1])[:15]
    tree.file(f"{place}/cmdline", b"".join(a.encode() + b"\0" for a in arguments))
    tree.file(f"{place}/cgroup", cgroup + "\n")
    fields = [pid, f"({name})", "S", parent, pid, pid, 0, -1, 4194560, 5120, 0, 12, 0, 40, 22, 0, 0, 20, 0, 11, 0, start]
    tree.file(f"{place}/stat", " ".join(map(str, fields)) + " 1285849088 12012 18446744073709551615 1 1 0 0 0 0 0 4096 2147\n")
    bounding = capabilities if bounding is None else bounding
    tree.file(f"{place}/status", status(
        name, pid, parent, uid, gid, groups, capabilities, bounding, seccomp, no_new_privileges, ambient, inheritable))
    spaces = INITIAL | (namespaces or {})
    for kind, inode in spaces.items():
        tree.link(f"{place}/ns/{kind}", f"{kind}:[{inode}]")
    tree.link(f"{place}/exe", exe)
    if lean:
        return
    tree.file(f"{place}/comm", name + "\n")
    tree.link(f"{place}/ns/pid_for_children", f"pid:[{spaces['pid']}]")
    tree.link(f"{place}/root", root)
    tree.link(f"{place}/cwd", cwd if cwd != "/" else "../../")
    tree.file(f"{place}/oom_score_adj", f"{oom if oom is not None else 0}\n")
    tree.file(f"{place}/uid_map", f"{0:10d}{0:11d}{4294967295:11d}\n")
    if label is not None:
        tree.file(f"{place}/attr/current", label)
    if mountinfo is not None:
        tree.file(f"{place}/mountinfo", mountinfo)


def status(name, pid, parent, uid, gid, groups, capabilities, bounding, seccomp, no_new_privileges, ambient=0, inheritable=0):
    effective = capabilities
    return (
        f"Name:\t{name}\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t{pid}\nNgid:\t0\nPid:\t{pid}\nPPid:\t{parent}\n"
        f"TracerPid:\t0\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\nGid:\t{gid}\t{gid}\t{gid}\t{gid}\nFDSize:\t128\n"
        f"Groups:\t{groups} \nNStgid:\t{pid}\nNSpid:\t{pid}\nNSpgid:\t{pid}\nNSsid:\t{pid}\n"
        "VmPeak:\t 1256000 kB\nVmSize:\t 1255712 kB\nVmRSS:\t   48048 kB\nThreads:\t11\nSigQ:\t0/15365\n"
        f"CapInh:\t{inheritable:016x}\nCapPrm:\t{capabilities:016x}\nCapEff:\t{effective:016x}\nCapBnd:\t{bounding:016x}\n"
        f"CapAmb:\t{ambient:016x}\nNoNewPrivs:\t{no_new_privileges}\nSeccomp:\t{seccomp}\n"
        f"Seccomp_filters:\t{1 if seccomp == 2 else 0}\nSpeculation_Store_Bypass:\tthread vulnerable\n"
        "SpeculationIndirectBranch:\tconditional enabled\nCpus_allowed:\tf\nCpus_allowed_list:\t0-3\n"
        "Mems_allowed_list:\t0\nvoluntary_ctxt_switches:\t358\nnonvoluntary_ctxt_switches:\t96\n"
    )


def kernel_thread(tree, pid, name):
    """kthreadd and its like: PF_KTHREAD in the flags, no executable, empty command line."""
    place = f"proc/{pid}"
    tree.file(f"{place}/comm", name + "\n")
    tree.file(f"{place}/cmdline", b"")
    tree.file(f"{place}/cgroup", "0::/\n")
    tree.file(f"{place}/stat", f"{pid} ({name}) S 0 0 0 0 -1 2129984 0 0 0 0 0 3 0 0 20 0 1 0 2 0 0 18446744073709551615 0 0 0\n")
    tree.file(f"{place}/status", f"Name:\t{name}\nState:\tS (sleeping)\nPid:\t{pid}\nPPid:\t0\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n")


def pod_cgroup(uid, container, quality="besteffort"):
    """cgroup v2 as the kubelet with the systemd driver and containerd name it."""
    slice_ = "kubepods.slice" + (f"/kubepods-{quality}.slice" if quality else "")
    prefix = f"kubepods-{quality}" if quality else "kubepods"
    return f"0::/{slice_}/{prefix}-pod{uid.replace('-', '_')}.slice/cri-containerd-{container}.scope"


def parse_recording(text):
    """The processes of processes.txt: pid, exe, comm, arguments, cgroup lines, namespaces, status lines."""
    found = []
    for block in text.split("== proc/")[1:]:
        head, _, rest = block.partition("\n")
        pid, exe, comm = head.split(" ", 2)
        arguments, _, rest = rest.partition("-- cgroup\n")
        cgroup, _, rest = rest.partition("-- ns\n")
        namespaces, values = {}, {}
        for line in rest.splitlines():
            if ":[" in line:
                kind, link = line.split(" ")
                namespaces[kind] = int(link.split("[")[1].rstrip("]"))
            elif ":\t" in line:
                field, _, value = line.partition(":\t")
                values[field] = value
        found.append({
            "pid": int(pid), "exe": exe.split("=", 1)[1], "comm": comm.split("=", 1)[1],
            "arguments": arguments.splitlines(), "cgroup": cgroup.rstrip("\n"), "namespaces": namespaces, "status": values,
        })
    return found
