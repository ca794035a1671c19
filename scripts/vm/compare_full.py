"""Compares what the program said of a whole system with what its own tools and files said: compare_full.py SCENARIO FOLDER PROGRAM."""

import json
import pathlib
import sys

from comparison import Comparison, Snapshot, aa_status, confinement, lines, self_test, text
from full_boot import boot, tpm
from full_processes import processes
from full_system import system

# What only the scenario knows, so that a guest that came up otherwise does not pass by agreeing with itself.
EXPECTED = {
    "apparmor": {"module": "apparmor", "tpm": "2.0", "firmware": "notUEFI"},
    "selinux-permissive": {"module": "selinux", "tpm": "2.0", "firmware": "notUEFI", "mode": "permissive", "file": "enforcing"},
    "selinux-enforcing": {"module": "selinux", "tpm": "2.0", "firmware": "notUEFI", "mode": "enforcing", "file": "permissive"},
    "tpm-1.2": {"module": "apparmor", "tpm": "1.2", "firmware": "notUEFI"},
    "tpm-none": {"module": "apparmor", "tpm": None, "firmware": "notUEFI"},
    "secureboot-on": {"module": "apparmor", "tpm": "2.0", "firmware": "uefi", "secure": True, "setup": False},
    "secureboot-off": {"module": "apparmor", "tpm": "2.0", "firmware": "uefi", "secure": False, "setup": False},
    "setup-mode": {"module": "apparmor", "tpm": "2.0", "firmware": "uefi", "secure": False, "setup": True},
}


def apparmor(c, s, guest):
    told, _ = aa_status(guest)
    loaded = [line.rpartition(" (") for line in lines(guest, "apparmor.profiles")]
    c.expect("aa-status and securityfs name the same profiles", sorted(told), sorted(name for name, _, _ in loaded))
    c.expect("AppArmor enabled", s.fact("apparmor", "enabled"), text(guest, "apparmor.enabled") == "Y")
    c.expect("AppArmor mode", s.fact("apparmor", "mode"), text(guest, "apparmor.mode"))
    c.expect("profiles, counted", s.fact("apparmor", "profiles.count"), len(told))
    for mode in ["enforce", "complain", "kill", "unconfined", "prompt"]:
        named = sorted(name for name, own in told.items() if own == mode)
        c.expect(f"profiles in mode {mode}", sorted(s.fact("apparmor", f"profiles.{mode}")), named)
    c.expect("24 profiles or more", len(told) >= 24, True)
    c.expect("SELinux is not there", s.fact("selinux", "state"), "inactive")


def verdicts(guest, report):
    """What every check said and found; AppArmor's own find a profile more."""
    said = {}
    for item in json.loads(text(guest, report))["results"]:
        found = None if item["area"] == "apparmor" else item.get("found")
        said[item["id"]] = (item["status"], found, item.get("reason", {}).get("code"))
    return said


def profiled(c, guest):
    """The auditor under its own AppArmor profile: the same verdicts, and nothing denied but what it must not do."""
    c.expect("the auditor's profile loads", (text(guest, "profile.status"), text(guest, "profile.err")), ("0", ""))
    c.expect("the container's profile loads", guest.joinpath("container.failed").exists(), False)
    c.expect("exit status under the profile", text(guest, "profiled.status"), text(guest, "audit.status"))
    c.expect("words of the audit under the profile", text(guest, "profiled.err"), text(guest, "audit.err"))
    plain, confined = verdicts(guest, "report.json"), verdicts(guest, "profiled.report.json")
    c.expect("the same checks under the profile", sorted(confined), sorted(plain))
    for identity in sorted(set(plain) & set(confined)):
        c.expect(f"{identity} under the profile", confined[identity], plain[identity])
    c.expect("as a service, under the profile", text(guest, "service.status"), "0")
    c.expect("its words are in the journal", "container" in text(guest, "service.journal"), True)
    denied = [line for line in lines(guest, "apparmor.denied") if 'comm="plumbline"' in line]
    linked = [line for line in denied if 'operation="link"' in line and "/opt/payload/out/" in line]
    c.expect("a report elsewhere is refused", (text(guest, "elsewhere.status"), len(linked) > 0), ("2", True))
    # Before it is loaded, the kernel notes at each run that it is not there.
    asked = [line for line in denied if 'operation="change_profile" info="label not found"' in line]
    rest = [line for line in denied if line not in linked and line not in asked]
    c.expect("what else AppArmor denied", rest, [])


