"""Compares what the program said of the guest with what the guest's own files and tools said: python3 compare.py FOLDER PROGRAM."""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile

# <linux/capability.h>, by number.
CAPABILITIES = """chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service
net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice
sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog wake_alarm
block_suspend audit_read perfmon bpf checkpoint_restore""".split()


class Comparison:
    def __init__(self):
        self.same = 0
        self.differences = []

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


def security_modules(c, s, guest):
    c.expect("LSM stack", s.fact("lsm", "stack"), text(guest, "lsm").split(","))
    c.expect("lockdown", s.fact("lsm", "lockdown"), text(guest, "lockdown").split("[")[1].split("]")[0])
    c.expect("AppArmor enabled", s.fact("apparmor", "enabled"), text(guest, "apparmor.enabled") == "Y")
    c.expect("AppArmor mode", s.fact("apparmor", "mode"), text(guest, "apparmor.mode"))
    loaded = [line.rpartition(" (") for line in lines(guest, "apparmor.profiles")]
    c.expect("profiles, counted", s.fact("apparmor", "profiles.count"), len(loaded))
    for mode in ["enforce", "complain", "kill", "unconfined", "prompt"]:
        names = sorted(name for name, _, rest in loaded if rest == f"{mode})")
        c.expect(f"profiles in mode {mode}", sorted(s.fact("apparmor", f"profiles.{mode}")), names)
    c.expect("two profiles were loaded", sorted(name for name, _, _ in loaded), ["vm-complaining", "vm-enforced"])
    c.expect("seccomp actions", s.fact("seccomp", "actions.available"), text(guest, "seccomp.actions").split())
    c.expect("seccomp actions logged", s.fact("seccomp", "actions.logged"), text(guest, "seccomp.logged").split())


def kernel(c, s, guest):
    c.expect("command line", s.fact("kernel", "commandLine.parameters"), text(guest, "cmdline").split())
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
        name, _, state = line.partition(" ")
        c.expect(f"CPU flaw {name}", s.fact("cpu-vulnerability", "text", name), state)


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


def registers(guest):
    return [line.split() for line in lines(guest, "tpm.pcrs")]


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


def extended_digests(log):
    """Where the SHA-256 digests of a crypto-agile log's measured events lie, each with its PCR, by an own reading of it."""
    sizes = {4: 20, 11: 32}
    at = 32 + struct.unpack_from("<I", log, 28)[0]
    while at < len(log):
        register, kind, count = struct.unpack_from("<III", log, at)
        at += 12
        for _ in range(count):
            algorithm = struct.unpack_from("<H", log, at)[0]
            if algorithm == 11 and kind != 3:
                yield register, at + 2
            at += 2 + sizes[algorithm]
        at += 4 + struct.unpack_from("<I", log, at)[0]


def tampered(c, guest, program):
    """The same log with one byte of a digest changed, for each event, on a copy of what the guest showed: it must not replay."""
    log = guest.joinpath("tpm.log").read_bytes()
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        device, security = root / "sys/class/tpm/tpm0", root / "sys/kernel/security/tpm0"
        security.mkdir(parents=True)
        for bank, index, value in registers(guest):
            (device / f"pcr-{bank}").mkdir(parents=True, exist_ok=True)
            (device / f"pcr-{bank}" / index).write_text(value + "\n")
        (device / "tpm_version_major").write_text("2\n")

        def replay(bytes):
            (security / "binary_bios_measurements").write_bytes(bytes)
            done = subprocess.run([program, "collect", "--root", name], capture_output=True, check=False)
            s = Snapshot(json.loads(done.stdout))
            return s.fact("tpm-bank", "replay", "sha256"), s.fact("tpm-bank", "firstDifference", "sha256")

        c.expect("the copied log replays", replay(log), ("matches", "absent"))
        digests = [(register, at) for register, at in extended_digests(log) if register < 8]
        c.expect("the log has events", len(digests) >= 8, True)
        for number, (register, at) in enumerate(digests):
            place = at + number % 32
            changed = log[:place] + bytes([log[place] ^ 1 << number % 8]) + log[place + 1 :]
            c.expect(f"byte {place} of the log changed, PCR {register}", replay(changed), ("differs", register))
        c.expect("the log cut by a byte", replay(log[:-1])[0], "malformed")


def main():
    guest, program = pathlib.Path(sys.argv[1]), str(pathlib.Path(sys.argv[2]).resolve())
    c = Comparison()
    c.expect("exit status of collect", text(guest, "collect.status"), "0")
    c.expect("exit status of audit is an answer", text(guest, "audit.status") in ["0", "1", "3"], True)
    s = Snapshot(json.loads(guest.joinpath("snapshot.json").read_text()))
    security_modules(c, s, guest)
    kernel(c, s, guest)
    processes(c, s, guest)
    tpm(c, s, guest)
    tampered(c, guest, program)
    for difference in c.differences:
        print(f"test-vm: {difference}", file=sys.stderr)
    print(f"test-vm: {c.same} comparisons agree, {len(c.differences)} differ")
    sys.exit(1 if c.differences else 0)


main()
