"""Containers in every confinement that is met: the cases that `containers` and the host of 500 containers are made of."""

from processes import ALL_CAPABILITIES, CONTAINER_CAPABILITIES, process

NET_BIND, NET_ADMIN, NET_RAW, SYS_PTRACE, SYS_ADMIN = 1 << 10, 1 << 12, 1 << 13, 1 << 19, 1 << 21
# The devices of kernel.mount_table, by their order there.
ROOT_DEVICE, SYS_DEVICE, PROC_DEVICE, DEV_DEVICE, RUN_DEVICE = "0:20", "0:21", "0:22", "0:23", "0:25"
ORDINARY_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
ENFORCED = "cri-containerd.apparmor.d (enforce)\n"


def identifier(number):
    """64 digits that look like a runtime's."""
    return f"{(number + 1) * 0x9E3779B97F4A7C15 & (1 << 64) - 1:016x}" * 3 + f"{number:016x}"


def uid(number):
    text = identifier(number + 77777)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-9{text[17:20]}-{text[20:32]}"


def scope(pod, container, quality="burstable", prefix="cri-containerd"):
    """The systemd driver on cgroup v2."""
    middle = f"kubepods-{quality}" if quality else "kubepods"
    between = f"{middle}.slice/" if quality else ""
    return f"0::/kubepods.slice/{between}{middle}-pod{pod.replace('-', '_')}.slice/{prefix}-{container}.scope"


def v1(path):
    """The same path in each hierarchy of cgroup v1."""
    names = ("blkio", "memory", "pids", "devices", "freezer", "cpu,cpuacct", "name=systemd")
    return "\n".join(f"{len(names) - n}:{name}:{path}" for n, name in enumerate(names))


def bind(target, path, writable=True, device=ROOT_DEVICE, kind="ext4"):
    return f"{device} {path} {target} {'rw' if writable else 'ro'},relatime", kind


def mountinfo(pod=None, *, container="0" * 64, root_writable=True, binds=(), masked=True, privileged=False, number=0, cgroup="cgroup2"):
    """What a runtime mounts for a container."""
    def own(n):
        return f"0:{1000 + number * 8 + n}"
    state = "rw" if privileged else "ro"
    rows = [
        (f"{own(0)} / / {'rw' if root_writable else 'ro'},relatime", "overlay"), (f"{own(1)} / /proc rw,nosuid,nodev,noexec", "proc"),
        (f"{own(2)} / /dev rw,nosuid", "tmpfs"), (f"{own(3)} / /dev/pts rw,nosuid,noexec", "devpts"),
        (f"{own(4)} / /dev/mqueue rw,nosuid,nodev,noexec", "mqueue"), (f"{own(5)} / /sys {state},nosuid,nodev,noexec", "sysfs"),
        (f"0:29 / /sys/fs/cgroup {state},nosuid,nodev,noexec", cgroup),
    ]
    sandbox = f"/containerd/io.containerd.grpc.v1.cri/sandboxes/{container}"
    rows += [bind("/etc/hostname", f"{sandbox}/hostname", True, RUN_DEVICE, "tmpfs"),
             bind("/etc/resolv.conf", f"{sandbox}/resolv.conf", True, RUN_DEVICE, "tmpfs")]
    if pod:
        volumes = f"/var/lib/kubelet/pods/{pod}"
        rows += [bind("/etc/hosts", f"{volumes}/etc-hosts"), bind("/dev/termination-log", f"{volumes}/containers/main/1f2e3d4c"),
                 bind("/data", f"{volumes}/volumes/kubernetes.io~empty-dir/data")]
    rows += list(binds)
    if masked and not privileged:
        rows += [(f"{own(1)} /sys /proc/sys ro,relatime", "proc"), (f"{own(2)} /null /proc/kcore rw,nosuid", "tmpfs"),
                 (f"{own(6)} / /sys/firmware ro,relatime", "tmpfs")]
    return "".join(f"{700 + n} {699 + bool(n)} {text} - {kind} {kind} rw\n" for n, (text, kind) in enumerate(rows))


