"""Compares what the program said of the small guest with what the guest's own files and tools said: compare.py FOLDER PROGRAM."""

import json
import pathlib
import sys

from comparison import Comparison, Snapshot, capabilities, confinement, kernel, lines, self_test, text
from tcg_log import registers, tampered


def security_modules(c, s, guest):
    c.expect("AppArmor enabled", s.fact("apparmor", "enabled"), text(guest, "apparmor.enabled") == "Y")
    c.expect("AppArmor mode", s.fact("apparmor", "mode"), text(guest, "apparmor.mode"))
    loaded = [line.rpartition(" (") for line in lines(guest, "apparmor.profiles")]
    c.expect("profiles, counted", s.fact("apparmor", "profiles.count"), len(loaded))
    for mode in ["enforce", "complain", "kill", "unconfined", "prompt"]:
        names = sorted(name for name, _, rest in loaded if rest == f"{mode})")
        c.expect(f"profiles in mode {mode}", sorted(s.fact("apparmor", f"profiles.{mode}")), names)
    c.expect("two profiles were loaded", sorted(name for name, _, _ in loaded), ["vm-complaining", "vm-enforced"])
    c.expect("seccomp actions logged", s.fact("seccomp", "actions.logged"), text(guest, "seccomp.logged").split())


def processes(c, s, guest):
    for line in lines(guest, "labels"):
        process, name, label = line.split(" ", 2)
        profile, _, mode = label.rpartition(" (")
        profile, mode = (profile, mode.rstrip(")")) if profile else (label, "unconfined")
        c.expect(f"label of {name}", s.fact("process", "label", process), profile)
        c.expect(f"mode of {name}", s.fact("process", "label.mode", process), mode)
        if name.startswith("vm-"):
            c.expect(f"{name} is confined", profile, name)
    for line in lines(guest, "status"):
        process, name, *pairs = line.split()
        status = dict(zip(pairs[::2], pairs[1::2]))
        for which, field in [("effective", "CapEff:"), ("bounding", "CapBnd:")]:
            said = s.fact("process", f"capabilities.{which}", process)
            c.expect(f"{which} capabilities of {name}", sorted(said), capabilities(int(status[field], 16)))
        said = s.fact("process", "noNewPrivileges", process)
        c.expect(f"no_new_privs of {name}", said, status["NoNewPrivs:"] == "1")
        modes = ["disabled", "strict", "filter"]
        c.expect(f"seccomp of {name}", s.fact("process", "seccomp.mode", process), modes[int(status["Seccomp:"])])


def tpm(c, s, guest):
    c.expect("TPM version", s.fact("tpm", "version"), {"1": "1.2", "2": "2.0"}[text(guest, "tpm.version")])
    c.expect("TPM banks", sorted(s.fact("tpm", "banks")), sorted({bank for bank, _, _ in registers(guest)}))
    modes = [line.split()[0] for line in lines(guest, "tpm.nodes")]
    for name, mode in zip(["tpm0", "tpmrm0"], modes):
        c.expect(f"mode of /dev/{name}", s.fact("tpm", f"device.{name}.mode"), {"mode": f"{int(mode, 8):04o}"})
    for bank, index, value in registers(guest):
        if bank != "sha1":  # not read where there is a stronger bank: each read takes the TPM up to 30 ms
            c.expect(f"PCR {bank}/{index}", s.fact("tpm-pcr", "value", f"{bank}/{index}"), value.lower())
    c.expect("the event log replays", s.fact("tpm-bank", "replay", "sha256"), "matches")
    c.expect("PCRs compared", s.fact("tpm-bank", "comparedPCRs", "sha256"), [str(index) for index in range(8)])
    c.expect("PCR 0 was extended", all(value.strip("0") for bank, index, value in registers(guest) if index == "0"), True)


def main():
    guest, program = pathlib.Path(sys.argv[1]), str(pathlib.Path(sys.argv[2]).resolve())
    c = Comparison()
    c.expect("exit status of collect", text(guest, "collect.status"), "0")
    c.expect("exit status of audit is an answer", text(guest, "audit.status") in ["0", "1", "3"], True)
    c.expect("the guest has no network", lines(guest, "interfaces"), ["lo"])
    s = Snapshot(json.loads(guest.joinpath("snapshot.json").read_text()))
    security_modules(c, s, guest)
    c.expect("command line", s.fact("kernel", "commandLine.parameters"), text(guest, "cmdline").split())
    kernel(c, s, guest)
    processes(c, s, guest)
    tpm(c, s, guest)
    tampered(c, guest, program, "sha256")
    confinement(c, guest)
    self_test(c, guest)
    c.finish("test-vm")


main()
