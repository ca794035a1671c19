"""containers: one container in every confinement. containers-confined: cgroup v1 and SELinux, and nothing to find."""

from common import DEBIAN_12, service, system
from containers import CASES, CONFINED, ENFORCED, Container, docker, make, v1
from processes import process

ABOUT = """
# containers

Made up: a node with cgroup v2 and AppArmor that runs one container in every confinement that Plumbline tells apart, by containerd,
CRI-O, Docker and Podman: privileged, with host namespaces, in a user namespace, with a profile that only complains, with the
runtime's socket, with disks, with the node's /proc, with a second process that is weaker than the first, with a process that left its control group, with
a monitor (conmon) that is no container, one that can't be looked into, and one that is confined as well as can be.
"""

CONFINED_ABOUT = """
# containers-confined

Made up: a node with cgroup v1, the cgroupfs driver and SELinux, whose containers (CRI-O's, containerd's with bare ids, Docker's) are
all confined as well as can be. The devices controller shows each group's rules.
"""

def selinux(number):
    """A label with a pair of categories of its own, as runtimes choose one for each pod."""
    return {"label": f"system_u:system_r:container_t:s0:c{12 + number},c345\0"}


def containers(tree):
    system(tree, "busy", 0xC0, DEBIAN_12, "6.1.0-28-amd64", is_image=True, lsm="apparmor")
    tree.files("sys/module/apparmor/parameters", {"enabled": "Y", "mode": "enforce"})
    tree.file("sys/kernel/security/apparmor/profiles", f"{ENFORCED}crio-default (enforce)\ndocker-default (enforce)\nsite-mail (complain)\n")
    tree.file("run/containerd/containerd.sock", "", 0o660, kind="socket")
    service(tree, 400, ["/usr/bin/containerd"], "/usr/bin/containerd", "containerd.service", label="unconfined\n")
    all_ = [make(case, case) for case in range(len(CASES))]
    pod_of = {container.pod: container for container in all_ if container.name != "pause"}
    for container in all_:
        container.uid = pod_of[container.pod].uid if container.pod in pod_of else container.uid
        container.write(tree, 1000 + container.number * 10, 2 if "second" in container.options else 1)
    cart = next(c for c in all_ if c.name == "cart")
    mount = {"mnt": 4027000000 + cart.number * 10 + 2}
    process(tree, 2000, ["/bin/sh"], "/bin/sh", cgroup="0::/system.slice/escaped.service", namespaces=mount, label="unconfined\n")
    search = next(c for c in all_ if c.name == "search")
    process(tree, 2001, ["/usr/bin/conmon"], "/usr/bin/conmon", cgroup=search.group().replace("crio-", "crio-conmon-"), label="unconfined\n")
    opaque = Container("opaque", 90, namespace="shop", pod="opaque-0", name="opaque")
    opaque.write(tree, 3000)
    for name in ("ns/cgroup", "ns/mnt", "mountinfo", "root", "attr/apparmor/current"):
        tree.denied(f"proc/3000/{name}")
    return ABOUT


def confined(tree):
    system(tree, "calm", 0xC1, DEBIAN_12, "6.1.0-28-amd64", is_image=True, lsm="selinux",
           extra=[("/sys/fs/cgroup/devices", "rw,nosuid,nodev,noexec,relatime", "cgroup", "cgroup", "rw,devices")])
    tree.files("sys/fs/selinux", {"enforce": "1", "policyvers": "33", "mls": "1"}, newline="")
    groups = [
        lambda pod, container: v1(f"/kubepods/burstable/pod{pod}/crio-{container}"),
        lambda pod, container: v1(f"/kubepods/pod{pod}/{container}"),
        lambda pod, container: v1(f"/docker/{container}"),
        lambda pod, container: v1(f"/kubepods-besteffort-pod{pod}.slice:cri-containerd:{container}"),
    ]
    for number, group in enumerate(groups):
        in_pod = {} if number == 2 else {"namespace": "calm", "pod": f"app-{number}", "name": "app"}
        container = Container(
            "confined", number, group=group, selinux=True, process={**CONFINED, **selinux(number)}, mounts={"root_writable": False, "cgroup": "tmpfs"},
            runtime="docker" if number == 2 else "containers", **in_pod)
        container.write(tree, 1000 + number * 10, 2)
        path = container.group().splitlines()[0].split(":", 2)[2]
        tree.file(f"sys/fs/cgroup/devices{path}/devices.list", "c 1:3 rwm\nc 1:5 rwm\nc 1:8 rwm\nc 5:2 rwm\nc 136:* rwm\n")
    tree.file("etc/docker/daemon.json", """{
  "icc": false, "no-new-privileges": true, "userns-remap": "default", "live-restore": true, "userland-proxy": false,
  "selinux-enabled": true, "hosts": ["unix:///run/docker.sock", "tcp://10.0.0.9:2376"],
  "tlsverify": true, "tlscacert": "/etc/docker/ca.pem", "tlscert": "/etc/docker/server.pem", "tlskey": "/etc/docker/server.key"
}
""")
    return CONFINED_ABOUT