class Container:
    """One container: how it is confined, and what is said of it."""

    def __init__(self, case, number, *, namespace="default", pod=None, name="main", runtime="containerd", static=False, **options):
        self.case, self.number, self.options = case, number, options
        self.id = identifier(number)
        self.namespace, self.name, self.runtime = namespace, name, runtime
        self.pod = pod
        self.uid = (identifier(number + 5)[:32] if static else uid(number)) if pod else None

    def group(self):
        if "group" in self.options:
            return self.options["group"](self.uid, self.id)
        return scope(self.uid, self.id)

    def write(self, tree, pid, count=1, lean=False):
        """Its processes, from `pid` on; the second may be confined otherwise. What is read once for a container only the first has
        where they are lean."""
        o = self.options
        place = f"run/{self.runtime}/containers/{self.id[:12]}-{self.number}/rootfs"
        tree.directory_(f"{place}/dev")
        for device in ORDINARY_DEVICES + tuple(o.get("devices", ())):
            tree.file(f"{place}/dev/{device}", "", 0o666, kind="character device")
        for device in o.get("block", ()):
            tree.file(f"{place}/dev/{device}", "", 0o660, 0, 6, kind="block device")
        spaces = {kind: 4027000000 + self.number * 10 + n for n, kind in enumerate(("cgroup", "ipc", "mnt", "net", "pid", "uts"))}
        if o.get("user_namespace"):
            spaces["user"] = 4027000000 + self.number * 10 + 8
        for kind in o.get("shared", ()):
            spaces.pop(kind)
        mounts = mountinfo(self.uid, container=self.id, number=self.number, **o.get("mounts", {}))
        for n in range(count):
            extra = o.get("second", {}) if n == 1 else {}
            settings = {"capabilities": CONTAINER_CAPABILITIES, "seccomp": 2, "no_new_privileges": 0, **o.get("process", {}), **extra}
            label = settings.pop("label", ENFORCED)
            if o.get("user_namespace"):
                settings["uid"] = settings["gid"] = 165536 + self.number * 65536
            program = f"/usr/bin/{o.get('program', 'server')}"
            nested = o.get("nested", "") if n else ""
            process(tree, pid + n, [program, f"--worker={n}"], program, cgroup=settings.pop("group", self.group() + nested), namespaces=spaces,
                    root=f"../../{place}", start=9000 + self.number, parent=pid if n else 400, mountinfo=mounts, lean=lean and n > 0, **settings)
            tree.file(f"proc/{pid + n}/attr/current" if o.get("selinux") else f"proc/{pid + n}/attr/apparmor/current", label)
            if o.get("user_namespace") and not (lean and n > 0):
                tree.file(f"proc/{pid + n}/uid_map", f"{0:10d}{165536 + self.number * 65536:11d}{65536:11d}\n")
        if self.pod:
            self.write_logs(tree)

    def write_logs(self, tree):
        directory = f"var/log/pods/{self.namespace}_{self.pod}_{self.uid}"
        if self.name == "pause":
            return
        tree.file(f"{directory}/{self.name}/0.log", "", 0o640)
        tree.link(f"var/log/containers/{self.pod}_{self.namespace}_{self.name}-{self.id}.log", f"/{directory}/{self.name}/0.log")


HOST_ROOT_READ_ONLY = (bind("/host/root", "/", False), bind("/host/root/run", "/", False, RUN_DEVICE, "tmpfs"))
CONFINED = {"capabilities": 0, "bounding": 0, "uid": 101, "gid": 101, "no_new_privileges": 1}
PRIVILEGED = {"capabilities": ALL_CAPABILITIES, "seccomp": 0, "label": "unconfined\n"}


def docker(_, container):
    return f"0::/system.slice/docker-{container}.scope"


def podman(_, container):
    return f"0::/machine.slice/libpod-{container}.scope/container"


def crio(pod, container):
    return scope(pod, container, "besteffort", "crio")


