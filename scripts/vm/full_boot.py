"""The boot chain: firmware, Secure Boot and its keys, the TPM and its log, by mokutil, tpm2-tools and a reading of its own."""

import re
import struct

from comparison import lines, text
from tcg_log import events, extended, registers, replayed, tampered


def signatures(data):
    """Entries of an EFI signature database, UEFI specification 32.4.1: lists of entries of one size each."""
    at, count = 4, 0  # after the variable's attributes
    while at < len(data):
        size, header, entry = struct.unpack_from("<III", data, at + 16)
        count += (size - 28 - header) // entry
        at += size
    return count


def boot(c, s, guest, expected):
    firmware = "uefi" if guest.joinpath("firmware").exists() else "notUEFI"
    c.expect("the scenario's firmware", firmware, expected["firmware"])
    c.expect("firmware", s.fact("boot", "firmware"), firmware)
    if firmware == "notUEFI":
        c.expect("no Secure Boot to speak of", s.fact("boot", "secureBoot.enabled"), "absent")
        return
    variables = {name: guest / f"efi.{name}" for name in ["SecureBoot", "SetupMode", "PK", "KEK", "db", "dbx"]}
    secure, setup = (variables[name].read_bytes()[4] == 1 for name in ["SecureBoot", "SetupMode"])
    c.expect("the scenario's Secure Boot", (secure, setup), (expected["secure"], expected["setup"]))
    c.expect("Secure Boot", s.fact("boot", "secureBoot.enabled"), secure)
    c.expect("Secure Boot by mokutil", "SecureBoot enabled" in text(guest, "mokutil"), secure)
    c.expect("setup mode", s.fact("boot", "secureBoot.setupMode"), setup)
    c.expect("what the loader told the kernel", s.fact("boot", "secureBoot.kernelView"), "enabled" if secure else "disabled")
    c.expect("lockdown follows Secure Boot", s.fact("lsm", "lockdown"), "integrity" if secure else "none")
    for name in ["PK", "KEK", "db", "dbx"]:
        there = variables[name].exists()
        c.expect(f"{name} is there", s.fact("boot", f"{name}.present"), there)
        count = signatures(variables[name].read_bytes()) if there else "absent"
        c.expect(f"entries of {name}", s.fact("boot", f"{name}.entries"), count)
    c.expect("keys where it is not in setup mode", variables["PK"].exists(), not setup)


def tpm(c, s, guest, expected, program):
    if expected["tpm"] is None:
        c.expect("no TPM in the guest", guest.joinpath("tpm.version").exists(), False)
        c.expect("no TPM", s.fact("tpm", "presence"), "none")
        c.expect("no registers", "tpm-pcr" in s.entities, False)
        return
    version = {"1": "1.2", "2": "2.0"}[text(guest, "tpm.version")]
    c.expect("the scenario's TPM", version, expected["tpm"])
    c.expect("TPM version", s.fact("tpm", "version"), version)
    c.expect("TPM is there", s.fact("tpm", "presence"), "present")
    banks = sorted({bank for bank, _, _ in registers(guest)})
    c.expect("TPM banks", sorted(s.fact("tpm", "banks")), banks)
    for line in lines(guest, "tpm.nodes"):
        path, mode, owner, group = line.split()
        name = path.rpartition("/")[2]
        c.expect(f"mode of {path}", s.fact("tpm", f"device.{name}.mode"), {"mode": f"{int(mode, 8):04o}"})
        c.expect(f"owner of {path}", s.fact("tpm", f"device.{name}.owner"), owner)
        c.expect(f"group of {path}", s.fact("tpm", f"device.{name}.group"), group)
    bank = "sha256" if version == "2.0" else "sha1"
    values = {index: value.lower() for other, index, value in registers(guest) if other == bank}
    for index in map(str, range(8)):
        c.expect(f"PCR {bank}/{index}", s.fact("tpm-pcr", "value", f"{bank}/{index}"), values[index])
    if version == "2.0":
        pcrread(c, guest, banks)
    else:
        legacy(c, s, guest, values)
    log = guest.joinpath("tpm.log").read_bytes()
    c.expect("events in the log", s.fact("tpm", "eventLog.events"), events(log))
    own = replayed(log, bank)
    for index in range(8):
        c.expect(f"the log adds up to PCR {index}, by an own reading", own[index], values[str(index)])
    c.expect("the log replays", s.fact("tpm-bank", "replay", bank), "matches")
    c.expect("PCRs compared", s.fact("tpm-bank", "comparedPCRs", bank), [str(index) for index in range(8)])
    c.expect("firmware extended PCR 0", values["0"].strip("0") != "", True)
    if expected.get("secure"):
        measured = b"".join(event[4] for event in extended(log) if event[0] == 7)
        c.expect("shim's authority was measured", b"S\0h\0i\0m\0" in measured or b"M\0o\0k\0" in measured, True)
    tampered(c, guest, program, bank, version[0])


def pcrread(c, guest, banks):
    """tpm2_pcrread asks the TPM itself, not sysfs; tpm2_eventlog replays the log."""
    told, bank = {}, ""
    for line in lines(guest, "tpm2_pcrread"):
        if found := re.match(r"\s+(\w+):$", line):
            bank = found[1]
        elif found := re.match(r"\s+(\d+)\s*: 0x(\w+)$", line):
            told[bank, found[1]] = found[2].lower()
    c.expect("banks by tpm2_pcrread", sorted({bank for bank, _ in told}), banks)
    for bank, index, value in registers(guest):
        c.expect(f"PCR {bank}/{index} by tpm2_pcrread", value.lower(), told.get((bank, index)))


    told, bank = {}, ""
    for line in text(guest, "tpm2_eventlog").partition("\npcrs:\n")[2].splitlines():
        if found := re.match(r"  (\w+):$", line):
            bank = found[1]
        elif found := re.match(r"\s+(\d+)\s*: 0x(\w+)$", line):
            told[bank, found[1]] = found[2]
    c.expect("tpm2_eventlog replayed the log", len(told) >= 8, True)
    sysfs = {(bank, index): value.lower() for bank, index, value in registers(guest)}
    for (bank, index), value in told.items():
        if int(index) < 8:
            c.expect(f"PCR {bank}/{index} replayed by tpm2_eventlog", value, sysfs.get((bank, index)))


def legacy(c, s, guest, values):
    """Version 1.2's own files."""
    for line in lines(guest, "tpm.pcrs.old") if guest.joinpath("tpm.pcrs.old").exists() else []:
        index, value = re.match(r"PCR-(\d+): (.*)", line).groups()
        c.expect(f"PCR {index} by the old file", values[str(int(index))], value.replace(" ", "").lower())
    for name, fact in [("enabled", "enabled"), ("active", "active"), ("temp_deactivated", "temporarilyDeactivated")]:
        c.expect(f"TPM {name}", s.fact("tpm", fact), text(guest, f"tpm.{name}") == "1")