def selinux_verdicts(c, guest, expected):
    """A mode that its file contradicts must be stated: by the verdict, or by the evidence that it shows."""
    found = {item["check"]: item for item in json.loads(text(guest, "report.json"))["results"]}
    enforcing = found["selinux-enforcing"]
    c.expect("verdict of selinux-enforcing", enforcing["status"], "pass" if expected["mode"] == "enforcing" else "fail")
    boot = found["selinux-enforcing-at-boot"]
    c.expect("verdict of selinux-enforcing-at-boot", boot["status"], "pass" if expected["mode"] == "enforcing" else "fail")
    c.expect("it shows what the file says", expected["file"] in json.dumps(boot), True)


def selinux(c, s, guest, expected):
    status = dict(line.split(":", 1) for line in lines(guest, "sestatus") if ":" in line)
    status = {name.strip(): value.strip() for name, value in status.items()}
    c.expect("the scenario's mode", text(guest, "getenforce").lower(), expected["mode"])
    c.expect("SELinux's state", s.fact("selinux", "state"), text(guest, "getenforce").lower())
    c.expect("SELinux's state, by sestatus", s.fact("selinux", "state"), status["Current mode"])
    c.expect("the file's mode", s.fact("selinux", "mode.configured"), status["Mode from config file"])
    c.expect("the file contradicts the kernel", s.fact("selinux", "mode.configured"), expected["file"])
    c.expect("the next boot's mode", s.fact("selinux", "mode.boot"), expected["mode"])
    c.expect("the policy's name", s.fact("selinux", "policy.name"), status["Loaded policy name"])
    c.expect("the policy's version", s.fact("selinux", "policy.version"), int(status["Max kernel policy version"]))
    c.expect("MLS", s.fact("selinux", "mls"), status["Policy MLS status"] == "enabled")
    c.expect("deny_unknown", s.fact("selinux", "denyUnknown"), status["Policy deny_unknown status"] == "denied")
    files = dict(line.split() for line in lines(guest, "selinux.files"))
    for fact, name in [("rejectUnknown", "reject_unknown"), ("checkreqprot", "checkreqprot")]:
        c.expect(name, s.fact("selinux", fact), files[name] == "1")
    told = dict(line.split() for line in lines(guest, "selinux.permissive"))
    permissive = [name for name, flag in told.items() if flag == "1"]
    c.expect("permissive domains, by setools and the kernel", permissive, ["syslogd_t"])
    c.expect("an ordinary domain is none", told.get("sshd_t"), "0")
    c.expect("permissive domains, counted", s.fact("selinux", "permissiveDomains"), len(permissive))
    booleans = [line.split(" --> ") for line in lines(guest, "getsebool")]
    on = {name for name, state in booleans if state.startswith("on")}
    off = {name for name, state in booleans if state.startswith("off")}
    said = set(s.fact("selinux", "booleans.loosening"))
    c.expect("booleans said to be on, and off by getsebool", sorted(said & off), [])
    c.expect("booleans said to be on, and unknown to getsebool", sorted(said - on), [])
    known = {"allow_execheap", "allow_execmem", "allow_execmod", "allow_execstack", "mmap_low_allowed", "httpd_execmem"}
    c.expect("booleans known to loosen", sorted(known & on), sorted(known & said))
    changed = Snapshot(json.loads(guest.joinpath("snapshot.changed.json").read_text()))
    c.expect("after setenforce", changed.fact("selinux", "state"), text(guest, "getenforce.changed").lower())
    c.expect("setenforce changed it", text(guest, "getenforce.changed") != text(guest, "getenforce"), True)
    c.expect("the next boot's mode after setenforce", changed.fact("selinux", "mode.boot"), expected["mode"])
    selinux_verdicts(c, guest, expected)


def main():
    name, guest, program = sys.argv[1], pathlib.Path(sys.argv[2]), str(pathlib.Path(sys.argv[3]).resolve())
    expected = EXPECTED[name]
    c = Comparison()
    c.expect("exit status of collect", text(guest, "collect.status"), "0")
    c.expect("exit status of audit is an answer", text(guest, "audit.status") in ["0", "1", "3"], True)
    s = Snapshot(json.loads(guest.joinpath("snapshot.json").read_text()))
    if expected["module"] == "apparmor":
        apparmor(c, s, guest)
    else:
        selinux(c, s, guest, expected)
    c.expect("the module is in the stack", expected["module"] in s.fact("lsm", "stack"), True)
    processes(c, s, guest, expected["module"])
    system(c, s, guest)
    boot(c, s, guest, expected)
    tpm(c, s, guest, expected, program)
    confinement(c, guest)
    if name == "apparmor":
        confinement(c, guest, "profiled.report.json", "profiled", "plumbline")
        profiled(c, guest)
    self_test(c, guest)
    c.finish(name)


main()