# case, how it is confined
CASES = [
    ("privileged agent", {
        "namespace": "kube-system", "pod": "kube-proxy-x7k2p", "name": "kube-proxy", "program": "kube-proxy", "process": PRIVILEGED,
        "shared": ("net",), "block": ("sda", "sda1", "nvme0n1"), "devices": ("kmsg", "mem"),
        "mounts": {"privileged": True, "binds": (bind("/lib/modules", "/usr/lib/modules", False),
                                                 bind("/run/xtables.lock", "/xtables.lock", True, RUN_DEVICE, "tmpfs"))}}),
    ("network plugin", {
        "namespace": "kube-system", "pod": "calico-node-9fz4d", "name": "calico-node", "program": "calico-node",
        "process": {"capabilities": CONTAINER_CAPABILITIES | NET_ADMIN | SYS_ADMIN}, "shared": ("net",),
        "mounts": {"binds": (bind("/host/etc/cni/net.d", "/etc/cni/net.d"), bind("/host/opt/cni/bin", "/opt/cni/bin"))}}),
    ("monitoring agent", {
        "namespace": "monitoring", "pod": "node-exporter-4j5h6", "name": "node-exporter", "program": "node_exporter",
        "process": {**CONFINED, "uid": 65534}, "shared": ("net", "pid"),
        "mounts": {"root_writable": False, "binds": HOST_ROOT_READ_ONLY}}),
    ("confined", {
        "namespace": "shop", "pod": "web-7d9c5b9f4-qx2lm", "name": "web", "process": CONFINED, "mounts": {"root_writable": False}}),
    ("runtime's default", {"namespace": "shop", "pod": "legacy-0", "name": "legacy"}),
    ("user namespace", {
        "namespace": "build", "pod": "builder-1", "name": "builder", "user_namespace": True,
        "process": {"capabilities": ALL_CAPABILITIES, "no_new_privileges": 1}}),
    ("runtime socket", {
        "namespace": "ci", "pod": "runner-0", "name": "runner",
        "mounts": {"binds": (bind("/run/containerd/containerd.sock", "/containerd/containerd.sock", False, RUN_DEVICE, "tmpfs"),)}}),
    ("complaining profile", {
        "namespace": "shop", "pod": "mail-0", "name": "mail",
        "process": {"label": "site-mail (complain)\n", "inheritable": CONTAINER_CAPABILITIES, "ambient": NET_BIND}}),
    ("second process without a filter", {
        "namespace": "shop", "pod": "cart-0", "name": "cart", "nested": "/init.scope", "process": CONFINED,
        "second": {"seccomp": 0, "uid": 0, "gid": 0, "no_new_privileges": 0, "capabilities": SYS_PTRACE, "bounding": SYS_PTRACE}}),
    ("static pod", {
        "namespace": "kube-system", "pod": "kube-scheduler-node1", "name": "kube-scheduler", "static": True, "program": "kube-scheduler",
        "shared": ("net",), "mounts": {"root_writable": False}}),
    ("docker", {"group": docker, "runtime": "docker", "block": ("sdb",), "process": {"label": "docker-default (enforce)\n"}}),
    ("podman", {
        "group": podman, "runtime": "podman", "shared": ("ipc", "uts", "cgroup"), "mounts": {"masked": False},
        "process": {"label": "containers-default-0.57 (enforce)\n"}}),
    ("cri-o", {"namespace": "shop", "pod": "search-0", "name": "search", "group": crio, "process": {"label": "crio-default (enforce)\n"}}),
    ("host's mounts", {
        "namespace": "debug", "pod": "node-shell", "name": "shell", "process": PRIVILEGED, "shared": ("net", "pid", "ipc", "mnt", "uts", "cgroup")}),
    ("sandbox", {
        "namespace": "shop", "pod": "web-7d9c5b9f4-qx2lm", "name": "pause", "program": "pause",
        "process": {**CONFINED, "uid": 65535, "gid": 65535}, "mounts": {"root_writable": False}}),
    ("host's proc", {
        "namespace": "monitoring", "pod": "crash-collector-8dv2n", "name": "crash-collector", "program": "crash-collector",
        "mounts": {"root_writable": False, "binds": (bind("/host/proc", "/", True, PROC_DEVICE, "proc"),)}}),
]


def make(case, number, **changes):
    """The case of that index in CASES, cyclically, as container `number`."""
    name, options = CASES[case % len(CASES)]
    return Container(name, number, **{**options, **changes})
