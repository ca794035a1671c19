#!/usr/bin/env python3
"""Writes a host with many containers, in every confinement that Plumbline tells apart, for tests and benchmarks.

    scripts/make-workload-host.py DIRECTORY [--containers 500] [--processes 5000]

DIRECTORY gets root/ and attributes.tsv, as a recorded host has them, and expected.json with what must be found: counted here, from
how the containers were made, and not by the program. Python's standard library only.
"""

import argparse
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "recorded_hosts"))
sys.dont_write_bytecode = True

from containers import CASES, make  # noqa: E402
from kernel import mount_table  # noqa: E402
from processes import ALL_CAPABILITIES, kernel_thread, process  # noqa: E402
from tree import Tree  # noqa: E402


def base(tree):
    tree.file("etc/passwd", "root:x:0:0::/root:/bin/sh\n")
    tree.file("etc/group", "root:x:0:\n")
    tree.file("run/containerd/containerd.sock", "", 0o660, kind="socket")
    tree.file("proc/sys/kernel/cap_last_cap", "40\n")
    tree.file("proc/sys/kernel/seccomp/actions_avail", "kill_process kill_thread trap errno user_notif trace log allow\n")
    tree.file("sys/module/apparmor/parameters/enabled", "Y\n")
    kernel_thread(tree, 2, "kthreadd")
    process(tree, 1, ["/sbin/init"], "/usr/lib/systemd/systemd", parent=0, label="unconfined\n",
            mountinfo=mount_table(("rw,relatime", "ext4", "/dev/sda1", "rw")))


def count(containers):
    """What must be found, from how each container was made."""
    def settings(container):
        return [container.options.get("process", {})] + [container.options.get("second", {})]

    def having(condition):
        return sum(1 for container in containers if condition(container))

    return {
        "containers": len(containers),
        "pods": len({c.uid for c in containers if c.uid}),
        "unfiltered": having(lambda c: any(s.get("seccomp") == 0 for s in settings(c))),
        "allCapabilities": having(lambda c: c.options.get("process", {}).get("capabilities") == ALL_CAPABILITIES),
        "unconfined": having(lambda c: c.options.get("process", {}).get("label") == "unconfined\n"),
        "complaining": having(lambda c: "complain" in c.options.get("process", {}).get("label", "")),
        "ownUserNamespace": having(lambda c: c.options.get("user_namespace", False)),
        **{name: having(lambda c, kind=kind: kind in c.options.get("shared", ())) for name, kind in (
            ("hostPID", "pid"), ("hostNetwork", "net"), ("hostIPC", "ipc"), ("hostMounts", "mnt"))},
        "runtimeSockets": having(lambda c: c.case in ("runtime socket", "monitoring agent", "host's mounts")),
        "kernelInterfaces": having(lambda c: c.case in ("privileged agent", "podman", "host's mounts", "host's proc")),
        "blockDevices": having(lambda c: bool(c.options.get("block"))),
        "named": having(lambda c: c.pod is not None and c.name != "pause"),
    }


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("directory")
    arguments.add_argument("--containers", type=int, default=500)
    arguments.add_argument("--processes", type=int, default=5000)
    options = arguments.parse_args()
    if options.processes < options.containers * 2 + 1 or options.containers < 1:
        sys.exit("--processes is at least twice --containers and one more: PID 1, and two processes each")
    tree = Tree(options.directory)
    base(tree)
    containers = []
    left = options.processes - 1
    for number in range(options.containers):
        name, case = CASES[number % len(CASES)]
        changes = {"pod": f"{case['pod']}-{number}"} if case.get("pod") else {}
        container = make(number, number, **changes)
        mine = left // (options.containers - number)
        container.write(tree, 1000 + options.processes - left, mine, lean=True)
        left -= mine
        containers.append(container)
    tree.finish("# A host with many containers\n\nMade up.")
    found = {**count(containers), "processes": options.processes - 1}
    with open(os.path.join(options.directory, "expected.json"), "w") as out:
        json.dump(found, out, indent=2, sort_keys=True)
        out.write("\n")


main()
