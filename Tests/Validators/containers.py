"""The part of deployment.py that runs: the image in a container as the DaemonSet has it, by the agent's own seccomp profile.

What a kubelet and containerd make of the manifests is made here by hand, as an OCI bundle for crun or runc.
"""
import ctypes
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
PROFILE = os.path.join(ROOT, "deploy", "seccomp", "agent.json")
# What containerd hides and protects in every container that is not privileged.
MASKED = ["/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/scsi", "/proc/timer_list",
          "/proc/timer_stats", "/proc/sched_debug", "/sys/devices/virtual/powercap", "/sys/firmware"]
READ_ONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
MOUNTS = [
    ("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
    ("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
    ("/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
    ("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "ro"]),
]
RUNTIMES = (["crun", "--cgroup-manager=disabled"], ["crun"], ["runc"])


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def root_filesystem(folder, program):
    """The image's layers, unpacked. A program that is built for debugging is not static: it gets its libraries beside it."""
    programs, layout, root = (os.path.join(folder, name) for name in ("programs", "layout", "root"))
    os.mkdir(programs)
    os.mkdir(root)
    for name in ("plumbline", "plumbline-relay"):
        shutil.copy(os.path.join(os.path.dirname(program), name), programs)
    made = run(os.path.join(ROOT, "scripts", "make-image.sh"), "0.1.0", programs, layout)
    if made.returncode:
        raise RuntimeError("make-image: " + made.stderr.strip()[-800:])

    def blob(digest):
        return os.path.join(layout, "blobs", *digest.split(":"))

    with open(os.path.join(layout, "index.json"), encoding="utf-8") as stream:
        manifest = json.load(stream)["manifests"][0]["digest"]
    with open(blob(manifest), encoding="utf-8") as stream:
        layers = json.load(stream)["layers"]
    for layer in layers:
        with tarfile.open(blob(layer["digest"])) as archive:
            archive.extractall(root)
    for name in ("plumbline", "plumbline-relay"):
        add_libraries(root, os.path.join(programs, name))
    return root


def add_libraries(root, program):
    for library in re.findall(r"(/\S+) \(0x", run("ldd", program).stdout):
        place = root + library
        if not os.path.exists(place):
            os.makedirs(os.path.dirname(place), exist_ok=True)
            shutil.copy(library, place)


class Runtime:
    """The first runtime that this kernel lets start a container."""

    def __init__(self, folder, root):
        self.folder, self.root, self.count, self.words = folder, root, 0, None
        said = []
        for words in RUNTIMES:
            if not shutil.which(words[0]):
                said.append(f"{words[0]} is not installed")
                continue
            self.words = words
            container = self.start({"args": ["/plumbline", "--version"], "user": {"uid": 0, "gid": 0}}, [], None)
            if container.end(None) == 0:
                return
            said.append(f"{' '.join(words)}: {container.errors().strip()[-200:]}")
        raise RuntimeError("no container runs here: " + "; ".join(said))

    def start(self, process, mounts, seccomp):
        self.count += 1
        return Container(self, f"plumbline-test-{os.getpid()}-{self.count}", process, mounts, seccomp)


class Container:
    """In the host's PID and network namespaces, as hostPID and hostNetwork have it."""

    def __init__(self, runtime, name, process, mounts, seccomp):
        self.runtime, self.name = runtime, name
        bundle = os.path.join(runtime.folder, name)
        os.mkdir(bundle)
        fixed = [{"destination": d, "type": t, "source": s, "options": o} for d, t, s, o in MOUNTS]
        config = {
            "ociVersion": "1.0.0",
            "process": {"terminal": False, "cwd": "/", "env": ["PATH=/"], "noNewPrivileges": True, "oomScoreAdj": 0, **process},
            "root": {"path": runtime.root, "readonly": True},
            "mounts": fixed + mounts,
            "linux": {
                "namespaces": [{"type": "mount"}, {"type": "ipc"}], "maskedPaths": MASKED, "readonlyPaths": READ_ONLY,
                "rootfsPropagation": "rslave", **({"seccomp": seccomp} if seccomp else {}),
            },
        }
        with open(os.path.join(bundle, "config.json"), "w", encoding="utf-8") as out:
            json.dump(config, out)
        self.log = os.path.join(bundle, "errors")
        with open(self.log, "wb") as errors:
            self.process = subprocess.Popen(
                [*self.words(), "run", "--bundle", bundle, name], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)

    def words(self):
        first, *rest = self.runtime.words
        return [first, "--root", os.path.join(self.runtime.folder, "state"), *rest]

    def errors(self):
        with open(self.log, encoding="utf-8", errors="replace") as stream:
            return stream.read()

    def signal(self, name):
        return run(*self.words(), "kill", self.name, name)

    def filters(self):
        """How many seccomp filters hold its first process; proc(5)."""
        pid = json.loads(run(*self.words(), "state", self.name).stdout)["pid"]
        with open(f"/proc/{pid}/status", encoding="utf-8") as stream:
            return int(re.search(r"^Seccomp_filters:\s*(\d+)", stream.read(), re.M)[1])

    def end(self, signal="TERM", seconds=120):
        """Its exit status."""
        if signal:
            self.signal(signal)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            run(*self.words(), "delete", "--force", self.name)
            self.process.kill()
            self.process.wait()


def until(condition, seconds=300):
    for _ in range(seconds * 10):
        if condition():
            return True
        time.sleep(0.1)
    return False


def bind(source, destination, *options):
    return {"destination": destination, "type": "bind", "source": source, "options": list(options)}


class Pod:
    """The agent of a DaemonSet, on this very host."""

    def __init__(self, folder, runtime, found):
        self.folder, self.runtime = folder, runtime
        spec = next(d for d in found if d["kind"] == "DaemonSet")["spec"]["template"]["spec"]
        self.agent = next(c for c in spec["containers"] if c["name"] == "agent")
        self.group = spec["securityContext"]["fsGroup"]
        self.waivers = os.path.join(folder, "waivers")
        os.mkdir(self.waivers)
        with open(os.path.join(self.waivers, "waivers.yaml"), "w", encoding="utf-8") as out:
            out.write(next(d for d in found if d["kind"] == "ConfigMap" and "waivers" in d["metadata"]["name"])["data"]["waivers.yaml"])
        self.context = {**spec["securityContext"], **self.agent["securityContext"]}

    def spool(self, name):
        place = os.path.join(self.folder, name)
        os.mkdir(place)
        os.chown(place, 0, self.group)
        os.chmod(place, 0o2775)
        return place

    def start(self, spool, seccomp):
        held = ["CAP_" + name for name in self.context["capabilities"]["add"]]
        process = {
            "args": [*self.agent["command"], *self.agent["args"]],
            "user": {"uid": self.context["runAsUser"], "gid": self.context["runAsGroup"], "additionalGids": [self.group]},
            "capabilities": {name: held for name in ("bounding", "effective", "permitted")},
        }
        mounts = [bind("/", "/host", "rbind", "ro", "rslave"), bind(spool, "/spool", "bind", "rw"),
                  bind(self.waivers, "/etc/plumbline", "bind", "ro")]
        return self.runtime.start(process, mounts, seccomp)

    def relay(self, spool, seccomp):
        process = {"args": ["/plumbline-relay", "--spool=/spool/reports", "--listen=127.0.0.1:0"],
                   "user": {"uid": self.group, "gid": self.group}}
        return self.runtime.start(process, [bind(spool, "/spool", "bind", "ro")], seccomp)


def reports(spool):
    place = os.path.join(spool, "reports")
    return sorted(n for n in (os.listdir(place) if os.path.isdir(place) else []) if re.fullmatch(r"\d{12}\.json", n))


def told(spool, name):
    """Of a report: the confinement's missing steps, the calls that were refused, and what could not be told."""
    with open(os.path.join(spool, "reports", name), encoding="utf-8") as stream:
        report = json.load(stream)
    confinement = report["auditor"]["confinement"]
    missing = {s["step"] for s in confinement["steps"] if s["state"] == "missing"}
    unknown = {r["id"] for r in report["results"] if r["status"] in ("unknown", "error")}
    return missing, confinement["refusedCalls"], unknown, len(report["results"])


def unheard_of():
    """Checks that ask by a call which the runtime's libseccomp may be too old to know, so that no profile can allow it."""
    library = ctypes.CDLL("libseccomp.so.2")
    # lsm_list_modules(2) came with Linux 6.8; libseccomp 2.5.4 is older.
    return {"lsm-lockdown"} if library.seccomp_syscall_resolve_name(b"lsm_list_modules") < 0 else set()


def one(pod, spool, seccomp, count, problem):
    """Runs the agent until it has made so many reports."""
    container = pod.start(spool, seccomp)
    if not until(lambda: len(reports(spool)) >= 1 or container.process.poll() is not None) or not reports(spool):
        problem("run", "no report: " + container.errors()[-1500:])
        container.end("KILL")
        return None
    filters = container.filters()
    for wanted in range(2, count + 1):
        container.signal("HUP")
        if not until(lambda wanted=wanted: len(reports(spool)) >= wanted):
            problem("run", "no report upon SIGHUP: " + container.errors()[-1500:])
    status = container.end()
    if status != 0:
        problem("run", f"the agent ended with {status}: {container.errors()[-1500:]}")
    if "an audit failed" in container.errors():
        problem("run", container.errors()[-1500:])
    return filters, told(spool, reports(spool)[-1])


def check_run(program, found, problem):
    with open(PROFILE, encoding="utf-8") as stream:
        profile = json.load(stream)
    with tempfile.TemporaryDirectory() as folder:
        pod = Pod(folder, Runtime(folder, root_filesystem(folder, program)), found)
        spool = pod.spool("spool")
        closed = one(pod, spool, profile, 2, problem)
        plain = one(pod, pod.spool("plain"), None, 1, problem)
        if not closed or not plain:
            return
        if closed[0] != plain[0] + 1:
            problem("run", f"{closed[0]} filters hold with the profile, {plain[0]} without")
        (missing, refused, unknown, count), other = closed[1], plain[1]
        if count < 100:
            problem("run", f"a report of {count} results")
        if refused:
            problem("run", f"calls were refused: {refused}")
        if missing != other[0]:
            problem("run", f"the confinement lacks {sorted(missing)}, and without the profile {sorted(other[0])}")
        if unknown - other[2] - unheard_of():
            problem("run", f"unknown by the profile: {sorted(unknown - other[2])}")
        # No socket for anything in the container; and the relay runs where it is not held by this profile.
        relay = pod.relay(spool, profile)
        status = relay.end(None)
        if status in (0, None) or "Operation not permitted" not in relay.errors():
            problem("run", f"by the agent's profile the relay ends with {status}: {relay.errors()[-500:]}")
        relay = pod.relay(spool, None)
        if not until(lambda: '"serves"' in relay.errors() or relay.process.poll() is not None, 60) or '"serves"' not in relay.errors():
            problem("run", f"the relay does not serve ({relay.process.poll()}): {relay.errors()[-500:]}")
        relay.end()


def check_profile(problem):
    made = run(sys.executable, os.path.join(ROOT, "scripts", "make-seccomp-profile.py"))
    with open(PROFILE, encoding="utf-8") as stream:
        text = stream.read()
    if made.returncode or made.stdout != text:
        problem("seccomp", "deploy/seccomp/agent.json is not what scripts/make-seccomp-profile.py makes: " + made.stderr)
    allowed = {name for rule in json.loads(text)["syscalls"] if rule["action"] == "SCMP_ACT_ALLOW" for name in rule["names"]}
    never = {"socket", "socketpair", "connect", "bind", "accept4", "ptrace", "process_vm_readv", "mount", "umount2", "unshare", "setns",
             "bpf", "init_module", "finit_module", "kexec_load", "io_uring_setup", "userfaultfd", "open_by_handle_at", "perf_event_open",
             "keyctl", "setuid", "setgid", "setgroups", "chroot", "pivot_root", "reboot", "mknod", "mknodat", "clone3", "personality"}
    if allowed & never:
        problem("seccomp", f"allows {sorted(allowed & never)}")


def check(what, program, manifests, problem):
    if what == "seccomp":
        check_profile(problem)
        return
    try:
        if what == "runtime":
            with tempfile.TemporaryDirectory() as folder:
                root = os.path.join(folder, "root")
                os.mkdir(root)
                shutil.copy(program, os.path.join(root, "plumbline"))
                add_libraries(root, program)
                Runtime(folder, root)
        else:
            check_run(program, manifests(), problem)
    except RuntimeError as error:
        problem(what, str(error))
