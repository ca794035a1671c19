"""What both comparisons share: how a difference is told, and how the program's snapshot and the guest's files are read."""

import json
import re
import sys

# <linux/capability.h>, by number.
CAPABILITIES = """chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service
net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice
sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog wake_alarm
block_suspend audit_read perfmon bpf checkpoint_restore""".split()


class Comparison:
    def __init__(self):
        self.same = 0
        self.differences = []

    def finish(self, name):
        for difference in self.differences:
            print(f"{name}: {difference}", file=sys.stderr)
        print(f"{name}: {self.same} comparisons agree, {len(self.differences)} differ")
        sys.exit(1 if self.differences or not self.same else 0)

    def expect(self, what, said, seen):
        if said == seen:
            self.same += 1
        else:
            self.differences.append(f"{what}\n    the program says  {said!r}\n    the guest says    {seen!r}")


class Snapshot:
    def __init__(self, document):
        self.entities = {}
        for entity in document["entities"]:
            self.entities.setdefault(entity["subject"], {})[entity["id"]] = entity["facts"]

    def fact(self, subject, name, identity=""):
        """The value; for one that was not observed, what is known of it instead."""
        fact = self.entities.get(subject, {}).get(identity, {}).get(name, {"known": "no such entity"})
        return fact["value"] if fact["known"] == "observed" else fact["known"]


def lines(folder, name):
    return folder.joinpath(name).read_text().splitlines()


def text(folder, name):
    return folder.joinpath(name).read_text().strip()


def capabilities(mask):
    """A mask as the program writes it: by name, or `all`."""
    names = [f"cap_{name}" for bit, name in enumerate(CAPABILITIES) if mask >> bit & 1]
    return ["all"] if len(names) == len(CAPABILITIES) else sorted(names)


def aa_status(guest):
    """What `aa-status --json` says; version 3.0's leaves the comma out between two programs' processes."""
    told = re.sub(r'\](?=")', "], ", text(guest, "aa-status.json"))
    # The same program may come again, which a dictionary would keep once.
    document = json.loads(told, object_pairs_hook=list)
    parts = dict(document)
    processes = [{"program": program, **dict(row)} for program, rows in parts["processes"] for row in rows]
    return dict(parts["profiles"]), processes


def kernel(c, s, guest):
    """What both guests take down alike, and that is compared alike: the modules' stack, the kernel's release, sysctls, flaws."""
    c.expect("LSM stack", s.fact("lsm", "stack"), text(guest, "lsm").split(","))
    c.expect("lockdown", s.fact("lsm", "lockdown"), text(guest, "lockdown").split("[")[1].split("]")[0])
    c.expect("seccomp actions", s.fact("seccomp", "actions.available"), text(guest, "seccomp.actions").split())
    c.expect("release", s.fact("kernel", "release"), text(guest, "release"))
    c.expect("taint", s.fact("kernel", "taint.bits"), int(text(guest, "tainted")))
    seen = dict(line.split(" = ", 1) for line in lines(guest, "sysctl") if " = " in line)
    compared = 0
    for name, fact in s.entities["sysctl"][""].items():
        if fact["known"] == "observed" and name in seen:
            compared += 1
            c.expect(f"sysctl {name}", " ".join(str(fact["value"]).split()), " ".join(seen[name].split()))
    c.expect("sysctls were compared", compared > 50, True)
    for line in lines(guest, "vulnerabilities"):
        path, _, state = line.partition(":")
        name = path.rpartition("/")[2]
        c.expect(f"CPU flaw {name}", s.fact("cpu-vulnerability", "text", name), state)


# Steps of the auditor's own confinement that a guest's kernel and root can give; AppArmor's is an administrator's to add.
STEPS = "dumpable boundingSet ambientSet capabilities noNewPrivs resourceLimits seccomp landlock".split()


def confinement(c, guest, report="report.json", name="audit", profile=None):
    """What the auditor said that it gave up, against what the kernel said of its process while it ran."""
    record = json.loads(text(guest, report))["auditor"]["confinement"]
    states = {step["step"]: step["state"] for step in record["steps"]}
    for step in STEPS:
        c.expect(f"{name}: the step {step}", states.get(step), "held")
    c.expect(f"{name}: calls that the filter refused", record["refusedCalls"], {})
    seen = dict(line.split(":", 1) for line in lines(guest, f"{name}.kernel") if ":" in line)
    kept = ["cap_dac_read_search", "cap_sys_ptrace"]
    fields = [("CapEff", kept), ("CapPrm", kept), ("CapInh", []), ("CapBnd", []), ("CapAmb", [])]
    for field, names in fields:
        c.expect(f"{name}: {field} by the kernel", capabilities(int(seen[field], 16)), names)
    c.expect(f"{name}: no_new_privs by the kernel", seen["NoNewPrivs"].strip(), "1")
    c.expect(f"{name}: seccomp by the kernel", seen["Seccomp"].strip(), "2")
    if profile:
        c.expect(f"{name}: its label by the kernel", seen["Label"].strip(), f"{profile} (enforce)")
        c.expect(f"{name}: AppArmor's step", states.get("apparmor"), "held")
    elif states.get("apparmor") == "held":
        c.expect(f"{name}: nobody put it under a profile", states.get("apparmor"), "optional")


def self_test(c, guest):
    """Whatever it tried, nothing may have been possible."""
    outcomes = [line.split()[-1] for line in lines(guest, "self-test")]
    c.expect("status of the self-test", text(guest, "self-test.status"), "0")
    c.expect("attempts that the guest's kernel let happen", outcomes.count("ok"), 0)
    c.expect("attempts were made", len(outcomes) >= 10, True)
