#!/usr/bin/env python3
"""Makes deploy/seccomp/agent.json, the agent's container's own seccomp profile, of the two lists in profiles/confinement.

    scripts/make-seccomp-profile.py           print it
    scripts/make-seccomp-profile.py --write   put it in its place

The format is what both containerd (OCI runtime specification, linux.seccomp) and CRI-O read from the kubelet's directory of profiles.
"""
import json
import os
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
PROFILE = os.path.join(ROOT, "deploy", "seccomp", "agent.json")
EPERM, ENOSYS = 1, 38
# CLONE_NEW* of linux/sched.h that clone(2) takes: NS, CGROUP, UTS, IPC, USER, PID and NET.
NAMESPACES = 0x7E020000
# What the list asks of an audit, the audit's own filter asks: the agent opens files for writing, and starts programs.
ALLOWED = {"always", "read-only", "no-code", "output"}


def calls(name):
    """Name and condition of every line."""
    with open(os.path.join(ROOT, "profiles", "confinement", name), encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            words = line.split(None, 2)
            if not words or words[0].startswith("#"):
                continue
            if len(words) < 3:
                sys.exit(f"{name}:{number}: a line is a call, a condition, and why")
            yield words[0].partition("=")[0], words[1], f"{name}:{number}"


def profile():
    allowed, starting, absent = set(), set(), set()
    for name, condition, place in [*calls("syscalls.txt"), *calls("agent-syscalls.txt")]:
        if condition in ALLOWED:
            allowed.add(name)
        elif condition in ("thread", "no-namespaces"):
            starting.add(name)
        elif condition == "absent":
            absent.add(name)
        else:
            sys.exit(f"{place}: '{condition}' is no condition")
    if allowed & (starting | absent) or starting & absent:
        sys.exit("make-seccomp-profile: a call is allowed under two conditions")
    return {
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": EPERM,
        "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"],
        "syscalls": [
            {"names": sorted(allowed), "action": "SCMP_ACT_ALLOW"},
            {
                "names": sorted(starting), "action": "SCMP_ACT_ALLOW",
                "args": [{"index": 0, "value": NAMESPACES, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}],
            },
            # Its flags lie in memory, where no filter sees them; told that there is none, the C library asks for clone.
            {"names": sorted(absent), "action": "SCMP_ACT_ERRNO", "errnoRet": ENOSYS},
        ],
    }


def main():
    text = json.dumps(profile(), indent=2) + "\n"
    if sys.argv[1:] == ["--write"]:
        os.makedirs(os.path.dirname(PROFILE), exist_ok=True)
        with open(PROFILE, "w", encoding="utf-8") as out:
            out.write(text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
